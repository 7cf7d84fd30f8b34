using System.Globalization;
using System.Security;
using System.Text.Json;
using System.Xml;
using MetadataExtractor;
using MetadataExtractor.Formats.Exif;
using MetadataExtractor.IO;

namespace Offproof.Phone;

/// <summary>Puts together what a picture's EXIF, its XMP and its sidecar say: the first of them that says something is believed.</summary>
static class FactsReader
{
    internal static PhotoFacts Read(PhotoFile file, string? sidecarFullPath)
    {
        Findings found = new();
        if (file.Kind is PhotoKind.Photo or PhotoKind.Video)
        {
            found.Try("file", () =>
            {
                using Stream stream = file.OpenRead();
                Picture(stream, found);
            });
            if (sidecarFullPath is not null) found.Try("sidecar", () => Sidecar(sidecarFullPath, found));
        }
        return found.Facts;
    }

    /// <summary>What a picture says, wherever its bytes are.</summary>
    internal static PhotoFacts Read(Stream picture)
    {
        Findings found = new();
        found.Try("file", () => Picture(picture, found));
        return found.Facts;
    }

    /// <summary>A position, unless it is out of range or the 0, 0 that stands for "unknown".</summary>
    internal static GeoPoint? Point(double latitude, double longitude, double? altitude) =>
        latitude is >= -90 and <= 90 && longitude is >= -180 and <= 180 && (latitude != 0 || longitude != 0)
            ? new GeoPoint(latitude, longitude, altitude is { } metres && double.IsFinite(metres) ? metres : null)
            : null;

    static void Picture(Stream stream, Findings found)
    {
        MetadataBlocks blocks = MetadataBlocks.Find(stream);
        if (blocks.Problem is { } problem) found.Note(problem);
        if (blocks.Exif is { } exif) found.Try("EXIF", () => Exif(exif, found));
        if (blocks.Xmp is { } xmp) found.Try("XMP", () => Xmp(xmp, stream, found));
    }

    static void Exif(byte[] block, Findings found)
    {
        IReadOnlyList<MetadataExtractor.Directory> directories = new ExifReader().Extract(new ByteArrayReader(block));
        foreach (ExifIfd0Directory directory in directories.OfType<ExifIfd0Directory>())
        {
            if (directory.TryGetInt32(ExifDirectoryBase.TagOrientation, out int orientation) && orientation is >= 1 and <= 8) found.Orientation ??= orientation;
        }
        foreach (ExifSubIfdDirectory directory in directories.OfType<ExifSubIfdDirectory>())
        {
            if (directory.GetString(ExifDirectoryBase.TagDateTimeOriginal) is not { } text || IsBlank(text)) continue;
            // "YYYY:MM:DD HH:MM:SS"; the time zone is a field of its own (EXIF 2.31).
            if (DateTime.TryParseExact(text.Trim('\0', ' '), "yyyy:MM:dd HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTime local))
            {
                found.Taken ??= new CaptureTime(local, Offset(directory.GetString(0x9011), local), CaptureOrigin.Exif);
            }
            else
            {
                found.Note($"the EXIF capture time '{Printable(text)}' is not a date");
            }
        }
        foreach (GpsDirectory directory in directories.OfType<GpsDirectory>())
        {
            if (directory.GetGeoLocation() is not { } place) continue;
            double? altitude = directory.TryGetRational(GpsDirectory.TagAltitude, out Rational metres) && metres.Denominator != 0 ? metres.ToDouble() : null;
            if (altitude is not null && directory.TryGetByte(GpsDirectory.TagAltitudeRef, out byte below) && below == 1) altitude = -altitude;
            found.Position ??= Point(place.Latitude, place.Longitude, altitude);
        }
    }

    static void Xmp(byte[] packet, Stream stream, Findings found)
    {
        XmpPacket xmp = XmpPacket.Read(packet);
        found.Orientation ??= xmp.Orientation;
        if (found.Taken is null && xmp.DateTimeOriginal is { } text)
        {
            bool zoned = text.EndsWith('Z') || (text.Length > 6 && text[^6] is '+' or '-' && text[^3] == ':');
            if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset taken) && text.Contains('T', StringComparison.Ordinal))
            {
                found.Taken = new CaptureTime(taken.DateTime, zoned ? taken.Offset : null, CaptureOrigin.Xmp);
            }
            else
            {
                found.Note($"the XMP capture time '{Printable(text)}' is not a date with a time");
            }
        }
        if (xmp.VideoFromEnd is { } fromEnd)
        {
            long offset = stream.Length - fromEnd;
            // A claim is believed only where an MP4 begins: an editor may have cut the video and left the claim.
            if (offset > 0 && MetadataBlocks.Read(stream, offset, 8) is { } head && head.AsSpan(4).SequenceEqual("ftyp"u8))
            {
                found.Motion = new MotionPhoto(offset, xmp.VideoLength ?? fromEnd);
            }
            else
            {
                found.Note("it claims to hold a video, but none begins where it says");
            }
        }
    }

    static void Sidecar(string fullPath, Findings found)
    {
        TakeoutFacts facts = TakeoutFacts.Read(fullPath);
        if (found.Taken is null && facts.TakenUtc is { } taken) found.Taken = new CaptureTime(taken, TimeSpan.Zero, CaptureOrigin.Sidecar);
        found.Position ??= facts.Position;
    }

    // EXIF writes an unknown time as spaces; cameras with an unset clock write zeros.
    static bool IsBlank(string text) => text.AsSpan().IndexOfAnyExcept(" :0-\0") < 0;

    static TimeSpan? Offset(string? text, DateTime local)
    {
        if (text?.Trim('\0', ' ') is not [('+' or '-') and var sign, _, _, ':', _, _] digits) return null;
        if (!TimeSpan.TryParseExact(digits[1..], @"hh\:mm", CultureInfo.InvariantCulture, out TimeSpan offset) || offset > TimeSpan.FromHours(14)) return null;
        if (sign == '-') offset = -offset;
        // Near the ends of the calendar an offset would leave it.
        return local.Ticks - offset.Ticks is >= 0 and <= 3155378975999999999 ? offset : null;
    }

    static string Printable(string text) => new(text.Take(40).Select(c => char.IsControl(c) ? '?' : c).ToArray());

    sealed class Findings
    {
        internal CaptureTime? Taken;
        internal GeoPoint? Position;
        internal int? Orientation;
        internal MotionPhoto? Motion;
        internal string? Problem;

        internal PhotoFacts Facts => new(Taken, Position, Orientation, Motion, Problem);

        internal void Note(string problem) => Problem = Problem is null ? problem : Problem + "; " + problem;

        internal void Try(string part, Action read)
        {
            try
            {
                read();
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or SecurityException)
            {
                Note($"the {part} cannot be read: {problem.Message}");
            }
            // The EXIF reader is not ours, and on hostile bytes it fails in many ways; each means that the block is malformed.
            catch (Exception problem) when (problem is MetadataException or ImageProcessingException or XmlException or JsonException or ArithmeticException
                or ArgumentException or IndexOutOfRangeException or InvalidOperationException or InvalidCastException or NullReferenceException
                or FormatException or NotSupportedException)
            {
                Note($"the {part} is malformed: {problem.Message}");
            }
        }
    }
}
