using System.Text;

namespace Offproof.Phone;

/// <summary>What a file looks like, by its content: told of files that an import does not read (phone.md §2.2), so that the person knows where they belong.</summary>
/// <param name="What">In words.</param>
/// <param name="Category">Which category reads it; null where none does.</param>
/// <param name="IsPacked">It has to be unpacked first.</param>
sealed record Likeness(string What, string? Category, bool IsPacked = false)
{
    const int Sample = 1 << 16;

    // A guess is not worth the memory that an import is.
    const int MostDirectory = 16 << 20;

    /// <summary>Nothing more can be said.</summary>
    internal const string Unknown = "The file is of no known format.";

    static readonly string[] Pictures = [".jpg", ".jpeg", ".png", ".heic", ".mp4", ".mov", ".gif", ".webp"];

    /// <summary>Why a file is not read as one of <paramref name="category"/>, and what to do.</summary>
    internal static string Reason(SourceFile file, string category)
    {
        Likeness? like = Of(file, category) ?? (Ends(file.Name, ".md") || Ends(file.Name, ".markdown") ? new Likeness("Markdown", "notes") : null);
        return like switch
        {
            null => Unknown,
            { IsPacked: true } => $"The file is {like.What}, and nothing is unpacked here: unpack it, and name its folder: offproof source add {like.Category ?? category} FOLDER",
            { Category: null } => $"The file looks like {like.What}, which is none of the categories.",
            { Category: "photos" } => $"The file looks like {like.What}: offproof source add photos FOLDER, which is the folder that it lies in",
            _ when like.Category == category => Unknown,
            _ => $"The file looks like {like.What}, and is none of {category}: offproof source add {like.Category} FILE",
        };
    }

    /// <summary>Null where nothing is recognized.</summary>
    internal static Likeness? Of(SourceFile file, string category)
    {
        byte[] start = new byte[Sample];
        using (Stream raw = file.Raw())
        {
            ReadOnlySpan<byte> bytes = start.AsSpan(0, raw.ReadAtLeast(start, Sample, throwOnEndOfStream: false));
            if (IsZip(bytes)) return OfZip(raw, category);
            if (bytes is [0x1F, 0x8B, ..] or [(byte)'7', (byte)'z', 0xBC, 0xAF, ..] || bytes.StartsWith("Rar!\u001A\u0007"u8)) return new Likeness("a packed archive", null, IsPacked: true);
            if (EncryptedExport.IsOne(bytes)) return new Likeness("an encrypted export of SMS Import/Export", "messages");
            if (IsPicture(bytes)) return new Likeness("a photo or video", "photos");
        }
        using Stream text = file.Open();
        ReadOnlySpan<byte> sample = start.AsSpan(0, text.ReadAtLeast(start, Sample, throwOnEndOfStream: false));
        if (sample.StartsWith("\uFEFF"u8)) sample = sample[3..];
        return OfText(sample.TrimStart(" \t\r\n"u8));
    }

    internal static bool IsZip(ReadOnlySpan<byte> start) => start.StartsWith("PK\u0003\u0004"u8) || start.StartsWith("PK\u0005\u0006"u8);

    /// <summary>True for the beginning of an XML of SMS Backup &amp; Restore.</summary>
    internal static bool IsMessageXml(ReadOnlySpan<byte> text) => text is [(byte)'<', ..] && text.IndexOf("<smses"u8) >= 0;

    static Likeness? OfText(ReadOnlySpan<byte> text)
    {
        if (text.Length >= 11 && Ascii.EqualsIgnoreCase(text[..11], "BEGIN:VCARD"u8)) return new Likeness("contacts (vCard)", "contacts");
        if (text.Length >= 15 && Ascii.EqualsIgnoreCase(text[..15], "BEGIN:VCALENDAR"u8)) return new Likeness("a calendar", null);
        if (IsMessageXml(text)) return new Likeness("messages of SMS Backup & Restore", "messages");
        if (text is [(byte)'<', ..] && text.IndexOf("<calls"u8) >= 0) return new Likeness("a list of calls", null);
        if (text is not [(byte)'{' or (byte)'[', ..]) return null;
        // In a value, a quotation mark has a backslash before it: these are names of members.
        if (text.IndexOf("\"address\""u8) >= 0 && (text.IndexOf("\"body\""u8) >= 0 || text.IndexOf("\"msg_box\""u8) >= 0 || text.IndexOf("\"m_type\""u8) >= 0)) return new Likeness("messages of SMS Import/Export", "messages");
        if (text.IndexOf("\"isTrashed\""u8) >= 0 || text.IndexOf("\"userEditedTimestampUsec\""u8) >= 0) return new Likeness("a note of Google Keep", "notes");
        if (text.IndexOf("\"modifyDate\""u8) >= 0 && (text.IndexOf("\"snippet\""u8) >= 0 || text.IndexOf("\"content\""u8) >= 0)) return new Likeness("notes of Xiaomi", "notes");
        return null;
    }

    static Likeness OfZip(Stream file, string category)
    {
        IReadOnlyList<ZipMember> members;
        try
        {
            members = ZipDirectory.Read(file, MostDirectory).Members;
        }
        catch (InvalidDataException)
        {
            return new Likeness("a ZIP that is damaged or very large", null, IsPacked: true);
        }
        if (members.Any(member => member.Name == "messages.ndjson")) return new Likeness("a ZIP of SMS Import/Export", "messages");
        if (members.Any(member => Ends(member.Name, ".json") && ("/" + member.Name).Contains("/Keep/", StringComparison.Ordinal))) return new Likeness("a ZIP of Google Keep's notes from Takeout", "notes", IsPacked: true);
        List<string> held = [];
        if (members.Any(member => Ends(member.Name, ".vcf"))) held.Add("contacts");
        if (members.Any(member => Ends(member.Name, ".md") || Ends(member.Name, ".markdown"))) held.Add("notes");
        if (members.Any(member => Array.Exists(Pictures, ending => Ends(member.Name, ending)))) held.Add("photos");
        return new Likeness("a ZIP", held.Count == 0 || held.Contains(category, StringComparer.Ordinal) ? null : held[0], IsPacked: true);
    }

    static bool IsPicture(ReadOnlySpan<byte> bytes) =>
        bytes is [0xFF, 0xD8, 0xFF, ..] or [0x89, (byte)'P', (byte)'N', (byte)'G', ..] || bytes.StartsWith("GIF8"u8)
        || (bytes.Length >= 12 && (bytes[4..8].SequenceEqual("ftyp"u8) || (bytes.StartsWith("RIFF"u8) && bytes[8..12].SequenceEqual("WEBP"u8))));

    static bool Ends(string name, string ending) => name.EndsWith(ending, StringComparison.OrdinalIgnoreCase);
}
