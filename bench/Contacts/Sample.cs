using System.Globalization;
using System.Security.Cryptography;

namespace Offproof.Contacts;

/// <summary>A phone's address book as large as wished, half of it as Android writes it and half as iOS does, the same bytes each time. All of it is fictional.</summary>
static class Sample
{
    static readonly string[] Given = ["Ann", "Bela", "Chidi", "Dora", "=C3=89mile", "Farah", "Goro", "Hana"];
    static readonly string[] Family = ["Archer", "Baker", "Cooper", "Dyer", "Fletcher", "M=C3=BCller", "Mason", "Potter"];

    internal static void Write(string path, int count, int photos, int photoSize)
    {
        using StreamWriter file = new(path);
        file.NewLine = "\r\n";
        byte[] picture = new byte[photoSize];
        for (int number = 0; number < count; number++)
        {
            bool hasPhoto = photos > 0 && number % Math.Max(1, count / photos) == 0;
            for (int at = 0; hasPhoto && at < picture.Length; at += 32) SHA256.HashData(BitConverter.GetBytes((number * 4096) + at)).AsSpan(0, Math.Min(32, picture.Length - at)).CopyTo(picture.AsSpan(at));
            string given = Given[number % 8];
            string family = Text($"{Family[number / 8 % 8]} {number}");
            file.WriteLine("BEGIN:VCARD");
            if (number % 2 == 0)
            {
                file.WriteLine("VERSION:2.1");
                file.WriteLine($"N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:{family};{given};;;");
                file.WriteLine($"FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:{given} {family}");
                file.WriteLine(Text($"TEL;CELL;PREF:+44 7700 900{number % 1000:D3}"));
                file.WriteLine(Text($"EMAIL;HOME:someone{number}@example.org"));
                file.WriteLine("NOTE;ENCODING=QUOTED-PRINTABLE:Met at the station=0D=0A=\r\non a Tuesday, with a dog");
                file.WriteLine("X-ANDROID-CUSTOM:vnd.android.cursor.item/nickname;Nick;1;;;;;;;;;;;;;");
                if (hasPhoto) Photo(file, "PHOTO;ENCODING=BASE64;JPEG:", picture, "\r\n");
            }
            else
            {
                file.WriteLine("VERSION:3.0");
                file.WriteLine(Text($"N:{Decoded(family)};{Decoded(given)};;;"));
                file.WriteLine(Text($"FN:{Decoded(given)} {Decoded(family)}"));
                file.WriteLine(Text($"item1.TEL;type=CELL;type=VOICE;type=pref:+1 (555) 555-01{number % 100:D2}"));
                file.WriteLine("item1.X-ABLabel:_$!<Mobile>!$_");
                file.WriteLine(Text($"EMAIL;type=INTERNET;type=HOME:someone{number}@example.com"));
                file.WriteLine("ADR;type=HOME:;;42 Plantation St.;Baytown;LA;30314;United States");
                file.WriteLine(Text($"UID:{number:x8}-0000-4000-8000-000000000001"));
                if (hasPhoto) Photo(file, "PHOTO;ENCODING=b;TYPE=JPEG:", picture, "");
            }
            file.WriteLine("END:VCARD");
        }
    }

    static void Photo(StreamWriter file, string head, byte[] picture, string end)
    {
        string digits = head + Convert.ToBase64String(picture);
        file.Write(digits[..Math.Min(75, digits.Length)]);
        for (int at = 75; at < digits.Length; at += 74) file.Write("\r\n " + digits[at..Math.Min(digits.Length, at + 74)]);
        file.Write("\r\n" + end);
    }

    static string Decoded(string text) => text.Replace("=C3=89", "\u00C9", StringComparison.Ordinal).Replace("=C3=BC", "\u00FC", StringComparison.Ordinal);

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
