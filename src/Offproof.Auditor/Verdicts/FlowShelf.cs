using System.Net;

namespace Offproof.Auditor;

/// <summary>Adds up finished flows and keeps those that a report lists: memory does not grow with their number.</summary>
internal sealed class FlowShelf
{
    internal const int Most = 10_000;

    private readonly List<FlowReport> _telling = [];
    private readonly List<FlowReport> _plain = [];
    private readonly long[,] _bytes = new long[2, 4];

    internal int Count { get; private set; }

    internal long Capacity { get; private set; }

    /// <summary>All that was counted at all flows.</summary>
    internal long Total { get; private set; }

    internal long Bytes(ByteKind kind) => _bytes[0, (int)kind] + _bytes[1, (int)kind];

    /// <summary>Of what the phone's side sent.</summary>
    internal long Left(ByteKind kind) => _bytes[0, (int)kind];

    /// <summary>Flows of which it is not known which end is the phone's.</summary>
    internal int Undecided { get; private set; }

    internal void Add(Flow flow, bool found)
    {
        Count++;
        foreach (Sender sender in (ReadOnlySpan<Sender>)[Sender.Client, Sender.Server])
        {
            bool leaves = flow.Leaves(sender);
            for (int kind = 0; kind < 4; kind++) _bytes[leaves ? 0 : 1, kind] += flow.Bytes(sender, (ByteKind)kind);
            if (leaves) Capacity += flow.Capacity(sender);
        }
        if (flow.Phone == PhoneSide.Either) Undecided++;
        Sender phone = flow.Phone == PhoneSide.Server ? Sender.Server : Sender.Client;
        ByteCounts sent = Counts(flow, phone), received = Counts(flow, phone.Other());
        Total += sent.Total + received.Total;
        List<FlowReport> shelf = found || sent.Opaque + sent.Missing + received.Opaque + received.Missing > 0 ? _telling : _plain;
        if (shelf.Count < Most)
        {
            shelf.Add(new FlowReport(flow.Number, flow.Transport, flow.Protocol, Text(flow.Client), Text(flow.Server), flow.Phone.Word(), flow.ServerName, flow.Messages, sent, received, flow.Capacity(phone), [.. flow.Remarks]));
        }
    }

    internal IReadOnlyList<FlowReport> Listed() => [.. _telling.OrderBy(static flow => flow.Flow), .. _plain.OrderBy(static flow => flow.Flow).Take(Most - _telling.Count)];

    private static ByteCounts Counts(Flow flow, Sender sender)
    {
        long decoded = flow.Bytes(sender, ByteKind.Decoded), structural = flow.Bytes(sender, ByteKind.Structural), opaque = flow.Bytes(sender, ByteKind.Opaque), missing = flow.Bytes(sender, ByteKind.Missing);
        return new ByteCounts(decoded + structural + opaque + missing, decoded, structural, opaque, missing);
    }

    private static string Text(IPEndPoint end) => end.Port == 0 ? end.Address.ToString() : end.ToString();
}
