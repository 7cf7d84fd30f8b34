using System.Globalization;
using System.IO.Compression;
using System.Security;
using System.Text;

namespace Offproof.Phone;

/// <summary>Messages as the app SMS Import/Export, version 2, writes and reads them (messages.md §4.3).</summary>
sealed class SmsZipWriter(FileStream file, ExportNotes notes)
{
    // The same messages make the same file: no clock.
    static readonly DateTimeOffset Stamp = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
    static readonly byte[][] Renamed = SmsXmlWriter.Names("contact_name __display_name display_name");

    // By these the app tells an MMS, or takes it apart.
    static readonly byte[][] OfMms = SmsXmlWriter.Names("m_type msg_box");
    static readonly byte[][] Added = SmsXmlWriter.Names("__sender_address __recipient_addresses __parts");

    readonly List<(string Folder, string File, string Member)> _attachments = [];
    readonly HashSet<string> _members = new(StringComparer.OrdinalIgnoreCase);
    readonly ByteBuffer _line = new();

    /// <summary>Returns how many messages were written.</summary>
    internal long Write(TreeReader tree, CancellationToken cancellationToken)
    {
        long written = 0;
        using ZipArchive zip = new(file, ZipArchiveMode.Create, leaveOpen: true);
        // First in the archive: the app reads it front to back.
        ZipArchiveEntry messages = zip.CreateEntry("messages.ndjson", CompressionLevel.Fastest);
        messages.LastWriteTime = Stamp;
        using (Stream lines = messages.Open())
        {
            foreach ((string folder, Message message) in tree.Messages(cancellationToken))
            {
                _line.Clear();
                Line(tree, folder, message);
                lines.Write(_line.Span);
                written++;
            }
        }
        byte[] buffer = new byte[1 << 16];
        foreach ((string folder, string name, string member) in _attachments)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ZipArchiveEntry entry = zip.CreateEntry("data/" + member, IsPacked(name) ? CompressionLevel.NoCompression : CompressionLevel.Fastest);
            entry.LastWriteTime = Stamp;
            using Stream data = entry.Open();
            using Stream bytes = Open(tree, folder, name);
            while (bytes.Read(buffer) is var read and > 0) data.Write(buffer, 0, read);
        }
        return written;
    }

    // A member cannot be taken back: what is not right never becomes one, and no message names it.
    bool IsWhole(TreeReader tree, string folder, string name)
    {
        try
        {
            using Stream bytes = Open(tree, folder, name);
            bytes.CopyTo(Stream.Null);
            return true;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or SecurityException)
        {
            notes.Problem($"{folder}/parts/{name}", null, tree.Because("An attachment cannot be read; its message is written without it", problem));
            return false;
        }
    }

    static CheckedStream Open(TreeReader tree, string folder, string name) => new(new Attachment(name[..64], null, () => tree.OpenAttachment(folder, name)));

    void Line(TreeReader tree, string folder, Message message)
    {
        Row columns = message.Columns;
        ReadOnlySpan<byte> shown = Shown(columns);
        if (shown.SequenceEqual("(Unknown)"u8)) shown = default;
        _line.Add((byte)'{');
        for (int index = 0; index < columns.Count; index++)
        {
            ReadOnlySpan<byte> name = columns.Name(index);
            if (SmsXmlWriter.Contains(Renamed, name) && (columns.Value(index).SequenceEqual(shown) || columns.Value(index) is [] || columns.Value(index).SequenceEqual("(Unknown)"u8))) continue;
            if ((!message.IsMms && SmsXmlWriter.Contains(OfMms, name)) || SmsXmlWriter.Contains(Added, name))
            {
                notes.Count("{0} [column is|columns are] not in the ZIP: [it has a name that means|they have names that mean] something else there.");
                continue;
            }
            Member(MessageLine.Plain(columns, name), message.IsMms && name is [(byte)'d', (byte)'a', (byte)'t', (byte)'e', ..] ? Seconds(name, columns.Value(index)) : columns.Value(index));
        }
        if (!shown.IsEmpty) Member("__display_name"u8, shown);
        if (message.IsMms)
        {
            // The app tells the two kinds apart by this column.
            if (!columns.Has("m_type"u8)) Member("m_type"u8, columns["msg_box"u8].SequenceEqual("1"u8) ? "132"u8 : "128"u8);
            Addresses(message);
            Parts(tree, folder, message);
        }
        _line.Add("}\n"u8);
    }

    void Addresses(Message message)
    {
        int sender = -1;
        for (int index = 0; index < message.Addresses.Count && sender < 0; index++)
        {
            if (message.Addresses[index]["type"u8].SequenceEqual("137"u8)) sender = index;
        }
        if (sender >= 0)
        {
            Name("__sender_address"u8);
            Object(message.Addresses[sender]);
        }
        Name("__recipient_addresses"u8);
        _line.Add((byte)'[');
        for (int index = 0; index < message.Addresses.Count; index++)
        {
            if (index == sender) continue;
            if (_line.Span[^1] != '[') _line.Add((byte)',');
            Object(message.Addresses[index]);
        }
        _line.Add((byte)']');
    }

    void Parts(TreeReader tree, string folder, Message message)
    {
        Name("__parts"u8);
        _line.Add((byte)'[');
        for (int index = 0; index < message.Parts.Count; index++)
        {
            if (index > 0) _line.Add((byte)',');
            Row part = message.Parts[index];
            string? member = part.AttachmentFile is { } name && IsWhole(tree, folder, name) ? MemberName(part, name) : null;
            if (member is not null) _attachments.Add((folder, part.AttachmentFile!, member));
            Object(part, member, isPart: true);
        }
        _line.Add((byte)']');
    }

    // The app takes a member for one part only: every part has its own, even where two hold the same bytes.
    string MemberName(Row part, string name)
    {
        string own = Encoding.UTF8.GetString(part["_data"u8]).Split('/', '\\')[^1];
        bool usable = own.Length is > 0 and <= 100 && own.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.') && own.Trim('.').Length > 0;
        if (usable && _members.Add(own)) return own;
        for (int number = 1; ; number++)
        {
            string made = string.Create(CultureInfo.InvariantCulture, $"PART_{name[..16]}_{number}{name[64..]}");
            if (_members.Add(made)) return made;
        }
    }

    void Object(Row row, string? member = null, bool isPart = false)
    {
        _line.Add((byte)'{');
        for (int index = 0; index < row.Count; index++)
        {
            ReadOnlySpan<byte> name = row.Name(index);
            if (isPart && name.SequenceEqual("_data"u8))
            {
                // A path without its attachment could be the name of another part's member.
                if (member is null) notes.Count("{0} [path of an attachment that is not in the tree is|paths of attachments that are not in the tree are] not in the ZIP.");
                if (member is null || !EndsWith(row.Value(index), member)) continue;
                member = null;
            }
            Member(MessageLine.Plain(row, name), row.Value(index));
        }
        if (member is not null) Member("_data"u8, Encoding.ASCII.GetBytes(member));
        _line.Add((byte)'}');
    }

    static bool EndsWith(ReadOnlySpan<byte> path, string member)
    {
        ReadOnlySpan<byte> name = path[(path.LastIndexOfAny((byte)'/', (byte)'\\') + 1)..];
        return name.SequenceEqual(Encoding.ASCII.GetBytes(member));
    }

    ReadOnlySpan<byte> Seconds(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (!name.SequenceEqual("date"u8) && !name.SequenceEqual("date_sent"u8)) return value;
        ReadOnlySpan<byte> seconds = Conversation.InSeconds(value, out bool cut);
        if (cut) notes.Count("{0} [time|times] of MMS [is|are] cut to whole seconds.");
        return seconds;
    }

    static ReadOnlySpan<byte> Shown(Row row) =>
        row.Has("__display_name"u8) ? row["__display_name"u8] : row.Has("contact_name"u8) ? row["contact_name"u8] : row["display_name"u8];

    static bool IsPacked(string name) => name[65..] is "jpg" or "png" or "gif" or "webp" or "heic" or "heif" or "avif" or "mp4" or "3gp" or "3g2" or "mov" or "webm" or "mp3" or "m4a" or "ogg" or "aac" or "zip";

    void Name(ReadOnlySpan<byte> name)
    {
        if (_line.Span[^1] != '{') _line.Add((byte)',');
        JsonString.Write(name, _line);
        _line.Add((byte)':');
    }

    void Member(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        Name(name);
        JsonString.Write(value, _line);
    }
}
