using System.Text;
using Microsoft.Data.Sqlite;
using Offproof.Consent;

namespace Offproof.Device.Tests;

/// <summary>Orders that matter, whether or not the random ones come to them; and what the checks must notice.</summary>
public sealed class InterleavingOrders
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Theory]
    [InlineData("On.0.0 Backup.0.0 Off.0.0 Backup.0.0 On.0.0 Backup.0.0 OffErase.0.0 ServerClock.0.3")]
    [InlineData("On.0.0 Backup.0.0 Rotate.0.0 Backup.0.0 Off.0.0 Rotate.0.0/KillAfter5 Rotate.0.0 On.0.0/KillAfter8 Backup.0.0")]
    [InlineData("On.0.0 Backup.0.0 OffErase.0.0/Down Backup.0.0 EraseBySheet.0.0 Off.0.0 On.0.0 Backup.0.0")]
    [InlineData("On.0.0 Backup.0.0 EraseBySheet.0.0 On.0.0 Backup.0.0 On.0.0 Backup.0.0 Pause.0.0 EraseBySheet.0.0 On.0.0 On.0.0 Off.0.0")]
    [InlineData("On.0.0 Backup.0.0 Join.0.2 On.1.0 Backup.1.0 Remove.0.1 Backup.1.0 Off.1.0 EraseBySheet.1.0")]
    [InlineData("On.0.1 Backup.0.1 Admit.0.2 On.1.1 Backup.1.1 OffErase.1.1 Cancel.0.1 RemoveBySheet.0.1 ServerClock.0.3")]
    [InlineData("Admit.2.5/Meanwhile9:RemoveBySheet Admit.1.1/Down Admit.0.1 Join.0.2")]
    [InlineData("On.0.0 Backup.0.0 Rotate.0.0/Meanwhile5:Rotate Backup.0.0 Off.0.0")]
    [InlineData("On.0.0 Backup.0.0/Meanwhile5:OffErase Cancel.0.0 On.0.0/Meanwhile7:Off On.0.0 Backup.0.0/Meanwhile9:EraseBySheet On.0.0 Backup.0.0 Off.0.0")]
    [InlineData("DeviceClock.0.3 On.0.0 Backup.0.0 DeviceClock.0.4 DeviceClock.0.4 Backup.0.0 ServerClock.0.3 Backup.0.0 OffErase.0.0/KillAfter1 On.0.0 ServerClock.0.3")]
    [InlineData("On.0.0 Backup.0.0 SetBack.0.0 On.0.0 Backup.0.0 SetBack.0.2 Join.0.2 On.1.0 Backup.1.0 SetBack.0.5 Backup.1.0 Off.1.0 SetBack.0.4")]
    [InlineData("Remove.0.0/KillBefore4 On.0.0")] // it is removed by its next deed, which tells the server what was broken off
    [InlineData("On.0.0 Backup.0.0 Remove.0.0/KillBefore4 Backup.0.0 Off.0.0 On.0.0")]
    [InlineData("On.0.0 Backup.0.0 Remove.0.0/KillBefore4 Off.0.0 Erase.0.0 EraseBySheet.0.0")]
    [InlineData("On.0.0 Backup.0.0 Off.0.0 Remove.0.0/KillBefore4 Erase.0.0 Rotate.0.0 Remove.0.0")]
    [InlineData("Join.0.2 Remove.1.1/KillBefore4 Admit.1.3 Remove.1.0 On.0.0")]
    [InlineData("Join.0.2 Remove.0.1/KillBefore4 On.0.0 Remove.0.1 On.1.0 Remove.0.1/KillBefore4 Backup.0.0")]
    public Task What_was_promised_holds_in_this_order(string deeds) => Interleaving.HappensAsync(Of(deeds));

    [Theory] // No grant, stored byte
    [InlineData("On.0.0 Backup.0.0", "a file of notes", "Assert.DoesNotContain")]
    [InlineData("On.0.0 Backup.0.0 Off.0.0", "a pack too many", "Assert.Equal")]
    [InlineData("On.0.0 Backup.0.0 Pause.0.0", "a pack too many", "Assert.Equal")]
    [InlineData("On.0.0 Backup.0.0 OffErase.0.0/Down", "a pack too many", "Assert.Equal")]
    [InlineData("On.0.0 Backup.0.0", "an upload that is not whole", "Assert.Equal")]
    [InlineData("On.0.0 Backup.0.0", "notes that nobody turned on", "2 grants of Photos|1 grants of Notes, and 0 times")]
    [InlineData("On.0.0 Backup.0.0 Off.0.0", "a key that is left", "Assert.Empty")]
    [InlineData("On.0.0 Backup.0.0 Off.0.0", "on again, at the server alone", "with an old token was answered 200")]
    // Erased, readable
    [InlineData("On.0.0 Backup.0.0 EraseBySheet.0.0", "the sealed password", "Assert.Empty")]
    [InlineData("On.0.0 Backup.0.0 OffErase.0.0 ServerClock.0.3", "a pack too many", "Assert.Empty")]
    [InlineData("On.0.0 Backup.0.0 OffErase.0.0", "kept again, at the server alone", "Assert.Throws")]
    [InlineData("On.0.0 Backup.0.0 OffErase.0.0", "later than it says", "was to be deleted, and somebody looked|Assert.Throws")]
    // Kept, not openable by the sheet
    [InlineData("On.0.0 Backup.0.0 Off.0.0", "no sealed password", "its sealed password is missing|Assert.Equal")]
    [InlineData("On.0.0 Backup.0.0", "no sealed password", "its sealed password is missing")]
    [InlineData("On.0.0 Backup.0.0", "another sealed password", "Assert.Equal")]
    [InlineData("On.0.0 Backup.0.0", "another pack", "DeviceException|Assert.Empty")]
    [InlineData("On.0.0 Backup.0.0", "no snapshot", "Assert.Contains")]
    [InlineData("On.0.0 Backup.0.0 Rotate.0.0", "the sheet's file is gone", "no sheet at")]
    public async Task What_is_broken_is_noticed(string deeds, string how, string said)
    {
        await using Interleaving all = await Interleaving.BeginAsync();
        foreach (Deed deed in Of(deeds)) await all.DoAsync(deed);
        await all.CheckAsync(anew: true); // nothing is broken so far
        await BreakAsync(all, how);
        Exception? noticed = await Record.ExceptionAsync(() => all.CheckAsync(anew: true));
        Assert.NotNull(noticed);
        Assert.Matches(said.Replace("Assert.", @"Assert\.", StringComparison.Ordinal), $"{noticed.GetType().Name} {noticed.Message} Assert.{noticed.GetType().Name.Replace("Exception", "", StringComparison.Ordinal)}");
    }

    private static async Task BreakAsync(Interleaving all, string how)
    {
        GroundVault photos = all.Ground.Vaults.Single();
        string folder = Path.Combine(all.Data, "vaults", all.Account, photos.Place), sealedPassword = Path.Combine(all.Data, "recovery", all.Account, photos.Place + ".age");
        string pack = Directory.Exists(folder) ? Directory.GetFiles(Path.Combine(folder, "data"), "*", SearchOption.AllDirectories)[0] : "";
        switch (how)
        {
            case "a file of notes": Write(Path.Combine(all.Data, "vaults", all.Account, photos.Device, "notes", "1", "config")); break;
            case "a pack too many": Write(Path.Combine(folder, "data", "00", new string('0', 64))); break;
            case "an upload that is not whole": Write(Path.Combine(all.Data, "tmp", new string('0', 32))); break;
            case "the sealed password" or "another sealed password": Write(sealedPassword); break;
            case "no sealed password": File.Delete(sealedPassword); break;
            case "no snapshot": Directory.Delete(Path.Combine(folder, "snapshots"), recursive: true); break;
            case "the sheet's file is gone": File.Delete(all.SheetFile); break;
            case "a key that is left": Write(Path.Combine(all.Home, "vaults", "photos", "password")); break;
            case "on again, at the server alone": await ServerSaysAsync("UPDATE vaults SET state = 'on'"); break;
            case "kept again, at the server alone": await ServerSaysAsync("UPDATE vaults SET state = 'kept', due = NULL"); break;
            case "later than it says":
                await ServerSaysAsync("UPDATE vaults SET due = due + 100000");
                await all.ActAsync(Deed.Parse("ServerClock.0.3"));
                break;
            case "another pack":
                byte[] bytes = await File.ReadAllBytesAsync(pack, None);
                bytes[5] ^= 1;
                await File.WriteAllBytesAsync(pack, bytes, None);
                break;
            case "notes that nobody turned on":
                using (DeviceHome home = DeviceHome.Open(all.Home, TimeProvider.System)) await home.TurnOnAsync(Category.Notes, None);
                break;
            default: throw new ArgumentException(how, nameof(how));
        }

        // Behind the server's back: it is stopped, and reads its database anew.
        Task ServerSaysAsync(string sql) => all.WhileDownAsync(() =>
        {
            using SqliteConnection connection = new(new SqliteConnectionStringBuilder { DataSource = Path.Combine(all.Data, "offproof.db"), Pooling = false }.ConnectionString);
            connection.Open();
            using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // the three texts above
            command.CommandText = sql;
#pragma warning restore CA2100
            Assert.Equal(1, command.ExecuteNonQuery());
        });
    }

    private static void Write(string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, "planted", Encoding.ASCII);
    }

    private static Deed[] Of(string deeds) => [.. deeds.Split(' ').Select(Deed.Parse)];
}
