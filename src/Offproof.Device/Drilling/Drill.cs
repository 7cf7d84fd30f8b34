using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Offproof.Consent;
using Offproof.Vault;

namespace Offproof.Device;

/// <summary>Restores a sample of an opened vault into a folder and holds it against the sources: the same for a device that has the password and for the sheet.</summary>
/// <param name="category">Which one</param>
/// <param name="everything">All files, not a sample</param>
/// <param name="folder">Where to restore to</param>
/// <param name="sources">What to compare with; null where nothing may be read, or nothing is there</param>
internal sealed class Drill(Category category, bool everything, string folder, DrillSources sources)
{
    private const int MostFiles = 20;
    private const long MostBytes = 64 << 20;
    private readonly List<SnapshotFile> all = [];
    private readonly List<SnapshotFile> chosen = [];

    /// <param name="vault">The vault</param>
    /// <param name="bySheet">Who opened it</param>
    /// <param name="progress">Told as files are written</param>
    /// <param name="cancel">Stops between files</param>
    internal async Task<DrillReport> RunAsync(OpenableVault vault, bool bySheet, IProgress<RestoreProgress>? progress, CancellationToken cancel)
    {
        Repository repository = await Repository.OpenAsync(vault.Storage, vault.Password, vault.Pins, cancel).ConfigureAwait(false);
        await using ConfiguredAsyncDisposable closing = repository.ConfigureAwait(false);
        SnapshotList list = await repository.ListSnapshotsAsync(cancel).ConfigureAwait(false);
        if (list is { Readable: [], Damaged: [] })
            throw new DeviceException(DeviceFault.Failure, $"{category.Name()} has no snapshot in epoch {vault.Epoch}", $"offproof backup {category.Name()}");
        Snapshot snapshot = SnapshotChoice.Make(list, category, null, vault.Pins.Time.GetUtcNow()).Snapshot;
        RestoreOptions options = new() { Include = [$"/{category.Name()}"], Choose = Choose };
        RestoreSummary summary = await repository.RestoreAsync(snapshot, folder, options, progress, cancel).ConfigureAwait(false);
        List<SkippedItem> damaged = [.. summary.Problems.Select(static p => new SkippedItem(p.Path, p.Reason))];
        if (list.Damage is { } damage) damaged.Insert(0, new SkippedItem("a snapshot", damage));
        DrillReport report = new(category, vault.Epoch, snapshot.Id, bySheet, all.Count, summary.Files, summary.Bytes, sources.WhyNot, 0, [], [], [], damaged);
        return sources.WhyNot is null ? Compare(report, snapshot, cancel) : report;
    }

    /// <summary>The newest file, and others by chance until there are enough.</summary>
    private List<SnapshotFile> Choose(IReadOnlyList<SnapshotFile> files)
    {
        all.AddRange(files);
        if (everything || files.Count == 0)
        {
            chosen.AddRange(files);
            return chosen;
        }
        SnapshotFile newest = files.MaxBy(static f => f.ModifiedAt)!;
        SnapshotFile[] others = [.. files.Where(f => f != newest)];
        RandomNumberGenerator.Shuffle(others.AsSpan());
        chosen.Add(newest);
        long bytes = 0;
        foreach (SnapshotFile file in others)
        {
            if (chosen.Count > MostFiles) break;
            if (bytes + file.Length > MostBytes) continue;
            bytes += file.Length;
            chosen.Add(file);
        }
        return chosen;
    }

    private DrillReport Compare(DrillReport report, Snapshot snapshot, CancellationToken cancel)
    {
        using SourceReading reading = SourceReading.Of(category, sources.Sources, cancel);
        Dictionary<string, BackupItem> now = new(StringComparer.Ordinal);
        foreach (BackupItem item in reading.Items) now.TryAdd(item.Path, item);
        DateTimeOffset begun = sources.Begun(snapshot);
        SourceChanges changes = new(category, sources.Sources, begun);
        long equal = 0;
        List<string> changed = [], different = [], missing = [];
        foreach (SnapshotFile file in chosen)
        {
            cancel.ThrowIfCancellationRequested();
            string restored = Path.Combine(folder, file.Path[1..].Replace('/', Path.DirectorySeparatorChar));
            if (!File.Exists(restored)) continue; // its damage is said
            if (!now.TryGetValue(file.Path, out BackupItem? item)) (changes.ExplainGone() ? changed : different).Add(file.Path);
            else if (Same(restored, item)) equal++;
            else (changes.ExplainDifference(file, item) ? changed : different).Add(file.Path);
        }
        HashSet<string> stored = [.. all.Select(static f => f.Path)];
        foreach (BackupItem item in reading.Items)
            if (!stored.Contains(item.Path)) (changes.ExplainNew(item) ? changed : missing).Add(item.Path);
        return report with { Equal = equal, Changed = changed, Different = different, Missing = missing };
    }

    private static bool Same(string restored, BackupItem item)
    {
        using FileStream left = File.OpenRead(restored);
        Stream right;
        try
        {
            right = item.Open!();
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false; // gone since it was listed
        }
        using (right)
        {
            byte[] a = new byte[64 * 1024], b = new byte[64 * 1024];
            while (true)
            {
                int read = left.ReadAtLeast(a, a.Length, throwOnEndOfStream: false);
                if (right.ReadAtLeast(b, b.Length, throwOnEndOfStream: false) != read || !a.AsSpan(0, read).SequenceEqual(b.AsSpan(0, read))) return false;
                if (read < a.Length) return true;
            }
        }
    }
}

/// <summary>What a drill may compare with.</summary>
/// <param name="Sources">The sources of the category</param>
/// <param name="WhyNot">Why nothing is compared; null where it is</param>
/// <param name="Begun">When the backup of a snapshot began to list them</param>
internal sealed record DrillSources(IReadOnlyList<Source> Sources, string? WhyNot, Func<Snapshot, DateTimeOffset> Begun);
