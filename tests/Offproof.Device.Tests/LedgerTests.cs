using System.Text;
using System.Text.Json;
using Offproof.Consent;

namespace Offproof.Device.Tests;

/// <summary>ledger.md §3, §5: the ledger of a device that works, and what the server signs of it.</summary>
public sealed class LedgerTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task Each_request_of_a_device_is_in_the_ledger_and_a_later_command_anchors_it()
    {
        await using Rig rig = await Rig.ReadyAsync();
        using (DeviceHome first = rig.Open())
        {
            LedgerVerdict begun = first.VerifyLedger();
            Assert.Equal((4, 3, true), (begun.Lines, begun.Anchored, begun.Verified)); // init: the server's key, the account, each with its outcome
            await first.TurnOnAsync(Category.Photos, None);
            await first.BackupAsync(Category.Photos, null, None);
        }
        using DeviceHome home = rig.Open();
        long lines = home.VerifyLedger().Lines;
        await home.SnapshotsAsync(Category.Photos, None);
        LedgerVerdict verdict = home.VerifyLedger();
        Assert.Equal((true, 0L, 0L), (verdict.Verified, verdict.Unfinished, verdict.Torn));
        Assert.InRange(verdict.Anchored, lines + 1, verdict.Lines);

        LedgerLine[] requests = [.. home.Ledger().Where(static l => l.Method is not null)];
        string grant = Record(rig, "00000001-grant-photos-1.jws").Hash.Text;
        Assert.All(requests, l => Assert.Equal(l.Purpose == "photos" ? grant : null, l.Grant));
        Assert.Equal(["public", "consent", "recovery", "photos"], requests.Select(static l => l.Purpose).Distinct());
        Assert.All(requests, l => Assert.Equal($"127.0.0.1:{rig.Url.Port}", l.Host));
        Assert.InRange(home.Ledger().Sum(static l => l.Sent ?? 0), 3000, 100_000);
    }

    [Fact] // ledger.md §7: whatever is done with the sheet, where there is a device its ledger has it
    public async Task What_the_sheet_does_beside_a_device_is_in_its_ledger()
    {
        await using Rig rig = await Rig.ReadyAsync();
        using DeviceHome home = rig.Open();
        await home.TurnOnAsync(Category.Photos, None);
        await home.BackupAsync(Category.Photos, null, None);
        using Sheet sheet = Sheet.Read(rig.Sheet);
        Dictionary<string, Func<Task>> commands = new(StringComparer.Ordinal)
        {
            ["drill"] = () => home.DrillAsync(Category.Photos, sheet, everything: false, null, None),
            ["prune"] = () => SheetPrune.RunAsync(sheet, null, Category.Photos, null, static _ => Task.FromResult(false), TimeProvider.System, null, null, None, rig.Home),
            ["move"] = async () => (await ServerMove.PlanAsync(rig.Sheet, rig.Url, rig.Home, static _ => Task.CompletedTask, hasInvitation: false, TimeProvider.System, null, None)).Dispose(),
            ["erase"] = async () => (await SheetErasure.PlanAsync(sheet, null, Category.Photos, null, null, cancelled: false, TimeProvider.System, null, None, rig.Home)).Dispose(),
            ["replace --cancel"] = () => Assert.ThrowsAsync<DeviceException>(() => SheetReplacement.CancelAsync(sheet, null, TimeProvider.System, null, None, rig.Home)),
            ["rotate"] = () => SheetRotation.RunAsync(rig.Sheet, rig["next.txt"], null, TimeProvider.System, null, None, rig.Home),
            ["devices remove"] = async () =>
            {
                using Sheet next = Sheet.Read(rig["next.txt"]);
                await SheetDevices.RemoveAsync(next, null, home.Device[..8], TimeProvider.System, null, None, rig.Home);
            },
        };
        foreach ((string name, Func<Task> run) in commands)
        {
            int before = home.Ledger().Count();
            await run();
            Assert.True(home.Ledger().Count() > before + 2, name);
        }
        Assert.True(home.VerifyLedger().Verified);
    }

    [Fact] // ledger.md §2: "So a ledger can be shown to others."
    public async Task The_ledger_names_neither_account_nor_device_and_holds_no_token()
    {
        await using Rig rig = await Rig.ReadyAsync();
        using DeviceHome home = rig.Open();
        await home.TurnOnAsync(Category.Photos, None);
        VaultEnvironment given = await home.VaultEnvironmentAsync(Category.Photos, write: false, None);
        string ledger = await File.ReadAllTextAsync(Path.Combine(rig.Home, "ledger.ndjson"));
        string token = new Uri(given.Repository["rest:".Length..]).UserInfo.Split(':')[1];
        Assert.All((string[])[home.Account, home.Device, token, given.Password], secret => Assert.DoesNotContain(secret, ledger, StringComparison.Ordinal));
        LedgerLine handed = home.Ledger().Last();
        Assert.Equal(("read", "photos"), (handed.Handed, handed.Purpose));
        Assert.InRange(handed.Until!.Value, TimeProvider.System.GetUtcNow().AddMinutes(55), TimeProvider.System.GetUtcNow().AddMinutes(65));
    }

    [Fact]
    public async Task Who_writes_the_whole_chain_anew_is_found_by_the_servers_receipts()
    {
        await using Rig rig = await Rig.ReadyAsync();
        using DeviceHome home = rig.Open();
        await home.TurnOnAsync(Category.Photos, None);
        string[] lines = await File.ReadAllLinesAsync(Path.Combine(rig.Home, "ledger.ndjson"));
        string prev = new('0', 64);
        for (int i = 0; i < lines.Length; i++)
        {
            lines[i] = lines[i].Replace("\"public\"", "\"consent\"", StringComparison.Ordinal)[..^66];
            lines[i] = lines[i][..(lines[i].LastIndexOf("\"prev\":\"", StringComparison.Ordinal) + 8)] + prev + "\"}";
            prev = Digest.Of(Encoding.UTF8.GetBytes(lines[i])).Text;
        }
        await File.WriteAllTextAsync(Path.Combine(rig.Home, "ledger.ndjson"), string.Concat(lines.Select(static l => l + "\n")));
        await File.WriteAllTextAsync(Path.Combine(rig.Home, "ledger.head"), $"{lines.Length}:{prev}\n");
        LedgerVerdict verdict = home.VerifyLedger();
        Assert.Equal((false, 3L, 0L), (verdict.Verified, verdict.Problems[0].Line, verdict.Anchored));
        Assert.StartsWith("line 3 is not the one that the server's receipt 00000000-certificate.receipt.jws names: one of the lines 1 to 3", Assert.Single(verdict.Problems).Problem, StringComparison.Ordinal);
        foreach (string receipt in Directory.GetFiles(Path.Combine(rig.Home, "records"), "*.receipt.jws")) File.Delete(receipt);
        Assert.True(home.VerifyLedger().Verified); // ledger.md §7: not found here
    }

    [Theory]
    [InlineData("/v1/tokens")]
    [InlineData("/v1/records")]
    public async Task A_receipt_that_names_another_head_is_a_forgery_and_is_not_kept(string path)
    {
        await using Rig rig = await Rig.ReadyAsync();
        Assert.True(SigningKey.TryFromPem(await File.ReadAllTextAsync(Path.Combine(rig.ServerData, "server.key")), out SigningKey? serverKey));
        using SigningKey signer = serverKey;
        Thumbprint device = default;
        LyingWire wire = new(path, body => Encoding.UTF8.GetBytes(path == "/v1/records" ? Lie(Encoding.UTF8.GetString(body)) : InJson(body)));
        using DeviceHome home = rig.Open(wire);
        device = Thumbprint.Parse(home.Device);
        DeviceException forged = await Assert.ThrowsAsync<DeviceException>(() => home.TurnOnAsync(Category.Photos, None));
        Assert.Equal((DeviceFault.Forgery, "the server's receipt names a head of the ledger that was not sent"), (forged.Fault, forged.Message));
        Assert.Equal(1, wire.Lies);
        Assert.False(File.Exists(Path.Combine(rig.Home, "records", path == "/v1/tokens" ? "ledger.receipt.jws" : "00000001-grant-photos-1.receipt.jws")));
        Assert.True(home.VerifyLedger().Verified);

        string InJson(byte[] body) => JsonSerializer.Serialize(JsonElement.Parse(body).EnumerateObject().ToDictionary(static m => m.Name, m => m.Name == "receipt" ? (object)Lie(m.Value.GetString()!) : m.Value));

        string Lie(string compact)
        {
            Assert.True(SignedRecord.TryParse(compact, out SignedRecord? record));
            Assert.True(Receipt.TryVerify(record, signer.Public, device, out Receipt? receipt));
            return Receipt.Sign(signer, receipt with { Ledger = receipt.Ledger!.Value with { Hash = Digest.Of("another line"u8) } }).Compact;
        }
    }

    [Fact] // ledger.md §3: "The destruction of keys never waits for the ledger"
    public async Task Off_destroys_the_key_also_where_the_ledger_cannot_be_written_and_says_why_the_server_was_not_told()
    {
        await using Rig rig = await Rig.ReadyAsync();
        using (DeviceHome home = rig.Open()) await home.TurnOnAsync(Category.Photos, None);
        string ledger = Path.Combine(rig.Home, "ledger.ndjson");
        File.Move(ledger, ledger + ".kept");
        Directory.CreateDirectory(ledger);
        using (DeviceHome home = rig.Open())
        {
            DeviceException refused = await Assert.ThrowsAsync<DeviceException>(() => home.BackupAsync(Category.Photos, null, None));
            Assert.StartsWith($"{ledger} could not be written", refused.Message, StringComparison.Ordinal);
            await Assert.ThrowsAsync<DeviceException>(() => home.VaultEnvironmentAsync(Category.Photos, write: false, None));
            SwitchReport off = await home.TurnOffAsync(Category.Photos, None);
            Assert.Equal((SwitchState.Kept, false), (off.State, off.ServerTold));
            Assert.StartsWith($"{ledger} could not be written", off.WhyNotTold, StringComparison.Ordinal);
            Assert.False(Directory.Exists(Path.Combine(rig.Home, "vaults", "photos")));
        }
        Directory.Delete(ledger);
        File.Move(ledger + ".kept", ledger);
        using DeviceHome later = rig.Open();
        Assert.True((await later.TurnOffAsync(Category.Photos, None)).ServerTold);
        Assert.True(later.VerifyLedger().Verified);
    }

    [Fact]
    public async Task A_home_put_back_from_an_older_copy_lacks_lines_and_the_records_that_it_takes_over_say_so()
    {
        await using Rig rig = await Rig.ReadyAsync();
        CopyFolder(rig.Home, rig["older"]);
        using (DeviceHome home = rig.Open())
        {
            await home.TurnOnAsync(Category.Photos, None);
            await home.BackupAsync(Category.Photos, null, None);
            await home.TurnOffAsync(Category.Photos, None);
        }
        Directory.Delete(rig.Home, recursive: true);
        Directory.Move(rig["older"], rig.Home);
        using DeviceHome older = rig.Open();
        Assert.True(older.VerifyLedger().Verified); // nothing here says otherwise yet
        await older.TurnOnAsync(Category.Notes, None);
        LedgerVerdict verdict = older.VerifyLedger();
        Assert.Contains(verdict.Problems, static p => p.Problem.Contains("the server's receipt 00000001-grant-photos-1.receipt.jws names", StringComparison.Ordinal));
    }

    [Fact] // ledger.md §7: with the sheet, on a device, its ledger is written; and anchored, because the sheet's proofs carry the head too
    public async Task A_restore_with_the_sheet_on_a_device_is_in_its_ledger_and_elsewhere_in_none()
    {
        await using Rig rig = await Rig.ReadyAsync();
        using DeviceHome home = rig.Open();
        await home.TurnOnAsync(Category.Photos, None);
        await home.BackupAsync(Category.Photos, null, None);
        await rig.RestoreWithSheetAsync("elsewhere");
        long before = home.VerifyLedger().Lines;
        using (Sheet sheet = Sheet.Read(rig.Sheet))
            await SheetRestore.RunAsync(sheet, null, Category.Photos, new RestoreRequest(rig["here"]), TimeProvider.System, null, null, None, rig.Home);
        LedgerVerdict verdict = home.VerifyLedger();
        Assert.True(verdict.Verified);
        Assert.InRange(verdict.Anchored, before + 1, verdict.Lines);
        LedgerLine[] added = [.. home.Ledger().Skip((int)before).Where(static l => l.Method is not null)];
        Assert.Equal(["public", "consent", "recovery", "photos"], added.Select(static l => l.Purpose).Distinct());
        Assert.False(File.Exists(Path.Combine(rig["none"], "ledger.ndjson")));
    }

    private static SignedRecord Record(Rig rig, string file)
    {
        Assert.True(SignedRecord.TryParse(File.ReadAllText(Path.Combine(rig.Home, "records", file)).Trim(), out SignedRecord? record));
        return record;
    }

    private static void CopyFolder(string from, string to)
    {
        foreach (string file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
        Directory.CreateDirectory(Path.Combine(to, "vaults"));
    }
}
