using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Offproof.Channel;

/// <summary>What a log says that it holds (channel-log.md §5): the text of a note, not the note.</summary>
/// <param name="Origin">The log's name.</param>
/// <param name="Size">How many entries.</param>
/// <param name="Root">Of the tree.</param>
/// <param name="Extensions">Further lines, each with its line feed; they mean nothing here, and are signed like the rest.</param>
sealed record Checkpoint(string Origin, long Size, TreeHash Root, string Extensions = "")
{
    internal string Text => string.Create(CultureInfo.InvariantCulture, $"{Origin}\n{Size}\n{Root}\n{Extensions}");

    /// <summary>False for any text that is none, and for an empty tree with a root.</summary>
    /// <param name="text">Of a note.</param>
    /// <param name="checkpoint">What it says.</param>
    /// <param name="emptyHasAnyRoot">A witness has an answer of its own for such a tree.</param>
    internal static bool TryParse(string text, [NotNullWhen(true)] out Checkpoint? checkpoint, bool emptyHasAnyRoot = false)
    {
        checkpoint = null;
        string[] lines = text.Split('\n');
        if (lines.Length < 4 || lines[^1].Length > 0 || lines[..^1].Any(static line => line.Length == 0)) return false;
        if (!TryParseSize(lines[1], out long size) || !TreeHash.TryParse(lines[2], out TreeHash? root) || (size == 0 && root != TreeHash.Empty && !emptyHasAnyRoot)) return false;
        checkpoint = new Checkpoint(lines[0], size, root.Value, string.Concat(lines[3..^1].Select(static line => line + "\n")));
        return true;
    }

    /// <summary>ASCII digits without leading zeros, below 2^63.</summary>
    internal static bool TryParseSize(string text, out long size)
    {
        size = 0;
        return text.Length is > 0 and <= 19 && text.All(char.IsAsciiDigit) && (text.Length == 1 || text[0] != '0') && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out size);
    }

    /// <summary>A note whose text is a checkpoint.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out SignedNote? note, [NotNullWhen(true)] out Checkpoint? checkpoint)
    {
        checkpoint = null;
        return SignedNote.TryParse(bytes, out note) && TryParse(note.Text, out checkpoint);
    }
}
