using Offproof.Consent;

namespace Offproof.Device.Tests;

/// <summary>What a killed command leaves in a home: the next one removes it, and never what another one is making.</summary>
public sealed class LeftoverTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task Folders_on_their_way_in_or_out_are_removed_by_the_next_command()
    {
        await using Rig rig = await Rig.ReadyAsync();
        foreach (string name in (string[])[".gone-photos-0", ".new-notes-0"])
        {
            Directory.CreateDirectory(Path.Combine(rig.Home, "vaults", name));
            await File.WriteAllTextAsync(Path.Combine(rig.Home, "vaults", name, "password"), new string('5', 64));
        }
        using DeviceHome home = rig.Open();
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(rig.Home, "vaults")));
        Assert.All(home.Status().Categories, static line => Assert.Equal(SwitchState.Off, line.State));
    }

    [Fact]
    public async Task Nothing_is_removed_while_another_command_changes_the_home()
    {
        await using Rig rig = await Rig.ReadyAsync();
        string making = Path.Combine(rig.Home, "vaults", ".new-notes-0");
        Directory.CreateDirectory(making);
        using (new FileStream(Path.Combine(rig.Home, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None))
        using (rig.Open())
        {
            Assert.True(Directory.Exists(making));
        }
        using (rig.Open()) Assert.False(Directory.Exists(making));
    }

    [Fact]
    public async Task A_file_that_never_got_its_name_is_removed_once_it_is_old()
    {
        await using Rig rig = await Rig.ReadyAsync();
        string old = Path.Combine(rig.Home, "records", "00000001.jws.0.tmp"), young = Path.Combine(rig.Home, "account.json.0.tmp");
        foreach (string file in (string[])[old, young]) await File.WriteAllTextAsync(file, "half");
        File.SetLastWriteTimeUtc(old, TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(-2));
        using (rig.Open()) Assert.Equal((false, true), (File.Exists(old), File.Exists(young)));
    }

    [Fact]
    public async Task A_write_that_fails_leaves_the_old_file_and_nothing_else()
    {
        await using Rig rig = await Rig.StartAsync(init: false);
        string folder = rig["some"], file = Path.Combine(folder, "file");
        Directory.CreateDirectory(Path.Combine(file, "in-the-way"));
        Assert.ThrowsAny<Exception>(() => HomeFolder.Write(file, [1]));
        Assert.Equal([file], Directory.GetFileSystemEntries(folder));
    }

    [Fact] // `status` without the lock must not destroy the vault that `on` is making for the next epoch
    public async Task A_stale_view_of_the_records_destroys_nothing_new()
    {
        await using Rig rig = await Rig.ReadyAsync();
        using DeviceHome home = rig.Open();
        await home.TurnOnAsync(Category.Photos, None);
        await home.TurnOffAsync(Category.Photos, None);
        using CancellationTokenSource end = new();
        Task looking = Task.Run(async () =>
        {
            using DeviceHome other = rig.Open();
            while (!end.IsCancellationRequested)
            {
                other.Status();
                await Task.Yield();
            }
        }, None);
        for (int epoch = 2; epoch < 8; epoch++)
        {
            SwitchReport on = await home.TurnOnAsync(Category.Photos, None);
            Assert.Equal((SwitchState.On, epoch), (on.State, on.Epoch));
            await home.TurnOffAsync(Category.Photos, None);
        }
        await end.CancelAsync();
        await looking;
    }
}
