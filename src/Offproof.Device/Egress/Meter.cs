namespace Offproof.Device;

/// <summary>The bytes of one request, below TLS (ledger.md §1).</summary>
internal sealed class Meter
{
    /// <summary>The request that the code running now works for. A request's bytes are written by its own flow; what a connection needs first, by that of the request it is opened for.</summary>
    internal static readonly AsyncLocal<Meter?> Current = new();

    internal static readonly HttpRequestOptionsKey<Meter> Key = new("offproof.meter");

    private long sent;
    private long received;

    /// <summary>True once its outcome is written.</summary>
    internal bool IsRead { get; set; }

    internal long Sent => Interlocked.Read(ref sent);

    internal long Received => Interlocked.Read(ref received);

    internal void Add(long outwards, long inwards)
    {
        Interlocked.Add(ref sent, outwards);
        Interlocked.Add(ref received, inwards);
    }
}

/// <summary>
/// A connection whose bytes are counted. HTTP/1.1 carries one request at a time, so what is read belongs to the request that wrote last. What is read
/// between two requests counts with the next, and so does what is written for one whose outcome stands already.
/// </summary>
/// <param name="inner">The system's socket; disposed with this</param>
/// <param name="opener">The request that the connection is opened for</param>
internal sealed class CountedStream(Stream inner, Meter? opener) : Stream
{
    private Meter? owner = opener;
    private long early;
    private long waiting;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => In(inner.Read(buffer, offset, count));

    public override int Read(Span<byte> buffer) => In(inner.Read(buffer));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        In(await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        Out(buffer.Length);
        inner.Write(buffer);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Out(buffer.Length);
        return inner.WriteAsync(buffer, cancellationToken);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush() => inner.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }

    private int In(int count)
    {
        if (owner is { IsRead: false }) owner.Add(0, count);
        else Interlocked.Add(ref early, count);
        return count;
    }

    // Counted before it is handed over: a write that fails half-way may have left.
    private void Out(int count)
    {
        owner = Meter.Current.Value ?? owner;
        // The end of a handshake, for a request that got its answer over another connection meanwhile: its outcome is written.
        if (owner is { IsRead: false }) owner.Add(count + Interlocked.Exchange(ref waiting, 0), Interlocked.Exchange(ref early, 0));
        else Interlocked.Add(ref waiting, count);
    }
}
