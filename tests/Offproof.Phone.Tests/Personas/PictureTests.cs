using JpegLibrary;

namespace Offproof.Phone.Tests.Personas;

public sealed class PictureTests
{
    [Theory]
    [InlineData(1), InlineData(2), InlineData(3), InlineData(4), InlineData(5), InlineData(6), InlineData(7), InlineData(8)]
    public void A_picture_shown_as_its_orientation_says_is_upright(int orientation)
    {
        Picture picture = new(96, 64);
        Landscape.Draw(picture, new SeededBits(1, 1), hour: 12, grain: 8);

        Decoded stored = Decoded.From(picture.Encode(95, orientation));

        Assert.Equal(orientation >= 5 ? (64, 96) : (96, 64), (stored.Width, stored.Height));
        // EXIF 2.3, tag 274: the stored first row is the upright ..., the stored first column is the upright ...
        Func<int, int, (int X, int Y)> upright = orientation switch
        {
            1 => (x, y) => (x, y), // top, left
            2 => (x, y) => (95 - x, y), // top, right
            3 => (x, y) => (95 - x, 63 - y), // bottom, right
            4 => (x, y) => (x, 63 - y), // bottom, left
            5 => (x, y) => (y, x), // left, top
            6 => (x, y) => (95 - y, x), // right, top
            7 => (x, y) => (95 - y, 63 - x), // right, bottom
            _ => (x, y) => (y, 63 - x), // left, bottom
        };
        long luma = 0, chroma = 0;
        for (int y = 0; y < stored.Height; y++)
        {
            for (int x = 0; x < stored.Width; x++)
            {
                (int ux, int uy) = upright(x, y);
                luma += Math.Abs(stored.Planes[0][(y * stored.Width) + x] - picture.Luma[(uy * 96) + ux]);
                chroma += Math.Abs(stored.Planes[1][(y * stored.Width) + x] - picture.Blue[(uy / 2 * 48) + (ux / 2)]);
                chroma += Math.Abs(stored.Planes[2][(y * stored.Width) + x] - picture.Red[(uy / 2 * 48) + (ux / 2)]);
            }
        }
        Assert.InRange((double)luma / (96 * 64), 0, 3);
        Assert.InRange((double)chroma / (2 * 96 * 64), 0, 3);
    }

    [Fact] // the encoder's own halving of chroma would spoil this
    public void A_plain_colour_stays_plain()
    {
        Picture picture = new(64, 64);
        picture.Luma.AsSpan().Fill(128);
        picture.Blue.AsSpan().Fill(200);
        picture.Red.AsSpan().Fill(60);
        Decoded decoded = Decoded.From(picture.Encode(95, 1));
        Assert.All(decoded.Planes[1], value => Assert.InRange(value, 199, 201));
        Assert.All(decoded.Planes[2], value => Assert.InRange(value, 59, 61));
    }

    [Theory]
    [InlineData(0, 16)]
    [InlineData(16, 17)]
    public void Sides_are_multiples_of_16(int width, int height) => Assert.Throws<ArgumentException>(() => new Picture(width, height));

    sealed class Decoded : JpegBlockOutputWriter
    {
        internal int Width { get; private init; }

        internal int Height { get; private init; }

        internal int[][] Planes { get; private init; } = [];

        internal static Decoded From(byte[] jpeg)
        {
            JpegDecoder decoder = new();
            decoder.SetInput(jpeg);
            decoder.Identify();
            int pixels = decoder.Width * decoder.Height;
            Decoded decoded = new() { Width = decoder.Width, Height = decoder.Height, Planes = [new int[pixels], new int[pixels], new int[pixels]] };
            decoder.SetOutputWriter(decoded);
            decoder.Decode();
            return decoded;
        }

        public override void WriteBlock(ref short blockRef, int componentIndex, int x, int y)
        {
            ReadOnlySpan<short> block = System.Runtime.InteropServices.MemoryMarshal.CreateReadOnlySpan(ref blockRef, 64);
            for (int i = 0; i < 64; i++) Planes[componentIndex][((y + (i / 8)) * Width) + x + (i % 8)] = block[i];
        }
    }
}
