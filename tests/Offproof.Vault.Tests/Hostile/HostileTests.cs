using System.Text;
using CsCheck;

namespace Offproof.Vault.Tests.Hostile;

/// <summary>Tests of memory: allocations are counted for the whole process, so that nothing else may run meanwhile.</summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class CountsMemory;

[Collection(typeof(CountsMemory))]
public sealed class HostileTests
{
    static bool OnlyCorrupt(Action parse)
    {
        try
        {
            parse();
        }
        catch (CorruptVaultException)
        {
        }
        return true;
    }

    [Fact]
    public void Parsers_of_random_and_mutated_bytes_fail_by_name_only()
    {
        byte[] tree = TreeFile.Write([Node.Named("a", NodeType.File, 420, DateTimeOffset.UnixEpoch), Node.Named("b", NodeType.Symlink, 511, DateTimeOffset.UnixEpoch, "a")]);
        byte[] index = IndexFile.Write([new PackRecord(ContentId.Of([1]), [new BlobEntry(ContentId.Of([2]), false, 0, 40, 3)])]);
        Gen.Byte.Array[0, 300].Sample(static b => OnlyCorrupt(() => PackHeader.Parse(b, b.Length)) && OnlyCorrupt(() => TreeFile.Read(b)) && OnlyCorrupt(() => IndexFile.Read(b)));
        Gen.Select(Gen.Int[0, tree.Length - 1], Gen.Byte).Sample((at, value) => OnlyCorrupt(() => TreeFile.Read(With(tree, at, value))));
        Gen.Select(Gen.Int[0, index.Length - 1], Gen.Byte).Sample((at, value) => OnlyCorrupt(() => IndexFile.Read(With(index, at, value))));

        static byte[] With(byte[] bytes, int at, byte value)
        {
            byte[] copy = [.. bytes];
            copy[at] = value;
            return copy;
        }
    }

    [Fact]
    public void Names_survive_quoting_and_both_escapes()
    {
        Gen.String[Gen.Char, 0, 40].Where(static s => new UTF8Encoding(false, true) is { } utf8 && IsUnicode(utf8, s)).Sample(static name =>
        {
            string quoted = GoText.Quote(name);
            Assert.True(GoText.TryUnquote(quoted, out byte[] back));
            Assert.Equal(name, Encoding.UTF8.GetString(back));
            Assert.Equal(name, Assert.Single(TreeFile.Read(TreeFile.Write([Node.Named(name, NodeType.File, 0, DateTimeOffset.UnixEpoch)]))).Name);
        });

        static bool IsUnicode(UTF8Encoding utf8, string text)
        {
            try
            {
                return utf8.GetByteCount(text) >= 0;
            }
            catch (EncoderFallbackException)
            {
                return false;
            }
        }
    }

    [Fact]
    public void Names_order_by_their_UTF8_bytes() => Gen.Select(Gen.String[Gen.Char['\uD7F0', '\uE010'], 0, 6], Gen.String).Sample(static (a, b) =>
    {
        // Lone surrogates would both become U+FFFD: only text that survives UTF-8 is compared.
        if (!Survives(a) || !Survives(b)) return;
        Assert.Equal(Math.Sign(Encoding.UTF8.GetBytes(a).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(b))), Math.Sign(Node.CompareNames(a, b)));

        static bool Survives(string text) => string.Equals(Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)), text, StringComparison.Ordinal);
    });

    [Theory]
    [InlineData("\\u200d", "\u200D")]
    [InlineData("\\U0001f600", "😀")]
    [InlineData("\\101\\x42", "AB")]
    public void Unquotes_every_escape(string quoted, string name)
    {
        Assert.True(GoText.TryUnquote(quoted, out byte[] bytes));
        Assert.Equal(name, Encoding.UTF8.GetString(bytes));
    }

    [Theory]
    [InlineData("\\")]
    [InlineData("\\x1")]
    [InlineData("\\u12")]
    [InlineData("\\ud800")]
    [InlineData("\\400")]
    [InlineData("\\'")]
    [InlineData("a\"b")]
    public void Refuses_what_is_no_quoted_text(string quoted) => Assert.False(GoText.TryUnquote(quoted, out _));

    [Theory]
    [InlineData(1L << 20, 8, 1)]
    [InlineData(1 << 14, 1 << 20, 1)]
    [InlineData(32767, 8, 1)]
    [InlineData(0, 8, 1)]
    [InlineData(1 << 15, 8, 1000)]
    [InlineData(1 << 15, 0, 1)]
    [InlineData(long.MaxValue, 8, 1)]
    public void Key_files_that_want_too_much_are_refused_before_anything_is_computed(long n, long r, long p)
    {
        string json = $$"""{"kdf":"scrypt","N":{{n}},"r":{{r}},"p":{{p}},"salt":"{{Convert.ToBase64String(new byte[64])}}","data":"{{Convert.ToBase64String(new byte[160])}}"}""";
        Assert.Throws<HostileParametersException>(() => KeyFile.Parse(Encoding.UTF8.GetBytes(json)));
    }

    [Fact]
    public void A_decompression_bomb_ends_at_the_declared_length()
    {
        using Compression compression = new();
        byte[] frame = new byte[Compression.Bound(50 << 20)];
        int length = compression.Compress(new byte[50 << 20], frame);
        Assert.InRange(length, 1, 20_000);
        Assert.Throws<CorruptVaultException>(() => compression.Decompress(frame.AsSpan(0, length), new byte[1000]));
        Assert.Throws<CorruptVaultException>(() => compression.Decompress(frame.AsSpan(0, length), new byte[(50 << 20) + 1]));
        Assert.Throws<CorruptVaultException>(() => Compression.DecompressUnknown(frame.AsMemory(0, length), 10 << 20));
        Assert.Equal(50 << 20, Compression.DecompressUnknown(frame.AsMemory(0, length), 50 << 20).Length);
    }

    [Theory]
    [InlineData("..", false)]
    [InlineData(".", false)]
    [InlineData("", false)]
    [InlineData("a/b", false)]
    [InlineData("/etc", false)]
    [InlineData("a\0b", false)]
    [InlineData("a\\b", true)]
    [InlineData("C:evil", true)]
    [InlineData("nul.txt", true)]
    [InlineData("dot.", true)]
    public void Names_that_lead_elsewhere_are_refused(string name, bool onlyOnWindows)
    {
        Node node = Node.Read(Encoding.UTF8.GetBytes(name), NodeType.File, "file", 0, default, "");
        Assert.NotNull(SafeName.Refusal(node, windows: true));
        Assert.Equal(onlyOnWindows, SafeName.Refusal(node, windows: false) is null);
        Assert.NotNull(SafeName.Refusal(Node.Read(Encoding.UTF8.GetBytes(new string('é', 128)), NodeType.File, "file", 0, default, ""), windows: false));
    }

    /// <summary>A vault with one snapshot whose trees our own writer would not make: each names those that were added before it.</summary>
    static async Task ForgeAsync(FolderStorage storage, Repository repository, Func<Func<Node[], ContentId>, ContentId> trees, Func<BlobEntry, BlobEntry>? change = null)
    {
        Workbench bench = repository.Rent();
        using PackBuilder pack = new(bench.Sealer, bench.Compression, trees: true);
        pack.Take(new byte[PackBuilder.BufferSize]);
        ContentId root = trees(nodes =>
        {
            byte[] json = TreeFile.Write(nodes);
            pack.Add(ContentId.Of(json), json);
            return ContentId.Of(json);
        });
        FinishedPack finished = pack.Finish();
        await storage.WriteAsync(new VaultFile(VaultFileKind.Data, finished.Id.ToString()), finished.Buffer.AsMemory(0, finished.Length));
        BlobEntry[] entries = [.. finished.Entries.Select(change ?? (static entry => entry))];
        await repository.WriteUnpackedAsync(VaultFileKind.Index, IndexFile.Write([new PackRecord(finished.Id, entries)]), default);
        await repository.WriteUnpackedAsync(VaultFileKind.Snapshots, Snapshot.Write(DateTimeOffset.UnixEpoch, null, root, ["/x"], 1, 1), default);
        repository.Return(bench);
    }

    static Node FileNode(string name) => Node.Named(name, NodeType.File, 420, DateTimeOffset.UnixEpoch);

    static Node FolderNode(string name, ContentId tree)
    {
        Node folder = Node.Named(name, NodeType.Directory, TreeDraft.DirectoryBit | 493, DateTimeOffset.UnixEpoch);
        folder.Subtree = tree;
        return folder;
    }

    [Fact]
    public async Task Trees_that_list_each_other_without_end_are_refused_before_anything_is_written()
    {
        using Scratch scratch = new();
        FolderStorage storage = new(scratch["repo"]);
        using VaultPassword password = VaultPassword.FromText("fictional");
        await NewVault.Create(password, TimeProvider.System).WriteAsync(storage);
        await using Repository repository = await Repository.OpenAsync(storage, password);
        // Sixty-four small trees that name 2^64 folders.
        await ForgeAsync(storage, repository, static add =>
        {
            ContentId tree = add([FileNode("leaf")]);
            for (int level = 0; level < 63; level++) tree = add([FolderNode("a", tree), FolderNode("b", tree)]);
            return tree;
        });
        Snapshot snapshot = Assert.Single(await repository.SnapshotsAsync());
        HostileParametersException e = await Assert.ThrowsAsync<HostileParametersException>(() =>
            repository.RestoreAsync(snapshot, scratch["target"], new RestoreOptions { MostEntries = 2000 }));
        Assert.Contains("more than 2000 files and folders; nothing was written", e.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(scratch["target"]));
        // Our check visits each tree once: a bomb is sound, only large.
        Assert.True((await repository.CheckAsync(readData: true)).Sound);
    }

    [Theory]
    [InlineData(4_294_967_000u, 0u)]
    [InlineData(200u << 20, 0u)]
    [InlineData(100u, 4_294_967_000u)]
    public async Task An_index_that_claims_gigabytes_for_a_blob_is_named_before_any_memory_is_taken(uint length, uint plain)
    {
        using Scratch scratch = new();
        FolderStorage storage = new(scratch["repo"]);
        using VaultPassword password = VaultPassword.FromText("fictional");
        await NewVault.Create(password, TimeProvider.System).WriteAsync(storage);
        await using Repository repository = await Repository.OpenAsync(storage, password);
        await ForgeAsync(storage, repository, static add => add([FileNode("leaf")]), entry => entry with { Offset = 0, Length = length, PlainLength = plain });
        Snapshot snapshot = Assert.Single(await repository.SnapshotsAsync());
        long before = GC.GetTotalAllocatedBytes(precise: true);
        RestoreSummary summary = await repository.RestoreAsync(snapshot, scratch["target"]);
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 64 << 20);
        Assert.Contains("claims more than 128 MiB", Assert.Single(summary.Problems).Reason, StringComparison.Ordinal);
        Assert.False((await repository.CheckAsync(readData: true)).Sound);
    }

    [Fact]
    public async Task A_hostile_tree_writes_nothing_outside_and_nothing_through_a_link()
    {
        using Scratch scratch = new();
        FolderStorage storage = new(scratch["repo"]);
        using VaultPassword password = VaultPassword.FromText("fictional");
        await NewVault.Create(password, TimeProvider.System).WriteAsync(storage);
        await using Repository repository = await Repository.OpenAsync(storage, password);

        Node link = Node.Named("out", NodeType.Symlink, TreeDraft.SymlinkBit | 511, DateTimeOffset.UnixEpoch, scratch["outside"]);
        await ForgeAsync(storage, repository, add =>
        {
            ContentId inner = add([FileNode("evil")]);
            return add([FileNode("../escaped"), FileNode(".."), FolderNode("..", inner), link, FolderNode("out", inner), FolderNode("there", inner), FileNode("good"), FileNode("good")]);
        });

        Directory.CreateDirectory(scratch["outside"]);
        Directory.CreateDirectory(scratch["target"]);
        File.CreateSymbolicLink(scratch["target/there"], scratch["outside"]);
        RestoreSummary summary = await repository.RestoreAsync((await repository.SnapshotsAsync())[0], scratch["target"]);
        Assert.Empty(Directory.GetFileSystemEntries(scratch["outside"]));
        Assert.False(File.Exists(scratch["escaped"]));
        Assert.True(File.Exists(scratch["target/good"]));
        Assert.Contains(summary.Problems, static p => p.Path is "/there/evil");
        Assert.Contains(summary.Problems, static p => p.Path is "/good" && p.Reason.Contains("twice", StringComparison.Ordinal));
        Assert.Equal(3, summary.Problems.Count(static p => p.Reason.Contains("leads out", StringComparison.Ordinal) || p.Reason.Contains("separator", StringComparison.Ordinal)));
    }
}
