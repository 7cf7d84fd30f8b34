using System.Globalization;
using System.Text;

namespace Offproof.Auditor;

/// <summary>All canaries of a persona and how they are ordinarily written (audit.md §4).</summary>
internal sealed class Canaries
{
    Canaries(FormList list, int absent)
    {
        (Forms, TooShort, LeftOut, AbsentFiles) = (list.Forms, list.TooShort, list.LeftOut, absent);
        Digests = new Digests(Forms);
    }

    internal IReadOnlyList<Form> Forms { get; }

    /// <summary>What is not searched, since to meet it would prove nothing. A report says so.</summary>
    internal IReadOnlyList<TooShort> TooShort { get; }

    /// <summary>Forms beyond the 250,000th, which are not searched.</summary>
    internal int LeftOut { get; }

    /// <summary>Files that persona.json names and that do not lie beside it as described: known by their SHA-256 alone.</summary>
    internal int AbsentFiles { get; }

    internal Digests Digests { get; }

    /// <param name="stream">persona.json.</param>
    /// <param name="folder">Where it lies with its files; null when it lies alone.</param>
    /// <exception cref="PersonaException">It is no JSON, of another schema, or larger than 256 MiB.</exception>
    internal static Canaries Read(Stream stream, string? folder)
    {
        Persona persona = PersonaReader.Read(stream);
        FormList forms = new();
        Texts texts = new();
        Files files = new(folder);
        string? region = Phones.Region(persona.Identifiers.GetValueOrDefault("phone"));
        Identifiers(forms, persona, region);
        for (int i = 0; i < persona.Contacts.Count; i++) Contact(forms, texts, files, persona.Contacts[i], $"contacts[{i}]", region);
        for (int i = 0; i < persona.Notes.Count; i++) Note(forms, texts, files, persona.Notes[i], $"notes[{i}]");
        for (int i = 0; i < persona.Photos.Count; i++) Photo(forms, files, persona.Photos[i], $"photos[{i}]");
        for (int i = 0; i < persona.Messages.Count; i++) Message(forms, texts, files, persona.Messages[i], $"messages[{i}]", region);
        texts.Make(forms);
        return new Canaries(forms, files.Absent);
    }

    static void Identifiers(FormList forms, Persona persona, string? region)
    {
        foreach ((string name, string value) in persona.Identifiers)
        {
            switch (name)
            {
                case "imei": Numbers.Imei(forms, Identifier("imei")); break;
                case "imsi": Numbers.Imsi(forms, Identifier("imsi")); break;
                case "iccid": Numbers.Iccid(forms, Identifier("iccid")); break;
                case "androidId": Hardware.AndroidId(forms, Identifier("android-id")); break;
                case "mac": Hardware.Mac(forms, Identifier("mac")); break;
                case "serial": forms.Add(Identifier("serial"), "as-written", value, Entropy.OfCode(value)); break;
                case "email": Email(forms, Identifier("email")); break;
                case "carrier": forms.Add(Identifier("carrier"), "as-written", value, Entropy.OfText(value)); break;
                case "phone":
                    Phones.Add(forms, Identifier("phone"), value, region);
                    if (Phones.International(value, region) is { } digits) Numbers.Number(forms, Identifier("phone"), "", digits, 0);
                    break;
                // Another schema's identifiers (serials, advertising ids) are searched as they stand.
                default: forms.Add(Identifier("identifier"), "as-written", value, Entropy.OfText(value)); break;
            }

            Canary Identifier(string kind) => new($"identifiers.{name}", kind, value);
        }
        if (persona.Home is { } home) Places.Add(forms, new Canary("identifiers.gps", "gps", Position(home)), home);
    }

    static void Contact(FormList forms, Texts texts, Files files, Persona.Contact contact, string id, string? region)
    {
        for (int i = 0; i < contact.Phones.Count; i++)
            Phones.Add(forms, new Canary($"{id}.phones[{i}]", "contact-phone", contact.Phones[i]), contact.Phones[i], region);
        Word(forms, contact.Canary, id, "contact");
        for (int i = 0; i < contact.Emails.Count; i++) Email(forms, new Canary($"{id}.emails[{i}]", "contact-email", contact.Emails[i]));
        Names(forms, contact, id);
        for (int i = 0; i < contact.Streets.Count; i++) Plain($"streets[{i}]", "contact-address", contact.Streets[i]);
        Plain("url", "contact-url", contact.Url);
        Plain("organization", "contact-organization", contact.Organization);
        if (contact.Note is { Length: > 0 } note) texts.Add(new Canary($"{id}.note", "contact-note", note), note);
        if (contact.Photo is { } photo) files.Add(forms, new Canary($"{id}.photo", "contact-photo", Describe(photo)), photo.Sha256, photo.Path, photo.Bytes);

        void Plain(string member, string kind, string? text)
        {
            if (text is not { Length: > 0 }) return;
            Canary canary = new($"{id}.{member}", kind, text);
            forms.Add(canary, "as-written", text, Entropy.OfText(text));
            foreach (string other in Spellings.InOtherCase(text)) forms.Add(canary, "other-case", other, Entropy.OfText(other));
        }
    }

    static void Names(FormList forms, Persona.Contact contact, string id)
    {
        string whole = contact.DisplayName is { Length: > 0 } display ? display : $"{contact.Given} {contact.Family}".Trim();
        Canary canary = new($"{id}.name", "contact-name", whole);
        if (whole.Length > 0) Add("as-written", whole);
        foreach (string variant in Spellings.Of(whole)) Add("other-spelling", variant);
        if (contact.Family is not { Length: > 0 } family || contact.Given is not { Length: > 0 } given) return;
        foreach (string between in (string[])[" ", "", ".", "_"])
        {
            Add("given-family", given + between + family);
            Add("family-given", family + between + given);
        }
        foreach (string between in Between)
        {
            Add("other-separator", given + between + family);
            Add("other-separator", family + between + given);
        }
        foreach (string variant in Spellings.Of(given + " " + family).Concat(Spellings.Of(family + " " + given))) Add("other-spelling", variant);
        string capitals = Spellings.Upper(family);
        if (capitals == family) return;
        Add("other-case", given + " " + capitals);
        Add("other-case", capitals + " " + given);

        void Add(string form, string text)
        {
            forms.Add(canary, form, text, Entropy.OfText(text));
            foreach (string other in Spellings.InOtherCase(text)) forms.Add(canary, "other-case", other, Entropy.OfText(other));
        }
    }

    // As vCard's N, as cells of a table, as files are named.
    static readonly string[] Between = ["-", ";", "; ", ",", ", ", "\t", "\",\"", "\",\"\",\"", "\";\"", "\";\"\";\"", "\"\t\"", ",\"\",", "\t\t", "\u00a0", "  ", ",,", ";;", "|", "\n", "\r\n"];

    static void Message(FormList forms, Texts texts, Files files, Persona.Message message, string id, string? region)
    {
        Word(forms, message.Canary, id, "message-text");
        for (int i = 0; i < message.Addresses.Count; i++)
            Phones.Add(forms, new Canary($"{id}.addresses[{i}]", "message-number", message.Addresses[i]), message.Addresses[i], region);
        if (message.Body is { Length: > 0 } body) texts.Add(new Canary($"{id}.body", "message-text", body), body);
        if (message.Subject is { Length: > 0 } subject) texts.Add(new Canary($"{id}.subject", "message-text", subject), subject);
        for (int i = 0; i < message.Parts.Count; i++)
        {
            Persona.Attachment part = message.Parts[i];
            if (part.ContentType is "application/smil" or "text/plain") continue;
            files.Add(forms, new Canary($"{id}.parts[{i}]", "message-part", Describe(part)), part.Sha256, part.Path, part.Bytes);
        }
    }

    static void Note(FormList forms, Texts texts, Files files, Persona.Note note, string id)
    {
        Word(forms, note.Canary, id, "note-text");
        if (note.Title is { Length: > 0 } title) texts.Add(new Canary($"{id}.title", "note-title", title), title);
        if (note.Text is { Length: > 0 } text) texts.Add(new Canary($"{id}.text", "note-text", text), text);
        for (int i = 0; i < note.Items.Count; i++) texts.Add(new Canary($"{id}.items[{i}]", "note-text", note.Items[i]), note.Items[i]);
        for (int i = 0; i < note.Attachments.Count; i++)
            files.Add(forms, new Canary($"{id}.attachments[{i}]", "note-attachment", Describe(note.Attachments[i])), note.Attachments[i].Sha256, note.Attachments[i].Path, note.Attachments[i].Bytes);
    }

    static void Photo(FormList forms, Files files, Persona.Photo photo, string id)
    {
        Canary canary = new(id, "photo", photo.Path ?? id);
        files.Add(forms, canary, photo.Sha256, photo.Path, photo.Bytes);
        // A camera's name is the time; another's is as ordinary as it looks. Who makes it smaller calls it by another extension.
        if (photo.Path is { } path && path[(path.LastIndexOf('/') + 1)..] is { Length: > 0 } file)
        {
            Canary name = new($"{id}.name", "photo-name", file);
            forms.Add(name, "as-written", file, file.Count(char.IsAsciiDigit) >= 14 ? Year + 2 : Entropy.OfText(file));
            if (file.LastIndexOf('.') is > 0 and var point && file[..point] is var stem) forms.Add(name, "without-extension", stem, stem.Count(char.IsAsciiDigit) >= 14 ? Year + 2 : Entropy.OfText(stem));
        }
        if (photo.Position is { } place) Places.Add(forms, new Canary($"{id}.gps", "photo-gps", Position(place)), place);
        // EXIF: the local time, without the offset.
        if (photo is { Taken: { Length: >= 19 } taken, Model: { Length: > 0 } model })
        {
            string time = taken[..10].Replace('-', ':') + " " + taken[11..19];
            forms.Add(new Canary($"{id}.taken", "photo-time", $"{time} {model}"), "exif-time", Encoding.ASCII.GetBytes(time), Year + Entropy.OfText(model) - Entropy.Pair / 2, Encoding.UTF8.GetBytes(model));
        }
    }

    // persona.md §2: 16 letters that stand in one item alone.
    static void Word(FormList forms, string? word, string id, string kind)
    {
        if (word is { Length: > 0 }) forms.Add(new Canary($"{id}.canary", kind, word), "canary-word", word, word.Length * Entropy.CanaryLetter);
    }

    static void Email(FormList forms, Canary canary)
    {
        string whole = canary.Value;
        int at = whole.LastIndexOf('@');
        if (at <= 0)
        {
            forms.Add(canary, "as-written", whole, Entropy.OfText(whole));
            return;
        }
        string local = whole[..at], domain = whole[at..];
        double bits = Entropy.OfText(local);
        forms.Add(canary, "as-written", whole, bits);
        if (!Ascii.IsValid(domain) && Spellings.InAscii(domain[1..]) is { } ascii) forms.Add(canary, "idn", local + "@" + ascii, bits);
        // Only where it cannot be a word or a name of many: with a digit, or long.
        if (local.Length >= Form.ShortestBytes && bits >= 30) forms.Add(canary, "local-part", local, bits);
        int plus = local.IndexOf('+', StringComparison.Ordinal);
        string normal = (plus > 0 ? local[..plus] : local).Replace(".", "", StringComparison.Ordinal);
        if (normal != local) forms.Add(canary, "normalised", normal + domain, Entropy.OfText(normal));
    }

    // Of a year's seconds, one.
    const double Year = 25;

    static string Position(Persona.Position place) => string.Create(CultureInfo.InvariantCulture, $"{place.Latitude} {place.Longitude}");

    static string Describe(Persona.Attachment attachment) => attachment.Name ?? attachment.Path ?? attachment.ContentType ?? "file";
}
