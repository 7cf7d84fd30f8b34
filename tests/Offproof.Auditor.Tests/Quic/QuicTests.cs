using System.Globalization;
using System.Net;

namespace Offproof.Auditor.Tests.Quic;

public sealed class QuicTests
{
    static readonly string Folder = Path.Combine(Repository.Root, "vectors", "audit", "quic");

    public static TheoryData<string> Names => [.. Directory.EnumerateFiles(Folder, "*.txt").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal)];

    /// <summary>The packets of RFC 9001 Appendix A and RFC 9369 Appendix A, and those of vectors/audit/quic/make.py.</summary>
    [Theory, MemberData(nameof(Names))]
    public void The_first_packets_are_opened_and_the_rest_is_opaque(string name)
    {
        (Dictionary<string, string> expected, List<(Sender Sender, byte[] Bytes)> datagrams) = Read(name);
        Reading reading = new(datagrams);
        Assert.True(QuicDatagrams.Recognises(datagrams[0].Bytes));
        Assert.Equal(expected["remarks"], string.Join("; ", reading.Flow.Remarks));
        Assert.Equal((expected["protocol"], expected["name"]), (reading.Flow.Protocol, reading.Flow.ServerName));
        Assert.Equal(expected["names"], string.Join(' ', reading.Examiner.Names));
        Assert.Equal(expected["opened"], reading.Opened.ToString(CultureInfo.InvariantCulture));
        Assert.Equal(expected["opaque"], reading.Opaque.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>A changed bit anywhere: never a crash, every byte is counted, and what was authenticated does not pass.</summary>
    [Theory, MemberData(nameof(Names))]
    public void A_changed_bit_is_noticed(string name)
    {
        (_, List<(Sender Sender, byte[] Bytes)> datagrams) = Read(name);
        long opened = new Reading(datagrams).Opened;
        for (int at = 0; at < datagrams.Sum(datagram => datagram.Bytes.Length); at += 5)
        {
            List<(Sender, byte[])> changed = [.. datagrams.Select(datagram => (datagram.Sender, datagram.Bytes.ToArray()))];
            int rest = at, which = 0;
            while (rest >= changed[which].Item2.Length) rest -= changed[which++].Item2.Length;
            changed[which].Item2[rest] ^= (byte)(1 << (at % 8));
            Reading reading = new(changed);
            Assert.InRange(reading.Opened, 0, opened);
        }
    }

    [Fact]
    public void A_hello_that_contradicts_itself_is_opaque()
    {
        QuicCrypto crypto = new();
        crypto.Take(0, "hello"u8, 1, out ReadOnlySpan<byte> fresh, out int repeated, out int refused);
        Assert.Equal(("hello", 0, 0), (System.Text.Encoding.ASCII.GetString(fresh), repeated, refused));
        crypto.Take(3, "XY world"u8, 1, out fresh, out repeated, out refused);
        Assert.Equal((" world", 0, 2), (System.Text.Encoding.ASCII.GetString(fresh), repeated, refused));
        crypto.Take(5, " wor"u8, 1, out fresh, out repeated, out refused);
        Assert.Equal(("", 4, 0), (System.Text.Encoding.ASCII.GetString(fresh), repeated, refused));
        crypto.Take(QuicCrypto.Most, "far"u8, 1, out fresh, out repeated, out refused);
        Assert.Equal(("", 0, 3), (System.Text.Encoding.ASCII.GetString(fresh), repeated, refused));
    }

    [Theory]
    [InlineData("00"), InlineData("c0000000010883"), InlineData("8000000000000000000001"), InlineData("4a112233445566"), InlineData("c000000001088394c8f03e5157080000449e7b9aec34")]
    public void Other_datagrams_are_not_taken_for_it(string datagram) => Assert.Equal(datagram is "8000000000000000000001", QuicDatagrams.Recognises(Convert.FromHexString(datagram)));

    [Fact]
    public void The_corpus_capture_gives_its_name_and_is_opaque()
    {
        if (Repository.Corpus("captures") is not { } corpus) throw new InvalidOperationException(Skip());
        List<(Sender, byte[])> datagrams = [];
        StreamsOf capture = new StreamsOf(Path.Combine(corpus, "wireshark", "quic_follow_multistream.pcapng"));
        capture.Replay(_ => throw new InvalidOperationException("no TCP in it"), (_, sender, bytes, _) => datagrams.Add((sender, bytes)));
        Assert.Equal((198, 707), (datagrams.Count(datagram => datagram.Item1 == Sender.Client), datagrams.Count(datagram => datagram.Item1 == Sender.Server)));
        KeyLog keys = new();
        capture.Secrets().ForEach(secrets => keys.Add(secrets));
        Reading reading = new(datagrams, keys);
        Assert.Equal(("quic draft 29", "www.youtube.com", "www.youtube.com h3-29"), (reading.Flow.Protocol, reading.Flow.ServerName, string.Join(' ', reading.Examiner.Names)));
        Assert.Equal(3, reading.Opened);
        Assert.Equal(["QUIC: what follows its first packets is not read"], reading.Flow.Remarks);
        Assert.InRange(reading.Opaque, 800_000, 1_000_000);
        Assert.True(keys.Matched > 0);
    }

    static string Skip()
    {
        Assert.Skip("the corpus of captures (shared/corpus/captures beside the repository) is not on this machine");
        return "";
    }

    static (Dictionary<string, string> Expected, List<(Sender Sender, byte[] Bytes)> Datagrams) Read(string name)
    {
        Dictionary<string, string> expected = new(StringComparer.Ordinal);
        List<(Sender, byte[])> datagrams = [];
        foreach (string line in File.ReadLines(Path.Combine(Folder, name + ".txt")))
        {
            if (line.Split(": ", 2) is [string key, string value]) expected[key] = value;
            else datagrams.Add((line.StartsWith("client", StringComparison.Ordinal) ? Sender.Client : Sender.Server, Convert.FromHexString(line[7..])));
        }
        return (expected, datagrams);
    }

    sealed class Reading
    {
        internal Reading(List<(Sender Sender, byte[] Bytes)> datagrams, KeyLog? keys = null)
        {
            using QuicDatagrams quic = new(Flow, Examiner, keys ?? new KeyLog());
            foreach ((Sender sender, byte[] bytes) in datagrams) quic.Take(sender, bytes, 1);
            quic.Finish();
            Opened = quic.OpenedPackets;
            foreach (Sender sender in (Sender[])[Sender.Client, Sender.Server])
            {
                Assert.Equal(datagrams.Where(datagram => datagram.Sender == sender).Sum(datagram => datagram.Bytes.Length), Flow.Bytes(sender, ByteKind.Decoded) + Flow.Bytes(sender, ByteKind.Structural) + Flow.Bytes(sender, ByteKind.Opaque));
                Opaque += Flow.Bytes(sender, ByteKind.Opaque);
            }
        }

        internal Flow Flow { get; } = new(1, "udp", new IPEndPoint(IPAddress.Loopback, 40000), new IPEndPoint(IPAddress.Loopback, 443));

        internal RecordingExaminer Examiner { get; } = new();

        internal long Opened { get; }

        internal long Opaque { get; }
    }
}
