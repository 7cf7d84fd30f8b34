using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;

namespace Offproof.Channel;

/// <summary>One signature line of a note. Nothing of it was verified.</summary>
/// <param name="Name">The key's name, as the line says it.</param>
/// <param name="KeyId">The key's id, likewise.</param>
/// <param name="Bytes">What follows the id.</param>
sealed record NoteSignature(string Name, uint KeyId, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>When a witness says that it signed; null where the length is not a cosignature's. Of verified lines only.</summary>
    internal DateTimeOffset? Time => Bytes.Length > NoteKey.TimeSize && BinaryPrimitives.ReadInt64BigEndian(Bytes.Span) is >= 0 and < 253402300800 and var seconds ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;

    /// <summary>The line, with its line feed.</summary>
    internal string Line
    {
        get
        {
            byte[] bytes = new byte[4 + Bytes.Length];
            BinaryPrimitives.WriteUInt32BigEndian(bytes, KeyId);
            Bytes.Span.CopyTo(bytes.AsSpan(4));
            return $"{SignedNote.Dash}{Name} {Convert.ToBase64String(bytes)}\n";
        }
    }
}

/// <summary>A text with signature lines (C2SP signed-note, channel-log.md §4). That it is one says nothing of the signatures: <see cref="Signed"/> does.</summary>
/// <param name="Text">With the line feed at its end.</param>
/// <param name="Signatures">At least one; of any keys.</param>
sealed record SignedNote(string Text, IReadOnlyList<NoteSignature> Signatures)
{
    /// <summary>The most bytes that are read.</summary>
    internal const int MaxSize = 128 * 1024;

    internal const string Dash = "\u2014 ";

    const int MostSignatures = 64;

    internal static bool TryParse(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out SignedNote? note)
    {
        note = null;
        if (bytes.Length is 0 or > MaxSize || bytes[^1] != '\n' || bytes.ContainsAnyInRange((byte)0, (byte)9) || bytes.ContainsAnyInRange((byte)11, (byte)31) || !Utf8.IsValid(bytes)) return false;
        // The last empty line: the text may have others.
        int end = bytes.LastIndexOf("\n\n"u8);
        if (end < 0) return false;
        string lines = Encoding.UTF8.GetString(bytes[(end + 2)..]);
        List<NoteSignature> signatures = [];
        for (int at = 0; at < lines.Length;)
        {
            int next = lines.IndexOf('\n', at);
            if (signatures.Count == MostSignatures || !TryParseLine(lines[at..next], out NoteSignature? signature)) return false;
            signatures.Add(signature);
            at = next + 1;
        }
        if (signatures.Count == 0) return false;
        note = new SignedNote(Encoding.UTF8.GetString(bytes[..(end + 1)]), signatures);
        return true;
    }

    /// <summary>Reads one line without its line feed.</summary>
    internal static bool TryParseLine(string line, [NotNullWhen(true)] out NoteSignature? signature)
    {
        signature = null;
        if (!line.StartsWith(Dash, StringComparison.Ordinal)) return false;
        int space = line.IndexOf(' ', Dash.Length);
        if (space < 0 || !NoteKey.IsName(line[Dash.Length..space]) || !StrictBase64.TryDecode(line[(space + 1)..], out byte[]? bytes) || bytes.Length < 5) return false;
        signature = new NoteSignature(line[Dash.Length..space], BinaryPrimitives.ReadUInt32BigEndian(bytes), bytes.AsMemory(4));
        return true;
    }

    /// <summary>What a key did with this note: nothing, where no line has its name and its id; wrong, where any such line does not fit.</summary>
    internal NoteSeal Signed(NoteKey key, out NoteSignature? first)
    {
        first = null;
        foreach (NoteSignature signature in Signatures.Where(key.Is))
        {
            if (!key.Verify(Text, signature.Bytes.Span)) return NoteSeal.Wrong;
            first ??= signature;
        }
        return first is null ? NoteSeal.None : NoteSeal.Right;
    }

    internal SignedNote With(IEnumerable<NoteSignature> more) => this with { Signatures = [.. Signatures, .. more] };

    internal byte[] ToBytes()
    {
        StringBuilder note = new StringBuilder(Text).Append('\n');
        foreach (NoteSignature signature in Signatures) note.Append(signature.Line);
        return Encoding.UTF8.GetBytes(note.ToString());
    }
}

/// <summary>What became of a key's signature.</summary>
enum NoteSeal
{
    None,
    Right,
    Wrong,
}
