namespace Offproof.Phone;

/// <summary>A card of 3.0 as one of 4.0 (contacts.md §4.3).</summary>
static class CardTo4
{
    // RFC 6350 has no such properties any more, nor a place for what they hold.
    static readonly HashSet<string> Gone = new(StringComparer.OrdinalIgnoreCase) { "AGENT", "CLASS", "MAILER", "NAME", "PROFILE" };

    const string OldNames = "{0} [property is|properties are] none of 4.0 (AGENT, CLASS, MAILER, NAME, PROFILE, a second SORT-STRING); [it is in it under its old name|they are in it under their old names], and programs may pass over [it|them].";

    internal static Card Convert(Card card, ExportNotes notes)
    {
        List<CardProperty> properties = new(card.Properties.Count);
        foreach (CardProperty property in card.Properties)
        {
            if (!property.Is("LABEL") && !property.Is("SORT-STRING")) properties.Add(Convert(property, notes));
        }
        foreach (CardProperty label in card.Properties.Where(property => property.Is("LABEL"))) AddLabel(label, properties);
        foreach (CardProperty sort in card.Properties.Where(property => property.Is("SORT-STRING"))) AddSort(sort, properties, notes);
        return CardName.Complete(new Card(CardVersion.V4, properties));
    }

    /// <summary>What a card of 4.0 may hold that is no 4.0: base64 that is not in a data URI.</summary>
    internal static Card Repair(Card card) =>
        CardName.Complete(card with { Properties = [.. card.Properties.Select(property => property.IsBinary ? Binary(property) : property)] });

    static CardProperty Convert(CardProperty property, ExportNotes notes)
    {
        if (property.IsBinary) return Prefer(Binary(property));
        property = Prefer(property);
        switch (property.Name.ToUpperInvariant())
        {
            case "PHOTO" or "LOGO" or "SOUND" or "KEY":
                return File(property);
            case "BDAY" or "ANNIVERSARY" or "X-ANNIVERSARY" or "REV":
                return Date(property, notes);
            case "GEO" when CardValue.Components(property.Value) is [var latitude, var longitude]:
                return property.With(property.Without("VALUE"), $"geo:{latitude},{longitude}");
            case "TZ":
                if (property.Has("VALUE", "text")) return property.With(property.Without("VALUE"));
                return Offset(property.Value) is { } offset ? property.With([.. property.Without("VALUE"), new CardParameter("VALUE", ["utc-offset"])], offset) : property;
            case "UID":
                if (property.First("VALUE") is not null) return property;
                return IsUri(property.Value) ? property : property.With([.. property.Parameters, new CardParameter("VALUE", ["text"])]);
            case "TEL":
                return property.Has("VALUE", "phone-number") ? property.With(property.Without("VALUE")) : property;
            case "X-SIP":
                string address = CardValue.Unescape(property.Value);
                return property.With(property.Parameters, address.StartsWith("sip:", StringComparison.OrdinalIgnoreCase) ? address : "sip:" + address, "IMPP");
            case "X-ADDRESSBOOKSERVER-KIND":
                return property with { Name = "KIND" };
            case "X-ADDRESSBOOKSERVER-MEMBER":
                return property with { Name = "MEMBER" };
            case var name when Gone.Contains(name):
                notes.Count(OldNames);
                return property;
            default:
                return property;
        }
    }

    // RFC 6350 §5.3: PREF=1 instead of TYPE=pref.
    static CardProperty Prefer(CardProperty property)
    {
        if (!property.Has("TYPE", "pref")) return property;
        List<CardParameter> parameters = [];
        foreach (CardParameter parameter in property.Parameters)
        {
            List<string> values = parameter.Is("TYPE") ? [.. parameter.Values.Where(value => !value.Equals("pref", StringComparison.OrdinalIgnoreCase))] : parameter.Values;
            if (values.Count > 0) parameters.Add(new CardParameter(parameter.Name, values));
        }
        if (property.First("PREF") is null) parameters.Add(new CardParameter("PREF", ["1"]));
        return property with { Parameters = parameters };
    }

    static CardProperty Binary(CardProperty property)
    {
        (string? type, string? media) = CardMedia.OfType(property);
        media ??= property.First("MEDIATYPE") ?? (property.Is("PHOTO") || property.Is("LOGO") ? CardMedia.OfContent(property.Value) : null) ?? "application/octet-stream";
        List<CardParameter> parameters = WithoutType(property, type, "ENCODING", "VALUE", "MEDIATYPE");
        if (!CardMedia.IsFile(property)) parameters.Add(new CardParameter("VALUE", ["uri"]));
        return property.With(parameters, $"data:{media};base64,{property.Value}");
    }

    // An address of a file, or a sound in letters.
    static CardProperty File(CardProperty property)
    {
        if (!property.Has("VALUE", "uri"))
            return property.First("VALUE") is null && !property.Value.StartsWith("data:", StringComparison.OrdinalIgnoreCase) ? property.With([.. property.Parameters, new CardParameter("VALUE", ["text"])]) : property;
        (string? type, string? media) = CardMedia.OfType(property);
        List<CardParameter> parameters = WithoutType(property, type, "VALUE");
        if (media is not null && property.First("MEDIATYPE") is null) parameters.Add(new CardParameter("MEDIATYPE", [media]));
        return property.With(parameters);
    }

    static List<CardParameter> WithoutType(CardProperty property, string? type, params string[] names)
    {
        List<CardParameter> parameters = [];
        foreach (CardParameter parameter in property.Without(names))
        {
            List<string> values = parameter.Is("TYPE") && type is not null ? [.. parameter.Values.Where(value => value != type)] : parameter.Values;
            if (values.Count > 0) parameters.Add(new CardParameter(parameter.Name, values));
        }
        return parameters;
    }

    static CardProperty Date(CardProperty property, ExportNotes notes)
    {
        CardProperty plain = property.Has("VALUE", "date") || property.Has("VALUE", "date-time") ? property.With(property.Without("VALUE")) : property;
        string? omitted = property.First("X-APPLE-OMIT-YEAR");
        if (omitted is not null && property.Value.StartsWith(omitted + "-", StringComparison.Ordinal) && CardDates.Fits(property.Value.AsSpan(omitted.Length), "-dd-dd"))
            return plain.With(plain.Without("X-APPLE-OMIT-YEAR"), "--" + property.Value[(omitted.Length + 1)..].Replace("-", "", StringComparison.Ordinal));
        if (CardDates.Basic(property.Value) is { } basic) return plain with { Value = basic };
        if (property.Is("X-ANNIVERSARY") || property.First("VALUE") is not null) return property;
        notes.Count("{0} [date is|dates are] none that 4.0 knows; [it is|they are] in it as text.");
        return property.With([.. property.Parameters, new CardParameter("VALUE", ["text"])]);
    }

    static string? Offset(string value)
    {
        string plain = value.Replace(":", "", StringComparison.Ordinal);
        return plain.Length > 1 && plain[0] is '+' or '-' && CardDates.Fits(plain.AsSpan(1), "dddd") ? plain : null;
    }

    static bool IsUri(string value)
    {
        int colon = value.IndexOf(':', StringComparison.Ordinal);
        return colon > 1 && char.IsAsciiLetter(value[0]) && value.AsSpan(0, colon).IndexOfAny(' ', '\\', '/') < 0;
    }

    // RFC 6350 §6.3.1: the label belongs to the address of the same kind; without one it stands with an empty address.
    static void AddLabel(CardProperty label, List<CardProperty> properties)
    {
        CardParameter parameter = new("LABEL", [CardLabel.ToParameter(CardValue.Unescape(label.Value))]);
        CardProperty own = Prefer(label);
        int index = properties.FindIndex(property => property.Is("ADR") && property.First("LABEL") is null && property.Group == own.Group && CardLabel.SameKind(property, own));
        if (index >= 0) properties[index] = properties[index].With([.. properties[index].Parameters, parameter]);
        else properties.Add(new CardProperty(own.Group, "ADR", [.. own.Parameters, parameter], ";;;;;;"));
    }

    static void AddSort(CardProperty sort, List<CardProperty> properties, ExportNotes notes)
    {
        CardParameter parameter = new("SORT-AS", [CardLabel.ToParameter(CardValue.Unescape(sort.Value))]);
        int index = properties.FindIndex(property => property.Is("N"));
        if (index < 0) properties.Add(new CardProperty(null, "N", [parameter], ";;;;"));
        else if (properties[index].First("SORT-AS") is null) properties[index] = properties[index].With([.. properties[index].Parameters, parameter]);
        else
        {
            notes.Count(OldNames);
            properties.Add(sort);
        }
    }
}
