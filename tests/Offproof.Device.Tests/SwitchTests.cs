using Offproof.Consent;

namespace Offproof.Device.Tests;

public sealed class SwitchTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact] // README: "Off is the default"
    public async Task Everything_is_off_after_init_and_no_key_exists()
    {
        await using Rig rig = await Rig.StartAsync();
        using DeviceHome home = rig.Open();
        Assert.All(home.Status().Categories, static line => Assert.Equal(SwitchState.Off, line.State));
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(rig.Home, "vaults")));
        Assert.Empty(rig.Stored());
    }

    [Fact]
    public async Task Nothing_turns_on_before_the_sheet_is_confirmed()
    {
        await using Rig rig = await Rig.StartAsync();
        using DeviceHome home = rig.Open();
        DeviceException refused = await Assert.ThrowsAsync<DeviceException>(() => home.TurnOnAsync(Category.Photos, None));
        Assert.Equal(DeviceFault.Refused, refused.Fault);
        Assert.Empty(rig.Stored());
    }

    [Fact] // README: "while a category is off, the server refuses and stores nothing, and the device has no key"
    public async Task Off_destroys_the_key_and_only_the_sheet_restores()
    {
        await using Rig rig = await Rig.ReadyAsync();
        using DeviceHome home = rig.Open();
        Assert.Equal(SwitchState.On, (await home.TurnOnAsync(Category.Photos, None)).State);
        await home.BackupAsync(Category.Photos, null, None);
        string vault = Path.Combine(rig.Home, "vaults", "photos");
        byte[] password = await File.ReadAllBytesAsync(Path.Combine(vault, "password"));

        SwitchReport off = await home.TurnOffAsync(Category.Photos, None);

        Assert.Equal((SwitchState.Kept, true), (off.State, off.ServerTold));
        Assert.False(Directory.Exists(vault));
        Assert.DoesNotContain(Directory.GetFiles(rig.Home, "*", SearchOption.AllDirectories),
            file => File.ReadAllBytes(file).AsSpan().IndexOf(password) >= 0);
        string[] stored = rig.Stored();
        DeviceException write = await Assert.ThrowsAsync<DeviceException>(() => home.BackupAsync(Category.Photos, null, None));
        DeviceException read = await Assert.ThrowsAsync<DeviceException>(() => home.RestoreAsync(Category.Photos, new RestoreRequest(rig["by-device"]), null, None));
        Assert.Equal((DeviceFault.Refused, DeviceFault.Refused), (write.Fault, read.Fault));
        Assert.Equal(stored, rig.Stored());
        Assert.False(Directory.Exists(rig["by-device"]));

        await rig.RestoreWithSheetAsync("by-sheet");
        rig.AssertRestored("by-sheet");
    }

    [Fact]
    public async Task A_backup_of_a_category_that_is_off_reads_nothing_and_sends_nothing()
    {
        await using Rig rig = await Rig.ReadyAsync();
        Directory.Delete(rig.Phone, recursive: true); // reading it would fail in another way
        LossyWire wire = new(lose: int.MaxValue, afterSending: false);
        using DeviceHome home = rig.Open(wire);
        DeviceException refused = await Assert.ThrowsAsync<DeviceException>(() => home.BackupAsync(Category.Photos, null, None));
        Assert.Equal(DeviceFault.Refused, refused.Fault);
        Assert.Equal(0, wire.Count);
    }

    [Fact]
    public async Task Off_without_a_network_holds_on_the_device_and_the_server_is_told_later()
    {
        await using Rig rig = await Rig.ReadyAsync();
        int port = rig.Url.Port;
        using (DeviceHome home = rig.Open())
        {
            await home.TurnOnAsync(Category.Photos, None);
            await rig.StopServerAsync();
            SwitchReport off = await home.TurnOffAsync(Category.Photos, None);
            Assert.Equal((SwitchState.Kept, false), (off.State, off.ServerTold));
            Assert.False(Directory.Exists(Path.Combine(rig.Home, "vaults", "photos")));
        }
        await rig.StartServerAsync(port);
        using DeviceHome later = rig.Open();
        Assert.True((await later.TurnOffAsync(Category.Photos, None)).ServerTold);
    }

    [Fact] // what a person reads must not hide that the key is gone
    public async Task Off_says_that_it_holds_also_when_the_receipt_is_forged()
    {
        await using Rig rig = await Rig.ReadyAsync();
        using (DeviceHome home = rig.Open()) await home.TurnOnAsync(Category.Photos, None);
        LyingWire wire = new("/v1/records", static receipt =>
        {
            receipt[^20] = receipt[^20] == (byte)'A' ? (byte)'B' : (byte)'A'; // of the signature
            return receipt;
        });
        using DeviceHome lied = rig.Open(wire);
        SwitchReport? held = null;
        DeviceException forged = await Assert.ThrowsAsync<DeviceException>(() => lied.TurnOffAsync(Category.Photos, holds => held = holds, None));
        Assert.Equal(DeviceFault.Forgery, forged.Fault);
        Assert.StartsWith("photos is off, and its key on this device is destroyed; but the server's receipt", forged.Message, StringComparison.Ordinal);
        Assert.Equal((SwitchState.Kept, false), (held!.State, held.ServerTold));
        Assert.False(Directory.Exists(Path.Combine(rig.Home, "vaults", "photos")));
        Assert.Equal(1, wire.Lies);
    }

    [Fact]
    public async Task A_restore_that_off_overtakes_says_that_the_sheet_goes_on()
    {
        await using Rig rig = await Rig.ReadyAsync();
        using (DeviceHome home = rig.Open())
        {
            await home.TurnOnAsync(Category.Photos, None);
            await home.BackupAsync(Category.Photos, null, None);
        }
        using HangingWire wire = new("/data/");
        using DeviceHome reader = rig.Open(wire);
        Task<RestoreReport> restore = reader.RestoreAsync(Category.Photos, new RestoreRequest(rig["restored"]), null, None);
        await wire.HangsAsync();
        using (DeviceHome other = rig.Open()) await other.TurnOffAsync(Category.Photos, None);
        wire.Release();
        DeviceFault? fault = null;
        try
        {
            await restore;
        }
        catch (DeviceException e)
        {
            fault = e.Fault;
            Assert.Contains("where the category was turned off meanwhile, what a restore has written is whole, and restore with --sheet FILE goes on from there", e.Hint, StringComparison.Ordinal);
        }
        Assert.Equal(DeviceFault.Refused, fault);
    }

    [Fact]
    public async Task On_again_is_a_new_epoch_with_a_new_key_and_the_old_epoch_still_opens()
    {
        await using Rig rig = await Rig.ReadyAsync();
        using DeviceHome home = rig.Open();
        await home.TurnOnAsync(Category.Photos, None);
        await home.BackupAsync(Category.Photos, null, None);
        string first = await File.ReadAllTextAsync(Path.Combine(rig.Home, "vaults", "photos", "password"));
        await home.TurnOffAsync(Category.Photos, None);
        Assert.Equal(2, (await home.TurnOnAsync(Category.Photos, None)).Epoch);
        Assert.NotEqual(first, await File.ReadAllTextAsync(Path.Combine(rig.Home, "vaults", "photos", "password")));

        using Sheet sheet = Sheet.Read(rig.Sheet);
        RestoreReport old = await SheetRestore.RunAsync(
            sheet, null, Category.Photos, new RestoreRequest(rig["old"], Epoch: 1), TimeProvider.System, null, null, None);
        Assert.Equal(1, old.Epoch);
        rig.AssertRestored("old");
    }

    [Fact]
    public async Task A_pause_keeps_the_key_and_refuses_backups()
    {
        await using Rig rig = await Rig.ReadyAsync();
        using DeviceHome home = rig.Open();
        await home.TurnOnAsync(Category.Photos, None);
        await home.BackupAsync(Category.Photos, null, None);
        Assert.Equal(SwitchState.Paused, home.Pause(Category.Photos).State);
        DeviceException refused = await Assert.ThrowsAsync<DeviceException>(() => home.BackupAsync(Category.Photos, null, None));
        Assert.Equal(DeviceFault.Refused, refused.Fault);
        await home.RestoreAsync(Category.Photos, new RestoreRequest(rig["while-paused"]), null, None);
        rig.AssertRestored("while-paused");
        Assert.Equal((SwitchState.On, 1), (await home.TurnOnAsync(Category.Photos, None)) is var on ? (on.State, on.Epoch) : default);
    }

    [Fact]
    public async Task The_beginning_of_a_snapshots_id_is_enough_while_it_is_the_only_one()
    {
        await using Rig rig = await Rig.ReadyAsync();
        using DeviceHome home = rig.Open();
        await home.TurnOnAsync(Category.Photos, None);
        string first = (await home.BackupAsync(Category.Photos, null, None)).Snapshot;
        await home.RestoreAsync(Category.Photos, new RestoreRequest(rig["one"], Snapshot: first[..1]), null, None);
        string second = (await home.BackupAsync(Category.Photos, null, None)).Snapshot;
        int same = first.Zip(second).TakeWhile(static pair => pair.First == pair.Second).Count();
        DeviceException usage = await Assert.ThrowsAsync<DeviceException>(
            () => home.RestoreAsync(Category.Photos, new RestoreRequest(rig["two"], Snapshot: first[..same]), null, None));
        Assert.Equal(DeviceFault.Usage, usage.Fault);
        RestoreReport report = await home.RestoreAsync(Category.Photos, new RestoreRequest(rig["two"], Snapshot: first[..(same + 1)]), null, None);
        Assert.Equal(first, report.Snapshot);
    }

    [Theory] // Turning on asks the server about ten things; each request and each answer is lost once, and the next `on` finishes.
    [InlineData(false)]
    [InlineData(true)]
    public async Task Turning_on_survives_the_loss_of_any_request_or_answer(bool afterSending)
    {
        int survived = 0;
        for (int lose = 1; ; lose++)
        {
            await using Rig rig = await Rig.ReadyAsync();
            LossyWire wire = new(lose, afterSending);
            bool failed = false;
            using (DeviceHome home = rig.Open(wire))
            {
                using CancellationTokenSource patience = new(TimeSpan.FromSeconds(1)); // the storage retries for longer than a test should
                try
                {
                    await home.TurnOnAsync(Category.Photos, patience.Token);
                }
                catch (Exception e) when (e is DeviceException { Fault: DeviceFault.Unreachable } or OperationCanceledException)
                {
                    failed = true;
                    Assert.NotEqual(SwitchState.On, home.Switch(Category.Photos).State);
                }
            }
            using DeviceHome again = rig.Open();
            Assert.Equal(SwitchState.On, (await again.TurnOnAsync(Category.Photos, None)).State);
            Assert.Equal(1, again.Switch(Category.Photos).Epoch);
            await again.BackupAsync(Category.Photos, null, None);
            await rig.RestoreWithSheetAsync("restored");
            rig.AssertRestored("restored");
            if (!failed) break;
            survived++;
        }
        Assert.InRange(survived, 6, 30);
    }

    [Fact]
    public async Task A_crash_between_signing_a_revocation_and_destroying_the_key_is_finished_by_the_next_run()
    {
        await using Rig rig = await Rig.ReadyAsync();
        string vault = Path.Combine(rig.Home, "vaults", "photos");
        using DeviceHome home = rig.Open();
        await home.TurnOnAsync(Category.Photos, None);
        string[] files = Directory.GetFiles(vault);
        byte[][] contents = [.. files.Select(File.ReadAllBytes)];
        await home.TurnOffAsync(Category.Photos, None);
        Directory.CreateDirectory(vault); // as if the process had died before destroying it
        for (int i = 0; i < files.Length; i++) await File.WriteAllBytesAsync(files[i], contents[i]);

        SwitchReport left = home.Switch(Category.Photos);
        Assert.Equal((SwitchState.Off, Path.Combine(vault, "password")), (left.State, left.KeyLeft)); // it is not only the sheet that opens it
        Assert.Equal(SwitchState.Kept, Assert.Single(home.Epochs(Category.Photos)).State);
        await Assert.ThrowsAsync<DeviceException>(() => home.BackupAsync(Category.Photos, null, None));
        Assert.False(Directory.Exists(vault));
        Assert.Equal((SwitchState.Kept, null), (home.Switch(Category.Photos).State, home.Switch(Category.Photos).KeyLeft));
    }
}
