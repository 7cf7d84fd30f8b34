namespace Offproof.Auditor;

/// <summary>
/// Messages by which hosts of one link find each other and their groups: addresses and timers, no content (audit.md §2.2). Whoever sends them may choose most of them, so all of it is searched and in the budget;
/// where more stands in them than such a host says, they are none of these.
/// </summary>
internal static class Neighbours
{
    /// <summary>Passes the message, when it is one of these and nothing else stands in it.</summary>
    internal static bool Pass(ref Layers layers, int protocol)
    {
        ReadOnlySpan<byte> message = layers.Payload;
        if (layers.Cut > 0 || message.Length < 8 || !(protocol switch { 2 => IsMembership4(message), 58 => IsDiscovery(message) || IsMembership6(message), _ => false })) return false;
        // But its type and code.
        layers.Capacity += message.Length - 2;
        layers.Chosen = (layers.At + 2, message.Length - 2);
        layers.At += message.Length;
        return true;
    }

    // RFC 4861 §4: a fixed part, then options: link addresses, a prefix, a header of Redirect, an MTU, a nonce (RFC 3971), a route (RFC 4191), DNS servers (RFC 8106), flags (RFC 5175).
    static bool IsDiscovery(ReadOnlySpan<byte> message)
    {
        int size = message[0] switch { 133 => 8, 134 => 16, 135 or 136 => 24, _ => 0 };
        if (size == 0 || message[1] != 0 || message.Length < size) return false;
        ReadOnlySpan<byte> options = message[size..];
        while (options.Length >= 8 && IsOrdinary(options[0], options[1]))
        {
            int length = options[1] * 8;
            if (length > options.Length) return false;
            options = options[length..];
        }
        return options.IsEmpty;
    }

    // In units of 8 bytes: an address of Ethernet, a nonce of 6 bytes, at most four servers.
    static bool IsOrdinary(int option, int length) => option switch
    {
        1 or 2 or 5 or 14 or 26 => length == 1,
        3 => length == 4,
        24 => length is >= 1 and <= 3,
        25 => length is 3 or 5 or 7 or 9,
        _ => false,
    };

    // RFC 2710 §3, RFC 3810 §5.
    static bool IsMembership6(ReadOnlySpan<byte> message) => message[1] == 0 && message[0] switch
    {
        130 => message.Length == 24 || (message.Length >= 28 && message.Length == 28 + 16 * Word(message, 26) && message.Length <= 28 + MostSources),
        131 or 132 => message.Length == 24,
        143 => AreRecords(message, 16),
        _ => false,
    };

    // RFC 2236 §2, RFC 3376 §4.
    static bool IsMembership4(ReadOnlySpan<byte> message) => message[0] switch
    {
        0x11 => message.Length == 8 || (message.Length >= 12 && message.Length == 12 + 4 * Word(message, 10) && message.Length <= 12 + MostSources),
        0x12 or 0x16 or 0x17 => message.Length == 8,
        0x22 => AreRecords(message, 4),
        _ => false,
    };

    // In bytes: addresses of who may send to the groups of a message.
    const int MostSources = FreeChoice.Longest;

    static bool AreRecords(ReadOnlySpan<byte> message, int address)
    {
        int count = Word(message, 6), head = 4 + address, sources = 0;
        ReadOnlySpan<byte> rest = message[8..];
        for (; count > 0; count--)
        {
            if (rest.Length < head) return false;
            // A group, its addresses, and auxiliary data, of which there are none.
            int length = head + address * Word(rest, 2);
            if (rest[1] != 0 || rest.Length < length) return false;
            bool isGroup = address == 4 ? rest[4] is >= 224 and <= 239 : rest[4] == 0xff;
            if ((sources += length - head + (isGroup ? 0 : address)) > MostSources) return false;
            rest = rest[length..];
        }
        return rest.IsEmpty;
    }

    static int Word(ReadOnlySpan<byte> bytes, int at) => bytes[at] << 8 | bytes[at + 1];
}
