namespace Offproof.Channel;

/// <summary>
/// The publisher's log (channel-log.md §2): adds entries, and never signs two trees of one size. What is public lies in one folder; what was signed, and a lock, in the publisher's own, and
/// each is written before anything that relies on it: bundle, tiles, the signed tree, and the checkpoint when the witnesses have answered.
/// </summary>
sealed class LogWriter : IDisposable
{
    const string SignedName = "log-signed";
    const string LockName = "log-lock";
    const string CheckpointName = "checkpoint";

    readonly string folder;
    readonly string ownFolder;
    readonly NoteKey key;
    readonly NoteSigner? signer;
    readonly FileStream? holding;
    readonly MerkleTree tree = new();

    // Those of the bundle that is not full.
    readonly List<byte[]> open = [];

    LogWriter(string folder, string ownFolder, NoteKey key, NoteSigner? signer, FileStream? holding) =>
        (this.folder, this.ownFolder, this.key, this.signer, this.holding) = (Path.GetFullPath(folder), Path.GetFullPath(ownFolder), key, signer, holding);

    /// <summary>How many entries were signed. The log that is public may have fewer.</summary>
    internal int Size => tree.Size;

    /// <summary>The tree of all signed entries, for proofs.</summary>
    internal MerkleTree Tree => tree;

    /// <summary>The newest signed tree: what witnesses are asked about. Null where nothing was logged yet.</summary>
    internal SignedNote? Signed { get; private set; }

    /// <summary>The checkpoint that is public, byte for byte; null where there is none.</summary>
    internal byte[]? Published => DurableFile.Read(Path.Combine(folder, CheckpointName), SignedNote.MaxSize);

    /// <summary>Called before each file is written, so that tests can break off there.</summary>
    internal Action<string>? BeforeWriting { get; set; }

    /// <summary>Opens a log, or begins one. The signer stays the caller's.</summary>
    /// <param name="folder">The public folder, <c>log/</c>.</param>
    /// <param name="ownFolder">The publisher's own, which is not served.</param>
    /// <param name="signer">The log's key, whose name is the log's.</param>
    /// <exception cref="InvalidDataException">What lies there is not the log that was signed.</exception>
    /// <exception cref="IOException">Another process writes this log.</exception>
    internal static LogWriter Open(string folder, string ownFolder, NoteSigner signer)
    {
        if (signer.Key.Kind != NoteKeyKind.Log) throw new ArgumentException("a log is signed by a log's key", nameof(signer));
        DurableFile.MakeFolder(Path.GetFullPath(folder));
        DurableFile.MakeFolder(Path.GetFullPath(ownFolder), DurableFile.Private | UnixFileMode.UserExecute);
        FileStream holding = DurableFile.TryLock(Path.Combine(ownFolder, LockName)) ?? throw new IOException($"another process writes the log of {ownFolder}");
        LogWriter writer = new(folder, ownFolder, signer.Key, signer, holding);
        try
        {
            DurableFile.ForgetBegun(writer.folder, SearchOption.AllDirectories);
            writer.Load();
            return writer;
        }
        catch
        {
            writer.Dispose();
            throw;
        }
    }

    /// <summary>What was signed, to look at: without the secret key and without the lock.</summary>
    /// <exception cref="InvalidDataException">What lies there is not the log that was signed.</exception>
    internal static LogWriter Read(string folder, string ownFolder, NoteKey key)
    {
        LogWriter log = new(folder, ownFolder, key, null, null);
        log.Load();
        return log;
    }

    /// <summary>The last entry that was signed; null where none was.</summary>
    /// <exception cref="InvalidDataException">The public bundle does not hold it.</exception>
    internal byte[]? Last()
    {
        if (Size == 0 || open.Count > 0) return Size == 0 ? null : open[^1];
        TileAddress tile = Tile.Of(Size).Last();
        return Tile.TryReadBundle(tile, ReadPublic(tile.BundlePath, Tile.MaxBundle), out byte[][]? entries) && TreeHash.OfLeaf(entries[^1]) == tree.Leaves[Size - 1]
            ? entries[^1] : throw new InvalidDataException($"{tile.BundlePath} in {folder} does not hold the last entry");
    }

    /// <summary>Whether an entry was signed already: then a release that was interrupted is to be published, not logged again.</summary>
    internal bool Contains(byte[] entry) => tree.Leaves.Contains(TreeHash.OfLeaf(entry));

    /// <summary>Adds entries, in order, and signs the new tree. Nothing becomes public by it but tiles that no checkpoint asks for.</summary>
    internal SignedNote Append(params IReadOnlyList<byte[]> entries)
    {
        if (signer is null) throw new InvalidOperationException("a log that is only looked at");
        if (entries.Count == 0) throw new ArgumentException("nothing to add", nameof(entries));
        if (entries.Any(static entry => entry.Length > Tile.MaxEntry)) throw new ArgumentException("an entry is longer than 65,535 bytes", nameof(entries));
        if (Size + entries.Count > LogView.MostEntries) throw new ArgumentException("the log is full: no device reads more than 1,048,576 entries", nameof(entries));
        MerkleTree grown = new(tree.Leaves.Concat(entries.Select(static entry => TreeHash.OfLeaf(entry))));
        byte[][] since = [.. open, .. entries];
        int first = Size - open.Count;
        foreach (TileAddress tile in Tile.Of(grown.Size, since: Size)) WritePublic(tile.BundlePath, Tile.WriteBundle(since[(int)((tile.Index * Tile.Width) - first)..][..tile.Entries]));
        foreach (TileAddress tile in Tile.OfAllLevels(grown.Size, Size)) WritePublic(tile.Path, Tile.Write(grown.Nodes(tile)));

        Checkpoint checkpoint = new(key.Name, grown.Size, grown.Root);
        SignedNote note = new(checkpoint.Text, [signer.Sign(checkpoint.Text, default)]);
        // From here on these entries stand: whatever else becomes of the release, nothing else is signed for this size.
        BeforeWriting?.Invoke(SignedName);
        DurableFile.Write(Path.Combine(ownFolder, SignedName), note.ToBytes(), DurableFile.Private);
        foreach (TreeHash leaf in grown.Leaves.Skip(Size)) tree.Append(leaf);
        open.Clear();
        open.AddRange(since.Skip(since.Length - (grown.Size % Tile.Width)));
        Signed = note;
        return note;
    }

    /// <summary>Replaces the public checkpoint by the newest signed one, with what witnesses added to it - if a device that holds the public one would take it.</summary>
    /// <param name="policy">That of the devices. Lines of other keys are left out.</param>
    /// <param name="cosignatures">What witnesses answered.</param>
    /// <returns>Why not, where it was not: then nothing became public.</returns>
    internal LogVerdict Publish(TrustPolicy policy, IReadOnlyList<NoteSignature> cosignatures)
    {
        if (Signed is null) throw new InvalidOperationException("nothing was logged yet");
        byte[] checkpoint = Signed.With(cosignatures.Where(line => policy.Witnesses.Any(witness => witness.Is(line)))).ToBytes();
        LogVerdict verdict = LogView.CheckAlone(policy, Published, checkpoint);
        if (verdict.IsAccepted) WritePublic(CheckpointName, checkpoint);
        return verdict;
    }

    public void Dispose() => holding?.Dispose();

    void Load()
    {
        SignedNote? signed = Note(DurableFile.Read(Path.Combine(ownFolder, SignedName), SignedNote.MaxSize), SignedName, out Checkpoint? last);
        SignedNote? published = Note(Published, CheckpointName, out Checkpoint? shown);
        // The publisher's own folder may be new, or an older copy: what is public was signed too.
        if (shown is not null && (last is null || last.Size < shown.Size)) (signed, last) = (published! with { Signatures = [.. published.Signatures.Where(key.Is)] }, shown);
        else if (shown is not null && shown.Size == last!.Size && shown.Root != last.Root) throw new InvalidDataException($"two logs of {shown.Size} entries were signed: {CheckpointName} in {folder} is not {SignedName} in {ownFolder}");
        if (last is null) return;
        if (last.Size > LogView.MostEntries) throw new InvalidDataException($"the log in {folder} has {last.Size} entries");
        foreach (TileAddress tile in Tile.Of(last.Size))
        {
            if (!Tile.TryRead(tile, ReadPublic(tile.Path, Tile.Width * TreeHash.Size), out TreeHash[]? hashes)) throw new InvalidDataException($"{tile.Path} in {folder} is not a tile of {tile.Entries} hashes");
            foreach (TreeHash hash in hashes) tree.Append(hash);
            if (tile.Entries == Tile.Width) continue;
            if (!Tile.TryReadBundle(tile, ReadPublic(tile.BundlePath, Tile.MaxBundle), out byte[][]? entries) || !entries.Select(static entry => TreeHash.OfLeaf(entry)).SequenceEqual(hashes))
                throw new InvalidDataException($"{tile.BundlePath} in {folder} does not hold the entries of {tile.Path}");
            open.AddRange(entries);
        }
        if (tree.Root != last.Root || (shown is not null && tree.RootAt((int)shown.Size) != shown.Root)) throw new InvalidDataException($"the tiles in {folder} are not those of the log that was signed");
        Signed = signed;
    }

    SignedNote? Note(byte[]? bytes, string name, out Checkpoint? checkpoint)
    {
        checkpoint = null;
        if (bytes is null) return null;
        if (!Checkpoint.TryRead(bytes, out SignedNote? note, out checkpoint) || checkpoint.Origin != key.Name || note.Signed(key, out _) != NoteSeal.Right)
            throw new InvalidDataException($"{name} is no checkpoint that {key.Name} signed with this key");
        return note;
    }

    byte[] ReadPublic(string name, int most) => DurableFile.Read(Path.Combine(folder, name), most) ?? throw new InvalidDataException($"{name} in {folder} is missing");

    void WritePublic(string name, byte[] content)
    {
        BeforeWriting?.Invoke(name);
        DurableFile.Write(Path.Combine(folder, name), content, DurableFile.Public);
    }
}
