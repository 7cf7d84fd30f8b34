using System.Text;

namespace Offproof.Phone;

/// <summary>Contacts as vCard 3.0 with the habits of iOS, and as vCard 4.0 (persona.md §10). Sources: RFC 2426, RFC 6350.</summary>
static class SampleUtf8Cards
{
    const int LineOctets = 75;

    internal static void Write(Stream output, IEnumerable<SampleContact> contacts, bool four)
    {
        foreach (SampleContact contact in contacts)
        {
            foreach (string line in four ? Four(contact) : Three(contact)) Fold(output, line);
        }
    }

    static IEnumerable<string> Three(SampleContact contact)
    {
        yield return "BEGIN:VCARD";
        yield return "VERSION:3.0";
        yield return "PRODID:-//Larkfield//Contacts 4//EN";
        foreach (string line in Names(contact)) yield return line;
        // iOS ends an organization without a department with a semicolon.
        if (contact.Organization is { } organization) yield return $"ORG:{Escaped(organization)};{Escaped(contact.Department ?? "")}";
        if (contact.Title is { } title) yield return "TITLE:" + Escaped(title);
        for (int i = 0; i < contact.Emails.Length; i++)
        {
            yield return $"EMAIL;type=INTERNET;type={contact.Emails[i].Type.ToUpperInvariant()}{(i == 0 ? ";type=pref" : "")}:{contact.Emails[i].Value}";
        }
        for (int i = 0; i < contact.Phones.Length; i++)
        {
            SampleValue phone = contact.Phones[i];
            if (phone.Label is { } label)
            {
                yield return "item1.TEL:" + phone.Value;
                yield return "item1.X-ABLabel:" + label;
                continue;
            }
            yield return $"TEL;type={(phone.Type == "mobile" ? "CELL" : phone.Type.ToUpperInvariant())};type=VOICE{(i == 0 ? ";type=pref" : "")}:{phone.Value}";
        }
        foreach (SampleAddress address in contact.Addresses) yield return $"ADR;type={address.Type.ToUpperInvariant()}:{Parts(address)}";
        if (contact.Note is { } note) yield return "NOTE:" + Escaped(note);
        if (contact.Url is { } url) yield return "URL;type=HOME;type=pref:" + url;
        if (contact.Birthday is { } birthday)
        {
            yield return birthday.StartsWith("--", StringComparison.Ordinal) ? $"BDAY;X-APPLE-OMIT-YEAR=1604:1604-{birthday[2..]}" : "BDAY:" + birthday;
        }
        if (contact.Photo is { } photo) yield return "PHOTO;ENCODING=b;TYPE=JPEG:" + Convert.ToBase64String(photo.Data);
        yield return "END:VCARD";
    }

    static IEnumerable<string> Four(SampleContact contact)
    {
        yield return "BEGIN:VCARD";
        yield return "VERSION:4.0";
        foreach (string line in Names(contact)) yield return line;
        for (int i = 0; i < contact.Phones.Length; i++)
        {
            SampleValue phone = contact.Phones[i];
            if (phone.Label is { } label)
            {
                yield return "item1.TEL;VALUE=uri:tel:" + phone.Value;
                yield return "item1.X-ABLabel:" + label;
                continue;
            }
            yield return $"TEL;VALUE=uri;TYPE={(phone.Type == "mobile" ? "cell" : phone.Type)}{Preferred(i, contact.Phones.Length)}:tel:{phone.Value}";
        }
        for (int i = 0; i < contact.Emails.Length; i++) yield return $"EMAIL;TYPE={contact.Emails[i].Type}{Preferred(i, contact.Emails.Length)}:{contact.Emails[i].Value}";
        foreach (SampleAddress address in contact.Addresses) yield return $"ADR;TYPE={address.Type}:{Parts(address)}";
        if (contact.Organization is { } organization) yield return $"ORG:{Escaped(organization)}{(contact.Department is { } department ? ";" + Escaped(department) : "")}";
        if (contact.Title is { } title) yield return "TITLE:" + Escaped(title);
        if (contact.Birthday is { } birthday) yield return "BDAY:" + (birthday.StartsWith("--", StringComparison.Ordinal) ? "--" : "") + birthday.Replace("-", "", StringComparison.Ordinal);
        if (contact.Url is { } url) yield return "URL:" + url;
        if (contact.Note is { } note) yield return "NOTE:" + Escaped(note);
        if (contact.Photo is { } photo) yield return "PHOTO:data:image/jpeg;base64," + Convert.ToBase64String(photo.Data);
        yield return "END:VCARD";
    }

    static IEnumerable<string> Names(SampleContact contact)
    {
        SampleName name = contact.Name;
        yield return "N:" + string.Join(';', new[] { name.Family, name.Given, name.Additional, name.Prefixes, name.Suffixes }.Select(Escaped));
        yield return "FN:" + Escaped(contact.DisplayName);
        if (contact.Nickname is { } nickname) yield return "NICKNAME:" + Escaped(nickname);
    }

    static string Parts(SampleAddress address) =>
        string.Join(';', new[] { "", "", address.Street, address.Locality, address.Region, address.PostalCode, address.Country }.Select(Escaped));

    static string Preferred(int index, int count) => index == 0 && count > 1 ? ";PREF=1" : "";

    static string Escaped(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(";", "\\;", StringComparison.Ordinal)
        .Replace(",", "\\,", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    // No line is longer than 75 octets, and no character is cut.
    static void Fold(Stream output, string line)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(line);
        for (int at = 0, room = LineOctets; at < bytes.Length; room = LineOctets - 1)
        {
            int end = Math.Min(bytes.Length, at + room);
            while (end < bytes.Length && (bytes[end] & 0xC0) == 0x80) end--;
            if (at > 0) output.Write("\r\n "u8);
            output.Write(bytes.AsSpan(at..end));
            at = end;
        }
        output.Write("\r\n"u8);
    }
}
