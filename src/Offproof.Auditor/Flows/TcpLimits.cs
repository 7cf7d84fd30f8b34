namespace Offproof.Auditor;

/// <summary>What all TCP flows together may hold (audit.md §3.1).</summary>
internal sealed class TcpLimits(FlowTable flows)
{
    internal const long MaxRemembered = 32 << 20;
    internal const long MaxWaiting = 64 << 20;

    // By the logarithm of their length.
    readonly Stack<byte[]>?[] _free = new Stack<byte[]>?[int.Log2(History.Most) + 1];

    long _kept; // in those that are free

    /// <summary>Bytes that are held so that others can be compared with them.</summary>
    internal long Remembered { get; private set; }

    /// <summary>Bytes that are held until what is before them comes.</summary>
    internal long Waiting { get; private set; }

    /// <summary>A ring of a history. The system's pool would drop most of those that are given back together.</summary>
    internal byte[] Rent(int size)
    {
        Remembered += size;
        if (_free[int.Log2(size)] is not { Count: > 0 } free) return GC.AllocateUninitializedArray<byte>(size);
        _kept -= size;
        return free.Pop();
    }

    internal void Return(byte[] ring)
    {
        Remembered -= ring.Length;
        if (_kept + ring.Length > MaxRemembered) return;
        _kept += ring.Length;
        (_free[int.Log2(ring.Length)] ??= new Stack<byte[]>()).Push(ring);
    }

    internal void Wait(int bytes) => Waiting += bytes;

    /// <summary>Asked when nothing is half done. The flows that were silent longest lose first, and down to a half, so that this is seldom.</summary>
    internal void Relieve()
    {
        if (Remembered > MaxRemembered)
        {
            foreach (OpenFlow open in flows.OldestFirst())
            {
                if (Remembered <= MaxRemembered / 2) break;
                open.Streams?.Forget();
            }
        }
        if (Waiting > MaxWaiting)
        {
            foreach (OpenFlow open in flows.OldestFirst())
            {
                if (Waiting <= MaxWaiting / 2) break;
                open.Streams?.GiveUp();
            }
        }
    }
}
