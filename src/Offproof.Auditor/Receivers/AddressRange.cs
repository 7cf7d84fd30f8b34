using System.Globalization;

namespace Offproof.Auditor;

/// <summary>Addresses of one family from the first to the last, both included.</summary>
internal readonly record struct AddressRange
{
    private AddressRange(UInt128 first, UInt128 last, bool isVersion6) => (First, Last, IsVersion6) = (first, last, isVersion6);

    internal UInt128 First { get; }

    internal UInt128 Last { get; }

    internal bool IsVersion6 { get; }

    /// <summary>How many addresses there are besides the first.</summary>
    internal UInt128 Extent => Last - First;

    internal bool Contains(Address address) => address.IsVersion6 == IsVersion6 && address.Number >= First && address.Number <= Last;

    internal bool Contains(AddressRange other) => other.IsVersion6 == IsVersion6 && other.First >= First && other.Last <= Last;

    /// <returns>False when the families differ or the last stands before the first.</returns>
    internal static bool TryCreate(Address first, Address last, out AddressRange range)
    {
        range = default;
        if (first.IsVersion6 != last.IsVersion6 || first.Number > last.Number) return false;
        range = new AddressRange(first.Number, last.Number, first.IsVersion6);
        return true;
    }

    /// <summary>So many addresses from one on; none of them beyond the last of IPv4.</summary>
    internal static bool TryCount(Address first, ulong count, out AddressRange range)
    {
        range = default;
        if (first.IsVersion6 || count == 0 || count > (1UL << 32) || first.Number + (count - 1) > uint.MaxValue) return false;
        range = new AddressRange(first.Number, first.Number + (count - 1), false);
        return true;
    }

    /// <summary>A prefix. Bits behind its length are let pass: who writes 192.0.2.1/24 means the network of it.</summary>
    internal static bool TryPrefix(Address address, int length, out AddressRange range)
    {
        range = default;
        int bits = address.IsVersion6 ? 128 : 32;
        if (length < 0 || length > bits) return false;
        UInt128 rest = length == 0 && bits == 128 ? UInt128.MaxValue : (UInt128.One << (bits - length)) - 1;
        range = new AddressRange(address.Number & ~rest, address.Number | rest, address.IsVersion6);
        return true;
    }

    internal static bool TryPrefix(ReadOnlySpan<byte> text, out AddressRange range)
    {
        range = default;
        int slash = text.IndexOf((byte)'/');
        return slash > 0 && Address.TryParse(text[..slash], out Address address) && Digits.TryRead(text[(slash + 1)..], 128, out ulong length) && TryPrefix(address, (int)length, out range);
    }

    /// <summary>As a prefix where it is one, else both ends.</summary>
    public override string ToString()
    {
        Address first = new(First, IsVersion6), last = new(Last, IsVersion6);
        UInt128 extent = Extent;
        bool isPrefix = (extent & (extent == UInt128.MaxValue ? 0 : extent + 1)) == 0 && (First & extent) == 0;
        return isPrefix
            ? string.Create(CultureInfo.InvariantCulture, $"{first}/{(IsVersion6 ? 128 : 32) - (int)UInt128.PopCount(extent)}")
            : $"{first} - {last}";
    }
}

/// <summary>Decimal numbers of hostile bytes.</summary>
internal static class Digits
{
    internal static bool TryRead(ReadOnlySpan<byte> text, ulong most, out ulong number)
    {
        number = 0;
        if (text.Length is 0 or > 19) return false;
        foreach (byte digit in text)
        {
            if (digit is < (byte)'0' or > (byte)'9') return false;
            number = 10 * number + digit - '0';
        }
        return number <= most;
    }

    /// <summary>YYYYMMDD as YYYY-MM-DD; null where it is no day.</summary>
    internal static string? Day(ReadOnlySpan<byte> text) =>
        text.Length == 8 && TryRead(text, 99_999_999, out ulong number) && Day((int)number / 10_000, (int)number / 100 % 100, (int)number % 100) is { } day ? day : null;

    internal static string? Day(int year, int month, int day) =>
        year is >= 1970 and <= 2199 && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month) ? string.Create(CultureInfo.InvariantCulture, $"{year:0000}-{month:00}-{day:00}") : null;
}
