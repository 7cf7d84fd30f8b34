using System.Net;
using System.Text;

namespace Offproof.Auditor.Tests.Http;

/// <summary>An examiner that reads text and nothing else, and remembers what it was given.</summary>
sealed class Listener : Examiner
{
    internal sealed record Piece(Flow Flow, Sender Sender, Carrier Carrier, int Message, long Offset, byte[] Bytes, Declared Declared, long Packet)
    {
        internal string Text => Encoding.Latin1.GetString(Bytes);

        public override string ToString() => $"{Flow.Number} {Sender} {Carrier} {Message} @{Offset} {Declared.ContentType}|{Declared.ContentEncoding} {Bytes.Length}: {Text}";
    }

    internal List<Piece> Pieces { get; } = [];

    internal List<(Place Place, string Head)> Heads { get; } = [];

    internal static Flow NewFlow(int port = 80) => new(1, "tcp", new IPEndPoint(IPAddress.Parse("192.0.2.1"), 40000), new IPEndPoint(IPAddress.Parse("192.0.2.2"), port));

    internal Protocols Protocols => new(this, Seen: (in Place place, ReadOnlySpan<byte> head) => Heads.Add((place, Encoding.Latin1.GetString(head))));

    internal IEnumerable<string> StartLines(Sender sender) => Heads.Where(head => head.Place.Sender == sender).Select(head => head.Head.Split('\n')[0].TrimEnd('\r'));

    internal string Joined(Sender sender, Carrier carrier) => string.Concat(Pieces.Where(piece => piece.Sender == sender && piece.Carrier == carrier).Select(piece => piece.Text));

    internal override int Examine(in Place place, ReadOnlySpan<byte> bytes, in Declared declared = default)
    {
        Assert.False(bytes.IsEmpty);
        Pieces.Add(new Piece(place.Flow, place.Sender, place.Carrier, place.Message, place.Offset, bytes.ToArray(), declared, place.Packet));
        int unread = 0;
        foreach (byte one in bytes)
        {
            if (one is (< 0x20 and not ((byte)'\t' or (byte)'\r' or (byte)'\n')) or >= 0x7F) unread++;
        }
        return unread;
    }
}

/// <summary>What a conversation made of what two ends said.</summary>
sealed class Overheard
{
    internal Flow Flow { get; private init; } = null!;

    internal Listener Listener { get; private init; } = null!;

    internal long Given { get; private set; }

    internal long Of(Sender sender, ByteKind kind) => Flow.Bytes(sender, kind);

    internal long Counted => Enum.GetValues<Sender>().Sum(sender => Enum.GetValues<ByteKind>().Sum(kind => Flow.Bytes(sender, kind)));

    /// <summary>Everything that may not depend on how the bytes came.</summary>
    internal string Everything => string.Join('\n', Listener.Pieces.GroupBy(piece => piece.Sender).OrderBy(group => group.Key).SelectMany(group => group.Select(piece => piece.ToString()))
        .Concat(Listener.Heads.GroupBy(head => head.Place.Sender).OrderBy(group => group.Key).SelectMany(group => group.Select(head => $"{head.Place.Message} {head.Head}")))
        .Concat(Enum.GetValues<Sender>().SelectMany(sender => Enum.GetValues<ByteKind>().Select(kind => $"{sender} {kind} {Flow.Bytes(sender, kind)} {Flow.Capacity(sender)}")))
        .Append($"{Flow.Protocol} {Flow.ServerName} {Flow.Messages} {string.Join("; ", Flow.Remarks)}"));

    // A turn without bytes is a gap; cut says how many bytes come at once.
    internal static Overheard In(IEnumerable<(Sender Sender, byte[]? Bytes, long Gap)> turns, Func<int, int>? cut = null, Func<Flow, Protocols, Conversation>? make = null, bool clean = true, int port = 80)
    {
        Listener listener = new();
        Flow flow = Listener.NewFlow(port);
        Overheard overheard = new() { Flow = flow, Listener = listener };
        Conversation conversation = make is null ? new Recognition(flow, listener.Protocols) : make(flow, listener.Protocols);
        long packet = 0;
        foreach ((Sender sender, byte[]? bytes, long gap) in turns)
        {
            if (bytes is null)
            {
                conversation.Hole(sender, gap, packet + 1);
                continue;
            }
            for (int at = 0; at < bytes.Length;)
            {
                int count = cut is null ? bytes.Length : Math.Clamp(cut(bytes.Length - at), 1, bytes.Length - at);
                // A buffer of its own, spoiled afterwards: nobody may keep it.
                byte[] lent = bytes[at..(at + count)];
                conversation.Data(sender, lent, ++packet);
                Array.Fill(lent, (byte)'!');
                at += count;
            }
            overheard.Given += bytes.Length;
        }
        conversation.End(Sender.Client, clean);
        conversation.End(Sender.Server, clean);
        Assert.True(overheard.Given == overheard.Counted, $"{overheard.Given} bytes were given, {overheard.Counted} counted\n{Words(turns)}\n{overheard.Everything}");
        return overheard;
    }

    internal static string Words(IEnumerable<(Sender Sender, byte[]? Bytes, long Gap)> turns) =>
        string.Join('\n', turns.Select(turn => turn.Bytes is null ? $"{turn.Sender}: a gap of {turn.Gap}" : $"{turn.Sender}: {Encoding.Latin1.GetString(turn.Bytes)}"));

    internal static Overheard In(string client, string server, Func<int, int>? cut = null, Func<Flow, Protocols, Conversation>? make = null) =>
        In(new (Sender, byte[]?, long)[] { (Sender.Client, Encoding.Latin1.GetBytes(client), 0), (Sender.Server, Encoding.Latin1.GetBytes(server), 0) }.Where(turn => turn.Item2!.Length > 0), cut, make);
}
