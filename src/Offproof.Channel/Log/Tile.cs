using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Offproof.Channel;

/// <summary>Which tile, or which bundle (channel-log.md §2).</summary>
/// <param name="Level">0 to 7: a level-7 tile would already cover 2^64 entries. Bundles have that of the leaves.</param>
/// <param name="Index">From 0.</param>
/// <param name="Entries">How many hashes: 1 to 256.</param>
readonly record struct TileAddress(int Level, long Index, int Entries)
{
    /// <summary>Below <c>log/</c>.</summary>
    internal string Path => $"tile/{Level.ToString(CultureInfo.InvariantCulture)}/{Number}";

    /// <summary>That of the bundle of the same entries.</summary>
    internal string BundlePath => "tile/entries/" + Number;

    string Number
    {
        get
        {
            string number = (Index % 1000).ToString("000", CultureInfo.InvariantCulture);
            for (long rest = Index / 1000; rest > 0; rest /= 1000) number = string.Create(CultureInfo.InvariantCulture, $"x{rest % 1000:000}/{number}");
            return Entries == Tile.Width ? number : string.Create(CultureInfo.InvariantCulture, $"{number}.p/{Entries}");
        }
    }
}

/// <summary>Tiles and bundles as bytes.</summary>
static class Tile
{
    internal const int Width = 256;

    /// <summary>Levels of the tree in one level of tiles.</summary>
    internal const int Height = 8;

    /// <summary>The most bytes of a bundle.</summary>
    internal const int MaxBundle = Width * (2 + MaxEntry);

    /// <summary>What two bytes of length can say.</summary>
    internal const int MaxEntry = ushort.MaxValue;

    /// <summary>The tiles of a level of a log with so many entries, in their order, the last one partial where it is.</summary>
    /// <param name="size">Entries of the log.</param>
    /// <param name="level">From 0.</param>
    /// <param name="since">Only those that a log of this size did not have in this form.</param>
    internal static IEnumerable<TileAddress> Of(long size, int level = 0, long since = 0)
    {
        long nodes = size >> (Height * level), before = since >> (Height * level);
        if (nodes == before) yield break;
        for (long index = before / Width; index * Width < nodes; index++) yield return new TileAddress(level, index, (int)Math.Min(Width, nodes - (index * Width)));
    }

    /// <summary>Those of all levels.</summary>
    internal static IEnumerable<TileAddress> OfAllLevels(long size, long since = 0)
    {
        for (int level = 0; size >> (Height * level) > 0; level++)
            foreach (TileAddress tile in Of(size, level, since)) yield return tile;
    }

    internal static byte[] Write(IEnumerable<TreeHash> hashes)
    {
        TreeHash[] all = [.. hashes];
        byte[] bytes = new byte[all.Length * TreeHash.Size];
        for (int index = 0; index < all.Length; index++) all[index].Write(bytes.AsSpan(index * TreeHash.Size));
        return bytes;
    }

    /// <summary>False where the bytes are not exactly the tile's hashes.</summary>
    internal static bool TryRead(TileAddress tile, ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out TreeHash[]? hashes)
    {
        hashes = null;
        if (bytes.Length != tile.Entries * TreeHash.Size) return false;
        hashes = new TreeHash[tile.Entries];
        for (int index = 0; index < hashes.Length; index++) hashes[index] = TreeHash.Read(bytes[(index * TreeHash.Size)..]);
        return true;
    }

    internal static byte[] WriteBundle(IReadOnlyList<byte[]> entries)
    {
        byte[] bytes = new byte[entries.Sum(static entry => 2 + entry.Length)];
        int at = 0;
        foreach (byte[] entry in entries)
        {
            BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(at), checked((ushort)entry.Length));
            entry.CopyTo(bytes, at + 2);
            at += 2 + entry.Length;
        }
        return bytes;
    }

    /// <summary>False where the bytes are not exactly the bundle's entries.</summary>
    internal static bool TryReadBundle(TileAddress tile, ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out byte[][]? entries)
    {
        entries = null;
        List<byte[]> read = [];
        while (!bytes.IsEmpty)
        {
            if (read.Count == tile.Entries || bytes.Length < 2 || BinaryPrimitives.ReadUInt16BigEndian(bytes) is var length && bytes.Length - 2 < length) return false;
            read.Add(bytes.Slice(2, length).ToArray());
            bytes = bytes[(2 + length)..];
        }
        if (read.Count != tile.Entries) return false;
        entries = [.. read];
        return true;
    }
}
