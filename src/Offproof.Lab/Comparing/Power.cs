using System.Globalization;

namespace Offproof.Lab;

/// <summary>How much could have left in what was allowed (compare.md §5): a CLEAN says so much and not more.</summary>
internal sealed class Power
{
    // Clocks of recorders tell microseconds apart.
    private const double ClockStep = 1e-3;
    private const double Day = 86_400;

    // What lasts less says nothing of a day.
    private const double Shortest = 60;

    internal Power(CapturedRun a, CapturedRun b, Differences differences, IReadOnlyList<string> unread)
    {
        List<AllowedReport> allowed = [];
        double? days = a.Seconds is { } seconds and >= Shortest ? seconds / Day : null;
        Add("free choice in headers and handshakes", 0, 8.0 * a.Transcript.Report.Budget.Capacity, "what the audit's budget counts: identifications, windows, ports' checksums, randoms, key shares, padding (audit.md §7.4)");
        OfClass(Class.Control, "randomness that the control explains", "each value by its length and its characters");
        OfClass(Class.Tls, "of it drawn by TLS", "already counted in the line above it for headers and handshakes");
        OfClass(Class.Server, "echoes of what the server chose", "one bit each: said or not; what they say, the server knows already");
        OfClass(Class.Time, "the time as it is written", "log2 of twice the tolerance (2 s) over the smallest step of each form");
        OfClass(Class.Opaque, "bytes that cannot be read", "eight bits each");
        int connections = a.Transcript.Report.Flows.Count(static flow => flow.Transport is "tcp" or "udp");
        if (connections > 0) Add("ports of the phone's end", connections, 14.0 * connections, "about 14 bits for each connection: they are not compared");
        if (a.Seconds is not null && a.Spoken > 0)
            Add("the moment of each message", a.Spoken, a.Spoken * Math.Log2(Math.Max(1, 2 * differences.PauseTolerance / ClockStep)), string.Create(CultureInfo.InvariantCulture, $"log2 of twice the tolerance ({differences.PauseTolerance:0} ms) over a microsecond"));
        double bits = allowed.Where(static way => !way.Way.StartsWith("of it", StringComparison.Ordinal)).Sum(static way => way.Bits);
        List<string> notes = [];
        if (!differences.HasControl) notes.Add("without a control nothing is known of what differs by itself");
        else notes.Add(string.Create(CultureInfo.InvariantCulture, $"two runs of A differ by themselves in {differences.ControlDiffers} places: there, only what has a form that follows the persona is found"));
        if (a.Undecided > 0) notes.Add(string.Create(CultureInfo.InvariantCulture, $"of {a.Undecided} flows of A it is not known which end is the phone's: the client's is taken for it"));
        if (a.Seconds is null) notes.Add("the captures hold no times: pauses and the clock were not compared");
        if (unread.Count > 0) notes.Add($"{string.Join(" and ", unread)}: no regular file, or more than 256 MiB: what is below the bytes (ports, times to live, the SYN's options) was not compared");
        Report = new PowerReport(bits, bits / days, allowed, notes);

        void OfClass(Class kind, string way, string how)
        {
            Difference[] found = [.. differences.Found.Where(difference => difference.Class == kind && difference.Any.Leaves)];
            if (found.Length > 0) Add(way, found.Length, found.Sum(static difference => difference.Bits), how);
        }

        void Add(string way, long places, double bits, string how) => allowed.Add(new AllowedReport(way, places, Math.Round(bits, 1), bits / days is { } daily ? Math.Round(daily, 1) : null, how));
    }

    internal PowerReport Report { get; }
}
