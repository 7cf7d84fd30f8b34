namespace Offproof.Auditor;

/// <summary>A flow at work.</summary>
internal sealed class OpenFlow(FlowKey key, Flow flow, bool isClientLow)
{
    internal readonly FlowKey Key = key;
    internal readonly Flow Flow = flow;
    internal readonly bool IsClientLow = isClientLow;
    internal TcpStreams? Streams;

    // Neighbours in the order of use.
    internal OpenFlow? Newer;
    internal OpenFlow? Older;

    internal Sender SenderOf(bool isLow) => isLow == IsClientLow ? Sender.Client : Sender.Server;
}

/// <summary>The flows that are open, found by their ends, in the order of their last packets (audit.md §3.1).</summary>
internal sealed class FlowTable(FlowReaders readers, int firstNumber, Ends? ends = null)
{
    internal const int MaxOpen = 16_384;

    readonly Dictionary<FlowKey, OpenFlow> _flows = [];
    OpenFlow? _newest;
    OpenFlow? _oldest;

    internal FlowReaders Readers { get; } = readers;

    /// <summary>Told of a flow that ends, while bytes can be counted at it.</summary>
    internal Action<OpenFlow>? Closing { get; set; }

    /// <summary>How many flows there were.</summary>
    internal int Count { get; private set; }

    /// <param name="isClientLow">For a flow that is not open yet.</param>
    /// <param name="isFirstLow">For such a flow: did the low end send the packet?</param>
    /// <param name="isOpened">For such a flow: the client was seen to open it.</param>
    internal OpenFlow Get(in FlowKey key, bool isClientLow, bool isFirstLow, out bool isNew, bool isOpened = false)
    {
        isNew = false;
        if (_newest is { } last && last.Key == key) return last;
        if (_flows.TryGetValue(key, out OpenFlow? open))
        {
            Unlink(open);
            Link(open);
            return open;
        }
        isNew = true;
        if (_flows.Count == MaxOpen)
        {
            OpenFlow oldest = _oldest!;
            if (oldest.Streams is { IsOver: false }) oldest.Flow.Remark("it was closed before its end, for newer ones");
            Close(oldest);
        }
        open = new OpenFlow(key, new Flow(firstNumber + Count++, key.Transport, key.End(isClientLow), key.End(!isClientLow)), isClientLow);
        if (ends is not null && (open.Flow.Phone = ends.Of(key, isClientLow, isFirstLow, isOpened)) == PhoneSide.Either) open.Flow.Remark("which end is the phone's is not known: what either sent is judged as leaving");
        _flows.Add(key, open);
        Link(open);
        return open;
    }

    internal void Close(OpenFlow open)
    {
        Unlink(open);
        _flows.Remove(open.Key);
        open.Streams?.Close();
        Closing?.Invoke(open);
        Readers.Finished?.Invoke(open.Flow);
    }

    internal void CloseAll()
    {
        // The report's order is that of the numbers, as far as that is known here.
        while (_oldest is { } oldest) Close(oldest);
    }

    /// <summary>From the flow that was silent longest on.</summary>
    internal IEnumerable<OpenFlow> OldestFirst()
    {
        for (OpenFlow? open = _oldest; open is not null; open = open.Newer) yield return open;
    }

    void Link(OpenFlow open)
    {
        open.Older = _newest;
        if (_newest is null) _oldest = open;
        else _newest.Newer = open;
        _newest = open;
    }

    void Unlink(OpenFlow open)
    {
        if (open.Older is null) _oldest = open.Newer;
        else open.Older.Newer = open.Newer;
        if (open.Newer is null) _newest = open.Older;
        else open.Newer.Older = open.Older;
        open.Older = open.Newer = null;
    }
}
