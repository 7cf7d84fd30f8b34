using Offproof.Consent;

namespace Offproof.Device.Tests.Moving;

/// <summary>protocol.md §18: a move that ends early. (Killed at each step on the disk: the script sheet/killed-while-moving.)</summary>
public sealed class LostWhileMovingTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Theory]
    [InlineData(false), InlineData(true)]
    public async Task Whichever_request_is_lost_the_device_is_wholly_at_one_server_and_the_same_command_finishes(bool afterSending)
    {
        await using TwoServers two = await TwoServers.StartAsync();
        int before = 0, after = 0;
        // After the decision a vault's requests are tried again for a while each time: every third has to do.
        for (int n = 0; ; n += after == 0 ? 1 : 3)
        {
            int[] left = [n];
            try
            {
                MoveReport report = await two.MoveAsync(two.Second.Url, () => new DyingWire(left, afterSending));
                if (report.WhyNotTold is null && left[0] >= 0) break;
                after++;
            }
            catch (DeviceException e) when (e.Fault is DeviceFault.Unreachable)
            {
                using DeviceHome home = two.Rig.Open();
                if (home.Status().Server == two.Rig.Url)
                {
                    before++;
                    await two.AssertStillAtFirstAsync();
                    continue;
                }
                after++;
                Assert.Equal(two.Second.Url, home.Status().Server);
                Assert.True(home.VerifyLedger().Verified);
                Assert.False(Directory.Exists(Path.Combine(two.Rig.Home, "moved")));
            }
        }
        Assert.True(before > 5 && after > 2, $"{before} before the decision, {after} after it");
        using DeviceHome moved = two.Rig.Open();
        Assert.Equal((SwitchState.On, 2), (moved.Switch(Category.Photos).State, moved.Switch(Category.Photos).Epoch));
        Assert.Equal((SwitchState.Paused, 2), (moved.Switch(Category.Notes).State, moved.Switch(Category.Notes).Epoch));
        Assert.Null(moved.Status().Moving);
        Assert.True(Assert.Single(moved.Status().Earlier).ServerTold);
        await moved.BackupAsync(Category.Photos, null, None);
        await two.RestoreAsync("new", null);
        await two.RestoreAsync("old", two.Rig.Url);
        Assert.Single(await moved.DevicesAsync(None));
    }
}
