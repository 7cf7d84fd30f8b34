using System.Text.Json;
using System.Text.Json.Serialization;

namespace Offproof.Channel;

/// <summary><c>publisher.json</c> (channel.md §9.1): what is set for a channel and stands in none of its signed files. Nothing in it is secret.</summary>
/// <param name="Schema">offproof/v1/publisher</param>
/// <param name="Log">The log's verifier key</param>
/// <param name="Witnesses">Who is asked to cosign</param>
/// <param name="Quorum">How many of them have to</param>
/// <param name="Expiry">How long each role's file is good, in hours</param>
sealed record PublisherFile(string Schema, string Log, IReadOnlyList<WitnessEntry> Witnesses, int Quorum, ExpiryHours Expiry)
{
    internal const string CurrentSchema = "offproof/v1/publisher";

    internal TrustPolicy Policy => new(Key(Log), [.. Witnesses.Select(static w => Key(w.Key))], Quorum);

    static NoteKey Key(string text) => NoteKey.TryParse(text, out NoteKey? key) ? key
        : throw new PublishingException(PublishingFault.Usage, $"'{text}' is no verifier key", "NAME+ID+KEY, as `offproof witness key` prints it");
}

/// <summary>A witness.</summary>
/// <param name="Key">Its verifier key</param>
/// <param name="Url">Where it is asked; null where its lines are brought by hand</param>
sealed record WitnessEntry(string Key, Uri? Url = null);

/// <summary>How long what is signed is good, in hours.</summary>
/// <param name="Root">a year where not said</param>
/// <param name="Targets">a year</param>
/// <param name="Snapshot">14 days</param>
/// <param name="Timestamp">3 days</param>
public sealed record ExpiryHours(int Root = 365 * 24, int Targets = 365 * 24, int Snapshot = 14 * 24, int Timestamp = 3 * 24);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n", DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(PublisherFile))]
[JsonSerializable(typeof(SigningRequest))]
[JsonSerializable(typeof(BroughtSignatures))]
sealed partial class PublisherJson : JsonSerializerContext
{
    internal static T Read<T>(string file, int most, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) where T : class
    {
        try
        {
            byte[] bytes = DurableFile.Read(file, most) ?? throw new PublishingException(PublishingFault.Failure, $"{file} is not there");
            return JsonSerializer.Deserialize(bytes, type) ?? throw new JsonException("null");
        }
        catch (Exception e) when (e is JsonException or InvalidDataException)
        {
            throw new PublishingException(PublishingFault.Forgery, $"{file} cannot be read: {e.Message}", null, e);
        }
    }
}
