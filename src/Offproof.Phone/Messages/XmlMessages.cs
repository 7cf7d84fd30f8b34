using System.Globalization;

namespace Offproof.Phone;

/// <summary>The files of SMS Backup &amp; Restore (messages.md §2).</summary>
static class XmlMessages
{
    internal static void Read(SourceFile file, MessageTree tree, Account account, CancellationToken cancellationToken)
    {
        using XmlText xml = new(file.Open());
        Message message = new();
        long? announced = null;
        long met = 0;
        bool complete = false;
        try
        {
            XmlToken root = xml.Read();
            if (root is not XmlToken.Start)
            {
                account.Skip(file.Name, null, root is XmlToken.EndOfFile ? "The file holds nothing." : "The file is no XML.");
                return;
            }
            if (xml.Encoding is { } encoding && encoding is not ("utf-8" or "utf8" or "utf-16" or "utf-16le" or "utf-16be" or "us-ascii" or "ascii"))
            {
                account.Skip(file.Name, null, $"The file is written in '{Printable(encoding)}', which is not read; UTF-8 and UTF-16 are.");
                return;
            }
            if (xml.Name.SequenceEqual("calls"u8))
            {
                if (Calls(xml) is { } calls && !file.IsNamed) account.Notice($"{file.Name} is a list of {Sentence.Of(calls, "{0} [call|calls]")}, which are no messages: it is not kept.");
                else account.Skip(file.Name, null, "A list of calls, not of messages.");
                return;
            }
            if (!xml.Name.SequenceEqual("smses"u8))
            {
                account.Skip(file.Name, null, "XML, but no list of messages of SMS Backup & Restore.");
                return;
            }
        }
        catch (Exception problem) when (problem is DamagedTextException or TextEndsException)
        {
            account.Skip(file.Name, null, "The file is no XML: " + problem.Message + ".");
            return;
        }
        long line = xml.TokenLine;
        try
        {
            bool open = true;
            try
            {
                announced = ReadRoot(xml);
                open = !xml.SelfClosed;
                complete = !open;
            }
            catch (DamagedTextException damage)
            {
                account.Notice($"{file.Name}: the first tag is damaged ({damage.Message}).");
                xml.Resynchronize();
            }
            while (open && !account.IsFull(file))
            {
                cancellationToken.ThrowIfCancellationRequested();
                line = xml.Line;
                bool found = false;
                try
                {
                    XmlToken token = xml.Read();
                    found = true;
                    line = xml.TokenLine;
                    if (token is XmlToken.EndOfFile) break;
                    if (token is XmlToken.End)
                    {
                        complete = xml.Name.SequenceEqual("smses"u8);
                        if (complete) break;
                        continue;
                    }
                    if (token is XmlToken.Text)
                    {
                        account.Skip(file.Name, line, "Text that belongs to no message.");
                        continue;
                    }
                    bool isMms = xml.Name.SequenceEqual("mms"u8);
                    if (!isMms && !xml.Name.SequenceEqual("sms"u8))
                    {
                        string name = Printable(xml.Name);
                        SkipElement(xml);
                        account.Skip(file.Name, line, $"An element <{name}> is no message.");
                        continue;
                    }
                    met++;
                    message.Clear();
                    message.IsMms = isMms;
                    ReadMessage(xml, file, message, account, line);
                    tree.Add(message);
                    account.Keep();
                }
                catch (DamagedTextException damage)
                {
                    account.Skip(file.Name, found ? line : xml.TokenLine, $"A damaged entry: {damage.Message}.");
                    xml.Resynchronize();
                }
            }
            if (complete && HasMore(xml)) account.Skip(file.Name, xml.TokenLine, "What follows after the end of the list.");
        }
        catch (TextEndsException)
        {
            if (complete) account.Notice($"{file.Name}: the file ends inside something that follows after the list.");
            else account.Skip(file.Name, line, "The file ends inside this entry.");
        }
        if (!complete) account.Notice($"{file.Name} is not complete: it ends before the list of messages does. What it holds was read.");
        if (announced is { } count && count != met)
            account.Notice(string.Create(CultureInfo.InvariantCulture, $"{file.Name} announces {Sentence.Of(count, "{0} [message|messages]")} and holds {met}."));
    }

    // How many calls a whole list of calls holds; null where there is anything else in the file, which might be a message.
    static long? Calls(XmlText xml)
    {
        long calls = 0;
        try
        {
            while (xml.NextAttribute()) { }
            for (bool open = !xml.SelfClosed; open;)
            {
                XmlToken token = xml.Read();
                if (token is XmlToken.Start && xml.Name.SequenceEqual("call"u8))
                {
                    calls++;
                    while (xml.NextAttribute()) { }
                    if (!xml.SelfClosed && !(xml.Read() is XmlToken.End && xml.Name.SequenceEqual("call"u8))) return null;
                }
                else if (token is XmlToken.End && xml.Name.SequenceEqual("calls"u8))
                {
                    open = false;
                }
                else
                {
                    return null;
                }
            }
            return xml.Read() is XmlToken.EndOfFile ? calls : null;
        }
        catch (Exception problem) when (problem is DamagedTextException or TextEndsException)
        {
            return null;
        }
    }

    static bool HasMore(XmlText xml)
    {
        try
        {
            return xml.Read() is not XmlToken.EndOfFile;
        }
        catch (DamagedTextException)
        {
            return true;
        }
    }

    static long? ReadRoot(XmlText xml)
    {
        long? count = null;
        ByteBuffer value = new();
        while (xml.NextAttribute())
        {
            if (!xml.Name.SequenceEqual("count"u8)) continue;
            xml.ReadValue(value);
            if (long.TryParse(value.Span, NumberStyles.None, CultureInfo.InvariantCulture, out long number)) count = number;
        }
        return count;
    }

    static void ReadMessage(XmlText xml, SourceFile file, Message message, Account account, long line)
    {
        ReadColumns(xml, file, message.Columns, message, account, line);
        if (xml.SelfClosed) return;
        while (true)
        {
            switch (xml.Read())
            {
                case XmlToken.EndOfFile:
                    throw new TextEndsException();
                case XmlToken.Text:
                    throw new DamagedTextException("text stands between its elements");
                case XmlToken.End when xml.Name.SequenceEqual(message.IsMms ? "mms"u8 : "sms"u8):
                    return;
                case XmlToken.End when xml.Name.SequenceEqual("smses"u8):
                    xml.Unread(XmlToken.End);
                    throw new DamagedTextException("it does not end");
                case XmlToken.Start when message.IsMms && xml.Name.SequenceEqual("part"u8):
                    ReadColumns(xml, file, message.Parts.Add(), message, account, line);
                    break;
                case XmlToken.Start when message.IsMms && xml.Name.SequenceEqual("addr"u8):
                    ReadColumns(xml, file, message.Addresses.Add(), message, account, line);
                    break;
                case XmlToken.Start when message.IsMms && (xml.Name.SequenceEqual("parts"u8) || xml.Name.SequenceEqual("addrs"u8)):
                    while (xml.NextAttribute()) { }
                    break;
                case XmlToken.Start when xml.Name.SequenceEqual("sms"u8) || xml.Name.SequenceEqual("mms"u8):
                    xml.Unread(XmlToken.Start);
                    throw new DamagedTextException("it does not end before the next begins");
                case XmlToken.Start:
                    throw new DamagedTextException($"an unknown element <{Printable(xml.Name)}> in it");
            }
        }
    }

    static void ReadColumns(XmlText xml, SourceFile file, Row row, Message message, Account account, long line)
    {
        bool isPart = row != message.Columns && message.Parts.Count > 0 && row == message.Parts[message.Parts.Count - 1];
        bool data = false;
        Span<byte> name = stackalloc byte[256];
        while (xml.NextAttribute())
        {
            if (isPart && xml.Name.SequenceEqual("data"u8))
            {
                if (data) throw new DamagedTextException("two columns are called 'data'");
                data = !xml.IsNull();
                if (data) ReadAttachment(xml, file, row, account, line);
                continue;
            }
            xml.Name.CopyTo(name);
            Span<byte> column = name[..xml.Name.Length];
            if (!System.Text.Unicode.Utf8.IsValid(column)) throw new DamagedTextException("a column's name is no text");
            if (MessageLine.IsReserved(column))
            {
                byte[] kept = [(byte)'~', .. column];
                row.BeginValue(kept);
            }
            else
            {
                row.BeginValue(column);
            }
            if (xml.ReadValue(message.Text)) account.NotText(file);
            // messages.md §2.3: the word null stands for nothing, save where a person may have written it.
            bool written = isPart ? column.SequenceEqual("text"u8) : !message.IsMms && column.SequenceEqual("body"u8);
            if (row.Pending.SequenceEqual("null"u8) && !written) row.DropValue();
            else row.EndValue();
        }
        if (isPart && row["text"u8].SequenceEqual("null"u8) && (data || !IsText(row["ct"u8]))) row.Remove("text"u8);
    }

    /// <summary>True for the type of a part whose text a person may have written.</summary>
    internal static bool IsText(ReadOnlySpan<byte> type) => type.Length >= 5 && System.Text.Ascii.EqualsIgnoreCase(type[..5], "text/"u8);

    static void ReadAttachment(XmlText xml, SourceFile file, Row row, Account account, long line)
    {
        long offset = xml.Position;
        byte quote = xml.Quote;
        try
        {
            using Base64Source data = new(xml, owned: false);
            row.Attachment = Attachment.Read(data, () => new Base64Source(XmlText.InValue(file.OpenAt(offset), quote), owned: true));
        }
        catch (InvalidDataException problem)
        {
            account.Notice(string.Create(CultureInfo.InvariantCulture, $"{file.Name}, line {line}: {problem.Message}; the message is kept without it."));
        }
    }

    static void SkipElement(XmlText xml)
    {
        while (xml.NextAttribute()) { }
        for (long depth = xml.SelfClosed ? 0 : 1; depth > 0;)
        {
            switch (xml.Read())
            {
                case XmlToken.EndOfFile:
                    throw new TextEndsException();
                case XmlToken.End:
                    if (xml.Name.SequenceEqual("smses"u8))
                    {
                        xml.Unread(XmlToken.End);
                        return;
                    }
                    depth--;
                    break;
                case XmlToken.Start when xml.Name.SequenceEqual("sms"u8) || xml.Name.SequenceEqual("mms"u8):
                    xml.Unread(XmlToken.Start);
                    return;
                case XmlToken.Start:
                    while (xml.NextAttribute()) { }
                    if (!xml.SelfClosed) depth++;
                    break;
            }
        }
    }

    static string Printable(ReadOnlySpan<byte> name) => Printable(System.Text.Encoding.UTF8.GetString(name));

    static string Printable(string name) => Sentence.Quote(name);
}
