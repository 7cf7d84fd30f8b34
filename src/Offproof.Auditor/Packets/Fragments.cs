using System.Buffers;

namespace Offproof.Auditor;

/// <summary>Puts datagrams together that came in fragments (audit.md §2.2).</summary>
internal sealed class Fragments(Traffic traffic)
{
    internal const int MaxDatagrams = 256;
    internal const int MaxHeld = 16 << 20;
    internal const long MaxAge = 60_000_000_000;
    const int MaxLength = 65_535;

    readonly record struct Key(UInt128 Source, UInt128 Destination, uint Identification, int Protocol, bool IsVersion6);

    // In the order of their first fragments.
    readonly Dictionary<Key, Datagram> _waiting = [];
    readonly LinkedList<Datagram> _order = new();
    long _held;

    /// <summary>Takes the payload of <paramref name="layers"/>; its headers, and what of it was cut, are counted already.</summary>
    internal void Add(in Layers layers, int protocol, in Fragment fragment, Flow flow, Sender sender, long time)
    {
        ReadOnlySpan<byte> bytes = layers.Payload;
        if (fragment.Offset + bytes.Length + layers.Cut > MaxLength)
        {
            flow.Remark("fragments reach beyond what a datagram can hold");
            if (!bytes.IsEmpty) traffic.Stray(flow, sender, bytes, layers.Packet);
            return;
        }
        Key key = new(layers.Source, layers.Destination, fragment.Identification, layers.IsVersion6 ? 0 : protocol, layers.IsVersion6);
        if (!_waiting.TryGetValue(key, out Datagram? datagram))
        {
            if (_waiting.Count == MaxDatagrams) GiveUp(_order.First!.Value);
            datagram = new Datagram(key, flow, sender, time, layers.Packet);
            _waiting.Add(key, datagram);
            datagram.Place = _order.AddLast(datagram);
        }
        if (fragment.Offset == 0) datagram.Protocol = protocol;
        datagram.Depth = layers.Depth;
        datagram.Cut += layers.Cut;
        int end = fragment.Offset + bytes.Length + (int)layers.Cut;
        if (fragment.IsLast && datagram.Length is >= 0 and int known && known != end) flow.Remark("fragments contradict each other about their datagram's length");
        if (fragment.IsLast && datagram.Length < 0) datagram.Length = end;
        datagram.Reach = Math.Max(datagram.Reach, end);
        _held -= datagram.Buffer.Length;
        Put(datagram, fragment.Offset, bytes, layers.Packet);
        _held += datagram.Buffer.Length;
        if (datagram.IsComplete) Complete(datagram, time);
        else while (_held > MaxHeld) GiveUp(_order.First!.Value);
    }

    void Put(Datagram datagram, int start, ReadOnlySpan<byte> bytes, long packet)
    {
        datagram.Room(start + bytes.Length);
        List<(int Start, int End)> runs = datagram.Runs;
        int at = start, end = start + bytes.Length, index = 0;
        while (index < runs.Count && runs[index].End <= at) index++;
        while (at < end)
        {
            int free = index < runs.Count ? Math.Min(runs[index].Start, end) : end;
            if (at < free)
            {
                bytes[(at - start)..(free - start)].CopyTo(datagram.Buffer.AsSpan(at));
                bool joinsBefore = index > 0 && runs[index - 1].End == at, joinsAfter = index < runs.Count && runs[index].Start == free;
                if (joinsBefore && joinsAfter)
                {
                    runs[--index] = (runs[index].Start, runs[index + 1].End);
                    runs.RemoveAt(index + 1);
                }
                else if (joinsBefore)
                {
                    runs[index - 1] = (runs[index - 1].Start, free);
                }
                else if (joinsAfter)
                {
                    runs[index] = (at, runs[index].End);
                }
                else
                {
                    runs.Insert(index++, (at, free));
                }
                at = free;
                continue;
            }
            int again = Math.Min(runs[index].End, end);
            Repeated(datagram, at, bytes[(at - start)..(again - start)], packet);
            at = again;
            index++;
        }
    }

    void Repeated(Datagram datagram, int at, ReadOnlySpan<byte> bytes, long packet)
    {
        if (datagram.Buffer.AsSpan(at, bytes.Length).SequenceEqual(bytes))
        {
            datagram.Flow.Count(datagram.Sender, ByteKind.Structural, bytes.Length);
            return;
        }
        datagram.Flow.Remark("fragments contradict each other");
        traffic.Stray(datagram.Flow, datagram.Sender, bytes, packet);
    }

    void Complete(Datagram datagram, long time)
    {
        // Removed first: what it holds may be fragments again.
        Remove(datagram);
        Layers layers = new(datagram.Buffer.AsSpan(0, datagram.Length), datagram.Length, datagram.Packet)
        {
            Source = datagram.Key.Source,
            Destination = datagram.Key.Destination,
            IsVersion6 = datagram.Key.IsVersion6,
            Depth = datagram.Depth,
            Strange = traffic.Strange,
        };
        // A fragment that reached behind the last one's end.
        if (datagram.Runs[0].End > datagram.Length)
        {
            traffic.Stray(datagram.Flow, datagram.Sender, datagram.Buffer.AsSpan(datagram.Length, datagram.Runs[0].End - datagram.Length), datagram.Packet);
            datagram.Flow.Remark("fragments reach beyond their datagram's end");
        }
        traffic.Assembled(ref layers, datagram.Protocol, time);
        datagram.Return();
    }

    internal void Expire(long time)
    {
        while (_order.First?.Value is { } oldest && (Int128)time - oldest.Time > MaxAge) GiveUp(oldest);
    }

    /// <summary>Those of a flow that ends: nobody counts at it afterwards.</summary>
    internal void GiveUpOf(OpenFlow open)
    {
        if ((open.Key.Kind & FlowKey.Fragments) == 0) return;
        foreach (Datagram datagram in _order.Where(datagram => datagram.Flow == open.Flow).ToList()) GiveUp(datagram);
    }

    internal void GiveUpAll()
    {
        while (_order.First?.Value is { } oldest) GiveUp(oldest);
    }

    void GiveUp(Datagram datagram)
    {
        Remove(datagram);
        Flow flow = datagram.Flow;
        flow.Remark("fragments are not in the capture");
        int last = 0;
        long gaps = 0;
        foreach ((int start, int end) in datagram.Runs)
        {
            gaps += start - last;
            last = end;
            traffic.Datagram(flow, datagram.Sender, datagram.Buffer.AsSpan(start, end - start), datagram.Packet);
        }
        gaps += Math.Max(0, Math.Max(datagram.Length, datagram.Reach) - last);
        // Where the end is not known, at least one byte was to come.
        traffic.Lose(flow, datagram.Sender, Math.Max(gaps - datagram.Cut, datagram.Length < 0 ? 1 : 0));
        datagram.Return();
    }

    void Remove(Datagram datagram)
    {
        _waiting.Remove(datagram.Key);
        _order.Remove(datagram.Place!);
        _held -= datagram.Buffer.Length;
    }

    sealed class Datagram(Key key, Flow flow, Sender sender, long time, long packet)
    {
        internal Key Key { get; } = key;

        internal Flow Flow { get; } = flow;

        internal Sender Sender { get; } = sender;

        internal long Time { get; } = time;

        internal long Packet { get; } = packet;

        internal LinkedListNode<Datagram>? Place { get; set; }

        internal List<(int Start, int End)> Runs { get; } = [];

        internal byte[] Buffer { get; private set; } = [];

        /// <summary>-1 until the last fragment came.</summary>
        internal int Length { get; set; } = -1;

        internal int Reach { get; set; }

        internal int Protocol { get; set; } = key.Protocol;

        internal int Depth { get; set; }

        /// <summary>Bytes that the recorder cut off, counted when they were.</summary>
        internal long Cut { get; set; }

        internal bool IsComplete => Length >= 0 && Runs is [(0, int end)] && end >= Length;

        internal void Room(int length)
        {
            if (length <= Buffer.Length) return;
            byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(length, 2048));
            Buffer.CopyTo(larger, 0);
            Return();
            Buffer = larger;
        }

        internal void Return()
        {
            if (Buffer.Length > 0) ArrayPool<byte>.Shared.Return(Buffer);
            Buffer = [];
        }
    }
}
