using Microsoft.AspNetCore.Http.Features;
using Offproof.Consent;

namespace Offproof.Server;

/// <summary>What is to become visible: where, with which hash, of at most how many bytes.</summary>
sealed record Publication(string Path, Digest Expected, long Most)
{
    // False for a lock, which readers set: protocol.md §12.
    internal bool Adds { get; init; } = true;

    // Locks and sealed passwords have more room than objects: protocol.md §11.4.
    internal bool Small { get; init; }

    // Inside the gate, before it is visible.
    internal Action? Before { get; init; }
}

/// <summary>The one way in which bytes become visible: received whole, checked, then renamed inside the vault's gate (protocol.md §7.2, §7.5, §7.7).</summary>
sealed class Publisher(Access access, RunningUploads uploads, DataFolder data, Quota quota, Clerk clerk)
{
    /// <summary>
    /// Null where it was published. Whole is true where the body came to its end and is what was expected: an existing file is then the same one, which
    /// somebody else published meanwhile.
    /// </summary>
    internal async Task<(Refusal? Why, bool Whole)> PublishAsync(HttpContext context, Visitor visitor, Publication what)
    {
        // The upload counts for itself and can still answer; Kestrel's own limit would end the connection without a word, also after an answer that did not wait for the body.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = null;
        if (File.Exists(what.Path)) return (Refusal.Exists, false);
        using var running = uploads.Enter(visitor.Token.Account);
        if (running is null) return (Refusal.SlowDown, false);

        // The sheet may still set its locks while and after the device's grant ends; then only the device is cut.
        var closed = visitor.Vault.CutFor(visitor.Token);
        if ((access.StandingOf(visitor, what.Adds) ?? access.Maintenance(visitor)) is { } late) return (late, false);
        if (visitor.Token.HeldBySheet && !access.StillHolds(context)) return (Refusal.NotAccepted, false);
        // Nor is a lock cut, while a suspended account may be read.
        var suspended = what.Adds ? running.Cut : CancellationToken.None;
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, closed, suspended);
        using var room = quota.Reserve(visitor.Token.Account, visitor.Token.HeldBySheet ? Room.Sheet : what.Small ? Room.Small : Room.Objects);
        try
        {
            var (upload, why) = await Upload.ReceiveAsync(context.Request, what.Most, what.Expected, data, room, cancel.Token);
            if (upload is null) return (why, false);
            using (upload)
            {
                using (await visitor.Vault.EnterAsync(cancel.Token))
                {
                    closed.ThrowIfCancellationRequested();
                    if ((access.StandingOf(visitor, what.Adds) ?? access.Maintenance(visitor)) is { } over) return (over, true);
                    if (File.Exists(what.Path)) return (Refusal.Exists, true);
                    what.Before?.Invoke();
                    upload.Publish(what.Path, clerk.Now);
                }

                DataFolder.SyncFolder(Path.GetDirectoryName(what.Path)!);
                return (null, true);
            }
        }
        catch (OperationCanceledException) when ((closed.IsCancellationRequested || suspended.IsCancellationRequested) && !context.RequestAborted.IsCancellationRequested)
        {
            CutAfterAnswer(context);
            return (access.StandingOf(visitor, what.Adds) ?? Refusal.NotAccepted, false);
        }
        catch (IOException) when (access.StandingOf(visitor, what.Adds) is Refusal.Erased)
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
