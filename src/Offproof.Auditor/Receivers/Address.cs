using System.Buffers;
using System.Buffers.Binary;
using System.Net;

namespace Offproof.Auditor;

/// <summary>An address of IPv4 or IPv6; one of IPv4 that is written in IPv6 (RFC 4291 §2.5.5.2) is that of IPv4.</summary>
internal readonly record struct Address(UInt128 Number, bool IsVersion6) : IComparable<Address>
{
    private const int Longest = 45;

    private static readonly SearchValues<byte> OfVersion6 = SearchValues.Create("0123456789abcdefABCDEF:."u8);

    internal static Address Of(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out int length);
        return length == 16 ? new Address(BinaryPrimitives.ReadUInt128BigEndian(bytes), true) : new Address(BinaryPrimitives.ReadUInt32BigEndian(bytes), false);
    }

    /// <summary>Four decimal numbers, or what RFC 4291 §2.2 allows, and nothing else: no zone, no octal, no short forms.</summary>
    internal static bool TryParse(ReadOnlySpan<byte> text, out Address address)
    {
        address = default;
        if (text.Length is 0 or > Longest) return false;
        if (text.IndexOf((byte)':') < 0) return TryVersion4(text, out address);
        if (text.ContainsAnyExcept(OfVersion6)) return false;
        Span<char> word = stackalloc char[Longest];
        for (int at = 0; at < text.Length; at++) word[at] = (char)text[at];
        if (!IPAddress.TryParse(word[..text.Length], out IPAddress? parsed)) return false;
        address = Of(parsed);
        return true;
    }

    internal static bool TryParse(string? text, out Address address)
    {
        address = default;
        if (text is null || text.Length > Longest) return false;
        Span<byte> bytes = stackalloc byte[Longest];
        for (int at = 0; at < text.Length; at++)
        {
            if (text[at] > 0x7f) return false;
            bytes[at] = (byte)text[at];
        }
        return TryParse(bytes[..text.Length], out address);
    }

    private static bool TryVersion4(ReadOnlySpan<byte> text, out Address address)
    {
        address = default;
        uint number = 0;
        for (int part = 0; part < 4; part++)
        {
            int end = part < 3 ? text.IndexOf((byte)'.') : text.Length;
            if (end is < 1 or > 3 || (end > 1 && text[0] == '0')) return false;
            uint value = 0;
            foreach (byte digit in text[..end])
            {
                if (digit is < (byte)'0' or > (byte)'9') return false;
                value = 10 * value + digit - '0';
            }
            if (value > 255) return false;
            number = number << 8 | value;
            text = text[Math.Min(end + 1, text.Length)..];
        }
        address = new Address(number, false);
        return true;
    }

    internal IPAddress ToIPAddress()
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, Number);
        return new IPAddress(IsVersion6 ? bytes : bytes[12..]);
    }

    public int CompareTo(Address other) => IsVersion6 != other.IsVersion6 ? IsVersion6.CompareTo(other.IsVersion6) : Number.CompareTo(other.Number);

    public static bool operator <(Address one, Address other) => one.CompareTo(other) < 0;

    public static bool operator >(Address one, Address other) => one.CompareTo(other) > 0;

    public static bool operator <=(Address one, Address other) => one.CompareTo(other) <= 0;

    public static bool operator >=(Address one, Address other) => one.CompareTo(other) >= 0;

    public override string ToString() => ToIPAddress().ToString();
}
