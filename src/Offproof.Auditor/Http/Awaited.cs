using System.Security.Cryptography;

namespace Offproof.Auditor;

/// <summary>What the whole answer to a request can still explain: a name by content in the request (audit.md §6.7), or itself, as a part of a log (§6.8). Null where neither is asked for.</summary>
internal sealed class Awaited
{
    /// <summary>A name is a choice among the bodies that the other end can find again by their hash: fewer than 2^64.</summary>
    private const int Choice = 8;

    private const int HashSize = 32;

    private readonly List<(byte[] Hash, int Unread)> _names = [];
    private LogPath? _log;
    private IncrementalHash? _hash;
    private readonly Held _body = new();

    private Awaited()
    {
    }

    /// <summary>Of a head whose first line is that of a request; null where it asks for nothing with GET.</summary>
    internal static Awaited? Of(ReadOnlySpan<byte> head, IReadOnlyList<ContentName> names)
    {
        int line = head.IndexOf((byte)'\n');
        int end = line < 0 ? -1 : head[..line].LastIndexOf((byte)' ');
        return end < 4 || !head.StartsWith("GET "u8) ? null : Of(head, 4..end, names);
    }

    /// <param name="head">As examined.</param>
    /// <param name="target">Where the request's target stands in it.</param>
    /// <param name="names">That were seen in it.</param>
    internal static Awaited? Of(ReadOnlySpan<byte> head, Range target, IReadOnlyList<ContentName> names)
    {
        (int start, int length) = target.GetOffsetAndLength(head.Length);
        LogPath? log = LogPath.Of(head.Slice(start, length));
        if (names.Count == 0 && log is null) return null;
        Awaited awaited = new() { _log = log };
        foreach (ContentName name in names)
        {
            if (name.Offset < start || name.Offset + (2 * HashSize) > start + length) continue;
            awaited._names.Add((Convert.FromHexString(System.Text.Encoding.ASCII.GetString(head.Slice(name.Offset, 2 * HashSize))), name.Unread));
        }
        return awaited._names.Count > 0 || log is not null ? awaited : null;
    }

    /// <summary>The next bytes of the answer's body, as they were sent.</summary>
    internal void Add(ReadOnlySpan<byte> bytes)
    {
        if (_names.Count > 0) (_hash ??= IncrementalHash.CreateHash(HashAlgorithmName.SHA256)).AppendData(bytes);
        if (_log is null) return;
        if (_body.Length + bytes.Length <= LogPath.Longest)
        {
            _body.Add(bytes);
            return;
        }
        _log = null;
        _body.Free();
    }

    /// <summary>The answer ended.</summary>
    /// <param name="sender">Who asked.</param>
    /// <param name="isWhole">Nothing of it is lost, and its length was known.</param>
    /// <param name="opaque">How many of its body's bytes were counted as such.</param>
    /// <param name="tiles">Of the connection; null in a recording, of which each entry is alone.</param>
    internal void End(Flow flow, Sender sender, bool isWhole, long opaque, LogTiles? tiles)
    {
        if (isWhole && _hash is not null)
        {
            byte[] hash = _hash.GetHashAndReset();
            foreach ((byte[] name, int unread) in _names)
            {
                if (!hash.AsSpan().SequenceEqual(name)) continue;
                flow.Explain(sender, ByteKind.Decoded, unread);
                flow.Capacity(sender, Choice);
                flow.Remark("a request names its answer by the SHA-256 of the body: a choice among bodies that are there, counted as read");
            }
        }
        if (isWhole && tiles is not null && _log is { } log && !flow.Leaves(sender.Other())) tiles.Add(log, _body.Span.ToArray(), opaque);
        Drop();
    }

    internal void Drop()
    {
        _hash?.Dispose();
        _hash = null;
        _log = null;
        _body.Free();
        _names.Clear();
    }
}
