using System.Globalization;
using System.Text;
using Offproof.Channel;
using static Offproof.Fuzz.Checks;

namespace Offproof.Fuzz;

/// <summary>What a log, a witness and their callers send (channel-log.md). Throws when what was read does not write the same bytes.</summary>
static class LogFuzz
{
    static readonly TrustPolicy Policy = PublishedPolicy();

    /// <summary>As a checkpoint, as a request to a witness, as trust.json, and as a key.</summary>
    internal static string Notes(byte[] input)
    {
        StringBuilder said = new();
        if (SignedNote.TryParse(input, out SignedNote? note))
        {
            Check(note.ToBytes().AsSpan().SequenceEqual(input), "a note has two forms");
            Check(note.Signatures.Count is > 0 and <= 64 && note.Text.EndsWith('\n'), "a note that cannot be");
            said.Append(CultureInfo.InvariantCulture, $"note {Math.Min(note.Signatures.Count, 4)} ");
            if (Checkpoint.TryParse(note.Text, out Checkpoint? checkpoint))
            {
                Check(checkpoint.Text == note.Text && checkpoint.Size >= 0, "a checkpoint has two forms");
                said.Append(checkpoint.Extensions.Length > 0 ? "extended " : "checkpoint ");
            }
        }
        LogVerdict verdict = LogView.Check(Policy, [], input, [], null);
        Check(!verdict.IsAccepted || verdict.Checkpoint is { Size: 0 }, "a checkpoint is accepted without its tiles");
        said.Append(LogVerdict.Name(verdict.Refusal));
        if (WitnessRequest.TryParse(input, out WitnessRequest? request))
        {
            Check(request.ToBytes().AsSpan().SequenceEqual(input) && request.Proof.Count <= 63, "a request has two forms");
            said.Append(CultureInfo.InvariantCulture, $" request {Math.Min(request.Proof.Count, 3)}");
        }
        if (input.Length < 400 && NoteKey.TryParse(Encoding.UTF8.GetString(input), out NoteKey? key))
        {
            Check(NoteKey.TryParse(key.ToString(), out NoteKey? again) && again.Id == key.Id, "a key is not read again");
            said.Append(" key");
        }
        try
        {
            said.Append(CultureInfo.InvariantCulture, $" trust {TrustPolicy.Read(input).Witnesses.Count}");
        }
        catch (FormatException e)
        {
            said.Append('|').Append(string.Concat(e.Message.Where(c => !char.IsAsciiDigit(c)).Take(30)));
        }
        return said.ToString();
    }

    /// <summary>The first byte says how many entries; the rest is a tile, a bundle, and one entry.</summary>
    internal static string Tiles(byte[] input)
    {
        if (input.Length == 0) return "";
        TileAddress tile = new(0, 0, input[0] + 1);
        byte[] rest = input[1..];
        StringBuilder said = new();
        if (Tile.TryRead(tile, rest, out TreeHash[]? hashes))
        {
            Check(Tile.Write(hashes).AsSpan().SequenceEqual(rest), "a tile has two forms");
            MerkleTree tree = new(hashes);
            int index = input[^1] % hashes.Length;
            Check(MerkleProof.VerifyInclusion((ulong)index, (ulong)hashes.Length, hashes[index], tree.InclusionProof(index, hashes.Length), tree.Root), "a proof of its own does not hold");
            Check(MerkleProof.VerifyConsistency((ulong)index + 1, (ulong)hashes.Length, tree.RootAt(index + 1), tree.Root, tree.ConsistencyProof(index + 1, hashes.Length)), "a proof of its own does not hold");
            said.Append("tile ");
        }
        if (Tile.TryReadBundle(tile, rest, out byte[][]? entries))
        {
            Check(entries.Length == tile.Entries && Tile.WriteBundle(entries).AsSpan().SequenceEqual(rest), "a bundle has two forms");
            said.Append(CultureInfo.InvariantCulture, $"bundle {Math.Min(entries.Length, 3)} ");
        }
        foreach (byte[] line in (byte[][])[rest, .. entries ?? []])
        {
            if (!ReleaseEntry.TryParse(line, out ReleaseEntry? entry)) continue;
            Check(entry.ToBytes().AsSpan().SequenceEqual(line) && entry.Release == entry.Snapshot.Version, "an entry has two forms");
            said.Append(entry.Greetings is null ? "entry " : "greetings ").Append(entry.Notices is null ? "" : "notices ");
        }
        return said.ToString();
    }

    // The keys of vectors/channel/log.
    static TrustPolicy PublishedPolicy() => TrustPolicy.Read("""
        {"log":"log.example.org/offproof+1f1fbfba+AaRmpTErtjk9Uwa4rHN4hnJNkmvckNKNOSTcMZd9S+Dy","witnesses":["witness.example.org/w1+dd40ff96+BCJDWTpiPUqjpgP9qshQNueeWJJ34O6FBERx1ZdlZGyk"],"quorum":0}
        """u8.ToArray());
}
