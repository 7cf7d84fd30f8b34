using System.Buffers.Binary;

namespace Offproof.Auditor;

/// <summary>What a record was found to hold: content of a type, in the buffer that it was opened into.</summary>
/// <param name="Free">Of the bytes around the content, how many the sender chose: nonces and padding.</param>
internal readonly record struct OpenedRecord(byte Type, int Offset, int Length, int Free);

/// <summary>The frame of TLS (RFC 5246 §6.2.1, RFC 8446 §5.1).</summary>
internal static class TlsRecord
{
    internal const int HeaderSize = 5;

    /// <summary>2^14 bytes of content, and 2,048 more for encryption, in all versions.</summary>
    internal const int MostBody = (1 << 14) + 2048;

    internal const byte ChangeCipherSpec = 20;
    internal const byte Alert = 21;
    internal const byte Handshake = 22;
    internal const byte ApplicationData = 23;
    internal const byte Heartbeat = 24;

    internal static int BodyLength(ReadOnlySpan<byte> header) => BinaryPrimitives.ReadUInt16BigEndian(header[3..]);

    /// <summary>May these bytes, up to 5 of them, begin a record?</summary>
    internal static bool MayBegin(ReadOnlySpan<byte> header) =>
        (header.Length < 1 || header[0] is >= ChangeCipherSpec and <= Heartbeat)
        && (header.Length < 2 || header[1] == 3)
        && (header.Length < 3 || header[2] <= 4)
        && (header.Length < 4 || header[3] <= MostBody >> 8)
        && (header.Length < HeaderSize || BodyLength(header) <= MostBody);
}
