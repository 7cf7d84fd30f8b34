using Offproof.Consent;

namespace Offproof.Device.Tests;

/// <summary>consent.md §3.9: what a device does that learns that it is none any more.</summary>
public sealed class RemovedTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Theory]
    [InlineData("backup")]
    [InlineData("on")]
    [InlineData("off")]
    [InlineData("tell")]
    public async Task No_key_stays_and_it_is_said(string meanwhile)
    {
        await using Rig rig = await Rig.ReadyAsync();
        int port = rig.Url.Port;
        using DeviceHome home = rig.Open();
        await home.TurnOnAsync(Category.Notes, None);
        await home.TurnOnAsync(Category.Photos, None);
        await home.BackupAsync(Category.Photos, null, None);
        if (meanwhile == "tell") // turned off while the server could not be told, and removed before it was
        {
            await rig.StopServerAsync();
            await home.TurnOffAsync(Category.Notes, None);
            await rig.StartServerAsync(port);
        }
        await RemoveAsync(rig, home);

        switch (meanwhile)
        {
            case "backup": await AssertRefusedAsync(() => home.BackupAsync(Category.Photos, null, None)); break;
            case "on": await AssertRefusedAsync(() => home.TurnOnAsync(Category.Messages, None)); break;
            case "tell": Assert.Contains("removed from the account", await home.TellAsync(None), StringComparison.Ordinal); break;
            default:
                Assert.Contains("removed from the account", (await home.TurnOffAsync(Category.Photos, None)).WhyNotTold, StringComparison.Ordinal); // off holds here all the same
                break;
        }
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(rig.Home, "vaults")));
        StatusReport status = home.Status();
        Assert.NotNull(status.Removed);
        Assert.StartsWith("Removed.", status.Sentence, StringComparison.Ordinal);
        using (DeviceHome again = rig.Open())
        {
            await AssertRefusedAsync(() => again.TurnOnAsync(Category.Photos, None));
            await AssertRefusedAsync(() => again.BackupAsync(Category.Photos, null, None));
        }
        await rig.RestoreWithSheetAsync("restored"); // what it stored is kept
        rig.AssertRestored("restored");
    }

    private static async Task AssertRefusedAsync(Func<Task> work)
    {
        DeviceException refused = await Assert.ThrowsAsync<DeviceException>(work);
        Assert.Equal(DeviceFault.Refused, refused.Fault);
        Assert.Contains("this device was removed from the account", refused.Message, StringComparison.Ordinal);
    }

    private static async Task RemoveAsync(Rig rig, DeviceHome home)
    {
        using Sheet sheet = Sheet.Read(rig.Sheet);
        using SheetAccess access = await SheetAccess.OpenAsync(sheet, null, null, TimeProvider.System, null, None);
        await access.SendAsync(Removal.Sign(sheet.Signing, new Removal
        {
            Issuer = sheet.Account, Account = sheet.Account, Server = sheet.ServerKey, IssuedAt = 1, Place = null, Device = Thumbprint.Parse(home.Device),
        }), None, ReceiptState.Removed);
    }
}
