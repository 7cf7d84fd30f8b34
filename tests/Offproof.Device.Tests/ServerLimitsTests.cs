using System.Diagnostics;
using Offproof.Consent;
using Offproof.Server;

namespace Offproof.Device.Tests;

/// <summary>The device's side of protocol.md §11 to §14: invitations, suspension, what was refused, a server that asks to slow down.</summary>
public sealed class ServerLimitsTests
{
    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task A_server_that_asks_to_slow_down_is_followed()
    {
        await using Rig rig = await Rig.ReadyAsync();
        await rig.StopServerAsync();
        rig.Limits = new ServerLimits { Requests = new Pace(1, TimeSpan.FromSeconds(1)) };
        await rig.StartServerAsync(rig.Url.Port);
        using DeviceHome home = rig.Open();
        long start = Stopwatch.GetTimestamp();
        await home.TurnOnAsync(Category.Photos, None);
        // A grant, then a nonce and a token: two of these three had to wait.
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 1, 30);
        await home.BackupAsync(Category.Photos, null, None);
        await rig.RestoreWithSheetAsync("restored");
        rig.AssertRestored("restored");
    }

    [Fact]
    public async Task One_that_asks_for_longer_than_half_a_minute_is_an_error_and_off_is_off_all_the_same()
    {
        await using Rig rig = await Rig.ReadyAsync();
        using DeviceHome home = rig.Open();
        await home.TurnOnAsync(Category.Photos, None);
        await rig.StopServerAsync();
        rig.Limits = new ServerLimits { Requests = new Pace(1, TimeSpan.FromHours(1)) };
        await rig.StartServerAsync(rig.Url.Port);
        using (DeviceHome again = rig.Open())
        {
            long start = Stopwatch.GetTimestamp();
            DeviceException slow = await Assert.ThrowsAsync<DeviceException>(() => again.BackupAsync(Category.Photos, null, None));
            Assert.Contains("slow-down", slow.Message, StringComparison.Ordinal);
            SwitchReport off = await again.TurnOffAsync(Category.Photos, static _ => { }, None);
            Assert.Equal((SwitchState.Kept, false), (off.State, off.ServerTold));
            Assert.False(Path.Exists(Path.Combine(rig.Home, "vaults", "photos")));
            Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 20);
        }
    }

    [Fact]
    public async Task An_invitation_opens_the_account_and_what_is_refused_leaves_nothing()
    {
        await using Rig rig = await Rig.StartAsync(init: false);
        await rig.StopServerAsync();
        rig.InvitedOnly = true;
        await rig.StartServerAsync(rig.Url.Port);
        string code;
        using (ServerOperator server = ServerOperator.Open(rig.ServerData, TimeProvider.System)) code = server.Invite(null, 1).Code;
        foreach (string? wrong in (string?[])[null, "aaaa"])
        {
            DeviceException refused = await Assert.ThrowsAsync<DeviceException>(() => DeviceHome.InitAsync(rig.Home, rig.Url, rig.Sheet, wrong, TimeProvider.System, null, None));
            Assert.Equal(DeviceFault.Refused, refused.Fault);
            Assert.False(Path.Exists(rig.Home) || Path.Exists(rig.Sheet));
        }
        await DeviceHome.InitAsync(rig.Home, rig.Url, rig.Sheet, code, TimeProvider.System, null, None);
        // Not kept: what the device may need again is the receipt.
        foreach (string file in Directory.GetFiles(rig.Home, "*", SearchOption.AllDirectories))
            Assert.DoesNotContain(code, await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_refused_is_told_once()
    {
        await using Rig rig = await Rig.ReadyAsync();
        using DeviceHome home = rig.Open();
        await home.TurnOnAsync(Category.Photos, None);
        Assert.Equal(0, await home.NewRefusalsAsync(None));
        using (ServerOperator server = ServerOperator.Open(rig.ServerData, TimeProvider.System)) server.Suspend(home.Account);
        await Assert.ThrowsAsync<DeviceException>(() => home.BackupAsync(Category.Photos, null, None));
        long? first = await home.NewRefusalsAsync(None);
        Assert.InRange(first ?? 0, 1, 10);
        Assert.Equal(first, await home.NewRefusalsAsync(None)); // not looked at yet
        RefusalReport refusal = Assert.Single(await home.RefusalsAsync(None));
        Assert.Equal(("suspended", true, "photos", first), (refusal.Problem, refusal.Own, refusal.Category, refusal.Count));
        Assert.Equal(0, await home.NewRefusalsAsync(None));
        await rig.StopServerAsync();
        Assert.Null(await home.NewRefusalsAsync(None));
    }
}
