using System.Text;
using Offproof.Auditor;

namespace Offproof.Lab;

/// <summary>What the requests of the wire were, held against what the ledger calls them (lab.md §5): a right number of bytes under a wrong name is a lie too.</summary>
internal static class LedgerContents
{
    /// <param name="transcript">Of the run's capture, with the keys.</param>
    internal static List<LineProblem> Problems(LedgerMatch match, Transcript transcript)
    {
        Dictionary<string, int> flows = new(StringComparer.Ordinal);
        foreach (FlowReport flow in transcript.Report.Flows) flows.TryAdd(flow.Client, flow.Flow); // a port used twice: of the second the requests are left over, and said
        Dictionary<int, List<Sent>> sent = transcript.Said.Where(static said => said is { FromClient: true, Carrier: "head" }).GroupBy(static said => said.Flow)
            .ToDictionary(static group => group.Key, group => group.OrderBy(static said => said.Message).Select(said => Sent.Of(said, transcript)).ToList());
        List<LineProblem> problems = [];
        List<LedgerRequest> misnamed = [];
        // Where it was laid first; then anywhere: two requests of the same lengths at the same time may have changed places in the match.
        foreach (IGrouping<Connection?, Placed> connection in match.Placed.GroupBy(static placed => placed.Connection))
        {
            if (connection.Key is not { } wire) continue;
            List<Sent> here = flows.TryGetValue(wire.Client.ToString(), out int flow) ? sent.GetValueOrDefault(flow) ?? [] : [];
            int next = 0;
            foreach (Placed placed in connection)
            {
                if (next < here.Count && here[next].Is(placed.Request)) here[next].IsTaken = true;
                else misnamed.Add(placed.Request);
                next++;
            }
        }
        List<Sent> left = [.. sent.Values.SelectMany(static list => list).Where(static one => !one.IsTaken)];
        foreach (LedgerRequest request in misnamed)
        {
            int found = left.FindIndex(one => one.Is(request));
            if (found >= 0)
            {
                left[found].IsTaken = true;
                left.RemoveAt(found);
            }
            else problems.Add(new LineProblem(request.Line, $"no request on the wire is {request.Method} {request.Path}{(left.Count > 0 ? $"; there is {left[0]}" : "")}"));
        }
        foreach (LedgerRequest request in match.Placed.Select(static placed => placed.Request).Where(static request => request.Purpose == "public"))
            if (sent.Values.SelectMany(static list => list).FirstOrDefault(one => one.IsTaken && one.Is(request) && one.MoreThanPublic is not null) is { } more)
                problems.Add(new LineProblem(request.Line, $"it is public, and has {more.MoreThanPublic}"));
        return problems;
    }

    /// <summary>A request as it was on the wire.</summary>
    private sealed class Sent(string method, string target, string? more)
    {
        internal bool IsTaken { get; set; }

        /// <summary>What ledger.md §1 gives no public request; null where it has nothing of it.</summary>
        internal string? MoreThanPublic { get; } = more;

        internal static Sent Of(Said head, Transcript transcript)
        {
            string[] lines = Encoding.Latin1.GetString(head.Bytes.Span).Split("\r\n");
            string[] start = lines[0].Split(' ');
            if (start.Length != 3) return new Sent(lines[0], "", "a line that is no request's");
            string[] fields = [.. lines[1..].Where(static line => line.Length > 0).Select(static line => line.Split(':', 2)[0])];
            bool isPayload = start[1].StartsWith("/channel/targets/payloads/", StringComparison.Ordinal);
            string? other = fields.FirstOrDefault(field => field != "Host" && !(isPayload && field == "Range"));
            bool hasBody = transcript.Said.Any(said => said is { FromClient: true, Carrier: "body", Length: > 0 } && said.Flow == head.Flow && said.Message == head.Message);
            return new Sent(start[0], start[1], other is not null ? $"the field {other}" : fields.Length != fields.Distinct(StringComparer.Ordinal).Count() ? "a field twice" : hasBody ? "a body" : start[2] != "HTTP/1.1" ? $"the version {start[2]}" : null);
        }

        // ledger.md §2: accounts, devices and names that people chose are masked in the ledger.
        internal bool Is(LedgerRequest request)
        {
            if (method != request.Method) return false;
            string[] here = target.Replace("?create=true", "", StringComparison.Ordinal).Split('/'), there = request.Path.Replace("?create=true", "", StringComparison.Ordinal).Split('/');
            return here.Length == there.Length && here.Zip(there).All(static pair => pair.First == pair.Second || pair.Second == "*" || (pair.Second is "ACCOUNT" or "DEVICE" && pair.First.Length == 64 && pair.First.All(char.IsAsciiHexDigitLower)));
        }

        public override string ToString() => $"{method} {(target.Length > 200 ? target[..200] + "..." : target)}";
    }
}
