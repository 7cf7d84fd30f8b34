namespace Offproof.Auditor;

/// <summary>What all TCP flows together may hold (audit.md §3.1).</summary>
internal sealed class TcpLimits(FlowTable flows)
{
    internal const long MaxRemembered = 64 << 20;
    internal const long MaxWaiting = 64 << 20;

    /// <summary>Bytes that are held so that others can be compared with them.</summary>
    internal long Remembered { get; private set; }

    /// <summary>Bytes that are held until what is before them comes.</summary>
    internal long Waiting { get; private set; }

    internal void Remember(int bytes) => Remembered += bytes;

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
