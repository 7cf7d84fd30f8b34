using System.Security.Cryptography;
using System.Text;

namespace Offproof.Consent;

/// <summary>The signing key of a recovery sheet, derived from what is printed on it (consent.md §2), so that a piece of paper can sign.</summary>
public static class SheetKey
{
    static ReadOnlySpan<byte> Info => "offproof/v1/sheet-signing"u8;

    /// <summary>
    /// Derives the key by HKDF-SHA256 (RFC 5869). The line is taken exactly as age-keygen prints it: upper-case letters, digits and hyphens, without a line
    /// end; else <see cref="ArgumentException"/>. The caller owns the key. Copies of the line made here are cleared.
    /// </summary>
    public static SigningKey Derive(ReadOnlySpan<char> identityLine)
    {
        if (identityLine.Length is 0 or > 4096) throw new ArgumentException("no identity line", nameof(identityLine));
        foreach (char c in identityLine)
        {
            // Two spellings of one line would be two accounts.
            if (!char.IsAsciiLetterUpper(c) && !char.IsAsciiDigit(c) && c != '-')
                throw new ArgumentException("an identity line has upper-case letters, digits and hyphens only", nameof(identityLine));
        }

        byte[] ikm = GC.AllocateArray<byte>(identityLine.Length, pinned: true);
        Span<byte> scalar = stackalloc byte[VerifyingKey.CoordinateSize];
        try
        {
            Encoding.ASCII.GetBytes(identityLine, ikm);
            FirstScalar(ikm, scalar, SigningKey.IsScalar);
            return SigningKey.FromScalar(scalar);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(ikm);
            CryptographicOperations.ZeroMemory(scalar);
        }
    }

    internal delegate bool Accepts(ReadOnlySpan<byte> scalar);

    // consent.md §2: info alone, then info || 0x01, info || 0x02, ... One more is needed about once in 2^32 sheets; tests pass another `accepts`.
    internal static void FirstScalar(ReadOnlySpan<byte> ikm, Span<byte> scalar, Accepts accepts)
    {
        Span<byte> info = stackalloc byte[Info.Length + 1];
        Info.CopyTo(info);
        for (int extra = 0; extra <= byte.MaxValue; extra++)
        {
            info[^1] = (byte)extra;
            HKDF.DeriveKey(HashAlgorithmName.SHA256, ikm, scalar, salt: [], extra == 0 ? info[..^1] : info);
            if (accepts(scalar)) return;
        }

        throw new CryptographicException("no signing key can be derived from this line");
    }
}
