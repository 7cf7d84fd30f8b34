namespace Offproof.Phone;

/// <summary>What a phone can be told apart by; all from ranges that belong to nobody (persona.md §3).</summary>
sealed record Identifiers(
    string Imei, string Imsi, string Iccid, string AndroidId, string Mac, string Serial, string Email, string Carrier, string Phone, MicroPoint Gps)
{
    static readonly string[] Given = ["amira", "bastian", "chioma", "dagny", "elif", "farid", "greta", "hiro", "ines", "jonas", "kavya", "lior"];
    static readonly string[] Family = ["ashgrove", "brightwell", "copperfield", "dunmore", "evenlode", "fairweather", "greenhalgh", "hollowell"];

    internal static Identifiers Draw(SeededBits bits)
    {
        string imei = WithLuhn("001017" + bits.Digits(8));
        string imsi = "00101" + bits.Digits(10);
        string iccid = WithLuhn("8999901" + bits.Digits(11));
        string androidId = Hex(bits, 8);
        // The second digit 2: locally administered, one receiver.
        string mac = $"02:{string.Join(':', Enumerable.Range(0, 5).Select(_ => Hex(bits, 1)))}";
        string serial = "LKF" + bits.Digits(9);
        string email = $"{bits.Of(Given)}.{bits.Of(Family)}.{Hex(bits, 3)}@example.org";
        string phone = "+447700900" + bits.Digits(3);
        return new Identifiers(imei, imsi, iccid, androidId, mac, serial, email, "Lanternfield Mobile", phone, Itinerary.Near(bits.Of(Itinerary.Places), bits));
    }

    /// <summary>Digits with the check digit of ISO/IEC 7812-1 annex B after them.</summary>
    internal static string WithLuhn(string digits)
    {
        int sum = 0;
        for (int i = 0; i < digits.Length; i++)
        {
            int digit = digits[^(i + 1)] - '0';
            if (i % 2 == 0) digit = digit * 2 > 9 ? (digit * 2) - 9 : digit * 2;
            sum += digit;
        }
        return digits + (char)('0' + ((10 - (sum % 10)) % 10));
    }

    static string Hex(SeededBits bits, int bytes)
    {
        byte[] value = new byte[bytes];
        foreach (ref byte b in value.AsSpan()) b = (byte)bits.Below(256);
        return Convert.ToHexStringLower(value);
    }
}
