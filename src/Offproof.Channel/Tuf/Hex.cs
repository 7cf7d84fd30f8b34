using System.Buffers;

namespace Offproof.Channel;

/// <summary>Hexadecimal text, in either case.</summary>
internal static class Hex
{
    static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdefABCDEF");

    internal static bool Is(string text) => !text.AsSpan().ContainsAnyExcept(Digits);

    /// <summary>The bytes; null for anything that is not pairs of hexadecimal digits.</summary>
    internal static byte[]? TryRead(string text) => text.Length % 2 == 0 && Is(text) ? Convert.FromHexString(text) : null;

    internal static bool Equals(string hex, ReadOnlySpan<byte> bytes) => string.Equals(hex, Convert.ToHexStringLower(bytes), StringComparison.OrdinalIgnoreCase);
}
