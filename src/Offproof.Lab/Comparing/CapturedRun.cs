using System.Globalization;
using System.Text;
using Offproof.Auditor;

namespace Offproof.Lab;

/// <summary>One run as places and their values (compare.md §2): the same place in another run has the same name.</summary>
internal sealed class CapturedRun
{
    /// <summary>The pause before a flow, which has in it what the person or the lab did between two steps.</summary>
    internal const string Begins = "begins after the flow before it";

    private const int MostFields = 1_000_000;
    private const int MostHeard = 8 << 20;

    private readonly OrderedDictionary<string, Field> _fields = new(StringComparer.Ordinal);
    private readonly Dictionary<int, string> _flows = [];
    private readonly HashSet<int> _undecided = [];
    private readonly HashSet<(int Flow, bool Leaves)> _read = [];
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);
    private readonly Dictionary<(int Flow, bool FromClient, int Message), string> _heads = [];
    private readonly Dictionary<string, StringBuilder> _orders = new(StringComparer.Ordinal);
    private readonly List<(int Turn, byte[] Bytes)> _heard = [];
    private long _heardBytes;
    private int _turn;

    internal CapturedRun(Transcript transcript)
    {
        Transcript = transcript;
        IsWhole = transcript.IsWhole;
        foreach (FlowReport flow in transcript.Report.Flows.Where(static flow => flow.Phone != "undecided"))
        {
            if (flow.Sent is { Opaque: 0, Missing: 0 }) _read.Add((flow.Flow, true));
            if (flow.Received is { Opaque: 0, Missing: 0 }) _read.Add((flow.Flow, false));
        }
        Flows();
        foreach (Said said in transcript.Said) Add(said);
        foreach ((string flow, StringBuilder order) in _orders) Put(new Field($"{flow}: order of requests", flow, $"order of requests", Role.Order, true, 0, 0, 0, Encoding.UTF8.GetBytes(order.ToString()), order.Length));
        Schedule();
        Sizes();
    }

    internal Transcript Transcript { get; }

    /// <summary>In the order in which they were found.</summary>
    internal IReadOnlyDictionary<string, Field> Fields => _fields;

    /// <summary>False where there is more than is compared.</summary>
    internal bool IsWhole { get; private set; }

    /// <summary>Between the first packet and the last.</summary>
    internal double? Seconds { get; private set; }

    /// <summary>How many times the phone spoke.</summary>
    internal int Spoken { get; private set; }

    /// <summary>Things that the phone sent.</summary>
    internal int Sent { get; private set; }

    /// <summary>Flows of which it is not known which end is the phone's.</summary>
    internal int Undecided => _undecided.Count;

    // Where the ends do not tell (both on one machine), the client's is taken for the phone's: what the other one says is still compared, as answers.
    private bool IsSent(int flow, bool leaves, bool fromClient) => leaves && (fromClient || !_undecided.Contains(flow));

    /// <summary>Did this arrive before?</summary>
    internal bool WasHeard(byte[] value, int before)
    {
        foreach ((int turn, byte[] bytes) in _heard)
        {
            if (turn >= before) return false;
            if (bytes.AsSpan().IndexOf(value) >= 0) return true;
        }
        return false;
    }

    private void Flows()
    {
        StringBuilder order = new();
        FlowReport[] reports = [.. Transcript.Report.Flows.OrderBy(static flow => flow.Flow)];
        long? before = null;
        foreach (FlowReport flow in reports)
        {
            string receiver = Receiver(flow), name = Ordinal(receiver);
            _flows[flow.Flow] = name;
            if (flow.Phone == "undecided") _undecided.Add(flow.Flow);
            order.Append(receiver).Append('\n');
            Put(new Field(name, null, receiver, Role.Presence, true, 0, flow.Flow, 0, Encoding.UTF8.GetBytes(Spoken(flow)), 0));
            Put(new Field($"{name}: protocol", name, $"{receiver}: protocol", Role.Content, true, 0, flow.Flow, 0, Encoding.UTF8.GetBytes(flow.Protocol), flow.Protocol.Length));
            if (Transcript.Begun.TryGetValue(flow.Flow, out long begun))
            {
                if (before is { } last) Gap($"{name}: {Begins}", name, flow.Flow, 0, begun, last);
                before = begun;
            }
        }
        Put(new Field("order of flows", null, "order of flows", Role.Order, true, 0, 0, 0, Encoding.UTF8.GetBytes(order.ToString()), order.Length));

        static string Spoken(FlowReport flow) => flow.Protocol.Length > 0 ? flow.Protocol : flow.Transport;
    }

    // The far end: a name where one was used, else the address, and the port.
    private static string Receiver(FlowReport flow)
    {
        string end = flow.Phone == "server" ? flow.Client : flow.Server;
        int colon = end.LastIndexOf(':');
        bool hasPort = colon > 0 && (end.IndexOf(':', StringComparison.Ordinal) == colon || end[colon - 1] == ']');
        if (flow.Phone == "server") return $"{flow.Transport} from {(hasPort ? end[..colon] : end)}";
        return flow.ServerName is { Length: > 0 } name ? $"{flow.Transport} {Pieces.Printable(name)}{(hasPort ? end[colon..] : "")}" : $"{flow.Transport} {end}";
    }

    private void Add(Said said)
    {
        int turn = _turn++;
        byte[] bytes = said.Bytes.ToArray();
        bool leaves = IsSent(said.Flow, said.Leaves, said.FromClient);
        if (leaves) Sent++;
        else Hear(turn, bytes);
        if (!_flows.TryGetValue(said.Flow, out string? flow)) return;
        string to = leaves ? "sent" : "received";
        if (said.Carrier == "dns-name")
        {
            string name = $"name {(leaves ? "asked" : "answered")} by DNS: {Pieces.Printable(Encoding.Latin1.GetString(bytes))}";
            if (!_fields.ContainsKey(name)) Put(new Field(name, null, leaves ? "name asked by DNS" : "name answered by DNS", Role.Presence, leaves, said.Packet, said.Flow, said.Offset, bytes, said.Length) { Time = said.Time, Turn = turn });
            return;
        }
        string kind;
        List<Piece> pieces;
        bool isWhole = said.Sha256 is null;
        if (said.Carrier == "head")
        {
            pieces = Pieces.OfHead(bytes, out string signature);
            kind = signature.Length == 0 ? $"head {to}" : signature == "answer" ? Answer(said) : $"request {signature}";
        }
        else if (said.Carrier == "body")
        {
            pieces = Pieces.OfBody(bytes, isWhole);
            kind = $"body of {(_heads.TryGetValue((said.Flow, said.FromClient, said.Message), out string? head) ? head : "a message " + to)}";
        }
        else if (said.Carrier == "handshake")
        {
            pieces = Hellos.Of(bytes);
            kind = $"{Hellos.Name(bytes)} {to}";
        }
        else
        {
            pieces = Pieces.OfBody(bytes, isWhole);
            kind = $"{said.Carrier} {to}";
        }
        // Of what a recording holds beside its messages (audit.md §3.7), the reader leaves out what a head says already: it says something where no head does.
        bool isBeside = said.Carrier == "head" && said.Time is null && bytes is not [(byte)':', ..] && bytes.AsSpan().IndexOf(": "u8) is > 0 and int colon && !bytes.AsSpan(0, colon).Contains((byte)' ');
        if (isBeside) kind = $"beside the messages, {to}";
        string message = said.Carrier == "body" ? Ordinal($"{flow}: {kind}", 1) : Ordinal($"{flow}: {kind}");
        if (said.Carrier == "head" && !isBeside) Head(said, leaves, flow, kind, message);
        Put(new Field(message, flow, kind, Role.Presence, leaves, said.Packet, said.Flow, said.Offset, [], 0) { Time = said.Time, Turn = turn, Follows = isBeside });
        foreach (Piece piece in pieces)
        {
            Put(new Field($"{message}: {piece.Name}", isBeside ? flow : message, $"{kind}: {piece.Name}", piece.Role, leaves, said.Packet, said.Flow, said.Offset + piece.Offset, piece.Value, piece.Value.Length)
            { Time = said.Time, Turn = turn, IsOpaque = IsOpaque(said, piece.Value), Follows = piece.Follows || isBeside });
        }
        if (said.Sha256 is { } hash)
            Put(new Field($"{message}: what is not kept", message, $"{kind}: what is not kept", Role.Content, leaves, said.Packet, said.Flow, said.Offset, Encoding.ASCII.GetBytes(hash), said.Length) { Turn = turn, IsOpaque = IsOpaque(said, bytes) });
    }

    // What is written in characters is compared as a value, and counted where it is random: that it stands for other bytes does not make it less comparable.
    // What was unread when it came, and was accounted for later (audit.md §6.7, §6.8), is in no account as opaque.
    private bool IsOpaque(Said said, byte[] value) => said.Unread > 0 && !_read.Contains((said.Flow, said.Leaves)) && said.Carrier != "head" && Kinds.Of(value) == Kind.Bytes;

    private void Head(Said said, bool leaves, string flow, string kind, string message)
    {
        _heads[(said.Flow, said.FromClient, said.Message)] = message[(flow.Length + 2)..];
        if (!leaves) return;
        if (!_orders.TryGetValue(flow, out StringBuilder? order)) _orders[flow] = order = new StringBuilder();
        order.Append(kind).Append('\n');
    }

    private string Answer(Said said) => _heads.TryGetValue((said.Flow, !said.FromClient, said.Message), out string? request) ? $"answer to {request}" : "answer";

    private void Hear(int turn, byte[] bytes)
    {
        if (_heardBytes + bytes.Length > MostHeard) return;
        _heardBytes += bytes.Length;
        _heard.Add((turn, bytes));
    }

    // When the phone spoke: the time since the other end did, or since it spoke itself.
    private void Schedule()
    {
        Dictionary<int, (long Until, int Count)> last = [];
        long from = long.MaxValue, until = long.MinValue;
        foreach (Turn turn in Transcript.Turns)
        {
            (from, until) = (Math.Min(from, turn.Time), Math.Max(until, turn.Until));
            (long before, int count) = last.TryGetValue(turn.Flow, out (long Until, int Count) found) ? found : (Transcript.Begun.TryGetValue(turn.Flow, out long begun) ? begun : turn.Time, 0);
            if (IsSent(turn.Flow, turn.Leaves, turn.FromClient) && _flows.TryGetValue(turn.Flow, out string? flow))
            {
                Gap($"{flow}: pause before the phone's turn {Text(++count)}", flow, turn.Flow, turn.Packet, turn.Time, before);
                Spoken++;
            }
            last[turn.Flow] = (turn.Until, count);
        }
        if (until >= from) Seconds = Math.Max(0, ((double)until - from) / 1e9);
    }

    private void Gap(string place, string parent, int flow, long packet, long time, long before)
    {
        // What a file says of times can be anything.
        double gap = Math.Clamp(((double)time - before) / 1e6, 0, 1e15);
        string text = gap.ToString("0", CultureInfo.InvariantCulture) + " ms";
        Put(new Field(place, parent, "pause", Role.Gap, true, packet, flow, 0, Encoding.ASCII.GetBytes(text), text.Length) { Number = (long)gap });
    }

    /// <summary>What the place of a stream's length is called, and that of what was opened of it.</summary>
    internal const string AllBytes = ": number of all bytes", AllBytesInside = $": number of {Inside}all bytes";

    private const string Inside = "inside TLS, ";

    // What a stream's reader leaves out - framing, settings, padding - is in its hash and in its length.
    private void Sizes()
    {
        Dictionary<(int, bool, bool), int> seen = [];
        foreach (SaidDirection stream in Transcript.Streams)
        {
            if (!_flows.TryGetValue(stream.Flow, out string? flow)) continue;
            int number = seen[(stream.Flow, stream.FromClient, stream.IsInside)] = seen.GetValueOrDefault((stream.Flow, stream.FromClient, stream.IsInside)) + 1;
            bool leaves = IsSent(stream.Flow, stream.Leaves, stream.FromClient);
            string what = $"{(stream.IsInside ? Inside : "")}all bytes {(leaves ? "sent" : "received")}{(number > 1 ? $" ({Text(number)})" : "")}";
            string size = Text(stream.Bytes);
            Put(new Field($"{flow}: number of {what}", flow, $"number of {what}", Role.Size, leaves, 0, stream.Flow, 0, Encoding.ASCII.GetBytes(size), size.Length) { Number = stream.Bytes, Follows = true });
            bool isCiphertext = !stream.IsInside && _fields[flow].Value.AsSpan().StartsWith("tls"u8);
            if (!isCiphertext) Put(new Field($"{flow}: hash of {what}", flow, $"hash of {what}", Role.Content, leaves, 0, stream.Flow, 0, Encoding.ASCII.GetBytes(stream.Sha256), stream.Sha256.Length) { Follows = true });
        }
    }

    private void Put(Field field)
    {
        if (_fields.Count < MostFields) _fields.TryAdd(field.Place, field);
        else IsWhole = false;
    }

    private string Ordinal(string name, int bareUntil = 0)
    {
        int number = _counts[name] = _counts.GetValueOrDefault(name) + 1;
        return number <= bareUntil ? name : $"{name} #{Text(number)}";
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
