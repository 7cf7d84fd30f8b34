using Offproof.Consent;

namespace Offproof.Device;

/// <summary>Where a ledger ends, and what is wrong there (ledger.md §4).</summary>
/// <param name="Length">The file's length</param>
/// <param name="Last">The last line, whatever it is; null in an empty file</param>
/// <param name="IsEnded">False where no line feed ends it</param>
/// <param name="Torn">The first of the last lines that cannot be read; null where the last one can</param>
/// <param name="Lost">The head, where the file does not fit it</param>
internal sealed record LedgerEnd(long Length, LedgerHead? Last, bool IsEnded = true, long? Torn = null, LedgerHead? Lost = null)
{
    /// <summary>More than the longest line that a ledger has: the last line lies within, or the whole file is read.</summary>
    private const int Window = 2 * LedgerLine.MostBytes;

    internal static LedgerEnd Find(FileStream file, string? headText)
    {
        LedgerEnd end = Near(file) ?? All(file);
        // A head that says nothing has nothing to be compared with; `ledger verify` misses it.
        if (!LedgerHead.TryParse(headText, out LedgerHead head) || end.Last is { } last && (head.Seq < last.Seq || head == last)) return end;
        return end with { Lost = head };
    }

    /// <summary>The last line where it can be read, as it is but after an interruption; null where it cannot.</summary>
    private static LedgerEnd? Near(FileStream file)
    {
        if (file.Length == 0) return new LedgerEnd(0, null);
        byte[] tail = new byte[Math.Min(file.Length, Window)];
        file.Position = file.Length - tail.Length;
        file.ReadExactly(tail);
        if (tail[^1] != (byte)'\n') return null;
        int start = tail.AsSpan(..^1).LastIndexOf((byte)'\n') + 1;
        if (start == 0 && tail.Length < file.Length) return null;
        ReadOnlyMemory<byte> bytes = tail.AsMemory(start..^1);
        return LedgerLine.TryRead(bytes, out LedgerLine? line) ? new LedgerEnd(file.Length, new LedgerHead(line.Seq, Digest.Of(bytes.Span))) : null;
    }

    private static LedgerEnd All(FileStream file)
    {
        using LedgerReader reader = new((offset, into) => RandomAccess.Read(file.SafeFileHandle, into, offset), file.Length);
        LedgerEnd end = new(file.Length, null);
        while (reader.Next())
        {
            // The number that a line gives itself holds for those behind it, so that what was removed once is not hidden by counting anew.
            bool reads = LedgerLine.TryRead(reader.Bytes, out LedgerLine? line) && reader.IsEnded;
            long seq = reads ? line!.Seq : (end.Last?.Seq ?? 0) + 1;
            end = end with { Last = new LedgerHead(seq, reader.Hash), IsEnded = reader.IsEnded, Torn = reads ? null : end.Torn ?? seq };
        }
        return end;
    }
}
