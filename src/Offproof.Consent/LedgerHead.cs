using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Offproof.Consent;

/// <summary>The last line of a device's ledger (ledger.md §4): its number, and the SHA-256 of its bytes. Written <c>SEQ:HASH</c>.</summary>
/// <param name="Seq">The line's number, at least 1</param>
/// <param name="Hash">SHA-256 of its bytes, without the line feed</param>
public readonly record struct LedgerHead(long Seq, Digest Hash)
{
    /// <summary>The header of an HTTP request that carries it (ledger.md §5).</summary>
    public const string Header = "Offproof-Ledger";

    const int MostDigits = 15;

    /// <summary><c>SEQ:HASH</c>.</summary>
    public string Text => string.Create(CultureInfo.InvariantCulture, $"{Seq}:{Hash.Text}");

    /// <summary>False for anything but a number of 1 to 15 digits without leading zeros, a colon, and 64 lower-case hexadecimal digits.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out LedgerHead head)
    {
        head = default;
        int colon = text?.IndexOf(':', StringComparison.Ordinal) ?? -1;
        if (colon is < 1 or > MostDigits || text![0] == '0' || text.AsSpan(0, colon).ContainsAnyExceptInRange('0', '9')
            || !Digest.TryParse(text[(colon + 1)..], out Digest hash)) return false;
        head = new(long.Parse(text.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture), hash);
        return true;
    }

    /// <inheritdoc cref="Text"/>
    public override string ToString() => Text;
}
