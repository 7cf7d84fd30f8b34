using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Offproof.Evidence;

/// <summary>
/// A value with the random bytes that hide it: three lines and the value, whose SHA-256 is the commitment (evidence.md §6.1). No line feed is in an id and the second
/// field has one length, so no two pairs of id and value have one text.
/// </summary>
sealed record Opening(string Id, string Random, string Value)
{
    internal const int RandomSize = 32;

    /// <summary>The longest file that is read as an opening.</summary>
    internal const int FileLimit = 16 << 20;

    const string First = "offproof/v1/opening";
    const int MostId = 300;
    const int IdAt = 66; // behind 64 digits and two blanks

    static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    internal static Opening Create(string id, string value) => new(id, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(RandomSize)), value);

    internal byte[] ToBytes() => Strict.GetBytes($"{First}\n{Id}\n{Random}\n{Value}");

    internal string Commitment => Checksums.Of(ToBytes());

    internal static bool TryParse(ReadOnlySpan<byte> file, [NotNullWhen(true)] out Opening? opening)
    {
        opening = null;
        if (file.Length > FileLimit) return false;
        string text;
        try
        {
            text = Strict.GetString(file);
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
        if (text.Split('\n', 4) is not [First, var id, var random, var value] || !IsId(id) || random.Length != 2 * RandomSize || random.Any(static c => c is not (>= '0' and <= '9' or >= 'a' and <= 'f'))) return false;
        opening = new Opening(id, random, value);
        return true;
    }

    /// <summary>A path into persona.json: members, and places in lists without leading zeros, so that each value has one. It is shown in terminals, and stands behind a hash in a line.</summary>
    internal static bool IsId(string id) => id.Length is > 0 and <= MostId && id.Split('.').All(static part => IsPart(part));

    static bool IsPart(string part)
    {
        int end = part.IndexOf('[', StringComparison.Ordinal) is >= 0 and var open ? open : part.Length;
        if (end == 0 || !char.IsAsciiLetter(part[0]) || part[..end].Any(static c => !char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-'))) return false;
        for (int at = end; at < part.Length;)
        {
            int close = part.IndexOf(']', at);
            if (part[at] != '[' || close < 0 || part[(at + 1)..close] is not { Length: > 0 and <= 9 } place || !place.All(char.IsAsciiDigit) || (place[0] == '0' && place.Length > 1)) return false;
            at = close + 1;
        }
        return true;
    }

    /// <summary>The id in a line of commitments.txt; false where it is none.</summary>
    internal static bool TryParseLine(string line, [NotNullWhen(true)] out string? id)
    {
        id = null;
        if (line.Length < IdAt + 1 || line[IdAt - 2] != ' ' || line[IdAt - 1] != ' ' || line[..(IdAt - 2)].Any(static c => c is not (>= '0' and <= '9' or >= 'a' and <= 'f')) || !IsId(line[IdAt..])) return false;
        id = line[IdAt..];
        return true;
    }

    /// <summary>Its line in commitments.txt.</summary>
    internal string Line => string.Create(CultureInfo.InvariantCulture, $"{Commitment}  {Id}\n");
}
