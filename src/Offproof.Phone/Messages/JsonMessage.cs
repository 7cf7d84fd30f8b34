namespace Offproof.Phone;

/// <summary>One message as a JSON object: a line of the tree (messages.md §1.3), of SMS Import/Export 2, or an element of SMS Import/Export 1 (§3).</summary>
/// <param name="json">The text.</param>
/// <param name="isTree">A line of the tree; otherwise an export of either version, which name their members so that one reader serves both.</param>
/// <param name="attach">Reads an attachment that the text itself holds (<c>binary_data</c>): its string has been entered.</param>
sealed class JsonMessage(JsonText json, bool isTree, Action<Row>? attach = null)
{
    /// <summary>Reads the object that the text stands before.</summary>
    /// <exception cref="DamagedTextException">It is none.</exception>
    /// <exception cref="TextEndsException">It has no end.</exception>
    internal bool Read(Message message)
    {
        message.Clear();
        message.IsMms = false;
        bool notText = false;
        bool first = true;
        bool kind = false;
        json.Expect('{');
        while (json.NextMember(ref first))
        {
            ReadOnlySpan<byte> name = json.Name;
            if (isTree && name.SequenceEqual("kind"u8))
            {
                if (kind) throw new DamagedTextException("it has two kinds");
                kind = true;
                message.IsMms = ReadKind();
            }
            else if (IsParts(name) && (isTree || json.Ahead() == '['))
            {
                if (message.Parts.Count > 0) throw new DamagedTextException("it has two lists of parts");
                notText |= ReadArray(message, message.Parts, isPart: true);
                message.IsMms |= !isTree;
            }
            else if (IsAddresses(name) && (isTree || json.Ahead() == '['))
            {
                notText |= ReadArray(message, message.Addresses, isPart: false);
                message.IsMms |= !isTree;
            }
            else if (!isTree && (name.SequenceEqual("__sender_address"u8) || name.SequenceEqual("sender_address"u8)) && json.Ahead() == '{')
            {
                notText |= ReadRow(message, message.Addresses.Insert(), isPart: false);
                message.IsMms = true;
            }
            else
            {
                message.IsMms |= !isTree && (name.SequenceEqual("m_type"u8) || name.SequenceEqual("msg_box"u8));
                notText |= ReadColumn(message, message.Columns, isPart: false);
            }
        }
        if (isTree && !kind) throw new DamagedTextException("it has no kind");
        if (!message.IsMms && message.Parts.Count + message.Addresses.Count > 0) throw new DamagedTextException("an SMS has parts");
        return notText;
    }

    bool IsParts(ReadOnlySpan<byte> name) => name.SequenceEqual("parts"u8) || (!isTree && name.SequenceEqual("__parts"u8));

    bool IsAddresses(ReadOnlySpan<byte> name) => isTree ? name.SequenceEqual("addrs"u8)
        : name.SequenceEqual("__recipient_addresses"u8) || name.SequenceEqual("recipient_addresses"u8) || name.SequenceEqual("__addresses"u8);

    bool ReadKind()
    {
        ByteBuffer value = new();
        json.BeginString();
        json.ReadValue(value);
        return value.Span.SequenceEqual("mms"u8) || (value.Span.SequenceEqual("sms"u8) ? false : throw new DamagedTextException("its kind is neither sms nor mms"));
    }

    bool ReadArray(Message message, Rows rows, bool isPart)
    {
        bool notText = false;
        bool first = true;
        json.Expect('[');
        while (json.NextElement(ref first)) notText |= ReadRow(message, rows.Add(), isPart);
        return notText;
    }

    bool ReadRow(Message message, Row row, bool isPart)
    {
        bool notText = false;
        bool first = true;
        json.Expect('{');
        while (json.NextMember(ref first)) notText |= ReadColumn(message, row, isPart);
        return notText;
    }

    bool ReadColumn(Message message, Row row, bool isPart)
    {
        if (isPart && isTree && json.Name.SequenceEqual("data"u8))
        {
            ByteBuffer file = new();
            json.BeginString();
            json.ReadValue(file, 256);
            if (!AttachmentName.IsOne(file.Span)) throw new DamagedTextException("an attachment has a name that none has");
            if (row.AttachmentFile is not null) throw new DamagedTextException("two columns are called 'data'");
            row.AttachmentFile = System.Text.Encoding.ASCII.GetString(file.Span);
            return false;
        }
        if (isPart && attach is not null && json.Name.SequenceEqual("binary_data"u8) && json.Ahead() == '"')
        {
            if (row.Attachment is not null) throw new DamagedTextException("two columns are called 'binary_data'");
            json.BeginString();
            attach(row);
            return false;
        }
        if (!isTree && MessageLine.IsReserved(json.Name)) row.BeginValue([(byte)'~', .. json.Name]);
        else row.BeginValue(json.Name);
        bool notText = false;
        switch (json.Ahead())
        {
            case '"':
                json.BeginString();
                notText = json.ReadValue(message.Text);
                break;
            case '{' or '[':
                json.Capture(message.Text);
                break;
            default:
                json.ReadLiteral(message.Text);
                if (row.Pending.SequenceEqual("null"u8))
                {
                    row.DropValue();
                    return false;
                }
                break;
        }
        row.EndValue();
        return notText;
    }
}
