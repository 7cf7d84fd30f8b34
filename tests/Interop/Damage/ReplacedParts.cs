namespace Offproof.Interop.Damage;

/// <summary>Parts that are genuine in themselves and do not belong where they lie: our check, our restore, and stock restic's check.</summary>
public sealed class ReplacedParts
{
    const string Password = "geheim";
    const string First = "/photos/first.jpg", Second = "/photos/second.jpg", Third = "/photos/sub/third.jpg";

    /// <summary>A vault of one snapshot with three files, and what is needed to put other parts into it.</summary>
    sealed class Bench : IAsyncDisposable
    {
        internal Scratch Scratch { get; } = new();
        internal FolderStorage Storage { get; private set; } = null!;
        internal Repository Repository { get; private set; } = null!;
        internal Dictionary<string, byte[]> Files { get; } = new(StringComparer.Ordinal);
        internal Snapshot Snapshot { get; private set; } = null!;
        internal VaultIndex Index { get; private set; } = null!;

        internal static async Task<Bench> MakeAsync()
        {
            Bench bench = new();
            bench.Storage = new FolderStorage(bench.Scratch["repo"]);
            using VaultPassword password = VaultPassword.FromText(Password);
            await NewVault.Create(password, TimeProvider.System).WriteAsync(bench.Storage);
            bench.Repository = await Repository.OpenAsync(bench.Storage, password);
            Seeded random = new(11);
            foreach (string name in (string[])[First, Second, Third]) bench.Files[name] = random.Bytes(40_000);
            await bench.Repository.BackupAsync(bench.Files.Select(static f => new BackupItem(f.Key, BackupItemKind.File) { Length = f.Value.Length, ModifiedAt = DateTimeOffset.UnixEpoch.AddDays(20_000), Open = () => new MemoryStream(f.Value) }),
                new BackupOptions { Roots = ["/photos"] });
            bench.Snapshot = (await bench.Repository.SnapshotsAsync())[0];
            bench.Index = await bench.Repository.LoadIndexAsync([], default);
            return bench;
        }

        internal BlobPlace PlaceOf(string name)
        {
            Assert.True(Index.TryFind(ContentId.Of(Files[name]), tree: false, out BlobPlace place));
            return place;
        }

        internal string PathOf(ContentId pack) => Path.Combine(Storage.Root, "data", pack.ToString()[..2], pack.ToString());

        internal string IndexFolder => Path.Combine(Storage.Root, "index");

        /// <summary>Puts these indexes in the place of all that are there.</summary>
        internal async Task ReplaceIndexAsync(params PackRecord[][] indexes)
        {
            foreach (string path in Directory.GetFiles(IndexFolder)) File.Delete(path);
            foreach (PackRecord[] index in indexes) await Repository.WriteUnpackedAsync(VaultFileKind.Index, IndexFile.Write(index), default);
        }

        internal async Task<string> CheckAsync()
        {
            CheckReport report = await Repository.CheckAsync(readData: true);
            return string.Join('\n', report.Errors);
        }

        /// <summary>Restores and requires: what is there is right, what is not is named, and it is exactly <paramref name="lost"/>.</summary>
        internal async Task<RestoreSummary> RestoreAsync(params string[] lost)
        {
            string target = Scratch["out"];
            if (Directory.Exists(target)) Directory.Delete(target, recursive: true);
            RestoreSummary summary = await Repository.RestoreAsync((await Repository.SnapshotsAsync(skipDamaged: true)).Single(s => s.Id == Snapshot.Id), target);
            foreach ((string name, byte[] content) in Files)
            {
                Assert.Equal(!lost.Contains(name, StringComparer.Ordinal), File.Exists(target + name));
                if (File.Exists(target + name)) Assert.Equal(content, await File.ReadAllBytesAsync(target + name));
                else Assert.Contains(summary.Problems, p => p.Path == name);
            }
            return summary;
        }

        internal async Task<Ended> ResticAsync() => await new Restic(Storage.Root, Password).RunAsync("--no-lock", "check", "--read-data");

        public async ValueTask DisposeAsync()
        {
            await Repository.DisposeAsync();
            await Scratch.DisposeAsync();
        }
    }

    [Fact]
    public async Task Two_indexes_that_name_the_same_blobs_are_no_damage()
    {
        await using Bench bench = await Bench.MakeAsync();
        PackRecord[] packs = [.. bench.Index.Packs];
        // The same text under two names, since each is sealed with its own random IV; and one of them once more in part.
        await bench.ReplaceIndexAsync(packs, packs, [packs[0]]);
        Assert.Equal(3, Directory.GetFiles(bench.IndexFolder).Length);
        Assert.Empty(await bench.CheckAsync());
        Assert.True((await bench.RestoreAsync()).Complete);
        (await bench.ResticAsync()).Is(0);
    }

    [Fact]
    public async Task An_index_that_points_outside_of_a_pack_costs_that_file_only()
    {
        await using Bench bench = await Bench.MakeAsync();
        BlobPlace place = bench.PlaceOf(First);
        long size = new FileInfo(bench.PathOf(place.Pack)).Length;
        foreach (uint offset in (uint[])[(uint)size - 100, (uint)size + 5, 4_000_000_000])
        {
            await bench.ReplaceIndexAsync([.. bench.Index.Packs.Select(p => p with { Blobs = [.. p.Blobs.Select(b => b.Id == place.Entry.Id ? b with { Offset = offset } : b)] })]);
            Assert.Contains(place.Pack.ToString(), await bench.CheckAsync(), StringComparison.Ordinal);
            await bench.RestoreAsync(First);
            // restic is not asked: its plain check does not look at places, and with --read-data it asks for minutes again for what cannot be read.
        }
    }

    [Fact]
    public async Task An_index_that_gives_one_file_the_place_of_another_never_gives_its_bytes()
    {
        await using Bench bench = await Bench.MakeAsync();
        BlobEntry first = bench.PlaceOf(First).Entry, second = bench.PlaceOf(Second).Entry;
        await bench.ReplaceIndexAsync([.. bench.Index.Packs.Select(p => p with { Blobs = [.. p.Blobs.Select(b => b.Id == first.Id ? b with { Id = second.Id } : b.Id == second.Id ? b with { Id = first.Id } : b)] })]);
        Assert.NotEmpty(await bench.CheckAsync());
        await bench.RestoreAsync(First, Second);
        Assert.NotEqual(0, (await bench.ResticAsync()).Exit);
    }

    [Fact]
    public async Task A_blob_in_two_packs_is_restored_from_the_one_that_is_whole()
    {
        await using Bench bench = await Bench.MakeAsync();
        // The same three files in a second pack, as two devices that write at once would make it.
        Workbench work = bench.Repository.Rent();
        using PackBuilder builder = new(work.Sealer, work.Compression, trees: false);
        builder.Take(new byte[PackBuilder.BufferSize]);
        foreach (byte[] content in bench.Files.Values) builder.Add(ContentId.Of(content), content);
        FinishedPack pack = builder.Finish();
        bench.Repository.Return(work);
        await bench.Storage.WriteAsync(new VaultFile(VaultFileKind.Data, pack.Id.ToString()), pack.Buffer.AsMemory(0, pack.Length));
        await bench.ReplaceIndexAsync([.. bench.Index.Packs], [new PackRecord(pack.Id, pack.Entries)]);
        Assert.Empty(await bench.CheckAsync());
        Assert.True((await bench.RestoreAsync()).Complete);
        (await bench.ResticAsync()).Is(0);
        // Either copy alone will do; the damage of the other one is found all the same.
        foreach (ContentId id in (ContentId[])[pack.Id, bench.PlaceOf(First).Pack])
        {
            byte[] good = await File.ReadAllBytesAsync(bench.PathOf(id)), bad = [.. good];
            for (int at = 50; at < bad.Length; at += 1000) bad[at] ^= 4;
            await File.WriteAllBytesAsync(bench.PathOf(id), bad);
            Assert.Contains(id.ToString(), await bench.CheckAsync(), StringComparison.Ordinal);
            Assert.True((await bench.RestoreAsync()).Complete);
            File.Delete(bench.PathOf(id));
            Assert.Contains(id.ToString(), await bench.CheckAsync(), StringComparison.Ordinal);
            Assert.True((await bench.RestoreAsync()).Complete);
            await File.WriteAllBytesAsync(bench.PathOf(id), good);
        }
    }

    [Fact]
    public async Task A_pack_under_the_name_of_another_is_found_and_gives_nothing_wrong()
    {
        await using Bench bench = await Bench.MakeAsync();
        ContentId victim = bench.PlaceOf(First).Pack;
        ContentId other = bench.Index.Packs.First(p => p.Blobs[0].Tree).Id;
        File.Copy(bench.PathOf(other), bench.PathOf(victim), overwrite: true);
        Assert.Contains(victim.ToString(), await bench.CheckAsync(), StringComparison.Ordinal);
        string[] lost = [.. bench.Files.Keys.Where(name => bench.PlaceOf(name).Pack == victim)];
        await bench.RestoreAsync(lost);
        Assert.NotEqual(0, (await bench.ResticAsync()).Exit);
    }

    [Fact]
    public async Task A_snapshot_that_names_a_tree_that_is_not_there_is_found_and_the_others_restore()
    {
        await using Bench bench = await Bench.MakeAsync();
        ContentId nowhere = ContentId.Of("nowhere"u8);
        ContentId id = await bench.Repository.WriteUnpackedAsync(VaultFileKind.Snapshots, Snapshot.Write(TimeProvider.System.GetUtcNow(), null, nowhere, ["/photos"], 1, 1), default);
        Assert.Contains(nowhere.Short, await bench.CheckAsync(), StringComparison.Ordinal);
        Assert.True((await bench.RestoreAsync()).Complete);
        RestoreSummary empty = await bench.Repository.RestoreAsync((await bench.Repository.SnapshotsAsync()).Single(s => s.Id == id.ToString()), bench.Scratch["empty"]);
        Assert.Equal("/", Assert.Single(empty.Problems).Path);
        Assert.Equal(0, empty.Files);
        Assert.NotEqual(0, (await bench.ResticAsync()).Exit);
    }

    [Fact]
    public async Task A_file_where_a_tree_should_be_and_a_tree_where_a_file_should_be_are_found()
    {
        await using Bench bench = await Bench.MakeAsync();
        ContentId file = ContentId.Of(bench.Files[First]);
        await bench.Repository.WriteUnpackedAsync(VaultFileKind.Snapshots, Snapshot.Write(TimeProvider.System.GetUtcNow(), null, file, ["/photos"], 1, 1), default);
        Assert.Contains(file.Short, await bench.CheckAsync(), StringComparison.Ordinal);
        // An index that calls every blob by the other sort.
        await bench.ReplaceIndexAsync([.. bench.Index.Packs.Select(static p => p with { Blobs = [.. p.Blobs.Select(static b => b with { Tree = !b.Tree })] })]);
        Assert.NotEmpty(await bench.CheckAsync());
        RestoreSummary summary = await bench.Repository.RestoreAsync(bench.Snapshot, bench.Scratch["wrong"]);
        Assert.NotEmpty(summary.Problems);
        Assert.Equal(0, summary.Files);
        Assert.NotEqual(0, (await bench.ResticAsync()).Exit);
    }

    [Fact]
    public async Task Parts_of_another_vault_open_nothing_here()
    {
        await using Bench bench = await Bench.MakeAsync(), other = await Bench.MakeAsync();
        // Same password, other master key: its snapshot, index and packs come under their right names.
        foreach (string path in Directory.GetFiles(other.Storage.Root, "*", SearchOption.AllDirectories))
        {
            string relative = Path.GetRelativePath(other.Storage.Root, path);
            if (relative.StartsWith("config", StringComparison.Ordinal) || relative.StartsWith("keys", StringComparison.Ordinal)) continue;
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(bench.Storage.Root, relative))!);
            File.Copy(path, Path.Combine(bench.Storage.Root, relative));
        }
        Assert.Contains("does not authenticate", await bench.CheckAsync(), StringComparison.Ordinal);
        Assert.True((await bench.RestoreAsync()).Complete);
        Assert.Single(await bench.Repository.SnapshotsAsync(skipDamaged: true));
        await Assert.ThrowsAsync<CorruptVaultException>(() => bench.Repository.SnapshotsAsync());
        // Its config in the place of ours: no key of ours opens it.
        File.Copy(Path.Combine(other.Storage.Root, "config"), Path.Combine(bench.Storage.Root, "config"), overwrite: true);
        using VaultPassword password = VaultPassword.FromText(Password);
        await Assert.ThrowsAsync<CorruptVaultException>(() => Repository.OpenAsync(bench.Storage, password));
    }

    [Fact]
    public async Task A_backup_goes_on_beside_a_damaged_index_and_names_anew_what_it_named()
    {
        await using Bench bench = await Bench.MakeAsync();
        string path = Directory.GetFiles(bench.IndexFolder)[0];
        byte[] bytes = await File.ReadAllBytesAsync(path);
        bytes[40] ^= 1;
        await File.WriteAllBytesAsync(path, bytes);
        BackupSummary summary = await bench.Repository.BackupAsync(bench.Files.Select(static f => new BackupItem(f.Key, BackupItemKind.File) { Length = f.Value.Length, ModifiedAt = DateTimeOffset.UnixEpoch.AddDays(20_000), Open = () => new MemoryStream(f.Value) }),
            new BackupOptions { Roots = ["/photos"] });
        Assert.Collection(summary.Notices, static n => Assert.Contains("cannot be read", n, StringComparison.Ordinal), static n => Assert.Contains("are in no readable index", n, StringComparison.Ordinal));
        Assert.Equal((3, 3, 0), (summary.Files, summary.Unchanged, summary.BytesAdded));
        Assert.Contains("index/", Assert.Single((await bench.Repository.CheckAsync(readData: true)).Errors), StringComparison.Ordinal);
        // Once somebody who may removes the damaged file, nothing is amiss.
        File.Delete(path);
        Assert.Empty(await bench.CheckAsync());
        (await bench.ResticAsync()).Is(0);
        Assert.Empty((await bench.RestoreAsync()).Notices);
    }
}
