using System.Text.Json;

namespace Offproof.Interop.Peers;

/// <summary>Stock restic and our program write into the same repository in turn: in a folder, and through our server.</summary>
public sealed class Interleaved
{
    const int Steps = 6;

    [Fact]
    public async Task In_a_folder()
    {
        await using Scratch scratch = new();
        OwnVault vault = await OwnVault.CreateAsync(scratch.Root, scratch["repo"]);
        await TakeTurnsAsync(scratch, vault);
    }

    [Fact]
    public async Task In_a_folder_that_restic_made()
    {
        await using Scratch scratch = new();
        OwnVault vault = await OwnVault.CreateAsync(scratch.Root, scratch["repo"], make: false);
        await vault.Restic.GoodAsync("init");
        await TakeTurnsAsync(scratch, vault);
    }

    [Fact]
    public async Task Through_our_server()
    {
        await using Scratch scratch = new();
        await using OwnServer server = await OwnServer.StartAsync(scratch);
        await TakeTurnsAsync(scratch, await server.VaultAsync(write: true));
    }

    static async Task TakeTurnsAsync(Scratch scratch, OwnVault vault)
    {
        Seeded random = new(5);
        string source = scratch.Folder("in");
        for (int i = 0; i < 12; i++) await File.WriteAllBytesAsync(Path.Combine(source, $"{i:d2} 😀.bin"), random.Bytes(700_000 + (i * 1000)));
        List<SortedDictionary<string, Tree.Entry>> held = [];
        List<long> added = [];
        for (int step = 0; step < Steps; step++)
        {
            // Every second step something changes, so that each program once follows the other's snapshot without any change.
            if (step % 3 == 1)
            {
                await File.WriteAllBytesAsync(Path.Combine(source, $"{step:d2} 😀.bin"), random.Bytes(900_000));
                File.Delete(Path.Combine(source, $"{step + 5:d2} 😀.bin"));
            }
            held.Add(await Tree.ReadAsync(source));
            added.Add(step % 2 == 0 ? await ResticAsync(vault, source) : (await vault.BackupAsync(source)).Added);
            await vault.Restic.CheckAsync();
            await vault.CheckAsync();
        }
        // The one finds what the other stored: only the two changed files cost anything (restic counts its trees too).
        Assert.True(added[0] > 8_000_000);
        Assert.InRange(added[1], 900_000, 900_000);
        Assert.InRange(added[2], 0, 40_000);
        Assert.Equal(0, added[3]);
        Assert.InRange(added[4], 900_000, 940_000);
        Assert.Equal(0, added[5]);

        using JsonDocument listed = JsonDocument.Parse(await vault.GoodAsync("snapshots", "--json"));
        JsonElement[] snapshots = [.. listed.RootElement.GetProperty("snapshots").EnumerateArray()];
        Assert.Equal(Steps, snapshots.Length);
        for (int i = 0; i < Steps; i++)
        {
            string id = snapshots[i].GetProperty("id").GetString()!;
            Assert.Equal(i % 2 != 0, snapshots[i].GetProperty("host").GetString() is "offproof");
            await Tree.AssertSameAsync(held[i], await vault.Restic.RestoreAsync(id, scratch["theirs"], source), i % 2 == 0 ? Tree.Exactness.ByRestic : Tree.Exactness.OfOurBackup);
            await Tree.AssertSameAsync(held[i], await vault.RestoreAsync(id, scratch["ours"], source), Tree.Exactness.OfOurRestore);
            await scratch.ForgetAsync("theirs");
            await scratch.ForgetAsync("ours");
        }
        TestContext.Current.TestOutputHelper!.WriteLine($"bytes added, restic and ours in turn: {string.Join(", ", added)}");
    }

    static async Task<long> ResticAsync(OwnVault vault, string source)
    {
        string output = await vault.Restic.GoodAsync("backup", source, "--json");
        string summary = output.Split('\n').Single(static line => line.Contains("\"message_type\":\"summary\"", StringComparison.Ordinal));
        using JsonDocument json = JsonDocument.Parse(summary);
        return json.RootElement.GetProperty("data_added").GetInt64();
    }
}
