namespace Offproof.Phone;

/// <summary>Finds the cards in a file, nested ones too, and what of it is none (contacts.md §1.1).</summary>
sealed class CardReader(SourceFile file, Account account, Action<RawCard> found)
{
    // What may be open at once, all cards together.
    const long MostOpenBytes = CardLines.Longest;
    const int MostOpenCards = 10_000;
    const int MostPieces = 200_000;

    readonly LinkedList<RawCard> _open = new();
    readonly QuotedPrintable _quoted = new();
    readonly ByteBuffer _value = new();
    RawProperty? _property;
    bool _isBase64;
    bool _inStray;
    long _openBytes;
    long _nested;
    long _badEscapes;

    internal void Read(CancellationToken cancellationToken)
    {
        using CardLines lines = new(file.Open());
        while (lines.Next() && !account.IsFull(file))
        {
            cancellationToken.ThrowIfCancellationRequested();
            ReadOnlySpan<byte> line = lines.Text.Span.Trim(" \t"u8);
            // Files that were put one behind the other: a mark in the middle, and no line end before it.
            if (line.StartsWith("\uFEFF"u8)) line = line[3..];
            if (_open.Count > 0 && line.Length < 64 && EndsAndBegins(line))
            {
                End();
                Begin(lines.Line);
            }
            else if (Is(line, "BEGIN:"u8)) Begin(lines.Line);
            else if (Is(line, "END:"u8) && _open.Count > 0) End();
            else if (_open.Count > 0) Property(lines);
            else if (line.Length > 0 && line[0] != '#') Stray(lines.Line);
        }
        Complete();
        while (_open.Last is { } last)
        {
            Incomplete(last.Value);
            Close(last);
        }
        account.Count(_nested, "{0} [card stands|cards stand] inside of another; each is kept as a contact of its own.", file);
        account.Count(_badEscapes, "{0} [value holds|values hold] quoted-printable that cannot be decoded; it is kept as it stands.", file);
    }

    static bool Is(ReadOnlySpan<byte> line, ReadOnlySpan<byte> what) =>
        line.Length >= what.Length + 5 && line.Length < 64 && System.Text.Ascii.EqualsIgnoreCase(line[..what.Length], what) && System.Text.Ascii.EqualsIgnoreCase(line[what.Length..].Trim((byte)' '), "VCARD"u8);

    static bool EndsAndBegins(ReadOnlySpan<byte> line)
    {
        int end = line.LastIndexOf((byte)':') - 5;
        if (end < 9 || !Is(line[end..], "BEGIN:"u8)) return false;
        ReadOnlySpan<byte> before = line[..end];
        return Is(before.EndsWith("\uFEFF"u8) ? before[..^3] : before, "END:"u8);
    }

    void Stray(long line)
    {
        if (!_inStray) account.Skip(file.Name, line, "Text outside of a card.");
        _inStray = true;
    }

    void Begin(long line)
    {
        Complete();
        _inStray = false;
        RawProperty? agent = _open.Last?.Value.Properties.LastOrDefault();
        if (_open.Count > 0) _nested++;
        bool isAgent = agent is { Value: [], Text: null } && agent.Is("AGENT");
        _open.AddLast(new RawCard(line) { AgentOf = isAgent ? agent : null });
        // Cards that nothing ends may not fill the memory: the oldest is closed.
        while (_open.Count > MostOpenCards) CloseOldest();
    }

    void End()
    {
        Complete();
        Close(_open.Last!);
    }

    void CloseOldest()
    {
        Incomplete(_open.First!.Value);
        Close(_open.First!);
    }

    void Incomplete(RawCard card) => account.Notice(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{file.Name}: the card that begins on line {card.Line} has no end; it may not be complete."));

    void Close(LinkedListNode<RawCard> node)
    {
        _open.Remove(node);
        _openBytes -= node.Value.Bytes;
        if (node.Value.Damage is { } damage) account.Skip(file.Name, node.Value.Line, damage);
        else found(node.Value);
    }

    void Property(CardLines lines)
    {
        RawCard card = _open.Last!.Value;
        Count(card, lines.Text.Length);
        ReadOnlySpan<byte> line = lines.Text.Span;
        if (lines.IsCut || card.Damage is not null)
        {
            _property = null;
            card.Refuse("The card is larger than 32 MiB.");
            return;
        }
        if (line.IndexOfAnyExcept((byte)' ', (byte)'\t') < 0)
        {
            if (_isBase64 && _value.Length > 0) Complete(); // 2.1: an empty line ends base64
            return;
        }
        if (line[0] == '#') return;
        int head = CardHead.Length(line);
        if (head < 0)
        {
            Continue(lines);
            return;
        }
        Complete();
        card.Pieces += 2 + line[..head].Count((byte)';') + line[..head].Count((byte)',');
        if (line[..head].Contains((byte)'(')) card.Pieces += 2; // a label becomes a property of its own (contacts.md §2.2)
        if (card.Pieces > MostPieces)
        {
            card.Refuse("The card has too many properties.");
            return;
        }
        _property = new RawProperty(lines.Line, CardText.DecodeHead(line[..head]));
        _isBase64 = _property.IsBase64;
        if (!_property.IsQuotedPrintable)
        {
            _value.Add(line[(head + 1)..]);
            return;
        }
        _quoted.Begin(lines, head + 1);
        while (_quoted.IsOpen && !lines.IsBoundaryNext() && lines.Next())
        {
            Count(card, lines.Text.Length);
            if (lines.IsCut || card.Damage is not null)
            {
                card.Refuse("The card is larger than 32 MiB.");
                break;
            }
            _quoted.Add(lines, 0);
        }
        if (!_quoted.Decode(_value, CardDecoder.IsStructured(_property.Name))) _badEscapes++;
    }

    // A line that begins no property: the value before was broken where it may not be (contacts.md §1.3).
    void Continue(CardLines lines)
    {
        if (_property is null)
        {
            account.Skip(file.Name, lines.Line, "A line that is no property of a card.");
            return;
        }
        if (!_isBase64) _value.Add((byte)' ');
        _value.Add(lines.Text.Span);
    }

    void Count(RawCard card, int bytes)
    {
        card.Bytes += bytes;
        _openBytes += bytes;
        while (_openBytes > MostOpenBytes && _open.Count > 1) CloseOldest();
        if (card.Bytes > CardLines.Longest) card.Refuse("The card is larger than 32 MiB.");
    }

    void Complete()
    {
        if (_property is not null && _open.Last?.Value is { Damage: null } card)
        {
            _property.Value = _value.Span.ToArray();
            card.Properties.Add(_property);
        }
        _property = null;
        _isBase64 = false;
        _value.Clear();
    }
}
