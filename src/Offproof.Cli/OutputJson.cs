using System.Text.Json;
using System.Text.Json.Serialization;
using Offproof.Consent;
using Offproof.Device;
using Offproof.Vault;

namespace Offproof.Cli;

// The stable forms of --json (cli.md §1.2): one record a shape, members only ever added.
internal sealed record InitJson(string Schema, string Account, string Device, Uri Server, string ServerKey, string Sheet);

internal sealed record JoinJson(string Schema, string Account, string Device, Uri Server);

internal sealed record DevicesJson(string Schema, IReadOnlyList<DeviceStatus> Devices);

internal sealed record SourcesJson(string Schema, IReadOnlyList<Source> Sources);

internal sealed record SwitchJson(string Schema, string Category, SwitchState State, int Epoch, bool ServerTold);

internal sealed record StatusJson(
    string Schema, string Sentence, string Account, Uri Server, bool SheetConfirmed, IReadOnlyList<CategoryStatus> Categories)
{
    internal static StatusJson Of(StatusReport report) =>
        new("offproof/v1/status", report.Sentence, report.Account, report.Server, report.SheetConfirmed, report.Categories);
}

internal sealed record BackupsJson(string Schema, IReadOnlyList<BackupJson> Backups);

internal sealed record BackupJson(
    string Category, int Epoch, string Snapshot, long Items, long Bytes, long Unchanged, long StoredBytes, long Read, long Kept,
    IReadOnlyList<SkippedItem> Skipped, IReadOnlyList<string> Remarks, IReadOnlyList<Alarm> Alarms, IReadOnlyList<string> Notices)
{
    internal static BackupJson Of(BackupReport r) =>
        new(r.Category.Name(), r.Epoch, r.Snapshot, r.Items, r.Bytes, r.Unchanged, r.StoredBytes, r.Read, r.Kept, r.Skipped, r.Remarks, r.Alarms, r.Notices);
}

internal sealed record SnapshotsJson(string Schema, IReadOnlyList<SnapshotReport> Snapshots);

internal sealed record RestoreJson(
    string Schema, string Category, string Snapshot, int Epoch, long? Entries, long Files, long Bytes, long AlreadyThere, IReadOnlyList<SkippedItem> Problems,
    IReadOnlyList<string> Remarks, IReadOnlyList<string> Notices)
{
    internal static RestoreJson Of(Category category, RestoreReport r) =>
        new("offproof/v1/restore", category.Name(), r.Snapshot, r.Epoch, r.Entries, r.Files, r.Bytes, r.AlreadyThere, r.Problems, r.Remarks, r.Notices);
}

internal sealed record VaultEnvJson(string Schema, string Repository, string Password);

internal sealed record VaultBackupJson(
    string Schema, string Snapshot, long Files, long Unchanged, long Bytes, long BytesAdded, long BytesStored, IReadOnlyList<Skipped> Unreadable, IReadOnlyList<string> Notices);

internal sealed record VaultSnapshotsJson(string Schema, IReadOnlyList<VaultSnapshotJson> Snapshots);

internal sealed record VaultSnapshotJson(string Id, DateTimeOffset Time, string Host, IReadOnlyList<string> Paths);

internal sealed record VaultRestoreJson(
    string Schema, long Files, long Bytes, long AlreadyThere, IReadOnlyList<Skipped> Problems, IReadOnlyList<string> Notices);

internal sealed record VaultCheckJson(string Schema, bool Ok, IReadOnlyList<string> Errors, IReadOnlyList<string> Notices);

internal sealed record PersonaJson(string Schema, ulong Seed, int Photos, long Bytes, int Contacts, int Messages, int Conversations, int Notes);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n",
    Converters = [typeof(SwitchStateConverter)])]
[JsonSerializable(typeof(InitJson))]
[JsonSerializable(typeof(JoinJson))]
[JsonSerializable(typeof(DevicesJson))]
[JsonSerializable(typeof(SourcesJson))]
[JsonSerializable(typeof(SwitchJson))]
[JsonSerializable(typeof(StatusJson))]
[JsonSerializable(typeof(BackupsJson))]
[JsonSerializable(typeof(SnapshotsJson))]
[JsonSerializable(typeof(RestoreJson))]
[JsonSerializable(typeof(PersonaJson))]
[JsonSerializable(typeof(VaultEnvJson))]
[JsonSerializable(typeof(VaultBackupJson))]
[JsonSerializable(typeof(VaultSnapshotsJson))]
[JsonSerializable(typeof(VaultRestoreJson))]
[JsonSerializable(typeof(VaultCheckJson))]
internal sealed partial class OutputJson : JsonSerializerContext;

internal sealed class SwitchStateConverter() : JsonStringEnumConverter<SwitchState>(JsonNamingPolicy.CamelCase);
