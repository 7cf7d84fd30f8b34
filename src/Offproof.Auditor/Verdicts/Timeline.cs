namespace Offproof.Auditor;

/// <summary>How much was captured when, in at most 120 equal spans (audit.md §8): a span doubles when the last is passed, so memory does not grow.</summary>
internal sealed class Timeline
{
    private const int Spans = 120;
    private const long Shortest = 10_000_000;

    private readonly long[] _bytes = new long[Spans];
    private long _from;
    private long _span;
    private int _used;

    internal void Add(long nanoseconds, long bytes)
    {
        if (_span == 0) (_from, _span) = (nanoseconds, Shortest);
        // Packets that come before the first count with it.
        ulong since = nanoseconds <= _from ? 0 : unchecked((ulong)nanoseconds - (ulong)_from);
        while (since / (ulong)_span >= Spans)
        {
            if (_span > long.MaxValue / 2) return;
            for (int i = 0; i < Spans / 2; i++) _bytes[i] = _bytes[2 * i] + _bytes[(2 * i) + 1];
            Array.Clear(_bytes, Spans / 2, Spans / 2);
            _used = (_used + 1) / 2;
            _span *= 2;
        }
        int at = (int)(since / (ulong)_span);
        _bytes[at] += bytes;
        _used = Math.Max(_used, at + 1);
    }

    internal TimelineReport? Report() => _span == 0 || Observations.Time(_from) is not { } from ? null : new TimelineReport(from, _span / 1e9, _bytes[.._used]);
}
