using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Offproof.Consent;
using Offproof.Phone;
using Offproof.Vault;

namespace Offproof.Device;

/// <summary>From an opened vault to files: the same for a device that has the password and for the sheet.</summary>
internal static class VaultRestore
{
    internal static async Task<RestoreReport> RunAsync(
        IVaultStorage storage, VaultPassword password, VaultOptions pins, Category category, int epoch, RestoreRequest request,
        IProgress<RestoreProgress>? progress, CancellationToken cancel)
    {
        RestoreFormat format = request.Format ?? RestoreFormats.Parse(category, null);
        Selection selection = request.Selection ?? Selection.All;
        RestoreFormats.RequireMeaning(category, format, selection);
        Repository repository = await Repository.OpenAsync(storage, password, pins, cancel).ConfigureAwait(false);
        await using ConfiguredAsyncDisposable closing = repository.ConfigureAwait(false);
        (IReadOnlyList<Snapshot> snapshots, string? damage) = await ReadableAsync(repository, cancel).ConfigureAwait(false);
        Snapshot snapshot = Choose(snapshots, category.Name(), request.Snapshot, damage);

        RestoreOptions options = new() { Include = [$"/{category.Name()}"], ModifiedSince = selection.Since };
        RestoreReport report = format == RestoreFormat.Tree
            ? await FilesAsync(repository, snapshot, epoch, request.Target, options, progress, cancel).ConfigureAwait(false)
            : await ExportAsync(repository, snapshot, epoch, category, format, request.Target, selection, progress, cancel).ConfigureAwait(false);
        if (damage is null || !IsNewest(request.Snapshot)) return report;
        return report with { Problems = [new SkippedItem("a snapshot", $"{damage}; this is the newest of those that can be read"), .. report.Problems] };
    }

    private static async Task<RestoreReport> FilesAsync(
        Repository repository, Snapshot snapshot, int epoch, string target, RestoreOptions options, IProgress<RestoreProgress>? progress, CancellationToken cancel)
    {
        RestoreSummary summary = await repository.RestoreAsync(snapshot, target, options, progress, cancel).ConfigureAwait(false);
        return new RestoreReport(snapshot.Id, epoch, null, summary.Files, summary.Bytes, summary.AlreadyThere,
            [.. summary.Problems.Select(static p => new SkippedItem(p.Path, p.Reason))], [], summary.Notices);
    }

    /// <summary>The tree goes to a folder of its own in the target, and out of it into what phones import (phone.md §2.4).</summary>
    private static async Task<RestoreReport> ExportAsync(
        Repository repository, Snapshot snapshot, int epoch, Category category, RestoreFormat format, string target, Selection selection,
        IProgress<RestoreProgress>? progress, CancellationToken cancel)
    {
        string staging = Path.Combine(target, $".offproof-restore-{RandomNumberGenerator.GetHexString(8, lowercase: true)}");
        string tree = Path.Combine(staging, category.Name());
        string into = Path.Combine(target, category.Name());
        try
        {
            MakePrivate(staging);
            Directory.CreateDirectory(tree);
            RestoreOptions everything = new() { Include = [$"/{category.Name()}"] };
            RestoreReport restored = await FilesAsync(repository, snapshot, epoch, staging, everything, progress, cancel).ConfigureAwait(false);
            ExportReport written = RestoreFormats.Export(format, tree, into, selection, cancel);
            if (written.Entries == 0 && selection != Selection.All)
                throw new DeviceException(DeviceFault.Failure, $"nothing of {category.Name()} was chosen by these conditions: nothing was written");
            return restored with
            {
                Entries = written.Entries,
                Files = written.Files.Count,
                Bytes = written.Files.Sum(file => new FileInfo(Path.Combine(into, file)).Length),
                AlreadyThere = 0,
                Problems = [.. restored.Problems, .. written.Problems.Select(static p => new SkippedItem(p.File, p.Reason, p.Line))],
                Remarks = written.Notices,
            };
        }
        finally
        {
            Remove(staging);
        }
    }

    private static void MakePrivate(string folder)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>Takes away what lay between vault and export; a folder that somebody else's vault made unreadable is opened first.</summary>
    private static void Remove(string folder)
    {
        if (!Directory.Exists(folder)) return;
        if (!OperatingSystem.IsWindows())
        {
            Stack<DirectoryInfo> folders = new([new DirectoryInfo(folder)]);
            while (folders.TryPop(out DirectoryInfo? next))
            {
                next.UnixFileMode |= UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
                foreach (DirectoryInfo inner in next.EnumerateDirectories().Where(static d => d.LinkTarget is null)) folders.Push(inner);
            }
        }
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>The snapshots that can be read, oldest first, and what is wrong with the first of the others: one damaged file must not close the rest.</summary>
    internal static async Task<(IReadOnlyList<Snapshot> Snapshots, string? Damage)> ReadableAsync(Repository repository, CancellationToken cancel)
    {
        try
        {
            return (await repository.SnapshotsAsync(cancel).ConfigureAwait(false), null);
        }
        catch (CorruptVaultException e)
        {
            return (await repository.SnapshotsAsync(skipDamaged: true, cancel).ConfigureAwait(false), e.Message);
        }
    }

    private static bool IsNewest(string? wanted) => wanted is null or "latest";

    private static Snapshot Choose(IReadOnlyList<Snapshot> snapshots, string category, string? wanted, string? damage)
    {
        if (snapshots.Count == 0 && damage is not null)
            throw new DeviceException(DeviceFault.Forgery, $"no snapshot of {category} can be read: {damage}", "nothing was written");
        if (snapshots.Count == 0)
            throw new DeviceException(DeviceFault.Failure, $"{category} has no snapshot in this epoch", "offproof restore with --epoch N for an earlier one");
        if (IsNewest(wanted)) return snapshots.MaxBy(static s => s.Time)!;
        Snapshot[] matches = [.. snapshots.Where(s => s.Id.StartsWith(wanted!, StringComparison.Ordinal))];
        return matches.Length switch
        {
            1 => matches[0],
            0 => throw new DeviceException(DeviceFault.Failure, $"no snapshot {(damage is null ? "" : "that can be read ")}begins with {wanted}", $"offproof snapshots {category}"),
            _ => throw new DeviceException(DeviceFault.Usage, $"more than one snapshot begins with {wanted}", "give more digits"),
        };
    }
}
