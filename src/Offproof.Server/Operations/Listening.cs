using System.Net;

namespace Offproof.Server;

/// <summary>protocol.md §15: where a server listens, with which certificate, and whether accounts are by invitation there.</summary>
sealed record Listening(IPEndPoint Endpoint, bool Tls, bool InvitedOnly, Uri? Public)
{
    internal static Listening Of(ServerOptions options)
    {
        var listen = options.Listen;
        if (!listen.IsAbsoluteUri || listen.Scheme is not ("http" or "https") || listen.PathAndQuery is not "/" || listen.UserInfo.Length != 0)
            throw Wrong(options, "listen on http://127.0.0.1:PORT, or on https://ADDRESS:PORT with a certificate");
        var address = listen.Host is "localhost" ? IPAddress.Loopback : IPAddress.TryParse(listen.IdnHost, out var parsed) ? parsed : null;
        bool tls = listen.Scheme is "https";
        bool loopback = address is not null && IPAddress.IsLoopback(address);
        if (!tls && !loopback)
            throw Wrong(options, "http off loopback is refused: listen on https, with --certificate and --certificate-key, or on loopback behind a proxy that has them, with --behind-proxy URL");
        if (address is null) throw Wrong(options, "listen on an address, not on a name");
        if (options.BehindProxy is { } proxy)
        {
            if (proxy.Scheme is not "https") throw Wrong(options, "--behind-proxy is the https URL that devices use");
            if (tls || !loopback) throw Wrong(options, "behind a proxy on the same machine it listens with http on loopback: the certificate is the proxy's");
        }

        if (tls != (options.Certificate is not null) || tls != (options.CertificateKey is not null))
            throw Wrong(options, tls ? "https needs --certificate and --certificate-key" : "a certificate goes with https: listen on https://ADDRESS:PORT");
        return new(new(address, listen.Port), tls, options.InvitedOnly || !loopback || options.BehindProxy is not null, options.BehindProxy);

        static ArgumentException Wrong(ServerOptions options, string message) => new(message, nameof(options));
    }
}
