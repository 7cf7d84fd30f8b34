using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Offproof.Consent;

namespace Offproof.Device;

/// <summary>Why a request is made. Every request of the device carries one; the gate refuses a request without.</summary>
internal abstract record Purpose
{
    internal static readonly HttpRequestOptionsKey<Purpose> Key = new("offproof.purpose");

    /// <summary>Opening an account, sending records, asking for tokens.</summary>
    internal sealed record ConsentRecords : Purpose;

    /// <summary>Reading back with the sheet, or reading a category that is on.</summary>
    internal sealed record Recovery : Purpose;

    /// <summary>Adding to the vault of a category: only while it is on.</summary>
    internal sealed record Backup(Category Category) : Purpose;
}

/// <summary>
/// The one place of the device's code that opens connections. It refuses a host that is not the configured server, http off loopback, a category
/// that is not on, and a request that does not say why it is made; it follows no redirect, uses no proxy, keeps no cookie and fetches no certificate.
/// </summary>
internal sealed class EgressGate : DelegatingHandler
{
    private readonly Uri server;
    private readonly Func<Category, bool> isOn;

    internal EgressGate(Uri server, Func<Category, bool> isOn, HttpMessageHandler? wire = null)
        : base(wire ?? Wire())
    {
        if (server.Scheme != Uri.UriSchemeHttps && !(server.Scheme == Uri.UriSchemeHttp && server.IsLoopback))
        {
            Dispose();
            throw new DeviceException(DeviceFault.Refused, $"{server} is not https", "http is accepted on loopback only");
        }
        this.server = server;
        this.isOn = isOn;
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Uri target = request.RequestUri ?? throw new ArgumentException("a request has a URI", nameof(request));
        if (target.Scheme != server.Scheme || !target.IdnHost.Equals(server.IdnHost, StringComparison.Ordinal) || target.Port != server.Port)
            throw new DeviceException(DeviceFault.Refused, $"the gate lets nothing out to {target.GetLeftPart(UriPartial.Authority)}: it is not the configured server");
        if (!request.Options.TryGetValue(Purpose.Key, out Purpose? purpose))
            throw new InvalidOperationException("a request without a purpose reached the gate");
        if (purpose is Purpose.Backup backup && !isOn(backup.Category))
            throw new DeviceException(DeviceFault.Refused, $"{backup.Category.Name()} is off: nothing more was sent");
        return base.SendAsync(request, cancellationToken);
    }

    private static SocketsHttpHandler Wire() => new()
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        ActivityHeadersPropagator = null, // no trace id leaves
        SslOptions = new SslClientAuthenticationOptions
        {
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck, // a look-up would tell a third party whom we call
            CertificateChainPolicy = new X509ChainPolicy { DisableCertificateDownloads = true, RevocationMode = X509RevocationMode.NoCheck },
        },
    };
}
