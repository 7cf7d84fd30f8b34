namespace Offproof.Device;

/// <summary>The body of an answer, that tells once how it ended: read to its end, failed, or let go of before.</summary>
/// <param name="body">Disposed with this</param>
/// <param name="ended">Told null where it came whole, else the ledger's word for the failure</param>
internal sealed class AnswerBody(Stream body, Action<string?> ended) : ReadOnlyBody(body)
{
    private int told;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            int read = await Body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            if (read == 0 && !buffer.IsEmpty) Tell(null);
            return read;
        }
        catch (OperationCanceledException)
        {
            Tell(Failures.Stopped);
            throw;
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            Tell(Failures.Failed);
            throw;
        }
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing) Tell(Failures.Cut);
    }

    private void Tell(string? failure)
    {
        if (Interlocked.Exchange(ref told, 1) == 0) ended(failure);
    }
}

/// <summary>The ledger's words for an outcome that is none (ledger.md §2).</summary>
internal static class Failures
{
    internal const string Failed = "failed";
    internal const string Stopped = "stopped";
    internal const string Cut = "cut";
}
