using System.Buffers;
using System.IO.Compression;
using ZstdSharp;

namespace Offproof.Auditor;

/// <summary>One content coding, taken off while its bytes come.</summary>
internal sealed class Coding : IDisposable
{
    // Behind the end of a coding the platform's streams swallow what they were given at once.
    private const int Portion = 256;

    /// <summary>More than that, so that a coding that has ended leaves some.</summary>
    internal const int Probe = 3 * Portion;

    private readonly Feed _feed = new();
    private readonly System.IO.Stream? _stream;
    private BrotliDecoder _brotli;
    private readonly Decompressor? _zstd;
    private bool _hasEnded;

    private Coding(Func<Feed, System.IO.Stream>? open, Decompressor? zstd = null)
    {
        _stream = open?.Invoke(_feed);
        _zstd = zstd;
    }

    internal static ReadOnlySpan<byte> ZstdMagic => [0x28, 0xB5, 0x2F, 0xFD];

    /// <summary>The coding of a name: gzip, zlib, deflate (raw), br, zstd.</summary>
    internal static Coding Of(string name) => name switch
    {
        "gzip" => new Coding(feed => new GZipStream(feed, CompressionMode.Decompress)),
        "zlib" => new Coding(feed => new ZLibStream(feed, CompressionMode.Decompress)),
        "deflate" => new Coding(feed => new DeflateStream(feed, CompressionMode.Decompress)),
        "zstd" => new Coding(null, new Decompressor()),
        "br" => new Coding(null),
        _ => throw new ArgumentException("a coding that nobody knows", nameof(name)),
    };

    /// <summary>More that is to be decoded. What came before must have been read.</summary>
    /// <param name="bytes">Where they lie</param>
    /// <param name="start">From here on</param>
    /// <param name="count">So many</param>
    /// <param name="isLast">One by one, so that none is swallowed behind the end; of gzip, one is.</param>
    internal void Add(byte[] bytes, int start, int count, bool isLast) => _feed.Set(bytes, start, count, isLast ? 1 : Portion);

    /// <summary>Decodes.</summary>
    /// <returns>False when this is not the coding, or broken. 0 bytes when it wants more, or has ended; then <see cref="Unused"/> says what it did not take.</returns>
    internal bool TryRead(Span<byte> into, out int written)
    {
        written = 0;
        try
        {
            if (_stream is not null)
            {
                written = _stream.Read(into);
                return true;
            }
            // Frames of zstd may follow each other (RFC 8878 §3.1).
            if (_hasEnded && _zstd is not null && _feed.Rest.StartsWith(ZstdMagic)) _hasEnded = false;
            if (_hasEnded) return true;
            int consumed;
            OperationStatus status = _zstd is null ? _brotli.Decompress(_feed.Rest, into, out consumed, out written) : _zstd.UnwrapStream(_feed.Rest, into, out consumed, out written);
            _feed.Skip(consumed);
            _hasEnded = status == OperationStatus.Done;
            return status != OperationStatus.InvalidData;
        }
        catch (Exception broken) when (broken is InvalidDataException or IOException or ZstdException or OverflowException or ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>Behind its end it takes a byte to see whether another member follows.</summary>
    internal bool SwallowsOne => _stream is GZipStream;

    /// <summary>After a reading of 0 bytes: what the coding had no use for, because it has ended.</summary>
    internal int Unused => _feed.Rest.Length;

    public void Dispose()
    {
        _stream?.Dispose();
        _brotli.Dispose();
        _zstd?.Dispose();
        _feed.Dispose();
    }

    private sealed class Feed : System.IO.Stream
    {
        private byte[] _bytes = [];
        private int _start;
        private int _count;
        private int _portion;

        internal ReadOnlySpan<byte> Rest => _bytes.AsSpan(_start, _count);

        internal void Set(byte[] bytes, int start, int count, int portion) => (_bytes, _start, _count, _portion) = (bytes, start, count, portion);

        internal void Skip(int count)
        {
            _start += count;
            _count -= count;
        }

        public override int Read(Span<byte> buffer)
        {
            int count = Math.Min(Math.Min(buffer.Length, _portion), _count);
            _bytes.AsSpan(_start, count).CopyTo(buffer);
            Skip(count);
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
