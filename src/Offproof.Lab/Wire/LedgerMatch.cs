namespace Offproof.Lab;

/// <summary>Where a request found its place: a connection, and from which bytes on.</summary>
internal sealed record Placed(LedgerRequest Request, Connection? Connection, long Sent, long Received);

/// <summary>Bytes of the wire that no line accounts for.</summary>
public sealed record UnmatchedBytes(string What, long Bytes);

/// <summary>Every line on a connection, every byte of the connections under a line (lab.md §5).</summary>
internal sealed class LedgerMatch
{
    // The end of TLS, each way: an alert, or two (ledger.md §1).
    private const long MostTail = 64;

    // A line's times have milliseconds, and are written before and after.
    private static readonly TimeSpan Aside = TimeSpan.FromMilliseconds(20);

    private const int MostTries = 2_000_000;

    private readonly IReadOnlyList<Connection> connections;
    private readonly List<LedgerRequest> requests;
    private readonly Func<TimeSpan, TimeSpan> real;
    private readonly (long Sent, long Received)[] at;
    private readonly int[] where;
    private int tries;
    private int furthest = -1;
    private int[] best = [];

    private LedgerMatch(IReadOnlyList<Connection> connections, List<LedgerRequest> requests, Func<TimeSpan, TimeSpan> real)
    {
        (this.connections, this.requests, this.real) = (connections, requests, real);
        at = new (long, long)[connections.Count];
        where = new int[requests.Count];
    }

    internal List<Placed> Placed { get; } = [];

    internal List<LineProblem> UnmatchedLines { get; } = [];

    internal List<UnmatchedBytes> Unmatched { get; } = [];

    /// <param name="connections">Those of the device's side, in the order in which they were opened, without the control's.</param>
    /// <param name="ledger">What the program wrote.</param>
    /// <param name="real">The machine's time, of a time of the ledger: the lab may have set its clock forward.</param>
    internal static LedgerMatch Of(IReadOnlyList<Connection> connections, LedgerFile ledger, Func<TimeSpan, TimeSpan> real)
    {
        List<LedgerRequest> counted = [];
        List<LineProblem> problems = [.. ledger.Problems];
        List<Placed> without = [];
        foreach (LedgerRequest request in ledger.Requests)
        {
            if (request is not { Sent: { } sent, Received: { } received, To: { } to }) problems.Add(new LineProblem(request.Line, "it has no outcome: its bytes are not counted"));
            else if (to < request.From) problems.Add(new LineProblem(request.Line, "it ends before it begins"));
            else if (sent == 0 && received == 0) without.Add(new Placed(request, null, 0, 0));
            else if (sent == 0) problems.Add(new LineProblem(request.Line, "it received an answer and sent nothing"));
            else counted.Add(request);
        }
        LedgerMatch match = new(connections, counted, real);
        match.Search();
        match.Explain(problems, without);
        return match;
    }

    // Requests in the order of the ledger, depth first. Where nothing fits all of them, what came furthest names the line that does not.
    private void Search()
    {
        int line = 0, from = 0;
        while (line < requests.Count && tries < MostTries)
        {
            int found = Next(requests[line], from);
            if (found >= 0)
            {
                where[line] = found;
                at[found] = (at[found].Sent + requests[line].Sent!.Value, at[found].Received + requests[line].Received!.Value);
                if (line > furthest) (furthest, best) = (line, where[..(line + 1)]);
                (line, from) = (line + 1, 0);
                if (line == requests.Count && !IsFull()) found = -1;
                else continue;
            }
            if (--line < 0) break;
            int last = where[line];
            at[last] = (at[last].Sent - requests[line].Sent!.Value, at[last].Received - requests[line].Received!.Value);
            from = last + 1;
        }
    }

    private int Next(LedgerRequest request, int from)
    {
        for (int i = from; i < connections.Count; i++)
        {
            tries++;
            if (Fits(request, connections[i], at[i])) return i;
        }
        return -1;
    }

    private bool Fits(LedgerRequest request, Connection connection, (long Sent, long Received) begin)
    {
        (long sent, long received) = (begin.Sent + request.Sent!.Value, begin.Received + request.Received!.Value);
        if (connection.HasGap || sent > connection.Sent.Bytes || received > connection.Received.Bytes || !IsThere(request.Host, connection)) return false;
        if (!connection.Sent.Begins(sent) || !connection.Received.Begins(received)) return false;
        TimeSpan first = real(request.From) - Aside, last = real(request.To!.Value) + Aside;
        return connection.Sent.Time(begin.Sent) >= first && connection.Sent.Time(sent - 1) <= last && (request.Received == 0 || connection.Received.Time(received - 1) <= last);
    }

    // Its port at least: what a name stands for the lab alone decides.
    private static bool IsThere(string host, Connection connection) => host.EndsWith($":{connection.Server.Port}", StringComparison.Ordinal);

    private bool IsFull() => !connections.Where((connection, i) => connection.Sent.Bytes - at[i].Sent > MostTail || connection.Received.Bytes - at[i].Received > MostTail).Any();

    private void Explain(List<LineProblem> problems, List<Placed> without)
    {
        Array.Clear(at);
        for (int line = 0; line < requests.Count; line++)
        {
            LedgerRequest request = requests[line];
            // Behind the one that does not fit, each is laid where it still does, so that one lie is not a hundred.
            int place = line < best.Length ? best[line] : Next(request, 0);
            if (place < 0)
            {
                problems.Add(new LineProblem(request.Line, $"no connection has the {request.Sent:N0} bytes that it sent and the {request.Received:N0} that it received, at its time"));
                continue;
            }
            Placed.Add(new Placed(request, connections[place], at[place].Sent, at[place].Received));
            at[place] = (at[place].Sent + request.Sent!.Value, at[place].Received + request.Received!.Value);
        }
        Placed.AddRange(without);
        UnmatchedLines.AddRange(problems);
        for (int i = 0; i < connections.Count; i++)
        {
            Connection connection = connections[i];
            long sent = connection.Sent.Bytes - at[i].Sent, received = connection.Received.Bytes - at[i].Received;
            if (connection.HasGap) Unmatched.Add(new UnmatchedBytes($"{connection}: the capture does not have all of it", sent + received));
            else if (at[i].Sent == 0 && sent + received > 0) Unmatched.Add(new UnmatchedBytes($"{connection}: no line of the ledger, {sent:N0} bytes sent", sent + received));
            else if (sent > MostTail || received > MostTail) Unmatched.Add(new UnmatchedBytes($"{connection}: {sent:N0} bytes sent and {received:N0} received that no line of the ledger has", sent + received));
            // An attempt alone says that the program is there: a line that failed must stand for it.
            else if (sent + received == 0 && at[i].Sent == 0 && !without.Exists(placed => real(placed.Request.From) - Aside <= connection.Opened.Time && connection.Opened.Time <= real(placed.Request.To!.Value) + Aside && IsThere(placed.Request.Host, connection)))
                Unmatched.Add(new UnmatchedBytes($"{connection}: an attempt without a line", connection.Opened.Length));
        }
    }
}
