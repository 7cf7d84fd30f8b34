using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Offproof.Channel;

/// <summary>The body of <c>POST /add-checkpoint</c> (C2SP tlog-witness).</summary>
/// <param name="OldSize">What the witness is thought to hold.</param>
/// <param name="Proof">That the tree of that size is how the checkpoint's begins.</param>
/// <param name="Note">The checkpoint as it came.</param>
/// <param name="Checkpoint">Its text.</param>
sealed record WitnessRequest(long OldSize, IReadOnlyList<TreeHash> Proof, SignedNote Note, Checkpoint Checkpoint)
{
    const string Old = "old ";

    /// <summary>A tree has no proof with more steps.</summary>
    const int MostHashes = 63;

    internal static bool TryParse(ReadOnlySpan<byte> body, [NotNullWhen(true)] out WitnessRequest? request)
    {
        request = null;
        int end = body.IndexOf("\n\n"u8);
        if (end < 0 || body.Length > Witness.MaxRequest) return false;
        string[] head = Encoding.Latin1.GetString(body[..end]).Split('\n');
        if (head.Length > 1 + MostHashes || !head[0].StartsWith(Old, StringComparison.Ordinal) || !Checkpoint.TryParseSize(head[0][Old.Length..], out long old)) return false;
        List<TreeHash> proof = [];
        foreach (string line in head.Skip(1))
        {
            if (!TreeHash.TryParse(line, out TreeHash? hash)) return false;
            proof.Add(hash.Value);
        }
        if (!SignedNote.TryParse(body[(end + 2)..], out SignedNote? note) || !Checkpoint.TryParse(note.Text, out Checkpoint? checkpoint, emptyHasAnyRoot: true)) return false;
        request = new WitnessRequest(old, proof, note, checkpoint);
        return true;
    }

    internal byte[] ToBytes() => [.. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Old}{OldSize}\n{string.Concat(Proof.Select(static hash => hash + "\n"))}\n")), .. Note.ToBytes()];
}
