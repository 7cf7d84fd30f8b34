namespace Offproof.Device;

/// <summary>Gives every request of the channel its purpose; it adds nothing that is sent.</summary>
internal sealed class PublicRequests(HttpMessageHandler gate) : DelegatingHandler(gate)
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Options.Set(Purpose.Key, new Purpose.Public());
        return base.SendAsync(request, cancellationToken);
    }
}
