using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Offproof.Phone;

/// <summary>
/// The moving part of a sample motion photo: an MP4 (ftyp, mdat, moov) whose frames are JPEGs, and the XMP that says where it lies.
/// Sources: ISO/IEC 14496-12, 14496-14 (object type 0x6C is JPEG), Motion Photo format 1.0.
/// </summary>
static class MotionVideo
{
    const int TimeScale = 30;
    const int FrameTime = 10; // three frames a second

    internal static byte[] Mp4(IReadOnlyList<byte[]> frames, int width, int height)
    {
        byte[] brand = Box("ftyp", Text("isom"), Number(512), Text("isommp42"));
        byte[] data = Box("mdat", [.. frames]);
        int duration = frames.Count * FrameTime;
        byte[] matrix = Numbers(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000);

        byte[] movie = Full("mvhd", 0, Numbers(0, 0, TimeScale, duration, 0x10000), [1, 0, 0, 0], Numbers(0, 0), matrix, new byte[24], Number(2));
        byte[] track = Full("tkhd", 7, Numbers(0, 0, 1, 0, duration, 0, 0), Numbers(0, 0), matrix, Numbers(width << 16, height << 16));
        byte[] media = Full("mdhd", 0, Numbers(0, 0, TimeScale, duration), [0x55, 0xC4, 0, 0]);
        byte[] handler = Full("hdlr", 0, Number(0), Text("vide"), new byte[12], Text("Video\0"));
        byte[] reference = Box("dinf", Full("dref", 0, Number(1), Full("url ", 1)));

        // ES descriptor > decoder configuration (object type, visual stream, no buffer or rate stated) and sync layer.
        byte[] stream = Full("esds", 0, [3, 21, 0, 1, 0, 4, 13, 0x6C, 0x11, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 6, 1, 2]);
        byte[] entry = Box("mp4v", [0, 0, 0, 0, 0, 0, 0, 1], new byte[16], Shorts(width, height), Numbers(0x480000, 0x480000, 0), Shorts(1),
            new byte[32], Shorts(24, 0xFFFF), stream);
        byte[] samples = Box("stbl",
            Full("stsd", 0, Number(1), entry),
            Full("stts", 0, Numbers(1, frames.Count, FrameTime)),
            Full("stsc", 0, Numbers(1, 1, frames.Count, 1)),
            Full("stsz", 0, Numbers(0, frames.Count), Numbers([.. frames.Select(frame => frame.Length)])),
            Full("stco", 0, Numbers(1, brand.Length + 8)));
        byte[] minf = Box("minf", Full("vmhd", 1, new byte[8]), reference, samples);
        byte[] moov = Box("moov", movie, Box("trak", track, Box("mdia", media, handler, minf)));
        return [.. brand, .. data, .. moov];
    }

    /// <summary>The APP1 segment that says: a primary picture, and after it a video of so many bytes.</summary>
    internal static byte[] XmpSegment(int videoLength)
    {
        string packet = $"""
            <?xpacket begin="{'\uFEFF'}" id="W5M0MpCehiHzreSzNTczkc9d"?>
            <x:xmpmeta xmlns:x="adobe:ns:meta/">
              <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
                <rdf:Description rdf:about=""
                    xmlns:Camera="http://ns.google.com/photos/1.0/camera/"
                    xmlns:Container="http://ns.google.com/photos/1.0/container/"
                    xmlns:Item="http://ns.google.com/photos/1.0/container/item/"
                    Camera:MotionPhoto="1"
                    Camera:MotionPhotoVersion="1"
                    Camera:MotionPhotoPresentationTimestampUs="500000">
                  <Container:Directory>
                    <rdf:Seq>
                      <rdf:li rdf:parseType="Resource">
                        <Container:Item Item:Mime="image/jpeg" Item:Semantic="Primary" Item:Length="0" Item:Padding="0"/>
                      </rdf:li>
                      <rdf:li rdf:parseType="Resource">
                        <Container:Item Item:Mime="video/mp4" Item:Semantic="MotionPhoto" Item:Length="{videoLength.ToString(CultureInfo.InvariantCulture)}" Item:Padding="0"/>
                      </rdf:li>
                    </rdf:Seq>
                  </Container:Directory>
                </rdf:Description>
              </rdf:RDF>
            </x:xmpmeta>
            <?xpacket end="w"?>
            """;
        return ExifBlock.App1("http://ns.adobe.com/xap/1.0/\0"u8, Encoding.UTF8.GetBytes(packet.ReplaceLineEndings("\n")));
    }

    static byte[] Box(string name, params byte[][] parts) => [.. Number(8 + parts.Sum(part => part.Length)), .. Text(name), .. parts.SelectMany(part => part)];

    static byte[] Full(string name, int flags, params byte[][] parts) => Box(name, [Number(flags), .. parts]);

    static byte[] Text(string text) => Encoding.ASCII.GetBytes(text);

    static byte[] Number(int number) => Numbers(number);

    static byte[] Numbers(params int[] numbers)
    {
        byte[] bytes = new byte[numbers.Length * 4];
        for (int i = 0; i < numbers.Length; i++) BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(i * 4), numbers[i]);
        return bytes;
    }

    static byte[] Shorts(params int[] numbers)
    {
        byte[] bytes = new byte[numbers.Length * 2];
        for (int i = 0; i < numbers.Length; i++) BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(i * 2), (ushort)numbers[i]);
        return bytes;
    }
}
