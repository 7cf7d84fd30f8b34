using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Offproof.Auditor;

/// <summary>A datum of the sample, as a program would write it.</summary>
/// <param name="Canary">Its id in persona.json: a finding of this one is the right finding.</param>
internal sealed record Planted(string Canary, string Kind, byte[] Bytes);

/// <summary>A phone that nobody has: one datum of each kind, made from a seed, and what the auditor knows of them.</summary>
internal sealed class Sample
{
    private const string Letters = "abcdefghijklmnopqrstuvwxyz";

    // Numbers and addresses that are set aside for fiction: IMEIs of the 00 range, the test network 001 01, +44 7700 900xxx, example.org.
    internal Sample(ulong seed)
    {
        Dice dice = new(seed);
        Salt = dice.Of(Letters + "0123456789", 12);
        string imei = Checked("001017" + dice.Digits(8));
        string imsi = "00101" + dice.Digits(10);
        string iccid = Checked("899990" + dice.Digits(12));
        string android = "5c" + dice.Of("0123456789abcdef", 14);
        string mac = "02:" + string.Join(':', Enumerable.Range(0, 5).Select(_ => dice.Of("0123456789abcdef", 2)));
        string serial = "LF4X" + dice.Of("ABCDEFGHJKLMNPQRSTUVWXYZ23456789", 8);
        string email = $"jonas.fairweather.{dice.Of("0123456789abcdef", 6)}@example.org";
        string phone = "+44770090" + "0" + dice.Digits(3);
        string friend = "+33639983" + dice.Digits(3);
        string mail = $"{dice.Of(Letters, 5)}.ostrowska{dice.Digits(4)}@example.com";
        string name = $"Halina {char.ToUpperInvariant(dice.Of(Letters, 1)[0])}{dice.Of(Letters, 7)}ska";
        string word = dice.Of("bdfgklmnprstvz", 1) + dice.Of("aeiou", 1) + dice.Of(Letters, 14);
        string message = $"Φτάνω σε δέκα λεπτά, the {dice.Of(Letters, 6)} gate behind the ferry. Bring the {dice.Of(Letters, 5)} lamp & the blue rope - {word}";
        string note = $"{dice.Of(Letters, 9)}: rent {dice.Digits(3)} due on the fourth, door code {dice.Digits(6)}";
        string latitude = "53.4" + dice.Digits(5);
        string longitude = "-6.1" + dice.Digits(5);
        (byte[] photo, byte[] thumbnail) = Photo(dice);
        Planted =
        [
            new("identifiers.imei", "imei", Ascii(imei)),
            new("identifiers.imsi", "imsi", Ascii(imsi)),
            new("identifiers.iccid", "iccid", Ascii(iccid)),
            new("identifiers.androidId", "android-id", Ascii(android)),
            new("identifiers.mac", "mac", Ascii(mac)),
            new("identifiers.serial", "serial", Ascii(serial)),
            new("identifiers.email", "email", Ascii(email)),
            new("identifiers.carrier", "carrier", "Lanternfield Mobile"u8.ToArray()),
            new("identifiers.phone", "phone", Ascii(phone)),
            new("identifiers.gps", "gps", Ascii($"{latitude},{longitude}")),
            new("contacts[0].phones[0]", "contact-phone", Ascii(friend)),
            new("contacts[0].emails[0]", "contact-email", Ascii(mail)),
            new("contacts[0].name", "contact-name", Encoding.UTF8.GetBytes(name)),
            new("messages[0].body", "message-text", Encoding.UTF8.GetBytes(message)),
            new("messages[0].body", "fragment", Encoding.UTF8.GetBytes(message[21..75])),
            new("notes[0].text", "note-text", Encoding.UTF8.GetBytes(note)),
            new("photos[0]", "photo", photo),
            new("photos[0]", "thumbnail", thumbnail),
        ];
        Canaries = Read(photo, writer =>
        {
            writer.WriteString("schema", "offproof/v1/persona");
            writer.WriteStartObject("identifiers");
            foreach ((string member, string value) in (ReadOnlySpan<(string, string)>)[("imei", imei), ("imsi", imsi), ("iccid", iccid), ("androidId", android), ("mac", mac), ("serial", serial), ("email", email),
                ("carrier", "Lanternfield Mobile"), ("phone", phone)]) writer.WriteString(member, value);
            writer.WriteStartObject("gps");
            writer.WriteNumber("lat", decimal.Parse(latitude, CultureInfo.InvariantCulture));
            writer.WriteNumber("lon", decimal.Parse(longitude, CultureInfo.InvariantCulture));
            writer.WriteEndObject();
            writer.WriteEndObject();
            Items(writer, "contacts", () =>
            {
                writer.WriteString("displayName", name);
                Items(writer, "phones", () => writer.WriteString("value", friend));
                Items(writer, "emails", () => writer.WriteString("value", mail));
            });
            Items(writer, "messages", () =>
            {
                writer.WriteString("canary", word);
                writer.WriteString("body", message);
            });
            Items(writer, "notes", () => writer.WriteString("text", note));
            Items(writer, "photos", () =>
            {
                writer.WriteString("path", PhotoName);
                writer.WriteNumber("bytes", photo.Length);
                writer.WriteString("sha256", Convert.ToHexStringLower(SHA256.HashData(photo)));
            });
        });
    }

    private const string PhotoName = "IMG_0001.jpg";

    internal IReadOnlyList<Planted> Planted { get; }

    internal Canaries Canaries { get; }

    internal string Salt { get; }

    internal Planted Email => Planted.First(p => p.Kind == "email");

    private static void Items(Utf8JsonWriter writer, string name, Action members)
    {
        writer.WriteStartArray(name);
        writer.WriteStartObject();
        members();
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    // Through a folder, as a persona lies in one: blocks and the thumbnail are read from the photo's file.
    private static Canaries Read(byte[] photo, Action<Utf8JsonWriter> members)
    {
        using MemoryStream persona = new();
        using (Utf8JsonWriter writer = new(persona))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }
        persona.Position = 0;
        DirectoryInfo folder = Directory.CreateTempSubdirectory("offproof-self-test-");
        try
        {
            File.WriteAllBytes(Path.Combine(folder.FullName, PhotoName), photo);
            return Canaries.Read(persona, folder.FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // A JPEG's frame and bytes that nobody could draw: EXIF 2.32 §4.5.4 (the first directory is empty, the second names the thumbnail).
    private static (byte[] Photo, byte[] Thumbnail) Photo(Dice dice)
    {
        byte[] thumbnail = [0xFF, 0xD8, 0xFF, 0xDA, .. NoMarker(dice.Bytes(200)), 0xFF, 0xD9];
        byte[] exif =
        [
            .. "Exif\0\0II*\0"u8, 8, 0, 0, 0, 0, 0, 14, 0, 0, 0,
            2, 0, 0x01, 0x02, 4, 0, 1, 0, 0, 0, 44, 0, 0, 0, 0x02, 0x02, 4, 0, 1, 0, 0, 0, (byte)(thumbnail.Length & 255), (byte)(thumbnail.Length >> 8), 0, 0, 0, 0, 0, 0,
            .. thumbnail,
        ];
        int length = exif.Length + 2;
        return ([0xFF, 0xD8, 0xFF, 0xE1, (byte)(length >> 8), (byte)(length & 255), .. exif, 0xFF, 0xDA, .. NoMarker(dice.Bytes(350)), 0xFF, 0xD9], thumbnail);
    }

    private static byte[] NoMarker(byte[] bytes) => [.. bytes.Select(b => b == 0xFF ? (byte)0x7F : b)];

    // ISO/IEC 7812-1, annex B.
    private static string Checked(string digits)
    {
        int sum = 0;
        for (int i = 0; i < digits.Length; i++)
        {
            int digit = digits[^(i + 1)] - '0';
            if (i % 2 == 0) digit = digit * 2 > 9 ? (digit * 2) - 9 : digit * 2;
            sum += digit;
        }
        return digits + (char)('0' + ((10 - (sum % 10)) % 10));
    }

    private static byte[] Ascii(string text) => Encoding.ASCII.GetBytes(text);
}
