using System.Buffers.Binary;
using System.Globalization;

namespace Offproof.Channel;

/// <summary>The index that strfile writes beside a text (channel.md §9.2), held against that text.</summary>
/// <param name="Delimiter">A line of this alone stands between two entries</param>
/// <param name="IsRotated">The text's letters are rotated by 13</param>
/// <param name="HasComments">Lines that begin with two delimiters are none of the text</param>
/// <param name="Entries">How many the index knows</param>
internal sealed record FortuneIndex(byte Delimiter, bool IsRotated, bool HasComments, int Entries)
{
    private const int HeaderSize = 24;
    private const uint Rotated = 4, Comments = 8, Known = 0xF;

    /// <summary>An index, if it is one and belongs to this text.</summary>
    /// <exception cref="PublishingException">Else: what is wrong with it.</exception>
    internal static FortuneIndex Read(string name, ReadOnlySpan<byte> index, ReadOnlySpan<byte> text)
    {
        if (index.Length < HeaderSize) throw Wrong(name, "it is shorter than its header");
        uint version = Number(index, 0), count = Number(index, 4), flags = Number(index, 16);
        byte delimiter = index[20];
        if (version is not (1 or 2)) throw Wrong(name, $"its version is {version.ToString(CultureInfo.InvariantCulture)}");
        if (flags > Known) throw Wrong(name, $"it has flags that nobody knows, 0x{flags.ToString("X", CultureInfo.InvariantCulture)}");
        if (delimiter is <= 0x20 or >= 0x7F) throw Wrong(name, "its delimiter is no character that can be seen");
        // Its own length says how wide an offset is; a count that its bytes do not bear out takes no memory.
        long table = index.Length - HeaderSize, offsets = count + 1L;
        int width = table == offsets * 4 ? 4 : table == offsets * 8 ? 8 : throw Wrong(name, $"it says {count.ToString(CultureInfo.InvariantCulture)} entries, and has {table.ToString(CultureInfo.InvariantCulture)} bytes of offsets");

        int found = 0;
        for (int at = 0; at >= 0;)
        {
            int next = Next(text, at, delimiter, out int end);
            if (end > at) found++;
            at = next;
        }
        if (found != count) throw Other(name, $"it says {count.ToString(CultureInfo.InvariantCulture)} entries, and the file has {found.ToString(CultureInfo.InvariantCulture)}");
        Check(name, index[HeaderSize..], width, text, delimiter, found);
        return new FortuneIndex(delimiter, (flags & Rotated) != 0, (flags & Comments) != 0, found);
    }

    // In whatever order they stand: each offset is where an entry begins, and each another.
    private static void Check(string name, ReadOnlySpan<byte> table, int width, ReadOnlySpan<byte> text, byte delimiter, int count)
    {
        ulong[] offsets = new ulong[count];
        for (int i = 0; i < count; i++) offsets[i] = Offset(table, i, width);
        Array.Sort(offsets);
        if (Offset(table, count, width) > (ulong)text.Length || count > 0 && offsets[^1] > (ulong)text.Length) throw Other(name, "an offset is behind the end of the file");
        int at = 0;
        for (int i = 0; i < count; i++)
        {
            if (i > 0 && offsets[i] == offsets[i - 1]) throw Other(name, "two of its offsets are one");
            while (at >= 0 && (ulong)at < offsets[i]) at = Next(text, at, delimiter, out _);
            if (at < 0 || (ulong)at != offsets[i]) throw Other(name, $"no entry begins at its offset {offsets[i].ToString(CultureInfo.InvariantCulture)}");
        }
    }

    // strfile's own rule: the delimiter and a line feed, nothing between. Below zero: there is no further entry.
    private static int Next(ReadOnlySpan<byte> text, int at, byte delimiter, out int end)
    {
        while (text[at..].IndexOf((byte)'\n') is var length and >= 0)
        {
            if (length == 1 && text[at] == delimiter)
            {
                end = at;
                return at + 2;
            }
            at += length + 1;
        }
        end = text.Length;
        return -1;
    }

    private static uint Number(ReadOnlySpan<byte> index, int at) => BinaryPrimitives.ReadUInt32BigEndian(index[at..]);

    private static ulong Offset(ReadOnlySpan<byte> table, int i, int width) => width == 4 ? Number(table, i * 4) : BinaryPrimitives.ReadUInt64BigEndian(table[(i * 8)..]);

    private static PublishingException Wrong(string name, string how) => new(PublishingFault.Failure, $"{name} is no index as strfile writes it: {how}: nothing was staged", "move it away, or make it anew: strfile FILE");

    private static PublishingException Other(string name, string how) => new(PublishingFault.Failure, $"{name} is the index of another text: {how}: nothing was staged", "make it anew (strfile FILE), or move it away");
}
