using System.Globalization;
using System.Text.Json;

namespace Offproof.Evidence;

/// <summary>What is published of an audit's report (evidence.md §6.2): members that are named here, and no others.</summary>
sealed record PublicReport(
    string Schema, string Of, string Verdict, IReadOnlyList<PublicCause> Causes, PublicCounts Bytes, PublicBudget Budget, IReadOnlyList<PublicCapture> Captures, long FlowsTotal, long FindingsTotal,
    IReadOnlyList<PublicFinding> Findings, PublicSearch Searched)
{
    internal const string SchemaName = "offproof/v1/evidence-report";

    /// <summary>Nothing is null in a list, which the reader of JSON takes, and no number is out of what can be written and reckoned with.</summary>
    internal bool IsSound => Causes.All(static item => item is not null) && Captures.All(static item => item is not null) && Searched.Kinds.All(static item => item is not null)
        && Findings.All(static item => item is not null && item.Values.All(static id => id is not null) && item.Chain.All(static step => step is not null)
            && item is { Offset: >= 0, Length: >= 0 } && item.Offset <= long.MaxValue - item.Length && double.IsFinite(item.Chance));

    /// <summary>What bundle.json says of it.</summary>
    internal AboutReport Told(string path) => new(path, SchemaName, Verdict, [.. Causes.Select(static cause => cause.Code)]);

    /// <summary>What bundle.json says of where it ends.</summary>
    internal IEnumerable<string> Limits(string path) =>
    [
        $"{path} says {Verdict}: of the captures, the persona and the forms that were searched for, and of nothing else.",
        string.Create(CultureInfo.InvariantCulture, $"{path}: at most {Budget.Most} bytes can have left unseen."),
    ];

    internal byte[] ToBytes() => [.. JsonSerializer.SerializeToUtf8Bytes(this, PublicJson.Default.PublicReport), (byte)'\n'];

    /// <summary>Null where it is no such report.</summary>
    internal static PublicReport? Read(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, PublicJson.Default.PublicReport) is { Schema: SchemaName, IsSound: true } report ? report : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <param name="Capture">From 1; null where it is about all.</param>
sealed record PublicCause(string Code, long Count, int? Capture);

sealed record PublicCounts(long Total, long Decoded, long Structural, long Opaque, long Missing);

sealed record PublicBudget(long Opaque, long Missing, long Capacity, long Most);

sealed record PublicCapture(string? Sha256, string Format, long Packets, long Bytes, bool IsDamaged);

/// <param name="Canary">A path into the persona.</param>
/// <param name="Values">The ids of the commitments below it.</param>
sealed record PublicFinding(
    string Canary, IReadOnlyList<string> Values, string Kind, string Form, int Capture, long Packet, int Flow, PublicReceiver? Receiver, string Carrier, string? Field, long Offset, int Length, IReadOnlyList<string> Chain,
    double Chance, string Standing, string? Time);

/// <param name="Address">Of IPv6 its network of 64 bits; null in recordings without one.</param>
/// <param name="Name">What <see cref="ReceiverName"/> lets through; null where there is none.</param>
sealed record PublicReceiver(string? Address, int Port, string Protocol, string? Name);

sealed record PublicSearch(int Canaries, int Forms, IReadOnlyList<PublicKind> Kinds);

sealed record PublicKind(string Kind, int Canaries);

/// <summary>The file that <c>--openings</c> names.</summary>
sealed record OpeningsFile(string Schema, string Bundle, IReadOnlyList<Opening> Openings)
{
    internal const string SchemaName = "offproof/v1/openings";
}

[System.Text.Json.Serialization.JsonSourceGenerationOptions(PropertyNamingPolicy = System.Text.Json.Serialization.JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n", AllowDuplicateProperties = false, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[System.Text.Json.Serialization.JsonSerializable(typeof(PublicReport))]
[System.Text.Json.Serialization.JsonSerializable(typeof(OpeningsFile))]
internal sealed partial class PublicJson : System.Text.Json.Serialization.JsonSerializerContext;
