using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Offproof.Channel;

/// <summary>An announcement of an update: one line of channel.md §5.</summary>
/// <param name="Id">MODEL/VERSION/CHANNEL</param>
/// <param name="Model">1 to 64 of a-z 0-9 . _ -</param>
/// <param name="Version">Of the update</param>
/// <param name="Channel">stable, beta, ...: 1 to 16 of a-z 0-9 -</param>
/// <param name="Published">When; UTC, whole seconds</param>
/// <param name="Rollout">Over which time it is offered to more and more devices</param>
/// <param name="Critical">Offered to all at once</param>
/// <param name="Notes">Language to text, <c>en</c> among them</param>
/// <param name="Payloads">The update, whole and as deltas; at least one is whole</param>
/// <param name="Minimum">The lowest version from which it can be installed; null: any</param>
public sealed record Notice(
    string Id, string Model, ReleaseVersion Version, string Channel, [property: JsonConverter(typeof(SecondConverter))] DateTimeOffset Published, NoticeRollout Rollout, bool Critical,
    IReadOnlyDictionary<string, string> Notes, IReadOnlyList<NoticePayload> Payloads, ReleaseVersion? Minimum = null)
{
    private const int MostNote = 4000;
    private const int MostLanguages = 64;
    private const int MostPayloads = 64;

    /// <summary>MODEL/VERSION/CHANNEL.</summary>
    public static string IdOf(string model, ReleaseVersion version, string channel) => $"{model}/{version}/{channel}";

    /// <summary>The name that the update has when it was fetched: the last part of its whole payload's.</summary>
    [JsonIgnore]
    public string FileName => Path.GetFileName(Payloads.First(static payload => payload.Kind == NoticePayload.Full).Target);

    internal string? Complaint() =>
        !Words.IsName(Model, 64) ? "its model is not 1 to 64 of a-z 0-9 . _ -"
        : !Words.IsWord(Channel, 16) ? "its channel is not 1 to 16 of a-z 0-9 -"
        : Id != IdOf(Model, Version, Channel) ? "its id is not MODEL/VERSION/CHANNEL"
        : Rollout.Complaint() is { } rollout ? rollout
        : NotesComplaint() is { } notes ? notes
        : Payloads.Count is 0 or > MostPayloads || !Payloads.Any(static p => p?.Kind == NoticePayload.Full) ? $"it has not 1 to {MostPayloads} payloads, one of them full"
        : Payloads.Select(PayloadComplaint).FirstOrDefault(static wrong => wrong is not null);

    private string? NotesComplaint()
    {
        if (Notes.Count > MostLanguages || !Notes.ContainsKey("en")) return $"its notes are not in 1 to {MostLanguages} languages with en among them";
        foreach ((string language, string? text) in Notes)
        {
            if (!Words.IsLanguage(language)) return "a language of its notes is no BCP 47 tag";
            if (text is null) return "a note of it is null";
            if (Words.Complaint(text, MostNote) is { } wrong) return $"its note {wrong}";
        }
        return null;
    }

    // Two payloads that disagree about what comes out cannot both be it.
    private string? PayloadComplaint(NoticePayload? payload) =>
        payload?.Complaint(Model, Version) ?? (payload is null ? "a payload of it is null"
        : payload.Bytes != Payloads[0].Bytes || payload.Sha256 != Payloads[0].Sha256 ? "its payloads do not make the same update" : null);
}

/// <summary>channel.md §5.1.</summary>
/// <param name="Start">From when on; UTC, whole seconds</param>
/// <param name="Seconds">How long it takes until it is offered to all; 0: at once; at most 366 days</param>
public sealed record NoticeRollout([property: JsonConverter(typeof(SecondConverter))] DateTimeOffset Start, long Seconds)
{
    internal const long MostSeconds = 366L * 86400;

    internal string? Complaint() => Seconds is < 0 or > MostSeconds ? "its rollout does not take 0 seconds to 366 days" : null;
}

/// <summary>One way to the update.</summary>
/// <param name="Kind">full or delta</param>
/// <param name="Target">The target's name: payloads/MODEL/VERSION/NAME</param>
/// <param name="Bytes">The length of the update that comes out</param>
/// <param name="Sha256">Its SHA-256, lower-case hexadecimal</param>
/// <param name="From">delta: the version that it starts from</param>
/// <param name="FromSha256">delta: the SHA-256 of the file that it starts from</param>
public sealed record NoticePayload(string Kind, string Target, long Bytes, string Sha256, ReleaseVersion? From = null, string? FromSha256 = null)
{
    /// <summary>The target is the update.</summary>
    public const string Full = "full";

    /// <summary>The target makes it of an older file (<c>zstd --patch-from</c>).</summary>
    public const string Delta = "delta";

    internal const long MostBytes = 64L << 30;

    internal string? Complaint(string model, ReleaseVersion version)
    {
        string folder = $"payloads/{model}/{version}/";
        return Kind is not (Full or Delta) ? "a payload of it is neither full nor delta"
            : !Target.StartsWith(folder, StringComparison.Ordinal) || !IsFileName(Target[folder.Length..]) ? $"a payload of it does not lie in {folder}"
            : Bytes is < 1 or > MostBytes ? "a payload of it has no byte, or more than 64 GiB"
            : !Words.IsSha256(Sha256) ? "a payload of it has no SHA-256"
            : Kind == Full ? (From is null && FromSha256 is null ? null : "a full payload of it starts from another version")
            : From is null || FromSha256 is null || !Words.IsSha256(FromSha256) ? "a delta of it does not say what it starts from" : null;
    }

    // It becomes a name on disks of several kinds.
    internal static bool IsFileName(string name) =>
        name.Length is >= 1 and <= 100 && name[0] != '.' && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or '+');
}

/// <summary>All notices of all models, in one target (channel.md §5).</summary>
public static class NoticeList
{
    /// <summary>Its name in the metadata.</summary>
    public const string Target = "notices.jsonl.zst";

    private static readonly Bundle<Notice> Form = new("offproof/v1/notices", 10_000, ContentJson.Default.Notice, static n => n.Id, static n => n.Complaint());

    /// <summary>The content: the same notices give the same bytes, whatever their order.</summary>
    /// <exception cref="ContentException">A notice is none, or two have one id.</exception>
    public static byte[] Write(IEnumerable<Notice> notices) => Form.Write(notices);

    /// <summary>Every notice of a content, in order of id.</summary>
    /// <exception cref="ContentException">It is no list of notices.</exception>
    public static IReadOnlyList<Notice> Read(ReadOnlySpan<byte> content) => Form.Read(content);

    /// <summary>The target's file for a content.</summary>
    public static byte[] Seal(ReadOnlySpan<byte> content) => Frame.Seal(content);

    /// <summary>The content of a target's file, at most 64 MiB.</summary>
    /// <exception cref="ContentException">It is no such frame.</exception>
    public static byte[] Open(ReadOnlySpan<byte> file) => Frame.Open(file, Bundle<Notice>.MostBytes);
}

/// <summary>RFC 3339, UTC, whole seconds: <c>2026-11-26T14:00:00Z</c>, and nothing else.</summary>
internal sealed class SecondConverter : JsonConverter<DateTimeOffset>
{
    internal const string Form = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String
        && DateTimeOffset.TryParseExact(reader.GetString(), Form, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)
            ? time : throw new JsonException("no time");

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.UtcDateTime.ToString(Form, CultureInfo.InvariantCulture));
}
