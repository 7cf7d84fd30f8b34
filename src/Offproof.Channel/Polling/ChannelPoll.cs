using System.Globalization;

namespace Offproof.Channel;

/// <summary>What a poll brought.</summary>
/// <param name="IsNew">True for a release that was not held</param>
/// <param name="Release">The number of the release that is held now</param>
/// <param name="Assurance">What may be said of it: "genuine, not shown to be the same for all", or who cosigned</param>
/// <param name="Until">When its timestamp expires: whoever is not polled again until then holds something that may be old</param>
/// <param name="Requests">How many were made</param>
public sealed record PollOutcome(bool IsNew, long Release, string Assurance, DateTimeOffset Until, int Requests);

/// <summary>A checkpoint or release that the log's checks refused (channel-log.md §6).</summary>
public sealed class LogException : Exception
{
    internal LogException(LogVerdict verdict) : base($"{LogVerdict.Name(verdict.Refusal)}: {verdict.Detail}") => Refusal = verdict.Refusal;

    /// <summary>Why.</summary>
    public LogRefusal Refusal { get; }
}

/// <summary>
/// One poll of the channel (channel.md §6). What it asks for depends on the release that is held and on nothing else; what it refuses leaves everything as it was.
/// </summary>
/// <param name="folder">HOME/channel; its trust is pinned</param>
/// <param name="http">One connection, opened for this poll; follows no redirect and adds no header</param>
/// <param name="channel">The channel's URL, ending in a slash</param>
/// <param name="time">The clock</param>
internal sealed class ChannelPoll(ChannelFolder folder, HttpMessageInvoker http, Uri channel, TimeProvider time)
{
    private const int MostCheckpoint = 128 * 1024;

    /// <summary>The most bytes of a bundle as it is fetched.</summary>
    internal const int MostBundle = 16 << 20;

    /// <summary>The bundles, in the order in which they are fetched.</summary>
    private static readonly string[] Bundles = [GreetingList.Target, NoticeList.Target];

    private readonly Fetcher fetcher = new(http, time);
    private int requests;

    /// <exception cref="TufException">Something of the repository is refused, or the server does not answer.</exception>
    /// <exception cref="LogException">The log is refused.</exception>
    /// <exception cref="ContentException">A bundle is signed, logged, and no bundle.</exception>
    /// <exception cref="InvalidDataException">What is held is damaged.</exception>
    internal async Task<PollOutcome> RunAsync(CancellationToken cancel)
    {
        ChannelTrust trust = folder.ReadTrust();
        HeldView? held = folder.ReadHeld();
        string view = folder.Begin(held, trust.Root.Span);
        bool isWanted = false;
        try
        {
            TrustedSet set = TrustedSet.Open(folder.Metadata(view), time.GetUtcNow());
            // The timestamp is fetched first: roots that are fetched behind it are at least those that it needs, whatever is published meanwhile. It is looked at after them (TUF 5.3, 5.4).
            byte[] timestamp = await FetchAsync("timestamp.json", MetadataLimits.Timestamp, "5.4.1", cancel).ConfigureAwait(false);
            IReadOnlyList<ReadOnlyMemory<byte>> roots = RootChain.Read(await FetchAsync(RootChain.Name, RootChain.MostFile, "5.3.3", cancel).ConfigureAwait(false));
            byte[] checkpoint = await FetchAsync("log/checkpoint", MostCheckpoint, "log", cancel).ConfigureAwait(false);
            TakeRoots(set, roots);
            bool isNewer = set.AddTimestamp(timestamp);
            LogVerdict verdict = LogView.CheckAlone(trust.Policy, held?.Checkpoint, checkpoint);
            if (!verdict.IsAccepted) throw new LogException(verdict);
            if (held is not null && set.TryUseStoredSnapshot() && set.TryUseStoredTargets())
            {
                if (isNewer) folder.Commit(view, Files(set.Targets!));
                isWanted = isNewer;
                return new PollOutcome(IsNew: false, held.Release, verdict.Detail, set.Timestamp!.Expires, requests);
            }

            await TakeMetadataAsync(set, cancel).ConfigureAwait(false);
            TargetsMetadata targets = set.Targets!;
            IReadOnlyList<TreeHash> leaves = await FetchLeavesAsync(verdict.Checkpoint!, cancel).ConfigureAwait(false);
            verdict = LogView.Check(trust.Policy, held?.Checkpoint, checkpoint, leaves, Entry(folder.Metadata(view), set, roots, leaves));
            if (!verdict.IsAccepted) throw new LogException(verdict);
            foreach (string name in Bundles)
            {
                if (targets.Targets.TryGetValue(name, out TargetFile? target)) await TakeBundleAsync(name, target, held?.Release + 1 == set.Snapshot!.Version, cancel).ConfigureAwait(false);
            }
            folder.KeepCheckpoint(view, checkpoint);
            folder.Commit(view, Files(targets));
            isWanted = true;
            return new PollOutcome(IsNew: true, set.Snapshot!.Version, verdict.Detail, set.Timestamp!.Expires, requests);
        }
        finally
        {
            if (!isWanted) folder.Drop(view);
        }
    }

    private void TakeRoots(TrustedSet set, IReadOnlyList<ReadOnlyMemory<byte>> roots)
    {
        if (folder.ReadNewestRoot() is { } newest && RootMetadata.Read(SignedFile.Read(newest)).Version is var version
            && (roots.Count < version || !roots[(int)version - 1].Span.SequenceEqual(newest)))
            throw new TufException(Refusal.Rollback, "5.3.5", string.Create(CultureInfo.InvariantCulture, $"root {version} was proven before, and is not in {RootChain.Name}"));
        foreach (ReadOnlyMemory<byte> root in roots.Skip((int)Math.Min(set.Root.Version, int.MaxValue)))
        {
            set.AddRoot(root);
            folder.KeepRoot(root.Span);
        }
        set.EndRoots();
        if (!set.Root.ConsistentSnapshot) throw new TufException(Refusal.Malformed, "6", "a channel has consistent snapshots, and its root says that it has none");
    }

    // Always both, so that a device with the same targets from an older release asks for what every other asks for.
    private async Task TakeMetadataAsync(TrustedSet set, CancellationToken cancel)
    {
        MetaFile snapshot = set.NamedSnapshot;
        set.AddSnapshot(await FetchAsync(Versioned(snapshot, "snapshot"), Least(snapshot.Length, MetadataLimits.Snapshot), "5.5.1", cancel).ConfigureAwait(false));
        MetaFile targets = set.Named(TargetsMetadata.Type) ?? throw TrustedSet.NotListed(TargetsMetadata.Type);
        set.AddTargets(await FetchAsync(Versioned(targets, "targets"), Least(targets.Length, MetadataLimits.Targets), "5.6.1", cancel).ConfigureAwait(false));
    }

    private async Task<IReadOnlyList<TreeHash>> FetchLeavesAsync(Checkpoint checkpoint, CancellationToken cancel)
    {
        List<TreeHash> leaves = [];
        foreach (TileAddress tile in LogView.Tiles(checkpoint))
        {
            byte[] bytes = await FetchAsync("log/" + tile.Path, tile.Entries * TreeHash.Size, "log", cancel).ConfigureAwait(false);
            if (!Tile.TryRead(tile, bytes, out TreeHash[]? hashes)) throw new LogException(new LogVerdict(LogRefusal.TilesDoNotMatch, $"log/{tile.Path} is no tile of {tile.Entries} hashes", checkpoint, []));
            leaves.AddRange(hashes);
        }
        return leaves;
    }

    /// <summary>
    /// The entry of the release, made of what was verified. Which root was the newest when it was logged cannot be known where another one came since; whichever it was, the
    /// snapshot and the targets are the same.
    /// </summary>
    private static byte[] Entry(MetadataStore store, TrustedSet set, IReadOnlyList<ReadOnlyMemory<byte>> roots, IReadOnlyList<TreeHash> leaves)
    {
        HashSet<TreeHash> logged = [.. leaves];
        LoggedFile snapshot = new(set.Snapshot!.Version, Sha256Of(store.Read(SnapshotMetadata.Type, MetadataLimits.Snapshot)!.Value));
        LoggedFile targets = new(set.Targets!.Version, Sha256Of(store.Read(TargetsMetadata.Type, MetadataLimits.Targets)!.Value));
        byte[]? entry = null;
        for (int version = roots.Count; version > 0; version--)
        {
            byte[] candidate = new ReleaseEntry(snapshot.Version, new LoggedFile(version, Sha256Of(roots[version - 1])), snapshot, targets, HashOf(GreetingList.Target), HashOf(NoticeList.Target)).ToBytes();
            if (logged.Contains(TreeHash.OfLeaf(candidate))) return candidate;
            entry ??= candidate;
        }
        return entry!;

        string? HashOf(string name) => set.Targets.Targets.TryGetValue(name, out TargetFile? target) ? target.Hashes.ByName.GetValueOrDefault("sha256") : null;
    }

    private async Task TakeBundleAsync(string name, TargetFile target, bool holdsThePrevious, CancellationToken cancel)
    {
        if (target.Hashes.Known is null) throw new TufException(Refusal.Malformed, "5.7.2", $"{name} has no hash that is known here");
        if (target.Length > MostBundle) throw new TufException(Refusal.EndlessData, "5.7.2", $"{name} is said to have more than {MostBundle >> 20} MiB");
        if (holdsThePrevious && folder.ReadTarget(name, target) is not null) return;
        byte[] bytes = await FetchAsync($"targets/{ChannelFolder.FileName(name, target)}", target.Length, "5.7.3", cancel).ConfigureAwait(false);
        if (!target.Describes(bytes)) throw new TufException(Refusal.ArbitrarySoftware, "5.7.2", $"{name} is not the file that was signed for");
        if (name == GreetingList.Target) GreetingList.Read(GreetingList.Open(bytes));
        else NoticeList.Read(NoticeList.Open(bytes));
        folder.KeepTarget(name, target, bytes);
    }

    private async Task<byte[]> FetchAsync(string path, long limit, string clause, CancellationToken cancel)
    {
        requests++;
        return await fetcher.FetchAsync(new Uri(channel, path), limit, clause, cancel).ConfigureAwait(false);
    }

    private static IEnumerable<string> Files(TargetsMetadata targets) =>
        Bundles.Where(targets.Targets.ContainsKey).Select(name => ChannelFolder.FileName(name, targets.Targets[name]));

    private static string Versioned(MetaFile file, string role) => string.Create(CultureInfo.InvariantCulture, $"{file.Version}.{role}.json");

    private static long Least(long? said, int most) => said is { } length && length < most ? length : most;

    private static string Sha256Of(ReadOnlyMemory<byte> bytes) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes.Span));
}
