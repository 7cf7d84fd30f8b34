namespace Offproof.Phone;

/// <summary>Dates: 3.0 has 1996-04-15, 4.0 has 19960415 and parts of dates (contacts.md §4.3).</summary>
static class CardDates
{
    /// <summary>The basic form that 4.0 demands; null where the value is no date of 3.0.</summary>
    internal static string? Basic(string value)
    {
        value = value.Trim();
        int time = value.IndexOf('T', StringComparison.Ordinal);
        string date = time < 0 ? value : value[..time];
        string basic;
        if (Fits(date, "dddd-dd-dd") || Fits(date, "dddddddd")) basic = date.Replace("-", "", StringComparison.Ordinal);
        else if (Fits(date, "--dd-dd") || Fits(date, "--dddd")) basic = "--" + date[2..].Replace("-", "", StringComparison.Ordinal);
        else return null;
        if (time < 0) return basic;
        string rest = value[(time + 1)..];
        int zone = rest.IndexOfAny(['Z', '+', '-']);
        string clock = (zone < 0 ? rest : rest[..zone]).Replace(":", "", StringComparison.Ordinal);
        int fraction = clock.IndexOfAny(['.', ',']); // 4.0 has none
        if (fraction >= 0) clock = clock[..fraction];
        string offset = zone < 0 ? "" : rest[zone..].Replace(":", "", StringComparison.Ordinal);
        bool valid = (Fits(clock, "dddddd") || Fits(clock, "dddd") || Fits(clock, "dd")) && (offset is "" or "Z" || ((offset[0] is '+' or '-') && (Fits(offset.AsSpan(1), "dddd") || Fits(offset.AsSpan(1), "dd"))));
        return valid ? basic + "T" + clock + offset : null;
    }

    /// <summary>A whole date as 3.0 has it, with its time as it stands; null for parts of dates and words.</summary>
    internal static string? Extended(string value)
    {
        int time = value.IndexOf('T', StringComparison.Ordinal);
        string date = time < 0 ? value : value[..time];
        return Fits(date, "dddddddd") ? $"{date[..4]}-{date[4..6]}-{date[6..]}{(time < 0 ? "" : value[time..])}" : Fits(date, "dddd-dd-dd") ? value : null;
    }

    internal static bool Fits(ReadOnlySpan<char> text, ReadOnlySpan<char> pattern)
    {
        if (text.Length != pattern.Length) return false;
        for (int at = 0; at < text.Length; at++)
        {
            if (pattern[at] == 'd' ? !char.IsAsciiDigit(text[at]) : text[at] != pattern[at]) return false;
        }
        return true;
    }
}
