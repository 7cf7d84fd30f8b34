namespace Offproof.Phone;

/// <summary>Nicknames as Android writes them, which no other reader knows, as NICKNAME, which Android reads too (contacts.md §4.2).</summary>
static class CardNickname
{
    const string Custom = "X-ANDROID-CUSTOM";
    const string Row = "vnd.android.cursor.item/nickname";

    /// <summary>The card with what a phone of another kind would not find, under a name that it reads; what stays Android's alone is counted.</summary>
    internal static Card Write(Card card, ExportNotes notes)
    {
        if (card[Custom] is null) return card;
        List<CardProperty> properties = new(card.Properties.Count);
        foreach (CardProperty property in card.Properties)
        {
            if (!property.Is(Custom)) properties.Add(property);
            else if (Of(property) is { } nickname) properties.Add(property with { Name = "NICKNAME", Value = CardValue.Escape(nickname) });
            else
            {
                notes.Count("{0} [property|properties] X-ANDROID-CUSTOM, which only Android reads, [is written as it is|are written as they are].");
                properties.Add(property);
            }
        }
        return card with { Properties = properties };
    }

    // NAME;TYPE;LABEL and columns of no use: type 1 is the default, and all else would be lost.
    static string? Of(CardProperty property)
    {
        if (property.First("VALUE") is not null || property.IsBinary) return null;
        return CardValue.Components(property.Value) is [Row, var name, ..] row && !string.IsNullOrWhiteSpace(name) && (row.Count == 2 || row[2] is "" or "1") && row.Skip(3).All(column => column.Length == 0) ? name : null;
    }
}
