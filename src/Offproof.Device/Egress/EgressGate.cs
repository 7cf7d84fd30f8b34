using System.Net;
using Offproof.Consent;

namespace Offproof.Device;

/// <summary>
/// The one place of the device's code that opens connections (ledger.md §1). It refuses a host that is not the configured server, http off loopback, a category that is not on, a
/// request that does not say why it is made, and one whose method and path are not what that reason needs; and it lets nothing out before the ledger has its line.
/// </summary>
internal sealed class EgressGate : DelegatingHandler
{
    private readonly Uri server;
    private readonly Func<Category, Holding> holds;
    private readonly Ledger? ledger;
    private readonly string? via;

    /// <param name="server">The only place that is called</param>
    /// <param name="holds">What there is of a category, asked before each of its requests</param>
    /// <param name="ledger">Null where there is no device: with the sheet alone</param>
    /// <param name="wire">Replaces the sockets, for tests</param>
    /// <param name="proxy">The SOCKS5 proxy that was named for these requests</param>
    /// <param name="opened">Told of each connection that is opened</param>
    internal EgressGate(Uri server, Func<Category, Holding> holds, Ledger? ledger, HttpMessageHandler? wire = null, Uri? proxy = null, Action? opened = null)
        : base(wire ?? Wire.To(server, proxy, opened))
    {
        if (server.Scheme != Uri.UriSchemeHttps && !(server.Scheme == Uri.UriSchemeHttp && server.IsLoopback))
        {
            Dispose();
            throw new DeviceException(DeviceFault.Refused, $"{server} is not https", "http is accepted on loopback only");
        }
        (this.server, this.holds, this.ledger, via) = (server, holds, ledger, proxy is null ? null : LedgerPath.Host(proxy));
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        string[] path = Demand(request, out Purpose purpose);
        request.Version = HttpVersion.Version11; // one request at a time on a connection: its bytes can be counted
        request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        request.Headers.Remove(LedgerHead.Header);
        if (ledger is null) return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);

        bool showsHead = purpose.ShowsHead(path);
        LedgerHead line = ledger.Request(LedgerPath.Host(server), purpose, request.Method, LedgerPath.Of(path, request.RequestUri!.Query), showsHead, via, cancellationToken);
        if (showsHead) request.Headers.Add(LedgerHead.Header, line.Text);
        Meter meter = new();
        Meter.Current.Value = meter;
        request.Options.Set(Meter.Key, meter);
        HttpResponseMessage response;
        try
        {
            response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
            int status = (int)response.StatusCode;
            if (request.Method == HttpMethod.Head || response.StatusCode is HttpStatusCode.NoContent or HttpStatusCode.NotModified || response.Content.Headers.ContentLength == 0)
            {
                Ended(status, null); // it has no body, and nobody reads one
                return response;
            }
            await ReadOnlyBody.PutBeforeAsync(response, body => new AnswerBody(body, failure => Ended(status, failure)), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Ended(null, e is OperationCanceledException ? Failures.Stopped : Failures.Failed);
            throw;
        }
        return response;

        void Ended(int? status, string? failure)
        {
            meter.IsRead = true;
            ledger.Outcome(line.Seq, meter, status, failure);
        }
    }

    /// <returns>The segments of the path below the server's own.</returns>
    private string[] Demand(HttpRequestMessage request, out Purpose purpose)
    {
        Uri target = request.RequestUri ?? throw new ArgumentException("a request has a URI", nameof(request));
        if (target.Scheme != server.Scheme || !target.IdnHost.Equals(server.IdnHost, StringComparison.Ordinal) || target.Port != server.Port)
            throw new DeviceException(DeviceFault.Refused, $"the gate lets nothing out to {target.GetLeftPart(UriPartial.Authority)}: it is not the configured server");
        if (!request.Options.TryGetValue(Purpose.Key, out Purpose? reason))
            throw new InvalidOperationException("a request without a purpose reached the gate");
        if (!reason.IsOpen(holds))
            throw new DeviceException(DeviceFault.Refused, $"{reason.Name} is off: nothing more was sent", VaultFaults.AfterOff);
        string below = target.AbsolutePath.StartsWith(server.AbsolutePath, StringComparison.Ordinal) ? target.AbsolutePath[server.AbsolutePath.Length..] : "";
        string[] path = below.Split('/');
        // A mistake of this program, not of a person or a server: it must not pass for a refusal.
        if (!reason.Covers(request.Method, path) || target.Query is not ("" or "?create=true") || target.UserInfo.Length > 0)
            throw new InvalidOperationException($"a request for {reason.Name} reached the gate that is none: {request.Method} of {path.Length} segments");
        if (Purpose.Public.IsOfChannel(path) && (request.Content is not null || request.Headers.Any(header => header.Key != "Range" || !Purpose.Public.IsOfUpdate(path))))
            throw new InvalidOperationException("a request for the channel carries something that could tell devices apart");
        purpose = reason;
        return path;
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing) ledger?.Flush();
    }
}
