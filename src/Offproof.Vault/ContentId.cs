using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Offproof.Vault;

/// <summary>A SHA-256: of a blob's plaintext or of a stored file's bytes. A name, and the proof that the content came back intact.</summary>
readonly record struct ContentId(UInt128 High, UInt128 Low)
{
    static readonly SearchValues<byte> Digits = SearchValues.Create("0123456789abcdef"u8);

    internal const int Size = 32;

    internal static ContentId Of(ReadOnlySpan<byte> content)
    {
        Span<byte> hash = stackalloc byte[Size];
        SHA256.HashData(content, hash);
        return Read(hash);
    }

    internal static ContentId Read(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadUInt128BigEndian(bytes), BinaryPrimitives.ReadUInt128BigEndian(bytes[16..32]));

    internal void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt128BigEndian(destination, High);
        BinaryPrimitives.WriteUInt128BigEndian(destination[16..], Low);
    }

    /// <summary>Exactly 64 lower-case hexadecimal digits; anything else is not a name (vault.md §2.2).</summary>
    internal static bool TryParse(string? text, out ContentId id)
    {
        id = default;
        if (text is null || text.Length != 2 * Size) return false;
        Span<byte> ascii = stackalloc byte[2 * Size];
        return Encoding.ASCII.TryGetBytes(text, ascii, out int written) && written == ascii.Length && TryParse(ascii, out id);
    }

    internal static bool TryParse(ReadOnlySpan<byte> ascii, out ContentId id)
    {
        id = default;
        Span<byte> bytes = stackalloc byte[Size];
        if (ascii.Length != 2 * Size || ascii.ContainsAnyExcept(Digits)) return false;
        for (int i = 0; i < Size; i++) bytes[i] = (byte)((Digit(ascii[2 * i]) << 4) | Digit(ascii[(2 * i) + 1]));
        id = Read(bytes);
        return true;

        static int Digit(byte c) => c <= '9' ? c - '0' : c - 'a' + 10;
    }

    internal int CompareTo(ContentId other) => High != other.High ? High.CompareTo(other.High) : Low.CompareTo(other.Low);

    [SuppressMessage("Globalization", "CA1308:Normalize strings to uppercase", Justification = "names in the format are lower case")]
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Size];
        Write(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    internal string Short => ToString()[..8];
}
