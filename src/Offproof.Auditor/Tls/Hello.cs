using System.Security.Cryptography;

namespace Offproof.Auditor;

/// <summary>What a ClientHello, a ServerHello or an EncryptedExtensions says, and the account of its bytes (audit.md §3.2).</summary>
internal sealed class Hello
{
    /// <summary>The random of a ServerHello that is a HelloRetryRequest (RFC 8446 §4.1.3).</summary>
    private static readonly byte[] RetryRandom = SHA256.HashData("HelloRetryRequest"u8);

    private Hello()
    {
    }

    internal int Version { get; private set; }

    internal byte[] Random { get; private set; } = [];

    internal byte[] SessionId { get; private set; } = [];

    /// <summary>Of a ServerHello.</summary>
    internal ushort Suite { get; private set; }

    /// <summary>Of a ClientHello, those of TLS 1.3.</summary>
    internal List<ushort> Offered13 { get; } = [];

    internal bool IsCompressed { get; private set; }

    internal bool IsRetry { get; private set; }

    internal bool HasEarlyData { get; private set; }

    internal bool HasExtendedMaster { get; private set; }

    internal bool MacIsOutside { get; private set; }

    internal bool HasTruncatedMac { get; private set; }

    /// <summary>RFC 5077: what the client wants to resume.</summary>
    internal byte[] Ticket { get; private set; } = [];

    internal string? ServerName { get; private set; }

    /// <summary>The protocols offered, or the one chosen.</summary>
    internal List<string> Protocols { get; } = [];

    internal bool HasEncryptedHello { get; private set; }

    /// <summary>Extensions that this reader does not know.</summary>
    internal List<int> Unknown { get; } = [];

    /// <summary>Where the names stand - of the server, of protocols - in the body: they are decoded.</summary>
    internal List<(int Offset, int Length)> Names { get; } = [];

    /// <summary>Bytes of the body that are opaque; those that are neither these nor names are structural.</summary>
    internal int Opaque { get; private set; }

    /// <summary>Of the structural bytes, those that the sender chose.</summary>
    internal int Free { get; private set; }

    /// <summary>Extensions that IANA knows and in which nothing is encrypted; their contents are structural, and counted as chosen.</summary>
    internal static bool IsKnown(int type) => type is (>= 0 and <= 28) or 31 or 33 or 34 or 35 or (>= 38 and <= 52) or 55 or 56 or 57 or 58 or 59 or 0x3374 or 0x4469 or 0x44CD or 0x754F or 0x7550 or 0xFF01 or 0xFFA5
        || IsGrease(type);

    // RFC 8701 §2
    private static bool IsGrease(int value) => (value & 0x0F0F) == 0x0A0A && value >> 8 == (value & 0xFF);

    /// <returns>Null when the body is not one.</returns>
    internal static Hello? ReadClient(ReadOnlySpan<byte> body)
    {
        Hello hello = new();
        TlsBytes bytes = new(body);
        if (!hello.TryBegin(ref bytes) || !bytes.TryVector16(out ReadOnlySpan<byte> suites) || suites.Length % 2 != 0 || !bytes.TryVector8(out ReadOnlySpan<byte> compressions)) return null;
        hello.Free += suites.Length + compressions.Length;
        for (TlsBytes list = new(suites); list.TryShort(out ushort suite);)
        {
            if (suite is >= CipherSuite.Aes128Gcm and <= CipherSuite.ChaCha20 && !hello.Offered13.Contains(suite)) hello.Offered13.Add(suite);
        }
        return bytes.IsEmpty || hello.TryExtensions(ref bytes, body.Length, isServer: false) ? hello : null;
    }

    /// <returns>Null when the body is not one.</returns>
    internal static Hello? ReadServer(ReadOnlySpan<byte> body)
    {
        Hello hello = new();
        TlsBytes bytes = new(body);
        if (!hello.TryBegin(ref bytes) || !bytes.TryShort(out ushort suite) || !bytes.TryByte(out byte compression)) return null;
        (hello.Suite, hello.IsCompressed) = (suite, compression != 0);
        if (!bytes.IsEmpty && !hello.TryExtensions(ref bytes, body.Length, isServer: true)) return null;
        hello.IsRetry = hello.Random.AsSpan().SequenceEqual(RetryRandom);
        return hello;
    }

    /// <summary>EncryptedExtensions: nothing but extensions.</summary>
    internal static Hello? ReadExtensions(ReadOnlySpan<byte> body)
    {
        Hello hello = new();
        TlsBytes bytes = new(body);
        return hello.TryExtensions(ref bytes, body.Length, isServer: true) ? hello : null;
    }

    private bool TryBegin(ref TlsBytes bytes)
    {
        if (!bytes.TryShort(out ushort version) || !bytes.TryTake(32, out ReadOnlySpan<byte> random) || !bytes.TryVector8(out ReadOnlySpan<byte> session) || session.Length > 32) return false;
        (Version, Random, SessionId) = (version, random.ToArray(), session.ToArray());
        Free += 32 + session.Length;
        return true;
    }

    private bool TryExtensions(ref TlsBytes bytes, int length, bool isServer)
    {
        if (!bytes.TryVector16(out ReadOnlySpan<byte> list) || !bytes.IsEmpty) return false;
        TlsBytes extensions = new(list);
        while (!extensions.IsEmpty)
        {
            if (!extensions.TryShort(out ushort type) || !extensions.TryVector16(out ReadOnlySpan<byte> content)) return false;
            if (!TryExtension(type, content, length - extensions.Rest.Length - content.Length, isServer)) return false;
        }
        return true;
    }

    /// <param name="offset">Where the content stands in the body.</param>
    private bool TryExtension(int type, ReadOnlySpan<byte> content, int offset, bool isServer)
    {
        switch (type)
        {
            case 0 when content.Length > 0:
                return TryServerName(content, offset);
            case 16:
                return TryProtocols(content, offset);
            case 43 when isServer && content.Length == 2:
                Version = (content[0] << 8) | content[1];
                return true;
            case 0xFE0D:
                HasEncryptedHello = true;
                Opaque += content.Length;
                return true;
        }
        // RFC 7685 §3: padding is zero.
        if (!IsKnown(type) || (type == 21 && content.ContainsAnyExcept((byte)0)))
        {
            Opaque += content.Length;
            if (Unknown.Count < 4) Unknown.Add(type);
            return true;
        }
        Free += content.Length;
        if (type == 4) HasTruncatedMac = true;
        else if (type == 22) MacIsOutside = true;
        else if (type == 23) HasExtendedMaster = true;
        else if (type == 35) Ticket = content.ToArray();
        else if (type == 42) HasEarlyData = true;
        return true;
    }

    // RFC 6066 §3: a list of names, of which only host names exist.
    private bool TryServerName(ReadOnlySpan<byte> content, int offset)
    {
        TlsBytes bytes = new(content);
        if (!bytes.TryVector16(out ReadOnlySpan<byte> list) || !bytes.IsEmpty) return false;
        TlsBytes names = new(list);
        while (!names.IsEmpty)
        {
            if (!names.TryByte(out byte type) || !names.TryVector16(out ReadOnlySpan<byte> name)) return false;
            if (type != 0) Opaque += name.Length;
            else if (name.Length > 0) Names.Add((offset + content.Length - names.Rest.Length - name.Length, name.Length));
            if (type == 0) ServerName ??= Word(name);
        }
        return true;
    }

    // RFC 7301 §3.1
    private bool TryProtocols(ReadOnlySpan<byte> content, int offset)
    {
        TlsBytes bytes = new(content);
        if (!bytes.TryVector16(out ReadOnlySpan<byte> list) || !bytes.IsEmpty) return false;
        TlsBytes names = new(list);
        while (!names.IsEmpty)
        {
            if (!names.TryVector8(out ReadOnlySpan<byte> name) || name.IsEmpty) return false;
            // GREASE (RFC 8701) is structural.
            if (name.Length == 2 && IsGrease(name[0] << 8 | name[1])) Free += 2;
            else Names.Add((offset + content.Length - names.Rest.Length - name.Length, name.Length));
            if (Protocols.Count < 16) Protocols.Add(Word(name));
        }
        return true;
    }

    /// <summary>As people are shown it: what is not printable ASCII is a question mark, and what is longer than any name of a host is cut.</summary>
    private static string Word(ReadOnlySpan<byte> name) => string.Create(Math.Min(name.Length, 255), name, static (word, bytes) =>
    {
        for (int at = 0; at < word.Length; at++) word[at] = bytes[at] is > 0x20 and < 0x7F ? (char)bytes[at] : '?';
    });
}
