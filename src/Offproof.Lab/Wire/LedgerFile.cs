using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;

namespace Offproof.Lab;

/// <summary>A request of the ledger, and how it went (ledger.md §2).</summary>
/// <param name="Line">The number of its line in the file.</param>
/// <param name="From">The time of its line.</param>
/// <param name="To">The time of its outcome; null where it has none.</param>
/// <param name="Sent">Null where it has no outcome.</param>
internal sealed record LedgerRequest(int Line, string Host, string Purpose, string Method, string Path, TimeSpan From, TimeSpan? To, long? Sent, long? Received, string? Failure)
{
    public override string ToString() => $"line {Line} ({Purpose} {Method} {Path})";
}

/// <summary>Something about a line that must not be.</summary>
internal sealed record LineProblem(int Line, string Problem);

/// <summary>A ledger as a file, read by the page that specifies it and by no code of the device's.</summary>
internal sealed record LedgerFile(int Lines, IReadOnlyList<LedgerRequest> Requests, IReadOnlyList<LineProblem> Problems)
{
    private const int MostProblems = 100;

    internal static LedgerFile Read(byte[] file)
    {
        Dictionary<long, LedgerRequest> requests = [];
        List<LineProblem> problems = [];
        string previous = new('0', 64);
        int number = 0;
        for (int at = 0; at < file.Length;)
        {
            int length = file.AsSpan(at).IndexOf((byte)'\n');
            ReadOnlyMemory<byte> line = length < 0 ? file.AsMemory(at) : file.AsMemory(at, length);
            at += line.Length + 1;
            number++;
            string? problem = length < 0 ? "the last line is not whole" : Take(line, number, previous, requests);
            if (problem is not null && problems.Count < MostProblems) problems.Add(new LineProblem(number, problem));
            previous = Convert.ToHexStringLower(SHA256.HashData(line.Span));
        }
        return new LedgerFile(number, [.. requests.Values.OrderBy(static request => request.Line)], problems);
    }

    private static string? Take(ReadOnlyMemory<byte> line, int number, string previous, Dictionary<long, LedgerRequest> requests)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement members = document.RootElement;
            if (members.GetProperty("seq").GetInt64() != number) return "its seq is not its place";
            if (members.GetProperty("prev").GetString() != previous) return "its prev is not the hash of the line before";
            if (!DateTimeOffset.TryParseExact(members.GetProperty("time").GetString(), "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset moment)) return "its time is none";
            TimeSpan time = moment - DateTimeOffset.UnixEpoch;
            if (members.TryGetProperty("method", out JsonElement method))
            {
                requests.Add(number, new LedgerRequest(number, Text(members, "host"), Text(members, "purpose"), method.GetString() ?? "", Text(members, "path"), time, null, null, null, null));
            }
            else if (members.TryGetProperty("of", out JsonElement of))
            {
                if (!requests.TryGetValue(of.GetInt64(), out LedgerRequest? request)) return "it is the outcome of no request";
                if (request.To is not null) return "it is a second outcome of one request";
                long sent = members.GetProperty("sent").GetInt64(), received = members.GetProperty("received").GetInt64();
                if (sent < 0 || received < 0) return "it counts less than nothing";
                requests[request.Line] = request with { To = time, Sent = sent, Received = received, Failure = members.TryGetProperty("failure", out JsonElement failure) ? failure.GetString() : null };
            }
            else if (members.TryGetProperty("handed", out _)) return "a token was handed out: what was sent with it stands in no ledger";
            else if (members.TryGetProperty("torn", out _) || members.TryGetProperty("gap", out _)) return "lines are lost before it";
            return null;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return "it is no line of a ledger";
        }
    }

    private static string Text(JsonElement members, string name) => members.TryGetProperty(name, out JsonElement value) ? value.GetString() ?? "" : "";
}
