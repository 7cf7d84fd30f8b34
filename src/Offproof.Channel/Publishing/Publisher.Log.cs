using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Offproof.Channel;

/// <summary>The log as a publisher shows it.</summary>
/// <param name="Name">Its name</param>
/// <param name="Size">How many entries are signed</param>
/// <param name="Shown">How many the public checkpoint has; 0 where there is none</param>
/// <param name="Entries">Each entry, the oldest first</param>
/// <param name="Cosigned">Who cosigned the newest signed tree</param>
/// <param name="Quorum">How many have to</param>
/// <param name="Remarks">Which witness did not, and why</param>
public sealed record LogReport(string Name, long Size, long Shown, IReadOnlyList<string> Entries, IReadOnlyList<WitnessedAt> Cosigned, int Quorum, IReadOnlyList<string> Remarks);

/// <summary>The log, and what became of the release that waited.</summary>
/// <param name="Log">As it is now</param>
/// <param name="Release">What was published, or begun behind it; null where nothing could be</param>
/// <param name="Waiting">The number of a release that is begun and not published</param>
public sealed record LogOutcome(LogReport Log, ReleaseReport? Release, long? Waiting)
{
    /// <summary>Nothing waits, and the newest tree is cosigned.</summary>
    public bool IsDone => Waiting is null && (Log.Size == 0 || Log.Cosigned.Count >= Log.Quorum);
}

public sealed partial class Publisher
{
    /// <summary>Shows the log; asks the witnesses that have not cosigned its newest tree.</summary>
    /// <param name="http">Asks them; null: none is asked.</param>
    /// <param name="cosignatureFiles">Signature lines that were brought by hand.</param>
    /// <param name="cancel">Ends it.</param>
    public async Task<LogReport> LogAsync(HttpMessageInvoker? http, IReadOnlyList<string> cosignatureFiles, CancellationToken cancel)
    {
        using NoteSigner signer = KeyFile.ReadLogKey(Path.Combine(keys, LogKey));
        using LogWriter log = OpenLog(signer);
        List<string> remarks = [];
        foreach (string file in cosignatureFiles) TakeLines(log, file);
        IReadOnlyList<WitnessedAt> cosigned = log.Signed is null ? [] : await CosignAsync(log, http, remarks, cancel).ConfigureAwait(false);
        long shown = Shown(log);
        // A published tree gets the lines that came later; one that waits is published by its release.
        if (log.Signed is not null && shown == log.Size && cosigned.Count >= settings.Quorum) Show(log);
        return new LogReport(signer.Key.Name, log.Size, shown, Entries(log), cosigned, settings.Quorum, remarks);
    }

    /// <summary>Shows the log, asks the witnesses, and publishes what waited for them.</summary>
    /// <param name="http">Asks them; null: none is asked.</param>
    /// <param name="cosignatureFiles">Signature lines that were brought by hand.</param>
    /// <param name="cancel">Ends it.</param>
    public async Task<LogOutcome> GoOnAsync(HttpMessageInvoker? http, IReadOnlyList<string> cosignatureFiles, CancellationToken cancel)
    {
        LogReport log = await LogAsync(http, cosignatureFiles, cancel).ConfigureAwait(false);
        // With the lines that are there now; a second release that waited behind it is asked for the next time.
        ReleaseReport? release = Directory.Exists(this[Begun]) && log.Cosigned.Count >= log.Quorum ? await ReleaseAsync(null, cancel).ConfigureAwait(false) : null;
        if (release is not null) log = (await LogAsync(null, [], cancel).ConfigureAwait(false)) with { Remarks = log.Remarks };
        return new LogOutcome(log, release, Directory.Exists(this[Begun]) ? Latest().Snapshot?.Metadata.Version : null);
    }

    /// <summary>
    /// Sets who is asked to cosign, and how many have to; writes <c>trust.json</c> anew. A device keeps what it pinned: one that pinned witnesses who are left out here takes no release any more once
    /// they do not sign.
    /// </summary>
    /// <param name="witnesses">Verifier keys, each with the address where it is asked, or null.</param>
    /// <param name="quorum">How many of them have to.</param>
    /// <returns>The SHA-256 of the new trust.json.</returns>
    public string SetWitnesses(IReadOnlyList<(string Key, Uri? Url)> witnesses, int quorum)
    {
        PublisherFile next = settings with { Witnesses = [.. witnesses.Select(static w => new WitnessEntry(w.Key, w.Url))], Quorum = quorum };
        RequirePolicy(next);
        DurableFile.Write(this[FileName], JsonSerializer.SerializeToUtf8Bytes(next, PublisherJson.Default.PublisherFile), DurableFile.Public);
        settings = next;
        byte[] trust = ChannelTrust.Write(Published().Root.File.Bytes.Span, settings.Policy);
        tree.PutChanged(PublicTree.Trust, trust);
        return Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(trust));
    }

    void Show(LogWriter log)
    {
        if (log.Publish(settings.Policy, HeldCosignatures(log)) is { IsAccepted: false } refused)
            throw new PublishingException(PublishingFault.Forgery, $"devices would refuse the log's checkpoint: {refused.Detail}", "nothing of it was published");
    }

    static long Shown(LogWriter log) => log.Published is { } bytes && Checkpoint.TryRead(bytes, out _, out Checkpoint? checkpoint) ? checkpoint.Size : 0;

    List<string> Entries(LogWriter log)
    {
        List<string> entries = [];
        foreach (TileAddress tile in Tile.Of(log.Size))
        {
            if (DurableFile.Read(Path.Combine(tree[PublicTree.Log], tile.BundlePath), Tile.MaxBundle) is { } bytes && Tile.TryReadBundle(tile, bytes, out byte[][]? bundle))
                entries.AddRange(bundle.Select(Encoding.UTF8.GetString));
        }
        return entries;
    }

    void TakeLines(LogWriter log, string file)
    {
        if (log.Signed is null) throw new PublishingException(PublishingFault.Failure, "nothing was logged yet");
        byte[] bytes = DurableFile.Read(file, SignedNote.MaxSize) ?? throw new PublishingException(PublishingFault.Failure, $"{file} is not there");
        List<string> good = [];
        foreach (string line in Encoding.UTF8.GetString(bytes).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (SignedNote.TryParseLine(line, out NoteSignature? signature)
                && settings.Policy.Witnesses.Any(w => w.Is(signature) && w.Verify(log.Signed.Text, signature.Bytes.Span))) good.Add(line);
        }
        if (good.Count == 0) throw new PublishingException(PublishingFault.Forgery, $"{file} has no line of a known witness for the newest checkpoint", string.Create(CultureInfo.InvariantCulture, $"it has to be of {log.Size} entries"));
        Hold(good);
    }

    /// <summary>Asks every witness that has not cosigned the newest tree; what came is kept before it counts.</summary>
    async Task<IReadOnlyList<WitnessedAt>> CosignAsync(LogWriter log, HttpMessageInvoker? http, List<string> remarks, CancellationToken cancel)
    {
        TrustPolicy policy = settings.Policy;
        for (int i = 0; i < policy.Witnesses.Count; i++)
        {
            NoteKey witness = policy.Witnesses[i];
            if (HeldCosignatures(log).Any(witness.Is)) continue;
            if (settings.Witnesses[i].Url is not { } url || http is null)
            {
                remarks.Add($"{witness.Name} was not asked{(settings.Witnesses[i].Url is not null ? "" : ": no address is known; bring its line with publish log --cosignature FILE")}");
                continue;
            }
            Cosigning asked = await new WitnessClient(http, url, witness).CosignAsync(log.Signed!, log.Tree, Shown(log), cancel).ConfigureAwait(false);
            if (asked.Cosignature is { } cosignature) Hold([cosignature.Line]);
            else remarks.Add($"{witness.Name} did not cosign: {asked.Detail}");
        }
        IReadOnlyList<NoteSignature> held = HeldCosignatures(log);
        return [.. policy.Witnesses.Where(w => held.Any(w.Is)).Select(w => new WitnessedAt(w.Name, held.First(w.Is).Time))];
    }

    /// <summary>The lines that are right for the newest signed tree, one a witness; those of an older one are left out.</summary>
    List<NoteSignature> HeldCosignatures(LogWriter log)
    {
        List<NoteSignature> held = [];
        if (log.Signed is null || DurableFile.Read(Cosignatures, SignedNote.MaxSize) is not { } bytes) return held;
        foreach (string line in Encoding.UTF8.GetString(bytes).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (SignedNote.TryParseLine(line, out NoteSignature? signature) && settings.Policy.Witnesses.FirstOrDefault(w => w.Is(signature)) is { } witness
                && witness.Verify(log.Signed.Text, signature.Bytes.Span) && !held.Any(witness.Is)) held.Add(signature);
        }
        return held;
    }

    // Those of older trees are dropped when the file has grown: a line is about 130 bytes.
    void Hold(List<string> lines)
    {
        string[] before = DurableFile.Read(Cosignatures, SignedNote.MaxSize) is { } bytes ? Encoding.UTF8.GetString(bytes).Split('\n', StringSplitOptions.RemoveEmptyEntries) : [];
        DurableFile.Write(Cosignatures, Encoding.UTF8.GetBytes(string.Concat(before.Concat(lines).TakeLast(64).Select(static line => line + "\n"))), DurableFile.Private);
    }
}
