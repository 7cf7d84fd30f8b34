using System.Buffers;

namespace Offproof.Auditor;

/// <summary>One line of a key log (audit.md §3.2).</summary>
internal readonly record struct KeyLogLine(Secret Secret, int IdLength, int SecretLength)
{
    internal const int Longest = 1024;

    /// <summary>A premaster secret of the largest finite field that anybody uses (ffdhe4096); TLS 1.3 and the master secret have 32 or 48.</summary>
    internal const int LongestSecret = 512;

    internal enum Is
    {
        Nothing,
        Secret,
        Bad,
    }

    /// <param name="id">Receives the name, at most 32 bytes.</param>
    /// <param name="secret">Receives the secret, at most <see cref="LongestSecret"/> bytes.</param>
    internal static Is Read(ReadOnlySpan<byte> line, Span<byte> id, Span<byte> secret, out KeyLogLine read)
    {
        read = default;
        if (line.StartsWith("\uFEFF"u8)) line = line[3..];
        line = line.Trim(" \t\r\\"u8); // some that were copied out of a shell end with a backslash
        if (line.IsEmpty || line[0] == '#') return Is.Nothing;
        if (line.Length > Longest) return Is.Bad;
        int space = line.IndexOf((byte)' ');
        if (space < 0) return Is.Bad;
        ReadOnlySpan<byte> label = line[..space];
        ReadOnlySpan<byte> rest = line[(space + 1)..].TrimStart((byte)' ');
        space = rest.IndexOf((byte)' ');
        if (space < 0) return Is.Bad;
        ReadOnlySpan<byte> name = rest[..space];
        ReadOnlySpan<byte> value = rest[(space + 1)..].TrimStart((byte)' ');
        Secret? kind = Label(label, ref name, ref value);
        if (kind is null) return IsOther(label) && IsHex(name) && IsHex(value) ? Is.Nothing : Is.Bad;
        if (!Hex(name, id, out int nameLength) || !Hex(value, secret, out int length)) return Is.Bad;
        bool isRight = kind switch
        {
            Secret.Master => nameLength == 32 && length == 48,
            Secret.MasterOfSession => length == 48,
            Secret.PremasterOfExchange => nameLength == 8 && length == 48,
            Secret.Premaster => nameLength == 32,
            _ => nameLength == 32 && length is 32 or 48,
        };
        read = new KeyLogLine(kind.Value, nameLength, length);
        return isRight ? Is.Secret : Is.Bad;
    }

    private static Secret? Label(ReadOnlySpan<byte> label, ref ReadOnlySpan<byte> name, ref ReadOnlySpan<byte> value)
    {
        if (label.SequenceEqual("CLIENT_RANDOM"u8)) return Secret.Master;
        if (label.SequenceEqual("CLIENT_HANDSHAKE_TRAFFIC_SECRET"u8)) return Secret.ClientHandshake;
        if (label.SequenceEqual("SERVER_HANDSHAKE_TRAFFIC_SECRET"u8)) return Secret.ServerHandshake;
        if (label.SequenceEqual("CLIENT_TRAFFIC_SECRET_0"u8)) return Secret.ClientTraffic;
        if (label.SequenceEqual("SERVER_TRAFFIC_SECRET_0"u8)) return Secret.ServerTraffic;
        if (label.SequenceEqual("CLIENT_EARLY_TRAFFIC_SECRET"u8)) return Secret.ClientEarly;
        if (label.SequenceEqual("PMS_CLIENT_RANDOM"u8)) return Secret.Premaster;
        if (!label.SequenceEqual("RSA"u8)) return null;
        if (!name.StartsWith("Session-ID:"u8)) return Secret.PremasterOfExchange;
        if (!value.StartsWith("Master-Key:"u8)) return null;
        name = name["Session-ID:".Length..];
        value = value["Master-Key:".Length..];
        return Secret.MasterOfSession;
    }

    private static bool IsOther(ReadOnlySpan<byte> label) =>
        label.SequenceEqual("EXPORTER_SECRET"u8) || label.SequenceEqual("EARLY_EXPORTER_SECRET"u8) || label.SequenceEqual("EARLY_EXPORTER_MASTER_SECRET"u8)
        || label.StartsWith("QUIC_"u8) || label.StartsWith("ECH_"u8);

    private static readonly SearchValues<byte> Digits = SearchValues.Create("0123456789abcdefABCDEF"u8);

    private static bool IsHex(ReadOnlySpan<byte> text) => text.Length > 0 && !text.ContainsAnyExcept(Digits);

    private static bool Hex(ReadOnlySpan<byte> text, Span<byte> bytes, out int length)
    {
        length = text.Length / 2;
        return length > 0 && text.Length % 2 == 0 && length <= bytes.Length && Convert.FromHexString(text, bytes, out _, out _) == OperationStatus.Done;
    }
}
