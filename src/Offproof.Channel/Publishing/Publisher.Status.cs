namespace Offproof.Channel;

/// <summary>How a channel stands.</summary>
/// <param name="Release">What devices find; null where nothing is published</param>
/// <param name="Files">Each role's published file</param>
/// <param name="Keys">Each role's keys, by the newest root</param>
/// <param name="Staged">What waits for signatures</param>
/// <param name="Waiting">The number of a release that was begun and is not published; null where none was</param>
/// <param name="Trouble">Why nothing can be published as it is; null where nothing is known to be in the way</param>
/// <param name="Log">The log's verifier key</param>
/// <param name="Witnesses">Verifier keys of those who are asked to cosign</param>
/// <param name="Quorum">How many of them have to</param>
public sealed record PublisherStatus(
    long? Release, IReadOnlyList<RoleStatus> Files, IReadOnlyList<RoleKeyStatus> Keys, IReadOnlyList<ToSign> Staged, long? Waiting, string? Trouble, string Log, IReadOnlyList<string> Witnesses, int Quorum);

/// <summary>A published file: its version, and until when it is good.</summary>
public sealed record RoleStatus(string Role, long Version, DateTimeOffset Expires, bool IsExpired);

/// <summary>The keys of a role.</summary>
/// <param name="Role">root, targets, snapshot or timestamp</param>
/// <param name="KeyIds">Their ids</param>
/// <param name="Threshold">How many have to sign</param>
/// <param name="IsAtHand">Of snapshot and timestamp: the key lies in the folder</param>
public sealed record RoleKeyStatus(string Role, IReadOnlyList<string> KeyIds, long Threshold, bool? IsAtHand);

public sealed partial class Publisher
{
    /// <summary>What is published, what is staged, what is missing, what expires when. Changes nothing.</summary>
    public PublisherStatus Status()
    {
        Standing published = Published(), latest = Latest();
        DateTimeOffset now = time.GetUtcNow();
        List<RoleStatus> files = [Of("root", published.Root.Metadata)];
        if (published is { Timestamp: { } timestamp, Snapshot: { } snapshot, Targets: { } targets }) files.AddRange([Of("targets", targets.Metadata), Of("snapshot", snapshot.Metadata), Of("timestamp", timestamp.Metadata)]);
        return new PublisherStatus(
            published.Snapshot?.Metadata.Version, files, [.. latest.Root.Metadata.Roles.Select(KeysOf)], WhatToSign(latest),
            Directory.Exists(this[Begun]) ? latest.Snapshot?.Metadata.Version : null, Trouble(published, latest), settings.Log, [.. settings.Witnesses.Select(static w => w.Key)], settings.Quorum);

        RoleStatus Of(string role, Metadata metadata) => new(role, metadata.Version, metadata.Expires, metadata.Expires <= now);

        RoleKeyStatus KeysOf(KeyValuePair<string, RoleKeys> role) => new(
            role.Key, [.. role.Value.Keys.Select(static key => key.KeyId)], role.Value.Threshold, role.Key is SnapshotMetadata.Type or TimestampMetadata.Type ? IsAtHand(role.Value) : null);
    }

    string? Trouble(Standing published, Standing latest)
    {
        if (Obstacle(latest.Root.Metadata, latest.Snapshot?.Metadata.Version ?? 0) is { } obstacle) return $"{obstacle.Message} ({obstacle.Hint})";
        return published.Timestamp is null && latest.Snapshot is not null && !Directory.Exists(this[Begun]) ? "the timestamp that lies in public/ is not one of this publisher, or is missing (offproof publish timestamp signs it anew)" : null;
    }

    bool IsAtHand(RoleKeys role) => Directory.Exists(keys)
        && Directory.EnumerateFiles(keys, "*" + KeyFile.Ending).Any(path => KeyFile.KeyIdOf(path) is { } keyId && role.Keys.Any(key => key.KeyId == keyId));
}
