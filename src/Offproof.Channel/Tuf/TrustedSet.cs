using System.Globalization;

namespace Offproof.Channel;

/// <summary>
/// One update's trusted metadata: every check of TUF §5, in its order, over bytes that somebody else fetches. Each file is stored as soon as it has passed.
/// The steps: <see cref="Open"/>, any number of <see cref="AddRoot"/>, <see cref="EndRoots"/>, <see cref="AddTimestamp"/>, then <see cref="TryUseStoredSnapshot"/> or
/// <see cref="AddSnapshot"/>, then the same for targets, then delegated roles as they are wanted.
/// </summary>
internal sealed class TrustedSet
{
    readonly MetadataStore store;
    readonly DateTimeOffset now;
    bool hasAllRoots;

    TrustedSet(MetadataStore store, DateTimeOffset now, RootMetadata root) => (this.store, this.now, Root) = (store, now, root);

    internal RootMetadata Root { get; private set; }

    internal TimestampMetadata? Timestamp { get; private set; }

    internal SnapshotMetadata? Snapshot { get; private set; }

    internal TargetsMetadata? Targets { get; private set; }

    /// <summary>Begins an update: <paramref name="now"/> is its time to the end (§5.1), and the stored root is where it starts (§5.2).</summary>
    internal static TrustedSet Open(MetadataStore store, DateTimeOffset now) => new(store, now, ReadPinned(
        store.Read(RootMetadata.Type, MetadataLimits.Root) ?? throw new TufException(Refusal.Unavailable, "5.2", "no root is pinned here, or it is too long for one")));

    /// <summary>A root that is believed because it was handed over so: it must still be whole, and signed by its own threshold (§5.2).</summary>
    internal static RootMetadata ReadPinned(ReadOnlyMemory<byte> bytes)
    {
        var file = SignedFile.Read(bytes);
        var root = RootMetadata.Read(file);
        root.Roles[RootMetadata.Type].Verify(file, "5.2", "the pinned root");
        return root;
    }

    /// <summary>The root after the one that is trusted (§5.3.4 to 5.3.8).</summary>
    internal void AddRoot(ReadOnlyMemory<byte> bytes)
    {
        if (hasAllRoots) throw new InvalidOperationException("no root comes after the timestamp");
        var file = SignedFile.Read(bytes);
        Root.Roles[RootMetadata.Type].Verify(file, "5.3.4", "the new root, by the keys of the one before,");
        var next = RootMetadata.Read(file);
        next.Roles[RootMetadata.Type].Verify(file, "5.3.4", "the new root, by its own keys,");
        if (next.Version != Root.Version + 1) throw new TufException(Refusal.Rollback, "5.3.5", Versions("root", next.Version, "and must be", Root.Version + 1));

        // §5.3.11, before the root is stored: see channel-tuf.md §2.3. Recovery from a fast-forward attack wants both gone.
        if (Loses(TimestampMetadata.Type) || Loses(SnapshotMetadata.Type))
        {
            store.Delete(TimestampMetadata.Type);
            store.Delete(SnapshotMetadata.Type);
        }
        store.Write(RootMetadata.Type, bytes.Span);
        Root = next;

        bool Loses(string role) => Root.Roles[role].LosesAKeyTo(next.Roles[role]);
    }

    /// <summary>There is no further root: the last one must not have expired (§5.3.10).</summary>
    internal void EndRoots()
    {
        CheckNotExpired(Root, "5.3.10", "root");
        hasAllRoots = true;
    }

    /// <summary>The newest timestamp (§5.4). False when it has the version that is stored: the stored one stays, and nothing else has changed (§5.4.3.1).</summary>
    internal bool AddTimestamp(ReadOnlyMemory<byte> bytes)
    {
        if (!hasAllRoots) throw new InvalidOperationException("the roots come before the timestamp");
        var file = SignedFile.Read(bytes);
        var keys = Root.Roles[TimestampMetadata.Type];
        keys.Verify(file, "5.4.2", "the timestamp");
        var next = TimestampMetadata.Read(file);
        if (ReadStored(TimestampMetadata.Type, MetadataLimits.Timestamp, keys, TimestampMetadata.Read) is (_, { } previous))
        {
            if (next.Version < previous.Version) throw new TufException(Refusal.Rollback, "5.4.3.1", Versions("timestamp", next.Version, "after", previous.Version));
            if (next.Version == previous.Version)
            {
                CheckNotExpired(previous, "5.4.4", "timestamp");
                Timestamp = previous;
                return false;
            }
            if (next.Snapshot.Version < previous.Snapshot.Version)
                throw new TufException(Refusal.Rollback, "5.4.3.2", Versions("the timestamp names snapshot", next.Snapshot.Version, "after", previous.Snapshot.Version));
        }
        CheckNotExpired(next, "5.4.4", "timestamp");
        store.Write(TimestampMetadata.Type, bytes.Span);
        Timestamp = next;
        return true;
    }

    /// <summary>What the timestamp says of the snapshot.</summary>
    internal MetaFile NamedSnapshot => (Timestamp ?? throw new InvalidOperationException("the timestamp comes before the snapshot")).Snapshot;

    /// <summary>True when the stored snapshot is the one that the timestamp names; nothing needs to be fetched.</summary>
    internal bool TryUseStoredSnapshot()
    {
        if (ReadStored(SnapshotMetadata.Type, MetadataLimits.Snapshot, Root.Roles[SnapshotMetadata.Type], SnapshotMetadata.Read) is not var (bytes, stored)
            || stored.Version != NamedSnapshot.Version || !NamedSnapshot.Describes(bytes.Span)) return false;
        CheckNotExpired(stored, "5.5.6", "snapshot");
        Snapshot = stored;
        return true;
    }

    /// <summary>The snapshot that the timestamp names (§5.5).</summary>
    internal void AddSnapshot(ReadOnlyMemory<byte> bytes)
    {
        CheckDescribed(NamedSnapshot, bytes.Span, "5.5.2", "snapshot");
        var file = SignedFile.Read(bytes);
        var keys = Root.Roles[SnapshotMetadata.Type];
        keys.Verify(file, "5.5.3", "the snapshot");
        var next = SnapshotMetadata.Read(file);
        CheckVersion(NamedSnapshot, next, "5.5.4", "snapshot");
        if (ReadStored(SnapshotMetadata.Type, MetadataLimits.Snapshot, keys, SnapshotMetadata.Read) is (_, { } previous))
        {
            foreach (var (name, before) in previous.Files)
            {
                if (!next.Files.TryGetValue(name, out var after)) throw new TufException(Refusal.Rollback, "5.5.5", $"the snapshot no longer lists {name}");
                if (after.Version < before.Version) throw new TufException(Refusal.Rollback, "5.5.5", Versions($"the snapshot lists {name}", after.Version, "after", before.Version));
            }
        }
        CheckNotExpired(next, "5.5.6", "snapshot");
        store.Write(SnapshotMetadata.Type, bytes.Span);
        Snapshot = next;
    }

    /// <summary>What the snapshot says of a targets file; null when it does not list it.</summary>
    internal MetaFile? Named(string role) =>
        (Snapshot ?? throw new InvalidOperationException("the snapshot comes before the targets")).Files.GetValueOrDefault($"{role}.json");

    /// <summary>The stored top-level targets, when they are the ones that the snapshot lists.</summary>
    internal bool TryUseStoredTargets() => (Targets = TryUseStored(TargetsMetadata.Type, Root.Roles[TargetsMetadata.Type])) is not null;

    /// <summary>The top-level targets that the snapshot lists (§5.6).</summary>
    internal void AddTargets(ReadOnlyMemory<byte> bytes) => Targets = Add(TargetsMetadata.Type, Root.Roles[TargetsMetadata.Type], bytes);

    /// <summary>
    /// The stored file of a role, when it is the one that the snapshot lists and <paramref name="keys"/> signed it: those of the role that delegates to it
    /// in this search, for another delegator's keys may have signed what is stored.
    /// </summary>
    internal TargetsMetadata? TryUseStored(string role, RoleKeys keys)
    {
        if (Named(role) is not { } named || ReadStored(role, MetadataLimits.Targets, keys, TargetsMetadata.Read) is not var (bytes, stored)
            || stored.Version != named.Version || !named.Describes(bytes.Span)) return null;
        CheckNotExpired(stored, "5.6.5", role);
        return stored;
    }

    /// <summary>A targets file as it was fetched (§5.6.2 to 5.6.6); <paramref name="keys"/> are its delegator's.</summary>
    internal TargetsMetadata Add(string role, RoleKeys keys, ReadOnlyMemory<byte> bytes)
    {
        var named = Named(role) ?? throw NotListed(role);
        CheckDescribed(named, bytes.Span, "5.6.2", role);
        var file = SignedFile.Read(bytes);
        keys.Verify(file, "5.6.3", role);
        var next = TargetsMetadata.Read(file);
        CheckVersion(named, next, "5.6.4", role);
        CheckNotExpired(next, "5.6.5", role);
        store.Write(role, bytes.Span);
        return next;
    }

    internal static TufException NotListed(string role) => new(Refusal.NoSuchTarget, "5.6.7", $"the snapshot does not list the role {role}, so what it has cannot be found");

    (ReadOnlyMemory<byte> Bytes, T Metadata)? ReadStored<T>(string role, int limit, RoleKeys keys, Func<SignedFile, T> read) where T : Metadata => ReadStored(store, role, limit, keys, read);

    /// <summary>A stored file that these keys signed; null when there is none, for what they did not sign was trusted by nobody whom we trust now.</summary>
    internal static (ReadOnlyMemory<byte> Bytes, T Metadata)? ReadStored<T>(MetadataStore store, string role, int limit, RoleKeys keys, Func<SignedFile, T> read) where T : Metadata
    {
        if (store.Read(role, limit) is not { } bytes) return null;
        try
        {
            var file = SignedFile.Read(bytes);
            keys.Verify(file, "5", role);
            return (bytes, read(file));
        }
        catch (TufException)
        {
            return null;
        }
    }

    void CheckNotExpired(Metadata metadata, string clause, string role)
    {
        if (metadata.Expires <= now)
            throw new TufException(Refusal.Freeze, clause, string.Create(CultureInfo.InvariantCulture,
                $"{role} expired on {metadata.Expires:u}; the clock here says {now:u}: the server holds newer data back, or the clock is wrong"));
    }

    static void CheckDescribed(MetaFile named, ReadOnlySpan<byte> bytes, string clause, string role)
    {
        if (!named.Describes(bytes)) throw new TufException(Refusal.MixAndMatch, clause, $"{role} has another length or hash than the one that is named");
    }

    static void CheckVersion(MetaFile named, Metadata metadata, string clause, string role)
    {
        if (metadata.Version != named.Version) throw new TufException(Refusal.MixAndMatch, clause, Versions(role, metadata.Version, "and what names it says", named.Version));
    }

    static string Versions(string what, long version, string relation, long other) => string.Create(CultureInfo.InvariantCulture, $"{what} is version {version}, {relation} {other}");
}
