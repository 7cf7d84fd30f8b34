using System.Buffers.Binary;
using System.Text;

namespace Offproof.PhoneData;

/// <summary>
/// What a phone holds, in sizes and compressibility: photos that no program can shrink, a few of them twice, and thousands of small texts that shrink a lot.
/// Nothing here is a valid photo; readers of backups do not look.
/// </summary>
sealed class Phone(string folder, long target)
{
    // Fixed, so that two runs on one machine also give the same snapshot ids.
    static readonly DateTime Start = new(2025, 3, 1, 8, 0, 0, DateTimeKind.Utc);

    readonly Dice _dice = new(20_140_807);
    readonly byte[] _photo = new byte[16 << 20];

    internal int Files { get; private set; }

    internal long Bytes { get; private set; }

    internal void Write()
    {
        // Parts in 2,060: the whole has 8,001 files.
        int Count(int whole) => (int)Math.Max(1, whole * target / 2_060_000_000);
        Words words = new(_dice);
        WriteText("messages/messages.xml", words.MessagesXml((int)Math.Min(40_000_000, target / 50)));
        for (int i = 0; i < Count(3000); i++) WriteText($"contacts/{i % 256:x2}/{i:x8}.vcf", words.Contact(i));
        for (int i = 0; i < Count(1500); i++) WriteText($"notes/{i % 256:x2}/note-{i:d5}.md", words.Note());
        for (int i = 0; i < Count(1500); i++) WriteText($"messages/{i / 12:x6}/2025-{(i % 12) + 1:d2}.ndjson", words.Conversation());
        WritePhotos(Count(2000));
    }

    /// <summary>One photo in twenty is a copy of an earlier one in another folder, as messengers make them.</summary>
    void WritePhotos(int count)
    {
        double[] weights = new double[count];
        int[] original = new int[count];
        for (int i = 0; i < count; i++)
        {
            original[i] = i % 20 == 19 ? original[_dice.Below(i)] : i;
            weights[i] = original[i] == i ? LogNormal() : weights[original[i]];
        }
        double bytes = (target - Bytes) / weights.Sum();
        for (int i = 0; i < count; i++)
        {
            string name = original[i] == i ? $"photos/DCIM/{100 + (i / 500)}CAMERA/IMG_{i:d5}.jpg" : $"photos/Shared/IMG-{i:d5}.jpg";
            WriteFile(name, Photo((ulong)original[i], (int)(weights[i] * bytes)));
        }
    }

    /// <summary>Sigma 0.6; by squaring, because the mathematics library may round differently elsewhere.</summary>
    double LogNormal()
    {
        double step = 1 + (_dice.Normal() * 0.6 / 64);
        for (int k = 0; k < 6; k++) step *= step;
        return Math.Clamp(step, 0.1, 8);
    }

    /// <summary>Markers of a JPEG file around random bytes in which every FF is followed by 00.</summary>
    ReadOnlySpan<byte> Photo(ulong number, int length)
    {
        Span<byte> photo = _photo.AsSpan(0, length);
        new Dice((number + 1) << 32).Fill(photo);
        ReadOnlySpan<byte> head = [0xFF, 0xD8, 0xFF, 0xE1, 0x00, 0x3A, .. "Exif\0\0MM\0*Offproof sample camera, no place, 2025:03:01 08:00:00\0"u8, 0xFF, 0xDA];
        head.CopyTo(photo);
        Span<byte> scan = photo[head.Length..^2];
        for (int at = scan.IndexOf((byte)0xFF); at >= 0 && at + 1 < scan.Length;)
        {
            scan[at + 1] = 0;
            int next = scan[(at + 2)..].IndexOf((byte)0xFF);
            if (next < 0) break;
            at += 2 + next;
        }
        BinaryPrimitives.WriteUInt16BigEndian(photo[^2..], 0xFFD9);
        return photo;
    }

    void WriteText(string name, StringBuilder text) => WriteFile(name, Encoding.UTF8.GetBytes(text.ToString()));

    void WriteFile(string name, ReadOnlySpan<byte> content)
    {
        string path = Path.Combine(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        File.SetLastWriteTimeUtc(path, Start.AddMinutes(Files * 37));
        Files++;
        Bytes += content.Length;
    }
}
