using Offproof.Consent;

namespace Offproof.Device.Tests;

/// <summary>consent.md §3.7, cli.md `off --erase` and `erase`: what a device and a sheet can have deleted, and what their receipts say.</summary>
public sealed class EraseTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task Off_with_erase_closes_at_once_and_the_server_deletes_after_fourteen_days()
    {
        await using Rig rig = await BackedUpAsync();
        using DeviceHome home = rig.Open();
        SwitchReport off = await home.TurnOffAsync(Category.Photos, erase: true, static _ => { }, None);
        Assert.Equal((SwitchState.Closed, true), (off.State, off.ServerTold));
        Assert.InRange(off.Due!.Value - TimeProvider.System.GetUtcNow(), TimeSpan.FromDays(13.99), TimeSpan.FromDays(14));
        Assert.NotEmpty(rig.Stored());
        DeviceException closed = await Assert.ThrowsAsync<DeviceException>(() => rig.RestoreWithSheetAsync("closed"));
        Assert.Equal(DeviceFault.Refused, closed.Fault);
        Assert.Contains("is closed and will be erased on", closed.Message, StringComparison.Ordinal);

        rig.ServerTime.Ahead = TimeSpan.FromDays(13.9);
        Assert.Equal(SwitchState.Closed, Assert.Single(await home.EraseAsync(Category.Photos, null, None)).Epoch.State);
        Assert.NotEmpty(rig.Stored());
        rig.ServerTime.Ahead = TimeSpan.FromDays(14.1);
        ErasureReport erased = Assert.Single(await home.EraseAsync(Category.Photos, 1, None));
        Assert.Equal(SwitchState.Erased, erased.Epoch.State);
        Assert.Empty(rig.Stored());
        AssertReceipt(home, await File.ReadAllTextAsync(erased.ReceiptFile!), home.Device, ReceiptState.Erased);
        AssertReceipt(home, await File.ReadAllTextAsync(Path.Combine(rig.Home, "records", "00000003-erasure-photos-1.receipt.jws")), home.Device, ReceiptState.Closed);
        Assert.Equal(SwitchState.Erased, home.Switch(Category.Photos).State);
        Assert.Contains("was erased on", (await Assert.ThrowsAsync<DeviceException>(() => rig.RestoreWithSheetAsync("erased"))).Message, StringComparison.Ordinal);

        Assert.Equal((SwitchState.On, 2), (await home.TurnOnAsync(Category.Photos, None)) is var on ? (on.State, on.Epoch) : default);
        await home.BackupAsync(Category.Photos, null, None);
        await rig.RestoreWithSheetAsync("restored");
        rig.AssertRestored("restored");
    }

    [Fact] // malware with the device's key cannot destroy history
    public async Task The_sheet_cancels_on_day_thirteen_and_history_is_there()
    {
        await using Rig rig = await BackedUpAsync();
        using DeviceHome home = rig.Open();
        await home.TurnOffAsync(Category.Photos, erase: true, static _ => { }, None);
        rig.ServerTime.Ahead = TimeSpan.FromDays(13);
        using (Sheet sheet = Sheet.Read(rig.Sheet))
        using (SheetErasure plan = await SheetErasure.PlanAsync(sheet, null, Category.Photos, null, null, cancelled: true, TimeProvider.System, null, None))
        {
            await plan.CancelAsync(None);
            await home.TakeOverErasuresAsync(sheet, plan.ServerKey, [], None);
        }
        Assert.Equal(SwitchState.Kept, home.Switch(Category.Photos).State);
        rig.ServerTime.Ahead = TimeSpan.FromDays(20);
        await rig.RestoreWithSheetAsync("restored");
        rig.AssertRestored("restored");
        // Asked for again, it is closed again.
        Assert.Equal(SwitchState.Closed, Assert.Single(await home.EraseAsync(Category.Photos, null, None)).Epoch.State);
    }

    [Fact]
    public async Task The_sheet_erases_at_once_also_what_is_on_and_the_device_destroys_its_key()
    {
        await using Rig rig = await BackedUpAsync();
        using DeviceHome home = rig.Open();
        using Sheet sheet = Sheet.Read(rig.Sheet);
        using SheetErasure plan = await SheetErasure.PlanAsync(sheet, null, Category.Photos, null, null, cancelled: false, TimeProvider.System, null, None);
        Assert.Equal(("on", 1), (Assert.Single(plan.Targets).State, plan.Targets[0].Epoch));
        ErasureReport erased = Assert.Single(await plan.EraseAsync(static _ => { }, None));
        AssertReceipt(home, erased.Receipt!, home.Account, ReceiptState.Erased);
        Assert.Empty(rig.Stored());

        DeviceException gone = await Assert.ThrowsAsync<DeviceException>(() => home.BackupAsync(Category.Photos, null, None));
        Assert.Equal(DeviceFault.Refused, gone.Fault);
        Assert.Contains("photos (epoch 1) was erased at the server: it is off now, and its key on this device is destroyed", gone.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(rig.Home, "vaults")));
        Assert.Equal((SwitchState.On, 2), (await home.TurnOnAsync(Category.Photos, None)) is var on ? (on.State, on.Epoch) : default);
        Assert.Equal([SwitchState.Erased, SwitchState.On], home.Epochs(Category.Photos).Select(static e => e.State));
        Assert.True(home.Switch(Category.Photos).ServerTold);
    }

    [Fact]
    public async Task The_snapshots_of_the_epochs_that_are_left_are_listed()
    {
        await using Rig rig = await BackedUpAsync();
        using DeviceHome home = rig.Open();
        await home.TurnOffAsync(Category.Photos, erase: true, static _ => { }, None);
        await home.TurnOnAsync(Category.Photos, None);
        await home.BackupAsync(Category.Photos, null, None);
        using Sheet sheet = Sheet.Read(rig.Sheet);
        SnapshotsReport list = await SheetRestore.SnapshotsAsync(sheet, null, Category.Photos, TimeProvider.System, null, None);
        Assert.Equal((2, null), (Assert.Single(list.Snapshots).Epoch, list.Damage));
        DeviceException closed = await Assert.ThrowsAsync<DeviceException>(() => home.RestoreAsync(Category.Photos, new RestoreRequest(rig["x"], Epoch: 1), null, None));
        Assert.Contains("photos (epoch 1) is closed, and will be erased", closed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_backup_that_runs_while_the_sheet_erases_ends_without_a_key()
    {
        await using Rig rig = await BackedUpAsync();
        await File.WriteAllBytesAsync(Path.Combine(rig.Phone, "IMG_0003.jpg"), [9, 9, 9]);
        using HangingWire wire = new("/data/");
        using DeviceHome home = rig.Open(wire);
        Task<BackupReport> backup = home.BackupAsync(Category.Photos, null, None);
        await wire.HangsAsync();
        using (Sheet sheet = Sheet.Read(rig.Sheet))
        using (SheetErasure plan = await SheetErasure.PlanAsync(sheet, null, Category.Photos, null, null, cancelled: false, TimeProvider.System, null, None))
            await plan.EraseAsync(static _ => { }, None);
        wire.Release();
        DeviceFault? fault = null;
        try
        {
            await backup;
        }
        catch (DeviceException e)
        {
            fault = e.Fault;
        }
        Assert.Equal(DeviceFault.Refused, fault);
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(rig.Home, "vaults")));
        Assert.Empty(rig.Stored());
    }

    [Fact]
    public async Task Off_with_erase_without_a_network_is_sent_by_the_next_command()
    {
        await using Rig rig = await BackedUpAsync();
        int port = rig.Url.Port;
        using DeviceHome home = rig.Open();
        await rig.StopServerAsync();
        SwitchReport off = await home.TurnOffAsync(Category.Photos, erase: true, static _ => { }, None);
        Assert.Equal((SwitchState.Closed, false, null), (off.State, off.ServerTold, off.Due));
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(rig.Home, "vaults")));
        await rig.StartServerAsync(port);
        Assert.Null(await home.TellAsync(None));
        Assert.Equal((SwitchState.Closed, true), (home.Switch(Category.Photos).State, home.Switch(Category.Photos).ServerTold));
        Assert.NotNull(home.Switch(Category.Photos).Due);
    }

    [Fact] // A request that the server refuses for good must not stand in the way of what comes after it.
    public async Task An_erasure_that_the_sheet_overtook_is_dropped_and_the_next_epoch_begins()
    {
        await using Rig rig = await BackedUpAsync();
        int port = rig.Url.Port;
        using DeviceHome home = rig.Open();
        await rig.StopServerAsync();
        await home.TurnOffAsync(Category.Photos, erase: true, static _ => { }, None);
        await rig.StartServerAsync(port);
        using (Sheet sheet = Sheet.Read(rig.Sheet))
        using (SheetErasure plan = await SheetErasure.PlanAsync(sheet, null, Category.Photos, null, null, cancelled: false, TimeProvider.System, null, None))
            await plan.EraseAsync(static _ => { }, None);
        await home.TurnOffAsync(Category.Notes, None); // says nothing about photos, and must not hang on it

        Assert.Equal((SwitchState.On, 2), (await home.TurnOnAsync(Category.Photos, None)) is var on ? (on.State, on.Epoch) : default);
        Assert.Contains(home.News, static line => line.StartsWith("the server did not take the erasure of photos (epoch 1)", StringComparison.Ordinal));
        await home.BackupAsync(Category.Photos, null, None);
        await rig.RestoreWithSheetAsync("restored");
        rig.AssertRestored("restored");
        Assert.Equal([SwitchState.Erased, SwitchState.On], home.Epochs(Category.Photos).Select(static e => e.State));
    }

    [Theory] // Each request and each answer is lost once; the same command again finishes.
    [InlineData(false)]
    [InlineData(true)]
    public async Task Off_with_erase_survives_the_loss_of_any_request_or_answer(bool afterSending)
    {
        int survived = 0;
        for (int lose = 1; ; lose++)
        {
            await using Rig rig = await Rig.ReadyAsync();
            using (DeviceHome home = rig.Open()) await home.TurnOnAsync(Category.Photos, None);
            LossyWire wire = new(lose, afterSending);
            bool told;
            using (DeviceHome home = rig.Open(wire)) told = (await home.TurnOffAsync(Category.Photos, erase: true, static _ => { }, None)).ServerTold;
            Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(rig.Home, "vaults")));
            using DeviceHome again = rig.Open();
            SwitchReport off = await again.TurnOffAsync(Category.Photos, erase: true, static _ => { }, None);
            Assert.Equal((SwitchState.Closed, true), (off.State, off.ServerTold));
            Assert.Equal(3, Directory.GetFiles(Path.Combine(rig.Home, "records"), "0000000?-*.jws").Count(static f => !f.Contains("receipt", StringComparison.Ordinal) && !f.Contains("00000000", StringComparison.Ordinal)));
            if (told) break;
            survived++;
        }
        Assert.Equal(2, survived);
    }

    [Fact]
    public async Task What_is_on_is_not_erased_by_the_device_and_nothing_is_erased_twice()
    {
        await using Rig rig = await BackedUpAsync();
        using DeviceHome home = rig.Open();
        Assert.Equal(DeviceFault.Refused, (await Assert.ThrowsAsync<DeviceException>(() => home.EraseAsync(Category.Photos, 1, None))).Fault);
        Assert.Equal(DeviceFault.Refused, (await Assert.ThrowsAsync<DeviceException>(() => home.EraseAsync(Category.Photos, null, None))).Fault);
        Assert.Equal(DeviceFault.Failure, (await Assert.ThrowsAsync<DeviceException>(() => home.EraseAsync(Category.Notes, null, None))).Fault);
        Assert.Equal(DeviceFault.Failure, (await Assert.ThrowsAsync<DeviceException>(() => home.EraseAsync(Category.Photos, 2, None))).Fault);
        using Sheet sheet = Sheet.Read(rig.Sheet);
        using (SheetErasure plan = await SheetErasure.PlanAsync(sheet, null, Category.Photos, null, null, cancelled: false, TimeProvider.System, null, None))
            await plan.EraseAsync(static _ => { }, None);
        using (SheetErasure again = await SheetErasure.PlanAsync(sheet, null, Category.Photos, 1, null, cancelled: false, TimeProvider.System, null, None))
        {
            Assert.Equal("erased", Assert.Single(again.Targets).State);
            ErasureReport report = Assert.Single(await again.EraseAsync(static _ => { }, None)); // nothing more is signed, and the receipt is handed out again
            AssertReceipt(home, report.Receipt!, sheet.Account.Text, ReceiptState.Erased);
            string file = Assert.Single(SheetErasure.KeepReceipts([report], rig.Phone)).ReceiptFile!;
            Assert.Equal(file, Assert.Single(SheetErasure.KeepReceipts([report], rig.Phone)).ReceiptFile);
            await File.WriteAllTextAsync(file, "mine");
            string beside = Assert.Single(SheetErasure.KeepReceipts([report], rig.Phone)).ReceiptFile!;
            Assert.Equal(("mine", report.Receipt), (await File.ReadAllTextAsync(file), await File.ReadAllTextAsync(beside)));
            Assert.Null(Assert.Single(SheetErasure.KeepReceipts([report], rig["no folder"])).ReceiptFile);
        }
        Assert.Equal(DeviceFault.Refused, (await Assert.ThrowsAsync<DeviceException>(() => SheetErasure.PlanAsync(sheet, null, Category.Photos, 1, null, cancelled: true, TimeProvider.System, null, None))).Fault);
    }

    private static void AssertReceipt(DeviceHome home, string compact, string audience, ReceiptState state)
    {
        Assert.True(SignedRecord.TryParse(compact.Trim(), out SignedRecord? record));
        Assert.True(Receipt.TryVerify(record, home.ServerKey, Thumbprint.Parse(audience), out Receipt? receipt));
        Assert.Equal(state, receipt.State);
    }

    private static async Task<Rig> BackedUpAsync()
    {
        Rig rig = await Rig.ReadyAsync();
        using DeviceHome home = rig.Open();
        await home.TurnOnAsync(Category.Photos, None);
        await home.BackupAsync(Category.Photos, null, None);
        return rig;
    }
}
