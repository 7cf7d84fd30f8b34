using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Offproof.Auditor;

/// <summary>
/// The tiles and checkpoints that came over one connection (audit.md §6.8). A tile is explained when the root over the tiles is the one that a checkpoint, a text that was read, states; until then its bytes are opaque.
/// </summary>
internal sealed class LogTiles(Flow flow, Sender sender)
{
    /// <summary>Tiles that are kept, and checkpoints.</summary>
    internal const int Most = 64;

    /// <summary>How often a root is computed for one connection.</summary>
    internal const int MostTries = 256;

    private readonly List<Tile> _tiles = [];
    private readonly List<(string Prefix, long Size, byte[] Root)> _checkpoints = [];
    private int _tries;

    private sealed class Tile(LogPath path, byte[] hashes, long opaque)
    {
        internal LogPath Path { get; } = path;

        internal byte[] Hashes { get; } = hashes;

        internal byte[]? Root { get; } = path.Width == LogPath.Full ? LogTree.Root(hashes, default) : null;

        internal long Opaque { get; } = opaque;

        internal bool IsBorneOut { get; set; }
    }

    /// <summary>An answer that came whole.</summary>
    /// <param name="opaque">How many of its bytes are counted as opaque.</param>
    internal void Add(in LogPath path, byte[] body, long opaque)
    {
        if (path.IsCheckpoint)
        {
            if (opaque > 0 || _checkpoints.Count >= Most || !TryCheckpoint(body, out long size, out byte[] root)) return;
            _checkpoints.Add((path.Prefix, size, root));
        }
        else
        {
            if (body.Length != path.Width * LogPath.HashSize || _tiles.Count >= Most) return;
            _tiles.Add(new Tile(path, body, opaque));
        }
        foreach ((string prefix, long of, byte[] root) in _checkpoints)
            if (prefix == path.Prefix) BearOut(prefix, of, root);
    }

    // The tiles of the tree's right edge, level by level: together they make the root.
    private void BearOut(string prefix, long size, byte[] root)
    {
        if (_tries >= MostTries) return;
        List<Tile> used = [];
        List<byte[]> edges = [];
        for (int level = 0; size >> (8 * level) > 0; level++)
        {
            byte[]? edge = Edge(prefix, level, size >> (8 * level), used);
            if (edge is null) return;
            edges.Add(edge);
            if (level == 7) break;
        }
        _tries++;
        byte[] rest = [];
        foreach (byte[] edge in edges) rest = LogTree.Root(edge, rest);
        if (!rest.AsSpan().SequenceEqual(root)) return;
        foreach (Tile tile in used) Explain(tile);
        // A full tile is borne out by its hash in one above it that is.
        for (bool isMore = true; isMore;)
        {
            isMore = false;
            foreach (Tile tile in _tiles)
            {
                if (tile.IsBorneOut || tile.Root is null || tile.Path.Prefix != prefix) continue;
                if (_tiles.Find(above => above.IsBorneOut && Holds(above, prefix, tile.Path.Level + 1, tile.Path.Index)) is not { } parent || !Node(parent, tile.Path.Index).SequenceEqual(tile.Root)) continue;
                Explain(tile);
                isMore = true;
            }
        }
    }

    // The hashes at a level that no complete tile of it covers: out of the tile that has them, or of the full ones below.
    private byte[]? Edge(string prefix, int level, long count, List<Tile> used)
    {
        int width = (int)(count & (LogPath.Full - 1));
        long first = count - width;
        byte[] edge = new byte[width * LogPath.HashSize];
        for (int i = 0; i < width; i++)
        {
            long index = first + i;
            Tile? tile = _tiles.Find(one => Holds(one, prefix, level, index));
            ReadOnlySpan<byte> node = tile is null ? default : Node(tile, index);
            tile ??= _tiles.Find(one => one.Root is not null && one.Path.Level == level - 1 && one.Path.Index == index && one.Path.Prefix == prefix);
            if (tile is null) return null;
            (node.IsEmpty ? tile.Root : node).CopyTo(edge.AsSpan(i * LogPath.HashSize));
            // What a tile holds beyond the tree of this checkpoint is not borne out by it.
            if (!used.Contains(tile) && (node.IsEmpty || tile.Path.Width == width)) used.Add(tile);
        }
        return edge;
    }

    private static bool Holds(Tile tile, string prefix, int level, long index) =>
        tile.Path.Level == level && tile.Path.Index == index / LogPath.Full && index % LogPath.Full < tile.Path.Width && tile.Path.Prefix == prefix;

    private static ReadOnlySpan<byte> Node(Tile tile, long index) => tile.Hashes.AsSpan((int)(index % LogPath.Full) * LogPath.HashSize, LogPath.HashSize);

    private void Explain(Tile tile)
    {
        if (tile.IsBorneOut) return;
        tile.IsBorneOut = true;
        flow.Explain(sender, ByteKind.Structural, tile.Opaque);
        flow.Remark("hashes of a log's tile: their root is the one of the checkpoint that was read");
    }

    // C2SP tlog-checkpoint: a line of origin, the size, the root in base64.
    private static bool TryCheckpoint(ReadOnlySpan<byte> text, out long size, out byte[] root)
    {
        (size, root) = (0, new byte[LogPath.HashSize]);
        int origin = text.IndexOf((byte)'\n');
        if (origin <= 0) return false;
        text = text[(origin + 1)..];
        int line = text.IndexOf((byte)'\n');
        if (line is <= 0 or > 18 || !long.TryParse(Encoding.ASCII.GetString(text[..line]), NumberStyles.None, CultureInfo.InvariantCulture, out size) || size == 0) return false;
        text = text[(line + 1)..];
        return text.IndexOf((byte)'\n') == 44 && Base64.DecodeFromUtf8(text[..44], root, out int read, out int written) == System.Buffers.OperationStatus.Done && read == 44 && written == root.Length;
    }
}
