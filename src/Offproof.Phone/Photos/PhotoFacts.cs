namespace Offproof.Phone;

/// <summary>Where a capture time was found, best first.</summary>
public enum CaptureOrigin
{
    /// <summary>EXIF DateTimeOriginal, with OffsetTimeOriginal where present.</summary>
    Exif,
    /// <summary>The same property in an XMP packet.</summary>
    Xmp,
    /// <summary>photoTakenTime of an exported JSON sidecar (always UTC).</summary>
    Sidecar,
}

/// <summary>When a picture was taken.</summary>
/// <param name="Local">The camera's clock, of unspecified kind.</param>
/// <param name="Offset">From UTC, or null when the camera did not say.</param>
/// <param name="Origin">Who says so.</param>
public readonly record struct CaptureTime(DateTime Local, TimeSpan? Offset, CaptureOrigin Origin)
{
    /// <summary>The moment, when the offset is known.</summary>
    public DateTimeOffset? Moment => Offset is { } offset ? new DateTimeOffset(Local, offset) : null;
}

/// <summary>A place on Earth, WGS 84.</summary>
/// <param name="Latitude">Degrees, -90 to 90, north positive.</param>
/// <param name="Longitude">Degrees, -180 to 180, east positive.</param>
/// <param name="Altitude">Metres above sea level, or null.</param>
public readonly record struct GeoPoint(double Latitude, double Longitude, double? Altitude);

/// <summary>A video appended to a still picture, in the same file.</summary>
/// <param name="Offset">Where the video starts, in bytes from the start of the file.</param>
/// <param name="Length">Bytes of the video.</param>
public readonly record struct MotionPhoto(long Offset, long Length);

/// <summary>What a picture says about itself. Null means that it does not say.</summary>
/// <param name="Taken">Capture time.</param>
/// <param name="Position">Where.</param>
/// <param name="Orientation">The EXIF number, 1 to 8.</param>
/// <param name="Motion">The appended video; reported only when a video really starts there.</param>
/// <param name="Problem">What could not be understood, or null. It never keeps the bytes from being backed up.</param>
public sealed record PhotoFacts(CaptureTime? Taken, GeoPoint? Position, int? Orientation, MotionPhoto? Motion, string? Problem);
