using System.Buffers.Binary;

namespace Offproof.Auditor;

/// <summary>
/// Options of headers that hold numbers of the protocol and nothing else (audit.md §2.2). All others - of an unknown kind, of a wrong length, bytes behind the end of a list - are left to be examined, and are opaque.
/// </summary>
internal static class Options
{
    /// <summary>RFC 9293 §3.1, RFC 7323, RFC 2018: the largest segment, scale of the window, selective acknowledgements, timestamps.</summary>
    internal static bool AreOrdinaryTcp(ReadOnlySpan<byte> options)
    {
        // As nearly every segment has them.
        if (options.Length == 12 && BinaryPrimitives.ReadUInt32BigEndian(options) == 0x0101080a) return true;
        while (!options.IsEmpty)
        {
            if (options[0] == 0) return !options.ContainsAnyExcept((byte)0);
            if (options[0] == 1)
            {
                options = options[1..];
                continue;
            }
            if (options.Length < 2) return false;
            int length = options[1];
            bool isOrdinary = options[0] switch { 2 => length == 4, 3 => length == 3, 4 => length == 2, 5 => length is 10 or 18 or 26 or 34, 8 => length == 10, _ => false };
            if (!isOrdinary || length > options.Length) return false;
            options = options[length..];
        }
        return true;
    }

    /// <summary>RFC 791 §3.1: padding, and the alert to routers (RFC 2113).</summary>
    internal static bool AreOrdinary4(ReadOnlySpan<byte> options)
    {
        while (!options.IsEmpty)
        {
            if (options[0] == 0) return !options.ContainsAnyExcept((byte)0);
            int length = options[0] == 1 ? 1 : options.Length >= 4 && BinaryPrimitives.ReadUInt32BigEndian(options) == 0x94040000 ? 4 : 0;
            if (length == 0) return false;
            options = options[length..];
        }
        return true;
    }

    /// <summary>Of a hop-by-hop or destination header (RFC 8200 §4.2): padding, the alert (RFC 2711), a jumbogram's length (RFC 2675).</summary>
    internal static bool AreOrdinary6(ReadOnlySpan<byte> options)
    {
        while (!options.IsEmpty)
        {
            if (options[0] == 0)
            {
                options = options[1..];
                continue;
            }
            if (options.Length < 2 || options.Length < 2 + options[1]) return false;
            ReadOnlySpan<byte> value = options.Slice(2, options[1]);
            bool isOrdinary = options[0] switch { 1 => !value.ContainsAnyExcept((byte)0), 5 => value.Length == 2, 0xc2 => value.Length == 4, _ => false };
            if (!isOrdinary) return false;
            options = options[(2 + value.Length)..];
        }
        return true;
    }
}
