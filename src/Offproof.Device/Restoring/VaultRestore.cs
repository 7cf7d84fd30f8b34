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
        Snapshot snapshot = Choose(await repository.SnapshotsAsync(cancel).ConfigureAwait(false), category, request.Snapshot);
        RestoreSummary summary = await repository.RestoreAsync(
            snapshot, request.Target, new RestoreOptions { Include = [$"/{category}"] }, progress, cancel).ConfigureAwait(false);
        return new RestoreReport(snapshot.Id, epoch, summary.Files, summary.Bytes, summary.AlreadyThere,
            [.. summary.Problems.Select(static p => new SkippedItem(p.Path, p.Reason))]);
    }

    private static Snapshot Choose(IReadOnlyList<Snapshot> snapshots, string category, string? wanted)
    {
        if (snapshots.Count == 0)
            throw new DeviceException(DeviceFault.Failure, $"{category} has no snapshot in this epoch", "offproof restore with --epoch N for an earlier one");
        if (wanted is null || wanted == "latest") return snapshots.MaxBy(static s => s.Time)!;
        Snapshot[] matches = [.. snapshots.Where(s => s.Id.StartsWith(wanted, StringComparison.Ordinal))];
        return matches.Length switch
        {
            1 => matches[0],
            0 => throw new DeviceException(DeviceFault.Failure, $"no snapshot begins with {wanted}", $"offproof snapshots {category}"),
            _ => throw new DeviceException(DeviceFault.Usage, $"more than one snapshot begins with {wanted}", "give more digits"),
        };
    }
}
