using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Offproof.Server;

/// <summary>
/// protocol.md §15: the certificate with its chain, and its key, as two PEM files that may be renewed while the server runs. A pair that cannot be used does not
/// replace one that can.
/// </summary>
sealed class CertificateFiles
{
    static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    readonly string certificate;
    readonly string key;
    readonly TimeProvider time;
    readonly TextWriter log;
    readonly Lock gate = new();
    SslServerAuthenticationOptions current;
    (DateTime, DateTime) seen;
    long looked;

    /// <exception cref="InvalidOperationException">The files are not there, or are no pair that can be used.</exception>
    internal CertificateFiles(string certificate, string key, TimeProvider time, TextWriter log)
    {
        (this.certificate, this.key, this.time, this.log) = (certificate, key, time, log);
        seen = Written();
        looked = time.GetTimestamp();
        try
        {
            current = Read();
        }
        catch (Exception e) when (IsUnusable(e))
        {
            throw new InvalidOperationException($"{certificate} and {key} cannot be used as certificate and key: {e.Message}", e);
        }
    }

    // Asked at each handshake. Files are looked at once a second at most.
    internal SslServerAuthenticationOptions Current()
    {
        lock (gate)
        {
            if (time.GetElapsedTime(looked) < Look) return current;
            looked = time.GetTimestamp();
            var now = Written();
            if (now == seen) return current;
            seen = now;
            try
            {
                current = Read();
                log.WriteLine("the certificate was read again");
            }
            catch (Exception e) when (IsUnusable(e))
            {
                log.WriteLine($"the new certificate or its key cannot be used, the one before stays: {e.Message}");
            }

            return current;
        }
    }

    (DateTime, DateTime) Written() => (File.GetLastWriteTimeUtc(certificate), File.GetLastWriteTimeUtc(key));

    SslServerAuthenticationOptions Read()
    {
        var leaf = X509Certificate2.CreateFromPemFile(certificate, key);
        // Windows takes no key that is only in memory.
        if (OperatingSystem.IsWindows()) leaf = X509CertificateLoader.LoadPkcs12(leaf.Export(X509ContentType.Pkcs12), password: null);
        X509Certificate2Collection chain = [];
        chain.ImportFromPemFile(certificate);
        // offline: a server that asks around for missing certificates would tell others who calls it.
        return new() { ServerCertificateContext = SslStreamCertificateContext.Create(leaf, chain, offline: true) };
    }

    static bool IsUnusable(Exception e) => e is CryptographicException or ArgumentException or IOException or UnauthorizedAccessException;
}
