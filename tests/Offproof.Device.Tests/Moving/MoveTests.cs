using Offproof.Consent;

namespace Offproof.Device.Tests.Moving;

/// <summary>protocol.md §18: an account goes to another server.</summary>
public sealed class MoveTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task What_was_on_begins_a_new_epoch_there_and_what_was_stored_stays_and_opens_with_the_sheet()
    {
        await using TwoServers two = await TwoServers.StartAsync();
        Rig rig = two.Rig;
        string before;
        using (DeviceHome home = rig.Open()) before = home.Device;
        MoveReport report = await two.MoveAsync(two.Second.Url);
        Assert.Null(report.WhyNotTold);
        Assert.Equal([(Category.Notes, SwitchState.Paused, 2), (Category.Photos, SwitchState.On, 2)], report.Switches.Select(static s => (s.Category, s.State, s.Epoch)).OrderBy(static s => s.State == SwitchState.On));

        using (DeviceHome home = rig.Open())
        {
            Assert.NotEqual(before, home.Device); // a key is a device of one server
            Assert.Equal(two.Second.Url, home.Status().Server);
            Assert.Null(home.Status().Moving);
            Assert.Equal((SwitchState.Off, 0), (home.Switch(Category.Contacts).State, home.Switch(Category.Contacts).Epoch));
            EarlierStatus earlier = Assert.Single(home.Status().Earlier);
            Assert.True(earlier.ServerTold);
            Assert.Equal([(Category.Notes, 1, SwitchState.Kept), (Category.Photos, 1, SwitchState.Kept)],
                earlier.Epochs.Select(static e => (e.Category, e.Epoch, e.State)).OrderBy(static e => e.Category == Category.Photos));
            BackupReport backup = await home.BackupAsync(Category.Photos, null, None);
            Assert.Equal((2, 0L), (backup.Epoch, backup.Unchanged)); // everything again
            LedgerVerdict ledger = home.VerifyLedger();
            Assert.Empty(ledger.Problems);
            Assert.Equal([$"127.0.0.1:{rig.Url.Port}", $"127.0.0.1:{two.Second.Url.Port}"],
                home.Ledger().Select(static l => l.Host).OfType<string>().Distinct().OrderBy(h => h != $"127.0.0.1:{rig.Url.Port}"));
        }
        Assert.Equal(2, (await two.RestoreAsync("new", null)).Epoch);
        Assert.Equal(1, (await two.RestoreAsync("old", rig.Url)).Epoch);

        // What the device was is a home of its own, in which nothing turns on, and which can have its epochs erased.
        using DeviceHome was = DeviceHome.Open(Directory.GetDirectories(Path.Combine(rig.Home, "earlier"))[0], TimeProvider.System);
        Assert.Equal(before, was.Device);
        Assert.Equal(DeviceFault.Refused, (await Assert.ThrowsAsync<DeviceException>(() => was.TurnOnAsync(Category.Contacts, None))).Fault);
        Assert.Equal(SwitchState.Closed, (await was.EraseAsync(Category.Notes, null, None))[0].Epoch.State);
        // With the sheet at once, there; here nothing changes by it.
        using (Sheet sheet = Sheet.Read(rig.Sheet))
        {
            using SheetErasure erasure = await SheetErasure.PlanAsync(sheet, rig.Url, Category.Photos, null, null, cancelled: false, TimeProvider.System, null, None);
            Assert.Equal(SwitchState.Erased, Assert.Single(await erasure.EraseAsync(static _ => { }, None)).Epoch.State);
        }
        await two.RestoreAsync("still", null);
        using DeviceHome after = rig.Open();
        Assert.True(after.VerifyLedger().Verified);
    }

    [Fact] // consent.md §2: "# earlier-server: URL SERVER ACCOUNT"
    public async Task The_sheet_names_the_new_server_and_the_one_before_and_nothing_else_of_it_changes()
    {
        await using TwoServers two = await TwoServers.StartAsync();
        string[] before = await File.ReadAllLinesAsync(two.Rig.Sheet);
        await two.MoveAsync(two.Second.Url);
        string[] after = await File.ReadAllLinesAsync(two.Rig.Sheet);
        string account = before.Single(static l => l.StartsWith("# account: ", StringComparison.Ordinal))[11..];
        string key = before.Single(static l => l.StartsWith("# server-key: ", StringComparison.Ordinal))[14..];
        Assert.Equal([$"# server: {two.Second.Url}", $"# server-key: {two.Second.Key}", $"# earlier-server: {two.Rig.Url} {key} {account}"], after.Except(before));
        Assert.Equal([$"# server: {two.Rig.Url}", $"# server-key: {key}"], before.Except(after));
        using DeviceHome home = two.Rig.Open();
        home.ConfirmSheet(two.Rig.Sheet);
        // What stands in `# server:` never leads back: the old server at the new address is not believed.
        await File.WriteAllTextAsync(two.Rig["astray.txt"], (await File.ReadAllTextAsync(two.Rig.Sheet)).Replace($"# server: {two.Second.Url}", $"# server: {two.Rig.Url}", StringComparison.Ordinal));
        using Sheet astray = Sheet.Read(two.Rig["astray.txt"]);
        Assert.Equal(DeviceFault.Forgery, (await Assert.ThrowsAsync<DeviceException>(() => SheetRestore.RunAsync(
            astray, null, Category.Photos, new RestoreRequest(two.Rig["x"]), TimeProvider.System, null, null, None))).Fault);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_left_all_the_same_and_told_later()
    {
        await using TwoServers two = await TwoServers.StartAsync();
        int port = two.Rig.Url.Port;
        await two.Rig.StopServerAsync();
        MoveReport report = await two.MoveAsync(two.Second.Url);
        Assert.NotNull(report.WhyNotTold);
        Assert.False(Assert.Single(report.Earlier).ServerTold);
        using (DeviceHome home = two.Rig.Open()) await home.BackupAsync(Category.Photos, null, None);
        await two.RestoreAsync("new", null);
        await two.Rig.StartServerAsync(port);
        report = await two.MoveAsync(two.Second.Url);
        Assert.Null(report.WhyNotTold);
        Assert.True(Assert.Single(report.Earlier).ServerTold);
        Assert.Empty(report.Switches);
        using Sheet sheet = Sheet.Read(two.Rig.Sheet);
        using SheetAccess access = await SheetAccess.OpenAsync(sheet, two.Rig.Url, null, TimeProvider.System, null, None);
        Assert.All(access.History.Vaults, static v => Assert.Equal(VaultState.Kept, v.State));
    }

    [Fact]
    public async Task Back_again_no_number_is_used_twice_and_both_servers_stores_open()
    {
        await using TwoServers two = await TwoServers.StartAsync();
        await two.MoveAsync(two.Second.Url);
        using (DeviceHome home = two.Rig.Open()) await home.BackupAsync(Category.Photos, null, None);
        MoveReport back = await two.MoveAsync(two.Rig.Url);
        Assert.Equal([3, 3], back.Switches.Select(static s => s.Epoch));
        Assert.Equal(2, back.Earlier.Count);
        using (DeviceHome home = two.Rig.Open())
        {
            await home.BackupAsync(Category.Photos, null, None);
            Assert.Equal(2, (await home.DevicesAsync(None)).Count);
            // What was off when it moved has its next number too.
            Assert.Equal(1, home.Disclose(Category.Contacts).Epoch);
            await home.TurnOffAsync(Category.Notes, None);
            Assert.Equal(4, home.Disclose(Category.Notes).Epoch);
            Assert.True(home.VerifyLedger().Verified);
        }
        Assert.Equal(3, (await two.RestoreAsync("third", null)).Epoch);
        Assert.Equal(2, (await two.RestoreAsync("second", two.Second.Url)).Epoch);
        Assert.Equal(1, (await two.RestoreAsync("first", null, epoch: 1)).Epoch);
        Assert.Single(await File.ReadAllLinesAsync(two.Rig.Sheet), static l => l.StartsWith("# earlier-server: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_second_device_goes_with_the_same_sheet_and_is_certified_beside_the_first()
    {
        await using TwoServers two = await TwoServers.StartAsync();
        await DeviceHome.JoinAsync(two.Rig["other"], two.Rig.Sheet, null, TimeProvider.System, null, None);
        using (ServerMove plan = await ServerMove.PlanAsync(two.Rig.Sheet, two.Second.Url, two.Rig.Home, static _ => Task.CompletedTask, false, TimeProvider.System, null, None))
            Assert.Single(plan.Plan.OtherDevices);
        await two.MoveAsync(two.Second.Url);
        MoveReport report = await TwoServers.MoveAsync(two.Second.Url, two.Rig["other"], two.Rig.Sheet);
        Assert.True(report.HasDevice);
        Assert.Empty(report.Switches);
        using DeviceHome other = DeviceHome.Open(two.Rig["other"], TimeProvider.System);
        Assert.Equal(2, (await other.DevicesAsync(None)).Count);
        await other.TurnOnAsync(Category.Photos, None);
        // A copy of the sheet that was not there: no device is needed, the account is.
        string copy = two.Rig["copy.txt"];
        await File.WriteAllTextAsync(copy, (await File.ReadAllTextAsync(two.Rig.Sheet)).Replace(two.Second.Key.Text, new string('0', 63) + "1", StringComparison.Ordinal));
        await TwoServers.MoveAsync(two.Second.Url, two.Rig["nowhere"], copy);
        await two.RestoreAsync("old", two.Rig.Url, sheetFile: copy);
    }

    [Fact] // decision 0004: what this sheet once took the place of has no say at the new server
    public async Task A_sheet_that_took_anothers_place_is_the_first_one_there()
    {
        await using TwoServers two = await TwoServers.StartAsync();
        string next = two.Rig["next.txt"];
        RotationReport rotated = await SheetRotation.RunAsync(two.Rig.Sheet, next, null, TimeProvider.System, null, None);
        using (DeviceHome home = two.Rig.Open())
        {
            await home.TakeOverRotationAsync(rotated.Account, None);
            home.ConfirmSheet(next);
        }
        DeviceException refused = await Assert.ThrowsAsync<DeviceException>(() => two.MoveAsync(two.Second.Url)); // the old one
        Assert.Equal(DeviceFault.WrongSheet, refused.Fault);
        Assert.Contains("a newer sheet took its place", refused.Message, StringComparison.Ordinal);
        await two.AssertStillAtFirstAsync();
        MoveReport report = await TwoServers.MoveAsync(two.Second.Url, two.Rig.Home, next);
        using (DeviceHome home = two.Rig.Open()) await home.BackupAsync(Category.Photos, null, None);
        using (Sheet sheet = Sheet.Read(next))
        {
            Assert.Equal(sheet.Signing.Thumbprint, sheet.Account);
            Assert.Equal(report.Account, sheet.Account.Text);
        }
        await two.RestoreAsync("new", null, sheetFile: next);
        await two.RestoreAsync("old", two.Rig.Url, sheetFile: next); // under the account's name of there
        Assert.Equal(DeviceFault.Refused, (await Assert.ThrowsAsync<DeviceException>(() => SheetRotation.RunAsync(next, two.Rig["x.txt"], two.Rig.Url, TimeProvider.System, null, None))).Fault);
        Assert.False(File.Exists(two.Rig["x.txt"]));
    }
}
