using System.Buffers.Binary;
using System.Text;

namespace Offproof.Phone;

/// <summary>
/// Finds the EXIF block and the XMP packet of a picture, reading only what leads there. Every length is checked against the file and
/// against <see cref="Limit"/>, every loop moves forward: a malformed file ends the walk with a reason.
/// </summary>
sealed class MetadataBlocks
{
    /// <summary>The longest block that is read. A JPEG segment cannot be longer; it also bounds how deeply a hostile block can nest directories.</summary>
    internal const int Limit = 64 * 1024;

    const int MaxSteps = 4096;

    /// <summary>A TIFF structure, or null.</summary>
    internal byte[]? Exif { get; private set; }

    /// <summary>An XML packet, or null.</summary>
    internal byte[]? Xmp { get; private set; }

    /// <summary>Why the walk ended early, or null.</summary>
    internal string? Problem { get; private set; }

    static ReadOnlySpan<byte> ExifHeader => "Exif\0\0"u8;
    static ReadOnlySpan<byte> XmpHeader => "http://ns.adobe.com/xap/1.0/\0"u8;

    internal static MetadataBlocks Find(Stream file)
    {
        MetadataBlocks blocks = new();
        Span<byte> head = stackalloc byte[12];
        head = head[..file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)];
        if (head is [0xFF, 0xD8, ..]) blocks.Jpeg(file);
        else if (head.Length == 12 && head[4..8].SequenceEqual("ftyp"u8)) HeifItems.Find(file, blocks);
        else if (head.StartsWith("RIFF"u8) && head.Length == 12 && head[8..].SequenceEqual("WEBP"u8)) blocks.Chunks(file, 12, png: false);
        else if (head is [0x89, (byte)'P', (byte)'N', (byte)'G', ..]) blocks.Chunks(file, 8, png: true);
        else if (head.StartsWith("II*\0"u8) || head.StartsWith("MM\0*"u8)) blocks.Tiff(file);
        else if (head.IsEmpty) blocks.Fail("the file is empty");
        return blocks;
    }

    internal void Fail(string problem) => Problem ??= problem;

    internal void TakeExif(byte[] tiff) => Exif ??= tiff;

    internal void TakeXmp(byte[] packet) => Xmp ??= packet;

    // JPEG: markers until the scan; each segment holds its own length. Recommendation T.81, annex B.
    void Jpeg(Stream file)
    {
        long at = 2;
        for (int step = 0; step < MaxSteps; step++)
        {
            byte[]? marker = Read(file, at, 4);
            if (marker is null) { Fail("the JPEG ends before its picture"); return; }
            if (marker[0] != 0xFF) { Fail($"no JPEG marker at byte {at}"); return; }
            if (marker[1] == 0xFF) { at++; continue; } // fill byte
            if (marker[1] is 0xDA or 0xD9) return;
            if (marker[1] is 0x01 or (>= 0xD0 and <= 0xD8)) { at += 2; continue; }
            int length = BinaryPrimitives.ReadUInt16BigEndian(marker.AsSpan(2));
            if (length < 2) { Fail($"a JPEG segment of impossible length at byte {at}"); return; }
            if (marker[1] == 0xE1)
            {
                byte[]? body = Read(file, at + 4, length - 2);
                if (body is null) { Fail($"the JPEG segment at byte {at} is longer than the file"); return; }
                if (body.AsSpan().StartsWith(ExifHeader)) TakeExif(body[ExifHeader.Length..]);
                else if (body.AsSpan().StartsWith(XmpHeader)) TakeXmp(body[XmpHeader.Length..]);
            }
            at += 2 + length;
        }
        Fail("too many JPEG segments");
    }

    // PNG and WebP: chunks with a length and a name; PNG big-endian with a checksum, WebP little-endian padded to even.
    void Chunks(Stream file, long at, bool png)
    {
        const string XmpKeyword = "XML:com.adobe.xmp\0";
        for (int step = 0; step < MaxSteps; step++)
        {
            byte[]? head = Read(file, at, 8);
            if (head is null) return;
            uint length = png ? BinaryPrimitives.ReadUInt32BigEndian(head) : BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(4));
            string name = Encoding.Latin1.GetString(head, png ? 4 : 0, 4);
            if (at + 8 + length > file.Length) { Fail($"the chunk at byte {at} is longer than the file"); return; }
            if (length <= Limit && name is "eXIf" or "EXIF" or "XMP " or "iTXt")
            {
                byte[] body = Read(file, at + 8, (int)length) ?? [];
                if (name is "eXIf" or "EXIF") TakeExif(body.AsSpan().StartsWith(ExifHeader) ? body[ExifHeader.Length..] : body);
                else if (name is "XMP ") TakeXmp(body);
                // keyword, 0, uncompressed, method 0, empty language, empty translated keyword
                else if (body.AsSpan().StartsWith(Encoding.Latin1.GetBytes(XmpKeyword + "\0\0\0\0"))) TakeXmp(body[(XmpKeyword.Length + 4)..]);
            }
            at += 8 + (long)length + (png ? 4 : length & 1);
        }
    }

    // TIFF and most raw formats are one EXIF structure; what describes the picture stands in the first directories.
    void Tiff(Stream file)
    {
        if (Read(file, 0, (int)Math.Min(file.Length, Limit)) is { } start) TakeExif(start);
    }

    /// <summary>Exactly <paramref name="length"/> bytes at <paramref name="at"/>, or null when the file does not hold them or they are too many.</summary>
    internal static byte[]? Read(Stream file, long at, long length)
    {
        if (at < 0 || length < 0 || length > Limit || at > file.Length - length) return null;
        byte[] bytes = new byte[length];
        file.Position = at;
        return file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) == bytes.Length ? bytes : null;
    }
}
