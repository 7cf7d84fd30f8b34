using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Offproof.Evidence;

/// <summary>From an audit's report to what is published of it. What is carried over is listed; whatever else a report holds, or will hold, stays (evidence.md §6.2).</summary>
sealed class PublicReportReading
{
    // Names that a sender does not choose; any other may be the value itself.
    static readonly HashSet<string> UsualFields = new(StringComparer.OrdinalIgnoreCase)
    {
        "target", "host", "cookie", "user-agent", "referer", "authorization", "content-type", "content-disposition", "accept", "accept-language", "origin", "from", "etag", "if-none-match", "set-cookie", "location", ":path", ":authority",
    };

    readonly Dictionary<int, JsonElement> flows = [];
    readonly IReadOnlyList<string> ids;
    readonly ValueSearch search;
    readonly Func<string, string?> hashOf;
    ReceiverName names;

    PublicReportReading(IReadOnlyList<string> ids, ValueSearch search, Func<string, string?> hashOf) => (this.ids, this.search, this.hashOf, names) = (ids, search, hashOf, new ReceiverName(search, isInNames: true, isDisguised: true));

    /// <param name="ids">Of all commitments.</param>
    /// <param name="search">For the persona's values.</param>
    /// <param name="hashOf">The SHA-256 of a capture by its file's name.</param>
    /// <returns>Null where it is no report of an audit.</returns>
    internal static PublicReport? Of(ReadOnlyMemory<byte> json, IReadOnlyList<string> ids, ValueSearch search, Func<string, string?> hashOf)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return document.RootElement.ValueKind == JsonValueKind.Object && Text(document.RootElement, "schema") == "offproof/v1/audit" && new PublicReportReading(ids, search, hashOf).Read(document.RootElement) is { IsSound: true } report ? report : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or OverflowException)
        {
            return null;
        }
    }

    PublicReport Read(JsonElement report)
    {
        foreach (var flow in Items(report, "flows")) flows[(int)Number(flow, "flow")] = flow;
        // One in a name of DNS, and the connection that follows has the name too: what one of them holds counts for all.
        JsonElement[] inNames = [.. Items(report, "findings").Where(IsInName)];
        names = new ReceiverName(search, inNames.Length > 0, inNames.Any(static finding => Items(finding, "chain").Length > 0));
        string[] paths = [.. Items(report, "captures").Select(static capture => Text(capture, "path") ?? "")];
        JsonElement bytes = report.GetProperty("bytes"), budget = report.GetProperty("budget"), persona = report.GetProperty("persona");
        return new PublicReport(PublicReport.SchemaName, "offproof/v1/audit", Word(report, "verdict"),
            [.. Items(report, "causes").Select(cause => new PublicCause(Word(cause, "code"), Number(cause, "count"), Text(cause, "subject") is { } subject && Array.IndexOf(paths, subject) is >= 0 and var at ? at + 1 : null))],
            new PublicCounts(Number(bytes, "total"), Number(bytes, "decoded"), Number(bytes, "structural"), Number(bytes, "opaque"), Number(bytes, "missing")),
            new PublicBudget(Number(budget, "opaque"), Number(budget, "missing"), Number(budget, "capacity"), Number(budget, "most")),
            [.. Items(report, "captures").Select(capture => new PublicCapture(hashOf(Path.GetFileName(Text(capture, "path") ?? "")), Word(capture, "format"), Number(capture, "packets"), Number(capture, "bytes"), Text(capture, "damage") is not null))],
            Number(report, "flowsTotal"), Number(report, "findingsTotal"), [.. Items(report, "findings").Select(Finding)],
            new PublicSearch((int)Number(persona, "canaries"), (int)Number(persona, "forms"), [.. Items(persona, "kinds").Select(static kind => new PublicKind(Word(kind, "kind"), (int)Number(kind, "canaries")))]));
    }

    PublicFinding Finding(JsonElement finding)
    {
        string canary = Text(finding, "canary") is { } id && Opening.IsId(id) ? id : "?";
        int flow = (int)Number(finding, "flow");
        return new PublicFinding(canary, [.. ids.Where(id => IsBelow(id, canary))], Word(finding, "kind"), Word(finding, "form"), (int)Number(finding, "capture"), Number(finding, "packet"), flow,
            Receiver(flow, Text(finding, "sender") == "client"), Word(finding, "carrier"), Text(finding, "field") is { } field ? UsualFields.Contains(field) ? field : "another field" : null,
            Number(finding, "offset"), (int)Number(finding, "length"), [.. Items(finding, "chain").Select(static step => Word(step.GetString()))], finding.GetProperty("chance").GetDouble(), Word(finding, "standing"), Moment(finding));
    }

    // The auditor names a canary by where it is in the persona, a little shorter than the persona does.
    static bool IsBelow(string id, string canary)
    {
        string place = canary.Split('.') is [var item, "name"] && item.StartsWith("contacts[", StringComparison.Ordinal) ? item + ".displayName"
            : canary.Contains("].streets[", StringComparison.Ordinal) ? canary[..canary.IndexOf(".streets[", StringComparison.Ordinal)] + ".addresses"
            : canary.StartsWith("photos[", StringComparison.Ordinal) && canary.EndsWith("].name", StringComparison.Ordinal) ? canary[..^".name".Length] + ".path" : canary;
        return id.StartsWith(place, StringComparison.Ordinal) && (id.Length == place.Length || id[place.Length] is '.' or '[');
    }

    PublicReceiver? Receiver(int number, bool isFromClient)
    {
        if (!flows.TryGetValue(number, out var flow)) return null;
        string phone = Text(flow, "phone") ?? "";
        string end = Text(flow, phone == "server" || (phone == "undecided" && !isFromClient) ? "client" : "server") ?? "";
        string? name = Text(flow, "serverName");
        if (!IPEndPoint.TryParse(end, out var point)) return new PublicReceiver(null, 0, Word(flow, "protocol"), names.Shown(name ?? end.Split(':')[0]));
        string address = point.Address.ToString();
        if (point.AddressFamily == AddressFamily.InterNetworkV6)
        {
            byte[] raw = point.Address.GetAddressBytes();
            raw.AsSpan(8).Clear(); // made of a MAC, perhaps
            address = new IPAddress(raw) + "/64";
        }
        return new PublicReceiver(address, point.Port, Word(flow, "protocol"), names.Shown(name));
    }

    bool IsInName(JsonElement finding) => Text(finding, "carrier") is "dns-name" or "server-name" || (Text(finding, "field")?.ToLowerInvariant() switch
    {
        "host" or ":authority" or "location" or "origin" or "referer" => true,
        "target" => !flows.TryGetValue((int)Number(finding, "flow"), out var flow) || Text(flow, "transport") is not ("tcp" or "udp"), // of recordings the whole address
        _ => false,
    });

    static string? Moment(JsonElement finding) => Text(finding, "time") is { } time && DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _) && time.Length <= 40 && time.All(static c => char.IsAsciiDigit(c) || c is '-' or ':' or '.' or '+' or 'T' or 'Z') ? time : null;

    static JsonElement[] Items(JsonElement json, string member) => json.TryGetProperty(member, out var items) && items.ValueKind == JsonValueKind.Array ? [.. items.EnumerateArray()] : [];

    static long Number(JsonElement json, string member) => json.GetProperty(member).GetInt64();

    static string? Text(JsonElement json, string member) => json.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    static string Word(JsonElement json, string member) => Word(Text(json, member));

    // A word of the auditor's: short, lower case but for verdicts, few digits.
    static string Word(string? word) => word is null || word.Length > 60 || word.Any(static c => !char.IsAsciiLetterOrDigit(c) && c is not (' ' or '-' or ',' or '.' or '(' or ')' or '/')) || word.Count(char.IsAsciiDigit) > 8 ? "?" : word;
}
