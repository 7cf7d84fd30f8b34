namespace Offproof.Auditor;

/// <summary>What a TCP header says.</summary>
internal readonly record struct Segment(ushort From, ushort To, uint Sequence, uint Acknowledged, byte Flags)
{
    /// <summary>Ports below it are of servers (RFC 6335 §6).</summary>
    internal const int WellKnown = 1024;

    internal bool IsFin => (Flags & 0x01) != 0;

    internal bool IsSyn => (Flags & 0x02) != 0;

    internal bool IsReset => (Flags & 0x04) != 0;

    internal bool IsAcknowledging => (Flags & 0x10) != 0;

    /// <summary>Did the client send it, as far as it can tell by itself (audit.md §3.1)?</summary>
    internal bool IsFromClient => IsSyn ? !IsAcknowledging : IsClient(From, To);

    /// <summary>By the ports: servers have low ones, and the first to speak is the client where they say nothing.</summary>
    internal static bool IsClient(ushort from, ushort to)
    {
        if (from < WellKnown != to < WellKnown) return to < WellKnown;
        if (from >= 32_768 != to >= 32_768) return from >= 32_768;
        return true;
    }
}
