using Offproof.Consent;

namespace Offproof.Device.Tests;

/// <summary>consent.md §3.10, §3.11: another sheet takes the place of the account's.</summary>
public sealed class SheetChangeTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task A_sheet_rotated_three_times_opens_the_first_snapshot_and_the_earlier_ones_are_refused()
    {
        await using Rig rig = await BackedUpAsync();
        string old = rig.Sheet;
        for (int i = 1; i <= 3; i++)
        {
            string next = rig[$"sheet{i}.txt"];
            RotationReport report = await RotateAsync(old, next);
            Assert.Equal(i, report.Changes);
            old = next;
        }
        await RestoreAsync(rig, "sheet3.txt", "restored");
        rig.AssertRestored("restored");
        foreach (string earlier in (string[])["sheet.txt", "sheet1.txt", "sheet2.txt"])
        {
            DeviceException refused = await Assert.ThrowsAsync<DeviceException>(() => RestoreAsync(rig, earlier, "refused"));
            Assert.Equal(DeviceFault.WrongSheet, refused.Fault);
            Assert.Contains("a newer sheet took its place", refused.Message, StringComparison.Ordinal);
        }
        Assert.False(Directory.Exists(rig["refused"]));
    }

    [Fact]
    public async Task A_device_learns_of_a_rotation_elsewhere_before_it_seals()
    {
        await using Rig rig = await BackedUpAsync();
        await RotateAsync(rig.Sheet, rig["next.txt"]);
        using DeviceHome home = rig.Open();
        await home.TurnOffAsync(Category.Photos, None);
        // Whoever has the old sheet can sign a rotation, a finder too (consent.md §3.10).
        DeviceException unproven = await Assert.ThrowsAsync<DeviceException>(() => home.TurnOnAsync(Category.Photos, None));
        Assert.Equal(DeviceFault.Refused, unproven.Fault);
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(rig.Home, "vaults")));
        Assert.Contains(home.News, static line => line.StartsWith("the account's sheet was rotated on", StringComparison.Ordinal));
        Assert.NotNull(home.Status().SheetUnconfirmedSince);
        Assert.Equal(DeviceFault.Refused, (await Assert.ThrowsAsync<DeviceException>(() => home.OfferAsync(JoinRequest.Parse("ABCDEFGH"), None))).Fault);
        await home.ConfirmSheetAsync(rig["next.txt"], None);
        Assert.Null(home.Status().SheetUnconfirmedSince);
        Assert.Equal(SwitchState.On, (await home.TurnOnAsync(Category.Photos, None)).State);
        using Sheet next = Sheet.Read(rig["next.txt"]);
        Assert.Equal(next.Recipient.ToString(), (await File.ReadAllTextAsync(Path.Combine(rig.Home, "vaults", "photos", "recipient"))).Trim());
        Assert.True(next.TryOpen(await File.ReadAllBytesAsync(Path.Combine(rig.Home, "vaults", "photos", "password.age")), out _));
        await home.BackupAsync(Category.Photos, null, None);
        await RestoreAsync(rig, "next.txt", "restored");
        rig.AssertRestored("restored");
        // The first epoch, sealed to the sheet before, still opens.
        await SheetRestore.RunAsync(next, null, Category.Photos, new RestoreRequest(rig["first"], Epoch: 1), TimeProvider.System, null, null, None);
        rig.AssertRestored("first");
    }

    [Fact]
    public async Task After_a_rotation_on_this_device_the_new_sheet_has_to_be_confirmed_and_the_old_one_is_told_apart()
    {
        await using Rig rig = await BackedUpAsync();
        RotationReport report = await RotateAsync(rig.Sheet, rig["next.txt"]);
        using DeviceHome home = rig.Open();
        Assert.True(await home.TakeOverRotationAsync(report.Account, None));
        DeviceException unconfirmed = await Assert.ThrowsAsync<DeviceException>(() => home.TurnOnAsync(Category.Notes, None));
        Assert.Contains("and the new one is not confirmed on this device", unconfirmed.Message, StringComparison.Ordinal);
        DeviceException old = await Assert.ThrowsAsync<DeviceException>(() => home.ConfirmSheetAsync(rig.Sheet, None));
        Assert.Equal(DeviceFault.WrongSheet, old.Fault);
        Assert.Contains("a newer sheet took its place on ", old.Message, StringComparison.Ordinal);
        Assert.Null((await home.ConfirmSheetAsync(rig["next.txt"], None)).Due);
        Assert.Equal(SwitchState.On, (await home.TurnOnAsync(Category.Notes, None)).State);
        Assert.Equal(1, home.Status().Sheet.Changes);
    }

    [Fact]
    public async Task A_new_sheet_from_elsewhere_is_confirmed_although_the_device_did_not_know_it()
    {
        await using Rig rig = await Rig.StartAsync();
        await RotateAsync(rig.Sheet, rig["next.txt"]);
        using DeviceHome home = rig.Open();
        await home.ConfirmSheetAsync(rig["next.txt"], None);
        Assert.True(home.Status().SheetConfirmed);
    }

    [Theory] // Each request and each answer is lost once; the same command with the same files finishes.
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_rotation_survives_the_loss_of_any_request_or_answer(bool afterSending)
    {
        int survived = 0, begun = 0;
        for (int lose = 1; ; lose++)
        {
            await using Rig rig = await Rig.StartAsync();
            bool failed = false;
            try
            {
                await SheetRotation.RunAsync(rig.Sheet, rig["next.txt"], null, TimeProvider.System, new LossyWire(lose, afterSending), None);
            }
            catch (DeviceException e) when (e.Fault == DeviceFault.Unreachable)
            {
                failed = true;
            }
            if (failed && File.Exists(rig["next.txt"])) begun++;
            RotationReport report = failed ? await RotateAsync(rig.Sheet, rig["next.txt"]) : new RotationReport("", "", default, 1);
            Assert.Equal(1, report.Changes);
            using Sheet next = Sheet.Read(rig["next.txt"]);
            await Assert.ThrowsAsync<DeviceException>(() => SheetRestore.SnapshotsAsync(next, null, Category.Photos, TimeProvider.System, null, None)); // never on, but let in
            Assert.Equal(DeviceFault.WrongSheet, (await Assert.ThrowsAsync<DeviceException>(() => RestoreAsync(rig, "sheet.txt", "x"))).Fault);
            if (!failed) break;
            survived++;
        }
        Assert.InRange(survived, 4, 10);
        Assert.Equal(1, begun); // the file was written before the server was told
    }

    [Fact] // The slower of two runs is refused, and must not take the file away: it is the account's sheet by then.
    public async Task Two_rotations_with_the_same_files_at_once_leave_the_new_sheet()
    {
        await using Rig rig = await Rig.StartAsync();
        using HangingWire wire = new("/v1/records");
        Task<RotationReport> slower = SheetRotation.RunAsync(rig.Sheet, rig["next.txt"], null, TimeProvider.System, wire, None);
        await wire.HangsAsync();
        RotationReport faster = await RotateAsync(rig.Sheet, rig["next.txt"]);
        wire.Release();
        Assert.Equal(faster, await slower);
        using Sheet next = Sheet.Read(rig["next.txt"]);
        (await SheetAccess.OpenAsync(next, null, null, TimeProvider.System, null, None)).Dispose();
    }

    [Fact]
    public async Task A_new_sheet_goes_over_no_file_that_is_not_its_beginning()
    {
        await using Rig rig = await Rig.StartAsync();
        await using Rig other = await Rig.StartAsync();
        await RotateAsync(other.Sheet, other["next.txt"]);
        File.Copy(other["next.txt"], rig["others.txt"]);
        await File.WriteAllTextAsync(rig["notes.txt"], "mine");
        foreach (string file in (string[])["others.txt", "notes.txt", "sheet.txt"])
        {
            string before = await File.ReadAllTextAsync(rig[file]);
            DeviceException refused = await Assert.ThrowsAsync<DeviceException>(() => RotateAsync(rig.Sheet, rig[file]));
            Assert.Equal(DeviceFault.Refused, refused.Fault);
            Assert.Equal(before, await File.ReadAllTextAsync(rig[file]));
        }
        await RotateAsync(rig.Sheet, rig["next.txt"]);
        // The sheet that was rotated to, and an old one that is refused: neither is a beginning any more.
        Assert.Equal(DeviceFault.WrongSheet, (await Assert.ThrowsAsync<DeviceException>(() => RotateAsync(rig.Sheet, rig["third.txt"]))).Fault);
        Assert.False(File.Exists(rig["third.txt"]));
        await RotateAsync(rig["next.txt"], rig["third.txt"]);
        Assert.Equal(DeviceFault.WrongSheet, (await Assert.ThrowsAsync<DeviceException>(() => RotateAsync(rig.Sheet, rig["next.txt"]))).Fault);
    }

    [Fact]
    public async Task A_lost_sheet_is_replaced_after_fourteen_days_and_what_is_on_begins_its_next_epoch()
    {
        await using Rig rig = await BackedUpAsync();
        using DeviceHome home = rig.Open();
        ReplacementReport asked = await home.ReplaceSheetAsync(rig["new.txt"], None);
        Assert.InRange(asked.Due!.Value - TimeProvider.System.GetUtcNow(), TimeSpan.FromDays(13.99), TimeSpan.FromDays(14));
        Assert.Equal((0, 1), (asked.Lost.Count, asked.StillOn.Count));
        Assert.Equal((true, asked.Due), (home.Status().Sheet.ReplacementPending, home.Status().Sheet.ReplacementDue));
        Assert.Equal(asked.Due, (await home.ConfirmSheetAsync(rig["new.txt"], None)).Due);
        Assert.Equal(asked.Due, (await home.ReplaceSheetAsync(rig["new.txt"], None)).Due); // again is no second one
        await rig.RestoreWithSheetAsync("meanwhile"); // with the old one, which is the account's until then

        rig.ServerTime.Ahead = TimeSpan.FromDays(14.1);
        BackupReport backup = await home.BackupAsync(Category.Photos, null, None);
        Assert.Contains(backup.Remarks, static line => line.StartsWith("no sheet opens photos any more", StringComparison.Ordinal));
        Assert.True(home.Switch(Category.Photos).SheetLost);
        Assert.Equal((true, 2), (home.Disclose(Category.Photos).SheetLost, home.Disclose(Category.Photos).Epoch));
        DeviceException lost = await Assert.ThrowsAsync<DeviceException>(() => RestoreAsync(rig, "new.txt", "lost"));
        Assert.Contains("it was sealed to one that was lost", lost.Message, StringComparison.Ordinal);
        Assert.Equal(DeviceFault.WrongSheet, (await Assert.ThrowsAsync<DeviceException>(() => rig.RestoreWithSheetAsync("old"))).Fault);

        Assert.Equal((SwitchState.On, 2, false), (await home.TurnOnAsync(Category.Photos, None)) is var on ? (on.State, on.Epoch, on.SheetLost) : default);
        await home.BackupAsync(Category.Photos, null, None);
        await RestoreAsync(rig, "new.txt", "restored");
        rig.AssertRestored("restored");
    }

    [Fact]
    public async Task A_new_sheet_that_was_never_confirmed_turns_nothing_on()
    {
        await using Rig rig = await BackedUpAsync();
        using DeviceHome home = rig.Open();
        await home.ReplaceSheetAsync(rig["new.txt"], None);
        rig.ServerTime.Ahead = TimeSpan.FromDays(14.1);
        DeviceException unconfirmed = await Assert.ThrowsAsync<DeviceException>(() => home.TurnOnAsync(Category.Notes, None));
        Assert.Contains("and the new one is not confirmed on this device", unconfirmed.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(rig.Stored(), static file => file.Contains("notes", StringComparison.Ordinal));
        await home.ConfirmSheetAsync(rig["new.txt"], None);
        Assert.Equal(SwitchState.On, (await home.TurnOnAsync(Category.Notes, None)).State);
    }

    [Fact]
    public async Task The_old_sheet_cancels_a_replacement()
    {
        await using Rig rig = await BackedUpAsync();
        using DeviceHome home = rig.Open();
        ReplacementReport asked = await home.ReplaceSheetAsync(rig["new.txt"], None);
        using Sheet old = Sheet.Read(rig.Sheet);
        Assert.Equal(asked.Due, await SheetReplacement.CancelAsync(old, null, TimeProvider.System, null, None));
        await Assert.ThrowsAsync<DeviceException>(() => SheetReplacement.CancelAsync(old, null, TimeProvider.System, null, None));
        rig.ServerTime.Ahead = TimeSpan.FromDays(15);
        await rig.RestoreWithSheetAsync("restored");
        rig.AssertRestored("restored");
        await Assert.ThrowsAsync<DeviceException>(() => home.ReplaceSheetAsync(rig["new.txt"], None)); // not with the sheet that was cancelled
        Assert.NotNull((await home.ReplaceSheetAsync(rig["newer.txt"], None)).Due);
    }

    [Fact] // A server that was set back to before a rotation is told of it again, and the device never goes back to the old sheet.
    public async Task A_device_never_goes_back_to_a_sheet_that_it_knows_to_be_over()
    {
        await using Rig rig = await BackedUpAsync();
        int port = rig.Url.Port;
        await rig.StopServerAsync();
        Copy(rig.ServerData, rig["older"]);
        await rig.StartServerAsync(port);
        RotationReport report = await RotateAsync(rig.Sheet, rig["next.txt"]);
        using DeviceHome home = rig.Open();
        await home.TakeOverRotationAsync(report.Account, None);
        await home.ConfirmSheetAsync(rig["next.txt"], None);
        await rig.StopServerAsync();
        await rig.StartServerAsync(port, rig["older"]);

        await home.TurnOnAsync(Category.Notes, None);
        using Sheet next = Sheet.Read(rig["next.txt"]);
        Assert.True(next.TryOpen(await File.ReadAllBytesAsync(Path.Combine(rig.Home, "vaults", "notes", "password.age")), out _));
        Assert.NotEmpty(home.Notices);
        await RestoreAsync(rig, "next.txt", "restored");
        rig.AssertRestored("restored");
    }

    private static Task<RotationReport> RotateAsync(string old, string next) => SheetRotation.RunAsync(old, next, null, TimeProvider.System, null, None);

    private static async Task RestoreAsync(Rig rig, string sheetFile, string target)
    {
        using Sheet sheet = Sheet.Read(rig[sheetFile]);
        await SheetRestore.RunAsync(sheet, null, Category.Photos, new RestoreRequest(rig[target]), TimeProvider.System, null, null, None);
    }

    private static void Copy(string from, string to)
    {
        foreach (string folder in Directory.GetDirectories(from, "*", SearchOption.AllDirectories).Prepend(from))
            Directory.CreateDirectory(folder.Replace(from, to, StringComparison.Ordinal));
        foreach (string file in Directory.GetFiles(from, "*", SearchOption.AllDirectories)) File.Copy(file, file.Replace(from, to, StringComparison.Ordinal));
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
