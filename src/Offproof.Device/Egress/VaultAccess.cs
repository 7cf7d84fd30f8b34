using System.Net;
using System.Net.Http.Headers;

namespace Offproof.Device;

/// <summary>
/// Puts a token for one vault and the reason on each request to it, and gets the next token before the last one dies, so that a
/// long backup or restore is not ended by its fifteen minutes.
/// </summary>
internal sealed class VaultAccess(HttpMessageInvoker gate, Purpose purpose, Func<CancellationToken, Task<Token>> renew, TimeProvider time) : HttpMessageHandler
{
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(2);
    private const int MaximumProblem = 64 * 1024;
    private readonly SemaphoreSlim renewing = new(1, 1);
    private Token? token;
    private long asked;

    /// <summary>Stores the sealed password again, where a server that was set back says that it has none (protocol.md §7.3).</summary>
    internal Func<Token, CancellationToken, Task>? SealedFirst { get; init; }

    /// <summary>A refusal that a new token or the sealed password can mend is asked about once more, not more.</summary>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Token current = await TokenAsync(cancellationToken).ConfigureAwait(false);
        HttpResponseMessage response = await SendOnceAsync(request, current, cancellationToken).ConfigureAwait(false);
        switch (await ProblemAsync(response, cancellationToken).ConfigureAwait(false))
        {
            case "not-accepted":
                current = await TokenAsync(cancellationToken, refused: current).ConfigureAwait(false);
                break;
            case "sealed-first" when SealedFirst is not null:
                await SealedFirst(current, cancellationToken).ConfigureAwait(false);
                break;
            default:
                return response;
        }
        response.Dispose();
        return await SendOnceAsync(request, current, cancellationToken).ConfigureAwait(false);
    }

    private async Task<HttpResponseMessage> SendOnceAsync(HttpRequestMessage request, Token current, CancellationToken cancellationToken)
    {
        request.Options.Set(Purpose.Key, purpose);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", current.Text);
        return await gate.SendAsync(request, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The answer to HEAD has no body: a 403 to it is taken for a token that ended, which costs one request where it was something else.</summary>
    private static async Task<string> ProblemAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        // Whoever renews the token learns what it means, and acts on it (protocol.md §3.1).
        if (response.StatusCode is HttpStatusCode.Gone) return "not-accepted";
        if (response.StatusCode is not (HttpStatusCode.Forbidden or HttpStatusCode.Conflict)) return "";
        if (response.RequestMessage?.Method == HttpMethod.Head) return "not-accepted";
        try
        {
            await response.Content.LoadIntoBufferAsync(MaximumProblem, cancel).ConfigureAwait(false);
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            return ""; // longer than any problem that protocol.md knows: the status alone counts, it was an answer all the same
        }
        return ServerClient.Problem(await response.Content.ReadAsByteArrayAsync(cancel).ConfigureAwait(false)).Name;
    }

    /// <param name="cancel">Stops</param>
    /// <param name="refused">A token that the server took no more; another request may have replaced it already.</param>
    internal async Task<Token> TokenAsync(CancellationToken cancel, Token? refused = null)
    {
        await renewing.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            if (token is not null && token != refused && time.GetElapsedTime(asked) < token.Life - Margin) return token;
            long now = time.GetTimestamp(); // before it is asked for: it is never older than this says
            token = await renew(cancel).ConfigureAwait(false);
            asked = now;
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
