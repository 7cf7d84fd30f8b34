using System.Text;
using CsCheck;

namespace Offproof.Phone.Tests.Contacts;

/// <summary>What a contact means, whatever version says it, and writers of our tests' own for all three.</summary>
sealed record Contact
{
    internal required string Uid { get; init; }
    internal required string[] Name { get; init; } // family, given, middle, prefix, suffix
    internal required string Full { get; init; }
    internal required (string Number, string Type, bool Preferred)[] Phones { get; init; }
    internal required string[] Emails { get; init; }
    internal required string[] Organization { get; init; }
    internal required string Note { get; init; }
    internal required string[] Address { get; init; } // seven components, the last is the country
    internal required string Label { get; init; }
    internal required string Sort { get; init; }
    internal required byte[] Photo { get; init; }
    internal required string Birthday { get; init; } // yyyyMMdd
    internal required string Sip { get; init; }
    internal required string Unknown { get; init; }

    static readonly string[] Pieces = ["a", "Bc", " ", "\\", ",", ";", ":", "\"", "'", "=", "^", "{", "}", "\n", "\\n", "=3D", "é", "日本語", "العربية", "😀", "👩‍👧", "ß", "$", "%", "<b>", "#", ".", "END:VCARD", "0123456789", "x y z"];

    static Gen<string> One(params string[] of) => Gen.Int[0, of.Length - 1].Select(index => of[index]);

    static readonly Gen<string> Piece = One(Pieces);

    static Gen<string> Text(int most) => Piece.Array[1, most].Select(pieces => "t" + string.Concat(pieces) + "t");

    internal static readonly Gen<Contact> Generate =
        Gen.Select(Text(6).Array[5], Gen.Select(One("+44 7700 900001", "+1 (555) 555-0102", "07700900003,,12;3", "*31#"), One("HOME", "WORK", "CELL", "X-Boat"), Gen.Bool).Array[0, 4],
            Text(4).Array[1, 4], Text(60), Text(8).Array[7], Gen.Byte.Array[1, 400], Gen.Int[0, 20000], Text(5))
        .Select((name, phones, words, note, address, photo, day, unknown) => new Contact
        {
            Uid = "test-0000",
            Name = name,
            Full = name[1] + " " + name[0],
            Phones = phones,
            Emails = [.. words.Select(word => word.Replace('\n', '-') + "@example.org")],
            Organization = words,
            Note = note,
            Address = address,
            Label = address[2] + "\n" + address[3],
            Sort = words[0],
            Photo = [0xFF, 0xD8, 0xFF, .. photo],
            Birthday = new DateTime(1950, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddDays(day).ToString("yyyyMMdd", System.Globalization.CultureInfo.InvariantCulture),
            Sip = "someone@example.com",
            Unknown = unknown,
        });

    static string Escape(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(";", "\\;", StringComparison.Ordinal).Replace(",", "\\,", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    static string Parameter(string text) =>
        "\"" + text.Replace("^", "^^", StringComparison.Ordinal).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "^n", StringComparison.Ordinal).Replace("\"", "^'", StringComparison.Ordinal) + "\"";

    static string Structure(IEnumerable<string> parts) => string.Join(';', parts.Select(Escape));

    internal string As3() => Cards.Card("3.0", [
        "UID:" + Uid, "N:" + Structure(Name), "FN:" + Escape(Full), .. Phones.Select(phone => $"TEL;TYPE={phone.Type}{(phone.Preferred ? ",pref" : "")}:{Escape(phone.Number)}"),
        .. Emails.Select(email => "EMAIL;TYPE=INTERNET:" + Escape(email)), "ORG:" + Structure(Organization), "NOTE:" + Escape(Note), "item1.ADR;TYPE=HOME:" + Structure(Address), "item1.X-ABLabel:_$!<Other>!$_",
        "item1.LABEL;TYPE=HOME:" + Escape(Label), "SORT-STRING:" + Escape(Sort), "PHOTO;ENCODING=b;TYPE=JPEG:" + Convert.ToBase64String(Photo), $"BDAY:{Birthday[..4]}-{Birthday[4..6]}-{Birthday[6..]}",
        "X-SIP:" + Sip, "GEO:1.5;-2.5", "X-UNKNOWN;X-P=v:" + Escape(Unknown)]);

    internal string As4() => Cards.Card("4.0", [
        "UID;VALUE=text:" + Uid, "N;SORT-AS=" + Parameter(Sort) + ":" + Structure(Name), "FN:" + Escape(Full), .. Phones.Select(phone => $"TEL;TYPE={phone.Type}{(phone.Preferred ? ";PREF=1" : "")}:{Escape(phone.Number)}"),
        .. Emails.Select(email => "EMAIL;TYPE=INTERNET:" + Escape(email)), "ORG:" + Structure(Organization), "NOTE:" + Escape(Note), "item1.ADR;TYPE=HOME;LABEL=" + Parameter(Label) + ":" + Structure(Address),
        "item1.X-ABLabel:_$!<Other>!$_", "PHOTO:data:image/jpeg;base64," + Convert.ToBase64String(Photo), "BDAY:" + Birthday, "IMPP:sip:" + Sip, "GEO:geo:1.5,-2.5", "X-UNKNOWN;X-P=v:" + Escape(Unknown)]);

    internal string As21() => Cards.Card("2.1", [
        "UID:" + Uid, Quoted("N", Structure21(Name)), Quoted("FN", Full), .. Phones.Select(phone => $"TEL;{phone.Type}{(phone.Preferred ? ";PREF" : "")}:{phone.Number}"),
        .. Emails.Select(email => Quoted("EMAIL;INTERNET", email)), Quoted("ORG", Structure21(Organization)), Quoted("NOTE", Note), Quoted("item1.ADR;HOME", Structure21(Address)), "item1.X-ABLabel:_$!<Other>!$_",
        Quoted("item1.LABEL;HOME", Label), Quoted("SORT-STRING", Sort), "PHOTO;ENCODING=BASE64;JPEG:\r\n " + string.Join("\r\n ", Convert.ToBase64String(Photo).Chunk(72).Select(line => new string(line))) + "\r\n",
        "BDAY:" + Birthday, "X-SIP:" + Sip, "GEO:1.5,-2.5", Quoted("X-UNKNOWN;X-P=v", Escape(Unknown))]);

    static string Structure21(IEnumerable<string> parts) => string.Join(';', parts.Select(part => part.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(";", "\\;", StringComparison.Ordinal)));

    static string Quoted(string head, string value)
    {
        StringBuilder line = new(head + ";CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:");
        int column = line.Length;
        foreach (byte one in Encoding.UTF8.GetBytes(value.Replace("\n", "\r\n", StringComparison.Ordinal)))
        {
            string piece = char.IsAsciiLetterOrDigit((char)one) ? ((char)one).ToString() : $"={one:X2}";
            if ((column += piece.Length) > 72)
            {
                line.Append("=\r\n");
                column = piece.Length;
            }
            line.Append(piece);
        }
        return line.ToString();
    }

    /// <summary>What a card of either version means.</summary>
    internal static Contact Of(Card card)
    {
        CardProperty photo = One(card, "PHOTO");
        CardProperty address = One(card, "ADR");
        CardProperty name = One(card, "N");
        CardProperty sip = card["X-SIP"] ?? One(card, "IMPP");
        CardProperty unknown = One(card, "X-UNKNOWN");
        Assert.Equal("v", unknown.First("X-P"));
        Assert.Equal(card.Version is CardVersion.V4 ? "geo:1.5,-2.5" : "1.5;-2.5", One(card, "GEO").Value);
        Assert.Equal(("item1", "item1", "_$!<Other>!$_"), (address.Group, One(card, "X-ABLabel").Group, One(card, "X-ABLabel").Value));
        Assert.Equal(["HOME"], address.All("TYPE"));
        string label = card.Version is CardVersion.V4 ? CardLabel.FromParameter(address.First("LABEL")!) : CardValue.Unescape(One(card, "LABEL").Value);
        if (card.Version is CardVersion.V3) Assert.Equal(("item1", "HOME"), (One(card, "LABEL").Group, One(card, "LABEL").First("TYPE")));
        if (card.Version is CardVersion.V4) Assert.StartsWith("data:image/jpeg;base64,", photo.Value, StringComparison.Ordinal);
        else Assert.Equal("JPEG", photo.First("TYPE"));
        return new Contact
        {
            Uid = One(card, "UID").Value,
            Name = [.. CardValue.Components(name.Value)],
            Full = CardValue.Unescape(One(card, "FN").Value),
            Phones = [.. card.Properties.Where(one => one.Is("TEL")).Select(one => (CardValue.Unescape(one.Value), one.All("TYPE").First(type => !type.Equals("pref", StringComparison.OrdinalIgnoreCase)), card.Version is CardVersion.V4 ? one.First("PREF") is "1" : one.Has("TYPE", "pref")))],
            Emails = [.. card.Properties.Where(one => one.Is("EMAIL")).Select(one => CardValue.Unescape(one.Value))],
            Organization = [.. CardValue.Components(One(card, "ORG").Value)],
            Note = CardValue.Unescape(One(card, "NOTE").Value),
            Address = [.. CardValue.Components(address.Value)],
            Label = label,
            Sort = card.Version is CardVersion.V4 ? CardLabel.FromParameter(name.First("SORT-AS")!) : CardValue.Unescape(One(card, "SORT-STRING").Value),
            Photo = Convert.FromBase64String(card.Version is CardVersion.V4 ? photo.Value[(photo.Value.IndexOf(',', StringComparison.Ordinal) + 1)..] : photo.Value),
            Birthday = One(card, "BDAY").Value.Replace("-", "", StringComparison.Ordinal),
            Sip = sip.Value.Replace("sip:", "", StringComparison.Ordinal),
            Unknown = CardValue.Unescape(unknown.Value),
        };
    }

    static CardProperty One(Card card, string name) => Assert.Single(card.Properties, one => one.Is(name));

    /// <summary>Everything in it as one text, to compare and to show.</summary>
    internal string Meaning() => string.Join('\u0001', [Uid, .. Name, Full, .. Phones.Select(phone => phone.ToString()), "emails", .. Emails, "org", .. Organization, Note, .. Address, Label, Sort, Convert.ToHexString(Photo), Birthday, Sip, Unknown]);
}
