using System.CommandLine;
using Offproof.Device;
using Offproof.Vault;

namespace Offproof.Cli;

/// <summary>init, backup, snapshots, restore, check and prune on any restic repository: a folder, or a server that speaks restic's REST protocol.</summary>
internal static partial class RepositoryVerbs
{
    private static readonly Option<string?> Repository = new("--repository") { Description = "A folder, or the URL of a REST server; RESTIC_REPOSITORY where not given", HelpName = "PATH|URL" };
    private static readonly Option<string> PasswordFile = Options.RequiredFile("--password-file", "A file whose first line is the password");

    internal static Command Init()
    {
        Command verb = new("init", "Make a repository (version 2)") { Repository, PasswordFile };
        verb.SetAction(async (parsed, cancel) =>
        {
            using VaultPassword password = Password(parsed);
            using StorageAccess access = StorageAccess.Open(parsed.GetValue(Repository));
            NewVault vault = NewVault.Create(password, TimeProvider.System);
            await vault.WriteAsync(access.Storage, cancel);
            Terminal.Say($"made a repository at {access.Name}");
            return ExitCode.Ok;
        });
        return verb;
    }

    internal static Command Backup()
    {
        Argument<string[]> paths = new("PATH") { Arity = ArgumentArity.OneOrMore, Description = "Files and folders" };
        Command verb = new("backup", "Add a snapshot of files and folders") { paths, Repository, PasswordFile };
        verb.SetAction(async (parsed, cancel) =>
        {
            string[] wanted = parsed.GetRequiredValue(paths);
            foreach (string path in wanted)
            {
                if (!Path.Exists(path)) throw new DeviceException(DeviceFault.Failure, $"there is nothing at {path}", "nothing was read or stored");
            }
            BackupSummary summary = await WithRepositoryAsync(parsed, async repository =>
            {
                if (repository.Version < 2) throw new DeviceException(DeviceFault.Refused, "a repository of version 1 is read, not written", "nothing was changed");
                // Listed first, so that the remaining time can be said.
                List<BackupItem> items = [.. FolderSource.Walk(wanted)];
                BackupOptions options = new()
                {
                    Roots = FolderSource.Roots(wanted),
                    ExpectedFiles = items.Count(static i => i.Kind == BackupItemKind.File),
                    ExpectedBytes = items.Sum(static i => i.Length),
                };
                using Progress progress = new("backing up");
                return await repository.BackupAsync(items, options, progress.Backup, cancel);
            }, readOnly: false, cancel);
            if (parsed.GetValue(Options.Json))
            {
                Terminal.Json(new VaultBackupJson("offproof/v1/vault-backup", summary.SnapshotId, summary.Files, summary.Unchanged, summary.Bytes,
                    summary.BytesAdded, summary.BytesStored, summary.Unreadable, summary.Notices), OutputJson.Default.VaultBackupJson);
            }
            else
            {
                Terminal.Say($"snapshot {summary.SnapshotId[..8]}: {Terminal.Count(summary.Files, "file")}, {Terminal.Size(summary.Bytes)}"
                    + $" ({summary.Unchanged} unchanged, {Terminal.Size(summary.BytesStored)} stored)");
            }
            Terminal.Noticed(summary.Notices);
            return Named("not backed up", summary.Unreadable);
        });
        return verb;
    }

    internal static Command Snapshots()
    {
        Command verb = new("snapshots", "List the snapshots, oldest first") { Repository, PasswordFile };
        verb.SetAction(async (parsed, cancel) =>
        {
            SnapshotList list = await WithRepositoryAsync(parsed, r => r.ListSnapshotsAsync(cancel), readOnly: true, cancel);
            if (parsed.GetValue(Options.Json))
            {
                Terminal.Json(new VaultSnapshotsJson("offproof/v1/vault-snapshots",
                    [.. list.Readable.Select(static s => new VaultSnapshotJson(s.Id, s.Time, s.HostName, s.Paths))]), OutputJson.Default.VaultSnapshotsJson);
            }
            else foreach (Snapshot s in list.Readable) Terminal.Say($"{s.Id[..8]}  {Terminal.Time(s.Time)}  {s.HostName}  {string.Join(' ', s.Paths)}");
            return list.Damage is { } damage ? SnapshotsVerb.Damaged(damage) : ExitCode.Ok;
        });
        return verb;
    }

    internal static Command Restore()
    {
        Argument<string> id = new("ID") { Description = "A snapshot's id, the beginning of one, or latest" };
        Option<string> to = new("--to") { Description = "The folder to write into; nothing in it is overwritten", Required = true, HelpName = "DIR" };
        Command verb = new("restore", "Write a snapshot's files into a folder") { id, to, Repository, PasswordFile };
        verb.SetAction(async (parsed, cancel) =>
        {
            string wanted = parsed.GetRequiredValue(id), target = parsed.TargetFolder(to);
            RestoreSummary summary = await WithRepositoryAsync(parsed, async repository =>
            {
                SnapshotList list = await repository.ListSnapshotsAsync(cancel);
                Snapshot snapshot = Choose(list, wanted);
                using Progress progress = new("restoring");
                RestoreSummary restored = await repository.RestoreAsync(snapshot, target, null, progress.Restore, cancel);
                return list.Damage is not { } damage || wanted != "latest" ? restored
                    : restored with { Problems = [new Skipped("a snapshot", $"{damage}; this is the newest of those that can be read"), .. restored.Problems] };
            }, readOnly: true, cancel);
            if (parsed.GetValue(Options.Json))
            {
                Terminal.Json(new VaultRestoreJson("offproof/v1/vault-restore", summary.Files, summary.Bytes, summary.AlreadyThere, summary.Problems, summary.Notices), OutputJson.Default.VaultRestoreJson);
            }
            else Terminal.Say($"{Terminal.Count(summary.Files, "file")}, {Terminal.Size(summary.Bytes)} restored to {target}, {summary.AlreadyThere} already there");
            Terminal.Noticed(summary.Notices);
            return Named("not restored", summary.Problems);
        });
        return verb;
    }

    internal static Command Check()
    {
        Option<bool> readData = new("--read-data") { Description = "Also read and verify every byte" };
        Command verb = new("check", "Look for damage") { readData, Repository, PasswordFile };
        verb.SetAction(async (parsed, cancel) =>
        {
            CheckReport report = await WithRepositoryAsync(parsed, async repository =>
            {
                using Progress progress = new("checking");
                return await repository.CheckAsync(parsed.GetValue(readData), progress.Check, cancel);
            }, readOnly: true, cancel);
            if (parsed.GetValue(Options.Json))
            {
                Terminal.Json(new VaultCheckJson("offproof/v1/vault-check", report.Errors.Count == 0, report.Errors, report.Notices), OutputJson.Default.VaultCheckJson);
            }
            else
            {
                foreach (string notice in report.Notices) Terminal.Say($"notice: {notice}");
                foreach (string error in report.Errors) Terminal.Say($"damaged: {error}");
                Terminal.Say(report.Errors.Count == 0 ? "no errors were found" : $"{Terminal.Count(report.Errors.Count, "error")} {(report.Errors.Count == 1 ? "was found; what it does" : "were found; what they do")} not name can be restored");
            }
            return report.Errors.Count == 0 ? ExitCode.Ok : ExitCode.Forgery;
        });
        return verb;
    }

    private static async Task<T> WithRepositoryAsync<T>(ParseResult parsed, Func<Repository, Task<T>> work, bool readOnly, CancellationToken cancel)
    {
        using VaultPassword password = Password(parsed);
        using StorageAccess access = StorageAccess.Open(parsed.GetValue(Repository));
        await using Repository repository = await Offproof.Vault.Repository.OpenAsync(access.Storage, password, new VaultOptions { ReadWithoutLock = readOnly }, cancel);
        return await work(repository);
    }

    private static VaultPassword Password(ParseResult parsed)
    {
        string file = parsed.GetRequiredValue(PasswordFile);
        if (!File.Exists(file)) throw new DeviceException(DeviceFault.WrongSheet, $"there is no password file at {file}");
        try
        {
            return VaultPassword.FromFile(file);
        }
        catch (ArgumentException)
        {
            throw new DeviceException(DeviceFault.WrongSheet, $"the first line of {file} is no password: it is empty, or longer than 4096 bytes");
        }
    }

    private static Snapshot Choose(SnapshotList list, string wanted)
    {
        if (list.Readable.Count == 0 && list.Damage is { } damage)
            throw new DeviceException(DeviceFault.Forgery, $"no snapshot can be read: {damage}", "nothing was written");
        if (wanted == "latest") return list.Readable.MaxBy(static s => s.Time) ?? throw new DeviceException(DeviceFault.Failure, "the repository has no snapshot");
        Snapshot[] matches = [.. list.Readable.Where(s => s.Id.StartsWith(wanted, StringComparison.Ordinal))];
        DamagedSnapshot[] damaged = [.. list.Damaged.Where(s => s.Id.StartsWith(wanted, StringComparison.Ordinal))];
        return (matches, damaged) switch
        {
            ([var one], []) => one,
            ([], [var one]) => throw new DeviceException(DeviceFault.Forgery, $"this snapshot cannot be read: {one.Reason}", "nothing was written"),
            ([], []) => throw new DeviceException(DeviceFault.Failure, $"no snapshot begins with {wanted}"),
            _ => throw new DeviceException(DeviceFault.Usage, $"more than one snapshot begins with {wanted}"),
        };
    }

    private static int Named(string what, IReadOnlyList<Skipped> items)
    {
        foreach (Skipped item in items) Terminal.Talk($"{what}: {Terminal.OneLine(item.Path)}: {Terminal.OneLine(item.Reason)}");
        return items.Count > 0 ? ExitCode.Failure : ExitCode.Ok;
    }
}
