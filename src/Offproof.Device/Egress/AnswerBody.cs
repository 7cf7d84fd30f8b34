namespace Offproof.Device;

/// <summary>The body of an answer, that tells once how it ended: read to its end, failed, or let go of before.</summary>
/// <param name="body">Disposed with this</param>
/// <param name="ended">Told null where it came whole, else the ledger's word for the failure</param>
internal sealed class AnswerBody(Stream body, Action<string?> ended) : Stream
{
    private int told;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            int read = await body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
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

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("read without blocking");

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            body.Dispose();
            Tell(Failures.Cut);
        }
        base.Dispose(disposing);
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
