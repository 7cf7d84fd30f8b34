using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Offproof.Device;

/// <summary>The sockets (ledger.md §1): no redirect, no proxy that was not named, no cookie, no certificate fetched, to one place alone, and every byte counted.</summary>
public static class Wire
{
    private static readonly HttpRequestOptionsKey<bool> Opened = new("offproof.opened");

    /// <summary>A handler that opens connections to the host and port of <paramref name="place"/> and to nothing else.</summary>
    public static SocketsHttpHandler To(Uri place) => To(place, proxy: null, opened: null);

    /// <param name="place">Where requests go</param>
    /// <param name="proxy">A SOCKS5 proxy that its owner named for them (channel.md §6.4): connections are opened to it alone, and it looks the name up</param>
    /// <param name="opened">Told of each connection that is opened</param>
    internal static SocketsHttpHandler To(Uri place, Uri? proxy, Action? opened) => new()
    {
        AllowAutoRedirect = false,
        UseProxy = proxy is not null,
        Proxy = proxy is null ? null : new WebProxy(proxy),
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        ActivityHeadersPropagator = null, // no trace id leaves
        SslOptions = new SslClientAuthenticationOptions
        {
            AllowTlsResume = false, // a session ticket is a name that the server gave
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck, // a look-up would tell a third party whom we call
            CertificateChainPolicy = new X509ChainPolicy { DisableCertificateDownloads = true, RevocationMode = X509RevocationMode.NoCheck },
        },
        ConnectCallback = (context, cancel) => ConnectAsync(proxy ?? place, opened, context, cancel),
    };

    private static async ValueTask<Stream> ConnectAsync(Uri place, Action? opened, SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        // What a redirect or a proxy would change shows here, whoever let it through.
        if (context.DnsEndPoint.Host.Trim('[', ']') != place.IdnHost || context.DnsEndPoint.Port != place.Port)
            throw new InvalidOperationException($"a connection to {context.DnsEndPoint.Host} was asked for, which is not {place.IdnHost}");
        // .NET sends again what a connection that ended did not answer, over a new one: of the channel each request opens one at most, and the ledger has it once.
        // One that has left once, over this connection or the one before it, leaves no second time.
        HttpRequestOptions options = context.InitialRequestMessage.Options;
        if (options.TryGetValue(Purpose.Key, out Purpose? purpose) && purpose is Purpose.Public
            && (!options.TryAdd(Opened.Key, true) || (options.TryGetValue(Meter.Key, out Meter? sent) && sent.Sent > 0)))
        {
            throw new IOException("the connection ended before the answer");
        }
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancel).ConfigureAwait(false);
            opened?.Invoke();
            context.InitialRequestMessage.Options.TryGetValue(Meter.Key, out Meter? opener);
            return new CountedStream(new NetworkStream(socket, ownsSocket: true), opener);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
