using Offproof.Consent;

namespace Offproof.Device.Tests;

/// <summary>protocol.md §3: whoever asks the server notices that it was set back, tells it again in the order of then, and says what was open.</summary>
public sealed class SetBackTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Theory]
    [InlineData("off")]
    [InlineData("devices")]
    [InlineData("erase")]
    [InlineData("on")]
    [InlineData("backup")]
    public async Task What_is_off_is_off_again_at_the_server_and_its_owner_is_told(string how)
    {
        await using Rig rig = await Rig.ReadyAsync();
        int port = rig.Url.Port;
        using DeviceHome home = rig.Open();
        home.AddSource(Category.Notes, rig.Phone);
        await home.TurnOnAsync(Category.Notes, None);
        await home.TurnOnAsync(Category.Photos, None);
        await home.BackupAsync(Category.Photos, null, None);
        await SetBackAsync(rig, port, async () =>
        {
            await home.TurnOffAsync(Category.Photos, how == "erase", static _ => { }, None);
            if (how == "devices") File.Delete(Path.Combine(rig.Home, "account-records.json")); // its own receipts are enough
        });

        switch (how)
        {
            case "off": Assert.Null((await home.TurnOffAsync(Category.Photos, None)).WhyNotTold); break;
            case "devices": await home.DevicesAsync(None); break;
            case "erase": Assert.Equal(SwitchState.Closed, Assert.Single(await home.EraseAsync(Category.Photos, null, None)).Epoch.State); break;
            case "on": Assert.Equal(2, (await home.TurnOnAsync(Category.Photos, None)).Epoch); break;
            default: await home.BackupAsync(Category.Notes, null, None); break;
        }
        string notice = Assert.Single(home.Notices);
        Assert.Contains("It took again: the revocation of photos (epoch 1)", notice, StringComparison.Ordinal);
        Assert.Contains("Until then photos (epoch 1) was on there again.", notice, StringComparison.Ordinal);
        Assert.Equal((false, true), (home.Status().SetBack is { } noted) ? (noted.IsBehind, noted.What.Contains("the revocation of photos", StringComparison.Ordinal)) : default);
        using Sheet sheet = Sheet.Read(rig.Sheet);
        using SheetAccess access = await SheetAccess.OpenAsync(sheet, null, null, TimeProvider.System, null, None);
        Assert.Equal(how == "erase" ? VaultState.Closed : VaultState.Kept, access.History.All(Category.Photos).First().State);
        // Said once; and the receipt of then lies beside the one of now.
        using DeviceHome again = rig.Open();
        await again.DevicesAsync(None);
        Assert.Empty(again.Notices);
        Assert.Equal(2, Directory.GetFiles(Path.Combine(rig.Home, "records"), "*-revocation-photos-1.receipt.jws*").Length);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Who_was_removed_is_removed_again(bool bySheet)
    {
        await using Rig rig = await Rig.ReadyAsync();
        int port = rig.Url.Port;
        using DeviceHome home = rig.Open();
        string second = await JoinedAsync(rig, "second");
        using DeviceHome removed = DeviceHome.Open(rig["second"], TimeProvider.System);
        await removed.TurnOnAsync(Category.Photos, None);
        await home.DevicesAsync(None);
        await SetBackAsync(rig, port, async () =>
        {
            using Sheet sheet = Sheet.Read(rig.Sheet);
            if (bySheet) await SheetDevices.RemoveAsync(sheet, null, second, TimeProvider.System, null, None);
            else await home.RemoveAsync(second, None);
            await home.DevicesAsync(None);
        });

        Assert.NotNull((await home.DevicesAsync(None)).Single(d => d.Device == second).Removed);
        Assert.Contains($"Until then the device {second[..8]} belonged to the account again.", Assert.Single(home.Notices), StringComparison.Ordinal);
        removed.AddSource(Category.Photos, rig.Phone);
        Assert.Equal(DeviceFault.Refused, (await Assert.ThrowsAsync<DeviceException>(() => removed.BackupAsync(Category.Photos, null, None))).Fault);
        // It is promised no erasure that the server would not take.
        Assert.Equal(SwitchState.Kept, (await removed.TurnOffAsync(Category.Photos, erase: true, static _ => { }, None)).State);
        Assert.Contains(removed.News, static line => line.StartsWith("the server takes no erasure from a device that was removed", StringComparison.Ordinal));
    }

    [Fact] // What came after a removal cannot be sent before it: nobody could take the removed device's records then.
    public async Task Records_are_sent_again_in_the_order_of_then()
    {
        await using Rig rig = await Rig.ReadyAsync();
        int port = rig.Url.Port;
        using DeviceHome home = rig.Open();
        string second = "";
        await SetBackAsync(rig, port, async () =>
        {
            second = await JoinedAsync(rig, "second");
            using (DeviceHome other = DeviceHome.Open(rig["second"], TimeProvider.System))
            {
                await other.TurnOnAsync(Category.Photos, None);
                await other.TurnOffAsync(Category.Photos, erase: true, static _ => { }, None);
                using Sheet sheet = Sheet.Read(rig.Sheet);
                using (SheetErasure plan = await SheetErasure.PlanAsync(sheet, null, Category.Photos, null, null, cancelled: true, TimeProvider.System, null, None)) await plan.CancelAsync(None);
                await other.DevicesAsync(None);
                Assert.Equal(SwitchState.Closed, Assert.Single(await other.EraseAsync(Category.Photos, null, None)).Epoch.State);
            }
            await home.RemoveAsync(second, None);
        });

        Assert.Equal([false, true], (await home.DevicesAsync(None)).Select(static d => d.Removed is not null));
        Assert.Contains("the server had forgotten 7 records", Assert.Single(home.Notices), StringComparison.Ordinal);
        using Sheet held = Sheet.Read(rig.Sheet);
        using SheetAccess access = await SheetAccess.OpenAsync(held, null, null, TimeProvider.System, null, None);
        Assert.Equal(VaultState.Closed, Assert.Single(access.History.All(Category.Photos)).State);
    }

    [Fact] // The copy was faster: the server's chain is another one. What this device had asked for is asked for again.
    public async Task A_copy_of_the_home_that_went_on_at_the_server_ends_with_the_next_question()
    {
        await using Rig rig = await Rig.ReadyAsync();
        int port = rig.Url.Port;
        using DeviceHome home = rig.Open();
        await home.TurnOnAsync(Category.Photos, None);
        await home.BackupAsync(Category.Photos, null, None);
        string second = await JoinedAsync(rig, "second");
        Copy(rig.Home, rig["copied"]);
        await SetBackAsync(rig, port, async () =>
        {
            await home.TurnOffAsync(Category.Photos, erase: true, static _ => { }, None);
            await home.RemoveAsync(second, None);
        });
        using DeviceHome copied = DeviceHome.Open(rig["copied"], TimeProvider.System);
        await copied.TurnOnAsync(Category.Notes, None);

        Assert.NotNull((await home.DevicesAsync(None)).Single(d => d.Device == second).Removed);
        Assert.Equal((SwitchState.Closed, SwitchState.Kept), (home.Switch(Category.Photos).State, home.Switch(Category.Notes).State));
        Assert.True(home.Status().Categories.All(static c => c.ServerTold));
        Assert.Contains(home.News, static line => line.StartsWith("the server has records that were signed with this device's key", StringComparison.Ordinal));
        Assert.Equal(DeviceFault.Refused, (await Assert.ThrowsAsync<DeviceException>(() => copied.BackupAsync(Category.Photos, null, None))).Fault);
        using Sheet sheet = Sheet.Read(rig.Sheet);
        using SheetAccess access = await SheetAccess.OpenAsync(sheet, null, null, TimeProvider.System, null, None);
        Assert.Equal(VaultState.Closed, Assert.Single(access.History.All(Category.Photos)).State);
    }

    [Fact] // A server that withholds: nothing it does not show is believed to be gone, and it is said for as long as it lasts.
    public async Task What_is_withheld_is_said_and_kept()
    {
        await using Rig rig = await Rig.ReadyAsync();
        using DeviceHome home = rig.Open();
        await home.TurnOnAsync(Category.Photos, None);
        await home.TurnOffAsync(Category.Photos, None);
        await home.DevicesAsync(None);
        LyingWire wire = new("/v1/recovery/", static body =>
        {
            System.Text.Json.Nodes.JsonNode answer = System.Text.Json.Nodes.JsonNode.Parse(body)!;
            answer["records"]!.AsArray().RemoveAt(2);
            return System.Text.Encoding.UTF8.GetBytes(answer.ToJsonString());
        });
        using (DeviceHome lied = rig.Open(wire))
        {
            await lied.DevicesAsync(None);
            Assert.Contains("withholds the rest: the revocation of photos (epoch 1)", Assert.Single(lied.Notices), StringComparison.Ordinal);
            Assert.Equal((SwitchState.Kept, true), (lied.Switch(Category.Photos).State, lied.Status().SetBack?.IsBehind));
        }
        using DeviceHome honest = rig.Open();
        Assert.True(honest.Status().SetBack?.IsBehind);
        await honest.DevicesAsync(None);
        Assert.Empty(honest.Notices);
        Assert.False(honest.Status().SetBack?.IsBehind);
    }

    [Fact] // A hotel's page in the place of the server: off holds, and no forgery is found in it.
    public async Task A_page_that_is_no_answer_of_a_server_is_no_forgery()
    {
        await using Rig rig = await Rig.ReadyAsync();
        using DeviceHome home = rig.Open(new LyingWire("/v1/records", static _ => "<html>Sign in</html>"u8.ToArray()));
        Assert.Equal(DeviceFault.Failure, (await Assert.ThrowsAsync<DeviceException>(() => home.TurnOnAsync(Category.Photos, None))).Fault);
        SwitchReport off = await home.TurnOffAsync(Category.Photos, None);
        Assert.False(off.ServerTold);
        Assert.Contains("does not answer like an Offproof server", off.WhyNotTold, StringComparison.Ordinal);
    }

    private static async Task<string> JoinedAsync(Rig rig, string name)
    {
        await DeviceHome.JoinAsync(rig[name], rig.Sheet, null, TimeProvider.System, null, None);
        using DeviceHome joined = DeviceHome.Open(rig[name], TimeProvider.System);
        return joined.Device;
    }

    /// <summary>The server forgets what is done meanwhile.</summary>
    private static async Task SetBackAsync(Rig rig, int port, Func<Task> meanwhile)
    {
        await rig.StopServerAsync();
        Copy(rig.ServerData, rig["older"]);
        await rig.StartServerAsync(port);
        await meanwhile();
        await rig.StopServerAsync();
        Directory.Delete(rig.ServerData, recursive: true);
        Directory.Move(rig["older"], rig.ServerData);
        await rig.StartServerAsync(port);
    }

    private static void Copy(string from, string to)
    {
        foreach (string folder in Directory.GetDirectories(from, "*", SearchOption.AllDirectories).Prepend(from))
            Directory.CreateDirectory(folder.Replace(from, to, StringComparison.Ordinal));
        foreach (string file in Directory.GetFiles(from, "*", SearchOption.AllDirectories)) File.Copy(file, file.Replace(from, to, StringComparison.Ordinal));
    }
}
