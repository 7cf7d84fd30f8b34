using System.Globalization;

namespace Offproof.Channel;

/// <summary>What a poll brought.</summary>
/// <param name="IsNew">True for a release that was not held</param>
/// <param name="Release">The number of the release that is held now</param>
/// <param name="Assurance">What may be said of it: "genuine, not shown to be the same for all", or who cosigned</param>
/// <param name="Until">When its timestamp expires: whoever is not polled again until then holds something that may be old</param>
/// <param name="Requests">How many were made</param>
public sealed record PollOutcome(bool IsNew, long Release, string Assurance, DateTimeOffset Until, int Requests)
{
    /// <summary>How many connections they took: one, but where the server ended it between two answers.</summary>
    public int Connections { get; init; } = 1;
}

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
    private readonly Dictionary<string, byte[]> fetched = new(StringComparer.Ordinal);
    private int requests;

    /// <exception cref="TufException">Something of the repository is refused, or the server does not answer.</exception>
    /// <exception cref="LogException">The log is refused.</exception>
    /// <exception cref="ContentException">A bundle is signed, logged, and no bundle.</exception>
    /// <exception cref="InvalidDataException">What is held is damaged.</exception>
    internal async Task<PollOutcome> RunAsync(CancellationToken cancel)
    {
        using CancellationTokenSource late = new(MetadataLimits.WholePoll, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancel);
        try
        {
            return await TakeAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (late.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            throw new TufException(Refusal.SlowRetrieval, "1.5.2", string.Create(CultureInfo.InvariantCulture, $"the poll had not ended after {MetadataLimits.WholePoll.TotalMinutes} minutes; {requests} files were asked for"), e);
        }
    }

    private async Task<PollOutcome> TakeAsync(CancellationToken cancel)
    {
        ChannelTrust trust = folder.ReadTrust();
        HeldView? held = folder.ReadHeld();
        // The timestamp is fetched first: roots that are fetched behind it are at least those that it needs, whatever is published meanwhile. It is looked at after them (TUF 5.3, 5.4).
        byte[] timestamp = await FetchAsync("timestamp.json", MetadataLimits.Timestamp, "5.4.1", cancel).ConfigureAwait(false);
        IReadOnlyList<ReadOnlyMemory<byte>> roots = RootChain.Read(await FetchAsync(RootChain.Name, RootChain.MostFile, "5.3.3", cancel).ConfigureAwait(false));
        byte[] checkpoint = await FetchAsync("log/checkpoint", MostCheckpoint, "log", cancel).ConfigureAwait(false);
        if (held is not null && NothingNew(trust, held, timestamp, checkpoint) is { } same) return same;

        // The newest root is there a moment before the release that it belongs to (channel.md §3.3): until then the one before it is the release's.
        Release? release = await TakeAsync(trust, held, roots, timestamp, checkpoint, cancel).ConfigureAwait(false);
        if (release is null && roots.Count > 1) release = await TakeAsync(trust, held, [.. roots.SkipLast(1)], timestamp, checkpoint, cancel).ConfigureAwait(false);
        return release is null ? throw new LogException(new LogVerdict(LogRefusal.NotLogged, "the log has no entry of this release", null, []))
            : new PollOutcome(IsNew: true, release.Number, release.Assurance, release.Until, requests);
    }

    /// <summary>
    /// Where the timestamp, by the keys of the root that is held, names the snapshot that is held, and all of it is there. A root that nothing new came with is not looked at: no log has shown it.
    /// </summary>
    private PollOutcome? NothingNew(ChannelTrust trust, HeldView held, byte[] timestamp, byte[] checkpoint)
    {
        string view = folder.Begin(held, trust.Root.Span);
        bool isWanted = false;
        try
        {
            TrustedSet set = TrustedSet.Open(folder.Metadata(view), time.GetUtcNow());
            set.EndRoots();
            bool isNewer = set.AddTimestamp(timestamp);
            if (!set.TryUseStoredSnapshot() || !set.TryUseStoredTargets() || !IsWhole(set.Targets!)) return null;
            LogVerdict verdict = Require(LogView.CheckAlone(trust.Policy, held.Checkpoint, checkpoint), checkpoint);
            if (isNewer) folder.Commit(view, Files(set.Targets!));
            isWanted = isNewer;
            return new PollOutcome(IsNew: false, held.Release, verdict.Detail, set.Timestamp!.Expires, requests);
        }
        catch (TufException)
        {
            return null; // by a newer root it may be right; if not, that look says why
        }
        finally
        {
            if (!isWanted) folder.Drop(view);
        }
    }

    /// <summary>The release, verified and in force; null where the log has no entry of it with the newest of these roots, and nothing has changed.</summary>
    private async Task<Release?> TakeAsync(ChannelTrust trust, HeldView? held, IReadOnlyList<ReadOnlyMemory<byte>> roots, byte[] timestamp, byte[] checkpoint, CancellationToken cancel)
    {
        string view = folder.Begin(held, trust.Root.Span);
        bool isWanted = false;
        try
        {
            MetadataStore store = folder.Metadata(view);
            TrustedSet set = TrustedSet.Open(store, time.GetUtcNow());
            foreach (ReadOnlyMemory<byte> root in roots.Skip((int)Math.Min(set.Root.Version, int.MaxValue))) set.AddRoot(root);
            set.EndRoots();
            if (!set.Root.ConsistentSnapshot) throw new TufException(Refusal.Malformed, "6", "a channel has consistent snapshots, and its root says that it has none");
            set.AddTimestamp(timestamp);
            // Before a tile is asked for: who has nothing but the log's key could name as many of them as a log may have.
            LogVerdict signed = Require(LogView.CheckAlone(trust.Policy, held?.Checkpoint, checkpoint), checkpoint);
            await TakeMetadataAsync(set, cancel).ConfigureAwait(false);
            TargetsMetadata targets = set.Targets!;
            IReadOnlyList<TreeHash> leaves = await FetchLeavesAsync(signed.Checkpoint!, cancel).ConfigureAwait(false);
            LogVerdict verdict = LogView.Check(trust.Policy, held?.Checkpoint, checkpoint, leaves, Entry(store, set));
            if (verdict.Refusal == LogRefusal.NotLogged) return null;
            Require(verdict, checkpoint);
            bool holdsThePrevious = held?.Release + 1 == set.Snapshot!.Version;
            foreach (string name in Bundles)
            {
                if (targets.Targets.TryGetValue(name, out TargetFile? target)) await TakeBundleAsync(name, target, holdsThePrevious, cancel).ConfigureAwait(false);
            }
            folder.KeepCheckpoint(view, checkpoint);
            folder.Commit(view, Files(targets));
            isWanted = true;
            return new Release(set.Snapshot.Version, verdict.Detail, set.Timestamp!.Expires);
        }
        finally
        {
            if (!isWanted) folder.Drop(view);
        }
    }

    private bool IsWhole(TargetsMetadata targets) => Bundles.All(name => !targets.Targets.TryGetValue(name, out TargetFile? target) || folder.ReadTarget(name, target) is not null);

    private LogVerdict Require(LogVerdict verdict, byte[] checkpoint)
    {
        if (verdict.IsAccepted) return verdict;
        if (verdict.Refusal == LogRefusal.SplitView) folder.KeepContradiction(checkpoint);
        throw new LogException(verdict);
    }

    // Always both, so that a device with the same targets from an older release asks for what every other asks for.
    private async Task TakeMetadataAsync(TrustedSet set, CancellationToken cancel)
    {
        MetaFile snapshot = set.NamedSnapshot;
        set.AddSnapshot(await FetchAsync(PublicTree.Versioned(snapshot.Version, SnapshotMetadata.Type), Least(snapshot.Length, MetadataLimits.Snapshot), "5.5.1", cancel).ConfigureAwait(false));
        MetaFile targets = set.Named(TargetsMetadata.Type) ?? throw TrustedSet.NotListed(TargetsMetadata.Type);
        set.AddTargets(await FetchAsync(PublicTree.Versioned(targets.Version, TargetsMetadata.Type), Least(targets.Length, MetadataLimits.Targets), "5.6.1", cancel).ConfigureAwait(false));
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

    /// <summary>The entry of the release, made of what was verified and of nothing else.</summary>
    private static byte[] Entry(MetadataStore store, TrustedSet set)
    {
        LoggedFile Logged(string role, long version, int limit) => new(version, Sha256Of(store.Read(role, limit)!.Value));
        string? HashOf(string name) => set.Targets!.Targets.TryGetValue(name, out TargetFile? target) ? target.Hashes.ByName.GetValueOrDefault("sha256") : null;
        return new ReleaseEntry(set.Snapshot!.Version, Logged(RootMetadata.Type, set.Root.Version, MetadataLimits.Root), Logged(SnapshotMetadata.Type, set.Snapshot.Version, MetadataLimits.Snapshot),
            Logged(TargetsMetadata.Type, set.Targets!.Version, MetadataLimits.Targets), HashOf(GreetingList.Target), HashOf(NoticeList.Target)).ToBytes();
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

    // Nothing is asked for twice in a poll, however often it is looked at.
    private async Task<byte[]> FetchAsync(string path, long limit, string clause, CancellationToken cancel)
    {
        if (fetched.TryGetValue(path, out byte[]? known)) return known.Length <= limit ? known : throw new TufException(Refusal.EndlessData, clause, $"{path} has more bytes than it may have");
        requests++;
        return fetched[path] = await fetcher.FetchAsync(new Uri(channel, path), limit, clause, cancel).ConfigureAwait(false);
    }

    private sealed record Release(long Number, string Assurance, DateTimeOffset Until);

    private static IEnumerable<string> Files(TargetsMetadata targets) =>
        Bundles.Where(targets.Targets.ContainsKey).Select(name => ChannelFolder.FileName(name, targets.Targets[name]));

    private static long Least(long? said, int most) => said is { } length && length < most ? length : most;

    private static string Sha256Of(ReadOnlyMemory<byte> bytes) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes.Span));
}
