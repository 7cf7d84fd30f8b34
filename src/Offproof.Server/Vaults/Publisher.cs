using Microsoft.AspNetCore.Http.Features;
using Offproof.Consent;

namespace Offproof.Server;

/// <summary>The one way in which bytes become visible: received whole, checked, then renamed inside the vault's gate (protocol.md §7.2, §7.5, §7.7).</summary>
sealed class Publisher(Access access, DataFolder data, Quota quota)
{
    /// <summary>
    /// Null where it was published. Whole is true where the body came to its end and is what was expected: an existing file is then the same one, which
    /// somebody else published meanwhile.
    /// </summary>
    internal async Task<(Refusal? Why, bool Whole)> PublishAsync(HttpContext context, Visitor visitor, string path, Digest expected, long most, Action? before = null)
    {
        // The upload counts for itself and can still answer; Kestrel's own limit would end the connection without a word, also after an answer that did not wait for the body.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = null;
        if (File.Exists(path)) return (Refusal.Exists, false);

        // The sheet may still set its locks while and after the device's grant ends; then only the device is cut.
        var closed = visitor.Vault.CutFor(visitor.Token);
        if (Access.Standing(visitor) is { } late) return (late, false);
        if (visitor.Token.HeldBySheet && !access.StillHolds(context)) return (Refusal.NotAccepted, false);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, closed);
        using var room = quota.Reserve(visitor.Vault.Address.Account);
        try
        {
            var (upload, why) = await Upload.ReceiveAsync(context.Request, most, expected, data, room, cancel.Token);
            if (upload is null) return (why, false);
            using (upload)
            {
                using (await visitor.Vault.EnterAsync(cancel.Token))
                {
                    closed.ThrowIfCancellationRequested();
                    if (Access.Standing(visitor) is { } over) return (over, true);
                    if (File.Exists(path)) return (Refusal.Exists, true);
                    before?.Invoke();
                    upload.Publish(path);
                }

                DataFolder.SyncFolder(Path.GetDirectoryName(path)!);
                return (null, true);
            }
        }
        catch (OperationCanceledException) when (closed.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested)
        {
            CutAfterAnswer(context);
            return (Access.Standing(visitor) ?? Refusal.NotAccepted, false);
        }
        catch (IOException) when (Access.Standing(visitor) is Refusal.Erased)
        {
            // It was published in time, and erased before its folder was synced.
            return (Refusal.Erased, true);
        }
    }

    // The answer goes out if it still can; then the connection ends, so that the rest of the body is not even received.
    static void CutAfterAnswer(HttpContext context)
    {
        context.Response.Headers.Connection = "close";
        context.Response.OnCompleted(() =>
        {
            context.Abort();
            return Task.CompletedTask;
        });
    }
}
