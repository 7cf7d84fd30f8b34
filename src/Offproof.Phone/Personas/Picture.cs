using System.Buffers;
using System.Runtime.InteropServices;
using JpegLibrary;

namespace Offproof.Phone;

/// <summary>
/// An upright picture in planes: luma per pixel, chroma per 2 by 2 pixels. Sides are multiples of 16. All arithmetic on it is on integers,
/// so that it comes out the same everywhere.
/// </summary>
sealed class Picture
{
    internal const int Step = 16;

    internal Picture(int width, int height)
    {
        if (width <= 0 || height <= 0 || width % Step != 0 || height % Step != 0) throw new ArgumentException("sides are positive multiples of 16", nameof(width));
        Width = width;
        Height = height;
        Luma = new byte[width * height];
        Blue = new byte[width * height / 4];
        Red = new byte[width * height / 4];
    }

    internal int Width { get; }

    internal int Height { get; }

    internal byte[] Luma { get; }

    internal byte[] Blue { get; }

    internal byte[] Red { get; }

    /// <summary>
    /// A baseline JPEG, stored as a camera held in that <paramref name="orientation"/> (1 to 8) stores it: a viewer that heeds EXIF shows it
    /// upright. Starts with SOI and holds no application segment.
    /// </summary>
    internal byte[] Encode(int quality, int orientation)
    {
        JpegEncoder encoder = new();
        encoder.SetQuantizationTable(JpegStandardQuantizationTable.ScaleByQuality(
            JpegStandardQuantizationTable.GetLuminanceTable(JpegElementPrecision.Precision8Bit, 0), quality));
        encoder.SetQuantizationTable(JpegStandardQuantizationTable.ScaleByQuality(
            JpegStandardQuantizationTable.GetChrominanceTable(JpegElementPrecision.Precision8Bit, 1), quality));
        encoder.SetHuffmanTable(true, 0, JpegStandardHuffmanEncodingTable.GetLuminanceDCTable());
        encoder.SetHuffmanTable(false, 0, JpegStandardHuffmanEncodingTable.GetLuminanceACTable());
        encoder.SetHuffmanTable(true, 1, JpegStandardHuffmanEncodingTable.GetChrominanceDCTable());
        encoder.SetHuffmanTable(false, 1, JpegStandardHuffmanEncodingTable.GetChrominanceACTable());
        // All components at full size: when this encoder halves chroma it adds what it left in the block before, which spoils the colours.
        encoder.AddComponent(1, 0, 0, 0, 1, 1);
        encoder.AddComponent(2, 1, 1, 1, 1, 1);
        encoder.AddComponent(3, 1, 1, 1, 1, 1);
        encoder.SetInputReader(new Reader(this, orientation));
        ArrayBufferWriter<byte> output = new(Luma.Length / 2);
        encoder.SetOutput(output);
        encoder.Encode();
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Hands out 8 by 8 blocks of the stored picture, walking the upright one in the direction that the orientation asks for.</summary>
    sealed class Reader : JpegBlockInputReader
    {
        readonly Picture _picture;
        readonly Walk _luma;
        readonly Walk _chroma;

        internal Reader(Picture picture, int orientation)
        {
            _picture = picture;
            bool turned = orientation >= 5;
            Width = turned ? picture.Height : picture.Width;
            Height = turned ? picture.Width : picture.Height;
            _luma = Walk.For(orientation, picture.Width, picture.Height);
            _chroma = Walk.For(orientation, picture.Width / 2, picture.Height / 2);
        }

        public override int Width { get; }

        public override int Height { get; }

        public override void ReadBlock(ref short blockRef, int componentIndex, int x, int y)
        {
            Span<short> block = MemoryMarshal.CreateSpan(ref blockRef, 64);
            unchecked
            {
                if (componentIndex == 0)
                {
                    byte[] plane = _picture.Luma;
                    int row = _luma.Origin + (x * _luma.Across) + (y * _luma.Down);
                    for (int i = 0; i < 64; row += _luma.Down)
                    {
                        for (int at = row, end = i + 8; i < end; i++, at += _luma.Across) block[i] = plane[at];
                    }
                }
                else
                {
                    byte[] plane = componentIndex == 1 ? _picture.Blue : _picture.Red;
                    for (int i = 0; i < 64; i++)
                    {
                        int at = _chroma.Origin + (((x + (i & 7)) >> 1) * _chroma.Across) + (((y + (i >> 3)) >> 1) * _chroma.Down);
                        block[i] = plane[at];
                    }
                }
            }
        }
    }

    /// <summary>Where a stored pixel lies in an upright plane: Origin + x * Across + y * Down.</summary>
    readonly record struct Walk(int Origin, int Across, int Down)
    {
        // EXIF 2.3, tag 274: which upright edges the stored first row and first column are.
        internal static Walk For(int orientation, int width, int height) => orientation switch
        {
            1 => new(0, 1, width),
            2 => new(width - 1, -1, width),
            3 => new((width * height) - 1, -1, -width),
            4 => new(width * (height - 1), 1, -width),
            5 => new(0, width, 1),
            6 => new(width - 1, width, -1),
            7 => new((width * height) - 1, -width, -1),
            8 => new(width * (height - 1), -width, 1),
            _ => throw new ArgumentOutOfRangeException(nameof(orientation)),
        };
    }
}
