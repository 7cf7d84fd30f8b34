using System.Security.Cryptography;
using System.Text;
using static Offproof.Auditor.Tests.Explained.Talk;

namespace Offproof.Auditor.Tests.Explained;

/// <summary>audit.md §6.8: tiles of a log, borne out by a checkpoint.</summary>
public sealed class TileTests
{
    static byte[] Leaf(int index) => SHA256.HashData([0, .. BitConverter.GetBytes(index)]);

    // RFC 6962 §2.1, as it is written there.
    static byte[] Root(int from, int count)
    {
        if (count == 1) return Leaf(from);
        int left = 1;
        while (2 * left < count) left *= 2;
        return SHA256.HashData([1, .. Root(from, left), .. Root(from + left, count - left)]);
    }

    static (Sender, byte[]?)[] Checkpoint(int size, string prefix = "/log", byte[]? root = null) =>
        [Get(prefix + "/checkpoint"), Answer(Encoding.UTF8.GetBytes($"cloud.example.org/log\n{size}\n{Convert.ToBase64String(root ?? Root(0, size))}\n\n— cloud.example.org/log AAAA\n"))];

    static byte[] Hashes(int level, int index, int width)
    {
        int size = (int)Math.Pow(256, level);
        return [.. Enumerable.Range(0, width).SelectMany(i => Root((256 * index + i) * size, size))];
    }

    static (Sender, byte[]?)[] Tile(int level, int index, int width, string prefix = "/log", byte[]? body = null) =>
        [Get($"{prefix}/tile/{level}/{index:000}{(width < 256 ? $".p/{width}" : "")}"), Answer(body ?? Hashes(level, index, width))];

    static long Unread(params (Sender, byte[]?)[][] turns) => Unread(PhoneSide.Client, turns);

    static long Unread(PhoneSide phone, params (Sender, byte[]?)[][] turns)
    {
        using Talk talk = Of(turns.SelectMany(turn => turn), phone);
        using Talk cut = Of(turns.SelectMany(turn => turn), phone, 5);
        Assert.Equal(talk.Came, cut.Came);
        return talk.Came;
    }

    [Theory]
    [InlineData(1), InlineData(2), InlineData(5), InlineData(255)]
    public void A_tile_is_structure_where_a_checkpoint_states_its_root(int size)
    {
        Assert.Equal(0, Unread(Checkpoint(size), Tile(0, 0, size)));
        Assert.Equal(0, Unread(Tile(0, 0, size), Checkpoint(size)));
        Assert.Equal(32 * size, Unread(Tile(0, 0, size)));
    }

    [Fact]
    public void All_tiles_of_a_longer_log_or_those_of_a_proof()
    {
        const int Size = 3 * 256 + 7;
        Assert.Equal(0, Unread(Checkpoint(256), Tile(0, 0, 256)));
        Assert.Equal(0, Unread(Checkpoint(Size), Tile(0, 0, 256), Tile(0, 1, 256), Tile(0, 2, 256), Tile(0, 3, 7)));
        Assert.Equal(0, Unread(Checkpoint(Size), Tile(1, 0, 3), Tile(0, 3, 7), Tile(0, 1, 256)));
        Assert.Equal(0, Unread(Tile(0, 1, 256), Tile(0, 3, 7), Tile(1, 0, 3), Checkpoint(Size)));
        // One of them is not there, and two are.
        Assert.Equal(32 * (256 + 7), Unread(Checkpoint(Size), Tile(0, 1, 256), Tile(0, 3, 7)));
        // One is none of the log's.
        Assert.Equal(32 * 256, Unread(Checkpoint(Size), Tile(1, 0, 3), Tile(0, 3, 7), Tile(0, 1, 256, body: Random(1, 32 * 256))));
    }

    [Fact]
    public void What_only_looks_like_a_tile_stays_opaque()
    {
        byte[] hashes = Hashes(0, 0, 5);
        byte[] changed = [.. hashes];
        changed[17] ^= 1;
        Assert.Equal(160, Unread(Checkpoint(5), Tile(0, 0, 5, body: changed)));
        Assert.Equal(161, Unread(Checkpoint(5), Tile(0, 0, 5, body: [.. hashes, 7])));
        Assert.Equal(33, Unread(Checkpoint(1), Tile(0, 0, 1, body: [.. Leaf(0), 7])));
        Assert.Equal(32, Unread(Checkpoint(1), Tile(0, 0, 1, body: Random(1, 32))));
        Assert.Equal(160, Unread(Checkpoint(6), Tile(0, 0, 5)));
        Assert.Equal(160, Unread(Checkpoint(5), Tile(0, 1, 5, body: hashes)));
        Assert.Equal(160, Unread(Checkpoint(5), Tile(1, 0, 5, body: hashes)));
        Assert.Equal(160, Unread(Checkpoint(5), Tile(0, 0, 5, "/other")));
        Assert.Equal(160, Unread(Checkpoint(5, root: Random(2, 32)), Tile(0, 0, 5)));
        foreach (string path in (string[])["/log/tile/0/000", "/log/tile/0/000.p/05", "/log/tile/0/0.p/5", "/log/tile/00/000.p/5", "/log/tile/0/x000.p/5", "/log/tiles/0/000.p/5", "/log/tile/0/000.p/5?x", "/log/tile/0/000.p/5/"])
            Assert.Equal(160, Unread(Checkpoint(5), [Get(path), Answer(hashes)]));
        Assert.Equal(160, Unread(Checkpoint(5), [Get("/log/tile/0/000.p/5"), Answer(hashes, "206 Partial Content")]));
        Assert.Equal(160, Unread(Checkpoint(5), [Client("POST /log/tile/0/000.p/5 HTTP/1.1\r\nContent-Length: 0\r\n\r\n"), Answer(hashes)]));
    }

    [Theory]
    [InlineData(false), InlineData(true)]
    public void A_tile_that_is_sent_is_opaque(bool isUndecided) => Assert.True(Unread(isUndecided ? PhoneSide.Either : PhoneSide.Server, Checkpoint(5), Tile(0, 0, 5)) >= 160);

    [Fact] // the checkpoint is read: its root is an echo
    public void A_tile_that_is_sent_is_opaque_beside_a_checkpoint_that_is_read()
    {
        int size = Enumerable.Range(2, 100).First(one => Convert.ToBase64String(Root(0, one)).AsSpan().IndexOfAny('+', '/') < 0);
        Assert.Equal(32 * size, Unread(PhoneSide.Server, [Get($"/?root={Convert.ToBase64String(Root(0, size))}"), Answer("hello"u8.ToArray())], Checkpoint(size), Tile(0, 0, size)));
    }

    [Fact] // hostile: nothing is computed for ever
    public void So_many_roots_are_computed_and_no_more()
    {
        List<(Sender, byte[]?)[]> turns = [];
        for (int i = 0; i < LogTiles.MostTries; i++) turns.AddRange([Tile(0, 0, 1), Checkpoint(1, root: Random(i, 32))]);
        turns.AddRange([Tile(0, 0, 1), Checkpoint(1)]);
        Assert.True(Unread([.. turns]) >= 32 * LogTiles.Most);
    }
}
