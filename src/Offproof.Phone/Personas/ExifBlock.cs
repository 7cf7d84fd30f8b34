using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Offproof.Phone;

/// <summary>
/// What a sample photo's EXIF says: orientation 1 to 8, stored pixels, local time with its offset in whole seconds; no place where the phone
/// does not say.
/// </summary>
readonly record struct ExifFacts(string Make, string Model, int Orientation, int Width, int Height, DateTimeOffset Taken, MicroPoint? Place);

/// <summary>A position in whole millionths of a degree; EXIF's seconds hold it exactly.</summary>
readonly record struct MicroPoint(int Latitude, int Longitude);

/// <summary>Writes the EXIF of a sample photo as a JPEG APP1 segment. Source: CIPA DC-008 (EXIF 2.32), TIFF 6.0; big-endian.</summary>
static class ExifBlock
{
    const ushort Ascii = 2, Short = 3, Long = 4, Rational = 5, Undefined = 7, Byte = 1;

    internal static byte[] Segment(ExifFacts facts)
    {
        string local = facts.Taken.ToString("yyyy':'MM':'dd HH':'mm':'ss", CultureInfo.InvariantCulture);
        string offset = facts.Taken.ToString("zzz", CultureInfo.InvariantCulture);
        Directory camera = new();
        camera.Text(0x010F, facts.Make);
        camera.Text(0x0110, facts.Model);
        camera.Number(0x0112, Short, facts.Orientation);
        camera.Ratios(0x011A, (72, 1));
        camera.Ratios(0x011B, (72, 1));
        camera.Number(0x0128, Short, 2); // inches
        camera.Text(0x0132, local);
        camera.Number(0x0213, Short, 1); // chroma centred
        camera.Number(0x8769, Long, 0); // the next two point to the directories below
        if (facts.Place is not null) camera.Number(0x8825, Long, 0);

        Directory exposure = new();
        exposure.Ratios(0x829A, (1, 125));
        exposure.Ratios(0x829D, (18, 10));
        exposure.Number(0x8827, Short, 100);
        exposure.Add(0x9000, Undefined, "0232"u8.ToArray());
        exposure.Text(0x9003, local);
        exposure.Text(0x9004, local);
        exposure.Text(0x9010, offset);
        exposure.Text(0x9011, offset);
        exposure.Text(0x9012, offset);
        exposure.Add(0x9101, Undefined, [1, 2, 3, 0]); // Y Cb Cr
        exposure.Add(0xA000, Undefined, "0100"u8.ToArray());
        exposure.Number(0xA001, Short, 1); // sRGB
        exposure.Number(0xA002, Long, facts.Width);
        exposure.Number(0xA003, Long, facts.Height);

        const int start = 8;
        int exposureAt = start + camera.Size, placeAt = exposureAt + exposure.Size;
        camera.Point(0x8769, exposureAt);
        using MemoryStream tiff = new();
        tiff.Write([(byte)'M', (byte)'M', 0, 42, 0, 0, 0, start]);
        if (facts.Place is { } place)
        {
            camera.Point(0x8825, placeAt);
            camera.Write(tiff, start);
            exposure.Write(tiff, exposureAt);
            Place(place, facts.Taken.ToUniversalTime()).Write(tiff, placeAt);
        }
        else
        {
            camera.Write(tiff, start);
            exposure.Write(tiff, exposureAt);
        }
        return App1("Exif\0\0"u8, tiff.ToArray());
    }

    /// <summary>An application segment: marker, length, header, body.</summary>
    internal static byte[] App1(ReadOnlySpan<byte> header, ReadOnlySpan<byte> body)
    {
        byte[] segment = new byte[4 + header.Length + body.Length];
        segment[0] = 0xFF;
        segment[1] = 0xE1;
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(2), checked((ushort)(segment.Length - 2)));
        header.CopyTo(segment.AsSpan(4));
        body.CopyTo(segment.AsSpan(4 + header.Length));
        return segment;
    }

    static Directory Place(MicroPoint place, DateTimeOffset utc)
    {
        Directory gps = new();
        gps.Add(0x0000, Byte, [2, 3, 0, 0]);
        gps.Text(0x0001, place.Latitude < 0 ? "S" : "N");
        gps.Ratios(0x0002, Degrees(place.Latitude));
        gps.Text(0x0003, place.Longitude < 0 ? "W" : "E");
        gps.Ratios(0x0004, Degrees(place.Longitude));
        gps.Ratios(0x0007, (utc.Hour, 1), (utc.Minute, 1), (utc.Second, 1));
        gps.Text(0x001D, utc.ToString("yyyy':'MM':'dd", CultureInfo.InvariantCulture));
        return gps;
    }

    // A millionth of a degree is 36 ten-thousandths of an arc second.
    static (int, int)[] Degrees(int micro)
    {
        int all = Math.Abs(micro);
        long rest = all % 1_000_000 * 36L;
        return [(all / 1_000_000, 1), ((int)(rest / 600_000), 1), ((int)(rest % 600_000), 10_000)];
    }

    /// <summary>One image file directory: entries in the order of their tags, then the values that do not fit into an entry.</summary>
    sealed class Directory
    {
        readonly List<(ushort Tag, ushort Type, int Count, byte[] Value)> _entries = [];

        /// <summary>Bytes, values included.</summary>
        internal int Size => 2 + (12 * _entries.Count) + 4 + _entries.Sum(entry => entry.Value.Length > 4 ? Even(entry.Value.Length) : 0);

        internal void Add(ushort tag, ushort type, byte[] value) => _entries.Add((tag, type, value.Length, value));

        internal void Text(ushort tag, string text) => Add(tag, Ascii, Encoding.ASCII.GetBytes(text + "\0"));

        internal void Number(ushort tag, ushort type, int number)
        {
            byte[] value = new byte[type == Short ? 2 : 4];
            if (type == Short) BinaryPrimitives.WriteUInt16BigEndian(value, (ushort)number);
            else BinaryPrimitives.WriteInt32BigEndian(value, number);
            _entries.Add((tag, type, 1, value));
        }

        internal void Ratios(ushort tag, params (int Over, int Under)[] ratios)
        {
            byte[] value = new byte[ratios.Length * 8];
            for (int i = 0; i < ratios.Length; i++)
            {
                BinaryPrimitives.WriteInt32BigEndian(value.AsSpan(i * 8), ratios[i].Over);
                BinaryPrimitives.WriteInt32BigEndian(value.AsSpan((i * 8) + 4), ratios[i].Under);
            }
            _entries.Add((tag, Rational, ratios.Length, value));
        }

        internal void Point(ushort tag, int offset) =>
            BinaryPrimitives.WriteInt32BigEndian(_entries.Single(entry => entry.Tag == tag).Value, offset);

        internal void Write(Stream output, int at)
        {
            Span<byte> entry = stackalloc byte[12];
            List<byte[]> values = [];
            int next = at + 2 + (12 * _entries.Count) + 4;
            BinaryPrimitives.WriteUInt16BigEndian(entry, (ushort)_entries.Count);
            output.Write(entry[..2]);
            foreach ((ushort tag, ushort type, int count, byte[] value) in _entries)
            {
                entry.Clear();
                BinaryPrimitives.WriteUInt16BigEndian(entry, tag);
                BinaryPrimitives.WriteUInt16BigEndian(entry[2..], type);
                BinaryPrimitives.WriteInt32BigEndian(entry[4..], count);
                if (value.Length <= 4)
                {
                    value.CopyTo(entry[8..]);
                }
                else
                {
                    BinaryPrimitives.WriteInt32BigEndian(entry[8..], next);
                    next += Even(value.Length);
                    values.Add(value);
                }
                output.Write(entry);
            }
            output.Write([0, 0, 0, 0]); // no further directory: there is no thumbnail
            foreach (byte[] value in values)
            {
                output.Write(value);
                if (value.Length % 2 != 0) output.WriteByte(0);
            }
        }

        static int Even(int length) => length + (length & 1);
    }
}
