using System.Buffers;

namespace Offproof.Phone;

/// <summary>A message as one line of the tree (messages.md §1.3): the same message has the same bytes.</summary>
static class MessageLine
{
    /// <summary>Replaces the content of <paramref name="into"/> with the line, its line feed included, <paramref name="without"/> columns of these names.</summary>
    /// <exception cref="DamagedTextException">A column stands there twice.</exception>
    internal static void Write(Message message, ByteBuffer into, byte[][]? without = null)
    {
        into.Clear();
        into.Add(message.IsMms ? "{\"kind\":\"mms\""u8 : "{\"kind\":\"sms\""u8);
        Columns(message.Columns, into, first: false, without);
        if (message.Addresses.Count > 0) Array(",\"addrs\":["u8, message.Addresses, into, without);
        if (message.Parts.Count > 0) Array(",\"parts\":["u8, message.Parts, into, without);
        into.Add("}\n"u8);
    }

    static void Array(ReadOnlySpan<byte> name, Rows rows, ByteBuffer into, byte[][]? without)
    {
        into.Add(name);
        for (int index = 0; index < rows.Count; index++)
        {
            into.Add(index == 0 ? "{"u8 : ",{"u8);
            bool isEmpty = Columns(rows[index], into, first: true, without);
            string? file = rows[index].Attachment is { } attachment ? AttachmentName.Of(attachment.Hash, rows[index]["ct"u8]) : rows[index].AttachmentFile;
            if (file is not null)
            {
                into.Add(isEmpty ? "\"data\":\""u8 : ",\"data\":\""u8);
                into.Add(file);
                into.Add((byte)'"');
            }
            into.Add((byte)'}');
        }
        into.Add((byte)']');
    }

    // True where nothing stands before what comes next.
    static bool Columns(Row row, ByteBuffer into, bool first, byte[][]? without)
    {
        if (row.Sort() is { } twice) throw new DamagedTextException($"two columns are called '{Sentence.Quote(twice)}'");
        for (int index = 0; index < row.Count; index++)
        {
            if (without is not null && SmsXmlWriter.Contains(without, row.Name(index))) continue;
            if (!first) into.Add((byte)',');
            first = false;
            JsonString.Write(row.Name(index), into);
            into.Add((byte)':');
            JsonString.Write(row.Value(index), into);
        }
        return first;
    }

    /// <summary>Names that mean something else in a line: a column that a source calls so gets a '~' before it.</summary>
    internal static bool IsReserved(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("kind"u8) || name.SequenceEqual("addrs"u8) || name.SequenceEqual("parts"u8) || name.SequenceEqual("data"u8) || name.StartsWith("~"u8);

    /// <summary>The name that the source had. A tree that this program did not write may have both.</summary>
    internal static ReadOnlySpan<byte> Plain(Row row, ReadOnlySpan<byte> name) =>
        name.StartsWith("~"u8) && IsReserved(name[1..]) && !row.Has(name[1..]) ? name[1..] : name;
}

/// <summary>The names of attachments in the tree: SHA256.EXT (messages.md §1.4).</summary>
static class AttachmentName
{
    static readonly Dictionary<string, string> Endings = new(StringComparer.OrdinalIgnoreCase)
    {
        ["application/ogg"] = "ogg", ["application/pdf"] = "pdf", ["application/smil"] = "smil", ["application/zip"] = "zip",
        ["audio/3gpp"] = "3gp", ["audio/aac"] = "aac", ["audio/amr"] = "amr", ["audio/amr-wb"] = "awb", ["audio/midi"] = "mid", ["audio/mp4"] = "m4a",
        ["audio/mpeg"] = "mp3", ["audio/ogg"] = "ogg", ["audio/wav"] = "wav", ["audio/x-wav"] = "wav",
        ["image/avif"] = "avif", ["image/bmp"] = "bmp", ["image/gif"] = "gif", ["image/heic"] = "heic", ["image/heif"] = "heif", ["image/jpeg"] = "jpg",
        ["image/jpg"] = "jpg", ["image/png"] = "png", ["image/webp"] = "webp",
        ["text/calendar"] = "ics", ["text/html"] = "html", ["text/plain"] = "txt", ["text/vcard"] = "vcf", ["text/x-vcard"] = "vcf", ["text/x-vCalendar"] = "vcs",
        ["video/3gpp"] = "3gp", ["video/3gpp2"] = "3g2", ["video/mp4"] = "mp4", ["video/quicktime"] = "mov", ["video/webm"] = "webm",
    };

    static readonly SearchValues<byte> Hexadecimal = SearchValues.Create("0123456789abcdef"u8);
    static readonly SearchValues<byte> Ending = SearchValues.Create("0123456789abcdefghijklmnopqrstuvwxyz"u8);

    internal static string Of(string hash, ReadOnlySpan<byte> contentType)
    {
        string type = contentType.Length > 100 ? "" : System.Text.Encoding.UTF8.GetString(contentType).Split(';')[0].Trim();
        return hash + "." + Endings.GetValueOrDefault(type, "bin");
    }

    /// <summary>True for a name that this program gave: nothing else of a tree is opened as an attachment.</summary>
    internal static bool IsOne(ReadOnlySpan<byte> name) =>
        name.Length is > 65 and <= 80 && name[64] == '.' && !name[..64].ContainsAnyExcept(Hexadecimal) && !name[65..].ContainsAnyExcept(Ending);
}
