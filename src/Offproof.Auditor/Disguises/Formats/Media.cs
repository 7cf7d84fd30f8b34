using System.Buffers.Binary;

namespace Offproof.Auditor;

/// <summary>Pictures, fonts, sounds and films: recognised by their marks and by a structure that reaches to their end. They are not looked at.</summary>
internal static class Media
{
    /// <summary>Its name; null where it is none, or does not end where its structure does.</summary>
    internal static string? Name(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 16) return null;
        if (bytes[0] == 0x89 && bytes[1..].StartsWith("PNG"u8)) return Png(bytes) ? "png" : null;
        if (bytes[0] == 0xFF && bytes[1] == 0xD8) return Jpeg(bytes) ? "jpeg" : null;
        if (bytes.StartsWith("GIF8"u8)) return bytes[^1] == 0x3B ? "gif" : null;
        if (bytes.StartsWith("RIFF"u8)) return BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]) + 8L is var end && (end == bytes.Length || end == bytes.Length - 1) ? "riff" : null;
        if (bytes.StartsWith("wOF2"u8) || bytes.StartsWith("wOFF"u8)) return BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]) == bytes.Length ? "woff" : null;
        if (bytes[4..].StartsWith("ftyp"u8)) return Boxes(bytes) ? "mp4" : null;
        if (bytes.StartsWith("%PDF-"u8)) return bytes[^Math.Min(64, bytes.Length)..].IndexOf("%%EOF"u8) >= 0 ? "pdf" : null;
        return bytes.StartsWith("OggS"u8) && Ogg(bytes) ? "ogg" : null;
    }

    private static bool Png(ReadOnlySpan<byte> bytes)
    {
        long at = 8;
        while (bytes.Length - at >= 12)
        {
            ReadOnlySpan<byte> chunk = bytes[(int)at..];
            at += 12 + BinaryPrimitives.ReadUInt32BigEndian(chunk);
            if (chunk[4..].StartsWith("IEND"u8)) return at == bytes.Length;
        }
        return false;
    }

    private static bool Jpeg(ReadOnlySpan<byte> bytes)
    {
        int at = 2;
        while (bytes.Length - at >= 4 && bytes[at] == 0xFF)
        {
            if (bytes[at + 1] == 0xDA) return bytes[^2] == 0xFF && bytes[^1] == 0xD9;
            at += 2 + BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 2)..]);
        }
        return false;
    }

    private static bool Boxes(ReadOnlySpan<byte> bytes)
    {
        long at = 0;
        while (bytes.Length - at >= 8)
        {
            ReadOnlySpan<byte> box = bytes[(int)at..];
            long size = BinaryPrimitives.ReadUInt32BigEndian(box);
            if (size == 1 && box.Length >= 16) size = (long)Math.Min(long.MaxValue / 2, BinaryPrimitives.ReadUInt64BigEndian(box[8..]));
            if (size == 0) return true;
            if (size < 8) return false;
            at += size;
        }
        return at == bytes.Length;
    }

    private static bool Ogg(ReadOnlySpan<byte> bytes)
    {
        int at = 0;
        while (bytes.Length - at >= 27 && bytes[at..].StartsWith("OggS"u8))
        {
            int segments = bytes[at + 26];
            if (bytes.Length - at < 27 + segments) return false;
            int length = 0;
            foreach (byte segment in bytes.Slice(at + 27, segments)) length += segment;
            if (length > bytes.Length - at - 27 - segments) return false;
            at += 27 + segments + length;
        }
        return at == bytes.Length;
    }
}
