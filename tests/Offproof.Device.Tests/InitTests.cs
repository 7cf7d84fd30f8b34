using Offproof.Consent;

namespace Offproof.Device.Tests;

/// <summary>`init` that ends anywhere: the next one with the same sheet completes it, and none destroys what is there.</summary>
public sealed class InitTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Theory] // a crash between any two of its steps: what is on the disk then is tried as it is
    [InlineData("device.key")]
    [InlineData("00000000-certificate.jws")]
    [InlineData("sheet.txt")]
    [InlineData("opened")]
    [InlineData("00000000-certificate.receipt.jws")]
    public async Task An_init_that_was_killed_is_finished_by_the_next_one_with_the_same_sheet(string last)
    {
        await using Rig rig = await Rig.StartAsync();
        bool sheetWritten = last is not ("device.key" or "00000000-certificate.jws");
        string[] steps = ["device.key", "records/00000000-certificate.jws", "opened", "records/00000000-certificate.receipt.jws", "account.json"];
        string sheet = await File.ReadAllTextAsync(rig.Sheet);
        if (last is "sheet.txt") // the account was not opened yet: another server folder, with the same key
        {
            int port = rig.Url.Port;
            await rig.StopServerAsync();
            Directory.CreateDirectory(rig["fresh"]);
            File.Copy(Path.Combine(rig.ServerData, "server.key"), Path.Combine(rig["fresh"], "server.key"));
            await rig.StartServerAsync(port, rig["fresh"]);
            last = "00000000-certificate.jws";
        }
        foreach (string step in steps.Reverse().TakeWhile(step => Path.GetFileName(step) != last)) File.Delete(Path.Combine(rig.Home, step));
        if (!sheetWritten) File.Delete(rig.Sheet);

        InitReport report = await DeviceHome.InitAsync(rig.Home, rig.Url, rig.Sheet, null, TimeProvider.System, null, None);

        if (sheetWritten) Assert.Equal(sheet, await File.ReadAllTextAsync(rig.Sheet));
        using DeviceHome home = rig.Open();
        Assert.Equal(report.Account, home.Account);
        home.ConfirmSheet(rig.Sheet);
        home.AddSource(Category.Photos, rig.Phone);
        await home.TurnOnAsync(Category.Photos, None);
        await home.BackupAsync(Category.Photos, null, None);
        await rig.RestoreWithSheetAsync("restored");
        rig.AssertRestored("restored");
    }

    [Fact]
    public async Task A_home_that_lost_its_account_file_is_completed_with_its_sheet_and_keeps_its_records()
    {
        await using Rig rig = await Rig.ReadyAsync();
        using (DeviceHome home = rig.Open())
        {
            await home.TurnOnAsync(Category.Photos, None);
            await home.BackupAsync(Category.Photos, null, None);
        }
        File.Delete(Path.Combine(rig.Home, "account.json"));
        await DeviceHome.InitAsync(rig.Home, rig.Url, rig.Sheet, null, TimeProvider.System, null, None);
        using DeviceHome again = rig.Open();
        Assert.Equal((SwitchState.On, 1), again.Switch(Category.Photos) is var on ? (on.State, on.Epoch) : default);
        await again.BackupAsync(Category.Photos, null, None);
        await rig.RestoreWithSheetAsync("restored");
        rig.AssertRestored("restored");
    }

    [Theory]
    [InlineData("another new sheet")]
    [InlineData("another account's sheet")]
    [InlineData("another server")]
    public async Task Records_that_are_there_are_never_begun_anew(string with)
    {
        await using Rig rig = await Rig.ReadyAsync();
        using (DeviceHome home = rig.Open()) await home.TurnOnAsync(Category.Photos, None);
        await DeviceHome.InitAsync(rig["other-home"], rig.Url, rig["other-sheet.txt"], null, TimeProvider.System, null, None);
        File.Delete(Path.Combine(rig.Home, "account.json"));
        string sheet = with switch { "another new sheet" => rig["new.txt"], "another account's sheet" => rig["other-sheet.txt"], _ => rig.Sheet };
        Uri url = with == "another server" ? new Uri($"http://localhost:{rig.Url.Port}/") : rig.Url;
        SortedDictionary<string, string> before = Tree(rig.Home);
        string other = await File.ReadAllTextAsync(rig["other-sheet.txt"]);

        DeviceException refused = await Assert.ThrowsAsync<DeviceException>(() => DeviceHome.InitAsync(rig.Home, url, sheet, null, TimeProvider.System, null, None));

        Assert.Equal(DeviceFault.Refused, refused.Fault);
        Assert.NotNull(refused.Hint);
        Assert.Equal(before, Tree(rig.Home));
        Assert.False(File.Exists(rig["new.txt"]));
        Assert.Equal(other, await File.ReadAllTextAsync(rig["other-sheet.txt"]));
    }

    [Fact]
    public async Task A_folder_that_was_there_becomes_its_owners_alone()
    {
        await using Rig rig = await Rig.StartAsync(init: false);
        Directory.CreateDirectory(rig.Home);
        if (OperatingSystem.IsWindows()) return;
        File.SetUnixFileMode(rig.Home, (UnixFileMode)0b111_101_101);
        await DeviceHome.InitAsync(rig.Home, rig.Url, rig.Sheet, null, TimeProvider.System, null, None);
        Assert.Equal((UnixFileMode)0b111_000_000, File.GetUnixFileMode(rig.Home));
    }

    private static SortedDictionary<string, string> Tree(string folder)
    {
        SortedDictionary<string, string> tree = new(StringComparer.Ordinal);
        foreach (string file in Directory.GetFiles(folder, "*", SearchOption.AllDirectories)) tree.Add(file, Convert.ToHexString(File.ReadAllBytes(file)));
        return tree;
    }
}
