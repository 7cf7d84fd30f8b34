namespace Offproof.Channel;

/// <summary>Why a checkpoint is refused; each is an attack, or a server that broke (channel-log.md §6).</summary>
public enum LogRefusal
{
    /// <summary>It is not.</summary>
    None,

    /// <summary>It is no note, or its text no checkpoint.</summary>
    MalformedCheckpoint,

    /// <summary>It is that of a log of another name.</summary>
    OtherLog,

    /// <summary>A signature of a pinned key does not fit.</summary>
    BadSignature,

    /// <summary>None is the log's.</summary>
    LogSignatureMissing,

    /// <summary>It is smaller than the one that is held.</summary>
    Rollback,

    /// <summary>The log signed two histories.</summary>
    SplitView,

    /// <summary>The tiles are not those of the checkpoint.</summary>
    TilesDoNotMatch,

    /// <summary>Fewer witnesses signed than are asked for.</summary>
    QuorumNotMet,

    /// <summary>The release has no entry.</summary>
    NotLogged,
}

/// <summary>What a device makes of a checkpoint.</summary>
/// <param name="Refusal">None where it is taken.</param>
/// <param name="Detail">What happened, in words; of an accepted one, who signed.</param>
/// <param name="Checkpoint">What was read, where it could be.</param>
/// <param name="Witnesses">Which of the policy's witnesses signed, and when they say they did.</param>
sealed record LogVerdict(LogRefusal Refusal, string Detail, Checkpoint? Checkpoint, IReadOnlyList<WitnessedAt> Witnesses)
{
    internal bool IsAccepted => Refusal == LogRefusal.None;

    /// <summary><c>split-view</c>, as vectors and --json have it.</summary>
    internal static string Name(LogRefusal refusal) => refusal == LogRefusal.None ? "accepted"
        : string.Concat(refusal.ToString().Select(static (c, at) => char.IsUpper(c) ? (at == 0 ? "" : "-") + char.ToLowerInvariant(c) : c.ToString()));
}

/// <summary>A witness of the policy, and when it says that it signed.</summary>
public sealed record WitnessedAt(string Witness, DateTimeOffset? Time);

/// <summary>The checks of channel-log.md §6. Pure: nothing is fetched, nothing is kept.</summary>
static class LogView
{
    /// <summary>The largest log that is read: 4,096 tiles, 2^20 releases. A larger number is an endless download, not a log of releases.</summary>
    internal const int MostEntries = 1 << 20;

    /// <summary>As far as a checkpoint stands alone: for a poll that finds nothing new, and before tiles are fetched.</summary>
    /// <param name="policy">What is pinned.</param>
    /// <param name="held">The checkpoint that was taken last, byte for byte; empty where there is none.</param>
    /// <param name="offered">What the server gave.</param>
    /// <exception cref="InvalidDataException"><paramref name="held"/> is no checkpoint of this log: without it no rollback would be noticed.</exception>
    internal static LogVerdict CheckAlone(TrustPolicy policy, ReadOnlySpan<byte> held, ReadOnlySpan<byte> offered)
    {
        LogVerdict verdict = CheckSignature(policy, Held(policy, held), offered, out SignedNote? note);
        return verdict.IsAccepted ? CheckQuorum(policy, note!, verdict.Checkpoint!) : verdict;
    }

    /// <summary>All of it.</summary>
    /// <param name="policy">What is pinned.</param>
    /// <param name="held">The checkpoint that was taken last, byte for byte; empty where there is none.</param>
    /// <param name="offered">What the server gave.</param>
    /// <param name="leaves">The hashes of all tiles of level 0 that came with it.</param>
    /// <param name="entry">What the device computed of the release that it is about to take; null for a monitor, which takes none.</param>
    /// <exception cref="InvalidDataException"><paramref name="held"/> is no checkpoint of this log.</exception>
    internal static LogVerdict Check(TrustPolicy policy, ReadOnlySpan<byte> held, ReadOnlySpan<byte> offered, IReadOnlyList<TreeHash> leaves, byte[]? entry)
    {
        Checkpoint? before = Held(policy, held);
        LogVerdict verdict = CheckSignature(policy, before, offered, out SignedNote? note);
        if (!verdict.IsAccepted) return verdict;
        Checkpoint now = verdict.Checkpoint!;
        if (leaves.Count != now.Size) return Refuse(LogRefusal.TilesDoNotMatch, $"the checkpoint says {now.Size} entries, and the tiles have {leaves.Count}", now);
        MerkleTree tree = new(leaves);
        if (tree.Root != now.Root) return Refuse(LogRefusal.TilesDoNotMatch, "the tiles' hashes do not make the checkpoint's root", now);
        // Of a tree whose root is right, the log itself vouches for every prefix: another root of the old size is its own contradiction.
        if (before is not null && tree.RootAt((int)before.Size) != before.Root) return Refuse(LogRefusal.SplitView, $"the first {before.Size} entries are not those that were shown before", now);
        verdict = CheckQuorum(policy, note!, now);
        if (!verdict.IsAccepted) return verdict;
        return entry is null || leaves.Contains(TreeHash.OfLeaf(entry)) ? verdict : Refuse(LogRefusal.NotLogged, $"none of the log's {now.Size} entries is that of this release", now);
    }

    /// <summary>The tiles that a device fetches for a checkpoint: every one of level 0.</summary>
    internal static IEnumerable<TileAddress> Tiles(Checkpoint checkpoint) => Tile.Of(checkpoint.Size);

    static Checkpoint? Held(TrustPolicy policy, ReadOnlySpan<byte> held)
    {
        if (held.IsEmpty) return null;
        return Checkpoint.TryRead(held, out _, out Checkpoint? before) && before.Origin == policy.Log.Name && before.Size <= MostEntries
            ? before
            : throw new InvalidDataException($"the checkpoint that was held of {policy.Log.Name} cannot be read");
    }

    static LogVerdict CheckSignature(TrustPolicy policy, Checkpoint? held, ReadOnlySpan<byte> offered, out SignedNote? note)
    {
        if (!Checkpoint.TryRead(offered, out note, out Checkpoint? now)) return Refuse(LogRefusal.MalformedCheckpoint, "what was served is no checkpoint", null);
        if (now.Origin != policy.Log.Name) return Refuse(LogRefusal.OtherLog, $"it is the checkpoint of another log than {policy.Log.Name}", now);
        SignedNote read = note;
        if (policy.Witnesses.Append(policy.Log).FirstOrDefault(key => read.Signed(key, out _) == NoteSeal.Wrong) is { } wrong)
            return Refuse(LogRefusal.BadSignature, $"a signature of {wrong.Name} does not fit", now);
        if (note.Signed(policy.Log, out _) != NoteSeal.Right) return Refuse(LogRefusal.LogSignatureMissing, $"{policy.Log.Name} did not sign it", now);
        if (now.Size > MostEntries) return Refuse(LogRefusal.MalformedCheckpoint, $"a log of {now.Size} entries is none of releases", now);
        if (held is not null && now.Size < held.Size) return Refuse(LogRefusal.Rollback, $"it has {now.Size} entries, and {held.Size} were shown before", now);
        if (held is not null && now.Size == held.Size && now.Root != held.Root) return Refuse(LogRefusal.SplitView, $"the log signed two histories of {now.Size} entries", now);
        return new LogVerdict(LogRefusal.None, "", now, []);
    }

    // Counted by the policy's witnesses, whose keys differ: not by signature lines.
    static LogVerdict CheckQuorum(TrustPolicy policy, SignedNote note, Checkpoint now)
    {
        List<WitnessedAt> witnesses = [];
        foreach (NoteKey witness in policy.Witnesses)
            if (note.Signed(witness, out NoteSignature? line) == NoteSeal.Right) witnesses.Add(new WitnessedAt(witness.Name, line!.Time));
        if (witnesses.Count < policy.Quorum) return new LogVerdict(LogRefusal.QuorumNotMet, $"{witnesses.Count} of {policy.Witnesses.Count} witnesses signed it, and {policy.Quorum} must have", now, witnesses);
        return new LogVerdict(LogRefusal.None, policy.Quorum == 0 ? "genuine, not shown to be the same for all" : $"signed by {witnesses.Count} of {policy.Witnesses.Count} witnesses", now, witnesses);
    }

    static LogVerdict Refuse(LogRefusal refusal, string detail, Checkpoint? now) => new(refusal, detail, now, []);
}
