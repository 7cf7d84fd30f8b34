using Offproof.Device;

namespace Offproof.Cli;

/// <summary>How <c>publish</c> asks witnesses: each at the address that its operator set, by https or on loopback http, and nobody else.</summary>
internal sealed class WitnessDoor : HttpMessageHandler
{
    private readonly Dictionary<string, HttpMessageInvoker> _open = new(StringComparer.Ordinal);

    internal HttpMessageInvoker Invoker => new(this, disposeHandler: false);

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Uri uri = request.RequestUri ?? throw new InvalidOperationException("a request without an address");
        if (uri.Scheme != Uri.UriSchemeHttps && !uri.IsLoopback) throw new HttpRequestException($"{uri.GetLeftPart(UriPartial.Authority)} is not https; http is accepted on loopback only");
        string place = uri.GetLeftPart(UriPartial.Authority);
        if (!_open.TryGetValue(place, out HttpMessageInvoker? invoker)) _open[place] = invoker = new HttpMessageInvoker(Wire.To(uri));
        return invoker.SendAsync(request, cancellationToken);
    }

    protected override void Dispose(bool disposing)
    {
        foreach (HttpMessageInvoker invoker in _open.Values) invoker.Dispose();
        base.Dispose(disposing);
    }
}
