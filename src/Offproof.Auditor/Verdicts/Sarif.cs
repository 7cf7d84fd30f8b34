using System.Globalization;
using System.Text.Json;

namespace Offproof.Auditor;

/// <summary>Findings as SARIF 2.1.0 (OASIS), for tools that list those of other checkers (audit.md §8).</summary>
public static class Sarif
{
    /// <summary>Writes <paramref name="report"/> as one SARIF log, UTF-8.</summary>
    public static void Write(AuditReport report, Stream target)
    {
        using Utf8JsonWriter json = new(target, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
        json.WriteString("version", "2.1.0");
        json.WriteStartArray("runs");
        json.WriteStartObject();
        Tool(json, report);
        Invocation(json, report);
        json.WriteStartArray("artifacts");
        foreach (CaptureReport capture in report.Captures) Artifact(json, Uri(capture.Path), -1);
        // What a region counts bytes in is a message, which lies somewhere in the packets of a capture: an artifact in an artifact (SARIF §3.24.5).
        Dictionary<string, int> messages = new(StringComparer.Ordinal);
        foreach (FindingReport finding in report.Findings)
        {
            if (messages.TryAdd(Message(finding, report.Captures), report.Captures.Count + messages.Count)) Artifact(json, Message(finding, report.Captures), CaptureOf(finding, report.Captures));
        }
        json.WriteEndArray();
        json.WriteStartArray("results");
        Dictionary<int, FlowReport> flows = report.Flows.ToDictionary(static flow => flow.Flow);
        Dictionary<int, ReceiverReport> receivers = [];
        foreach (ReceiverReport receiver in report.Receivers)
        {
            foreach (int flow in receiver.Flows) receivers.TryAdd(flow, receiver);
        }
        foreach (FindingReport finding in report.Findings) Result(json, finding, flows.GetValueOrDefault(finding.Flow), Message(finding, report.Captures), messages, receivers.GetValueOrDefault(finding.Flow));
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Tool(Utf8JsonWriter json, AuditReport report)
    {
        json.WriteStartObject("tool");
        json.WriteStartObject("driver");
        json.WriteString("name", "offproof audit");
        json.WriteStartArray("rules");
        foreach (string kind in report.Findings.Select(static finding => finding.Kind).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            json.WriteStartObject();
            json.WriteString("id", kind);
            json.WriteStartObject("shortDescription");
            json.WriteString("text", $"a planted datum of the kind {kind} was captured");
            json.WriteEndObject();
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Invocation(Utf8JsonWriter json, AuditReport report)
    {
        json.WriteStartArray("invocations");
        json.WriteStartObject();
        json.WriteBoolean("executionSuccessful", true);
        json.WriteStartArray("toolExecutionNotifications");
        foreach (string reason in report.Reasons.Prepend(report.Verdict))
        {
            json.WriteStartObject();
            json.WriteString("level", "note");
            json.WriteStartObject("message");
            json.WriteString("text", reason);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void Result(Utf8JsonWriter json, FindingReport finding, FlowReport? flow, string message, Dictionary<string, int> messages, ReceiverReport? receiver)
    {
        json.WriteStartObject();
        json.WriteString("ruleId", finding.Kind);
        json.WriteString("level", finding.Standing == "evidence" ? "error" : "note");
        json.WriteStartObject("message");
        json.WriteString("text", AuditText.Sentence(finding, flow));
        json.WriteEndObject();
        json.WriteStartArray("locations");
        json.WriteStartObject();
        json.WriteStartObject("physicalLocation");
        json.WriteStartObject("artifactLocation");
        json.WriteString("uri", message);
        json.WriteNumber("index", messages[message]);
        json.WriteEndObject();
        json.WriteStartObject("region");
        json.WriteNumber("byteOffset", finding.Offset);
        json.WriteNumber("byteLength", finding.Length);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartArray("logicalLocations");
        json.WriteStartObject();
        json.WriteString("fullyQualifiedName", string.Create(CultureInfo.InvariantCulture, $"flow {finding.Flow}/packet {finding.Packet}/{finding.Carrier}/{finding.Offset}+{finding.Length}"));
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteStartObject("properties");
        json.WriteString("canary", finding.Canary);
        json.WriteString("form", finding.Form);
        json.WriteString("standing", finding.Standing);
        json.WriteNumber("chance", finding.Chance);
        json.WriteStartArray("chain");
        foreach (string step in finding.Chain) json.WriteStringValue(step);
        json.WriteEndArray();
        if (receiver is not null) Receiver(json, receiver);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Receiver(Utf8JsonWriter json, ReceiverReport receiver)
    {
        json.WriteStartObject("receiver");
        json.WriteString("address", receiver.Address);
        if (receiver.Scope is { } scope) json.WriteString("scope", scope);
        json.WriteStartArray("names");
        foreach (ObservedName name in receiver.Names) json.WriteStringValue(ReceiverText.Sentence(name));
        json.WriteEndArray();
        json.WriteStartArray("claims");
        foreach (ClaimReport claim in receiver.Claims) json.WriteStringValue($"{ReceiverText.Word(claim.Layer)}: {ReceiverText.Sentence(claim)}");
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Artifact(Utf8JsonWriter json, string uri, int parent)
    {
        json.WriteStartObject();
        json.WriteStartObject("location");
        json.WriteString("uri", uri);
        json.WriteEndObject();
        if (parent >= 0) json.WriteNumber("parentIndex", parent);
        json.WriteEndObject();
    }

    private static int CaptureOf(FindingReport finding, IReadOnlyList<CaptureReport> captures) => Math.Min(finding.Capture, captures.Count) - 1;

    private static string Message(FindingReport finding, IReadOnlyList<CaptureReport> captures) =>
        string.Create(CultureInfo.InvariantCulture, $"{Uri(captures[CaptureOf(finding, captures)].Path)}#flow={finding.Flow}&packet={finding.Packet}&{finding.Carrier}={finding.Message}");

    private static string Uri(string path) => System.Uri.EscapeDataString(path.Replace('\\', '/')).Replace("%2F", "/", StringComparison.Ordinal);
}
