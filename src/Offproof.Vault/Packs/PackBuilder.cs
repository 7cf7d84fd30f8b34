using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Offproof.Vault;

/// <summary>A pack that is ready to leave: its bytes (the first Length of Buffer), its name and its table.</summary>
sealed record FinishedPack(byte[] Buffer, int Length, ContentId Id, BlobEntry[] Entries);

/// <summary>
/// Fills one buffer with sealed blobs of one sort, then adds and reads back the header (vault.md §4.3). Not shared between threads.
/// </summary>
sealed class PackBuilder(Sealer sealer, Compression compression, bool trees) : IDisposable
{
    internal const int TargetSize = 16 << 20;
    internal const int MostBlobs = 8192;
    // Room for the longest header that MostBlobs entries make.
    internal const int BufferSize = TargetSize + (MostBlobs * 41) + Sealer.Overhead + PackHeader.LengthSize;

    readonly List<BlobEntry> _entries = [];
    readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    byte[] _scratch = [];
    byte[]? _buffer;
    int _length;

    internal bool IsEmpty => _entries.Count == 0;

    /// <summary>Has this builder a buffer to fill?</summary>
    internal bool NeedsBuffer => _buffer is null;

    internal void Take(byte[] buffer) => (_buffer, _length) = (buffer, 0);

    /// <summary>Would a blob of this plain length still fit, whether it compresses or not?</summary>
    internal bool Fits(int plainLength) =>
        _entries.Count < MostBlobs && (long)_length + plainLength + Sealer.Overhead <= TargetSize;

    /// <summary>Compresses where that helps, seals straight into the pack, and says how many bytes that took.</summary>
    internal int Add(ContentId id, ReadOnlySpan<byte> plain)
    {
        int bound = Compression.Bound(plain.Length);
        if (_scratch.Length < bound) _scratch = GC.AllocateUninitializedArray<byte>(Math.Max(bound, 2 << 20));
        int compressed = compression.Compress(plain, _scratch);
        ReadOnlySpan<byte> stored = compressed > 0 ? _scratch.AsSpan(0, compressed) : plain;
        Span<byte> place = _buffer.AsSpan(_length, stored.Length + Sealer.Overhead);
        sealer.Seal(stored, place);
        _hash.AppendData(place);
        _entries.Add(new BlobEntry(id, trees, (uint)_length, (uint)place.Length, compressed > 0 ? (uint)plain.Length : 0));
        _length += place.Length;
        return place.Length;
    }

    internal FinishedPack Finish()
    {
        BlobEntry[] entries = [.. _entries];
        byte[] header = new byte[PackHeader.SizeOf(entries)];
        PackHeader.Write(entries, header);
        Span<byte> tail = _buffer.AsSpan(_length, header.Length + Sealer.Overhead + PackHeader.LengthSize);
        sealer.Seal(header, tail[..^PackHeader.LengthSize]);
        BinaryPrimitives.WriteInt32LittleEndian(tail[^PackHeader.LengthSize..], header.Length + Sealer.Overhead);
        _hash.AppendData(tail);
        _length += tail.Length;

        // vault.md §4.3: what leaves can be found again, or it does not leave.
        BlobEntry[] readBack = PackHeader.Open(_buffer.AsSpan(0, _length), sealer);
        if (!readBack.AsSpan().SequenceEqual(entries)) throw new CorruptVaultException("a pack's header does not read back as written; memory may be faulty");

        Span<byte> name = stackalloc byte[ContentId.Size];
        _hash.GetHashAndReset(name);
        FinishedPack pack = new(_buffer!, _length, ContentId.Read(name), entries);
        _entries.Clear();
        _buffer = null;
        return pack;
    }

    public void Dispose() => _hash.Dispose();
}
