using System.Globalization;
using System.Security.Cryptography;

namespace Offproof.Channel;

/// <summary>How far a release came.</summary>
/// <param name="Release">Its number; null where there was nothing to release</param>
/// <param name="IsPublished">Devices find it</param>
/// <param name="Cosigned">The witnesses that cosigned the log</param>
/// <param name="Quorum">How many have to</param>
/// <param name="Remarks">Which witness did not, and why</param>
public sealed record ReleaseReport(long? Release, bool IsPublished, IReadOnlyList<string> Cosigned, int Quorum, IReadOnlyList<string> Remarks);

/// <summary>A release in the order of channel.md §3.3. Begun is begun: what it is made of lies in <c>release/</c>, whole, before the first byte of it is public, and every step can be done again.</summary>
public sealed partial class Publisher
{
    string Cosignatures => Path.Combine(this[LogFolder], "cosignatures");

    /// <summary>Releases what is staged and signed; goes on with a release that was begun. Nothing to do is no failure.</summary>
    /// <param name="http">Asks the witnesses; null: only those whose lines were brought count.</param>
    /// <param name="cancel">Ends it; the next run goes on.</param>
    public async Task<ReleaseReport> ReleaseAsync(HttpMessageInvoker? http, CancellationToken cancel)
    {
        ReleaseReport? begun = Directory.Exists(this[Begun]) && !GivesWay() ? await FinishAsync(http, cancel).ConfigureAwait(false) : null;
        if (begun is { IsPublished: false }) return begun;
        // Behind it: what was staged and signed meanwhile.
        Standing latest = Latest();
        List<ToSign> staged = WhatToSign(latest);
        if (staged.Count == 0 || !staged.All(static s => s.IsComplete)) return begun ?? new ReleaseReport(null, false, [], settings.Quorum, []);
        Begin(latest);
        return await FinishAsync(http, cancel).ConfigureAwait(false);
    }

    /// <summary>
    /// A release that was begun and cannot come to its end, as its timestamp key is lost or in other hands, gives way to a staged one whose root replaces that key. It stays in the log, and is never
    /// published (channel.md §3.1).
    /// </summary>
    bool GivesWay()
    {
        Standing begun = Latest();
        long release = begun.Snapshot!.Metadata.Version;
        if (IsShown(release) || Obstacle(begun.Root.Metadata, release) is null || !File.Exists(StagedRoot)) return false;
        List<ToSign> staged = WhatToSign(begun);
        return staged.TrueForAll(static s => s.IsComplete) && Obstacle(ReadRoot(StagedRoot).Metadata, release + 1) is null;
    }

    bool IsShown(long release) => Published().Timestamp is { } shown && shown.Metadata.Snapshot.Version == release;

    // Everything is checked, made and signed here; what follows only puts it in place.
    void Begin(Standing latest)
    {
        Read<RootMetadata>? newRoot = File.Exists(StagedRoot) ? ReadRoot(StagedRoot) : null;
        Read<TargetsMetadata>? newTargets = File.Exists(StagedTargets) ? ReadTargets(StagedTargets) : null;
        RootMetadata root = newRoot?.Metadata ?? latest.Root.Metadata;
        Read<TargetsMetadata> targets = newTargets ?? latest.Targets ?? throw new PublishingException(PublishingFault.Failure, "there is nothing to release: no target was ever staged", "offproof publish greetings FILE");
        if (root.Version > RootChain.MostRoots) throw new PublishingException(PublishingFault.Failure, $"root {root.Version} would be one more than devices read", "a new channel has to be made");
        Threshold need = Count("targets keys", root.Roles[TargetsMetadata.Type], targets.File);
        if (need.Good < need.Wanted) throw new PublishingException(PublishingFault.Refused, "the published targets would no longer be signed by enough of the root's keys", "offproof publish keys stages them anew: sign both");
        DateTimeOffset now = time.GetUtcNow();
        if (root.Expires <= now || targets.Metadata.Expires <= now) throw new PublishingException(PublishingFault.Refused, "root or targets have expired: no device would take the release", "offproof publish renew, then sign");
        long release = (latest.Snapshot?.Metadata.Version ?? 0) + 1;
        if (release > MostVersions) throw new PublishingException(PublishingFault.Refused, "there is no number for a release any more: nothing was signed", "a new channel has to be made");
        // A release that cannot be finished is not begun.
        if (Obstacle(root, release) is { } obstacle) throw obstacle;

        foreach ((string name, TargetFile target) in targets.Metadata.Targets) tree.PutTarget(PlaceOf(name, target), name, target.Hashes.ByName["sha256"]);

        SnapshotMetadata snapshot = new(release, Expires(settings.Expiry.Snapshot),
            new Dictionary<string, MetaFile>(StringComparer.Ordinal) { ["targets.json"] = MetaFile.Of(targets.Metadata.Version, targets.File.Bytes.Span) });
        byte[] signed;
        using (SigningKey key = OnlineKey(SnapshotMetadata.Type, root)) signed = SignedFile.Write(snapshot.ToJson(), [key]);

        string begun = this[Begun], draft = begun + New;
        if (Directory.Exists(draft)) Directory.Delete(draft, recursive: true);
        if (newRoot is not null) DurableFile.Write(Path.Combine(draft, "root.json"), newRoot.File.Bytes.Span, DurableFile.Public);
        if (newTargets is not null) DurableFile.Write(Path.Combine(draft, "targets.json"), newTargets.File.Bytes.Span, DurableFile.Public);
        DurableFile.Write(Path.Combine(draft, "snapshot.json"), signed, DurableFile.Public);
        if (Directory.Exists(begun)) LogWithout(latest, draft);
        tree.BeforeWriting?.Invoke(Begun);
        Directory.Move(draft, begun + Next);
        TakeUpNext();
    }

    // Its number is used: another snapshot under it would be a second truth. Its root comes with the release that follows.
    void LogWithout(Standing begun, string draft)
    {
        tree.PutOnce(PublicTree.Versioned(begun.Targets!.Metadata.Version, TargetsMetadata.Type), begun.Targets.File.Bytes.Span);
        tree.PutOnce(PublicTree.Versioned(begun.Snapshot!.Metadata.Version, SnapshotMetadata.Type), begun.Snapshot.File.Bytes.Span);
        using (NoteSigner signer = KeyFile.ReadLogKey(Path.Combine(keys, LogKey)))
        using (LogWriter log = OpenLog(signer))
            LogOnce(log, begun);
        foreach (string root in CarriedRoots()) DurableFile.Write(Path.Combine(draft, Path.GetFileName(root)), File.ReadAllBytes(root), DurableFile.Public);
        if (File.Exists(Path.Combine(this[Begun], "root.json"))) DurableFile.Write(Path.Combine(draft, PublicTree.Versioned(begun.Root.Metadata.Version, RootMetadata.Type)), begun.Root.File.Bytes.Span, DurableFile.Public);
    }

    static void LogOnce(LogWriter log, Standing begun)
    {
        byte[] entry = EntryOf(begun.Root, begun.Snapshot!, begun.Targets!).ToBytes();
        if (!log.Contains(entry)) log.Append(entry);
    }

    // Those of releases that gave way, which the newest one follows.
    IReadOnlyList<string> CarriedRoots() => [.. Directory.EnumerateFiles(this[Begun], "*.root.json").OrderBy(static file => file.Length).ThenBy(static file => file, StringComparer.Ordinal)];

    void TakeUpNext()
    {
        string begun = this[Begun], next = begun + Next;
        if (!Directory.Exists(next)) return;
        if (Directory.Exists(begun + Done)) Directory.Delete(begun + Done, recursive: true);
        if (Directory.Exists(begun)) Directory.Move(begun, begun + Done);
        Directory.Move(next, begun);
        DirectorySync.Flush(folder);
        if (Directory.Exists(begun + Done)) Directory.Delete(begun + Done, recursive: true);
    }

    async Task<ReleaseReport> FinishAsync(HttpMessageInvoker? http, CancellationToken cancel)
    {
        Standing begun = Latest();
        Read<SnapshotMetadata> snapshot = begun.Snapshot!;
        long release = snapshot.Metadata.Version;
        bool isShown = IsShown(release);
        if (!isShown && Obstacle(begun.Root.Metadata, release) is { } obstacle)
            throw new PublishingException(obstacle.Fault, string.Create(CultureInfo.InvariantCulture, $"release {release} is begun, and not published: {obstacle.Message}"), obstacle.Hint, obstacle);
        tree.PutOnce(PublicTree.Versioned(begun.Targets!.Metadata.Version, TargetsMetadata.Type), begun.Targets.File.Bytes.Span);
        tree.PutOnce(PublicTree.Versioned(release, SnapshotMetadata.Type), snapshot.File.Bytes.Span);

        List<string> remarks = [];
        IReadOnlyList<WitnessedAt> cosigned;
        using (NoteSigner signer = KeyFile.ReadLogKey(Path.Combine(keys, LogKey)))
        using (LogWriter log = OpenLog(signer))
        {
            LogOnce(log, begun);
            cosigned = await CosignAsync(log, http, remarks, cancel).ConfigureAwait(false);
            if (cosigned.Count < settings.Quorum) return new ReleaseReport(release, false, [.. cosigned.Select(static w => w.Witness)], settings.Quorum, remarks);
            Show(log);
        }

        // The root right before the timestamp: a stock client that asks for the next root finds what was signed with it.
        foreach (string root in CarriedRoots()) tree.PutOnce(Path.GetFileName(root), await File.ReadAllBytesAsync(root, cancel).ConfigureAwait(false));
        tree.PutOnce(PublicTree.Versioned(begun.Root.Metadata.Version, RootMetadata.Type), begun.Root.File.Bytes.Span);
        if (File.Exists(Path.Combine(this[Begun], "root.json"))) tree.Put(RootChain.Name, RootChain.Write([.. Roots(begun.Root.Metadata.Version)]));
        if (!isShown) PutTimestamp(begun.Root.Metadata, snapshot);
        byte[] trust = ChannelTrust.Write(begun.Root.File.Bytes.Span, settings.Policy);
        tree.PutChanged(PublicTree.Trust, trust);
        Clear(begun);
        return new ReleaseReport(release, true, [.. cosigned.Select(static w => w.Witness)], settings.Quorum, remarks);
    }

    IEnumerable<ReadOnlyMemory<byte>> Roots(long newest)
    {
        for (long version = 1; version <= newest; version++) yield return tree.Read(PublicTree.Versioned(version, RootMetadata.Type), MetadataLimits.Root).Bytes;
    }

    void PutTimestamp(RootMetadata root, Read<SnapshotMetadata> snapshot)
    {
        long version = NextTimestamp(root, snapshot.Metadata.Version);
        using SigningKey key = OnlineKey(TimestampMetadata.Type, root);
        TimestampMetadata timestamp = new(version, Expires(settings.Expiry.Timestamp), MetaFile.Of(snapshot.Metadata.Version, snapshot.File.Bytes.Span));
        byte[] signed = SignedFile.Write(timestamp.ToJson(), [key]);
        // Whoever writes over the public one must not make us go back: devices have seen this version.
        DurableFile.Write(OwnTimestamp, signed, DurableFile.Public);
        tree.Put(PublicTree.Timestamp, signed);
    }

    static ReleaseEntry EntryOf(Read<RootMetadata> root, Read<SnapshotMetadata> snapshot, Read<TargetsMetadata> targets) => new(
        snapshot.Metadata.Version, Logged(root), Logged(snapshot), Logged(targets),
        targets.Metadata.Targets.GetValueOrDefault(GreetingList.Target)?.Hashes.ByName.GetValueOrDefault("sha256"), targets.Metadata.Targets.GetValueOrDefault(NoticeList.Target)?.Hashes.ByName.GetValueOrDefault("sha256"));

    static LoggedFile Logged<T>(Read<T> read) where T : Metadata => new(read.Metadata.Version, Convert.ToHexStringLower(SHA256.HashData(read.File.Bytes.Span)));

    LogWriter OpenLog(NoteSigner signer)
    {
        if (signer.Key.ToString() != settings.Log) throw new PublishingException(PublishingFault.WrongKey, $"{Path.Combine(keys, LogKey)} is not the key of {FileName}", "devices have pinned the old one: it cannot be replaced");
        LogWriter log = Reading(() => LogWriter.Open(tree[PublicTree.Log], this[LogFolder], signer));
        log.BeforeWriting = name => tree.BeforeWriting?.Invoke($"{PublicTree.Log}/{name}");
        return log;
    }

    // What was staged since the release was begun stays.
    void Clear(Standing released)
    {
        if (File.Exists(StagedRoot) && ReadRoot(StagedRoot).Metadata.Version <= released.Root.Metadata.Version) File.Delete(StagedRoot);
        if (File.Exists(StagedTargets) && ReadTargets(StagedTargets).Metadata.Version <= released.Targets!.Metadata.Version) File.Delete(StagedTargets);
        if (!File.Exists(StagedTargets) && Directory.Exists(StagedFiles)) Directory.Delete(StagedFiles, recursive: true);
        tree.BeforeWriting?.Invoke(Begun + Done);
        Directory.Move(this[Begun], this[Begun + Done]);
        DirectorySync.Flush(folder);
        Directory.Delete(this[Begun + Done], recursive: true);
    }

    /// <summary>
    /// Signs the timestamp anew, and the snapshot when more than half of its time has passed: then as a release of its own. Goes on with one that was begun; where that waits for witnesses, the
    /// published release stays good meanwhile.
    /// </summary>
    public async Task<ReleaseReport> TimestampAsync(HttpMessageInvoker? http, CancellationToken cancel)
    {
        bool isBegun = Directory.Exists(this[Begun]);
        // What was logged last is what is published, where nothing is begun, whatever lies in its place.
        Standing published = isBegun ? Published() : Latest();
        if (published.Snapshot is not { } snapshot)
        {
            return isBegun && File.Exists(tree[PublicTree.Timestamp]) ? await FinishAsync(http, cancel).ConfigureAwait(false)
                : throw new PublishingException(PublishingFault.Failure, "nothing is published yet", "offproof publish status says what is missing");
        }
        PutTimestamp(published.Root.Metadata, snapshot);
        if (!isBegun)
        {
            bool isDue = snapshot.Metadata.Expires - time.GetUtcNow() < TimeSpan.FromHours(settings.Expiry.Snapshot) / 2;
            if (!isDue) return new ReleaseReport(snapshot.Metadata.Version, true, Cosigners(), settings.Quorum, []);
            BeginAgain(published);
        }
        return await FinishAsync(http, cancel).ConfigureAwait(false);
    }

    // Of the log as devices find it.
    IReadOnlyList<string> Cosigners() => [.. LogView.CheckAlone(settings.Policy, default, File.ReadAllBytes(tree[$"{PublicTree.Log}/checkpoint"])).Witnesses.Select(static w => w.Witness)];

    // The same targets under a new snapshot.
    void BeginAgain(Standing published)
    {
        SnapshotMetadata snapshot = new(published.Snapshot!.Metadata.Version + 1, Expires(settings.Expiry.Snapshot), published.Snapshot.Metadata.Files);
        using SigningKey key = OnlineKey(SnapshotMetadata.Type, published.Root.Metadata);
        string draft = this[Begun] + New;
        DurableFile.Write(Path.Combine(draft, "snapshot.json"), SignedFile.Write(snapshot.ToJson(), [key]), DurableFile.Public);
        tree.BeforeWriting?.Invoke(Begun);
        Directory.Move(draft, this[Begun]);
        DirectorySync.Flush(folder);
    }
}
