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
        ReleaseReport? begun = Directory.Exists(this[Begun]) ? await FinishAsync(http, cancel).ConfigureAwait(false) : null;
        if (begun is { IsPublished: false }) return begun;
        // Behind it: what was staged and signed meanwhile.
        Standing latest = Latest();
        List<ToSign> staged = WhatToSign(latest);
        if (staged.Count == 0 || !staged.All(static s => s.IsComplete)) return begun ?? new ReleaseReport(null, false, [], settings.Quorum, []);
        Begin(latest);
        return await FinishAsync(http, cancel).ConfigureAwait(false);
    }

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

        foreach ((string name, TargetFile target) in targets.Metadata.Targets) tree.PutTarget(PlaceOf(name, target), name, target.Hashes.ByName["sha256"]);

        SnapshotMetadata snapshot = new((latest.Snapshot?.Metadata.Version ?? 0) + 1, Expires(settings.Expiry.Snapshot),
            new Dictionary<string, MetaFile>(StringComparer.Ordinal) { ["targets.json"] = MetaFile.Of(targets.Metadata.Version, targets.File.Bytes.Span) });
        byte[] signed;
        using (SigningKey key = OnlineKey(SnapshotMetadata.Type, root)) signed = SignedFile.Write(snapshot.ToJson(), [key]);
        using (OnlineKey(TimestampMetadata.Type, root)) // it is there: a release that cannot be finished is not begun
        {
        }

        string begun = this[Begun], draft = begun + New;
        if (Directory.Exists(draft)) Directory.Delete(draft, recursive: true);
        if (newRoot is not null) DurableFile.Write(Path.Combine(draft, "root.json"), newRoot.File.Bytes.Span, DurableFile.Public);
        if (newTargets is not null) DurableFile.Write(Path.Combine(draft, "targets.json"), newTargets.File.Bytes.Span, DurableFile.Public);
        DurableFile.Write(Path.Combine(draft, "snapshot.json"), signed, DurableFile.Public);
        tree.BeforeWriting?.Invoke(Begun);
        Directory.Move(draft, begun);
        DirectorySync.Flush(folder);
    }

    async Task<ReleaseReport> FinishAsync(HttpMessageInvoker? http, CancellationToken cancel)
    {
        Standing begun = Latest();
        Read<SnapshotMetadata> snapshot = begun.Snapshot!;
        long release = snapshot.Metadata.Version;
        tree.PutOnce(PublicTree.Versioned(begun.Targets!.Metadata.Version, TargetsMetadata.Type), begun.Targets.File.Bytes.Span);
        tree.PutOnce(PublicTree.Versioned(release, SnapshotMetadata.Type), snapshot.File.Bytes.Span);

        List<string> remarks = [];
        IReadOnlyList<WitnessedAt> cosigned;
        using (NoteSigner signer = KeyFile.ReadLogKey(Path.Combine(keys, LogKey)))
        using (LogWriter log = OpenLog(signer))
        {
            byte[] entry = EntryOf(begun.Root, snapshot, begun.Targets).ToBytes();
            if (!log.Contains(entry)) log.Append(entry);
            cosigned = await CosignAsync(log, http, remarks, cancel).ConfigureAwait(false);
            if (cosigned.Count < settings.Quorum) return new ReleaseReport(release, false, [.. cosigned.Select(static w => w.Witness)], settings.Quorum, remarks);
            Show(log);
        }

        // The root right before the timestamp: a stock client that asks for the next root finds what was signed with it.
        tree.PutOnce(PublicTree.Versioned(begun.Root.Metadata.Version, RootMetadata.Type), begun.Root.File.Bytes.Span);
        if (File.Exists(Path.Combine(this[Begun], "root.json"))) tree.Put(RootChain.Name, RootChain.Write([.. Roots(begun.Root.Metadata.Version)]));
        if (Published().Timestamp is not { } shown || shown.Metadata.Snapshot.Version != release) PutTimestamp(begun.Root.Metadata, snapshot);
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
        // Published by keys that were since replaced, perhaps by a thief with a version near the last one: devices forget those with their key, and we go on from ours.
        Read<TimestampMetadata>? before = File.Exists(tree[PublicTree.Timestamp]) ? Reading(tree[PublicTree.Timestamp], MetadataLimits.Timestamp, TimestampMetadata.Read) : null;
        long version = (before?.Metadata.Version ?? 0) + 1;
        // By the key of today alone: a thief may have signed any time with the one of before.
        Threshold own = Count("timestamp key", root.Roles[TimestampMetadata.Type], before?.File ?? snapshot.File);
        if (before is not null && own.Good >= own.Wanted && before.Metadata.Expires > time.GetUtcNow() + TimeSpan.FromHours(settings.Expiry.Timestamp) + TimeSpan.FromHours(1))
            throw new PublishingException(PublishingFault.Refused, $"the timestamp that is published is good until {before.Metadata.Expires:u}, which is more than {settings.Expiry.Timestamp} hours from the time of this clock: nothing was signed", "set the clock: with an earlier one, every device would say that news are held back");
        using SigningKey key = OnlineKey(TimestampMetadata.Type, root);
        TimestampMetadata timestamp = new(version, Expires(settings.Expiry.Timestamp), MetaFile.Of(snapshot.Metadata.Version, snapshot.File.Bytes.Span));
        tree.Put(PublicTree.Timestamp, SignedFile.Write(timestamp.ToJson(), [key]));
    }

    static ReleaseEntry EntryOf(Read<RootMetadata> root, Read<SnapshotMetadata> snapshot, Read<TargetsMetadata> targets) => new(
        snapshot.Metadata.Version, Logged(root), Logged(snapshot), Logged(targets),
        targets.Metadata.Targets.GetValueOrDefault(GreetingList.Target)?.Hashes.ByName["sha256"], targets.Metadata.Targets.GetValueOrDefault(NoticeList.Target)?.Hashes.ByName["sha256"]);

    static LoggedFile Logged<T>(Read<T> read) where T : Metadata => new(read.Metadata.Version, Convert.ToHexStringLower(SHA256.HashData(read.File.Bytes.Span)));

    LogWriter OpenLog(NoteSigner signer)
    {
        if (signer.Key.ToString() != settings.Log) throw new PublishingException(PublishingFault.WrongKey, $"{Path.Combine(keys, LogKey)} is not the key of {FileName}", "devices have pinned the old one: it cannot be replaced");
        try
        {
            LogWriter log = LogWriter.Open(tree[PublicTree.Log], this[LogFolder], signer);
            log.BeforeWriting = name => tree.BeforeWriting?.Invoke($"{PublicTree.Log}/{name}");
            return log;
        }
        catch (InvalidDataException e)
        {
            throw new PublishingException(PublishingFault.Forgery, $"the log cannot go on: {e.Message}", "copy its files back from where they are served; never begin it anew: devices would call it a split view", e);
        }
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
        Standing published = Published();
        if (published is not { Timestamp: not null, Snapshot: { } snapshot }) throw new PublishingException(PublishingFault.Failure, "nothing is published yet", "offproof publish status says what is missing");
        PutTimestamp(published.Root.Metadata, snapshot);
        if (!Directory.Exists(this[Begun]))
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
