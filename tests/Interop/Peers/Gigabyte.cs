using System.Diagnostics;

namespace Offproof.Interop.Peers;

/// <summary>One file of 1 GiB: ours opened by restic, restic's opened by us.</summary>
public sealed class Gigabyte
{
    const long Length = 1L << 30;

    [Fact]
    public async Task A_file_of_1_GiB_goes_both_ways()
    {
        await using Scratch scratch = new();
        string source = scratch.Folder("in");
        // A quarter of it noise, each stretch once more elsewhere, and holes between: quick to make, and still a thousand chunks.
        await MakeAsync(Path.Combine(source, "1 GiB"), noise: Length / 8, repeats: 2);
        await BothWaysAsync(scratch, source);
    }

    /// <summary>OFFPROOF_SOAK=1: every byte noise, so that nothing is saved by compression, repetition or holes. About three minutes on two cores.</summary>
    [Fact]
    public async Task A_file_of_1_GiB_of_noise_goes_both_ways()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("OFFPROOF_SOAK") is "1", "set OFFPROOF_SOAK=1 for 1 GiB of noise (about three minutes); a sparser file of 1 GiB is always tested");
        await using Scratch scratch = new();
        string source = scratch.Folder("in");
        await MakeAsync(Path.Combine(source, "1 GiB"), noise: Length, repeats: 1);
        await BothWaysAsync(scratch, source);
    }

    static async Task MakeAsync(string path, long noise, int repeats)
    {
        const int stretch = 4 << 20;
        Seeded random = new(6);
        await using FileStream file = new(path, FileMode.CreateNew);
        file.SetLength(Length);
        long apart = Length / (noise / stretch * repeats);
        for (long at = 0; at < noise / stretch * apart; at += apart)
        {
            byte[] bytes = random.Bytes(stretch);
            for (int again = 0; again < repeats; again++)
            {
                file.Position = at + (again * (Length / repeats));
                await file.WriteAsync(bytes);
            }
        }
    }

    static async Task BothWaysAsync(Scratch scratch, string source)
    {
        SortedDictionary<string, Tree.Entry> held = await Tree.ReadAsync(source);
        Stopwatch watch = Stopwatch.StartNew();
        OwnVault ours = await OwnVault.CreateAsync(scratch.Root, scratch["ours"]);
        (string id, long added) = await ours.BackupAsync(source);
        TimeSpan backup = watch.Elapsed;
        await ours.Restic.CheckAsync();
        await Tree.AssertSameAsync(held, await ours.Restic.RestoreAsync(id, scratch["out"], source), Tree.Exactness.OfOurBackup);
        await scratch.ForgetAsync("out");
        await scratch.ForgetAsync("ours");

        OwnVault theirs = await OwnVault.CreateAsync(scratch.Root, scratch["theirs"], make: false);
        await theirs.Restic.GoodAsync("init");
        await theirs.Restic.GoodAsync("backup", source);
        await theirs.CheckAsync();
        watch.Restart();
        string restored = await theirs.RestoreAsync("latest", scratch["out"], source);
        TimeSpan restore = watch.Elapsed;
        await Tree.AssertSameAsync(held, restored, Tree.Exactness.OfOurRestore);
        TestContext.Current.TestOutputHelper!.WriteLine($"1 GiB, {added >> 20} MiB of it new: our backup {backup.TotalSeconds:f1} s, our restore {restore.TotalSeconds:f1} s");
    }
}
