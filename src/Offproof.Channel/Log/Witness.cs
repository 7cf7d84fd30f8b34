using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Offproof.Channel;

/// <summary>What a witness answers (C2SP tlog-witness).</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">Of 200 the cosignature line, of 409 the size that is held, else a sentence for the log's operator.</param>
/// <param name="ContentType">Of the body.</param>
public sealed record WitnessAnswer(int Status, string Body, string ContentType = "text/plain; charset=utf-8");

/// <summary>A folder that another witness works in, or whose files cannot be a witness's.</summary>
public sealed class WitnessFolderException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// Cosigns checkpoints of the logs that it was started for (channel-log.md §7), each only if it is how the last one that it cosigned went on. What it signed lies flushed in its folder before
/// it is given out, so that it never signs two roots of one size; one process at a time has the folder.
/// </summary>
public sealed class Witness : IDisposable
{
    /// <summary>The most bytes of a request that are read.</summary>
    public const int MaxRequest = SignedNote.MaxSize + (4 * 1024);

    const int MaxKeyFile = 4096;
    const UnixFileMode OwnerOnlyFolder = DurableFile.Private | UnixFileMode.UserExecute;

    readonly string folder;
    readonly FileStream holding;
    readonly NoteSigner signer;
    readonly ILookup<string, NoteKey> logs;
    readonly TimeProvider time;
    readonly Lock gate = new();

    Witness(string folder, FileStream holding, NoteSigner signer, IReadOnlyList<NoteKey> logs, TimeProvider time) =>
        (this.folder, this.holding, this.signer, this.logs, this.time) = (folder, holding, signer, logs.ToLookup(static log => log.Name, StringComparer.Ordinal), time);

    /// <summary>Its verifier key.</summary>
    public NoteKey Key => signer.Key;

    /// <summary>Opens a witness's folder, or makes it with a new key.</summary>
    /// <param name="folder">Mode 700 where it is made.</param>
    /// <param name="name">Of the key, where it is made; one of this witness's own where null.</param>
    /// <param name="logs">Whose checkpoints it cosigns.</param>
    /// <param name="time">The clock of the cosignatures.</param>
    /// <exception cref="WitnessFolderException">See there.</exception>
    public static Witness Open(string folder, string? name, IReadOnlyList<NoteKey> logs, TimeProvider time)
    {
        if (logs.Any(static log => log.Kind != NoteKeyKind.Log)) throw new ArgumentException("a witness cosigns for logs, not for other witnesses", nameof(logs));
        string full = Path.GetFullPath(folder);
        if (!Directory.Exists(full)) DurableFile.MakeFolder(full, OwnerOnlyFolder);
        else if (!File.Exists(Path.Combine(full, "lock")) && Directory.EnumerateFileSystemEntries(full).Any()) throw new WitnessFolderException($"{folder} is not empty, and no witness's");
        FileStream holding = DurableFile.TryLock(Path.Combine(full, "lock")) ?? throw new WitnessFolderException($"another witness works in {folder}");
        try
        {
            return new Witness(full, holding, LoadOrMakeKey(full, name), logs, time);
        }
        catch
        {
            holding.Dispose();
            throw;
        }
    }

    /// <summary>The verifier key of a witness's folder, whether it runs or not.</summary>
    /// <exception cref="WitnessFolderException">There is none.</exception>
    public static NoteKey ReadKey(string folder)
    {
        using NoteSigner signer = LoadKey(folder) ?? throw new WitnessFolderException($"no witness was started in {folder} yet");
        return signer.Key;
    }

    /// <summary>Answers <c>POST /add-checkpoint</c>. The order of the checks is that of the specification.</summary>
    /// <exception cref="WitnessFolderException">What it cosigned last cannot be read: it signs nothing then.</exception>
    public WitnessAnswer AddCheckpoint(ReadOnlySpan<byte> request)
    {
        if (!WitnessRequest.TryParse(request, out WitnessRequest? asked)) return new WitnessAnswer(400, "this is no request to add a checkpoint\n");
        (SignedNote note, Checkpoint now) = (asked.Note, asked.Checkpoint);
        if (!logs.Contains(now.Origin)) return new WitnessAnswer(404, "this log is not known here\n");
        NoteSeal[] seals = [.. logs[now.Origin].Select(key => note.Signed(key, out _))];
        if (seals.Contains(NoteSeal.Wrong) || !seals.Contains(NoteSeal.Right)) return new WitnessAnswer(403, "the log did not sign this\n");
        if (asked.OldSize > now.Size) return new WitnessAnswer(400, "the old size is larger than the checkpoint's\n");
        lock (gate)
        {
            // From here to the file's place on the disk nothing else may look: two requests could both be consistent with the same old tree, and not with each other.
            Checkpoint? held = Held(now.Origin);
            if (asked.OldSize != (held?.Size ?? 0)) return new WitnessAnswer(409, string.Create(CultureInfo.InvariantCulture, $"{held?.Size ?? 0}\n"), "text/x.tlog.size");
            if (!Follows(held, now, asked.Proof)) return new WitnessAnswer(422, "this is not how the log that was cosigned here goes on\n");
            NoteSignature cosignature = signer.Sign(note.Text, time.GetUtcNow());
            SignedNote kept = note with { Signatures = [.. note.Signatures.Where(line => logs[now.Origin].Any(key => key.Is(line))), cosignature] };
            DurableFile.Write(FileOf(OriginHash(now.Origin)), kept.ToBytes(), DurableFile.Private);
            return new WitnessAnswer(200, cosignature.Line);
        }
    }

    /// <summary>The checkpoint that was cosigned last, for monitors; null where none was.</summary>
    /// <param name="originHash">SHA-256 of the log's name, in lower-case hexadecimal.</param>
    public byte[]? Latest(string originHash)
    {
        if (!logs.Any(log => OriginHash(log.Key) == originHash)) return null;
        lock (gate) return DurableFile.Read(FileOf(originHash), SignedNote.MaxSize);
    }

    /// <summary>Gives the folder free, and zeroes the key.</summary>
    public void Dispose()
    {
        signer.Dispose();
        holding.Dispose();
    }

    internal static string OriginHash(string origin) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(origin)));

    static bool Follows(Checkpoint? held, Checkpoint now, IReadOnlyList<TreeHash> proof)
    {
        if (now.Size == 0 && now.Root != TreeHash.Empty) return false;
        if (held is null or { Size: 0 }) return proof.Count == 0;
        return MerkleProof.VerifyConsistency((ulong)held.Size, (ulong)now.Size, held.Root, now.Root, proof);
    }

    Checkpoint? Held(string origin)
    {
        byte[]? bytes = DurableFile.Read(FileOf(OriginHash(origin)), SignedNote.MaxSize);
        if (bytes is null) return null;
        return Checkpoint.TryRead(bytes, out SignedNote? note, out Checkpoint? held) && held.Origin == origin && note.Signed(Key, out _) == NoteSeal.Right
            ? held
            : throw new WitnessFolderException($"what was cosigned last for {origin} cannot be read: nothing more is cosigned for it");
    }

    string FileOf(string originHash) => Path.Combine(folder, "logs", originHash);

    static NoteSigner LoadOrMakeKey(string folder, string? name)
    {
        if (LoadKey(folder) is { } known) return known;
        // A new key where something was cosigned already would be a witness that remembers what it never said.
        if (Directory.Exists(Path.Combine(folder, "logs"))) throw new WitnessFolderException($"{folder} has cosigned checkpoints, and no key");
        NoteSigner made = NoteSigner.Create(name ?? "witness-" + RandomNumberGenerator.GetHexString(16, lowercase: true), NoteKeyKind.Witness);
        byte[] text = made.Export();
        DurableFile.Write(Path.Combine(folder, "key"), text, DurableFile.Private);
        CryptographicOperations.ZeroMemory(text);
        return made;
    }

    static NoteSigner? LoadKey(string folder)
    {
        string file = Path.Combine(folder, "key");
        byte[]? text;
        try
        {
            text = DurableFile.Read(file, MaxKeyFile);
        }
        catch (InvalidDataException e)
        {
            throw new WitnessFolderException($"{file} is no key of a witness", e);
        }
        if (text is null) return null;
        bool isKey = NoteSigner.TryParse(text, out NoteSigner? signer);
        CryptographicOperations.ZeroMemory(text);
        return isKey && signer!.Key.Kind == NoteKeyKind.Witness ? signer : throw new WitnessFolderException($"{file} is no key of a witness");
    }
}
