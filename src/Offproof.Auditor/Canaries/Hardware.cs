using System.Buffers.Binary;
using System.Globalization;

namespace Offproof.Auditor;

/// <summary>Identifiers in hexadecimal. Their case is a step of the search (audit.md §5.1).</summary>
internal static class Hardware
{
    // Beside a smaller one any large number would be evidence.
    const long FewestOfHalf = 1_000_000;

    internal static void AndroidId(FormList forms, Canary canary)
    {
        string id = canary.Value;
        double bits = id.Length * Entropy.HexDigit;
        forms.Add(canary, "as-written", id, bits);
        if (id.Length != 16 || !IsHex(id)) return;
        byte[] raw = Convert.FromHexString(id);
        forms.Add(canary, "int64-be", raw, bits);
        forms.Add(canary, "int64-le", [.. raw.Reverse()], bits);
        ulong number = BinaryPrimitives.ReadUInt64BigEndian(raw);
        Digits("number", number);
        long signed = unchecked((long)number);
        if (signed < 0) Digits("number", unchecked((ulong)-signed));
        Digits("zigzag", unchecked((ulong)((signed << 1) ^ (signed >> 63))));
        // As programs that have no number of 64 bits keep it.
        (uint high, uint low) = ((uint)(number >> 32), unchecked((uint)number));
        Halves(high, low);
        Halves(Math.Abs((long)unchecked((int)high)), Math.Abs((long)unchecked((int)low)));

        void Halves(long first, long second)
        {
            if (Math.Min(first, second) >= FewestOfHalf) forms.AddPair(canary, "two-numbers", first.ToString(CultureInfo.InvariantCulture), second.ToString(CultureInfo.InvariantCulture), bits - Entropy.Pair);
        }

        void Digits(string name, ulong value) => forms.Add(canary, name, value.ToString(CultureInfo.InvariantCulture), bits);
    }

    internal static void Mac(FormList forms, Canary canary)
    {
        string hex = string.Concat(canary.Value.Where(char.IsAsciiHexDigit));
        if (hex.Length != 12)
        {
            forms.Add(canary, "as-written", canary.Value, Entropy.OfText(canary.Value));
            return;
        }
        byte[] raw = Convert.FromHexString(hex);
        // IEEE 802: of a locally administered address all is random; of another the first half names the maker.
        double bits = (raw[0] & 2) != 0 ? 44 : 6 * Entropy.HexDigit + 6 * Entropy.Sign + 5;
        forms.Add(canary, "colons", Groups(2, ':'), bits);
        forms.Add(canary, "dashes", Groups(2, '-'), bits);
        forms.Add(canary, "dots", Groups(4, '.'), bits);
        forms.Add(canary, "blanks", Groups(2, ' '), bits);
        forms.Add(canary, "bare", hex, bits);
        foreach (char between in ":.- ,")
        {
            string each = between.ToString();
            forms.Add(canary, "without-zeros", string.Join(each, raw.Select(static b => b.ToString("x", CultureInfo.InvariantCulture))), bits);
            forms.Add(canary, "decimals", string.Join(each, raw), bits);
            if (between == ',') forms.Add(canary, "decimals", string.Join(", ", raw), bits);
        }
        forms.Add(canary, "base64", Convert.ToBase64String(raw), bits);
        // RFC 4291, appendix A: the lower half of an IPv6 address, as bytes and as it is written.
        byte[] lower = [(byte)(raw[0] ^ 2), raw[1], raw[2], 0xff, 0xfe, raw[3], raw[4], raw[5]];
        forms.Add(canary, "eui-64", lower, bits);
        forms.Add(canary, "eui-64", string.Join(':', lower.Chunk(2).Select(static pair => BinaryPrimitives.ReadUInt16BigEndian(pair).ToString("x", CultureInfo.InvariantCulture))), bits);
        byte[] wide = [0, 0, .. raw];
        forms.Add(canary, "int64-be", wide, bits);
        forms.Add(canary, "int64-le", [.. wide.Reverse()], bits);
        Numbers.Number(forms, canary, "", BinaryPrimitives.ReadUInt64BigEndian(wide), bits);
        forms.Refuse(canary, "bytes", "6 bytes are too short to be evidence");

        string Groups(int size, char between) => string.Join(between, hex.Chunk(size).Select(g => new string(g)));
    }

    static bool IsHex(string text) => text.All(char.IsAsciiHexDigit);
}
