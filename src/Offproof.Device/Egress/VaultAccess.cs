using System.Net.Http.Headers;

namespace Offproof.Device;

/// <summary>
/// Puts a token for one vault and the reason on each request to it, and gets the next token before the last one dies, so that a
/// long backup or restore is not ended by its fifteen minutes.
/// </summary>
internal sealed class VaultAccess(HttpMessageInvoker gate, Purpose purpose, Func<CancellationToken, Task<Token>> renew, TimeProvider time) : HttpMessageHandler
{
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(2);
    private readonly SemaphoreSlim renewing = new(1, 1);
    private Token? token;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Token current = await TokenAsync(cancellationToken).ConfigureAwait(false);
        request.Options.Set(Purpose.Key, purpose);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", current.Text);
        return await gate.SendAsync(request, cancellationToken).ConfigureAwait(false);
    }

    internal async Task<Token> TokenAsync(CancellationToken cancel)
    {
        await renewing.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            if (token is null || token.Expires - Margin < time.GetUtcNow()) token = await renew(cancel).ConfigureAwait(false);
            return token;
        }
        finally
        {
            renewing.Release();
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) renewing.Dispose();
        base.Dispose(disposing);
    }
}
