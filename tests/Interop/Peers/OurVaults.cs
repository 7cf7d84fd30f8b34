namespace Offproof.Interop.Peers;

/// <summary>What our program wrote, in a folder and through our server, opened by stock restic.</summary>
public sealed class OurVaults
{
    [Fact]
    public async Task Stock_restic_checks_and_restores_every_snapshot_of_ours_in_a_folder()
    {
        await using Scratch scratch = new();
        OwnVault vault = await OwnVault.CreateAsync(scratch.Root, scratch["repo"]);
        await BackUpThreeTimesAsync(scratch, vault, vault.Restic);
    }

    [Fact]
    public async Task Stock_restic_checks_and_restores_every_snapshot_of_ours_through_our_server()
    {
        await using Scratch scratch = new();
        await using OwnServer server = await OwnServer.StartAsync(scratch);
        OwnVault writing = await server.VaultAsync(write: true), reading = await server.VaultAsync(write: false);
        await BackUpThreeTimesAsync(scratch, writing, reading.Restic);
        // The server's folder is a repository as it is.
        await new Restic(server.StoredVault, reading.Password).CheckAsync();
    }

    static async Task BackUpThreeTimesAsync(Scratch scratch, OwnVault vault, Restic restic)
    {
        string source = scratch["in"];
        await Sample.MakeAsync(source, seed: 1);
        List<(string Id, SortedDictionary<string, Tree.Entry> Held)> snapshots = [];
        List<long> added = [];
        for (int round = 0; round < 3; round++)
        {
            if (round == 1) await Sample.ChangeAsync(source, seed: 2);
            (string id, long bytes) = await vault.BackupAsync(source);
            snapshots.Add((id, await Tree.ReadAsync(source)));
            added.Add(bytes);
            await restic.CheckAsync();
            await vault.CheckAsync();
        }
        // Incremental: the change of 100 KB in 20 MB costs the chunks that it touches, and nothing changed costs nothing.
        Assert.InRange(added[0], 20 << 20, 40 << 20);
        Assert.InRange(added[1], 100_000, 17 << 20);
        Assert.Equal(0, added[2]);
        foreach ((string id, SortedDictionary<string, Tree.Entry> held) in snapshots)
        {
            await Tree.AssertSameAsync(held, await restic.RestoreAsync(id, scratch["theirs"], source), Tree.Exactness.OfOurBackup);
            await Tree.AssertSameAsync(held, await vault.RestoreAsync(id, scratch["ours"], source), Tree.Exactness.OfOurRestore);
            await scratch.ForgetAsync("theirs");
            await scratch.ForgetAsync("ours");
        }
        Assert.Equal(5000 - 10 + 1, snapshots[^1].Held.Keys.Count(static name => name.StartsWith("./many/", StringComparison.Ordinal)));
        TestContext.Current.TestOutputHelper!.WriteLine($"{snapshots.Count} snapshots, {snapshots[^1].Held.Count} entries, bytes added {string.Join(", ", added)}");
    }
}
