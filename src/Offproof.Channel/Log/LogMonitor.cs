using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;

namespace Offproof.Channel;

/// <summary>One release as the log has it.</summary>
/// <param name="Entry">Its place in the log, from 0.</param>
/// <param name="Release">Its number; null where the entry is none of a release.</param>
/// <param name="Changed">What differs from the entry before: root, targets, greetings, notices. Of the first: all that is there.</param>
/// <param name="RootVersion">The root's version.</param>
/// <param name="TargetsVersion">That of the targets.</param>
public sealed record LoggedRelease(long Entry, long? Release, IReadOnlyList<string> Changed, long? RootVersion, long? TargetsVersion);

/// <summary>Something that must not be.</summary>
/// <param name="Kind">A name of channel-log.md §6 or §8.</param>
/// <param name="Detail">In words.</param>
/// <param name="Entry">Where it is about one entry.</param>
public sealed record LogProblem(string Kind, string Detail, long? Entry = null);

/// <summary>What a monitor saw.</summary>
/// <param name="Log">The log's name.</param>
/// <param name="Size">Entries, where a checkpoint could be read.</param>
/// <param name="Root">Its root in base64.</param>
/// <param name="Held">Entries of the view that was held before; null where there was none.</param>
/// <param name="Witnesses">Who cosigned it.</param>
/// <param name="Assurance">Signed by how many; or genuine, not shown to be the same for all.</param>
/// <param name="Releases">Every entry, in order.</param>
/// <param name="Problems">Empty where all is well.</param>
/// <param name="IsServedChecked">What is served now was looked for in the log; false where nothing is served, or it was not come so far.</param>
public sealed record MonitorReport(
    string Log, long? Size, string? Root, long? Held, IReadOnlyList<WitnessedAt> Witnesses, string Assurance, IReadOnlyList<LoggedRelease> Releases, IReadOnlyList<LogProblem> Problems, bool IsServedChecked = false);

/// <summary>Reads a file of the channel by its path (<c>log/checkpoint</c>): its bytes, at most as many; null where there is none; more than that many is an <see cref="InvalidDataException"/>.</summary>
public delegate Task<byte[]?> ChannelReader(string path, int most, CancellationToken cancel);

/// <summary>Reads a whole log and says everything that it says (channel-log.md §8).</summary>
/// <param name="policy">Whose signatures are asked for.</param>
/// <param name="read">Where the channel is.</param>
public sealed class LogMonitor(TrustPolicy policy, ChannelReader read)
{
    // Of TUF (the caps that docs/channel-tuf.md has as well).
    const int MaxTimestamp = 16_384;
    const int MaxSnapshot = 2_000_000;

    readonly List<LogProblem> problems = [];
    readonly List<LoggedRelease> releases = [];
    readonly List<ReleaseEntry> entries = [];
    bool isServedChecked;

    /// <summary>The checkpoint as it was served, byte for byte; null where none was. To be held for the next time where nothing was found, and as a proof where something was.</summary>
    public byte[]? Served { get; private set; }

    /// <summary>Reads everything. What the network says goes through.</summary>
    /// <param name="held">What was held of the last time; empty where nothing was.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="InvalidDataException"><paramref name="held"/> is no checkpoint of this log.</exception>
    public async Task<MonitorReport> RunAsync(ReadOnlyMemory<byte> held, CancellationToken cancel)
    {
        long? before = Checkpoint.TryRead(held.Span, out _, out Checkpoint? last) ? last.Size : null;
        Served = await ReadAsync("log/checkpoint", SignedNote.MaxSize, "malformed-checkpoint", cancel).ConfigureAwait(false);
        if (Served is null) return new MonitorReport(policy.Log.Name, null, null, before, [], "", [], problems);
        // A checkpoint that lacks a quorum is read all the same: what it commits to is worth knowing.
        LogVerdict alone = LogView.CheckAlone(policy, held.Span, Served);
        if (!alone.IsAccepted) problems.Add(new LogProblem(LogVerdict.Name(alone.Refusal), alone.Detail));
        if (alone.Checkpoint is null || alone.Refusal is not (LogRefusal.None or LogRefusal.QuorumNotMet or LogRefusal.Rollback or LogRefusal.SplitView)) return Report(alone, before);

        if (await TilesAsync(alone.Checkpoint, cancel).ConfigureAwait(false) is { } tree)
        {
            LogVerdict whole = LogView.Check(policy, held.Span, Served, tree.Leaves, null);
            if (whole.Refusal != alone.Refusal) problems.Add(new LogProblem(LogVerdict.Name(whole.Refusal), whole.Detail));
            await BundlesAsync(alone.Checkpoint, tree, cancel).ConfigureAwait(false);
            await ServedReleaseAsync(cancel).ConfigureAwait(false);
        }
        return Report(alone, before);
    }

    /// <summary>What a file holds of the last time; empty where there is none.</summary>
    /// <exception cref="InvalidDataException">It is too large to be a checkpoint.</exception>
    public static ReadOnlyMemory<byte> Held(string file) => DurableFile.Read(Path.GetFullPath(file), SignedNote.MaxSize);

    /// <summary>Holds what was served for the next time, where nothing was found. A contradiction stays beside it, the first one that was seen; its path is returned.</summary>
    /// <param name="file">Of <see cref="Held"/>.</param>
    /// <param name="report">Of <see cref="RunAsync"/>.</param>
    public string? Hold(string file, MonitorReport report)
    {
        if (Served is null) return null;
        string full = Path.GetFullPath(file), proof = full + ".split";
        if (report.Problems.Count == 0) DurableFile.Write(full, Served, DurableFile.Public);
        if (!report.Problems.Any(static problem => problem.Kind is "split-view")) return null; // an older view is no contradiction: it may be a copy that was not renewed
        if (!File.Exists(proof)) DurableFile.Write(proof, Served, DurableFile.Public);
        return proof;
    }

    async Task<MerkleTree?> TilesAsync(Checkpoint checkpoint, CancellationToken cancel)
    {
        MerkleTree tree = new();
        foreach (TileAddress tile in Tile.OfAllLevels(checkpoint.Size))
        {
            byte[]? bytes = await ReadAsync("log/" + tile.Path, Tile.Width * TreeHash.Size, "missing-tile", cancel).ConfigureAwait(false);
            if (bytes is null || !Tile.TryRead(tile, bytes, out TreeHash[]? hashes))
            {
                if (bytes is not null) problems.Add(new LogProblem("missing-tile", $"log/{tile.Path} is not a tile of {tile.Entries} hashes"));
                if (tile.Level == 0) return null;
                continue;
            }
            if (tile.Level == 0) foreach (TreeHash hash in hashes) tree.Append(hash);
            else if (!hashes.SequenceEqual(tree.Nodes(tile))) problems.Add(new LogProblem("tiles-do-not-match", $"log/{tile.Path} is not made of the tiles below it"));
        }
        return tree;
    }

    async Task BundlesAsync(Checkpoint checkpoint, MerkleTree tree, CancellationToken cancel)
    {
        foreach (TileAddress tile in Tile.Of(checkpoint.Size))
        {
            byte[]? bytes = await ReadAsync("log/" + tile.BundlePath, Tile.MaxBundle, "missing-entry", cancel).ConfigureAwait(false);
            if (bytes is null) continue;
            if (!Tile.TryReadBundle(tile, bytes, out byte[][]? bundle))
            {
                problems.Add(new LogProblem("missing-entry", $"log/{tile.BundlePath} is not a bundle of {tile.Entries} entries"));
                continue;
            }
            for (int at = 0; at < bundle.Length; at++) Entry((tile.Index * Tile.Width) + at, bundle[at], tree);
        }
    }

    void Entry(long place, byte[] bytes, MerkleTree tree)
    {
        if (TreeHash.OfLeaf(bytes) != tree.Leaves[(int)place])
        {
            problems.Add(new LogProblem("missing-entry", "what the bundle has is not what was logged", place));
            releases.Add(new LoggedRelease(place, null, [], null, null));
            return;
        }
        if (!ReleaseEntry.TryParse(bytes, out ReleaseEntry? entry))
        {
            problems.Add(new LogProblem("sequence", "it is no release's entry", place));
            releases.Add(new LoggedRelease(place, null, [], null, null));
            return;
        }
        ReleaseEntry? before = entries.Count > 0 ? entries[^1] : null;
        if (entry.Release != (before?.Release ?? 0) + 1)
        {
            problems.Add(new LogProblem("sequence", before is null
                ? string.Create(CultureInfo.InvariantCulture, $"the first release is {entry.Release}")
                : string.Create(CultureInfo.InvariantCulture, $"release {entry.Release} follows release {before.Release}"), place));
        }
        entries.Add(entry);
        List<string> changed = [];
        if (entry.Root != before?.Root) changed.Add("root");
        if (entry.Targets != before?.Targets) changed.Add("targets");
        if (entry.Greetings != before?.Greetings) changed.Add("greetings");
        if (entry.Notices != before?.Notices) changed.Add("notices");
        releases.Add(new LoggedRelease(place, entry.Release, changed, entry.Root.Version, entry.Targets.Version));
    }

    /// <summary>Whether the release that phones are given now is among the entries. Nothing is verified here: what is looked at is what the server says to everybody.</summary>
    async Task ServedReleaseAsync(CancellationToken cancel)
    {
        byte[]? timestamp = await ReadAsync("timestamp.json", MaxTimestamp, "unlogged", cancel, mayBeAbsent: true).ConfigureAwait(false);
        if (timestamp is null) return; // a log alone, or a channel that has not begun: said, since a server that hides it would hide an unlogged release
        isServedChecked = true;
        if (SnapshotVersion(timestamp) is not { } version)
        {
            problems.Add(new LogProblem("unlogged", "timestamp.json names no snapshot"));
            return;
        }
        string name = string.Create(CultureInfo.InvariantCulture, $"{version}.snapshot.json");
        byte[]? snapshot = await ReadAsync(name, MaxSnapshot, "unlogged", cancel).ConfigureAwait(false);
        if (snapshot is null) return;
        LoggedFile served = new(version, Convert.ToHexStringLower(SHA256.HashData(snapshot)));
        if (!entries.Exists(entry => entry.Snapshot == served)) problems.Add(new LogProblem("unlogged", string.Create(CultureInfo.InvariantCulture, $"release {version}, which is served now, has no entry in the log")));
    }

    static long? SnapshotVersion(byte[] timestamp)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(timestamp, new JsonDocumentOptions { MaxDepth = 16 });
            JsonElement at = document.RootElement;
            foreach (string name in (ReadOnlySpan<string>)["signed", "meta", "snapshot.json", "version"])
                if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(name, out at)) return null;
            return at.ValueKind == JsonValueKind.Number && at.TryGetInt64(out long version) && version > 0 ? version : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    async Task<byte[]?> ReadAsync(string path, int most, string kind, CancellationToken cancel, bool mayBeAbsent = false)
    {
        try
        {
            byte[]? bytes = await read(path, most, cancel).ConfigureAwait(false);
            if (bytes is null && !mayBeAbsent) problems.Add(new LogProblem(kind, $"{path} is not there"));
            return bytes;
        }
        catch (InvalidDataException e)
        {
            problems.Add(new LogProblem(kind, e.Message));
            return null;
        }
    }

    MonitorReport Report(LogVerdict verdict, long? before) => new(
        policy.Log.Name, verdict.Checkpoint?.Size, verdict.Checkpoint?.Root.ToString(), before, verdict.Witnesses, problems.Count == 0 ? verdict.Detail : "", releases, problems, isServedChecked);
}
