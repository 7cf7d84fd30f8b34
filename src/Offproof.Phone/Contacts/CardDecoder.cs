using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Unicode;

namespace Offproof.Phone;

/// <summary>Makes the stored form of a card out of its lines: text in UTF-8, 2.1 as 3.0 (contacts.md §1.4, §2).</summary>
sealed class CardDecoder(SourceFile file, Account account)
{
    // contacts.md §2.3: what 2.1 means as text, and as components. Everything else is taken as it stands.
    static readonly HashSet<string> Texts = new(StringComparer.OrdinalIgnoreCase) { "FN", "NOTE", "TITLE", "ROLE", "LABEL", "TEL", "EMAIL", "MAILER", "UID", "CLASS", "AGENT", "SORT-STRING" };
    static readonly HashSet<string> Structured = new(StringComparer.OrdinalIgnoreCase) { "N", "ADR", "ORG", "SOUND", "X-ANDROID-CUSTOM" };

    internal static bool IsStructured(string name) => Structured.Contains(name);

    long _guessed;
    bool _is21;

    internal void Report() =>
        account.Count(_guessed, "{0} [value is|values are] no UTF-8 and [names|name] no character set that is known; [it is|they are] read as windows-1252.", file);

    /// <summary>Null when nothing is left of it, which is in the account.</summary>
    internal Card? Decode(RawCard raw)
    {
        CardVersion version = Version(raw);
        List<CardProperty> properties = new(raw.Properties.Count);
        CardGroups groups = new(raw);
        foreach (RawProperty property in raw.Properties)
        {
            if (Decode(property, groups, out string? label) is not { } decoded) continue;
            if (label is null) properties.Add(decoded);
            else
            {
                string group = groups.Label(decoded.Group);
                properties.Add(decoded with { Group = group });
                properties.Add(new CardProperty(group, "X-ABLabel", [], CardValue.Escape(label)));
            }
        }
        if (properties.Count == 0)
        {
            account.Skip(file.Name, raw.Line, "The card is empty.");
            return null;
        }
        Card card = new(version, properties);
        return _is21 ? CardName.Complete(card) : card;
    }

    CardVersion Version(RawCard raw)
    {
        string? version = null;
        raw.Properties.RemoveAll(property =>
        {
            if (!property.Is("VERSION")) return false;
            string value = Encoding.Latin1.GetString(property.Value).Trim();
            if (version is not null && version != value) account.Skip(file.Name, property.Line, "A second VERSION in one card.");
            version ??= value;
            return true;
        });
        _is21 = version is null || version.StartsWith("2.", StringComparison.Ordinal);
        if (version is not (null or "2.1" or "3.0" or "4.0"))
            account.Notice(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{file.Name}: the card that begins on line {raw.Line} is of a version that is not known; it is read as {(_is21 ? "2.1" : "3.0")}."));
        return version is "4.0" ? CardVersion.V4 : CardVersion.V3;
    }

    CardProperty? Decode(RawProperty raw, CardGroups groups, out string? label)
    {
        label = null;
        if (raw.Is("BEGIN") || raw.Is("END"))
        {
            account.Skip(file.Name, raw.Line, "The beginning or end of something that is no card.");
            return null;
        }
        List<CardParameter> parameters = new(raw.Parameters.Count);
        string? charset = null;
        List<string>? types = null;
        foreach (CardParameter parameter in raw.Parameters)
        {
            if (parameter.Is("CHARSET")) charset ??= parameter.Values[0];
            else if (parameter.Is("ENCODING"))
            {
                List<string> kept = [.. parameter.Values.Where(value => !CardHead.IsEncoding(value))];
                if (kept.Count > 0) parameters.Add(new CardParameter(parameter.Name, kept));
            }
            else if (parameter.Name.Length == 0)
            {
                foreach (string value in parameter.Values)
                {
                    if (CardHead.IsEncoding(value) || value.Equals("INLINE", StringComparison.OrdinalIgnoreCase)) continue;
                    if (label is null && CardCustom.Text(value) is { } custom && groups.CanLabel(raw.Group)) label = custom;
                    else if (IsReference(value)) parameters.Add(new CardParameter("VALUE", [value.Equals("URL", StringComparison.OrdinalIgnoreCase) ? "uri" : value]));
                    else if (types is null) parameters.Add(new CardParameter("TYPE", types = [value]));
                    else types.Add(value);
                }
            }
            else if (_is21 && parameter.Is("VALUE") && parameter.Values is [var kind])
            {
                if (kind.Equals("INLINE", StringComparison.OrdinalIgnoreCase)) continue;
                parameters.Add(kind.Equals("URL", StringComparison.OrdinalIgnoreCase) ? new CardParameter("VALUE", ["uri"]) : parameter);
            }
            else parameters.Add(parameter);
        }
        if (raw.IsBase64)
        {
            if (Base64Text(raw.Value) is not { } digits)
            {
                account.Skip(file.Name, raw.Line, $"The base64 of a {Sentence.Quote(raw.Name)} cannot be decoded; the rest of the card is kept.");
                return null;
            }
            parameters.Insert(0, new CardParameter("ENCODING", ["b"]));
            return new CardProperty(raw.Group, raw.Name, parameters, digits);
        }
        CardProperty property = new(raw.Group, raw.Name, parameters, "");
        if (raw.Text is not null) return property with { Value = CardValue.Escape(raw.Text) };
        string text = Text(raw.Value, charset, file.IsUtf16 && !raw.IsQuotedPrintable);
        return property with { Value = _is21 ? From21(property, text, raw.IsQuotedPrintable) : raw.IsQuotedPrintable || charset is not null ? CardValue.EscapeBreaks(text) : text };
    }

    static bool IsReference(string value) =>
        value.Equals("URL", StringComparison.OrdinalIgnoreCase) || value.Equals("CID", StringComparison.OrdinalIgnoreCase) || value.Equals("CONTENT-ID", StringComparison.OrdinalIgnoreCase);

    static string From21(CardProperty property, string text, bool wasQuoted)
    {
        if (property.Is("GEO")) return text.Replace(',', ';');
        if (property.First("VALUE") is not null) return CardValue.EscapeBreaks(text);
        if (Structured.Contains(property.Name)) return CardValue.StructuredFrom21(text);
        if (!Texts.Contains(property.Name)) return CardValue.EscapeBreaks(text);
        // Android puts a backslash before each semicolon of a text that is not encoded, and its own reader leaves it in FN alone.
        return CardValue.Escape(wasQuoted || property.Is("FN") ? text : text.Replace("\\;", ";", StringComparison.Ordinal));
    }

    string Text(byte[] bytes, string? charset, bool wasUtf16)
    {
        Encoding? named = charset is null || wasUtf16 ? null : CardText.Find(charset);
        if ((named is null or UTF8Encoding) && Utf8.IsValid(bytes)) return Encoding.UTF8.GetString(bytes);
        if (named is null && !wasUtf16 && !CardText.IsMostlyUtf8(bytes))
        {
            _guessed++;
            return CardText.Windows1252.GetString(bytes);
        }
        string text = (named ?? Encoding.UTF8).GetString(bytes);
        if (text.Contains('\uFFFD', StringComparison.Ordinal)) account.NotText(file);
        return text;
    }

    // Without the blanks of the lines, and with its padding; null when it is none.
    static string? Base64Text(byte[] value)
    {
        byte[] digits = new byte[value.Length + 3];
        int length = 0;
        foreach (byte digit in value)
        {
            if (digit is not ((byte)' ' or (byte)'\t')) digits[length++] = digit;
        }
        while (length > 0 && digits[length - 1] == '=') length--;
        if (length % 4 == 1) return null;
        while (length % 4 != 0) digits[length++] = (byte)'=';
        if (Base64.DecodeFromUtf8InPlace(digits.AsSpan(0, length), out int written) != OperationStatus.Done) return null;
        return Convert.ToBase64String(digits, 0, written);
    }
}
