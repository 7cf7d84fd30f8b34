using System.Globalization;
using System.Net;
using Offproof.Auditor;
using static Offproof.Fuzz.Checks;

namespace Offproof.Fuzz;

/// <summary>Any bytes as what two ends say, and as recordings. Throws when a byte is counted twice or not at all, or when it matters how the bytes came.</summary>
static class ConversationFuzz
{
    static readonly IPEndPoint s_client = new(IPAddress.Loopback, 40000);
    static readonly IPEndPoint s_server = new(IPAddress.Loopback, 53);

    internal static string Http(byte[] input) => Talk(input, (flow, protocols) => new Recognition(flow, protocols));

    internal static string Sockets(byte[] input) => Talk(input, (flow, protocols) => new WebSocketConversation(flow, protocols.Examiner, input.Length % 3 == 0 ? null : input.Length % 3 == 1 ? "permessage-deflate" : "permessage-deflate; client_no_context_takeover; server_no_context_takeover"));

    internal static string Two(byte[] input) => Talk(input, (flow, protocols) => new Http2Conversation(flow, protocols));

    /// <summary>As a datagram on several ports, and over TCP.</summary>
    internal static string Dns(byte[] input)
    {
        string said = "";
        foreach (int port in (int[])[53, 4000, 67, 123])
        {
            Sums sums = new();
            Flow flow = new(1, "udp", s_client, new IPEndPoint(IPAddress.Loopback, port));
            Datagrams.Read(flow, sums, Sender.Client, input, 1);
            Check(Total(flow) == input.Length, "bytes are counted twice, or not at all");
            said += Said(flow);
        }
        return said + Talk(input, (flow, protocols) => new DnsConversation(flow, protocols.Examiner));
    }

    internal static string Har(byte[] input) => Recording(input, Auditor.Har.Read);

    internal static string Mitmproxy(byte[] input) => Recording(input, Auditor.Mitmproxy.Read);

    delegate RecordingEnd Read(Stream stream, Protocols protocols, NewFlow newFlow, int longest);

    static string Recording(byte[] input, Read read)
    {
        List<Flow> flows = [];
        Sums sums = new();
        RecordingEnd end = read(new MemoryStream(input, writable: false), new Protocols(sums), (transport, client, server) => { flows.Add(new Flow(flows.Count + 1, transport, client, server)); return flows[^1]; }, 1 << 16);
        Check(end.Bad <= end.Entries && flows.Count >= end.Entries - 1, "entries are lost");
        Check(flows.Sum(Total) <= 8L * input.Length + 4096 || flows.Exists(flow => flow.Bytes(Sender.Server, ByteKind.Missing) + flow.Bytes(Sender.Client, ByteKind.Missing) > 0), "more is counted than there is");
        return $"{end.Stopped?.Length} {end.Bad > 0} {string.Concat(flows.Take(3).Select(Said))}";
    }

    // A byte below 32 after 0xF8 changes the direction, or is a gap: so that both ends speak in one input.
    static string Talk(byte[] input, Func<Flow, Protocols, Conversation> make)
    {
        (string whole, string sums) = Once(input, make, 1 << 20);
        (string cut, string cutSums) = Once(input, make, 1 + input.Length % 7);
        Check(sums == cutSums, $"it matters how the bytes came: {sums} / {cutSums}");
        Check(whole == cut, $"it matters how the bytes came: {whole} / {cut}");
        return whole;
    }

    static (string Said, string Sums) Once(byte[] input, Func<Flow, Protocols, Conversation> make, int most)
    {
        Sums sums = new();
        Flow flow = new(1, "tcp", s_client, s_server);
        Conversation conversation = make(flow, new Protocols(sums));
        Sender sender = Sender.Client;
        long given = 0;
        for (int at = 0; at < input.Length;)
        {
            int end = input.AsSpan(at).IndexOf((byte)0xF8);
            end = end < 0 ? input.Length : at + end;
            for (; at < end; at += Math.Min(most, end - at)) conversation.Data(sender, input.AsSpan(at, Math.Min(most, end - at)).ToArray(), at + 1);
            if (end >= input.Length) break;
            int what = end + 1 < input.Length ? input[end + 1] : 0;
            at = Math.Min(input.Length, end + 2);
            given -= at - end;
            if (what < 16) conversation.Hole(sender, what, at);
            else sender = sender.Other();
        }
        conversation.End(Sender.Client, clean: true);
        conversation.End(Sender.Server, clean: false);
        Check(Total(flow) == input.Length + given, $"{Total(flow)} bytes are counted of {input.Length + given}");
        return (Said(flow), sums.ToString());
    }

    static long Total(Flow flow) => Enum.GetValues<ByteKind>().Sum(kind => flow.Bytes(Sender.Client, kind) + flow.Bytes(Sender.Server, kind));

    static string Said(Flow flow) => $"{flow.Protocol} {Math.Min(flow.Messages, 3)} {string.Concat(flow.Remarks.Select(remark => remark.Length.ToString(CultureInfo.InvariantCulture) + ";"))}";

    /// <summary>Reads text, and keeps a sum of all that it was given.</summary>
    sealed class Sums : Examiner
    {
        readonly ulong[] _sums = [17, 17];

        internal override int Examine(in Place place, ReadOnlySpan<byte> bytes, in Declared declared = default)
        {
            Check(!bytes.IsEmpty, "nothing was handed over");
            ref ulong sum = ref _sums[(int)place.Sender];
            int unread = 0;
            foreach (byte one in bytes)
            {
                sum = unchecked(sum * 1099511628211 ^ one);
                if (one is < 9 or >= 0x7F) unread++;
            }
            sum = unchecked((sum * 31 ^ (ulong)place.Offset) * 31 ^ (ulong)place.Carrier ^ (ulong)place.Message << 8);
            return unread;
        }

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{_sums[0]:x} {_sums[1]:x}");
    }
}
