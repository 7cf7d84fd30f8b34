using System.Diagnostics;
using Offproof.Consent;

namespace Offproof.Device.Tests;

/// <summary>protocol.md §3: after either side was restored from an older copy, the two come together again; a lost key ends its grant.</summary>
public sealed class ChainTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task Off_takes_effect_at_once_while_on_waits_for_a_server_that_hangs()
    {
        await using Rig rig = await Rig.ReadyAsync();
        using HangingWire wire = new("/v1/records");
        using DeviceHome first = rig.Open(wire);
        using CancellationTokenSource end = new();
        Task<SwitchReport> on = first.TurnOnAsync(Category.Photos, end.Token);
        await wire.HangsAsync();
        Assert.True(File.Exists(Path.Combine(rig.Home, "vaults", "photos", "password")));

        using DeviceHome second = rig.Open();
        long start = Stopwatch.GetTimestamp();
        Assert.Equal((SwitchState.Kept, true), (await second.TurnOffAsync(Category.Photos, None)) is var off ? (off.State, off.ServerTold) : default);
        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(5));
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(rig.Home, "vaults")));

        wire.Release(); // the server comes to life again: what was turned off meanwhile stays off
        DeviceFault? fault = null;
        try
        {
            await on;
        }
        catch (DeviceException e)
        {
            fault = e.Fault;
        }
        Assert.Equal(DeviceFault.Refused, fault);
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(rig.Home, "vaults")));
        Assert.DoesNotContain(rig.Stored(), static file => file.Contains("vaults", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_restored_from_before_the_grant_gets_everything_again_at_the_next_backup()
    {
        await using Rig rig = await Rig.ReadyAsync();
        int port = rig.Url.Port;
        await rig.StopServerAsync();
        Copy(rig.ServerData, rig["older"]);
        await rig.StartServerAsync(port);
        using DeviceHome home = rig.Open();
        await home.TurnOnAsync(Category.Photos, None);
        await home.BackupAsync(Category.Photos, null, None);
        await rig.StopServerAsync();
        await rig.StartServerAsync(port, rig["older"]);

        BackupReport healed = await home.BackupAsync(Category.Photos, null, None);
        Assert.Contains(healed.Notices, static notice => notice.StartsWith("the server had forgotten 1 record that it had acknowledged", StringComparison.Ordinal));
        Assert.Empty((await home.BackupAsync(Category.Photos, null, None)).Notices);
        await rig.RestoreWithSheetAsync("restored");
        rig.AssertRestored("restored");
        Assert.Equal(SwitchState.Kept, (await home.TurnOffAsync(Category.Photos, None)).State);
        Assert.Equal(2, (await home.TurnOnAsync(Category.Photos, None)).Epoch);
    }

    [Fact]
    public async Task A_server_restored_from_before_the_account_gets_the_account_again()
    {
        await using Rig rig = await Rig.StartAsync(init: false);
        int port = rig.Url.Port;
        await rig.StopServerAsync();
        Copy(rig.ServerData, rig["older"]);
        await rig.StartServerAsync(port);
        await DeviceHome.InitAsync(rig.Home, rig.Url, rig.Sheet, null, TimeProvider.System, null, None);
        using DeviceHome home = rig.Open();
        home.ConfirmSheet(rig.Sheet);
        home.AddSource(Category.Photos, rig.Phone);
        await home.TurnOnAsync(Category.Photos, None);
        await home.TurnOffAsync(Category.Photos, None);
        await rig.StopServerAsync();
        await rig.StartServerAsync(port, rig["older"]);

        Assert.Equal(2, (await home.TurnOnAsync(Category.Photos, None)).Epoch);
        Assert.StartsWith("the server had forgotten 3 records", Assert.Single(home.Notices), StringComparison.Ordinal);
        await home.BackupAsync(Category.Photos, null, None);
        await rig.RestoreWithSheetAsync("restored");
        rig.AssertRestored("restored");
    }

    [Fact]
    public async Task A_server_that_lost_the_sealed_password_gets_it_again_during_a_backup()
    {
        await using Rig rig = await Rig.ReadyAsync();
        using DeviceHome home = rig.Open();
        await home.TurnOnAsync(Category.Photos, None);
        File.Delete(Assert.Single(rig.Stored(), static file => file.EndsWith(".age", StringComparison.Ordinal)));
        await home.BackupAsync(Category.Photos, null, None);
        await rig.RestoreWithSheetAsync("restored");
        rig.AssertRestored("restored");
    }

    [Theory]
    [InlineData(false)] // the newer home had ended with photos off
    [InlineData(true)] // ... on
    public async Task An_older_copy_of_the_home_takes_over_what_the_server_knows_and_goes_on(bool leftOn)
    {
        await using Rig rig = await Rig.ReadyAsync();
        using (DeviceHome home = rig.Open())
        {
            await home.TurnOnAsync(Category.Photos, None);
            await home.BackupAsync(Category.Photos, null, None);
            Copy(rig.Home, rig["older-home"]);
            await home.TurnOffAsync(Category.Photos, None);
            await home.TurnOnAsync(Category.Photos, None);
            if (!leftOn) await home.TurnOffAsync(Category.Photos, None);
        }
        Directory.Delete(rig.Home, recursive: true);
        Directory.Move(rig["older-home"], rig.Home);

        using DeviceHome older = rig.Open();
        Assert.Equal((SwitchState.On, 1), older.Switch(Category.Photos) is var was ? (was.State, was.Epoch) : default);
        // Its key is the one of an epoch that is over: it cannot go on with it, and says so.
        DeviceException refused = await Assert.ThrowsAsync<DeviceException>(() => older.BackupAsync(Category.Photos, null, None));
        Assert.Equal(DeviceFault.Refused, refused.Fault);
        Assert.Empty(older.Notices); // it is this home that was set back, not the server
        Assert.Equal((SwitchState.Kept, 2, true), older.Switch(Category.Photos) is var now ? (now.State, now.Epoch, now.ServerTold) : default);
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(rig.Home, "vaults")));

        Assert.Equal(3, (await older.TurnOnAsync(Category.Photos, None)).Epoch);
        await older.BackupAsync(Category.Photos, null, None);
        await rig.RestoreWithSheetAsync("restored");
        rig.AssertRestored("restored");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Off_and_on_from_an_older_copy_of_the_home_still_mean_off_and_on(bool on)
    {
        await using Rig rig = await Rig.ReadyAsync();
        using (DeviceHome home = rig.Open())
        {
            await home.TurnOnAsync(Category.Notes, None);
            Copy(rig.Home, rig["older-home"]);
            await home.TurnOnAsync(Category.Photos, None);
        }
        Directory.Delete(rig.Home, recursive: true);
        Directory.Move(rig["older-home"], rig.Home);

        using DeviceHome older = rig.Open();
        if (on)
        {
            Assert.Equal((SwitchState.On, 2), (await older.TurnOnAsync(Category.Photos, None)) is var next ? (next.State, next.Epoch) : default);
            await older.BackupAsync(Category.Photos, null, None);
            await rig.RestoreWithSheetAsync("restored");
            rig.AssertRestored("restored");
            Assert.Equal(SwitchState.On, older.Switch(Category.Notes).State);
            return;
        }
        Assert.Equal((SwitchState.Kept, true), (await older.TurnOffAsync(Category.Notes, None)) is var off ? (off.State, off.ServerTold) : default);
        Assert.Equal((SwitchState.Kept, true), older.Switch(Category.Photos) is var photos ? (photos.State, photos.ServerTold) : default);
    }

    [Fact]
    public async Task Nothing_is_taken_over_that_this_device_did_not_sign()
    {
        await using Rig rig = await Rig.ReadyAsync();
        Copy(rig.Home, rig["older-home"]);
        using (DeviceHome home = rig.Open()) await home.TurnOnAsync(Category.Photos, None);
        Directory.Delete(rig.Home, recursive: true);
        Directory.Move(rig["older-home"], rig.Home);
        LyingWire wire = new("/v1/recovery/", static body => System.Text.Encoding.UTF8.GetBytes(
            System.Text.Encoding.UTF8.GetString(body).Replace("\"records\":[\"", "\"records\":[\"AAAA", StringComparison.Ordinal)));
        using DeviceHome older = rig.Open(wire);
        string[] before = Directory.GetFiles(Path.Combine(rig.Home, "records"));
        DeviceException forged = await Assert.ThrowsAsync<DeviceException>(() => older.TurnOnAsync(Category.Notes, None));
        Assert.Equal(DeviceFault.Forgery, forged.Fault);
        Assert.Equal(1, wire.Lies);
        Assert.Equal(before, Directory.GetFiles(Path.Combine(rig.Home, "records")).Where(static f => !f.Contains("grant-notes", StringComparison.Ordinal) && !f.EndsWith("/ledger.receipt.jws", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_vault_folder_that_was_lost_is_left_behind_by_off_and_on(bool offFirst)
    {
        await using Rig rig = await Rig.ReadyAsync();
        using DeviceHome home = rig.Open();
        await home.TurnOnAsync(Category.Photos, None);
        await home.BackupAsync(Category.Photos, null, None);
        Directory.Delete(Path.Combine(rig.Home, "vaults", "photos"), recursive: true);

        if (offFirst) Assert.Equal((SwitchState.Kept, true), (await home.TurnOffAsync(Category.Photos, None)) is var off ? (off.State, off.ServerTold) : default);
        Assert.Equal(2, home.Disclose(Category.Photos).Epoch);
        Assert.Equal((SwitchState.On, 2), (await home.TurnOnAsync(Category.Photos, None)) is var on ? (on.State, on.Epoch) : default);
        await home.BackupAsync(Category.Photos, null, None);
        await rig.RestoreWithSheetAsync("restored");
        rig.AssertRestored("restored");
    }

    [Fact]
    public async Task Off_destroys_a_key_that_no_grant_belongs_to()
    {
        await using Rig rig = await Rig.ReadyAsync();
        using DeviceHome home = rig.Open();
        await home.TurnOnAsync(Category.Photos, None);
        // A crash after the vault's folder was made and before the grant was signed.
        foreach (string file in Directory.GetFiles(Path.Combine(rig.Home, "records"), "00000001-*")) File.Delete(file);
        File.Delete(Path.Combine(rig.Home, "vaults", "photos", "ready"));
        Assert.Equal((SwitchState.Off, 0), home.Switch(Category.Photos) is var never ? (never.State, never.Epoch) : default);
        await home.TurnOffAsync(Category.Photos, None);
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(rig.Home, "vaults")));
    }

    [Fact]
    public async Task Off_destroys_the_key_also_when_the_revocation_cannot_be_written()
    {
        await using Rig rig = await Rig.ReadyAsync();
        using DeviceHome home = rig.Open();
        await home.TurnOnAsync(Category.Photos, None);
        // A folder where the record would get its name: root writes through modes, so a mode would not stop it.
        Directory.CreateDirectory(Path.Combine(rig.Home, "records", "00000002-revocation-photos-1.jws", "in-the-way"));
        await Assert.ThrowsAnyAsync<Exception>(() => home.TurnOffAsync(Category.Photos, None));
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(rig.Home, "vaults")));
        Directory.Delete(Path.Combine(rig.Home, "records", "00000002-revocation-photos-1.jws"), recursive: true);
        Assert.Equal((SwitchState.Kept, true), (await home.TurnOffAsync(Category.Photos, None)) is var off ? (off.State, off.ServerTold) : default);
    }

    private static void Copy(string from, string to)
    {
        foreach (string folder in Directory.GetDirectories(from, "*", SearchOption.AllDirectories).Prepend(from))
            Directory.CreateDirectory(folder.Replace(from, to, StringComparison.Ordinal));
        foreach (string file in Directory.GetFiles(from, "*", SearchOption.AllDirectories)) File.Copy(file, file.Replace(from, to, StringComparison.Ordinal));
    }
}

/// <summary>Sockets on which requests to one path hang until they are released.</summary>
internal sealed class HangingWire(string path) : DelegatingHandler(new SocketsHttpHandler())
{
    private readonly SemaphoreSlim hangs = new(0);
    private readonly SemaphoreSlim released = new(0);

    internal async Task HangsAsync() => Assert.True(await hangs.WaitAsync(TimeSpan.FromSeconds(20)));

    internal void Release() => released.Release(100);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.RequestUri!.AbsolutePath.Contains(path, StringComparison.Ordinal))
        {
            hangs.Release();
            await released.WaitAsync(cancellationToken);
        }
        return await base.SendAsync(request, cancellationToken);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            hangs.Dispose();
            released.Dispose();
        }
        base.Dispose(disposing);
    }
}
