using System.Net;
using System.Text;
using Offproof.Consent;

namespace Offproof.Device.Tests;

/// <summary>protocol.md §17, with a real server: who gets in, who does not, and what a device that is cut off can still do.</summary>
public sealed class JoiningTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task A_device_that_another_admits_has_its_own_key_chain_and_vaults()
    {
        await using Rig rig = await Rig.ReadyAsync();
        using DeviceHome first = rig.Open();
        await first.TurnOnAsync(Category.Photos, None);
        await first.BackupAsync(Category.Photos, null, None);

        await JoinAsync(rig, first, "second");
        using DeviceHome second = DeviceHome.Open(rig["second"], TimeProvider.System);
        Assert.Equal(first.Account, second.Account);
        Assert.NotEqual(first.Device, second.Device);
        Assert.True(second.Status().SheetConfirmed);
        Assert.Equal(SwitchState.Off, second.Switch(Category.Photos).State);

        second.AddSource(Category.Photos, rig.Phone);
        await second.TurnOnAsync(Category.Photos, None);
        BackupReport backup = await second.BackupAsync(Category.Photos, null, None);
        Assert.Equal(1, backup.Epoch);
        Assert.Equal(2, Directory.GetDirectories(Path.Combine(rig.ServerData, "vaults", first.Account)).Length);
        foreach (DeviceHome home in (DeviceHome[])[first, second])
        {
            IReadOnlyList<DeviceStatus> devices = await home.DevicesAsync(None);
            Assert.Equal([first.Device, second.Device], devices.Select(static d => d.Device));
            Assert.Equal(first.Device, devices[1].AdmittedBy);
            Assert.Equal(home.Device, Assert.Single(devices, static d => d.IsThis).Device);
            Assert.Equal(2, home.Status().Devices.Count); // and without a connection from then on
        }
    }

    [Fact]
    public async Task A_wrong_code_admits_nobody()
    {
        await using Rig rig = await Rig.ReadyAsync();
        using DeviceHome first = rig.Open();
        using NewDevice second = await NewDevice.BeginAsync(rig["second"], rig.Url, TimeProvider.System, null, None);
        Task<string> shown = second.CodeAsync(None);
        Approval approval = await first.OfferAsync(JoinRequest.Parse(second.Name), None);
        string code = await shown;
        Assert.Equal(code, approval.Code);
        Assert.True(approval.Takes($" {code[..4]}-{code[4..]}"));
        Assert.False(approval.Takes(code[..7] + (code[7] == '0' ? '1' : '0')));
        Assert.False(approval.Takes(""));
        Assert.Single(await first.DevicesAsync(None));
        Assert.False(Directory.Exists(rig["second"]));
    }

    [Fact]
    public async Task Whoever_stands_between_the_two_changes_the_code()
    {
        await using Rig rig = await Rig.ReadyAsync();
        using DeviceHome first = rig.Open();
        // The new device is shown another account: the one that stands between would have it send its backups there.
        using SigningKey other = SigningKey.Generate();
        using Between wire = new(body => body.Replace(first.Account, other.Thumbprint.Text, StringComparison.Ordinal));
        using NewDevice second = await NewDevice.BeginAsync(rig["second"], rig.Url, TimeProvider.System, wire, None);
        Task<string> shown = second.CodeAsync(None);
        Approval approval = await first.OfferAsync(JoinRequest.Parse(second.Name), None);
        Assert.False(approval.Takes(await shown));
    }

    [Fact]
    public async Task Another_key_than_the_one_on_the_screen_is_noticed_before_anything_is_said()
    {
        await using Rig rig = await Rig.ReadyAsync();
        using DeviceHome first = rig.Open();
        using NewDevice second = await NewDevice.BeginAsync(rig["second"], rig.Url, TimeProvider.System, null, None);
        using SigningKey other = SigningKey.Generate();
        JoinRequest camera = JoinRequest.Parse(second.ForCamera);
        Task<string> shown = second.CodeAsync(None); // it would answer, were an offer made
        DeviceException refused = await Assert.ThrowsAsync<DeviceException>(() => first.OfferAsync(camera with { Device = other.Thumbprint.Text }, None));
        Assert.Equal(DeviceFault.Forgery, refused.Fault);
        Assert.Equal((await first.OfferAsync(camera, None)).Code, await shown);
    }

    [Theory] // A new phone's clock may be wrong by days: it waits ten minutes by its own counting, whatever the server's time of the end.
    [InlineData(1)]
    [InlineData(-1)]
    public async Task A_new_device_whose_clock_is_wrong_is_let_in(int days)
    {
        await using Rig rig = await Rig.ReadyAsync();
        using DeviceHome first = rig.Open();
        using NewDevice second = await NewDevice.BeginAsync(rig["second"], rig.Url, new ModelTime { Ahead = TimeSpan.FromDays(days) }, null, None);
        Task<string> shown = second.CodeAsync(None);
        await Task.WhenAny(shown, Task.Delay(TimeSpan.FromMilliseconds(500), None));
        Assert.False(shown.IsCompleted, "it gave up");
        Approval approval = await first.OfferAsync(JoinRequest.Parse(second.Name), None);
        Assert.Equal(approval.Code, await shown);
        Assert.Null(await first.AdmitAsync(approval, None));
        await second.AdmittedAsync(None);
        second.Keep();
    }

    [Fact]
    public async Task A_nonce_that_was_not_committed_to_ends_the_joining()
    {
        await using Rig rig = await Rig.ReadyAsync();
        // The new device's nonce stands last in the notes, after the offer with A's.
        const string last = "},\"nonce\":\"";
        using Between wire = new(static body => body.IndexOf(last, StringComparison.Ordinal) is var at and >= 0
            ? string.Concat(body.AsSpan(0, at + last.Length), new string('0', 64), body.AsSpan(at + last.Length + 64))
            : body);
        using DeviceHome first = DeviceHome.Open(rig.Home, TimeProvider.System, wire);
        using NewDevice second = await NewDevice.BeginAsync(rig["second"], rig.Url, TimeProvider.System, null, None);
        Task<string> shown = second.CodeAsync(None);
        DeviceException refused = await Assert.ThrowsAsync<DeviceException>(() => first.OfferAsync(JoinRequest.Parse(second.Name), None));
        Assert.Equal(DeviceFault.Forgery, refused.Fault);
        await shown;
    }

    [Fact]
    public async Task Who_was_admitted_by_another_than_the_code_spoke_of_stays_out()
    {
        await using Rig rig = await Rig.ReadyAsync();
        using DeviceHome first = rig.Open();
        await JoinAsync(rig, first, "second");
        using DeviceHome second = DeviceHome.Open(rig["second"], TimeProvider.System);
        using NewDevice third = await NewDevice.BeginAsync(rig["third"], rig.Url, TimeProvider.System, null, None);
        Task<string> shown = third.CodeAsync(None);
        Approval approval = await first.OfferAsync(JoinRequest.Parse(third.Name), None);
        await shown;
        Assert.Null(await second.AdmitAsync(approval, None));
        DeviceException refused = await Assert.ThrowsAsync<DeviceException>(() => third.AdmittedAsync(None));
        Assert.Equal(DeviceFault.Forgery, refused.Fault);
        Assert.False(Directory.Exists(rig["third"]));
    }

    [Fact]
    public async Task Who_was_offered_another_sheet_than_the_account_has_stays_out()
    {
        await using Rig rig = await Rig.ReadyAsync();
        using DeviceHome first = rig.Open();
        using NewDevice second = await NewDevice.BeginAsync(rig["second"], rig.Url, TimeProvider.System, null, None);
        Task<string> shown = second.CodeAsync(None);
        Approval approval = await first.OfferAsync(JoinRequest.Parse(second.Name), None);
        await shown;
        await SheetRotation.RunAsync(rig.Sheet, rig["next.txt"], null, TimeProvider.System, null, None);
        Assert.Null(await first.AdmitAsync(approval, None));
        DeviceException refused = await Assert.ThrowsAsync<DeviceException>(() => second.AdmittedAsync(None));
        Assert.Equal(DeviceFault.Forgery, refused.Fault);
        Assert.False(Directory.Exists(rig["second"]));
    }

    [Fact]
    public async Task With_the_sheet_no_other_device_is_needed()
    {
        await using Rig rig = await Rig.ReadyAsync();
        string lost;
        using (DeviceHome phone = rig.Open())
        {
            await phone.TurnOnAsync(Category.Photos, None);
            await phone.BackupAsync(Category.Photos, null, None);
            lost = phone.Device;
        }
        Directory.Delete(rig.Home, recursive: true);

        JoinReport report = await DeviceHome.JoinAsync(rig["next"], rig.Sheet, null, TimeProvider.System, null, None);
        using DeviceHome next = DeviceHome.Open(rig["next"], TimeProvider.System);
        Assert.Equal(report.Device, next.Device);
        Assert.Equal([lost, next.Device], (await next.DevicesAsync(None)).Select(static d => d.Device));

        (string removed, string? why) = await next.RemoveAsync(lost[..8], None);
        Assert.Equal((lost, null), (removed, why));
        Assert.NotNull((await next.DevicesAsync(None))[0].Removed);
        next.AddSource(Category.Photos, rig.Phone);
        await next.TurnOnAsync(Category.Photos, None);
        await next.BackupAsync(Category.Photos, null, None);
    }

    [Fact]
    public async Task A_device_that_was_removed_stores_nothing_more_and_keeps_no_key()
    {
        await using Rig rig = await Rig.ReadyAsync();
        using DeviceHome first = rig.Open();
        await JoinAsync(rig, first, "second");
        using DeviceHome second = DeviceHome.Open(rig["second"], TimeProvider.System);
        second.AddSource(Category.Photos, rig.Phone);
        await second.TurnOnAsync(Category.Photos, None);
        await second.BackupAsync(Category.Photos, null, None);
        Assert.True(File.Exists(Path.Combine(rig["second"], "vaults/photos/password")));

        await first.RemoveAsync(second.Device[..8], None);
        DeviceException refused = await Assert.ThrowsAsync<DeviceException>(() => second.BackupAsync(Category.Photos, null, None));
        Assert.Equal(DeviceFault.Refused, refused.Fault);
        Assert.False(Directory.Exists(Path.Combine(rig["second"], "vaults/photos")));
        Assert.NotNull(second.Status().Removed);
        await Assert.ThrowsAsync<DeviceException>(() => second.TurnOnAsync(Category.Photos, None));
        // What it had stored is kept.
        await rig.RestoreWithSheetAsync("restored");
        rig.AssertRestored("restored");
    }

    [Fact]
    public async Task The_sheet_cuts_the_only_device_off()
    {
        await using Rig rig = await Rig.ReadyAsync();
        using DeviceHome first = rig.Open();
        using (Sheet sheet = Sheet.Read(rig.Sheet))
            Assert.Equal(first.Device, await SheetDevices.RemoveAsync(sheet, null, first.Device[..8], TimeProvider.System, null, None));
        DeviceException refused = await Assert.ThrowsAsync<DeviceException>(() => first.DevicesAsync(None));
        Assert.Equal(DeviceFault.Refused, refused.Fault);
    }

    [Fact]
    public async Task A_folder_that_is_somebodys_is_not_joined_into()
    {
        await using Rig rig = await Rig.ReadyAsync();
        Directory.CreateDirectory(rig["theirs"]);
        await File.WriteAllTextAsync(Path.Combine(rig["theirs"], "a file"), "theirs", None);
        foreach (string folder in (string[])["theirs", "home"])
        {
            await Assert.ThrowsAsync<DeviceException>(() => NewDevice.BeginAsync(rig[folder], rig.Url, TimeProvider.System, null, None));
            await Assert.ThrowsAsync<DeviceException>(() => DeviceHome.JoinAsync(rig[folder], rig.Sheet, null, TimeProvider.System, null, None));
        }
        Assert.Single(Directory.GetFileSystemEntries(rig["theirs"]));
    }

    [Theory]
    [InlineData("k3m9x2ab", true)]
    [InlineData(" K3M9X2AB ", true)]
    [InlineData("k3m9x2a", false)]
    [InlineData("k3m9x2ab/../../records", false)]
    [InlineData("offproof:join:k3m9x2ab:00", false)]
    [InlineData("", false)]
    public void A_name_is_eight_letters_and_digits(string text, bool good)
    {
        if (good) Assert.Equal("k3m9x2ab", JoinRequest.Parse(text).Name);
        else Assert.Throws<DeviceException>(() => JoinRequest.Parse(text));
    }

    private static async Task JoinAsync(Rig rig, DeviceHome first, string folder)
    {
        using NewDevice second = await NewDevice.BeginAsync(rig[folder], rig.Url, TimeProvider.System, null, None);
        Task<string> shown = second.CodeAsync(None);
        Approval approval = await first.OfferAsync(JoinRequest.Parse(second.Name), None);
        Assert.True(approval.Takes(await shown));
        Assert.Null(await first.AdmitAsync(approval, None));
        await second.AdmittedAsync(None);
        second.Keep();
    }

    /// <summary>Whoever is between a device and the server, and alters the notes of a joining that come back.</summary>
    private sealed class Between(Func<string, string> alter) : DelegatingHandler(new SocketsHttpHandler { UseProxy = false })
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            HttpResponseMessage response = await base.SendAsync(request, cancellationToken);
            if (request.Method != HttpMethod.Get || !request.RequestUri!.AbsolutePath.StartsWith("/v1/joins/", StringComparison.Ordinal) || response.StatusCode != HttpStatusCode.OK) return response;
            string body = await response.Content.ReadAsStringAsync(cancellationToken);
            response.Content = new StringContent(alter(body), Encoding.UTF8, "application/json");
            return response;
        }
    }
}
