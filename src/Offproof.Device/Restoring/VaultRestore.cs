using System.Runtime.CompilerServices;
using Offproof.Vault;

namespace Offproof.Device;

/// <summary>From an opened vault to files: the same for a device that has the password and for the sheet.</summary>
internal static class VaultRestore
{
    internal static async Task<RestoreReport> RunAsync(
        IVaultStorage storage, VaultPassword password, VaultOptions pins, string category, int epoch, RestoreRequest request,
        IProgress<RestoreProgress>? progress, CancellationToken cancel)
    {
        Repository repository = await Repository.OpenAsync(storage, password, pins, cancel).ConfigureAwait(false);
        await using ConfiguredAsyncDisposable closing = repository.ConfigureAwait(false);
        (IReadOnlyList<Snapshot> snapshots, string? damage) = await ReadableAsync(repository, cancel).ConfigureAwait(false);
        Snapshot snapshot = Choose(snapshots, category, request.Snapshot, damage);
        RestoreSummary summary = await repository.RestoreAsync(
            snapshot, request.Target, new RestoreOptions { Include = [$"/{category}"] }, progress, cancel).ConfigureAwait(false);
        List<SkippedItem> problems = [.. summary.Problems.Select(static p => new SkippedItem(p.Path, p.Reason))];
        if (damage is not null && IsNewest(request.Snapshot))
            problems.Insert(0, new SkippedItem("a snapshot", $"{damage}; this is the newest of those that can be read"));
        return new RestoreReport(snapshot.Id, epoch, summary.Files, summary.Bytes, summary.AlreadyThere, problems, summary.Notices);
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
