using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;

namespace Offproof.Vault;

/// <summary>A polynomial over GF(2), bit i the coefficient of x^i; for cutting it must be irreducible and of degree 53 (vault.md §6.1).</summary>
readonly record struct Polynomial(ulong Bits)
{
    internal const int RequiredDegree = 53;

    internal int Degree => Bits == 0 ? -1 : 63 - BitOperations.LeadingZeroCount(Bits);

    internal static Polynomial Random()
    {
        Span<byte> bytes = stackalloc byte[8];
        while (true)
        {
            RandomNumberGenerator.Fill(bytes);
            ulong bits = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
            // Degree exactly 53; an irreducible polynomial has the constant term 1.
            Polynomial candidate = new((bits & ((1UL << 53) - 1)) | (1UL << 53) | 1);
            if (candidate.IsUsable) return candidate;
        }
    }

    internal static bool TryParse(string? hex, out Polynomial polynomial)
    {
        bool ok = ulong.TryParse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong bits);
        polynomial = new Polynomial(bits);
        return ok;
    }

    /// <summary>
    /// Rabin's test. The degree is the prime 53, so f is irreducible exactly when x^(2^53) = x mod f and gcd(x^2 - x, f) = 1.
    /// </summary>
    internal bool IsUsable
    {
        get
        {
            if (Degree != RequiredDegree) return false;
            ulong power = 2;
            for (int i = 0; i < RequiredDegree; i++) power = MultiplyMod(power, power);
            return power == 2 && Gcd(Bits, 0b110) == 1;
        }
    }

    ulong MultiplyMod(ulong a, ulong b)
    {
        ulong result = 0;
        for (; b != 0; b >>= 1)
        {
            if ((b & 1) != 0) result ^= a;
            a <<= 1;
            if ((a >> RequiredDegree) != 0) a ^= Bits;
        }
        return result;
    }

    internal static ulong Mod(ulong a, ulong modulus)
    {
        int degree = 63 - BitOperations.LeadingZeroCount(modulus);
        for (int top = 63 - BitOperations.LeadingZeroCount(a); a != 0 && top >= degree; top = 63 - BitOperations.LeadingZeroCount(a)) a ^= modulus << (top - degree);
        return a;
    }

    static ulong Gcd(ulong a, ulong b)
    {
        while (b != 0) (a, b) = (b, Mod(a, b));
        return a;
    }

    public override string ToString() => Bits.ToString("x", CultureInfo.InvariantCulture);
}
