using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Offproof.Auditor.Tests;

/// <summary>Writes both sides of a connection in AES-128-GCM, with secrets of its own: for content of any size and shape. Shares no code with the reader.</summary>
internal sealed class TlsWriter
{
    private static readonly byte[] Random = [.. Enumerable.Range(1, 32).Select(at => (byte)(at * 3))];
    private readonly bool _is13;
    private readonly byte[][] _secrets;
    private readonly (AesGcm Gcm, byte[] Iv)[] _keys = new (AesGcm, byte[])[2];
    private readonly ulong[] _numbers = new ulong[2];

    internal TlsWriter(bool is13)
    {
        _is13 = is13;
        _secrets = [.. Enumerable.Range(0, 4).Select(which => SHA256.HashData([(byte)which]))];
        KeyLog = Log();
        Install(Sender.Client, _secrets[0]);
        Install(Sender.Server, _secrets[1]);
    }

    internal string KeyLog { get; }

    private string Log() => _is13
        ? string.Concat(new[] { "CLIENT_HANDSHAKE_TRAFFIC_SECRET", "SERVER_HANDSHAKE_TRAFFIC_SECRET", "CLIENT_TRAFFIC_SECRET_0", "SERVER_TRAFFIC_SECRET_0" }.Select((label, at) => $"{label} {Convert.ToHexString(Random)} {Convert.ToHexString(_secrets[at])}\n"))
        : $"CLIENT_RANDOM {Convert.ToHexString(Random)} {Convert.ToHexString(Master)}\n";

    private static byte[] Master => [.. Enumerable.Range(1, 48).Select(at => (byte)at)];

    /// <summary>Both hellos, and each side's Finished.</summary>
    internal List<Step> Handshake()
    {
        List<Step> steps =
        [
            new(Sender.Client, Clear(22, Message(1, [3, 3, .. Random, 0, 0, 2, 0x13, 0x01, 1, 0, 0, 16, 0, 0, 0, 12, 0, 10, 0, 0, 7, .. "example"u8]))),
            new(Sender.Server, Clear(22, Message(2, [3, 3, .. Random, 0, .. (byte[])(_is13 ? [0x13, 0x01] : [0xC0, 0x2F]), 0, .. (byte[])(_is13 ? [0, 6, 0, 43, 0, 2, 3, 4] : [0, 0])]))),
        ];
        if (!_is13)
        {
            steps.Add(new(Sender.Client, Clear(20, [1])));
            steps.Add(new(Sender.Client, Seal(Sender.Client, 22, Message(20, new byte[12]))));
            steps.Add(new(Sender.Server, Clear(20, [1])));
            steps.Add(new(Sender.Server, Seal(Sender.Server, 22, Message(20, new byte[12]))));
            return steps;
        }
        foreach (Sender sender in (Sender[])[Sender.Server, Sender.Client])
        {
            steps.Add(new(sender, Seal(sender, 22, Message(20, new byte[32]))));
            Install(sender, _secrets[2 + (int)sender]);
        }
        return steps;
    }

    internal static byte[] Message(byte type, byte[] body) => [type, (byte)(body.Length >> 16), (byte)((body.Length >> 8) & 0xFF), (byte)(body.Length & 0xFF), .. body];

    internal static byte[] Clear(byte type, byte[] body) => [type, 3, 3, (byte)(body.Length >> 8), (byte)(body.Length & 0xFF), .. body];

    internal Step Data(Sender sender, string text, int padding = 0) => new(sender, Seal(sender, 23, Encoding.Latin1.GetBytes(text), padding));

    internal Step KeyUpdate(Sender sender)
    {
        Step step = new(sender, Seal(sender, 22, Message(24, [0])));
        Install(sender, _secrets[2 + (int)sender] = Expand(_secrets[2 + (int)sender], "traffic upd", 32));
        return step;
    }

    internal byte[] Seal(Sender sender, byte type, ReadOnlySpan<byte> content, int padding = 0)
    {
        (AesGcm gcm, byte[] iv) = _keys[(int)sender];
        ulong number = _numbers[(int)sender]++;
        byte[] nonce = new byte[12], tag = new byte[16];
        iv.CopyTo(nonce, 0);
        if (_is13)
        {
            BinaryPrimitives.WriteUInt64BigEndian(nonce.AsSpan(4), BinaryPrimitives.ReadUInt64BigEndian(nonce.AsSpan(4)) ^ number);
            byte[] plain = [.. content, type, .. new byte[padding]];
            byte[] header = [23, 3, 3, (byte)((plain.Length + 16) >> 8), (byte)((plain.Length + 16) & 0xFF)];
            gcm.Encrypt(nonce, plain, plain, tag, header);
            return [.. header, .. plain, .. tag];
        }
        BinaryPrimitives.WriteUInt64BigEndian(nonce.AsSpan(4), number);
        byte[] authenticated = new byte[13], ciphered = new byte[content.Length];
        BinaryPrimitives.WriteUInt64BigEndian(authenticated, number);
        authenticated[8] = type;
        authenticated[9] = authenticated[10] = 3;
        BinaryPrimitives.WriteUInt16BigEndian(authenticated.AsSpan(11), (ushort)content.Length);
        gcm.Encrypt(nonce, content, ciphered, tag, authenticated);
        return [type, 3, 3, (byte)((content.Length + 24) >> 8), (byte)((content.Length + 24) & 0xFF), .. nonce[4..], .. ciphered, .. tag];
    }

    private void Install(Sender sender, byte[] secret)
    {
        _numbers[(int)sender] = 0;
        if (_is13) _keys[(int)sender] = (new AesGcm(Expand(secret, "key", 16), 16), Expand(secret, "iv", 12));
        else
        {
            byte[] seed = [.. "key expansion"u8, .. Random, .. Random], a = seed, block = [];
            while (block.Length < 40)
            {
                a = HMACSHA256.HashData(Master, a);
                block = [.. block, .. HMACSHA256.HashData(Master, (byte[])[.. a, .. seed])];
            }
            int which = (int)sender;
            _keys[which] = (new AesGcm(block.AsSpan(16 * which, 16), 16), [.. block.AsSpan(32 + (4 * which), 4), .. new byte[8]]);
        }
    }

    private static byte[] Expand(byte[] secret, string label, int length)
    {
        byte[] name = Encoding.ASCII.GetBytes("tls13 " + label);
        return HKDF.Expand(HashAlgorithmName.SHA256, secret, length, [0, (byte)length, (byte)name.Length, .. name, 0]);
    }
}

/// <summary>What one side sends, or, where there are no bytes, what is lost of it.</summary>
internal sealed record Step(Sender Sender, byte[] Bytes, long Lost = 0);

/// <summary>One connection, read step by step; every byte that was handed over is checked to be counted.</summary>
internal sealed class TlsRun
{
    internal TlsRun(IEnumerable<Step> steps, string keyLog, int most = int.MaxValue, long? trials = null)
    {
        if (trials is { } few) Keys.Trials = few;
        Keys.Add(Encoding.ASCII.GetBytes(keyLog));
        TlsConversation tls = new(Flow, Examiner, Keys, (flow, protocol) => Inner = new RecordingConversation(flow, Examiner, protocol));
        long[] given = new long[2];
        long packet = 0;
        foreach (Step step in steps)
        {
            packet++;
            given[(int)step.Sender] += step.Bytes.Length;
            for (int at = 0; at < step.Bytes.Length; at += Math.Min(most, step.Bytes.Length - at)) tls.Data(step.Sender, step.Bytes.AsSpan(at, Math.Min(most, step.Bytes.Length - at)), packet);
            if (step.Bytes.Length == 0) tls.Hole(step.Sender, step.Lost, packet);
        }
        tls.End(Sender.Client, clean: true);
        tls.End(Sender.Server, clean: true);
        Opened = tls.OpenedRecords;
        for (int side = 0; side < 2; side++)
        {
            long counted = Flow.Bytes((Sender)side, ByteKind.Decoded) + Flow.Bytes((Sender)side, ByteKind.Structural) + Flow.Bytes((Sender)side, ByteKind.Opaque);
            if (given[side] != counted) throw new InvalidOperationException($"{(Sender)side} gave {given[side]} bytes, {counted} were counted");
        }
    }

    internal Flow Flow { get; } = new(1, "tcp", new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 40000), new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 443));

    internal KeyLog Keys { get; } = new();

    internal RecordingExaminer Examiner { get; } = new();

    internal RecordingConversation? Inner { get; private set; }

    internal long Opened { get; }

    internal string Text(Sender sender) => Inner?.Text(sender) ?? "";

    internal string Remarks => string.Join("; ", Flow.Remarks);

    /// <summary>All that must not depend on how the bytes were cut.</summary>
    internal string Everything => string.Join('\n', Opened, Text(Sender.Client), Text(Sender.Server), Remarks, Flow.Protocol, string.Join(',', Inner?.Events ?? []), string.Join(',', ((Sender[])[Sender.Client, Sender.Server]).Select(sender =>
            $"{Flow.Bytes(sender, ByteKind.Decoded)} {Flow.Bytes(sender, ByteKind.Structural)} {Flow.Bytes(sender, ByteKind.Opaque)} {Flow.Capacity(sender)}")),
        string.Join(',', Examiner.Examined.Select(piece => $"{piece.Carrier} {Convert.ToHexString(SHA256.HashData(piece.Bytes))}")));
}
