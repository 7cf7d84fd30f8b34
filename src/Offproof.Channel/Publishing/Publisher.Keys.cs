using System.Globalization;

namespace Offproof.Channel;

/// <summary>Keys come and go by a new root (channel.md §9.4): it is staged here, and signed by the root keys of before and by its own.</summary>
public sealed partial class Publisher
{
    /// <summary>Makes a key of root or targets, and stages the root that has it. A run that was stopped between the two has made it: the next one takes that.</summary>
    /// <param name="role">root or targets</param>
    /// <param name="file">Where the secret goes; never over a file</param>
    /// <param name="threshold">How many have to sign from then on; null: as many as before</param>
    public string AddKey(string role, string file, int? threshold)
    {
        RequireOffline(role);
        Standing latest = Latest();
        string path = Path.GetFullPath(file);
        using SigningKey key = Stopped(latest, role, path) ?? SigningKey.Generate();
        if (!File.Exists(path)) WriteKey(path, key, role);
        StageRoot(latest, roles => roles[role] = new RoleKeys([.. roles[role].Keys.Where(known => known.KeyId != key.KeyId), key.Public], threshold ?? roles[role].Threshold));
        return key.KeyId;
    }

    void WriteKey(string path, SigningKey key, string role)
    {
        tree.BeforeWriting?.Invoke("key");
        KeyFile.Write(path, key, role);
    }

    /// <summary>The key that a run that was stopped made: of this role, and never in a root that was released. Any other file is somebody's.</summary>
    SigningKey? Stopped(Standing latest, string role, string path)
    {
        if (!File.Exists(path)) return null;
        string? keyId = KeyFile.RoleOf(path) == role ? KeyFile.KeyIdOf(path) : null;
        if (keyId is null || ReleasedRoots(latest).Any(root => root.Roles.Values.Any(keys => keys.Keys.Any(key => key.KeyId == keyId)))) throw KeyFile.Taken(path);
        return KeyFile.Read(path);
    }

    IEnumerable<RootMetadata> ReleasedRoots(Standing latest)
    {
        yield return latest.Root.Metadata;
        for (long version = tree.NewestRoot(); version > 0; version--) yield return ReadRoot(tree[PublicTree.Versioned(version, RootMetadata.Type)]).Metadata;
    }

    /// <summary>Stages a root without a key: of a lost one, or one that somebody else may have.</summary>
    /// <param name="role">root or targets</param>
    /// <param name="keyId">The beginning of its id</param>
    /// <param name="threshold">How many have to sign from then on; null: as many as before</param>
    public string RemoveKey(string role, string keyId, int? threshold)
    {
        RequireOffline(role);
        Standing latest = Latest();
        List<PublicKey> named = [.. ComingRoot(latest).Roles[role].Keys.Concat(latest.Root.Metadata.Roles[role].Keys) // one that is gone from the draft already is named in the root of before
            .DistinctBy(static key => key.KeyId, StringComparer.Ordinal).Where(key => keyId.Length >= 4 && key.KeyId.StartsWith(keyId, StringComparison.OrdinalIgnoreCase))];
        if (named.Count != 1) throw new PublishingException(PublishingFault.Usage, $"{(named.Count == 0 ? "no" : "more than one")} {role} key begins with {keyId}", "offproof publish status lists them");
        StageRoot(latest, roles => roles[role] = new RoleKeys([.. roles[role].Keys.Where(key => key.KeyId != named[0].KeyId)], threshold ?? roles[role].Threshold));
        return named[0].KeyId;
    }

    /// <summary>Makes a new key of snapshot or timestamp in the place of the old one, which devices then no longer believe, whatever it signed.</summary>
    public string ReplaceKey(string role)
    {
        if (role is not (SnapshotMetadata.Type or TimestampMetadata.Type)) throw new PublishingException(PublishingFault.Usage, $"'{role}' is no role with a key online", "snapshot or timestamp; for root and targets: offproof publish keys add, then remove");
        Standing latest = Latest();
        using SigningKey key = SigningKey.Generate();
        tree.BeforeWriting?.Invoke("key");
        OnlineKeyFile(keys, role, key);
        StageRoot(latest, roles => roles[role] = new RoleKeys([key.Public], 1));
        return key.KeyId;
    }

    /// <summary>Stages a root in which another number of root or targets keys have to sign.</summary>
    public void SetThreshold(string role, int threshold)
    {
        RequireOffline(role);
        StageRoot(Latest(), roles => roles[role] = roles[role] with { Threshold = threshold });
    }

    void StageRoot(Standing latest, Action<Dictionary<string, RoleKeys>> change, bool withTargets = false)
    {
        Dictionary<string, RoleKeys> roles = new(ComingRoot(latest).Roles, StringComparer.Ordinal);
        change(roles);
        foreach (string role in (string[])[RootMetadata.Type, TargetsMetadata.Type]) RequireThreshold(role, roles[role].Keys.Count, roles[role].Threshold);
        RootMetadata root = new(latest.Root.Metadata.Version + 1, Expires(settings.Expiry.Root), ConsistentSnapshot: true, roles);
        // What is published has to be signed by enough of the keys that will hold, or no device takes it after the root.
        withTargets |= latest.Targets is { } targets && !File.Exists(StagedTargets) && Count("", roles[TargetsMetadata.Type], targets.File) is var need && need.Good < need.Wanted;
        PutDrafts(latest, root, withTargets ? DraftTargets(latest, static files => { }) : null);
    }

    static void RequireOffline(string role)
    {
        if (role is not (RootMetadata.Type or TargetsMetadata.Type))
        {
            throw new PublishingException(PublishingFault.Usage, string.Create(CultureInfo.InvariantCulture, $"'{role}' is no role with keys offline"), "root or targets; for snapshot and timestamp: offproof publish keys replace");
        }
    }
}
