using System.Globalization;

namespace Offproof.Auditor;

/// <summary>Receivers for people: a line for each claim (receivers.md §4).</summary>
internal static class ReceiverText
{
    private const int MostReceivers = 10;
    private const int MostNames = 6;

    internal static IEnumerable<string> Lines(AuditReport report)
    {
        bool hasSources = report.Sources.Count > 0;
        List<ReceiverReport> listed = [.. report.Receivers.Where(receiver => receiver.Findings > 0 || hasSources)];
        if (listed.Count == 0) yield break;
        yield return "";
        yield return "received by:";
        foreach (ReceiverReport receiver in listed.Take(MostReceivers))
        {
            foreach (string line in Lines(receiver)) yield return line;
        }
        if (listed.Count > MostReceivers) yield return string.Create(CultureInfo.InvariantCulture, $"  {listed.Count - MostReceivers} more addresses; --json lists them");
        if (!hasSources) yield return "  who holds and announces these addresses, no source was asked: --sources DIR (audit sources says how to get them)";
    }

    private static IEnumerable<string> Lines(ReceiverReport receiver)
    {
        string flows = string.Create(CultureInfo.InvariantCulture, $"{receiver.Findings} {(receiver.Findings == 1 ? "finding" : "findings")}, {receiver.FlowsTotal} {(receiver.FlowsTotal == 1 ? "flow" : "flows")}");
        yield return $"  {receiver.Address ?? (receiver.Names.Count > 0 ? receiver.Names[0].Name : "an address that was not recorded")}: {flows}{(receiver.Scope is { } scope ? $"; nobody can hold it: {scope}" : "")}";
        foreach (ObservedName name in receiver.Names.Take(MostNames)) yield return $"    name      {Sentence(name)}";
        if (receiver.Names.Count > MostNames) yield return string.Create(CultureInfo.InvariantCulture, $"    name      {receiver.Names.Count - MostNames} more; --json lists them");
        // What several sources say alike is one line, and each source still stands in it.
        foreach (IGrouping<(string, string, string?, string?), ClaimReport> alike in receiver.Claims.Where(static claim => claim.What != Delegated.Identifier).GroupBy(static claim => (claim.Layer, claim.Value, claim.Name, claim.Range)))
            yield return $"    {Word(alike.Key.Item1),-9} {Subject(alike.First())}: {string.Join("; ", alike.Select(Source))}";
        foreach (string layer in receiver.Differ) yield return $"    note      the sources differ about the {Word(layer)}";
        foreach (string remark in receiver.Remarks) yield return $"    note      {remark}";
    }

    internal static string Word(string layer) => layer switch { "originAs" => "origin AS", "asHolder" => "AS holder", _ => layer };

    internal static string Sentence(ObservedName name)
    {
        string by = name.By switch { "dns" => "DNS answer", "sni" => "TLS hello", "host" => "Host", "certificate" => "certificate shown", _ => "organization in the certificate shown" };
        return string.Create(CultureInfo.InvariantCulture, $"{name.Name} ({by}{(name.Via is { } via ? $", by way of {via}" : "")}, packet {name.Packet}{(name.Time is { Length: > 19 } time ? $", {time[..19]}Z" : "")})");
    }

    internal static string Sentence(ClaimReport claim) => $"{Subject(claim)}: {Source(claim)}";

    private static string Subject(ClaimReport claim) => $"{claim.Value}{(claim.Name is { } name ? $" {name}" : "")}{(claim.Range is { } range && range != claim.Value ? $" for {range}" : "")}";

    private static string Source(ClaimReport claim) => $"{claim.What}{(claim.Since is { } day ? $", since {day}" : "")} ({claim.File}, {(claim.AsOf is { } date ? $"as of {date}" : "undated")})";
}
