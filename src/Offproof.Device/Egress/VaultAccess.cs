using System.Net.Http.Headers;

namespace Offproof.Device;

/// <summary>
/// Puts a token for one vault and the reason on each request to it, and gets the next token before the last one dies, so that a
/// long backup or restore is not ended by its fifteen minutes.
/// </summary>
internal sealed class VaultAccess(HttpMessageInvoker gate, Purpose purpose, Func<CancellationToken, Task<Token>> renew, TimeProvider time) : HttpMessageHandler
{
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private const long SlowestUpload = 16 * 1024; // bytes a second
    private readonly SemaphoreSlim renewing = new(1, 1);
    private Token? token;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Token current = await TokenAsync(cancellationToken).ConfigureAwait(false);
        request.Options.Set(Purpose.Key, purpose);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", current.Text);
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience + TimeSpan.FromSeconds((request.Content?.Headers.ContentLength ?? 0) / SlowestUpload));
        try
        {
            return await gate.SendAsync(request, patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HttpRequestException("no answer in time", e); // counts as one of the storage's attempts
        }
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
