namespace Offproof.Lab;

/// <summary>Where a request found its place: a connection, or none where it sent nothing.</summary>
/// <param name="Opened">One that was opened for it, while another then took it; null where it was not so.</param>
internal sealed record Placed(LedgerRequest Request, Connection? Connection, Connection? Opened = null);

/// <summary>Bytes of the wire that no line accounts for.</summary>
public sealed record UnmatchedBytes(string What, long Bytes);

/// <summary>Every line on a connection, every byte of the connections under a line (lab.md §5).</summary>
internal sealed class LedgerMatch
{
    // The end of TLS, each way: an alert, or two (ledger.md §1).
    private const long MostTail = 64;

    private const byte MostAlert = 32;

    // Of a connection that was opened for a request which another then took: the end of its handshake, and the tickets of the server.
    private const long MostUnusedSent = 128, MostUnusedReceived = 1024;

    // A handshake is over after so many segments of a side.
    private const int MostHandshake = 8;

    // A line's times have milliseconds, and are written before and after.
    private static readonly TimeSpan Aside = TimeSpan.FromMilliseconds(20);

    private const int MostTries = 2_000_000;

    private readonly IReadOnlyList<Connection> connections;
    private readonly List<LedgerRequest> requests;
    private readonly Func<TimeSpan, TimeSpan> real;
    private readonly (long Sent, long Received)[] at;
    private readonly int[] used;
    private int tries;

    private LedgerMatch(IReadOnlyList<Connection> connections, List<LedgerRequest> requests, Func<TimeSpan, TimeSpan> real)
    {
        (this.connections, this.requests, this.real) = (connections, requests, real);
        at = new (long, long)[connections.Count];
        used = new int[connections.Count];
    }

    /// <summary>Where a request may be: on one connection, and what set up another that was opened for it meanwhile.</summary>
    private readonly record struct Choice(int On, int Opened = -1, long Sent = 0, long Received = 0);

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
            else if (sent == 0 && received == 0) without.Add(new Placed(request, null));
            else if (request.Failure is { } failure and not "cut") problems.Add(new LineProblem(request.Line, $"it did not come whole ({failure}): what its bytes were, nothing can say"));
            else if (sent == 0) problems.Add(new LineProblem(request.Line, "it received an answer and sent nothing"));
            else counted.Add(request);
        }
        LedgerMatch match = new(connections, counted, real);
        match.Explain(match.Search(), problems, without);
        return match;
    }

    // Requests in the order of the ledger, depth first. Where nothing fits all of them, what came furthest names the line that does not.
    private List<Choice> Search()
    {
        List<IEnumerator<Choice>> open = [];
        List<Choice> taken = [], best = [];
        while (tries < MostTries)
        {
            if (taken.Count > best.Count) best = [.. taken];
            if (taken.Count == requests.Count && IsFull()) return taken;
            if (open.Count == taken.Count && taken.Count < requests.Count) open.Add(Choices(requests[taken.Count]).GetEnumerator());
            else if (taken.Count > 0) TakeBack();
            else break;
            while (open.Count > 0 && !open[^1].MoveNext())
            {
                open.RemoveAt(open.Count - 1);
                if (open.Count > 0) TakeBack();
            }
            if (open.Count == 0) break;
            taken.Add(open[^1].Current);
            Lay(requests[taken.Count - 1], taken[^1], 1);
        }
        Array.Clear(at);
        Array.Clear(used);
        for (int i = 0; i < best.Count; i++) Lay(requests[i], best[i], 1);
        return best;

        void TakeBack()
        {
            Lay(requests[taken.Count - 1], taken[^1], -1);
            taken.RemoveAt(taken.Count - 1);
        }
    }

    private void Lay(LedgerRequest request, Choice choice, int sign)
    {
        at[choice.On] = (at[choice.On].Sent + (sign * (request.Sent!.Value - choice.Sent)), at[choice.On].Received + (sign * (request.Received!.Value - choice.Received)));
        used[choice.On] += sign;
        if (choice.Opened >= 0) at[choice.Opened] = (at[choice.Opened].Sent + (sign * choice.Sent), at[choice.Opened].Received + (sign * choice.Received));
    }

    private IEnumerable<Choice> Choices(LedgerRequest request)
    {
        (TimeSpan first, TimeSpan last) = (real(request.From) - Aside, real(request.To!.Value) + Aside);
        for (int i = 0; i < connections.Count; i++)
            if (Fits(request, i, default, first, last)) yield return new Choice(i);
        for (int j = 0; j < connections.Count; j++)
        {
            Connection opened = connections[j];
            if (at[j] != (0, 0) || opened.HasGap || opened.Opened.Time < first || opened.Opened.Time > last || !IsThere(request.Host, opened)) continue;
            foreach (long sent in opened.Sent.Ends.Take(MostHandshake))
                foreach (long received in opened.Received.Ends.Take(MostHandshake).Prepend(0))
                    for (int i = 0; i < connections.Count; i++)
                        if (i != j && Fits(request, i, (sent, received), first, last)) yield return new Choice(i, j, sent, received);
        }
    }

    private bool Fits(LedgerRequest request, int on, (long Sent, long Received) elsewhere, TimeSpan first, TimeSpan last)
    {
        tries++;
        Connection connection = connections[on];
        (long Sent, long Received) begin = at[on];
        (long sent, long received) = (begin.Sent + request.Sent!.Value - elsewhere.Sent, begin.Received + request.Received!.Value - elsewhere.Received);
        if (connection.HasGap || sent <= begin.Sent || received < begin.Received || sent > connection.Sent.Bytes || received > connection.Received.Bytes || !IsThere(request.Host, connection)) return false;
        if (!connection.Sent.Begins(sent) || !connection.Received.Begins(received)) return false;
        // Of a connection that was opened for another, the rest of the handshake may have come long before.
        bool isOpened = used[on] == 0 && begin.Sent > 0;
        return connection.Sent.Time(isOpened ? sent - 1 : begin.Sent) >= first && connection.Sent.Time(sent - 1) <= last && (received == begin.Received || connection.Received.Time(received - 1) <= last);
    }

    // Its port at least: what a name stands for the lab alone decides.
    private static bool IsThere(string host, Connection connection) => host.EndsWith($":{connection.Server.Port}", StringComparison.Ordinal);

    private bool IsFull() => !connections.Where((_, i) => HasLeft(i)).Any();

    private bool HasLeft(int i)
    {
        (long sent, long received) = (connections[i].Sent.Bytes - at[i].Sent, connections[i].Received.Bytes - at[i].Received);
        bool isUnused = used[i] == 0 && at[i].Sent > 0;
        if (isUnused) return sent > MostUnusedSent || received > MostUnusedReceived;
        return sent > MostTail || received > MostTail || !IsEnd(connections[i].Sent.From(at[i].Sent)) || !IsEnd(connections[i].Received.From(at[i].Received));
    }

    // Whole records of TLS that have room for an alert and nothing else, in clear or encrypted; in TLS 1.3 they look like data.
    private static bool IsEnd(ReadOnlySpan<byte> bytes)
    {
        while (bytes is [0x15 or 0x17, 0x03, <= 0x03, 0, <= MostAlert and var length, ..] && bytes.Length >= 5 + length) bytes = bytes[(5 + length)..];
        return bytes.IsEmpty;
    }

    private void Explain(List<Choice> found, List<LineProblem> problems, List<Placed> without)
    {
        for (int line = 0; line < requests.Count; line++)
        {
            LedgerRequest request = requests[line];
            Choice? place = line < found.Count ? found[line] : null;
            // Behind the one that does not fit, each is laid where it still does, so that one lie is not a hundred.
            if (place is null)
            {
                foreach (Choice choice in Choices(request))
                {
                    place = choice;
                    Lay(request, choice, 1);
                    break;
                }
            }
            if (place is { } here) Placed.Add(new Placed(request, connections[here.On], here.Opened >= 0 ? connections[here.Opened] : null));
            else problems.Add(new LineProblem(request.Line, $"no connection has the {request.Sent:N0} bytes that it sent and the {request.Received:N0} that it received, at its time"));
        }
        Placed.AddRange(without);
        UnmatchedLines.AddRange(problems);
        for (int i = 0; i < connections.Count; i++)
        {
            Connection connection = connections[i];
            long sent = connection.Sent.Bytes - at[i].Sent, received = connection.Received.Bytes - at[i].Received;
            if (connection.HasGap) Unmatched.Add(new UnmatchedBytes($"{connection}: the capture does not have all of it", sent + received));
            else if (at[i].Sent == 0 && sent + received > 0) Unmatched.Add(new UnmatchedBytes($"{connection}: no line of the ledger, {sent:N0} bytes sent", sent + received));
            else if (HasLeft(i)) Unmatched.Add(new UnmatchedBytes($"{connection}: {sent:N0} bytes sent and {received:N0} received that no line of the ledger has", sent + received));
            // An attempt alone says that the program is there: a line that failed must stand for it.
            else if (sent + received == 0 && at[i].Sent == 0 && !without.Exists(placed => real(placed.Request.From) - Aside <= connection.Opened.Time && connection.Opened.Time <= real(placed.Request.To!.Value) + Aside && IsThere(placed.Request.Host, connection)))
                Unmatched.Add(new UnmatchedBytes($"{connection}: an attempt without a line", connection.Opened.Length));
        }
    }
}
