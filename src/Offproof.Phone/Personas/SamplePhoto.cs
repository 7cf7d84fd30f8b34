using System.Globalization;
using System.Security.Cryptography;

namespace Offproof.Phone;

/// <summary>
/// One picture of a persona as it will be made; nothing of it depends on another picture. The path is relative to the persona's folder; the
/// target is the wanted length in bytes, which the file meets within some percent.
/// </summary>
sealed record PhotoPlan(int Index, string Path, DateTimeOffset Taken, MicroPoint? Place, int Orientation, bool Motion, int Target);

/// <summary>One picture of a persona as it was written.</summary>
sealed record PhotoEntry(PhotoPlan Plan, string Sha256, long Bytes, int Width, int Height);

static class SamplePhoto
{
    internal const string Make = "Larkfield";
    internal const string Model = "Larkfield L4";
    const int Quality = 94;
    const int Grain = 120;

    // Measured at that quality and grain: 4.2 bits a pixel, whatever the scene.
    const int PixelsPerKilobyte = 1920;

    // Wanted kilobytes at each quarter of the pictures, by size: median 1,000.
    static readonly int[] Quarters = [350, 750, 1000, 1350, 2300];

    static readonly int[] EveryOrientation = [1, 6, 8, 3, 2, 4, 5, 7];

    internal static PhotoPlan[] Plan(ulong seed, int count)
    {
        SeededBits bits = new(seed, 1);
        (DateTimeOffset Taken, Place Place)[] journey = Itinerary.Draw(bits, count);
        int[] rank = bits.Shuffled(count);
        PhotoPlan[] plans = new PhotoPlan[count];
        for (int i = 0; i < count; i++)
        {
            (DateTimeOffset taken, Place place) = journey[i];
            bool screenshot = i % 16 == 11;
            int orientation = screenshot ? 1 : i < EveryOrientation.Length ? EveryOrientation[i] : bits.Of([1, 1, 1, 1, 6, 6, 8, 3, 1, 6, 8, 2, 4, 5, 7, 1]);
            string name = taken.ToString("yyyyMMdd'_'HHmmss", CultureInfo.InvariantCulture);
            plans[i] = new PhotoPlan(
                i,
                screenshot ? $"photos/DCIM/Screenshots/Screenshot_{name}.jpg" : $"photos/DCIM/Camera/IMG_{name}.jpg",
                taken,
                screenshot ? null : Itinerary.Near(place, bits),
                orientation,
                !screenshot && i % 12 == 2,
                Size(rank[i], count) * 1000);
        }
        return plans;
    }

    internal static PhotoEntry Write(PhotoPlan plan, ulong seed, string fullPath)
    {
        SeededBits bits = new(seed, 1000 + (ulong)plan.Index);
        bool screenshot = plan.Place is null;
        // Cameras store landscape and say how they were held; a screenshot is as upright as the phone.
        long pixels = plan.Target / 1000 * (long)PixelsPerKilobyte;
        int across = Sixteenths(pixels * 4 / 3), down = across * 3 / 4 / Picture.Step * Picture.Step;
        bool upright = screenshot || plan.Orientation >= 5;
        Picture picture = upright ? new Picture(down, across) : new Picture(across, down);
        Landscape.Draw(picture, bits, plan.Taken.Hour, Grain);
        if (screenshot)
        {
            Landscape.Band(picture, 0, picture.Height / 24, 24);
            Landscape.Band(picture, picture.Height * 23 / 24, picture.Height, 16);
        }
        byte[] jpeg = picture.Encode(Quality, plan.Orientation);
        bool turned = plan.Orientation >= 5;
        int width = turned ? picture.Height : picture.Width, height = turned ? picture.Width : picture.Height;

        byte[] video = plan.Motion ? Video(bits, plan.Taken.Hour) : [];
        using MemoryStream file = new(jpeg.Length + video.Length + 4096);
        file.Write(jpeg.AsSpan(0, 2));
        file.Write(ExifBlock.Segment(new ExifFacts(Make, Model, plan.Orientation, width, height, plan.Taken, plan.Place)));
        if (plan.Motion) file.Write(MotionVideo.XmpSegment(video.Length));
        file.Write(jpeg.AsSpan(2));
        file.Write(video);
        ReadOnlySpan<byte> bytes = file.GetBuffer().AsSpan(0, (int)file.Length);
        using (FileStream output = new(fullPath, FileMode.CreateNew, FileAccess.Write)) output.Write(bytes);
        File.SetLastWriteTimeUtc(fullPath, plan.Taken.UtcDateTime);
        return new PhotoEntry(plan, Convert.ToHexStringLower(SHA256.HashData(bytes)), bytes.Length, width, height);
    }

    static byte[] Video(SeededBits bits, int hour)
    {
        const int width = 320, height = 240;
        byte[][] frames = new byte[3][];
        (ulong a, ulong b, ulong c, ulong d) = (bits.Next() | 1, bits.Next(), bits.Next(), bits.Next());
        for (int i = 0; i < frames.Length; i++)
        {
            Picture picture = new(width, height);
            Landscape.Draw(picture, new SeededBits(a, b, c, d), hour, 24 + (i * 8)); // the same scene in other grain
            frames[i] = picture.Encode(80, 1);
        }
        return MotionVideo.Mp4(frames, width, height);
    }

    /// <summary>Kilobytes of the picture that is number <paramref name="rank"/> by size: an even sample of <see cref="Quarters"/>.</summary>
    static int Size(int rank, int count)
    {
        int place = ((rank * 2) + 1) * 2000 / count; // 0 to 4000: thousandths of a quarter
        int quarter = Math.Min(3, place / 1000), part = place - (quarter * 1000);
        return Quarters[quarter] + ((Quarters[quarter + 1] - Quarters[quarter]) * part / 1000);
    }

    /// <summary>The multiple of 16 nearest below the root.</summary>
    static int Sixteenths(long square)
    {
        int side = Picture.Step;
        while ((long)(side + Picture.Step) * (side + Picture.Step) <= square) side += Picture.Step;
        return side;
    }
}
