using System.Buffers.Binary;
using System.Text;

namespace Offproof.Phone;

/// <summary>
/// Small JPEGs for contacts, messages and notes: a few drawn landscapes, each copy with a comment of its own, so that no two are the same file and
/// each can be told by its canary.
/// </summary>
sealed class SamplePictures(ulong seed)
{
    const int Scenes = 24;
    const int Quality = 60;
    readonly byte[]?[] _scenes = new byte[Scenes][];

    internal static (int Width, int Height) Size => (160, 112);

    /// <summary>A picture with an ASCII <paramref name="comment"/>, a COM segment (ITU-T T.81 B.2.4.5) right after SOI.</summary>
    internal byte[] Draw(SeededBits bits, string comment)
    {
        byte[] scene = Scene(bits.Below(Scenes));
        byte[] picture = new byte[scene.Length + 4 + comment.Length];
        scene.AsSpan(0, 2).CopyTo(picture);
        picture[2] = 0xFF;
        picture[3] = 0xFE;
        BinaryPrimitives.WriteUInt16BigEndian(picture.AsSpan(4), (ushort)(2 + comment.Length));
        Encoding.ASCII.GetBytes(comment, picture.AsSpan(6));
        scene.AsSpan(2).CopyTo(picture.AsSpan(6 + comment.Length));
        return picture;
    }

    byte[] Scene(int number)
    {
        if (_scenes[number] is { } drawn) return drawn;
        SeededBits bits = new(seed, 5_000_000 + (ulong)number);
        Picture picture = new(Size.Width, Size.Height);
        Landscape.Draw(picture, bits, bits.Between(5, 21), grain: 8);
        return _scenes[number] = picture.Encode(Quality, 1);
    }
}
