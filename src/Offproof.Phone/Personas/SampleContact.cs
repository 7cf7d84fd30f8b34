using System.Globalization;

namespace Offproof.Phone;

/// <summary>vCard's N; empty where absent.</summary>
readonly record struct SampleName(string Family, string Given, string Additional, string Prefixes, string Suffixes);

/// <summary>A number or e-mail address: its type mobile, home, work or custom, with a label for custom.</summary>
readonly record struct SampleValue(string Value, string Type, string? Label = null);

readonly record struct SampleAddress(string Street, string Locality, string Region, string PostalCode, string Country, string Type);

/// <summary>A person of the sample phone (persona.md §2.1).</summary>
sealed record SampleContact(
    string Canary, Tongue Tongue, string DisplayName, SampleName Name, string? Nickname, SampleValue[] Phones, SampleValue[] Emails, SampleAddress[] Addresses,
    string? Organization, string? Department, string? Title, string? Birthday, string? Url, string? Note, SampleFile? Photo)
{
    // Every script within nine, Latin more often than the others.
    const int Turn = 12;

    static readonly string[] Nicknames = ["🦊", "Captain 👩‍🚀", "Bärchen 🐻", "小灯🏮", "Мишка 🧸", "👨‍👩‍👧‍👦 next door", "Nonna 🍝", "🇸🇪 Svea"];
    static readonly string[] PlainNicknames = ["Buzz", "Tante Lo", "Кузя", "Γιωργάκι", "阿灯"];
    static readonly string[] Organizations =
    [
        "Lanternfield Ltd", "Fernway & Daughters", "Hale; Marsh, Partners", "Кузница «Северный фонарь»", "株式会社ヒバリ灯", "Bäckerei Süßkorn", "Λυχνία ΑΕ",
        "مكتبة القنديل", "מאפיית הפנס",
    ];
    static readonly string[] Departments = ["Repairs", "Vertrieb & Versand", "経理部", "Отдел снабжения"];
    static readonly string[] Titles = ["Piano tuner", "Ärztin", "Beekeeper", "Lift engineer", "вахтёр", "図書館員"];
    static readonly string[] Labels = ["Boat", "Allotment", "Radio-room"];
    static readonly string[] Domains = ["example.org", "example.com", "example.net"];

    internal static SampleContact[] Draw(ulong seed, int count, FictionalNumbers numbers, SamplePictures pictures)
    {
        SampleContact[] all = new SampleContact[count];
        for (int i = 0; i < count; i++) all[i] = Draw(seed, i, i % Turn == 9 ? all[i - 9] : null, numbers, pictures);
        return all;
    }

    static SampleContact Draw(ulong seed, int i, SampleContact? namesake, FictionalNumbers numbers, SamplePictures pictures)
    {
        SeededBits bits = new(seed, 1_000_000 + (ulong)i);
        string canary = Canaries.Of(seed, Canaries.Contacts + i, bits);
        Tongue tongue = namesake?.Tongue ?? Tongue.All[i % Turn % Tongue.All.Length];
        SampleName name = namesake?.Name ?? new SampleName(bits.Of(tongue.Family), bits.Of(tongue.Given), i % Turn == 10 ? bits.Of(tongue.Given) : "",
            i % 24 == 0 ? "Dr." : "", i % 24 == 11 ? "Jr." : "");
        string? note = i % 5 == 3 ? null : DrawNote(bits, tongue, canary, i);
        bool work = i % 3 == 0;
        string? organization = work ? bits.Of(Organizations) : null;
        return new SampleContact(
            canary, tongue, Display(tongue, name), name,
            i % Turn == 10 ? bits.Of(Nicknames) : i % 6 == 1 ? bits.Of(PlainNicknames) : null,
            DrawPhones(bits, numbers, i),
            DrawEmails(bits, canary, i, note is null),
            [.. DrawAddresses(bits, tongue, i)],
            organization,
            // In quoted-printable readers do not agree whether the semicolon of a name divides it.
            i % 6 == 0 && organization?.Contains(';', StringComparison.Ordinal) == false ? bits.Of(Departments) : null,
            work ? bits.Of(Titles) : null,
            i % 3 == 1 ? DrawBirthday(bits, i % 9 == 4) : null,
            i % 6 == 5 ? $"https://{bits.Of(Domains)}/~{canary}" : null,
            note,
            i % 7 == 2 ? new SampleFile("image/jpeg", "", pictures.Draw(bits, canary)) : null);
    }

    internal static string Display(Tongue tongue, SampleName name)
    {
        string core = string.Format(CultureInfo.InvariantCulture, tongue.NameOrder, name.Family, name.Additional.Length > 0 ? $"{name.Given} {name.Additional}" : name.Given);
        return string.Join(' ', new[] { name.Prefixes, core, name.Suffixes }.Where(part => part.Length > 0));
    }

    static SampleValue[] DrawPhones(SeededBits bits, FictionalNumbers numbers, int i)
    {
        List<SampleValue> phones = [i % 11 == 10 ? new(numbers.Next(mobile: false), "home") : new(numbers.Next(mobile: true), "mobile")];
        if (i % 4 == 0) phones.Add(new(numbers.Next(mobile: false), bits.Of(["home", "work"])));
        if (i % 12 == 8) phones.Add(new(numbers.Next(mobile: false), "custom", bits.Of(Labels)));
        return [.. phones];
    }

    // The canary is in the first address, so that a contact without a note has one too.
    static SampleValue[] DrawEmails(SeededBits bits, string canary, int i, bool needed)
    {
        if (!needed && i % 4 == 1) return [];
        SampleValue first = new($"{canary}@{bits.Of(Domains)}", bits.Of(["home", "work"]));
        return i % 5 == 2 ? [first, new($"{canary[..6]}.{bits.Digits(6)}@example.net", "home")] : [first];
    }

    static IEnumerable<SampleAddress> DrawAddresses(SeededBits bits, Tongue tongue, int i)
    {
        if (i % 2 == 1) yield break;
        for (int number = 0; number < (i % 8 == 6 ? 2 : 1); number++)
        {
            yield return new SampleAddress(
                string.Create(CultureInfo.InvariantCulture, $"{bits.Of(tongue.Streets)} {bits.Between(1, 199)}"), bits.Of(tongue.Towns), i % 4 == 0 ? "North Larkshire" : "",
                "ZZ" + bits.Digits(5), "Larkland", number == 0 ? "home" : "work");
        }
    }

    static string DrawBirthday(SeededBits bits, bool yearUnknown)
    {
        string day = string.Create(CultureInfo.InvariantCulture, $"{bits.Between(1, 12):D2}-{bits.Between(1, 28):D2}");
        return yearUnknown ? "--" + day : string.Create(CultureInfo.InvariantCulture, $"{bits.Between(1938, 2009)}-{day}");
    }

    static string DrawNote(SeededBits bits, Tongue tongue, string canary, int i) => (i % 5) switch
    {
        0 => $"{bits.Of(tongue.Sentences)}\n{canary}; left, right; then up\n\n{bits.Of(tongue.Sentences)}",
        1 => $"C:\\phone\\Box {canary}, bell 3; dog is friendly",
        2 => $"{canary} {bits.Of(tongue.Sentences)} 🗝️",
        _ => $"{bits.Of(tongue.Sentences)}{tongue.Blank}{bits.Of(tongue.Sentences)}\n- a\n- b, c; d\\e\n{canary}",
    };
}
