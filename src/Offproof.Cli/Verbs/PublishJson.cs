using System.Text.Json.Serialization;
using Offproof.Channel;

namespace Offproof.Cli;

// What `publish --json` prints (cli.md §2).
internal sealed record PublishInitJson(string Schema, string Folder, string Public, string TrustSha256, string Log, IReadOnlyList<string> OfflineKeys, IReadOnlyList<string> OnlineKeys);

internal sealed record PublishStageJson(string Schema, StageReport? Staged, BroughtJson? Brought, IReadOnlyList<ToSign> ToSign, RehearsalJson? Rehearsal);

/// <summary>What was read for a collection, without its entries.</summary>
internal sealed record BroughtJson(IReadOnlyList<BroughtFile> Files, int Duplicates, IReadOnlyList<LeftOutGreeting> LeftOut, IReadOnlyList<string> Remarks)
{
    internal static BroughtJson? Of(BroughtGreetings? brought) => brought is null ? null : new(brought.Files, brought.Duplicates, brought.LeftOut, brought.Remarks);
}

internal sealed record PublishReleaseJson(string Schema, IReadOnlyList<string> Added, IReadOnlyList<ToSign> ToSign, ReleaseReport Release, RehearsalJson? Rehearsal);

internal sealed record PublishStatusJson(string Schema, PublisherStatus Status);

internal sealed record PublishLogJson(string Schema, LogReport Log);

internal sealed record PublishWitnessesJson(string Schema, string TrustSha256);

internal sealed record PublishKeyJson(string Schema, string? KeyId, IReadOnlyList<ToSign> ToSign);

/// <summary>What a device would make of it; null where nothing would be published. With stand-ins, throwaway keys signed what is not signed yet.</summary>
internal sealed record RehearsalJson(DeviceReport? Device, bool HasStandIns);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n", DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PublishInitJson))]
[JsonSerializable(typeof(PublishStageJson))]
[JsonSerializable(typeof(PublishReleaseJson))]
[JsonSerializable(typeof(PublishStatusJson))]
[JsonSerializable(typeof(PublishLogJson))]
[JsonSerializable(typeof(PublishKeyJson))]
[JsonSerializable(typeof(PublishWitnessesJson))]
internal sealed partial class PublishJson : JsonSerializerContext;
