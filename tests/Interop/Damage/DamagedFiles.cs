using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace Offproof.Interop.Damage;

/// <summary>
/// Every stored file in turn with one bit flipped, cut short, or deleted. Our check says so; every file of every snapshot that does not need the lost bytes is
/// restored, and every other one is named; no wrong byte is ever written. What stock restic's check says is noted beside it.
/// </summary>
public sealed class DamagedFiles
{
    const string Password = "geheim";

    /// <summary>Stock restic's check of copies, many side by side: what a pack lacks it asks for again, for three quarters of a minute.</summary>
    sealed class Opinions(Scratch scratch) : IAsyncDisposable
    {
        const int AtOnce = 16;

        readonly SemaphoreSlim _room = new(AtOnce);
        readonly List<Task> _asked = [];
        readonly ConcurrentQueue<string> _silent = [];

        internal async Task AskAsync(string repository, string what)
        {
            await _room.WaitAsync();
            string copy = $"asked-{_asked.Count}";
            (await Processes.ShellAsync(scratch.Root, $"cp -R -- '{repository}' '{copy}'")).Is(0);
            _asked.Add(CheckAsync(copy, what));
        }

        async Task CheckAsync(string copy, string what)
        {
            try
            {
                if ((await new Restic(scratch[copy], Password).RunAsync("--no-lock", "check", "--read-data")).Exit == 0) _silent.Enqueue(what);
            }
            finally
            {
                await scratch.ForgetAsync(copy);
                _room.Release();
            }
        }

        /// <summary>The damages that it did not find.</summary>
        internal async Task<IReadOnlyList<string>> SilentAsync()
        {
            await Task.WhenAll(_asked);
            return [.. _silent];
        }

        public async ValueTask DisposeAsync()
        {
            await Task.WhenAll(_asked).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _room.Dispose();
        }
    }

    sealed record Held(Snapshot Snapshot, Dictionary<string, byte[]> Files);

    sealed record Variant(string Name, Func<byte[], Seeded, byte[]?> Apply);

    static readonly Variant[] Variants =
    [
        new("first byte", static (good, random) => Flip(good, 0, random)),
        new("some byte", static (good, random) => Flip(good, random.Below(good.Length), random)),
        new("last byte", static (good, random) => Flip(good, good.Length - 1, random)),
        new("cut by one", static (good, _) => good[..^1]),
        new("half", static (good, _) => good[..(good.Length / 2)]),
        new("empty", static (_, _) => []),
        new("deleted", static (_, _) => null),
    ];

    static byte[] Flip(byte[] good, int at, Seeded random)
    {
        byte[] bad = [.. good];
        bad[at] ^= (byte)(1 << random.Below(8));
        return bad;
    }

    [Fact]
    public async Task Every_damage_is_found_and_what_it_does_not_touch_is_restored()
    {
        ulong seed = Seeded.Choose();
        Seeded random = new(seed);
        Stopwatch watch = Stopwatch.StartNew();
        await using Scratch scratch = new();
        FolderStorage storage = new(scratch["repo"]);
        using VaultPassword password = VaultPassword.FromText(Password);
        List<Held> held = await MakeAsync(storage, password, random);
        SortedDictionary<string, int> lost = new(StringComparer.Ordinal);
        await using Opinions restics = new(scratch);
        int tried = 0, restored = 0, named = 0;
        foreach (string path in Directory.GetFiles(storage.Root, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            string sort = Path.GetRelativePath(storage.Root, path).Split('/')[0];
            byte[] good = await File.ReadAllBytesAsync(path);
            foreach (Variant variant in Variants)
            {
                byte[]? bad = variant.Apply(good, random);
                if (bad is null) File.Delete(path);
                else await File.WriteAllBytesAsync(path, bad);
                string what = $"{Path.GetRelativePath(storage.Root, path)}, {variant.Name}";
                tried++;
                Assert.True(await IsFoundAsync(storage, password, held.Count), $"our check did not find: {what}");
                (int whole, int missing) = await RestoreAllAsync(scratch, storage, password, held, sort, what, path, good, bad);
                restored += whole;
                named += missing;
                lost[sort] = lost.GetValueOrDefault(sort) + missing;
                await restics.AskAsync(storage.Root, $"{sort}: {variant.Name}");
            }
            await File.WriteAllBytesAsync(path, good);
        }
        IReadOnlyList<string> resticSilent = await restics.SilentAsync();
        TestContext.Current.TestOutputHelper!.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"OFFPROOF_SEED={seed}: {tried} damages, all found; {restored} files restored whole, {named} named as lost ({string.Join(", ", lost.Select(static l => $"{l.Value} by {l.Key}"))}); restic found all but {resticSilent.Count} ({string.Join(", ", resticSilent.Distinct(StringComparer.Ordinal))}); {watch.Elapsed.TotalSeconds:f0} s"));
        Assert.True((await CheckAsync(storage, password)).Sound);
        // What nobody can know from the vault alone: that a snapshot was there (vault.md §10.4). restic does not hash key files: a change of a date in one passes.
        Assert.Equal(["snapshots: deleted"], resticSilent.Distinct(StringComparer.Ordinal).Except(["keys: some byte"], StringComparer.Ordinal));
        Assert.True(lost["data"] > 0, "no damage of a pack cost a file, so nothing was tested");
    }

    // Three snapshots; files in one chunk and in several, shared and not, in two folders.
    static async Task<List<Held>> MakeAsync(FolderStorage storage, VaultPassword password, Seeded random)
    {
        await NewVault.Create(password, TimeProvider.System).WriteAsync(storage);
        await using Repository repository = await Repository.OpenAsync(storage, password);
        Dictionary<string, byte[]> files = new(StringComparer.Ordinal);
        List<Dictionary<string, byte[]>> contents = [];
        for (int round = 0; round < 3; round++)
        {
            for (int i = 0; i < 3; i++) files[$"/photos/{(i == 0 ? "a" : "b")}/{round}{i}.jpg"] = random.Bytes(i == 2 ? 1_300_000 : 20_000);
            files["/photos/empty.jpg"] = [];
            contents.Add(new(files, StringComparer.Ordinal));
            await repository.BackupAsync(files.Select(static f => new BackupItem(f.Key, BackupItemKind.File) { Length = f.Value.Length, ModifiedAt = DateTimeOffset.UnixEpoch.AddDays(20_000), Open = () => new MemoryStream(f.Value) }),
                new BackupOptions { Roots = ["/photos"] });
        }
        return [.. (await repository.SnapshotsAsync()).Zip(contents, static (snapshot, files) => new Held(snapshot, files))];
    }

    static async Task<CheckReport> CheckAsync(FolderStorage storage, VaultPassword password)
    {
        await using Repository repository = await Repository.OpenAsync(storage, password, new VaultOptions { ReadWithoutLock = true });
        return await repository.CheckAsync(readData: true);
    }

    static async Task<bool> IsFoundAsync(FolderStorage storage, VaultPassword password, int snapshots)
    {
        try
        {
            CheckReport report = await CheckAsync(storage, password);
            // Of a deleted snapshot remain the count, for whoever remembers it, and blobs that nothing uses.
            return !report.Sound || (report.Snapshots == snapshots - 1 && report.UnusedBlobs > 0);
        }
        catch (VaultException)
        {
            return true;
        }
    }

    /// <summary>Restores every snapshot that can be read, and holds each against what must be possible.</summary>
    static async Task<(int Whole, int Missing)> RestoreAllAsync(Scratch scratch, FolderStorage storage, VaultPassword password, List<Held> held, string sort, string what, string path, byte[] good, byte[]? bad)
    {
        Repository repository;
        try
        {
            repository = await Repository.OpenAsync(storage, password, new VaultOptions { ReadWithoutLock = true });
        }
        catch (VaultException)
        {
            // Without its config or its only key a vault is closed; nothing else may close it.
            Assert.True(sort is "config" or "keys", $"{what}: the vault did not open");
            return (0, 0);
        }
        await using (repository)
        {
            Assert.False(sort is "config" or "keys", $"{what}: the vault opened");
            IReadOnlyList<Snapshot> snapshots = await repository.SnapshotsAsync(skipDamaged: true);
            Assert.Equal(held.Count - (sort is "snapshots" ? 1 : 0), snapshots.Count);
            if (sort is "snapshots" && bad is not null) await Assert.ThrowsAsync<CorruptVaultException>(() => repository.SnapshotsAsync());
            int whole = 0, missing = 0;
            foreach (Snapshot snapshot in snapshots)
            {
                Dictionary<string, byte[]> files = held.Single(h => h.Snapshot.Id == snapshot.Id).Files;
                HashSet<string> expected = sort is "data" ? await LostAsync(repository, snapshot, path, good, bad) : [];
                string target = scratch["out"];
                RestoreSummary summary = await repository.RestoreAsync(snapshot, target);
                foreach ((string name, byte[] content) in files)
                {
                    bool isThere = File.Exists(target + name);
                    Assert.True(isThere != expected.Contains(name), $"{what}: {name} is {(isThere ? "there" : "missing")}; lost are {string.Join(' ', expected)}");
                    if (isThere) Assert.True((await File.ReadAllBytesAsync(target + name)).AsSpan().SequenceEqual(content), $"{what}: {name} has wrong bytes");
                    // By its own path, or by that of a folder whose list is lost.
                    else Assert.Contains(summary.Problems, p => p.Path == name || p.Path == "/" || name.StartsWith(p.Path + "/", StringComparison.Ordinal));
                }
                whole += files.Count - expected.Count;
                missing += expected.Count;
                Assert.Equal(files.Count - expected.Count, Directory.Exists(target) ? Directory.GetFiles(target, "*", SearchOption.AllDirectories).Length : 0);
                Assert.Equal(expected.Count == 0, summary.Complete);
                if (Directory.Exists(target)) Directory.Delete(target, recursive: true);
            }
            return (whole, missing);
        }
    }

    /// <summary>The files that need a blob whose bytes are not in the damaged pack any more: by the pack's own table, not by trying.</summary>
    static async Task<HashSet<string>> LostAsync(Repository repository, Snapshot snapshot, string path, byte[] good, byte[]? bad)
    {
        Workbench bench = repository.Rent();
        HashSet<ContentId> gone = [.. PackHeader.Open(good, bench.Sealer).Where(entry => bad is null || bad.Length < entry.Offset + entry.Length
            || !bad.AsSpan((int)entry.Offset, (int)entry.Length).SequenceEqual(good.AsSpan((int)entry.Offset, (int)entry.Length))).Select(static entry => entry.Id)];
        // To find out what needs them, the pack is whole again for a moment.
        await File.WriteAllBytesAsync(path, good);
        VaultIndex index = await repository.LoadIndexAsync([], default);
        HashSet<string> lost = new(StringComparer.Ordinal);
        await WalkAsync(snapshot.TreeId, "", false);
        if (bad is null) File.Delete(path);
        else await File.WriteAllBytesAsync(path, bad);
        repository.Return(bench);
        return lost;

        async Task WalkAsync(ContentId tree, string folder, bool within)
        {
            within |= gone.Contains(tree);
            foreach (Node node in await repository.ReadTreeAsync(index, tree, default))
            {
                if (node.Subtree is { } subtree) await WalkAsync(subtree, $"{folder}/{node.Name}", within);
                else if (within || node.Content.Any(gone.Contains)) lost.Add($"{folder}/{node.Name}");
            }
        }
    }

    [Theory] // cli.md §3: what the program says of each sort of damage.
    [InlineData("config", 4)]
    [InlineData("keys", 4)]
    [InlineData("data", 4)]
    [InlineData("index", 4)]
    [InlineData("snapshots", 4)]
    public async Task The_program_ends_with_4_when_it_finds_damage(string sort, int exit)
    {
        await using Scratch scratch = new();
        OwnVault vault = await OwnVault.CreateAsync(scratch.Root, scratch["repo"]);
        await File.WriteAllTextAsync(Path.Combine(scratch.Folder("in"), "file"), "content");
        await vault.BackupAsync(scratch["in"]);
        string path = sort is "config" ? Path.Combine(vault.Place, "config") : Directory.GetFiles(Path.Combine(vault.Place, sort), "*", SearchOption.AllDirectories)[0];
        byte[] bytes = await File.ReadAllBytesAsync(path);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(path, bytes);
        Ended ended = (await vault.RunAsync("check", "--read-data")).Is(exit);
        Assert.NotEmpty(ended.Both);
    }
}
