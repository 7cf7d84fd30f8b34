using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Offproof.Device.Tests.Egress;

/// <summary>ledger.md §1: what the sockets do not do.</summary>
public sealed class WireTests
{
    [Fact] // A certificate names where its issuer and its revocation list can be fetched: whoever answers there learns whom we call.
    public async Task While_a_certificate_is_checked_nothing_is_fetched_from_the_places_that_it_names()
    {
        using Elsewhere elsewhere = new();
        using X509Certificate2 certificate = Certificate(elsewhere.Url);
        using TcpListener server = new(IPAddress.Loopback, 0);
        server.Start();
        Uri url = new($"https://localhost:{((IPEndPoint)server.LocalEndpoint).Port}/");
        Task serving = ServeAsync(server, certificate);

        using (SocketsHttpHandler ours = Wire.To(url)) await AssertNotTrustedAsync(ours, url);
        Assert.Equal(0, elsewhere.Calls);
        // The places are ones that a checker asks:
        using (SocketsHttpHandler usual = new() { UseProxy = false, SslOptions = new SslClientAuthenticationOptions { CertificateRevocationCheckMode = X509RevocationMode.Online } })
            await AssertNotTrustedAsync(usual, url);
        Assert.NotEqual(0, elsewhere.Calls);
        server.Stop();
        await serving;
    }

    [Theory]
    [InlineData("http://127.0.0.1:2/")]
    [InlineData("http://localhost:1/")]
    public async Task A_connection_to_another_place_is_not_opened_whoever_asks(string other)
    {
        using HttpMessageInvoker invoker = new(Wire.To(new Uri("http://127.0.0.1:1/")));
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri(other));
        HttpRequestException e = await Assert.ThrowsAsync<HttpRequestException>(() => invoker.SendAsync(request, TestContext.Current.CancellationToken));
        Assert.Contains("which is not 127.0.0.1", e.InnerException!.Message, StringComparison.Ordinal);
    }

    [Fact] // .NET would send it again over further connections, of which the ledger has one.
    public async Task A_request_of_the_channel_opens_one_connection_however_the_server_ends_it()
    {
        using TcpListener server = new(IPAddress.Loopback, 0);
        server.Start();
        Uri url = new($"http://127.0.0.1:{((IPEndPoint)server.LocalEndpoint).Port}/");
        int opened = 0;
        Task serving = Task.Run(async () =>
        {
            try
            {
                while (true)
                {
                    using Socket caller = await server.AcceptSocketAsync();
                    opened++;
                    await caller.ReceiveAsync(new byte[4096]);
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                // The test has ended.
            }
        }, TestContext.Current.CancellationToken);
        using HttpMessageInvoker invoker = new(Wire.To(url));
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri(url, "channel/timestamp.json"));
        request.Options.Set(Purpose.Key, new Purpose.Public());
        await Assert.ThrowsAsync<HttpRequestException>(() => invoker.SendAsync(request, TestContext.Current.CancellationToken));
        server.Stop();
        await serving;
        Assert.Equal(1, opened);
    }

    private static async Task AssertNotTrustedAsync(SocketsHttpHandler handler, Uri url)
    {
        using HttpMessageInvoker invoker = new(handler, disposeHandler: false);
        using HttpRequestMessage request = new(HttpMethod.Get, url);
        HttpRequestException e = await Assert.ThrowsAsync<HttpRequestException>(() => invoker.SendAsync(request, TestContext.Current.CancellationToken));
        Assert.Equal(HttpRequestError.SecureConnectionError, e.HttpRequestError);
    }

    private static async Task ServeAsync(TcpListener server, X509Certificate2 certificate)
    {
        while (true)
        {
            try
            {
                using TcpClient client = await server.AcceptTcpClientAsync();
                using SslStream tls = new(client.GetStream());
                // Offline: a server looks for issuers too, when it prepares what it sends.
                SslStreamCertificateContext context = SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true);
                await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificateContext = context });
            }
            catch (Exception e) when (e is System.Security.Authentication.AuthenticationException or IOException)
            {
                // The client does not trust it, and says so.
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    /// <summary>For localhost, by an issuer that nobody has at hand.</summary>
    private static X509Certificate2 Certificate(Uri elsewhere)
    {
        using ECDsa issuerKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest issuer = new("CN=An issuer of example.org", issuerKey, HashAlgorithmName.SHA256);
        issuer.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using X509Certificate2 root = issuer.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest leaf = new("CN=localhost", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName("localhost");
        leaf.CertificateExtensions.Add(names.Build());
        leaf.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension([new Uri(elsewhere, "ocsp").AbsoluteUri], [new Uri(elsewhere, "issuer.crt").AbsoluteUri]));
        leaf.CertificateExtensions.Add(CertificateRevocationListBuilder.BuildCrlDistributionPointExtension([new Uri(elsewhere, "revoked.crl").AbsoluteUri]));
        using X509Certificate2 signed = leaf.Create(root, now.AddHours(-1), now.AddHours(1), [1, 2, 3]);
        return signed.CopyWithPrivateKey(key);
    }

    /// <summary>A third party that counts who calls.</summary>
    private sealed class Elsewhere : IDisposable
    {
        private readonly TcpListener listener = new(IPAddress.Loopback, 0);

        internal Elsewhere()
        {
            listener.Start();
            Url = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");
            _ = Task.Run(CountAsync);
        }

        internal Uri Url { get; }

        internal int Calls { get; private set; }

        private async Task CountAsync()
        {
            try
            {
                while (true)
                {
                    using TcpClient client = await listener.AcceptTcpClientAsync();
                    Calls++;
                    client.Client.Send("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8);
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // The test is over.
            }
        }

        public void Dispose() => listener.Dispose();
    }
}
