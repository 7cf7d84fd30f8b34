using System.Globalization;

namespace Offproof.Interop.Kills;

/// <summary>What the two places of killing have in common: contents that change, the order of aims, and what must hold after each kill.</summary>
static class Killing
{
    internal const int KillsPerVault = 10;
    const int Files = 15;
    const int FileSize = 2 << 20;

    // Six of ten at any time, the others where a run stays for moments only.
    static readonly Aim[] Aims = [Aim.AnyTime, Aim.FirstIndex, Aim.AnyTime, Aim.AnyTime, Aim.FirstPack, Aim.AnyTime, Aim.FirstSnapshot, Aim.AnyTime, Aim.FirstUnwholeFile, Aim.AnyTime];

    // Past the half, what was never hit is aimed at every other time.
    internal static Aim AimOf(Diary diary, int wanted) => diary.Kills > wanted / 2 && diary.Kills % 2 == 0 && diary.Missed is [Phase missed, ..]
        ? missed switch
        {
            Phase.Writing => Aim.FirstUnwholeFile,
            Phase.Packs => Aim.FirstPack,
            Phase.Index => Aim.FirstIndex,
            Phase.Snapshot => Aim.FirstSnapshot,
            _ => Aim.AnyTime,
        }
        : Aims[diary.Kills % Aims.Length];

    /// <summary>As many as wanted; and up to twenty more while a phase was never hit.</summary>
    internal static bool GoesOn(Diary diary, int wanted) => diary.Kills < Times(wanted) || (diary.Missed.Count > 0 && diary.Kills < Times(wanted) + 20);

    /// <summary>30 MiB: two packs, so that a run has something to write before it ends. All of it new each time.</summary>
    internal static async Task RewriteAsync(string folder, Seeded random)
    {
        for (int i = 0; i < Files; i++) await File.WriteAllBytesAsync(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"IMG_{i:d4}.jpg")), random.Bytes(FileSize + random.Below(4096)));
    }

    internal static IEnumerable<string> Contents(SortedDictionary<string, Tree.Entry> tree) => tree.Where(static e => e.Value.Type is "f").Select(static e => $"{Path.GetFileName(e.Key)} {e.Value.Content}");

    /// <summary>OFFPROOF_SOAK=1: ten times as many. A little over half an hour on two cores.</summary>
    internal static int Times(int kills) => Environment.GetEnvironmentVariable("OFFPROOF_SOAK") is "1" ? 10 * kills : kills;
}

public sealed class KilledBackupsIntoAFolder
{
    const int Wanted = 60;

    [Fact]
    public async Task Sixty_SIGKILLs_leave_a_vault_that_restic_finds_sound_and_the_next_run_completes()
    {
        ulong seed = Seeded.Choose();
        Seeded random = new(seed);
        using Diary diary = new($"OFFPROOF_SEED={seed}, `vault backup` into a folder");
        await using Scratch scratch = new();
        string source = scratch.Folder("in");
        TimeSpan usual = default;
        for (bool fresh = false; Killing.GoesOn(diary, Wanted); fresh = !fresh)
        {
            OwnVault vault = await OwnVault.CreateAsync(scratch.Root, scratch["repo"]);
            Victim victim = new(() => vault.StartInfoAsync("backup", source), vault.Place, Path.Combine(vault.Place, "tmp")) { Usual = usual };
            await Killing.RewriteAsync(source, random);
            // Every second vault has no snapshot yet when it is first hit.
            if (!fresh) await victim.CompleteAsync();
            for (int kill = 0; kill < Killing.KillsPerVault && Killing.GoesOn(diary, Wanted); kill++)
            {
                await Killing.RewriteAsync(source, random);
                Phase phase = diary.Note(await victim.KillAsync(random, Killing.AimOf(diary, Wanted)));
                await vault.Restic.CheckAsync(readData: false, noLock: true);
                await victim.CompleteAsync(phase);
            }
            usual = victim.Usual;
            await vault.Restic.CheckAsync(noLock: true);
            await vault.CheckAsync();
            SortedDictionary<string, Tree.Entry> held = await Tree.ReadAsync(source);
            await Tree.AssertSameAsync(held, await vault.Restic.RestoreAsync("latest", scratch["out"], source), Tree.Exactness.OfOurBackup);
            await scratch.ForgetAsync("out");
            await Tree.AssertSameAsync(held, await vault.RestoreAsync("latest", scratch["out"], source), Tree.Exactness.OfOurRestore);
            await scratch.ForgetAsync("out");
            await scratch.ForgetAsync("repo");
        }
        diary.AssertAllPhases();
    }
}

public sealed class KilledBackupsThroughOurServer
{
    const int Wanted = 40;
    // Besides: the server itself is killed while a device uploads, and started again at once.
    const int ServerKillsPerVault = 2;

    [Fact]
    public async Task Forty_SIGKILLs_of_the_device_and_some_of_the_server_leave_a_vault_that_restic_finds_sound()
    {
        ulong seed = Seeded.Choose();
        Seeded random = new(seed);
        using Diary diary = new($"OFFPROOF_SEED={seed}, `backup photos` through our server"), servers = new("the server meanwhile");
        while (Killing.GoesOn(diary, Wanted))
        {
            await using Scratch scratch = new();
            await using OwnServer server = await OwnServer.StartAsync(scratch);
            Victim victim = new(() => server.DeviceAsync("backup", "photos"), server.StoredVault, Path.Combine(server.Data, "tmp"));
            OwnVault vault = (await server.VaultAsync(write: false)) with { Place = server.StoredVault };
            await Killing.RewriteAsync(server.Photos, random);
            await victim.CompleteAsync();
            for (int kill = 0; kill < Killing.KillsPerVault && Killing.GoesOn(diary, Wanted); kill++)
            {
                await Killing.RewriteAsync(server.Photos, random);
                Phase phase = diary.Note(await victim.KillAsync(random, Killing.AimOf(diary, Wanted)));
                await vault.Restic.CheckAsync(readData: false, noLock: true);
                await victim.CompleteAsync(phase);
            }
            for (int kill = 0; kill < ServerKillsPerVault || (servers.LandedIn(Phase.Writing) == 0 && kill < 5 * ServerKillsPerVault); kill++)
            {
                await Killing.RewriteAsync(server.Photos, random);
                // The device asks again until the server is back, and its run completes; where it gives up (7) the next one does.
                servers.Note(await victim.KillAsync(random, kill == 1 ? Aim.AnyTime : Aim.FirstUnwholeFile, async () =>
                {
                    await server.KillAsync();
                    string[] unwhole = Directory.GetFiles(Path.Combine(server.Data, "tmp"));
                    await vault.Restic.CheckAsync(readData: false, noLock: true);
                    await server.UpAsync();
                    Assert.DoesNotContain(unwhole, File.Exists);
                }));
                await vault.Restic.CheckAsync(readData: false, noLock: true);
                await victim.CompleteAsync(Phase.Snapshot);
            }
            await vault.Restic.CheckAsync(noLock: true);
            await vault.CheckAsync();
            IEnumerable<string> held = Killing.Contents(await Tree.ReadAsync(server.Photos));
            await vault.Restic.RestoreAsync("latest", scratch["theirs"], "");
            Assert.Equal(held, Killing.Contents(await Tree.ReadAsync(scratch["theirs"])));
            await server.GoodAsync("restore", "photos", "--to", scratch["ours"]);
            Assert.Equal(held, Killing.Contents(await Tree.ReadAsync(scratch["ours"])));
        }
        diary.AssertAllPhases();
        Assert.True(servers.LandedIn(Phase.Writing) > 0, "no kill of the server landed in an upload");
    }
}
