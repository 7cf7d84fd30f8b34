using System.Text;
using Offproof.Auditor;

namespace Offproof.Lab;

/// <summary>What the requests of the wire were, held against what the ledger calls them (lab.md §5): a right number of bytes under a wrong name is a lie too.</summary>
internal static class LedgerContents
{
    private const int MostListed = 1000;

    /// <param name="transcript">Of the run's capture, with the keys.</param>
    internal static List<LineProblem> Problems(LedgerMatch match, Transcript transcript)
    {
        List<Sent> sent = Sent.All(transcript);
        ILookup<string, Sent> byClient = sent.ToLookup(static one => one.Client, StringComparer.Ordinal);
        List<(LedgerRequest Request, string Client)> misnamed = [], lost = [];
        // Where it was laid first; then anywhere: two requests of the same lengths at the same time may have changed places in the match.
        foreach (IGrouping<Connection?, Placed> connection in match.Placed.GroupBy(static placed => placed.Connection))
        {
            if (connection.Key is not { } wire) continue;
            string client = wire.Client.ToString();
            int place = 0;
            foreach (Placed placed in connection)
            {
                if (!Take(byClient[client].Where(one => one.Place == place), placed.Request)) misnamed.Add((placed.Request, client));
                place++;
            }
        }
        foreach ((LedgerRequest Request, string Client) line in misnamed)
            if (!Take(sent, line.Request)) lost.Add(line);

        List<LineProblem> problems = [];
        foreach ((LedgerRequest request, string client) in lost)
        {
            Sent? instead = Left(byClient[client]);
            if (instead is not null) instead.Line = request;
            else instead = Left(sent);
            problems.Add(new LineProblem(request.Line, $"no request on the wire is {request.Method} {request.Path}{(instead is null ? "" : $"; there is {instead}")}"));
        }
        foreach (Sent one in sent)
            if (one.Line is { Purpose: "public" } line && one.MoreThanPublic is { } more) problems.Add(new LineProblem(line.Line, $"it is public, and has {more}"));
        foreach (Sent one in sent.Where(static one => one.Line is null).Take(MostListed))
            if (LineOf(one, match.Placed) is { } line) problems.Add(new LineProblem(line.Line, $"on its connection there is {one} too, which no line names"));
        return problems;
    }

    private static bool Take(IEnumerable<Sent> among, LedgerRequest request)
    {
        if (among.FirstOrDefault(one => one.Line is null && one.Is(request)) is not { } found) return false;
        found.Line = request;
        return true;
    }

    private static Sent? Left(IEnumerable<Sent> among) => among.FirstOrDefault(static one => one.Line is null);

    // The one that was laid there at its place, else the last; or for which the connection was opened. Null where no line was laid there: then its bytes are no line's, and were named.
    private static LedgerRequest? LineOf(Sent one, List<Placed> placed)
    {
        // Of more flows than a report lists it is not known which connection they are.
        if (one.Client.Length == 0) return placed.Count > 0 ? placed[^1].Request : null;
        LedgerRequest[] there = [.. placed.Where(line => line.Connection?.Client.ToString() == one.Client || line.Opened?.Client.ToString() == one.Client).Select(static line => line.Request)];
        return there.Length > 0 ? there[Math.Min(one.Place, there.Length - 1)] : null;
    }

    /// <summary>A request as it was on the wire.</summary>
    /// <param name="Client">The end from which its connection was opened.</param>
    /// <param name="Place">How many requests came before it on its connection.</param>
    /// <param name="MoreThanPublic">What ledger.md §1 gives no public request; null where it has nothing of it.</param>
    private sealed record Sent(string Client, int Place, string Method, string Target, string? MoreThanPublic)
    {
        private const int MostShown = 200;

        /// <summary>The line that it belongs to.</summary>
        internal LedgerRequest? Line { get; set; }

        internal static List<Sent> All(Transcript transcript)
        {
            Dictionary<int, string> clients = transcript.Report.Flows.ToDictionary(static flow => flow.Flow, static flow => flow.Client);
            HashSet<(int Flow, int Message)> bodies = [.. transcript.Said.Where(static said => said is { FromClient: true, Carrier: "body", Length: > 0 }).Select(static said => (said.Flow, said.Message))];
            return [.. transcript.Said.Where(static said => said is { FromClient: true, Carrier: "head" }).GroupBy(static said => said.Flow)
                .SelectMany(flow => flow.OrderBy(static said => said.Message).Select((said, place) => Of(said, clients.GetValueOrDefault(flow.Key, ""), place, bodies.Contains((said.Flow, said.Message)))))];
        }

        private static Sent Of(Said head, string client, int place, bool hasBody)
        {
            string[] lines = Encoding.Latin1.GetString(head.Bytes.Span).Split("\r\n");
            string[] start = lines[0].Split(' ');
            if (start.Length != 3) return new Sent(client, place, lines[0], "", "a line that is no request's");
            string[] fields = [.. lines[1..].Where(static line => line.Length > 0).Select(static line => line.Split(':', 2)[0])];
            bool isPayload = start[1].StartsWith("/channel/targets/payloads/", StringComparison.Ordinal);
            string? more = fields.FirstOrDefault(field => field != "Host" && !(isPayload && field == "Range")) is { } other ? $"the field {other}"
                : fields.Length != fields.Distinct(StringComparer.Ordinal).Count() ? "a field twice"
                : hasBody ? "a body"
                : start[2] != "HTTP/1.1" ? $"the version {start[2]}" : null;
            return new Sent(client, place, start[0], start[1], more);
        }

        // ledger.md §2: accounts, devices and names that people chose are masked in the ledger.
        internal bool Is(LedgerRequest request)
        {
            if (Method != request.Method) return false;
            string[] here = Segments(Target), there = Segments(request.Path);
            return here.Length == there.Length && here.Zip(there).All(static pair => pair.First == pair.Second || pair.Second == "*" || (pair.Second is "ACCOUNT" or "DEVICE" && pair.First.Length == 64 && pair.First.All(char.IsAsciiHexDigitLower)));
        }

        private static string[] Segments(string path) => path.Replace("?create=true", "", StringComparison.Ordinal).Split('/');

        public override string ToString()
        {
            string text = $"{Method} {Target}".TrimEnd();
            return text.Length > MostShown ? text[..MostShown] + "..." : text;
        }
    }
}
