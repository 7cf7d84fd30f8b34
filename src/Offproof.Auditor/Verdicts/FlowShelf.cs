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

    internal long Bytes(Sender sender, ByteKind kind) => _bytes[(int)sender, (int)kind];

    internal void Add(Flow flow, bool found)
    {
        Count++;
        foreach (Sender sender in (ReadOnlySpan<Sender>)[Sender.Client, Sender.Server])
        {
            for (int kind = 0; kind < 4; kind++) _bytes[(int)sender, kind] += flow.Bytes(sender, (ByteKind)kind);
        }
        Capacity += flow.Capacity(Sender.Client);
        ByteCounts sent = Counts(flow, Sender.Client), received = Counts(flow, Sender.Server);
        Total += sent.Total + received.Total;
        List<FlowReport> shelf = found || sent.Opaque + sent.Missing + received.Opaque + received.Missing > 0 ? _telling : _plain;
        if (shelf.Count < Most)
        {
            shelf.Add(new FlowReport(flow.Number, flow.Transport, flow.Protocol, Text(flow.Client), Text(flow.Server), flow.ServerName, flow.Messages, sent, received, flow.Capacity(Sender.Client), [.. flow.Remarks]));
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
