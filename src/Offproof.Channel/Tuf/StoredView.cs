namespace Offproof.Channel;

/// <summary>What the store vouches for without a network (channel-tuf.md §4): no expiry is checked, so the caller says how old it is.</summary>
internal sealed class StoredView
{
    readonly MetadataStore store;
    readonly SnapshotMetadata? snapshot;

    StoredView(MetadataStore store, TargetsMetadata targets, SnapshotMetadata? snapshot) => (this.store, Targets, this.snapshot) = (store, targets, snapshot);

    internal TargetsMetadata Targets { get; }

    /// <summary>The stored targets; null when none are stored that the stored root's keys signed. <see cref="TufException"/> when the root itself is none.</summary>
    internal static StoredView? Open(MetadataStore store)
    {
        if (store.Read(RootMetadata.Type, MetadataLimits.Root) is not { } bytes) return null;
        var root = TrustedSet.ReadPinned(bytes);
        if (TrustedSet.ReadStored(store, TargetsMetadata.Type, MetadataLimits.Targets, root.Roles[TargetsMetadata.Type], TargetsMetadata.Read) is not var (targetsBytes, targets)) return null;
        var snapshot = TrustedSet.ReadStored(store, SnapshotMetadata.Type, MetadataLimits.Snapshot, root.Roles[SnapshotMetadata.Type], SnapshotMetadata.Read)?.Metadata;
        // After an update that was cut off the snapshot may be newer than the targets: then it vouches for no other file either.
        bool isOneState = snapshot?.Files["targets.json"] is { } named && named.Version == targets.Version && named.Describes(targetsBytes.Span);
        return new(store, targets, isOneState ? snapshot : null);
    }

    /// <summary>What the stored metadata say of a target; null when they say nothing, or what would say it is not stored.</summary>
    internal async Task<TargetFile?> FindAsync(string targetPath)
    {
        try
        {
            return await TargetSearch.FindAsync(Targets, targetPath, LoadAsync).ConfigureAwait(false);
        }
        catch (TufException e) when (e.Refusal is Refusal.NoSuchTarget)
        {
            return null;
        }

        Task<TargetsMetadata> LoadAsync(Delegation delegation) =>
            snapshot?.Files.GetValueOrDefault($"{delegation.Name}.json") is { } named
            && TrustedSet.ReadStored(store, delegation.Name, MetadataLimits.Targets, delegation.Keys, TargetsMetadata.Read) is var (bytes, role)
            && role.Version == named.Version && named.Describes(bytes.Span) ? Task.FromResult(role)
                : throw new TufException(Refusal.NoSuchTarget, "5.6.7", $"the role {delegation.Name} is not stored as the snapshot lists it");
    }
}
