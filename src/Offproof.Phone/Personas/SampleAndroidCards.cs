using System.Globalization;
using System.Text;

namespace Offproof.Phone;

/// <summary>Contacts as Android exports them: vCard 2.1 in ASCII (persona.md §7).</summary>
static class SampleAndroidCards
{
    const string End = "\r\n";
    const int BytesALine = 23;
    const int PhotoColumns = 74;

    internal static void Write(Stream output, IEnumerable<SampleContact> contacts)
    {
        foreach (SampleContact contact in contacts) output.Write(Encoding.ASCII.GetBytes(Card(contact)));
    }

    internal static string Card(SampleContact contact)
    {
        StringBuilder card = new("BEGIN:VCARD" + End + "VERSION:2.1" + End);
        SampleName name = contact.Name;
        Line(card, "N", name.Family, name.Given, name.Additional, name.Prefixes, name.Suffixes);
        Line(card, "FN", contact.DisplayName);
        // The MIME type's row: name, type 1 (default), thirteen columns that it does not use.
        if (contact.Nickname is { } nickname) Line(card, "X-ANDROID-CUSTOM", "vnd.android.cursor.item/nickname;", [nickname, "1", .. Enumerable.Repeat("", 13)]);
        for (int i = 0; i < contact.Phones.Length; i++)
        {
            SampleValue phone = contact.Phones[i];
            string type = phone.Type switch { "mobile" => "CELL", "home" => "HOME", "work" => "WORK", _ => "X-" + phone.Label };
            Line(card, $"TEL;{type}{Preferred(i, contact.Phones.Length)}", phone.Value);
        }
        for (int i = 0; i < contact.Emails.Length; i++)
        {
            Line(card, $"EMAIL;{contact.Emails[i].Type.ToUpperInvariant()}{Preferred(i, contact.Emails.Length)}", contact.Emails[i].Value);
        }
        foreach (SampleAddress address in contact.Addresses)
        {
            Line(card, "ADR;" + address.Type.ToUpperInvariant(), "", "", address.Street, address.Locality, address.Region, address.PostalCode, address.Country);
        }
        if (contact.Organization is { } organization) Line(card, "ORG", contact.Department is { } department ? [organization, department] : [organization]);
        if (contact.Title is { } title) Line(card, "TITLE", title);
        if (contact.Url is { } url) Line(card, "URL", url);
        if (contact.Photo is { } photo) Photo(card, photo.Data);
        if (contact.Note is { } note) Line(card, "NOTE", note);
        if (contact.Birthday is { } birthday) Line(card, "BDAY", birthday);
        return card.Append("END:VCARD" + End).ToString();
    }

    static string Preferred(int index, int count) => index == 0 && count > 1 ? ";PREF" : "";

    static void Line(StringBuilder card, string property, params string[] components) => Line(card, property, "", components);

    static void Line(StringBuilder card, string property, string before, string[] components)
    {
        card.Append(property);
        if (components.All(component => component.All(c => c is >= ' ' and <= '~')))
        {
            card.Append(':').Append(before).AppendJoin(';', components.Select(component => component.Replace(";", "\\;", StringComparison.Ordinal))).Append(End);
            return;
        }
        card.Append(";CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:").Append(before);
        for (int i = 0; i < components.Length; i++)
        {
            if (i > 0) card.Append(';');
            int onLine = 0;
            foreach (byte b in Encoding.UTF8.GetBytes(components[i]))
            {
                if (onLine++ == BytesALine)
                {
                    card.Append('=').Append(End);
                    onLine = 1;
                }
                card.Append(CultureInfo.InvariantCulture, $"={b:X2}");
            }
        }
        card.Append(End);
    }

    static void Photo(StringBuilder card, byte[] data)
    {
        string line = "PHOTO;ENCODING=BASE64;JPEG:" + Convert.ToBase64String(data);
        card.Append(line, 0, Math.Min(PhotoColumns, line.Length));
        for (int at = PhotoColumns; at < line.Length; at += PhotoColumns - 1) card.Append(End).Append(' ').Append(line, at, Math.Min(PhotoColumns - 1, line.Length - at));
        card.Append(End).Append(End);
    }
}
