using System.Globalization;
using System.Text;

namespace Offproof.Auditor;

/// <summary>Ranges and autonomous systems, or countries, a line each: several shapes, told apart by their fields (receivers.md §3.3).</summary>
internal sealed class AsTable
{
    private const int MostFields = 24;
    private const int MostOrigins = 8;

    private readonly SourceFile _file;
    private readonly Matches _matches;
    private readonly Range[] _fields = new Range[MostFields];
    private int[]? _columns; // of a header: prefix, first, last, AS, name, country
    private long _bad;

    private AsTable(SourceFile file, Matches matches) => (_file, _matches) = (file, matches);

    /// <returns>False when it is no such table.</returns>
    internal static bool TryRead(SourceFile file, TextLines lines, Matches matches)
    {
        file.Kind = "as-table"; // as its claims say
        if (new AsTable(file, matches).TryRead(lines)) return true;
        (file.Kind, file.Entries) = ("unknown", 0);
        matches.Clear();
        return false;
    }

    private bool TryRead(TextLines lines)
    {
        _file.Date = SourceFile.DayOf(_file.Name);
        bool isFirst = true;
        while (lines.TryRead(out ReadOnlySpan<byte> line))
        {
            if (isFirst && line.StartsWith("\xEF\xBB\xBF"u8)) line = line[3..];
            if (line.IsEmpty || line[0] == '#') continue;
            int count = Split(line);
            if (isFirst && IsHeader(line, count))
            {
                isFirst = false;
                continue;
            }
            isFirst = false;
            if (Line(line, count)) _file.Entries++;
            else _bad++;
            // What is none in its first thousand lines is some other text.
            if (_bad > 1000 && _bad > _file.Entries) return false;
        }
        if (_file.Entries == 0 || _bad > _file.Entries) return false;
        if (_bad + lines.TooLong > 0) _file.Damaged(string.Create(CultureInfo.InvariantCulture, $"{_bad + lines.TooLong} lines are none of the format"));
        if (lines.IsCut) _file.Lacks("it is larger than what is read");
        if (_file.Date is null) _file.Lacks("it is undated: put its day into its name, as 2026-08-01");
        return true;
    }

    private ReadOnlySpan<byte> Field(ReadOnlySpan<byte> line, int at) => Unquoted(line[_fields[at]]);

    private bool Line(ReadOnlySpan<byte> line, int count)
    {
        if (_columns is { } columns) return Named(line, count, columns);
        if (count < 2) return false;
        ReadOnlySpan<byte> first = Field(line, 0);
        if (first.IndexOf((byte)'/') >= 0)
            return AddressRange.TryPrefix(first, out AddressRange prefix) && Claims(prefix, Field(line, 1), count > 2 ? Field(line, 2) : default, count > 3 ? Field(line, 3) : default);
        if (!TryAddress(first, out Address from) || count < 3) return false;
        ReadOnlySpan<byte> second = Field(line, 1), third = Field(line, 2);
        // Three digits at most are a length, as long as the first field is no number itself.
        if (second.Length <= 3 && first.IndexOfAny((byte)'.', (byte)':') >= 0 && Digits.TryRead(second, 128, out ulong length))
            return AddressRange.TryPrefix(from, (int)length, out AddressRange network) && Claims(network, third, default, default);
        if (!TryAddress(second, out Address to) || !AddressRange.TryCreate(from, to, out AddressRange range)) return false;
        if (count == 3 && third.Length == 2 && char.IsAsciiLetter((char)third[0])) return Claims(range, default, default, third);
        ReadOnlySpan<byte> fourth = count > 3 ? Field(line, 3) : default, fifth = count > 4 ? Field(line, 4) : default;
        return count > 4 ? Claims(range, third, fifth, fourth) : Claims(range, third, fourth, default);
    }

    private bool Named(ReadOnlySpan<byte> line, int count, int[] columns)
    {
        AddressRange range;
        if (columns[0] >= 0)
        {
            if (columns[0] >= count) return false;
            ReadOnlySpan<byte> network = Field(line, columns[0]);
            if (!AddressRange.TryPrefix(network, out range) && !(Address.TryParse(network, out Address one) && AddressRange.TryCreate(one, one, out range))) return false;
        }
        else if (columns[1] >= count || columns[2] >= count || !TryAddress(Field(line, columns[1]), out Address from) || !TryAddress(Field(line, columns[2]), out Address to) || !AddressRange.TryCreate(from, to, out range))
        {
            return false;
        }
        return Claims(range, At(line, columns[3], count), At(line, columns[4], count), At(line, columns[5], count));
    }

    private ReadOnlySpan<byte> At(ReadOnlySpan<byte> line, int column, int count) => column >= 0 && column < count ? Field(line, column) : default;

    private bool Claims(AddressRange range, ReadOnlySpan<byte> origins, ReadOnlySpan<byte> name, ReadOnlySpan<byte> country)
    {
        Span<uint> numbers = stackalloc uint[MostOrigins];
        int count = 0;
        if (!origins.IsEmpty && !TryOrigins(origins, numbers, out count)) return false;
        if (count == 0 && country.Length != 2) return !origins.IsEmpty || _columns is not null;
        ReadOnlySpan<Address> hits = _matches.Wanted.In(range);
        if (hits.IsEmpty) return true;
        List<ClaimReport> claims = [];
        string? word = SourceFile.Clean(Encoding.UTF8.GetString(name));
        foreach (uint number in numbers[..count]) claims.Add(number == 0 ? _file.Claim("originAs", "not announced", "AS 0 (RFC 7607)", range) : _file.Claim("originAs", Asn(number), "origin of the route", range, word));
        if (country.Length == 2 && char.IsAsciiLetter((char)country[0]) && char.IsAsciiLetter((char)country[1])) claims.Add(_file.Claim("country", Encoding.ASCII.GetString(country).ToUpperInvariant(), count > 0 ? "country in the table of routes" : "country in the table", range));
        foreach (Address hit in hits) _matches.Add(hit, range, claims.ToArray());
        return true;
    }

    internal static string Asn(uint number) => string.Create(CultureInfo.InvariantCulture, $"AS{number}");

    // One, or several as Routeviews writes them: 1_2, 1,2, {1,2}.
    internal static bool TryOrigins(ReadOnlySpan<byte> text, Span<uint> numbers, out int count)
    {
        count = 0;
        text = text.Trim("{}"u8);
        while (!text.IsEmpty)
        {
            int end = text.IndexOfAny((byte)'_', (byte)',');
            ReadOnlySpan<byte> one = end < 0 ? text : text[..end];
            if (one.StartsWith("AS"u8) || one.StartsWith("as"u8)) one = one[2..];
            if (!Digits.TryRead(one, uint.MaxValue, out ulong number)) return false;
            if (count < numbers.Length) numbers[count++] = (uint)number;
            text = end < 0 ? default : text[(end + 1)..];
        }
        return count > 0;
    }

    // An address, or the number that is one of IPv4.
    private static bool TryAddress(ReadOnlySpan<byte> text, out Address address)
    {
        if (Address.TryParse(text, out address)) return true;
        if (!Digits.TryRead(text, uint.MaxValue, out ulong number)) return false;
        address = new Address(number, false);
        return true;
    }

    private bool IsHeader(ReadOnlySpan<byte> line, int count)
    {
        int[] columns = [-1, -1, -1, -1, -1, -1];
        for (int at = 0; at < count; at++)
        {
            int column = Encoding.UTF8.GetString(Field(line, at)).ToLowerInvariant() switch
            {
                "network" or "prefix" or "cidr" => 0,
                "start_ip" or "start" or "first" or "range_start" or "ip_range_start" => 1,
                "end_ip" or "end" or "last" or "range_end" or "ip_range_end" => 2,
                "asn" or "as" or "as_number" or "autonomous_system_number" or "origin" => 3,
                "name" or "as_name" or "as_description" or "autonomous_system_organization" => 4,
                "country" or "country_code" or "cc" => 5,
                _ => -1,
            };
            if (column >= 0 && columns[column] < 0) columns[column] = at;
        }
        bool isOne = (columns[0] >= 0 || (columns[1] >= 0 && columns[2] >= 0)) && (columns[3] >= 0 || columns[5] >= 0);
        if (isOne) _columns = columns;
        return isOne;
    }

    // Tabs separate where there are any; a separator in quotes is none.
    private int Split(ReadOnlySpan<byte> line)
    {
        byte separator = line.IndexOf((byte)'\t') >= 0 ? (byte)'\t' : line.IndexOf((byte)'|') >= 0 ? (byte)'|' : line.IndexOf((byte)';') >= 0 && line.IndexOf((byte)',') < 0 ? (byte)';' : (byte)',';
        int count = 0, begin = 0;
        bool isQuoted = false;
        for (int at = 0; at < line.Length && count < MostFields - 1; at++)
        {
            if (line[at] == '"' && separator != '\t') isQuoted = !isQuoted;
            else if (line[at] == separator && !isQuoted)
            {
                _fields[count++] = begin..at;
                begin = at + 1;
            }
        }
        _fields[count++] = begin..line.Length;
        return count;
    }

    private static ReadOnlySpan<byte> Unquoted(ReadOnlySpan<byte> field)
    {
        field = field.Trim((byte)' ');
        return field.Length >= 2 && field[0] == '"' && field[^1] == '"' ? field[1..^1] : field;
    }
}
