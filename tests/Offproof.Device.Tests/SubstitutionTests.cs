using System.Text;
using System.Text.Json.Nodes;
using Offproof.Consent;

namespace Offproof.Device.Tests;

/// <summary>README: "the server cannot read your backups, nor swap one for another". Each lie has its control: the same restore without it.</summary>
public sealed class SubstitutionTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task The_control_without_a_lie_restores()
    {
        await using Rig rig = await BackedUpAsync();
        LyingWire wire = new("/v1/", static body => body);
        await rig.RestoreWithSheetAsync("restored", wire);
        Assert.True(wire.Lies > 3);
        rig.AssertRestored("restored");
    }

    [Fact]
    public async Task Another_server_key_is_noticed_before_anything_is_sent()
    {
        await using Rig rig = await BackedUpAsync();
        await using Rig other = await Rig.StartAsync();
        byte[] hello = Encoding.UTF8.GetBytes(await new HttpClient().GetStringAsync(new Uri(other.Url, "v1/server")));
        await AssertForgedAsync(rig, "/v1/server", _ => hello);
    }

    [Fact]
    public Task A_sealed_password_of_somebody_else_is_refused() => AssertForgedAsync("/photos/1", static _ =>
    {
        using AgeIdentity stranger = AgeIdentity.Generate();
        return AgeFile.Seal(new byte[64], stranger.Recipient);
    });

    [Fact] // Sealed to the right sheet, by whoever knows the recipient: only the grant's hash tells it apart.
    public async Task A_sealed_password_chosen_by_the_server_is_refused()
    {
        await using Rig rig = await BackedUpAsync();
        byte[] chosen;
        using (Sheet sheet = Sheet.Read(rig.Sheet)) chosen = AgeFile.Seal(Encoding.ASCII.GetBytes(new string('0', 64)), sheet.Recipient);
        await AssertForgedAsync(rig, "/v1/recovery/", body => body[0] == (byte)'{' ? body : chosen);
    }

    [Fact]
    public Task A_config_of_another_vault_is_refused() => AssertForgedAsync("/config", static body =>
    {
        body[20] ^= 1;
        return body;
    });

    [Fact]
    public async Task A_vault_of_another_epoch_in_place_of_the_granted_one_is_refused()
    {
        await using Rig rig = await BackedUpAsync();
        string epochs = Directory.GetDirectories(Path.Combine(rig.ServerData, "vaults"), "photos", SearchOption.AllDirectories).Single();
        using (DeviceHome home = rig.Open())
        {
            await home.TurnOffAsync(Category.Photos, None);
            await home.TurnOnAsync(Category.Photos, None);
            await home.BackupAsync(Category.Photos, null, None);
        }
        Directory.Delete(Path.Combine(epochs, "2"), recursive: true);
        Directory.Move(Path.Combine(epochs, "1"), Path.Combine(epochs, "2"));
        await AssertForgedAsync(rig, "/nothing", static body => body, lies: 0);
    }

    [Fact]
    public Task A_removed_record_is_noticed() => AssertForgedHistoryAsync(records =>
    {
        records.RemoveAt(1); // the first grant: the revocation after it loses its predecessor
    });

    [Fact]
    public Task Reordered_records_are_noticed() => AssertForgedHistoryAsync(static records =>
    {
        JsonNode first = records[1]!;
        records.RemoveAt(1);
        records.Add(first);
    });

    [Fact]
    public Task An_altered_record_is_noticed() => AssertForgedHistoryAsync(static records =>
    {
        string record = records[1]!.GetValue<string>();
        int at = record.IndexOf('.', StringComparison.Ordinal) + 40;
        records[1] = record[..at] + (record[at] == 'A' ? 'B' : 'A') + record[(at + 1)..];
    });

    [Fact]
    public async Task A_device_that_the_sheet_never_certified_is_refused()
    {
        await using Rig other = await BackedUpAsync();
        string[] foreign = [.. Directory.GetFiles(Path.Combine(other.Home, "records"), "*.jws").Where(static f => !f.EndsWith(".receipt.jws", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        await AssertForgedHistoryAsync(records =>
        {
            foreach (string file in foreign) records.Add(File.ReadAllText(file));
        });
    }

    private static Task AssertForgedHistoryAsync(Action<JsonArray> forge) => AssertForgedAsync("/v1/recovery/", body =>
    {
        if (body[0] != (byte)'{') return body;
        JsonNode answer = JsonNode.Parse(body)!;
        forge(answer["records"]!.AsArray());
        return Encoding.UTF8.GetBytes(answer.ToJsonString());
    }, twoEpochs: true);

    private static async Task AssertForgedAsync(string path, Func<byte[], byte[]> lie, bool twoEpochs = false)
    {
        await using Rig rig = await BackedUpAsync();
        if (twoEpochs)
        {
            using DeviceHome home = rig.Open();
            await home.TurnOffAsync(Category.Photos, None);
            await home.TurnOnAsync(Category.Photos, None);
            await home.BackupAsync(Category.Photos, null, None);
        }
        await AssertForgedAsync(rig, path, lie);
    }

    private static async Task AssertForgedAsync(Rig rig, string path, Func<byte[], byte[]> lie, int lies = 1)
    {
        LyingWire wire = new(path, lie);
        DeviceException forged = await Assert.ThrowsAsync<DeviceException>(() => rig.RestoreWithSheetAsync("forged", wire));
        Assert.Equal(DeviceFault.Forgery, forged.Fault);
        Assert.InRange(wire.Lies, lies, 10);
        Assert.False(Directory.Exists(rig["forged"]) && Directory.EnumerateFileSystemEntries(rig["forged"]).Any(), "something was written");
    }

    private static async Task<Rig> BackedUpAsync()
    {
        Rig rig = await Rig.ReadyAsync();
        using DeviceHome home = rig.Open();
        await home.TurnOnAsync(Category.Photos, None);
        await home.BackupAsync(Category.Photos, null, None);
        return rig;
    }

    [Fact] // cli.md §3: 7 is for a server that cannot be reached; this one can
    public async Task An_answer_that_is_too_large_is_no_silence()
    {
        await using Rig rig = await Rig.ReadyAsync();
        LyingWire wire = new("/v1/server", static _ => new byte[(64 << 20) + 1]);
        DeviceException e = await Assert.ThrowsAsync<DeviceException>(() => rig.RestoreWithSheetAsync("x", wire));
        Assert.Equal((DeviceFault.Failure, 1), (e.Fault, wire.Lies));
        Assert.Contains("more than 64 MiB", e.Message, StringComparison.Ordinal);
    }
}
