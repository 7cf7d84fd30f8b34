using System.Text.Json;
using System.Text.Json.Serialization;
using Offproof.Auditor;
using Offproof.Consent;
using Offproof.Device;
using Offproof.Lab;
using Offproof.Server;
using Offproof.Vault;

namespace Offproof.Cli;

// The stable forms of --json (cli.md §1.2): one record a shape, members only ever added.
internal sealed record InitJson(string Schema, string Account, string Device, Uri Server, string ServerKey, string Sheet, string? Channel);

internal sealed record InviteJson(string Schema, string Code, DateTimeOffset Expires, long? Quota);

internal sealed record JoinJson(string Schema, string Account, string Device, Uri Server, string? Channel);

internal sealed record DevicesJson(string Schema, IReadOnlyList<DeviceStatus> Devices);

internal sealed record WithdrawnJson(string Schema, int Withdrawn);

internal sealed record AccountsJson(string Schema, IReadOnlyList<AccountJson> Accounts);

internal sealed record AccountJson(string Account, int Devices, long Bytes, long? Quota, DateTimeOffset? Suspended)
{
    internal static AccountJson Of(AccountLine line) => new(line.Account, line.Devices, line.Bytes, line.QuotaBytes, line.Suspended);
}

internal sealed record RefusalsJson(string Schema, IReadOnlyList<RefusalReport> Refusals);

internal sealed record SourcesJson(string Schema, IReadOnlyList<Source> Sources);

internal sealed record SwitchJson(string Schema, string Category, SwitchState State, int Epoch, bool ServerTold, DateTimeOffset? Due, string? KeyLeft, bool NothingStored);

internal sealed record ErasuresJson(string Schema, IReadOnlyList<ErasureJson> Erasures);

internal sealed record ErasureJson(string Category, int Epoch, string Device, SwitchState State, DateTimeOffset? Due, string? ReceiptFile, string? Receipt, bool ServerTold)
{
    internal static ErasureJson Of(ErasureReport r) => new(r.Epoch.Category.Name(), r.Epoch.Epoch, r.Device, r.Epoch.State, r.Epoch.Due, r.ReceiptFile, r.Receipt, r.ServerTold);
}

internal sealed record RotationJson(string Schema, string Account, string Sheet, DateTimeOffset Since);

internal sealed record ReplacementJson(string Schema, string Sheet, DateTimeOffset? Due, IReadOnlyList<LostJson> Lost, IReadOnlyList<LostJson> StillOn)
{
    internal static ReplacementJson Of(ReplacementReport r) => new("offproof/v1/sheet-replace", r.SheetFile, r.Due, [.. r.Lost.Select(LostJson.Of)], [.. r.StillOn.Select(LostJson.Of)]);
}

internal sealed record MoveJson(
    string Schema, string Account, Uri From, Uri To, string ServerKey, string Sheet, bool AnotherServer, IReadOnlyList<MovedJson> Categories, IReadOnlyList<EarlierJson> Earlier, string? WhyNotTold)
{
    internal static MoveJson Of(MoveReport r) => new("offproof/v1/move", r.Account, r.From, r.To, r.ServerKey, r.SheetFile, r.AnotherServer,
        [.. r.Switches.Select(static s => new MovedJson(s.Category.Name(), s.State, s.Epoch))], [.. r.Earlier.Select(EarlierJson.Of)], r.WhyNotTold);
}

internal sealed record MovedJson(string Category, SwitchState State, int Epoch);

internal sealed record EarlierJson(string Folder, Uri Server, bool ServerTold, IReadOnlyList<EarlierEpochJson> Epochs)
{
    internal static EarlierJson Of(EarlierStatus e) => new(e.Folder, e.Server, e.ServerTold, [.. e.Epochs.Select(static p => new EarlierEpochJson(p.Category.Name(), p.Epoch, p.State, p.Due))]);
}

internal sealed record EarlierEpochJson(string Category, int Epoch, SwitchState State, DateTimeOffset? Due);

internal sealed record LostJson(string Category, int Epoch, string Device)
{
    internal static LostJson Of(SheetTarget t) => new(t.Category.Name(), t.Epoch, t.Device);
}

internal sealed record StatusJson(
    string Schema, string Sentence, string Account, Uri Server, bool SheetConfirmed, IReadOnlyList<CategoryStatus> Categories, SheetStatus Sheet,
    IReadOnlyList<DeviceStatus> Devices, DateTimeOffset? Removed, MovingStatus? Moving, IReadOnlyList<EarlierJson> Earlier, SetBackStatus? SetBack, IReadOnlyList<SetBackStatus> SetBacks, DateTimeOffset? SheetUnconfirmedSince,
    ChannelJson Channel)
{
    internal static StatusJson Of(StatusReport report, ChannelStatus channel) =>
        new("offproof/v1/status", report.Sentence, report.Account, report.Server, report.SheetConfirmed, report.Categories, report.Sheet, report.Devices, report.Removed,
            report.Moving, [.. report.Earlier.Select(EarlierJson.Of)], report.SetBack, report.SetBacks, report.SheetUnconfirmedSince,
            new ChannelJson(channel.Pinned, channel.Held?.Release, channel.Held?.Until, channel.Held?.Assurance, channel.Damage, channel.Contradiction));
}

internal sealed record ChannelJson(string? Pinned, long? Release, DateTimeOffset? Until, string? Assurance, string? Damaged, string? Contradiction);

internal sealed record BackupsJson(string Schema, IReadOnlyList<BackupJson> Backups, long? Refused);

internal sealed record BackupJson(
    string Category, int Epoch, string Snapshot, long Items, long Bytes, long Unchanged, long StoredBytes, long Read, long Kept,
    IReadOnlyList<SkippedItem> Skipped, IReadOnlyList<string> Remarks, IReadOnlyList<Alarm> Alarms, IReadOnlyList<string> Notices, long OtherFiles)
{
    internal static BackupJson Of(BackupReport r) =>
        new(r.Category.Name(), r.Epoch, r.Snapshot, r.Items, r.Bytes, r.Unchanged, r.StoredBytes, r.Read, r.Kept, r.Skipped, r.Remarks, r.Alarms, r.Notices, r.OtherFiles);
}

internal sealed record SnapshotsJson(string Schema, IReadOnlyList<SnapshotReport> Snapshots);

internal sealed record RestoreJson(
    string Schema, string Category, string Snapshot, int Epoch, long? Entries, long Files, long Bytes, long AlreadyThere, IReadOnlyList<SkippedItem> Problems,
    IReadOnlyList<string> Remarks, IReadOnlyList<string> Notices, long OtherFiles)
{
    internal static RestoreJson Of(Category category, RestoreReport r) =>
        new("offproof/v1/restore", category.Name(), r.Snapshot, r.Epoch, r.Entries, r.Files, r.Bytes, r.AlreadyThere, r.Problems, r.Remarks, r.Notices, r.OtherFiles);
}

internal sealed record DrillsJson(string Schema, bool Ok, IReadOnlyList<DrillJson> Drills);

internal sealed record DrillJson(
    string Category, int Epoch, string Snapshot, string With, long FilesInSnapshot, long Files, long Bytes, long Compared, string? NotCompared, long Equal,
    IReadOnlyList<string> Changed, IReadOnlyList<string> Different, IReadOnlyList<string> Missing, IReadOnlyList<SkippedItem> Damaged)
{
    internal static DrillJson Of(DrillReport r) => new(r.Category.Name(), r.Epoch, r.Snapshot, r.BySheet ? "sheet" : "device", r.FilesInSnapshot, r.Files, r.Bytes,
        r.NotCompared is null ? r.Files : 0, r.NotCompared, r.Equal, r.Changed, r.Different, r.Missing, r.Damaged);
}

internal sealed record RunJson(
    string Schema, DateTimeOffset Time, string Event, string? Category, string? Snapshot, int? Exit, string? Why, DateTimeOffset? Since, DateTimeOffset? Next);

internal sealed record VaultEnvJson(string Schema, string Repository, string Password);

internal sealed record VaultBackupJson(
    string Schema, string Snapshot, long Files, long Unchanged, long Bytes, long BytesAdded, long BytesStored, IReadOnlyList<Skipped> Unreadable, IReadOnlyList<string> Notices);

internal sealed record VaultSnapshotsJson(string Schema, IReadOnlyList<VaultSnapshotJson> Snapshots);

internal sealed record VaultSnapshotJson(string Id, DateTimeOffset Time, string Host, IReadOnlyList<string> Paths);

internal sealed record VaultRestoreJson(
    string Schema, long Files, long Bytes, long AlreadyThere, IReadOnlyList<Skipped> Problems, IReadOnlyList<string> Notices);

internal sealed record VaultCheckJson(string Schema, bool Ok, IReadOnlyList<string> Errors, IReadOnlyList<string> Notices);

internal sealed record PruneJson(
    string Schema, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Category, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Epoch,
    bool Pruned, IReadOnlyList<PruneSnapshotJson> Removed, IReadOnlyList<PruneSnapshotJson> Kept, int Packs, long Bytes, int PacksKept, long BytesKept, long BytesUnused);

internal sealed record PruneSnapshotJson(
    string Id, DateTimeOffset Time, DateTimeOffset? Received, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Reason);

internal sealed record PersonaJson(string Schema, ulong Seed, int Photos, long Bytes, int Contacts, int Messages, int Conversations, int Notes);

/// <summary>Of <c>sabotage list</c>.</summary>
internal sealed record SaboteurListJson(IReadOnlyList<SaboteurJson> Saboteurs)
{
    public string Schema { get; } = "offproof/v1/sabotage-list";
}

internal sealed record SaboteurJson(string Name, string Mechanism, string Does);

internal sealed record LedgerJson(string Schema, IReadOnlyList<LedgerLine> Lines);

internal sealed record LedgerVerifyJson(
    string Schema, long Lines, long Anchored, long Unanchored, long Unfinished, long Torn, bool Verified, IReadOnlyList<LedgerProblem> Problems);

internal sealed record CaseJson(string Schema, string Folder, string? File, string? Id, string? State);

internal sealed record CasePublishJson(string Schema, string Folder, int Claims, int Published, int Held, int Lines, string Head, string Sums, IReadOnlyList<string> Open);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n",
    Converters = [typeof(SwitchStateConverter)])]
[JsonSerializable(typeof(CaseJson))]
[JsonSerializable(typeof(CasePublishJson))]
[JsonSerializable(typeof(AuditReport))]
[JsonSerializable(typeof(ComparisonReport))]
[JsonSerializable(typeof(LabReport))]
[JsonSerializable(typeof(SabotageReport))]
[JsonSerializable(typeof(SaboteurListJson))]
[JsonSerializable(typeof(SelfTestReport))]
[JsonSerializable(typeof(SourcesReport))]
[JsonSerializable(typeof(InitJson))]
[JsonSerializable(typeof(PollJson))]
[JsonSerializable(typeof(UpdatesJson))]
[JsonSerializable(typeof(GreetingsJson))]
[JsonSerializable(typeof(FavouriteJson))]
[JsonSerializable(typeof(ComingJson))]
[JsonSerializable(typeof(SendJson))]
[JsonSerializable(typeof(FetchedJson))]
[JsonSerializable(typeof(InviteJson))]
[JsonSerializable(typeof(WithdrawnJson))]
[JsonSerializable(typeof(AccountsJson))]
[JsonSerializable(typeof(RefusalsJson))]
[JsonSerializable(typeof(JoinJson))]
[JsonSerializable(typeof(DevicesJson))]
[JsonSerializable(typeof(SourcesJson))]
[JsonSerializable(typeof(SwitchJson))]
[JsonSerializable(typeof(ErasuresJson))]
[JsonSerializable(typeof(RotationJson))]
[JsonSerializable(typeof(MoveJson))]
[JsonSerializable(typeof(ReplacementJson))]
[JsonSerializable(typeof(StatusJson))]
[JsonSerializable(typeof(BackupsJson))]
[JsonSerializable(typeof(SnapshotsJson))]
[JsonSerializable(typeof(RestoreJson))]
[JsonSerializable(typeof(DrillsJson))]
[JsonSerializable(typeof(PersonaJson))]
[JsonSerializable(typeof(VaultEnvJson))]
[JsonSerializable(typeof(VaultBackupJson))]
[JsonSerializable(typeof(VaultSnapshotsJson))]
[JsonSerializable(typeof(VaultRestoreJson))]
[JsonSerializable(typeof(VaultCheckJson))]
[JsonSerializable(typeof(PruneJson))]
internal sealed partial class OutputJson : JsonSerializerContext;

/// <summary>Forms whose members are absent where there is nothing to say.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n",
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LedgerJson))]
[JsonSerializable(typeof(LedgerVerifyJson))]
internal sealed partial class SparseJson : JsonSerializerContext;

/// <summary>One object a line (run.md §1.7); what has no meaning for an event is absent.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RunJson))]
internal sealed partial class LinesJson : JsonSerializerContext;

internal sealed class SwitchStateConverter() : JsonStringEnumConverter<SwitchState>(JsonNamingPolicy.CamelCase);
