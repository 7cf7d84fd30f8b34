using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Offproof.Evidence;

/// <summary>bundle.json (evidence.md §2).</summary>
sealed record About(
    string Schema, string Id, string Form, string? Title, string? Note, string Packed, IReadOnlyList<AboutFile> Files, IReadOnlyList<AboutAbsent> Absent, IReadOnlyList<AboutReport> Reports, AboutTool Tool,
    AboutEnvironment Environment, AboutClock Clock, IReadOnlyList<string> Statements, IReadOnlyList<string> Opens, string Method, IReadOnlyList<string> Limits, AboutOrigin? Of)
{
    internal const string SchemaName = "offproof/v1/evidence";
    internal const string Private = "private", Public = "public";

    internal byte[] ToBytes() => [.. JsonSerializer.SerializeToUtf8Bytes(this, EvidenceJson.Readable.About), (byte)'\n'];

    /// <summary>Null where it is no bundle.json, or one of another schema. What its texts say is not judged.</summary>
    internal static About? Read(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, EvidenceJson.Default.About) is { Schema: SchemaName, Id: not null, Files: not null, Limits: not null, Opens: not null, Statements: not null, Packed: not null, Tool: not null, Absent: not null, Reports: not null, Method: not null } about
                && about.Files.All(static file => file is { Path: not null, Sha256: not null, Role: not null }) && about.Absent.All(static one => one is { Role: not null, Reason: not null }) && about.Reports.All(static report => report is { Path: not null, Reasons: not null }) && about.Form is Private or Public && about.Opens.Concat(about.Statements).Concat(about.Limits).All(static text => text is not null) ? about : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

sealed record AboutFile(string Path, string Role, string MediaType, long Bytes, string Sha256, string? Name);

sealed record AboutAbsent(string Role, string? Name, long? Bytes, string? Sha256, string Reason);

sealed record AboutReport(string Path, string Schema, string Verdict, IReadOnlyList<string> Reasons);

sealed record AboutTool(string Name, string Version, IReadOnlyList<AboutProgram> Files);

sealed record AboutProgram(string Name, string Sha256);

sealed record AboutEnvironment(string System, string Kernel, string Architecture, string Runtime);

sealed record AboutClock(string Time, string Zone, string Offset, string Known);

sealed record AboutOrigin(string Id, string SumsSha256);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n", AllowDuplicateProperties = false, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(About))]
internal sealed partial class EvidenceJson : JsonSerializerContext
{
    // Read by people, in files and never inside of a page: an apostrophe stays one.
    internal static EvidenceJson Readable => new(new JsonSerializerOptions(Default.Options!) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
