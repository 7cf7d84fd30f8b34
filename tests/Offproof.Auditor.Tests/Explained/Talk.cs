using System.Security.Cryptography;
using System.Text;
using Offproof.Auditor.Tests.Disguises;

namespace Offproof.Auditor.Tests.Explained;

/// <summary>What two ends said, read with the examiner of the program.</summary>
sealed class Talk : IDisposable
{
    internal required Flow Flow { get; init; }

    internal required CanaryExaminer Examiner { get; init; }

    internal long Sent => Flow.Bytes(Sender.Client, ByteKind.Opaque);

    internal long Came => Flow.Bytes(Sender.Server, ByteKind.Opaque);

    public void Dispose() => Examiner.Dispose();

    /// <summary>Of each turn what the client said, or the server; null of a turn is a gap of one byte of the server.</summary>
    internal static Talk Of(IEnumerable<(Sender Sender, byte[]? Bytes)> turns, PhoneSide phone = PhoneSide.Client, int cut = int.MaxValue)
    {
        Talk talk = new() { Flow = ChainTests.Flow(), Examiner = ChainTests.Examiner() };
        talk.Flow.Phone = phone;
        Recognition conversation = new(talk.Flow, new Protocols(talk.Examiner));
        long packet = 0;
        long given = 0;
        foreach ((Sender sender, byte[]? bytes) in turns)
        {
            if (bytes is null) conversation.Hole(sender, 1, ++packet);
            foreach (byte[] piece in (bytes ?? []).Chunk(Math.Min(cut, 1 << 20)))
            {
                conversation.Data(sender, piece, ++packet);
                given += piece.Length;
            }
        }
        conversation.End(Sender.Client, clean: true);
        conversation.End(Sender.Server, clean: true);
        Assert.Equal(given, Enum.GetValues<ByteKind>().Sum(kind => talk.Flow.Bytes(Sender.Client, kind) + talk.Flow.Bytes(Sender.Server, kind)));
        return talk;
    }

    internal static (Sender, byte[]?) Client(string text) => (Sender.Client, Encoding.Latin1.GetBytes(text));

    internal static (Sender, byte[]?) Get(string target) => Client($"GET {target} HTTP/1.1\r\nHost: cloud.example.org\r\n\r\n");

    internal static (Sender, byte[]?) Answer(byte[] body, string status = "200 OK", string fields = "", int more = 0) =>
        (Sender.Server, [.. Encoding.Latin1.GetBytes($"HTTP/1.1 {status}\r\nContent-Length: {body.Length + more}\r\n{fields}\r\n"), .. body]);

    internal static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    internal static byte[] Random(int seed, int count)
    {
        byte[] bytes = new byte[(count + 31) / 32 * 32];
        for (int at = 0; at < bytes.Length; at += 32) SHA256.HashData(Encoding.ASCII.GetBytes($"{seed}/{at}")).CopyTo(bytes, at);
        return bytes[..count];
    }
}
