using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Offproof.Consent;

namespace Offproof.Device;

/// <summary>
/// The one place of the device's code that opens connections. It refuses a host that is not the configured server, http off loopback, a category
/// that is not on, a request that does not say why it is made, and one whose method and path are not what that reason needs; it follows no redirect, uses no proxy, keeps no cookie and fetches no certificate.
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
        string path = target.AbsolutePath.StartsWith(server.AbsolutePath, StringComparison.Ordinal) ? target.AbsolutePath[server.AbsolutePath.Length..] : "";
        // A mistake of this program, not of a person or a server: it must not pass for a refusal.
        if (!purpose.Covers(request.Method, path.Split('/')))
            throw new InvalidOperationException($"a request for {purpose.GetType().Name} reached the gate that is none: {request.Method} of {path.Split('/').Length} segments");
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
