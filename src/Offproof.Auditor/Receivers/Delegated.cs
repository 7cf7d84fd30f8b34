using System.Globalization;
using System.Text;

namespace Offproof.Auditor;

/// <summary>Statistics of a regional registry in the exchange format, extended or not (receivers.md §3.1).</summary>
internal static class Delegated
{
    /// <summary>Equal ones mean one holder, within one registry; it is no name.</summary>
    internal const string Identifier = "identifier of the holder";

    private const int MostFields = 9;

    /// <summary>Is this its first line that is no comment?</summary>
    internal static bool Begins(ReadOnlySpan<byte> line) => line.StartsWith("2"u8) && line.Count((byte)'|') is 6 && (line[1] == '|' || line[1] == '.');

    internal static void Read(SourceFile file, TextLines lines, Matches matches)
    {
        file.Kind = "delegated";
        Span<Range> fields = stackalloc Range[MostFields];
        Dictionary<string, long> counted = new(StringComparer.Ordinal), declared = new(StringComparer.Ordinal);
        long records = -1, bad = 0;
        bool hasHeader = false;
        while (lines.TryRead(out ReadOnlySpan<byte> line))
        {
            if (line.IsEmpty || line[0] == '#') continue;
            int count = Split(line, fields);
            if (!hasHeader && count == 7 && Begins(line))
            {
                hasHeader = true;
                Header(file, line, fields);
                if (Digits.TryRead(line[fields[3]], long.MaxValue, out ulong number)) records = (long)number;
                continue;
            }
            if (count >= 6 && line[fields[5]].SequenceEqual("summary"u8))
            {
                if (Digits.TryRead(line[fields[4]], long.MaxValue, out ulong number)) declared[Text(line[fields[2]])] = (long)number;
                else bad++;
                continue;
            }
            if (count < 7 || !Record(file, line, fields, count, matches, counted)) bad++;
            else file.Entries++;
        }
        if (bad > 0) file.Damaged(string.Create(CultureInfo.InvariantCulture, $"{bad} lines are none of the format"));
        if (lines.TooLong > 0) file.Damaged(string.Create(CultureInfo.InvariantCulture, $"{lines.TooLong} lines are too long"));
        if (lines.IsCut) file.Lacks("it is larger than what is read");
        if (records >= 0 && records != file.Entries && !lines.IsCut) file.Damaged(string.Create(CultureInfo.InvariantCulture, $"its header says {records} records, it holds {file.Entries}"));
        foreach ((string type, long number) in declared)
        {
            long held = counted.GetValueOrDefault(type);
            if (held != number && !lines.IsCut) file.Damaged(string.Create(CultureInfo.InvariantCulture, $"its summary says {number} records of {type}, it holds {held}"));
        }
    }

    private static void Header(SourceFile file, ReadOnlySpan<byte> line, ReadOnlySpan<Range> fields)
    {
        file.Publisher = SourceFile.Clean(Text(line[fields[1]]), 32) is { } registry ? Registries.Name(registry) : null;
        file.Serial = SourceFile.Clean(Text(line[fields[2]]), 32);
        file.Date = Digits.Day(line[fields[5]]);
        if (file.Date is null) file.Lacks("its header has no end date");
    }

    // registry|cc|type|start|value|date|status[|opaque-id[|extensions]]
    private static bool Record(SourceFile file, ReadOnlySpan<byte> line, ReadOnlySpan<Range> fields, int count, Matches matches, Dictionary<string, long> counted)
    {
        ReadOnlySpan<byte> type = line[fields[2]], start = line[fields[3]], value = line[fields[4]];
        AddressRange range = default;
        string name;
        if (type.SequenceEqual("asn"u8))
        {
            name = "asn";
            if (!Digits.TryRead(start, uint.MaxValue, out _) || !Digits.TryRead(value, 1UL << 32, out _)) return false;
        }
        else if (type.SequenceEqual("ipv4"u8))
        {
            name = "ipv4";
            if (!Address.TryParse(start, out Address first) || !Digits.TryRead(value, 1UL << 32, out ulong number) || !AddressRange.TryCount(first, number, out range)) return false;
        }
        else if (type.SequenceEqual("ipv6"u8))
        {
            name = "ipv6";
            if (!Address.TryParse(start, out Address first) || !first.IsVersion6 || !Digits.TryRead(value, 128, out ulong length) || !AddressRange.TryPrefix(first, (int)length, out range)) return false;
        }
        else
        {
            return false;
        }
        if (SourceFile.Clean(Text(line[fields[0]]), 32) is not { } registry) return false;
        counted[name] = counted.GetValueOrDefault(name) + 1;
        if (name == "asn") return true;
        ReadOnlySpan<Address> hits = matches.Wanted.In(range);
        if (hits.IsEmpty) return true;
        List<ClaimReport> claims = [];
        string status = SourceFile.Clean(Text(line[fields[6]]), 32) ?? "without a status";
        string? since = Digits.Day(line[fields[5]]);
        claims.Add(file.Claim("registry", Registries.Name(registry), status, range, since: since));
        string country = Text(line[fields[1]]);
        if (country.Length == 2 && char.IsAsciiLetter(country[0]) && char.IsAsciiLetter(country[1]) && country != "ZZ") claims.Add(file.Claim("country", country.ToUpperInvariant(), "country of the delegation", range, since: since));
        if (count > 7 && SourceFile.Clean(Text(line[fields[7]]), 64) is { } holder) claims.Add(file.Claim("holder", holder, Identifier, range, since: since));
        foreach (Address hit in hits) matches.Add(hit, range, claims.ToArray());
        return true;
    }

    // What stands behind the last field that is known belongs to it.
    private static int Split(ReadOnlySpan<byte> line, Span<Range> fields)
    {
        int count = 0, at = 0;
        while (count < fields.Length)
        {
            int end = count == fields.Length - 1 ? -1 : line[at..].IndexOf((byte)'|');
            fields[count++] = end < 0 ? at..line.Length : at..(at + end);
            if (end < 0) break;
            at += end + 1;
        }
        return count;
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);
}
