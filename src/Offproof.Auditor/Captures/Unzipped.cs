using System.IO.Compression;
using System.Security.Cryptography;

namespace Offproof.Auditor;

/// <summary>
/// The contents of gzip data of one or several members. The platform's own stream takes data that stop early, or bytes that follow the last member, for a good end.
/// So a member of ours is put behind the file's last byte: only when its random contents arrive at the very end was everything before it whole.
/// </summary>
internal sealed class Unzipped : ForwardStream
{
    const int Seal = 32;
    readonly GZipStream _gzip;
    readonly byte[] _seal = RandomNumberGenerator.GetBytes(Seal);
    readonly byte[] _held = new byte[Seal + (64 << 10)];
    int _length;
    bool _ended;

    /// <param name="begun">What was already read of the stream.</param>
    internal Unzipped(byte[] begun, Stream stream)
    {
        using MemoryStream member = new();
        using (GZipStream zip = new(member, CompressionLevel.Fastest, leaveOpen: true)) zip.Write(_seal);
        _gzip = new GZipStream(new Joined(begun, stream, member.ToArray()), CompressionMode.Decompress);
    }

    /// <summary>Why the data ended before their time; null while they have not, or when they are whole.</summary>
    internal string? Problem { get; private set; }

    public override int Read(Span<byte> buffer)
    {
        // The last 32 bytes that are known may be the seal, and are held back until more come.
        while (_length <= Seal && !_ended) Fill();
        int ready = Math.Min(buffer.Length, _ended ? _length : _length - Seal);
        _held.AsSpan(0, ready).CopyTo(buffer);
        _held.AsSpan(ready, _length - ready).CopyTo(_held);
        _length -= ready;
        return ready;
    }

    void Fill()
    {
        int read = 0;
        try
        {
            read = _gzip.Read(_held.AsSpan(_length));
        }
        catch (InvalidDataException)
        {
            // The seal does not come.
        }
        _length += read;
        if (read > 0) return;
        _ended = true;
        if (_length >= Seal && _held.AsSpan(_length - Seal, Seal).SequenceEqual(_seal)) _length -= Seal;
        else Problem = "its gzip data are damaged, stop early, or are followed by something else";
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _gzip.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Some bytes, a stream, and some bytes.</summary>
    sealed class Joined(byte[] first, Stream middle, byte[] last) : ForwardStream
    {
        enum Part
        {
            First,
            Middle,
            Last,
        }

        Part _part;
        int _done;

        public override int Read(Span<byte> buffer)
        {
            if (buffer.IsEmpty) return 0;
            if (_part == Part.First && Give(first, buffer) is > 0 and int begun) return begun;
            if (_part == Part.First) (_part, _done) = (Part.Middle, 0);
            if (_part == Part.Middle && middle.Read(buffer) is > 0 and int read) return read;
            _part = Part.Last;
            return Give(last, buffer);
        }

        int Give(byte[] bytes, Span<byte> buffer)
        {
            int ready = Math.Min(buffer.Length, bytes.Length - _done);
            bytes.AsSpan(_done, ready).CopyTo(buffer);
            _done += ready;
            return ready;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) middle.Dispose();
            base.Dispose(disposing);
        }
    }
}
