namespace Offproof.Phone;

/// <summary>A card of 4.0 as one of 3.0 (contacts.md §4.3).</summary>
static class CardTo3
{
    static readonly HashSet<string> New = new(StringComparer.OrdinalIgnoreCase) { "ANNIVERSARY", "CALADRURI", "CALURI", "CLIENTPIDMAP", "FBURL", "GENDER", "LANG", "RELATED", "XML" };
    static readonly string[] NewParameters = ["ALTID", "CALSCALE", "GEO", "LABEL", "PID", "PREF", "SORT-AS", "TZ"];

    internal static Card Convert(Card card, ExportNotes notes)
    {
        List<CardProperty> properties = new(card.Properties.Count);
        foreach (CardProperty property in card.Properties)
        {
            if (property.Is("ADR") && property.First("LABEL") is not null) AddAddress(property, properties);
            else if (property.Is("N") && property.First("SORT-AS") is not null)
            {
                properties.Add(Prefer(property.With(property.Without("SORT-AS"))));
                properties.Add(new CardProperty(null, "SORT-STRING", [], CardValue.Escape(CardLabel.FromParameter(string.Join(',', property.All("SORT-AS"))))));
            }
            else properties.Add(Prefer(Convert(property, notes)));
        }
        properties = [.. properties.Select(SplitTypes)];
        foreach (CardProperty property in properties)
        {
            if (property.Parameters.Exists(parameter => NewParameters.Contains(parameter.Name, StringComparer.OrdinalIgnoreCase)))
                notes.Count("{0} [property has|properties have] parameters that 3.0 does not know (PREF other than 1, ALTID, PID, SORT-AS, ...); they are in it, and programs may pass over them.");
        }
        return CardName.Complete(new Card(CardVersion.V3, properties));
    }

    /// <summary>What a card of 3.0 may hold that is no 3.0: a birthday without a year, as 2.1 has it.</summary>
    internal static Card Repair(Card card) =>
        CardName.Complete(card with { Properties = [.. card.Properties.Select(property => property.Is("BDAY") ? WithoutYear(property) ?? property : property)] });

    static CardProperty Convert(CardProperty property, ExportNotes notes)
    {
        if ((CardMedia.IsFile(property) || property.Has("VALUE", "uri")) && Data(property) is { } data) return data;
        switch (property.Name.ToUpperInvariant())
        {
            case "PHOTO" or "LOGO" or "SOUND" or "KEY":
                return File(property);
            case "BDAY":
                return Birthday(property, notes);
            case "GEO" when property.Value.StartsWith("geo:", StringComparison.OrdinalIgnoreCase) && property.Value[4..].Split(',') is [var latitude, var longitude] && !longitude.Contains(';', StringComparison.Ordinal):
                return property.With(property.Without("VALUE"), $"{latitude};{longitude}");
            case "TZ":
                string zone = property.Value;
                if (zone.Length == 5 && zone[0] is '+' or '-' && CardDates.Fits(zone.AsSpan(1), "dddd") && !property.Has("VALUE", "text")) return property.With(property.Without("VALUE"), $"{zone[..3]}:{zone[3..]}");
                return property.First("VALUE") is null ? property.With([.. property.Parameters, new CardParameter("VALUE", ["text"])]) : property;
            case "UID":
                return property.With(property.Without("VALUE"));
            case "TEL":
                return Telephone(property);
            case "KIND":
                return property with { Name = "X-ADDRESSBOOKSERVER-KIND" };
            case "MEMBER":
                return property with { Name = "X-ADDRESSBOOKSERVER-MEMBER" };
            case var name when New.Contains(name):
                notes.Count("{0} [property is|properties are] none of 3.0 (ANNIVERSARY, GENDER, LANG, RELATED, ...); [it is in it under its name|they are in it under their names], and programs may pass over [it|them].");
                return property;
            default:
                return property;
        }
    }

    static CardProperty Prefer(CardProperty property)
    {
        if (property.First("PREF") is not "1") return property;
        List<CardParameter> parameters = [.. property.Without("PREF")];
        int type = parameters.FindIndex(parameter => parameter.Is("TYPE"));
        if (type < 0) parameters.Add(new CardParameter("TYPE", ["pref"]));
        else parameters[type] = new CardParameter(parameters[type].Name, [.. parameters[type].Values, "pref"]);
        return property with { Parameters = parameters };
    }

    // RFC 6350's own examples have TYPE="voice,home" for two types; in 3.0 that would be one.
    static CardProperty SplitTypes(CardProperty property) => property.Has("TYPE", "") || !property.All("TYPE").Any(type => type.Contains(',', StringComparison.Ordinal))
        ? property
        : property with { Parameters = [.. property.Parameters.Select(parameter => parameter.Is("TYPE") ? new CardParameter(parameter.Name, [.. parameter.Values.SelectMany(value => value.Split(','))]) : parameter)] };

    // data:image/jpeg;base64,...
    static CardProperty? Data(CardProperty property)
    {
        if (!property.Value.StartsWith("data:", StringComparison.OrdinalIgnoreCase)) return null;
        int comma = property.Value.IndexOf(',', StringComparison.Ordinal);
        if (comma < 0) return null;
        string media = property.Value[5..comma].TrimEnd('\\'); // some escape what needs none
        if (!media.EndsWith(";base64", StringComparison.OrdinalIgnoreCase)) return null;
        media = media[..^7].TrimEnd('\\');
        string digits = property.Value[(comma + 1)..];
        if (!System.Buffers.Text.Base64.IsValid(digits)) return null;
        List<CardParameter> parameters = [new CardParameter("ENCODING", ["b"])];
        string? type = CardMedia.TypeOf(property, media);
        if (type is not null) parameters.Add(new CardParameter("TYPE", [type]));
        else if (!media.Equals("application/octet-stream", StringComparison.OrdinalIgnoreCase) && media.Length > 0) parameters.Add(new CardParameter("MEDIATYPE", [media]));
        parameters.AddRange(property.Without("VALUE", "MEDIATYPE", "ENCODING"));
        return property.With(parameters, digits);
    }

    static CardProperty File(CardProperty property)
    {
        if (property.Has("VALUE", "text")) return property.With(property.Without("VALUE"));
        List<CardParameter> parameters = [.. property.Without("VALUE", "MEDIATYPE"), new CardParameter("VALUE", ["uri"])];
        if (property.First("MEDIATYPE") is { } media) parameters.Add(CardMedia.TypeOf(property, media) is { } type ? new CardParameter("TYPE", [type]) : new CardParameter("MEDIATYPE", [media]));
        return property.With(parameters);
    }

    static CardProperty Birthday(CardProperty property, ExportNotes notes)
    {
        if (CardDates.Extended(property.Value) is { } date) return property.With(property.Without("VALUE"), date);
        if (WithoutYear(property) is { } yearless) return yearless;
        notes.Count("{0} [birthday is no whole date|birthdays are no whole dates], which 3.0 cannot hold; [it is in it as it stands|they are in it as they stand], and programs may pass over [it|them].");
        return property;
    }

    // What iOS writes; Android shows the year.
    static CardProperty? WithoutYear(CardProperty property)
    {
        if (!CardDates.Fits(property.Value, "--dddd") && !CardDates.Fits(property.Value, "--dd-dd")) return null;
        return property.With([.. property.Without("VALUE", "X-APPLE-OMIT-YEAR"), new CardParameter("X-APPLE-OMIT-YEAR", ["1604"])], $"1604-{property.Value[2..4]}-{property.Value[^2..]}");
    }

    static CardProperty Telephone(CardProperty property)
    {
        if (property.Value.StartsWith("tel:", StringComparison.OrdinalIgnoreCase)) return property.With(property.Without("VALUE"), CardValue.Escape(CardValue.Unescape(property.Value.AsSpan(4))));
        if (property.Value.StartsWith("sip:", StringComparison.OrdinalIgnoreCase) || property.Value.StartsWith("sips:", StringComparison.OrdinalIgnoreCase)) return property.With(property.Without("VALUE"), name: "IMPP");
        return property.Has("VALUE", "text") ? property.With(property.Without("VALUE")) : property;
    }

    static void AddAddress(CardProperty address, List<CardProperty> properties)
    {
        CardProperty plain = Prefer(address.With(address.Without("LABEL")));
        if (CardValue.Components(address.Value).Exists(part => part.Length > 0)) properties.Add(plain);
        foreach (string label in address.All("LABEL")) properties.Add(plain with { Name = "LABEL", Value = CardValue.Escape(CardLabel.FromParameter(label)) });
    }
}
