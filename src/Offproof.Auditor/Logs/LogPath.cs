using System.Globalization;
using System.Text;

namespace Offproof.Auditor;

/// <summary>A path of a transparency log as C2SP tlog-tiles writes it: PREFIX/checkpoint, or PREFIX/tile/L/N with .p/W where it is not full.</summary>
/// <param name="Prefix">What precedes it.</param>
/// <param name="Level">Of a tile; -1 of a checkpoint.</param>
/// <param name="Index">Of a tile.</param>
/// <param name="Width">How many hashes a tile has.</param>
internal readonly record struct LogPath(string Prefix, int Level, long Index, int Width)
{
    /// <summary>Hashes of a full tile.</summary>
    internal const int Full = 256;

    internal const int HashSize = 32;

    /// <summary>The most bytes of a body that is one of these.</summary>
    internal const int Longest = Full * HashSize;

    // More than any log will have: 8 levels are 2^64 entries.
    private const int MostLevels = 8;
    private const int LongestPath = 512;

    internal bool IsCheckpoint => Level < 0;

    internal static LogPath? Of(ReadOnlySpan<byte> target)
    {
        if (target.Length > LongestPath) return null;
        if (target.EndsWith("/checkpoint"u8)) return new LogPath(Encoding.Latin1.GetString(target[..^11]), -1, 0, 0);
        int at = target.LastIndexOf("/tile/"u8);
        if (at < 0) return null;
        ReadOnlySpan<byte> rest = target[(at + 6)..];
        int slash = rest.IndexOf((byte)'/');
        if (slash != 1 || rest[0] - '0' is not (>= 0 and < MostLevels)) return null;
        int level = rest[0] - '0';
        rest = rest[2..];
        int width = Full;
        if (rest.LastIndexOf(".p/"u8) is var part and >= 0)
        {
            if (!TryNumber(rest[(part + 3)..], out width) || width is 0 or >= Full || rest[part + 3] == '0') return null;
            rest = rest[..part];
        }
        long index = 0;
        while (true)
        {
            // Three digits a step, with an x before all but the last.
            bool isMore = rest.StartsWith("x"u8);
            if (isMore) rest = rest[1..];
            if (rest.Length < 3 || !TryNumber(rest[..3], out int digits) || index > long.MaxValue / 1000 - 1) return null;
            index = 1000 * index + digits;
            rest = rest[3..];
            if (!isMore) return rest.IsEmpty ? new LogPath(Encoding.Latin1.GetString(target[..at]), level, index, width) : null;
            if (!rest.StartsWith("/"u8)) return null;
            rest = rest[1..];
        }
    }

    private static bool TryNumber(ReadOnlySpan<byte> digits, out int number)
    {
        number = 0;
        return digits.Length is > 0 and <= 3 && !digits.ContainsAnyExceptInRange((byte)'0', (byte)'9') && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
