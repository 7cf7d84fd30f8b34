using System.Text;
using Offproof.Consent;
using Offproof.Server;

namespace Offproof.Device.Tests.Moving;

/// <summary>Nothing makes a device move but its owner, and nothing of one server passes for another's.</summary>
public sealed class HostileMoveTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task A_server_whose_key_its_owner_does_not_know_is_shown_nothing()
    {
        await using TwoServers two = await TwoServers.StartAsync();
        List<string> sent = [];
        string? shown = null;
        await Assert.ThrowsAsync<InvalidOperationException>(() => ServerMove.PlanAsync(two.Rig.Sheet, two.Second.Url, two.Rig.Home, key =>
        {
            shown = key;
            throw new InvalidOperationException("it is not the one");
        }, false, TimeProvider.System, () => new ListeningWire(sent), None));
        Assert.Equal(two.Second.Key.Text, shown);
        Assert.Equal([$"{two.Second.Url.Port} GET /v1/server"], sent);
        await two.AssertStillAtFirstAsync();
    }

    [Fact]
    public async Task A_server_that_names_the_old_servers_key_is_not_believed()
    {
        await using TwoServers two = await TwoServers.StartAsync();
        using HttpClient http = new();
        byte[] first = await http.GetByteArrayAsync(new Uri(two.Rig.Url, "v1/server"));
        DeviceException refused = await Assert.ThrowsAsync<DeviceException>(() => two.MoveAsync(two.Second.Url, () => new LyingWire("v1/server", _ => first)));
        Assert.Equal(DeviceFault.WrongSheet, refused.Fault);
        await two.AssertStillAtFirstAsync();
    }

    [Fact] // it may have all records of the account, as its operator once had, and hand out tokens: what it cannot do is sign
    public async Task A_server_that_plays_the_old_one_without_its_key_is_not_believed()
    {
        await using TwoServers two = await TwoServers.StartAsync();
        DeviceException refused = await Assert.ThrowsAsync<DeviceException>(() => two.MoveAsync(new Uri($"http://localhost:{two.Rig.Url.Port}/"), () => new LyingWire("v1/tokens", static answer =>
        {
            string text = Encoding.UTF8.GetString(answer);
            int at = text.IndexOf(",\"receipt\"", StringComparison.Ordinal);
            return Encoding.UTF8.GetBytes(text[..at] + "}");
        })));
        Assert.Equal(DeviceFault.Forgery, refused.Fault);
        Assert.Contains("does not show that it holds it", refused.Message, StringComparison.Ordinal);
        await two.AssertStillAtFirstAsync();
        await two.MoveAsync(new Uri($"http://localhost:{two.Rig.Url.Port}/")); // the same server, honest
    }

    [Fact] // protocol.md §18: a record names its server (aud)
    public async Task A_receipt_of_the_old_server_opens_no_account_at_the_new_one()
    {
        await using TwoServers two = await TwoServers.StartAsync();
        byte[] old = await File.ReadAllBytesAsync(Path.Combine(two.Rig.Home, "records", "00000000-certificate.receipt.jws"));
        DeviceException forged = await Assert.ThrowsAsync<DeviceException>(() => two.MoveAsync(two.Second.Url, () => new LyingWire("v1/accounts", _ => old)));
        Assert.Equal(DeviceFault.Forgery, forged.Fault);
        await two.AssertStillAtFirstAsync();
        // The honest answer finishes it, with the key that was prepared.
        await two.MoveAsync(two.Second.Url);
        using DeviceHome home = two.Rig.Open();
        Assert.Single(await home.DevicesAsync(None));
    }

    [Fact]
    public async Task A_receipt_for_another_certificate_is_none_for_this_one()
    {
        await using TwoServers two = await TwoServers.StartAsync();
        await DeviceHome.InitAsync(two.Rig["stranger"], two.Second.Url, two.Rig["stranger.txt"], null, TimeProvider.System, null, None);
        byte[] other = await File.ReadAllBytesAsync(Path.Combine(two.Rig["stranger"], "records", "00000000-certificate.receipt.jws"));
        Assert.Equal(DeviceFault.Forgery, (await Assert.ThrowsAsync<DeviceException>(() => two.MoveAsync(two.Second.Url, () => new LyingWire("v1/accounts", _ => other)))).Fault);
        await two.AssertStillAtFirstAsync();
    }

    [Fact] // an account that the old server's records make up is none of the new one's
    public async Task The_old_servers_records_are_no_account_at_the_new_one()
    {
        await using TwoServers two = await TwoServers.StartAsync();
        byte[] records = await File.ReadAllBytesAsync(Path.Combine(two.Rig.Home, "account-records.json"));
        await two.MoveAsync(two.Second.Url);
        await DeviceHome.JoinAsync(two.Rig["other"], two.Rig.Sheet, null, TimeProvider.System, null, None);
        using Sheet sheet = Sheet.Read(two.Rig.Sheet);
        DeviceException forged = await Assert.ThrowsAsync<DeviceException>(() => SheetRestore.RunAsync(sheet, null, Category.Photos, new RestoreRequest(two.Rig["x"]),
            TimeProvider.System, new LyingWire($"v1/recovery/{sheet.Account}/", _ => records), null, None));
        Assert.Equal(DeviceFault.Forgery, forged.Fault);
    }

    [Fact]
    public async Task Without_a_device_or_an_account_there_the_sheet_stays_what_it_is()
    {
        await using TwoServers two = await TwoServers.StartAsync();
        string before = await File.ReadAllTextAsync(two.Rig.Sheet);
        DeviceException refused = await Assert.ThrowsAsync<DeviceException>(() => TwoServers.MoveAsync(two.Second.Url, two.Rig["nowhere"], two.Rig.Sheet));
        Assert.Equal(DeviceFault.Refused, refused.Fault);
        Assert.Equal(before, await File.ReadAllTextAsync(two.Rig.Sheet));
        Assert.False(Directory.Exists(two.Rig["nowhere"]));
    }

    [Fact]
    public async Task Who_needs_an_invitation_is_told_before_anything_is_changed()
    {
        await using TwoServers two = await TwoServers.StartAsync(invitedOnly: true);
        Assert.Equal(DeviceFault.Refused, (await Assert.ThrowsAsync<DeviceException>(() => two.MoveAsync(two.Second.Url))).Fault);
        Assert.Equal(DeviceFault.Refused, (await Assert.ThrowsAsync<DeviceException>(() => TwoServers.MoveAsync(two.Second.Url, two.Rig.Home, two.Rig.Sheet, invitation: "aaaa-bbbb"))).Fault);
        Assert.False(Directory.Exists(Path.Combine(two.Rig.Home, "moving")));
        await two.AssertStillAtFirstAsync();
        string code;
        using (ServerOperator operates = ServerOperator.Open(two.Rig["second"], TimeProvider.System)) code = operates.Invite(null, 1).Code;
        await TwoServers.MoveAsync(two.Second.Url, two.Rig.Home, two.Rig.Sheet, invitation: code);
        using DeviceHome home = two.Rig.Open();
        await home.BackupAsync(Category.Photos, null, None);
    }

    [Fact]
    public async Task A_backup_that_runs_is_waited_for_by_its_owner_and_not_carried_off()
    {
        await using TwoServers two = await TwoServers.StartAsync();
        using (new VaultFolder(new HomeFolder(two.Rig.Home), Category.Photos).LockForBackup())
        {
            DeviceException busy = await Assert.ThrowsAsync<DeviceException>(() => two.MoveAsync(two.Second.Url));
            Assert.Contains("a backup of photos is already running", busy.Message, StringComparison.Ordinal);
        }
        await two.AssertStillAtFirstAsync();
        await two.MoveAsync(two.Second.Url);
    }

    [Fact]
    public async Task A_command_that_was_begun_before_signs_nothing_in_the_new_folder()
    {
        await using TwoServers two = await TwoServers.StartAsync();
        using DeviceHome stale = two.Rig.Open();
        await two.MoveAsync(two.Second.Url);
        Assert.Contains("this device moved to", (await Assert.ThrowsAsync<DeviceException>(() => stale.TurnOnAsync(Category.Contacts, None))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<DeviceException>(() => stale.BackupAsync(Category.Photos, null, None));
        using DeviceHome home = two.Rig.Open();
        await home.BackupAsync(Category.Photos, null, None);
    }

    [Fact]
    public async Task What_its_owner_turns_off_meanwhile_does_not_come_on_by_finishing()
    {
        await using TwoServers two = await TwoServers.StartAsync();
        string answered = "v1/records"; // the account is opened by another request: the first record is a grant, after the decision
        await Assert.ThrowsAsync<DeviceException>(() => two.MoveAsync(two.Second.Url, () => new LyingWire(answered, static _ => "no receipt"u8.ToArray())));
        using (DeviceHome home = two.Rig.Open())
        {
            Assert.Equal(["notes", "photos"], home.Status().Moving!.Categories.Order(StringComparer.Ordinal));
            await home.TurnOffAsync(Category.Photos, None);
            Assert.Equal(["notes"], home.Status().Moving!.Categories);
        }
        MoveReport report = await two.MoveAsync(two.Second.Url);
        Assert.Equal([Category.Notes], report.Switches.Select(static s => s.Category));
        using DeviceHome after = two.Rig.Open();
        Assert.NotEqual(SwitchState.On, after.Switch(Category.Photos).State);
        Assert.Null(after.Status().Moving);
    }
}
