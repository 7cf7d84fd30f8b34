using System.Buffers.Binary;
using System.Globalization;

namespace Offproof.Lab;

/// <summary>
/// Takes handshake messages of TLS apart (RFC 8446 §4, RFC 5246 §7.4). Drawn for each connection are, and nothing else: the random, the session id, the keys of key shares, tickets and their
/// binders, GREASE, and the messages that are keys, signatures, tickets or hashes as a whole (compare.md §3).
/// </summary>
internal static class Hellos
{
    internal static string Name(byte[] message) => message.Length == 0 ? "empty" : message[0] switch
    {
        1 => "ClientHello",
        2 => "ServerHello",
        4 => "NewSessionTicket",
        8 => "EncryptedExtensions",
        11 => "Certificate",
        12 => "ServerKeyExchange",
        14 => "ServerHelloDone",
        15 => "CertificateVerify",
        16 => "ClientKeyExchange",
        20 => "Finished",
        24 => "KeyUpdate",
        byte type => "type " + type.ToString(CultureInfo.InvariantCulture),
    };

    internal static List<Piece> Of(byte[] message)
    {
        List<Piece> pieces = [];
        if (message is [1 or 2, _, _, _, ..] && TryHello(message, pieces)) return pieces;
        bool isDrawn = message is [4 or 12 or 15 or 16 or 20, ..];
        return [new Piece("message", 0, message, isDrawn ? Role.TlsMessage : Role.Content)];
    }

    private static bool TryHello(byte[] message, List<Piece> pieces)
    {
        bool isClient = message[0] == 1;
        int at = 4;
        if (!Take("version", 2) || !Take("random", 32, Role.TlsRandom) || !Vector8("session id", Role.TlsRandom)) return false;
        if (isClient ? !Vector16("cipher suites") || !Vector8("compression") : !Take("cipher suite", 2) || !Take("compression", 1)) return false;
        if (at == message.Length) return true;
        if (at + 2 > message.Length || at + 2 + Number(at) != message.Length) return false;
        at += 2;
        List<byte> order = [];
        while (at < message.Length)
        {
            if (at + 4 > message.Length || at + 4 + Number(at + 2) > message.Length) return false;
            int type = Number(at), length = Number(at + 2);
            order.AddRange(IsGrease(type) ? "grease "u8.ToArray() : System.Text.Encoding.ASCII.GetBytes(type.ToString(CultureInfo.InvariantCulture) + " "));
            at += 4;
            if (type == 51) Shares(at, length, isClient);
            else pieces.Add(new Piece(IsGrease(type) ? "extension grease" : $"extension {type.ToString(CultureInfo.InvariantCulture)}", at, Value(at, length), type is 35 or 41 || IsGrease(type) ? Role.TlsRandom : Role.Content));
            at += length;
        }
        pieces.Add(new Piece("order of extensions", 0, [.. order]));
        return true;

        bool Take(string name, int length, Role role = Role.Content)
        {
            if (at + length > message.Length) return false;
            pieces.Add(new Piece(name, at, name == "cipher suites" ? Ungreased(at, length) : message[at..(at + length)], role));
            at += length;
            return true;
        }

        bool Vector8(string name, Role role = Role.Content) => at < message.Length && Take(name, message[at++], role);

        bool Vector16(string name)
        {
            if (at + 2 > message.Length) return false;
            int length = Number(at);
            at += 2;
            return Take(name, length);
        }

        // RFC 8446 §4.2.8: the groups are the program's, the keys are drawn.
        void Shares(int start, int length, bool isList)
        {
            int share = Math.Min(start + (isList ? 2 : 0), start + length), end = start + length;
            if (share > start) pieces.Add(new Piece("length of the key shares", start, message[start..share]));
            for (; share + 4 <= end && share + 4 + Number(share + 2) <= end; share += 4 + Number(share + 2))
            {
                string group = IsGrease(Number(share)) ? "grease" : Number(share).ToString(CultureInfo.InvariantCulture);
                pieces.Add(new Piece($"key share {group}", share + 4, message[(share + 4)..(share + 4 + Number(share + 2))], Role.TlsRandom));
            }
            if (share < end) pieces.Add(new Piece("rest of the key shares", share, message[share..end]));
        }

        byte[] Value(int start, int length) => Number(start - 4) is 10 or 43 ? Ungreased(start, length) : message[start..(start + length)];

        // RFC 8701: of two bytes that are drawn, that they are drawn.
        byte[] Ungreased(int start, int length)
        {
            byte[] value = message[start..(start + length)];
            for (int i = length % 2; i + 1 < length; i += 2)
                if (IsGrease((value[i] << 8) | value[i + 1])) (value[i], value[i + 1]) = (0x0A, 0x0A);
            return value;
        }

        int Number(int start) => BinaryPrimitives.ReadUInt16BigEndian(message.AsSpan(start));
    }

    private static bool IsGrease(int type) => (type & 0x0F0F) == 0x0A0A && type >> 8 == (type & 0xFF);
}
