using System.Buffers.Binary;
using System.Globalization;

namespace Offproof.Auditor;

internal sealed partial class CanaryExaminer
{
    private delegate bool Reading(ReadOnlySpan<byte> bytes, List<Leaf> leaves);

    private static readonly (string Name, Reading Read)[] Unmarked = [("protobuf", Protobuf.TryRead), ("cbor", Cbor.TryRead), ("msgpack", MessagePack.TryRead)];

    // The values of the formats that lie inside one another, the innermost last.
    private readonly List<Leaf> _leaves = [];
    private readonly Output _numbers = new();
    private int _nesting;

    // Shorter ones are as good as numbers: where they are cut would say more than they do.
    private const int ShortestRecord = 16;

    // Formats in which values lie as they are. How many bytes stay unread; -1 where it is none of them.
    private int Structured(ReadOnlySpan<byte> bytes, in Layer at)
    {
        if (bytes.Length < 2 || _nesting >= Formats.Deepest) return -1;
        if (bytes.StartsWith(PropertyList.Mark)) return Read(bytes, "plist", PropertyList.TryRead, at);
        if (bytes.StartsWith("PK\x3\x4"u8)) return Zip(bytes, at);
        if (DelimiterOf(bytes) is var delimiter and > 0) return Multipart(bytes, delimiter, at);
        if (bytes[0] <= 1 && bytes.Length >= 5 && Grpc(bytes, at) is var messages and >= 0) return messages;
        if (bytes[0] == 0 && Records(bytes, at) is var records and >= 0) return records;
        foreach ((string name, Reading read) in Unmarked)
            if (Read(bytes, name, read, at) is var unread and >= 0) return unread;
        return -1;
    }

    private int Read(ReadOnlySpan<byte> bytes, string name, Reading read, in Layer at)
    {
        int first = _leaves.Count;
        bool isRead = read(bytes, _leaves);
        int end = _leaves.Count;
        int unread = 0;
        if (isRead && (name == "plist" || IsLikely(bytes, first)))
        {
            _nesting++;
            Numbers(name, first, end, at);
            // Which objects it refers to, and in which order they lie.
            if (name == "plist") Free(bytes.Length - _leaves.Skip(first).Sum(static leaf => leaf.Length), at);
            for (int i = first; i < end; i++)
            {
                Leaf leaf = _leaves[i];
                if (leaf.Kind == LeafKind.Bytes) unread += Value(bytes.Slice(leaf.Start, leaf.Length), at.Slice(leaf.Start, leaf.Length));
            }
            _nesting--;
        }
        else
        {
            isRead = false;
        }
        _leaves.RemoveRange(first, _leaves.Count - first);
        return isRead ? unread : -1;
    }

    // Values that are texts or lie deeper speak for a format; short ones that are neither speak against it.
    private bool IsLikely(ReadOnlySpan<byte> bytes, int first)
    {
        int odd = 0;
        int good = 0;
        for (int i = first; i < _leaves.Count; i++)
        {
            Leaf leaf = _leaves[i];
            if (leaf.Kind != LeafKind.Bytes)
            {
                good += leaf.Length <= 2 ? 1 : 0;
                continue;
            }
            ReadOnlySpan<byte> value = bytes.Slice(leaf.Start, leaf.Length);
            if (Formats.IsText(value)) good += leaf.Length;
            else odd += leaf.Length < Opaque ? leaf.Length : 1;
        }
        return good >= odd;
    }

    // A value of a format, which was searched with it.
    private int Value(ReadOnlySpan<byte> value, in Layer at)
    {
        if (value.Length < 8) return 0;
        if (IsText(value)) return Text(value, at);
        if (_digests is not null && value.Length <= 64)
        {
            _digests.Find(value, Cleared());
            if (_hits.Count > 0) Report(at);
        }
        int unread = Binary(value, at, isGuess: false);
        return value.Length < Opaque ? 0 : unread;
    }

    // All numbers of a format as decimals, searched at once.
    private void Numbers(string name, int first, int end, in Layer at)
    {
        if (at.Depth >= _limits.Depth) return;
        Output text = _numbers.Clear();
        for (int i = first; i < end; i++)
        {
            Leaf leaf = _leaves[i];
            if (leaf.Kind == LeafKind.Bytes || leaf.Length < 4) continue;
            Span<byte> room = text.Room(64);
            bool fits = leaf.Kind == LeafKind.Whole
                ? leaf.Whole.TryFormat(room, out int written, default, CultureInfo.InvariantCulture)
                : leaf.Real.TryFormat(room, out written, "R", CultureInfo.InvariantCulture);
            if (!fits || (leaf.Kind == LeafKind.Real && !double.IsFinite(leaf.Real))) continue;
            text.Count += written;
            text.Add((byte)'\n');
        }
        if (text.Count < 8 || !Spend(text.Count)) return;
        _hits.Clear();
        _searcher.Search(text.Written, _hits);
        if (_hits.Count == 0) return;
        _steps[at.Depth] = name;
        // Which number it was: as many as there are lines before it.
        List<Hit> hits = [.. _hits];
        foreach (Hit hit in hits)
        {
            int line = text.Written[..hit.Offset].Count((byte)'\n');
            Leaf leaf = default;
            for (int i = first, seen = -1; i < end && seen < line; i++)
            {
                leaf = _leaves[i];
                if (leaf.Kind != LeafKind.Bytes && leaf.Length >= 4 && (leaf.Kind == LeafKind.Whole || double.IsFinite(leaf.Real))) seen++;
            }
            _hits.Clear();
            _hits.Add(hit);
            Report(at.Inside(leaf.Start, leaf.Length));
        }
    }

    // gRPC: a byte that says whether the message is compressed, and its length (PROTOCOL-HTTP2, Length-Prefixed-Message).
    private int Grpc(ReadOnlySpan<byte> bytes, in Layer at)
    {
        int from = 0;
        while (from < bytes.Length)
        {
            if (bytes.Length - from < 5 || bytes[from] > 1) return -1;
            uint length = BinaryPrimitives.ReadUInt32BigEndian(bytes[(from + 1)..]);
            if (length > bytes.Length - from - 5) return -1;
            from += 5 + (int)length;
        }
        int unread = 0;
        _nesting++;
        for (from = 0; from < bytes.Length;)
        {
            int length = (int)BinaryPrimitives.ReadUInt32BigEndian(bytes[(from + 1)..]);
            unread += Region(bytes.Slice(from + 5, length), at.Slice(from + 5, length), isNew: false);
            from += 5 + length;
        }
        _nesting--;
        return unread;
    }

    // Texts behind one another, each behind its length in four bytes, most significant first (audit.md §6.2). One that is no text, or empty, and it is something else.
    private int Records(ReadOnlySpan<byte> bytes, in Layer at)
    {
        const int prefix = 4;
        for (int from = 0; from < bytes.Length;)
        {
            if (bytes.Length - from <= prefix) return -1;
            uint length = BinaryPrimitives.ReadUInt32BigEndian(bytes[from..]);
            if (length < ShortestRecord || length > bytes.Length - from - prefix || !IsText(bytes.Slice(from + prefix, (int)length))) return -1;
            from += prefix + (int)length;
        }
        int unread = 0;
        _nesting++;
        for (int from = 0; from < bytes.Length;)
        {
            int length = (int)BinaryPrimitives.ReadUInt32BigEndian(bytes[from..]);
            unread += Region(bytes.Slice(from + prefix, length), at.Slice(from + prefix, length), isNew: false);
            from += prefix + length;
        }
        _nesting--;
        return unread;
    }

    // RFC 2046 §5.1: parts between lines of two hyphens and the boundary, which the first line tells.
    private int Multipart(ReadOnlySpan<byte> bytes, int line, in Layer at)
    {
        ReadOnlySpan<byte> delimiter = bytes[..line];
        // One that was declared is in the budget (audit.md §6.4).
        int unread = delimiter[2..].SequenceEqual(_boundary) ? 0 : Region(delimiter[2..], at.Slice(2, line - 2), isNew: false);
        int from = line + 2;
        _nesting++;
        while (true)
        {
            int next = bytes[from..].IndexOf(delimiter);
            int end = next < 0 ? bytes.Length : from + next;
            ReadOnlySpan<byte> part = bytes[from..end];
            int content = part.StartsWith("\r\n"u8) ? 2 : part.IndexOf("\r\n\r\n"u8) is var blank and >= 0 ? blank + 4 : part.Length;
            unread += Region(part[..content], at.Slice(from, content), isNew: false);
            int length = part.Length - content - (next >= 0 && part.EndsWith("\r\n"u8) ? 2 : 0);
            if (length > 0) unread += Region(part.Slice(content, length), at.Slice(from + content, length), isNew: false);
            if (next < 0) break;
            from = end + delimiter.Length;
            ReadOnlySpan<byte> after = bytes[from..];
            if (!after.StartsWith("\r\n"u8))
            {
                // The last delimiter, and what follows it.
                if (after.StartsWith("--"u8)) after = after[2..];
                unread += Region(after, at.Slice(bytes.Length - after.Length, after.Length), isNew: false);
                break;
            }
            from += 2;
        }
        _nesting--;
        if (_isLeaving) JoinedParts(bytes, at);
        return unread;
    }
}
