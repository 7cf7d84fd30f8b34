using System.Text;

namespace Offproof.Phone;

/// <summary>Samsung's labels, <c>TEL;X-CUSTOM(CHARSET=UTF-8,ENCODING=QUOTED-PRINTABLE,=41):1</c>: one word, whatever commas it has (contacts.md §2.2).</summary>
static class CardCustom
{
    const string Start = "X-CUSTOM(";

    internal static bool Begins(ReadOnlySpan<char> word) => word.StartsWith(Start, StringComparison.OrdinalIgnoreCase);

    /// <summary>The label; null where the word is none, or a malformed one.</summary>
    internal static string? Text(string word)
    {
        if (!Begins(word) || word[^1] != ')') return null;
        string inner = word[Start.Length..^1];
        string? text = inner;
        if (inner.StartsWith("CHARSET=", StringComparison.OrdinalIgnoreCase) || inner.StartsWith("ENCODING=", StringComparison.OrdinalIgnoreCase))
        {
            text = inner.Split(',', 3) is [var charset, var encoding, var quoted] && charset.StartsWith("CHARSET=", StringComparison.OrdinalIgnoreCase) && encoding.Equals("ENCODING=QUOTED-PRINTABLE", StringComparison.OrdinalIgnoreCase)
                && CardText.Find(charset[8..]) is { } named && Decoded(quoted) is { } bytes ? named.GetString(bytes) : null;
        }
        return string.IsNullOrWhiteSpace(text) || text.Contains('\uFFFD', StringComparison.Ordinal) ? null : text;
    }

    static byte[]? Decoded(string quoted)
    {
        if (!Ascii.IsValid(quoted)) return null;
        List<byte> bytes = new(quoted.Length);
        for (int at = 0; at < quoted.Length; at++)
        {
            if (quoted[at] != '=') bytes.Add((byte)quoted[at]);
            else if (at + 2 < quoted.Length && char.IsAsciiHexDigit(quoted[at + 1]) && char.IsAsciiHexDigit(quoted[at + 2]))
            {
                bytes.Add(Convert.FromHexString(quoted.AsSpan(at + 1, 2))[0]);
                at += 2;
            }
            else return null;
        }
        return [.. bytes];
    }
}

/// <summary>The groups of a card, to label properties of it as iOS does: item1.X-ABLabel.</summary>
sealed class CardGroups(RawCard card)
{
    HashSet<string>? _used;
    HashSet<string>? _labelled;
    int _last;

    /// <summary>False where the property's group has a label already.</summary>
    internal bool CanLabel(string? group) => group is null || !Labelled.Contains(group);

    /// <summary>The property's group; for one without, the first that nothing in the card has.</summary>
    internal string Label(string? group)
    {
        _used ??= Groups(card.Properties);
        while (group is null)
        {
            string next = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"item{++_last}");
            if (_used.Add(next)) group = next;
        }
        Labelled.Add(group);
        return group;
    }

    HashSet<string> Labelled => _labelled ??= Groups(card.Properties.Where(property => property.Is("X-ABLabel")));

    static HashSet<string> Groups(IEnumerable<RawProperty> properties) =>
        new(properties.Where(property => property.Group is not null).Select(property => property.Group!), StringComparer.OrdinalIgnoreCase);
}
