using System.Buffers.Binary;
using System.Net;
using Offproof.Auditor;
using static Offproof.Fuzz.Checks;

namespace Offproof.Fuzz;

/// <summary>Any bytes as streams of TLS, as a key log, as datagrams of QUIC. Throws when a byte is not counted once.</summary>
static class TlsFuzz
{
    const int MostFlows = 4;

    /// <summary>
    /// A key log, its length before it in 2 bytes; then pieces: a byte whose lowest bit is the sender and whose next two are the connection, 2 bytes of length, the bytes. Without bytes, a hole.
    /// </summary>
    internal static string Streams(byte[] input)
    {
        KeyLog keys = new();
        ReadOnlySpan<byte> rest = input;
        if (TryTake(ref rest, out ReadOnlySpan<byte> log)) keys.Add(log);
        Counted[] flows = [.. Enumerable.Range(1, MostFlows).Select(number => new Counted(number, keys))];
        long packet = 0;
        while (rest.Length > 0)
        {
            byte which = rest[0];
            rest = rest[1..];
            if (!TryTake(ref rest, out ReadOnlySpan<byte> bytes)) break;
            flows[(which >> 1) % MostFlows].Take((Sender)(which & 1), bytes, ++packet);
        }
        return string.Join('|', flows.Select(flow => flow.Finish()));
    }

    internal static string Keys(byte[] input)
    {
        KeyLog whole = new(), streamed = new();
        whole.Add(input);
        using MemoryStream stream = new(input, writable: false);
        streamed.Add(stream);
        Check(whole.Count == streamed.Count && whole.BadLines == streamed.BadLines, "a key log is not the same as a stream");
        return $"{Math.Min(whole.Count, 8)} {Math.Min(whole.BadLines, 4)}";
    }

    /// <summary>Pieces as above, without a key log: each is a datagram.</summary>
    internal static string Datagrams(byte[] input)
    {
        Flow flow = Made(1);
        using QuicDatagrams quic = new(flow, new Nobody(), new KeyLog());
        long[] given = new long[2];
        ReadOnlySpan<byte> rest = input;
        while (rest.Length > 0)
        {
            Sender sender = (Sender)(rest[0] & 1);
            rest = rest[1..];
            if (!TryTake(ref rest, out ReadOnlySpan<byte> bytes)) break;
            given[(int)sender] += bytes.Length;
            QuicDatagrams.Recognises(bytes);
            quic.Take(sender, bytes, 1);
        }
        quic.Finish();
        Balances(flow, given);
        return string.Join('|', flow.Remarks.Select(words => Kind(words.Split("0x")[0]))) + $"|{flow.Protocol}|{Math.Min(quic.OpenedPackets, 4)}";
    }

    static bool TryTake(ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> taken)
    {
        taken = default;
        if (rest.Length < 2) return false;
        int length = Math.Min(BinaryPrimitives.ReadUInt16BigEndian(rest), rest.Length - 2);
        taken = rest.Slice(2, length);
        rest = rest[(2 + length)..];
        return true;
    }

    static Flow Made(int number) => new(number, "tcp", new IPEndPoint(IPAddress.Loopback, number), new IPEndPoint(IPAddress.Loopback, 443));

    static void Balances(Flow flow, long[] given)
    {
        for (int side = 0; side < 2; side++)
        {
            Sender sender = (Sender)side;
            Check(given[side] == flow.Bytes(sender, ByteKind.Decoded) + flow.Bytes(sender, ByteKind.Structural) + flow.Bytes(sender, ByteKind.Opaque), "a byte is not counted once");
            Check(flow.Capacity(sender) <= flow.Bytes(sender, ByteKind.Structural), "more was chosen than there is");
        }
    }

    sealed class Counted
    {
        readonly Flow _flow;
        readonly TlsConversation _tls;
        readonly long[] _given = new long[2];

        internal Counted(int number, KeyLog keys)
        {
            _flow = Made(number);
            Nobody examiner = new();
            _tls = new TlsConversation(_flow, examiner, keys, (flow, _) => new Counting(flow, examiner));
        }

        internal void Take(Sender sender, ReadOnlySpan<byte> bytes, long packet)
        {
            _given[(int)sender] += bytes.Length;
            if (bytes.IsEmpty) _tls.Hole(sender, 1, packet);
            else _tls.Data(sender, bytes, packet);
        }

        internal string Finish()
        {
            _tls.End(Sender.Client, clean: true);
            _tls.End(Sender.Server, clean: false);
            Balances(_flow, _given);
            return string.Join('|', _flow.Remarks.Select(words => Kind(words.Split("0x")[0]))) + $"|{_flow.Protocol}|{Math.Min(_tls.OpenedRecords, 16)}";
        }
    }

    sealed class Nobody : Examiner
    {
        internal override int Examine(in Place place, ReadOnlySpan<byte> bytes, in Declared declared = default) => bytes.Length;
    }

    sealed class Counting(Flow flow, Examiner examiner) : Conversation(flow, examiner)
    {
        internal override void Data(Sender sender, ReadOnlySpan<byte> bytes, long packet) => Flow.Count(sender, ByteKind.Decoded, bytes.Length);

        internal override void Hole(Sender sender, long length, long packet)
        {
        }

        internal override void End(Sender sender, bool clean)
        {
        }
    }
}
