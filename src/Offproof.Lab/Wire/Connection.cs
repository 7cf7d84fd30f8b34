using System.Buffers.Binary;
using System.Net;

namespace Offproof.Lab;

/// <summary>One side of a connection: when each of its bytes was first on the wire.</summary>
internal sealed class Side
{
    private readonly List<(long Start, long End, TimeSpan Time, ReadOnlyMemory<byte> Data)> segments = [];
    private uint first;
    private bool isBegun;

    /// <summary>Bytes that TCP carried, each counted once.</summary>
    internal long Bytes => segments.Count == 0 ? 0 : segments[^1].End;

    internal void Begin(uint sequence) => (first, isBegun) = (sequence, true);

    /// <summary>False where bytes are missing before these: the capture does not have the whole connection.</summary>
    internal bool Add(uint sequence, ReadOnlyMemory<byte> data, TimeSpan time)
    {
        if (!isBegun) return false;
        long start = Bytes + unchecked((int)(sequence - first - (uint)Bytes));
        long end = start + data.Length;
        if (start > Bytes) return false;
        if (end > Bytes) segments.Add((Bytes, end, time, data[(int)(Bytes - start)..])); // what is sent again is not counted again
        return true;
    }

    /// <summary>Whether a segment begins with this byte, or it is the end.</summary>
    internal bool Begins(long at) => at == Bytes || segments.Exists(segment => segment.Start == at);

    /// <summary>Where its segments end, in order.</summary>
    internal IEnumerable<long> Ends => segments.Select(static segment => segment.End);

    /// <summary>All bytes from this place on.</summary>
    internal byte[] From(long at) => [.. segments.Where(segment => segment.End > at).SelectMany(segment => segment.Data[(int)Math.Max(0, at - segment.Start)..].ToArray())];

    /// <summary>When the byte at this place was first on the wire.</summary>
    internal TimeSpan Time(long at) => segments.Find(segment => segment.End > at).Time;
}

/// <summary>A TCP connection of the capture.</summary>
internal sealed class Connection(IPEndPoint client, IPEndPoint server, Frame opened)
{
    private bool isEnded;

    internal IPEndPoint Client { get; } = client;

    internal IPEndPoint Server { get; } = server;

    internal Frame Opened { get; } = opened;

    internal Side Sent { get; } = new();

    internal Side Received { get; } = new();

    /// <summary>The capture has not all of its bytes.</summary>
    internal bool HasGap { get; private set; }

    internal int Frames { get; private set; }

    internal bool IsEnded => isEnded;

    internal void Take(Frame frame, ReadOnlyMemory<byte> segment, bool isFromClient)
    {
        ReadOnlySpan<byte> tcp = segment.Span;
        Frames++;
        uint sequence = BinaryPrimitives.ReadUInt32BigEndian(tcp[4..]);
        byte flags = tcp[13];
        Side side = isFromClient ? Sent : Received;
        if ((flags & 0x02) != 0)
        {
            side.Begin(unchecked(sequence + 1));
            sequence = unchecked(sequence + 1); // with data on a SYN, they follow it
        }
        if ((flags & 0x04) != 0) isEnded = true;
        int header = (tcp[12] >> 4) * 4;
        if (header < 20 || header > tcp.Length)
        {
            HasGap = true;
            return;
        }
        if (tcp.Length > header && !side.Add(sequence, segment[header..], frame.Time)) HasGap = true;
    }

    public override string ToString() => $"tcp {Client} to {Server}";
}

/// <summary>What the device's side and the link did, besides connections.</summary>
/// <param name="What">In words: what kind, and to whom.</param>
/// <param name="Bytes">On the wire.</param>
internal sealed record Stray(string What, long Bytes, Frame Frame);

/// <summary>The frames of a capture as connections, and what is none.</summary>
internal sealed class Wire
{
    private readonly Dictionary<(IPEndPoint, IPEndPoint), Connection> open = [];

    internal List<Connection> Connections { get; } = [];

    internal List<Stray> Strays { get; } = [];

    internal static Wire Of(IEnumerable<Frame> frames)
    {
        Wire wire = new();
        foreach (Frame frame in frames) wire.Take(frame);
        return wire;
    }

    private void Take(Frame frame)
    {
        if (frame.IsArp)
        {
            Stray(frame, "arp"); // either side knows the other's address beforehand: nobody has to ask
            return;
        }
        ReadOnlySpan<byte> packet = frame.Payload.Span;
        if (!frame.IsInternet || packet[0] >> 4 != 4)
        {
            Stray(frame, $"frame of type 0x{frame.EtherType:x4}");
            return;
        }
        int header = (packet[0] & 15) * 4, total = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
        // A segment that the card would have cut has no length of its own yet.
        if (total == 0) total = packet.Length;
        bool isFragment = (BinaryPrimitives.ReadUInt16BigEndian(packet[6..]) & 0x3fff) != 0;
        // A header longer than the least, and bytes behind the packet, can carry what no connection counts.
        if (header != 20 || total < header || total > packet.Length || isFragment || (packet.Length > total && packet[total..].ContainsAnyExcept((byte)0)))
        {
            Stray(frame, $"packet with options, in pieces or with bytes behind it, to {frame.To}");
            return;
        }
        ReadOnlyMemory<byte> whole = frame.Payload[header..total];
        ReadOnlySpan<byte> body = whole.Span;
        switch (packet[9])
        {
            case 6 when body.Length >= 20:
                Tcp(frame, whole);
                break;
            case 17 when body.Length >= 8:
                ushort port = BinaryPrimitives.ReadUInt16BigEndian(body[2..]);
                Stray(frame, port == 53 ? $"dns question {Question(body[8..])} to {frame.To}" : $"udp to {frame.To}:{port}");
                break;
            case 1:
                Stray(frame, $"icmp type {(body.Length > 0 ? body[0] : 0)} to {frame.To}");
                break;
            default:
                Stray(frame, $"protocol {packet[9]} to {frame.To}");
                break;
        }
    }

    private void Tcp(Frame frame, ReadOnlyMemory<byte> segment)
    {
        ReadOnlySpan<byte> tcp = segment.Span;
        IPEndPoint from = new(frame.From!, BinaryPrimitives.ReadUInt16BigEndian(tcp)), to = new(frame.To!, BinaryPrimitives.ReadUInt16BigEndian(tcp[2..]));
        bool opens = (tcp[13] & 0x12) == 0x02;
        if (open.TryGetValue((from, to), out Connection? known) && !(opens && known.IsEnded)) known.Take(frame, segment, isFromClient: true);
        else if (open.TryGetValue((to, from), out known)) known.Take(frame, segment, isFromClient: false);
        else if (opens)
        {
            Connection connection = new(from, to, frame);
            open[(from, to)] = connection;
            Connections.Add(connection);
            connection.Take(frame, segment, isFromClient: true);
        }
        else Stray(frame, $"tcp without a beginning to {to}");
    }

    private void Stray(Frame frame, string what) => Strays.Add(new Stray($"{what}{(frame.IsFromDevice ? "" : " (from the server's side)")}", frame.Length, frame));

    // Only its first name, and of that only what can be shown.
    private static string Question(ReadOnlySpan<byte> dns)
    {
        System.Text.StringBuilder name = new();
        for (int at = 12; at < dns.Length && dns[at] is > 0 and < 64 && at + dns[at] < dns.Length; at += dns[at] + 1)
        {
            if (name.Length > 0) name.Append('.');
            foreach (byte letter in dns.Slice(at + 1, dns[at])) name.Append(letter is > 32 and < 127 ? (char)letter : '?');
        }
        return name.ToString();
    }
}
