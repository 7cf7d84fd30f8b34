using ZstdSharp;

namespace Offproof.Vault;

/// <summary>zstd frames, with what they may unfold to bounded before they unfold (vault.md §4.4). One instance per thread.</summary>
sealed class Compression : IDisposable
{
    // Level 1: photos do not shrink at any level, text shrinks four times at this one.
    readonly Compressor _compressor = new(1);
    readonly Decompressor _decompressor = new();

    internal static int Bound(int length) => Compressor.GetCompressBound(length);

    /// <summary>Compressed length, or 0 when the result would not be smaller.</summary>
    internal int Compress(ReadOnlySpan<byte> plain, Span<byte> destination)
    {
        int written = _compressor.Wrap(plain, destination);
        return written < plain.Length ? written : 0;
    }

    /// <summary>Unfolds to exactly the declared length, or says why not.</summary>
    internal void Decompress(ReadOnlySpan<byte> frame, Span<byte> destination)
    {
        int written;
        try
        {
            written = _decompressor.Unwrap(frame, destination);
        }
        catch (ZstdException e)
        {
            throw new CorruptVaultException("compressed data is not a zstd frame of the declared length", e);
        }
        if (written != destination.Length) throw new CorruptVaultException("compressed data unfolds to another length than declared");
    }

    /// <summary>A frame without a declared length (index, snapshot, lock), up to <paramref name="most"/> bytes.</summary>
    internal static byte[] DecompressUnknown(ReadOnlyMemory<byte> frame, int most)
    {
        try
        {
            using MemoryStream input = new(frame.ToArray(), writable: false);
            using DecompressionStream stream = new(input);
            using MemoryStream output = new();
            byte[] buffer = new byte[64 * 1024];
            for (int n = stream.Read(buffer); n > 0; n = stream.Read(buffer))
            {
                if (output.Length + n > most) throw new CorruptVaultException($"compressed data unfolds to more than {most >> 20} MiB");
                output.Write(buffer, 0, n);
            }
            return output.ToArray();
        }
        catch (Exception e) when (e is ZstdException or EndOfStreamException)
        {
            throw new CorruptVaultException("compressed data is not a complete zstd frame", e);
        }
    }

    public void Dispose()
    {
        _compressor.Dispose();
        _decompressor.Dispose();
    }
}
