using ZstdSharp;
using ZstdSharp.Unsafe;

namespace Offproof.Channel;

/// <summary>One zstd frame with its content size (RFC 8878), as bundles are: channel.md §3.2, §4, §5.</summary>
internal static unsafe class Frame
{
    // 19 would be a tenth smaller, and takes eight times as long: a server publishes its own channel before it listens.
    private const int Level = 12;

    /// <summary>The same content gives the same bytes, for one version of the compressor.</summary>
    internal static byte[] Seal(ReadOnlySpan<byte> content)
    {
        using Compressor compressor = new(Level);
        compressor.SetParameter(ZSTD_cParameter.ZSTD_c_checksumFlag, 0);
        compressor.SetParameter(ZSTD_cParameter.ZSTD_c_contentSizeFlag, 1);
        return compressor.Wrap(content).ToArray();
    }

    /// <summary>What the frame unfolds to.</summary>
    /// <param name="frame">The file's bytes: one frame, and nothing behind it.</param>
    /// <param name="most">The most bytes that it may unfold to; the frame says how many before any memory is taken.</param>
    /// <exception cref="ContentException">It is no such frame, or unfolds to more.</exception>
    internal static byte[] Open(ReadOnlySpan<byte> frame, int most)
    {
        byte[] content = new byte[Measure(frame, most)];
        try
        {
            using Decompressor decompressor = new();
            int written = decompressor.Unwrap(frame, content);
            return written == content.Length ? content : throw new ContentException("it unfolds to fewer bytes than it says");
        }
        catch (ZstdException e)
        {
            throw new ContentException("it is a damaged zstd frame", e);
        }
    }

    // A skippable frame, a dictionary or a second frame is nothing that a publisher of ours writes, and a place to hide what differs from device to device.
    private static int Measure(ReadOnlySpan<byte> frame, int most)
    {
        fixed (byte* start = frame)
        {
            ZSTD_frameHeader header;
            if (frame.Length < 8 || Methods.ZSTD_getFrameHeader(&header, start, (nuint)frame.Length) != 0 || header.frameType != ZSTD_frameType_e.ZSTD_frame || header.dictID != 0)
                throw new ContentException("it is no zstd frame");
            if (header.frameContentSize > (ulong)most)
                throw new ContentException(header.frameContentSize == ulong.MaxValue ? "it is a zstd frame that does not say its size" : $"it unfolds to more than {most} bytes");
            nuint length = Methods.ZSTD_findFrameCompressedSize(start, (nuint)frame.Length);
            if (Methods.ZSTD_isError(length) || length != (nuint)frame.Length) throw new ContentException("it is not one whole zstd frame");
            return (int)header.frameContentSize;
        }
    }
}
