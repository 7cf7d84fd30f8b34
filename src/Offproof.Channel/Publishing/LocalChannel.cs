namespace Offproof.Channel;

/// <summary>
/// The channel of a server that nobody publishes for: all keys, the offline ones too, lie in its folder, and no witness is asked. Devices say "genuine, not shown to be the same for all".
/// A folder that <c>offproof publish</c> works in is left as it is.
/// </summary>
public static class LocalChannel
{
    /// <summary>
    /// Makes the channel where there is none, with the starter collection; publishes these updates where they are not published yet, and signs the timestamp anew when more than half of its time has
    /// passed. Again changes nothing. What was killed goes on.
    /// </summary>
    /// <param name="folder">DATA/channel; <see cref="Publisher.PublicTreeFolder"/> in it is served as /channel/.</param>
    /// <param name="starter">Published where nobody published another one</param>
    /// <param name="updates">Notices, added to those that are published.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancel">Ends it.</param>
    /// <returns>The folder that is to be served.</returns>
    public static async Task<string> EnsureAsync(string folder, StarterGreetings starter, IReadOnlyList<UpdateDraft> updates, TimeProvider time, CancellationToken cancel)
    {
        string offline = Path.Combine(folder, "keys", "offline");
        if (!File.Exists(Path.Combine(folder, "publisher.json")))
        {
            // Whose folder it is, is looked at there; killed meanwhile, nothing of it was ever published.
            Publisher.Create(new PublisherSetup(folder, "local.offproof/", RootKeys: 1, RootThreshold: 1, TargetsKeys: 1, TargetsThreshold: 1), time);
        }
        using Publisher publisher = Publisher.Open(folder, time);
        // Its operator may have carried the offline keys away, as he should: then he releases, and the timestamps go on.
        if (Directory.Exists(offline))
        {
            publisher.StageRecovery();
            publisher.StageStarter(starter);
            foreach (UpdateDraft update in updates.Where(update => !publisher.Announces(update))) publisher.StageUpdate(update);
            publisher.StageWhatExpires(TimeSpan.FromDays(60));
            if (publisher.WhatToSign().Count > 0) publisher.Sign(Directory.EnumerateFiles(offline, "*" + KeyFile.Ending).Order(StringComparer.Ordinal).Where(publisher.IsAskedFor));
            await publisher.ReleaseAsync(null, cancel).ConfigureAwait(false);
        }
        if (publisher.IsTimestampDue) await publisher.TimestampAsync(null, cancel).ConfigureAwait(false);
        return publisher.PublicTreeFolder;
    }
}

public sealed partial class Publisher
{
    /// <summary>More than half of the time of timestamp or snapshot has passed.</summary>
    public bool IsTimestampDue => Published() is not { Timestamp: { } timestamp, Snapshot: { } snapshot } ? Latest().Snapshot is not null && !Directory.Exists(this[Begun])
        : (timestamp.Metadata.Expires - time.GetUtcNow() < TimeSpan.FromHours(settings.Expiry.Timestamp) / 2 || snapshot.Metadata.Expires - time.GetUtcNow() < TimeSpan.FromHours(settings.Expiry.Snapshot) / 2);

    /// <summary>
    /// New keys of timestamp and snapshot, where what is published keeps devices from taking anything else: it was signed by a clock that was ahead, or by a thief. A machine that begins in 1970 is no
    /// reason, and each recovery is a root of the 256 that there can be: the last ones are left to the owner.
    /// </summary>
    internal void StageRecovery()
    {
        Standing latest = Latest();
        RootMetadata coming = ComingRoot(latest);
        if (latest.Snapshot is null || coming.Version >= MostOwnRoots || time.GetUtcNow() < WrittenAfter || Obstacle(coming, latest.Snapshot.Metadata.Version + 1) is null) return;
        ReplaceKey(TimestampMetadata.Type);
        ReplaceKey(SnapshotMetadata.Type);
    }

    const int MostOwnRoots = RootChain.MostRoots - 56;

    // No clock that is right says an earlier time than this was written at.
    static readonly DateTimeOffset WrittenAfter = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Stages the starter collection where there is none, or an earlier version of it; what its operator published stays.</summary>
    internal void StageStarter(StarterGreetings starter)
    {
        string file = Path.Combine(folder, "starter");
        string[]? known = File.Exists(file) ? File.ReadAllText(file).TrimEnd('\n').Split(' ') : null;
        if (known?[0] == starter.Version) return;
        if (Coming()?.Targets.GetValueOrDefault(GreetingList.Target) is { } present && !(known is null ? present.Describes(GreetingList.Seal(GreetingList.Write([]))) : present.Hashes.Known == known[^1])) return;
        StageGreetings(starter.Read());
        // Before it is public: whoever is killed between goes on with what is staged.
        DurableFile.Write(file, System.Text.Encoding.ASCII.GetBytes($"{starter.Version} {Coming()!.Targets[GreetingList.Target].Hashes.Known}\n"), DurableFile.Private);
    }

    internal bool Announces(UpdateDraft update) => Coming() is { } targets && NoticesOf(targets).Any(n => n.Id == Notice.IdOf(update.Model, update.Version, update.Channel));

    internal bool IsAskedFor(string keyFile) => KeyFile.KeyIdOf(keyFile) is { } keyId && Signable(Latest()).Any(s => s.Allowed.Any(key => key.KeyId == keyId));

    /// <summary>Stages root and targets anew where one of them expires within that time.</summary>
    internal void StageWhatExpires(TimeSpan within)
    {
        Standing latest = Latest();
        DateTimeOffset then = time.GetUtcNow() + within;
        if (latest.Targets is { } targets && (targets.Metadata.Expires < then || latest.Root.Metadata.Expires < then)) StageRenewal();
    }

    TargetsMetadata? Coming() => File.Exists(StagedTargets) ? ReadTargets(StagedTargets).Metadata : Latest().Targets?.Metadata;
}
