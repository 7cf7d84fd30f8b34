using System.Globalization;
using System.Text.Json;

namespace Offproof.Channel;

/// <summary>What a new device makes of a published tree.</summary>
/// <param name="Release">The release's number</param>
/// <param name="Greetings">How many greetings</param>
/// <param name="Notices">How many notices</param>
/// <param name="Wording">Who cosigned, or that it is not shown to be the same for all</param>
public sealed record DeviceReport(long Release, int Greetings, int Notices, string Wording);

/// <summary>Takes a tree as a new device does, with every check of channel.md §6.2, from the folder instead of the network; besides, every payload is held against its notice.</summary>
public static class DeviceView
{
    /// <summary>Verifies a published tree.</summary>
    /// <param name="folder">The tree</param>
    /// <param name="trust">What is pinned: a <c>trust.json</c></param>
    /// <param name="time">The device's clock</param>
    /// <exception cref="PublishingException">A device would refuse it, and why.</exception>
    public static DeviceReport Verify(string folder, ReadOnlyMemory<byte> trust, TimeProvider time) => Verify(folder, trust, time, null);

    // A rehearsal asks no witness: they would remember a tree that nobody ever sees.
    internal static DeviceReport Verify(string folder, ReadOnlyMemory<byte> trust, TimeProvider time, int? quorum)
    {
        string store = Directory.CreateTempSubdirectory("offproof-device-").FullName;
        try
        {
            return Verify(new PublicTree(folder), trust, new MetadataStore(store), time.GetUtcNow(), quorum);
        }
        catch (Exception e) when (e is TufException or ContentException or FormatException or InvalidDataException or JsonException)
        {
            throw new PublishingException(PublishingFault.Forgery, $"a device would refuse this release: {e.Message}", null, e);
        }
        finally
        {
            Directory.Delete(store, recursive: true);
        }
    }

    static DeviceReport Verify(PublicTree tree, ReadOnlyMemory<byte> trust, MetadataStore store, DateTimeOffset now, int? quorum)
    {
        TrustPolicy policy = TrustPolicy.Read(trust);
        if (quorum is { } asked) policy = new TrustPolicy(policy.Log, policy.Witnesses, asked);
        using JsonDocument pinned = JsonDocument.Parse(trust);
        store.Pin(pinned.RootElement.GetProperty("root").GetBytesFromBase64());
        TrustedSet set = TrustedSet.Open(store, now);
        IReadOnlyList<ReadOnlyMemory<byte>> roots = RootBundle.Read(Bytes(tree, RootBundle.Name));
        foreach (ReadOnlyMemory<byte> root in roots.Skip((int)set.Root.Version)) set.AddRoot(root);
        set.EndRoots();
        set.AddTimestamp(Bytes(tree, PublicTree.Timestamp));
        byte[] snapshot = Bytes(tree, PublicTree.Versioned(set.NamedSnapshot.Version, SnapshotMetadata.Type));
        set.AddSnapshot(snapshot);
        byte[] targets = Bytes(tree, PublicTree.Versioned(set.Named(TargetsMetadata.Type)!.Version, TargetsMetadata.Type));
        set.AddTargets(targets);

        byte[] checkpoint = Bytes(tree, $"{PublicTree.Log}/checkpoint");
        if (!Checkpoint.TryRead(checkpoint, out _, out Checkpoint? shown)) throw new FormatException("the log's checkpoint is none");
        List<TreeHash> leaves = [];
        foreach (TileAddress tile in LogView.Tiles(shown))
            leaves.AddRange(Tile.TryRead(tile, Bytes(tree, $"{PublicTree.Log}/{tile.Path}"), out TreeHash[]? hashes) ? hashes : throw new FormatException($"{tile.Path} is no tile"));
        string? Hash(string target) => set.Targets!.Targets.GetValueOrDefault(target)?.Hashes.Known;
        byte[] Entry(long root) => new ReleaseEntry(set.Snapshot!.Version, Logged(root, roots[(int)root - 1].Span), Logged(set.Snapshot!.Version, snapshot),
            Logged(set.Targets!.Version, targets), Hash(GreetingList.Target), Hash(NoticeList.Target)).ToBytes();
        LogVerdict verdict = LogView.Check(policy, default, checkpoint, leaves, Entry(set.Root.Version));
        // channel.md §3.3: the root is there a moment before its release is; the one before it was logged with the root before it.
        if (verdict.Refusal == LogRefusal.NotLogged && set.Root.Version > 1) verdict = LogView.Check(policy, default, checkpoint, leaves, Entry(set.Root.Version - 1));
        if (!verdict.IsAccepted) throw new FormatException($"{LogVerdict.Name(verdict.Refusal)}: {verdict.Detail}");

        IReadOnlyList<Greeting> greetings = Target(tree, set, GreetingList.Target) is { } collection ? GreetingList.Read(GreetingList.Open(collection)) : [];
        IReadOnlyList<Notice> notices = Target(tree, set, NoticeList.Target) is { } list ? NoticeList.Read(NoticeList.Open(list)) : [];
        foreach (NoticePayload payload in notices.SelectMany(static n => n.Payloads)) CheckPayload(tree, set, payload);
        return new DeviceReport(set.Snapshot!.Version, greetings.Count, notices.Count, verdict.Detail);
    }

    static void CheckPayload(PublicTree tree, TrustedSet set, NoticePayload payload)
    {
        if (!set.Targets!.Targets.TryGetValue(payload.Target, out TargetFile? target)) throw new FormatException($"{payload.Target} is announced, and no target");
        if (payload.Kind == NoticePayload.Full && (target.Length != payload.Bytes || target.Hashes.Known != payload.Sha256)) throw new FormatException($"{payload.Target} is not the update that is announced");
        using FileStream file = new(tree[PublicTree.TargetPlace(payload.Target, target.Hashes.Known!)], FileMode.Open, FileAccess.Read, FileShare.Read);
        if (file.Length != target.Length || !Hex.Equals(target.Hashes.Known!, System.Security.Cryptography.SHA256.HashData(file))) throw new FormatException($"the file of {payload.Target} is not the one that was signed");
    }

    static byte[]? Target(PublicTree tree, TrustedSet set, string name)
    {
        if (!set.Targets!.Targets.TryGetValue(name, out TargetFile? target)) return null;
        byte[] bytes = Bytes(tree, PublicTree.TargetPlace(name, target.Hashes.Known!));
        return target.Describes(bytes) ? bytes : throw new FormatException($"the file of {name} is not the one that was signed");
    }

    static LoggedFile Logged(long version, ReadOnlySpan<byte> bytes) => new(version, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes)));

    static byte[] Bytes(PublicTree tree, string name) => File.Exists(tree[name]) ? File.ReadAllBytes(tree[name])
        : throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"{name} is missing"));
}
