using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Security;

namespace Offproof.Phone;

/// <summary>Messages as the app SMS Backup &amp; Restore writes and reads them (messages.md §4.2).</summary>
sealed class SmsXmlWriter(FileStream file, ExportNotes notes)
{
    // In the order in which the app writes them.
    static readonly byte[][] SmsColumns = Names("protocol address date type subject body toa sc_toa service_center read status locked date_sent sub_id readable_date contact_name");
    static readonly byte[][] MmsColumns = Names("date rr sub ct_t read_status seen msg_box address sub_cs resp_st retr_st d_tm text_only exp locked m_id st retr_txt_cs retr_txt creator date_sent read "
        + "m_size rpt_a ct_cls pri sub_id tr_id resp_txt ct_l m_cls d_rpt v _id m_type readable_date contact_name");
    static readonly byte[][] PartColumns = Names("seq ct name chset cd fn cid cl ctt_s ctt_t text");
    static readonly byte[][] AddressColumns = Names("address type charset");

    // Absent, these are left out: the word null would be read as a text, or the app does not write them everywhere.
    static readonly byte[][] LeftOut = Names("body text date sub_id creator _id readable_date contact_name");

    // Numbers of rows and paths of files mean something on one phone only.
    static readonly byte[][] OfOnePhone = Names("thread_id mid msg_id _data");

    const int FlushAt = 1 << 16;
    readonly ByteBuffer _out = new();

    /// <summary>Returns how many messages were written.</summary>
    internal long Write(TreeReader tree, TreeSummary summary, CancellationToken cancellationToken)
    {
        byte[] set = summary.Hash[..16];
        set[6] = (byte)((set[6] & 0x0F) | 0x80); // a UUID of version 8, made of the content
        set[8] = (byte)((set[8] & 0x3F) | 0x80);
        _out.Add("<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>\n<?xml-stylesheet type=\"text/xsl\" href=\"sms.xsl\"?>\n");
        _out.Add(string.Create(CultureInfo.InvariantCulture,
            $"<smses count=\"{summary.Messages}\" backup_set=\"{new Guid(set, bigEndian: true)}\" backup_date=\"{summary.Newest}\" type=\"full\">\n"));
        long written = 0;
        foreach ((string folder, Message message) in tree.Messages(cancellationToken))
        {
            if (message.IsMms) WriteMms(tree, folder, message);
            else WriteSms(message);
            written++;
            if (_out.Length > FlushAt) Flush();
        }
        _out.Add("</smses>\n"u8);
        Flush();
        return written;
    }

    void WriteSms(Message message)
    {
        _out.Add("  <sms"u8);
        Attributes(message.Columns, SmsColumns, message);
        _out.Add(" />\n"u8);
    }

    void WriteMms(TreeReader tree, string folder, Message message)
    {
        _out.Add("  <mms"u8);
        Attributes(message.Columns, MmsColumns, message);
        _out.Add(">\n    <parts>\n"u8);
        for (int index = 0; index < message.Parts.Count; index++)
        {
            Row part = message.Parts[index];
            _out.Add("      <part"u8);
            Attributes(part, PartColumns);
            if (part.AttachmentFile is { } name) WriteAttachment(tree, folder, name);
            _out.Add(" />\n"u8);
        }
        _out.Add("    </parts>\n    <addrs>\n"u8);
        for (int index = 0; index < message.Addresses.Count; index++)
        {
            _out.Add("      <addr"u8);
            Attributes(message.Addresses[index], AddressColumns);
            _out.Add(" />\n"u8);
        }
        _out.Add("    </addrs>\n  </mms>\n"u8);
    }

    void Attributes(Row row, byte[][] known, Message? message = null)
    {
        bool isPart = ReferenceEquals(known, PartColumns);
        foreach (byte[] name in known)
        {
            ReadOnlySpan<byte> value = Value(row, name, message, out bool present);
            // messages.md §2.3, from the other side.
            if (present && value.SequenceEqual("null"u8) && !IsWritten(row, name, message)) notes.Count("{0} [value is|values are] the word null, which XML reads as absent.");
            if (present) Attribute(name, value);
            else if (!Contains(LeftOut, name)) Attribute(name, "null"u8);
        }
        bool isMessage = message is not null;
        for (int index = 0; index < row.Count; index++)
        {
            ReadOnlySpan<byte> name = row.Name(index);
            if (Contains(known, name)) continue;
            if (isMessage && IsDisplayName(name) && Shown(row).SequenceEqual(row.Value(index))) continue;
            name = MessageLine.Plain(row, name);
            if (row.Value(index).SequenceEqual("null"u8)) notes.Count("{0} [value is|values are] the word null, which XML reads as absent.");
            if (Contains(OfOnePhone, name) || name.SequenceEqual("_id"u8))
                notes.Count("{0} [number of a row or path of a file|numbers of rows and paths of files] of the phone that the messages came from [is|are] not in the XML: [it means|they mean] nothing on another.");
            else if (!XmlValue.IsName(name) || (isPart && name.SequenceEqual("data"u8))) notes.Count("{0} [column has a name|columns have names] that XML cannot hold; [it is|they are] not in it.");
            else Attribute(name, row.Value(index));
        }
    }

    static bool IsWritten(Row row, byte[] name, Message? message) =>
        message is { IsMms: false } ? name.AsSpan().SequenceEqual("body"u8)
        : message is null && name.AsSpan().SequenceEqual("text"u8) && row.AttachmentFile is null && XmlMessages.IsText(row["ct"u8]);

    // messages.md §4.4: columns that are called or counted otherwise in the other format.
    static ReadOnlySpan<byte> Value(Row row, byte[] name, Message? message, out bool present)
    {
        present = row.Has(name);
        ReadOnlySpan<byte> value = row[name];
        if (message is null) return value;
        if (name.AsSpan().SequenceEqual("contact_name"u8) && !present)
        {
            present = row.Has("__display_name"u8) || row.Has("display_name"u8);
            return Shown(row);
        }
        if (!message.IsMms) return value;
        if (name.AsSpan().SequenceEqual("address"u8) && value.IsEmpty)
        {
            List<string> addresses = Conversation.Addresses(message);
            present |= addresses.Count > 0;
            return System.Text.Encoding.UTF8.GetBytes(string.Join('~', addresses));
        }
        return name.AsSpan().SequenceEqual("date"u8) ? Conversation.InMilliseconds(value) : value;
    }

    static bool IsDisplayName(ReadOnlySpan<byte> name) => name.SequenceEqual("__display_name"u8) || name.SequenceEqual("display_name"u8);

    static ReadOnlySpan<byte> Shown(Row row) =>
        row.Has("contact_name"u8) ? row["contact_name"u8] : row.Has("__display_name"u8) ? row["__display_name"u8] : row["display_name"u8];

    void Attribute(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        _out.Add((byte)' ');
        _out.Add(name);
        _out.Add("=\""u8);
        if (XmlValue.Write(value, _out)) notes.Count("{0} [text holds|texts hold] characters that XML cannot hold; U+FFFD stands for them.");
        _out.Add((byte)'"');
    }

    void WriteAttachment(TreeReader tree, string folder, string name)
    {
        Flush();
        long before = file.Position;
        byte[] bytes = ArrayPool<byte>.Shared.Rent(3 << 14);
        try
        {
            _out.Add(" data=\""u8);
            using Stream data = new CheckedStream(new Attachment(name[..64], null, () => tree.OpenAttachment(folder, name)));
            while (data.ReadAtLeast(bytes.AsSpan(0, 3 << 14), 3 << 14, throwOnEndOfStream: false) is var read and > 0)
            {
                Base64.EncodeToUtf8(bytes.AsSpan(0, read), _out.Room(Base64.GetMaxEncodedToUtf8Length(read)), out _, out int written);
                _out.Advance(written);
                if (_out.Length > FlushAt) Flush();
            }
            _out.Add((byte)'"');
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or SecurityException)
        {
            // What was written of it is taken back: the rest of the message is worth having.
            _out.Clear();
            file.SetLength(before);
            file.Position = before;
            notes.Problem($"{folder}/parts/{name}", null, tree.Because("An attachment cannot be read; its message is written without it", problem));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes, clearArray: true);
        }
    }

    void Flush()
    {
        file.Write(_out.Span);
        _out.Clear();
    }

    internal static byte[][] Names(string names) => [.. names.Split(' ').Select(System.Text.Encoding.ASCII.GetBytes)];

    internal static bool Contains(byte[][] names, ReadOnlySpan<byte> name)
    {
        foreach (byte[] one in names)
        {
            if (name.SequenceEqual(one)) return true;
        }
        return false;
    }
}
