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
        OpenableVault vault, Category category, RestoreRequest request, IProgress<RestoreProgress>? progress, CancellationToken cancel)
    {
        RestoreFormat format = request.Format ?? RestoreFormats.Parse(category, null);
        Selection selection = request.Selection ?? Selection.All;
        RestoreFormats.RequireMeaning(category, format, selection);
        Repository repository = await Repository.OpenAsync(vault.Storage, vault.Password, vault.Pins, cancel).ConfigureAwait(false);
        await using ConfiguredAsyncDisposable closing = repository.ConfigureAwait(false);
        SnapshotList list = await repository.ListSnapshotsAsync(cancel).ConfigureAwait(false);
        if (list is { Readable: [], Damaged: [] }) throw await NoSnapshotAsync(vault, category, cancel).ConfigureAwait(false);
        SnapshotChoice choice = SnapshotChoice.Make(list, category, request.Snapshot, vault.Pins.Time.GetUtcNow());

        RestoreOptions options = new() { Include = [$"/{category.Name()}"], ModifiedSince = selection.Since };
        RestoreReport report = format == RestoreFormat.Tree
            ? await FilesAsync(repository, choice.Snapshot, vault.Epoch, request.Target, options, progress, cancel).ConfigureAwait(false)
            : await ExportAsync(repository, choice.Snapshot, vault.Epoch, category, format, request.Target, selection, progress, cancel).ConfigureAwait(false);
        report = report with { Remarks = [.. choice.PassedOver, .. report.Remarks] };
        if (list.Damage is not { } damage || !SnapshotChoice.IsNewest(request.Snapshot)) return report;
        return report with { Problems = [new SkippedItem("a snapshot", $"{damage}; this is the newest of those that can be read"), .. report.Problems] };
    }

    /// <summary>The snapshots of one vault.</summary>
    internal static async Task<SnapshotsReport> ListAsync(OpenableVault vault, Category category, CancellationToken cancel)
    {
        Repository repository = await Repository.OpenAsync(vault.Storage, vault.Password, vault.Pins, cancel).ConfigureAwait(false);
        await using ConfiguredAsyncDisposable closing = repository.ConfigureAwait(false);
        SnapshotList list = await repository.ListSnapshotsAsync(cancel).ConfigureAwait(false);
        return new SnapshotsReport([.. list.Readable.Select(s => new SnapshotReport(s.Id, s.Time, vault.Epoch, s.IsOwn($"/{category.Name()}"), s.Files, s.Bytes))], list.Damage);
    }

    private static async Task<DeviceException> NoSnapshotAsync(OpenableVault vault, Category category, CancellationToken cancel)
    {
        string name = category.Name();
        if (vault.Elsewhere is null)
        {
            return new DeviceException(DeviceFault.Failure, $"{name} has no snapshot in epoch {vault.Epoch}",
                vault.Epoch == 1 ? $"offproof backup {name}" : $"offproof snapshots {name} --sheet FILE shows those of earlier epochs");
        }
        IReadOnlyList<int> epochs = await vault.Elsewhere(cancel).ConfigureAwait(false);
        return epochs.Count == 0
            ? new DeviceException(DeviceFault.Failure, $"{name} has no snapshot in any epoch that can be read")
            : new DeviceException(DeviceFault.Failure, $"{name} has no snapshot in epoch {vault.Epoch}; there are some in epoch {string.Join(", ", epochs)}", $"add --epoch {epochs.Max()}");
    }

    private static async Task<RestoreReport> FilesAsync(
        Repository repository, Snapshot snapshot, int epoch, string target, RestoreOptions options, IProgress<RestoreProgress>? progress, CancellationToken cancel)
    {
        RestoreSummary summary = await repository.RestoreAsync(snapshot, target, options, progress, cancel).ConfigureAwait(false);
        if (summary is { Files: 0, AlreadyThere: 0, Links: 0, Problems: [] })
        {
            string category = options.Include[0][1..];
            throw options.ModifiedSince is null
                ? new DeviceException(DeviceFault.Failure, $"nothing of {category} is in snapshot {snapshot.Id[..8]}", $"offproof snapshots {category} lists the others; --snapshot ID takes one of them")
                : new DeviceException(DeviceFault.Failure, $"nothing of {category} was chosen by these conditions: nothing was written");
        }
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
        if (new FileInfo(into) is { LinkTarget: not null } or { Exists: true })
            throw new DeviceException(DeviceFault.Failure, $"{into} is a link or a file, not a folder: it was not touched, and nothing was written", "name another folder with --to");
        try
        {
            HomeFolder.CreatePrivateFolder(staging);
            Directory.CreateDirectory(tree);
            RestoreOptions everything = new() { Include = [$"/{category.Name()}"] };
            RestoreReport restored = await FilesAsync(repository, snapshot, epoch, staging, everything, progress, cancel).ConfigureAwait(false);
            ExportReport written;
            try
            {
                written = RestoreFormats.Export(format, tree, into, selection, cancel);
            }
            catch (AlreadyThereException e)
            {
                throw new DeviceException(DeviceFault.Failure, e.Message, "name another folder with --to", e);
            }
            if (written.Entries == 0 && selection != Selection.All)
                throw new DeviceException(DeviceFault.Failure, $"nothing of {category.Name()} was chosen by these conditions: nothing was written", written.Hint);
            return restored with
            {
                Entries = written.Entries,
                OtherFiles = written.OtherFiles,
                Files = written.Files.Count,
                Bytes = written.Files.Sum(file => new FileInfo(Path.Combine(into, file)).Length),
                AlreadyThere = 0,
                Problems = [.. restored.Problems.Select(p => p with { Reason = WithoutPlace(p.Reason, staging) }), .. written.Problems.Select(static p => new SkippedItem(p.File, p.Reason, p.Line))],
                Remarks = written.Notices,
            };
        }
        finally
        {
            Remove(staging);
        }
    }

    /// <summary>The folder is gone when the reason is read: what is meant is the file of the vault.</summary>
    internal static string WithoutPlace(string reason, string staging) =>
        reason.Replace(Path.GetFullPath(staging) + Path.DirectorySeparatorChar, "", StringComparison.Ordinal).Replace(staging + Path.DirectorySeparatorChar, "", StringComparison.Ordinal);

    /// <summary>Takes away what lay between vault and export; a folder that somebody else's vault made unreadable is opened first.</summary>
    internal static void Remove(string folder)
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
}
