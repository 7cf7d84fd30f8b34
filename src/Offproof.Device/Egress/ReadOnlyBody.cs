namespace Offproof.Device;

/// <summary>The body of an answer behind another one: read forwards, without blocking; all else has no meaning. Disposes the one behind it.</summary>
internal abstract class ReadOnlyBody(Stream body) : Stream
{
    /// <summary>The body behind this one.</summary>
    protected Stream Body => body;

    public sealed override bool CanRead => true;

    public sealed override bool CanSeek => false;

    public sealed override bool CanWrite => false;

    public sealed override long Length => throw new NotSupportedException();

    public sealed override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public abstract override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default);

    public sealed override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public sealed override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("read without blocking");

    public sealed override void Flush() => throw new NotSupportedException();

    public sealed override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public sealed override void SetLength(long value) => throw new NotSupportedException();

    public sealed override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <summary>Puts a body before that of an answer; the headers about it stay.</summary>
    internal static async Task PutBeforeAsync(HttpResponseMessage response, Func<Stream, ReadOnlyBody> before, CancellationToken cancel)
    {
        StreamContent content = new(before(await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false)));
        foreach ((string name, IEnumerable<string> values) in response.Content.Headers) content.Headers.TryAddWithoutValidation(name, values);
        response.Content = content;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) body.Dispose();
        base.Dispose(disposing);
    }
}
