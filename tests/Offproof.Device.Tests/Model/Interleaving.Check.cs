using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Offproof.Consent;

namespace Offproof.Device.Tests;

internal sealed partial class Interleaving
{
    private readonly HttpClient bare = new(new SocketsHttpHandler { UseProxy = false });
    private readonly List<Snapshot> snapshots = [];
    private readonly List<HeldToken> tokens = [];
    private readonly Dictionary<string, SortedSet<string>> frozen = new(StringComparer.Ordinal);
    private readonly HashSet<string> restored = new(StringComparer.Ordinal);

    /// <summary>A snapshot that the server acknowledged, and what was on the phone then.</summary>
    private sealed record Snapshot(string Device, Category Category, int Epoch, string Id, SortedDictionary<string, string> Held)
    {
        internal bool IsOf(GroundVault vault) => (Device, Category, Epoch) == (vault.Device, vault.Category, vault.Epoch);
    }

    /// <summary>What malware would have kept from a time when the category was on: a token that adds, good for an hour.</summary>
    private sealed record HeldToken(string Device, Category Category, int Epoch, Uri Vault, AuthenticationHeaderValue Authorization);

    private static async Task<HeldToken> TokenAsync(DeviceHome home, Category category, int epoch)
    {
        Uri vault = new((await home.VaultEnvironmentAsync(category, write: true, None)).Repository["rest:".Length..]);
        return new(home.Device, category, epoch, vault, new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(vault.UserInfo)))));
    }

    /// <summary>Whatever happened, at rest: the server's folder, and what it answers to whoever tries.</summary>
    /// <param name="anew">Restores also what was restored before and has not changed since</param>
    internal async Task CheckAsync(bool anew = false)
    {
        if (anew) restored.Clear();
        await FindSheetAsync();
        using Sheet sheet = Sheet.Read(sheetFile);
        using SheetAccess access = await SheetAccess.OpenAsync(sheet, null, null, elsewhere, null, None); // somebody looks: what is due happens (protocol.md §3.1)
        long now = rig.ServerTime.GetUtcNow().ToUnixTimeSeconds();
        Ground before = ground ?? Ground.Read(rig.ServerData, account);
        ground = Ground.Read(rig.ServerData, account);
        RequireConsent();
        RequireFrozen();
        foreach (GroundVault vault in ground.Vaults)
        {
            Assert.False(vault.State == Told.Closed && vault.Due <= now, $"{vault}: was to be deleted, and somebody looked");
            Assert.False(before.Vaults.Any(v => v.Grant == vault.Grant && v.State == Told.Erased) && vault.State != Told.Erased, $"{vault}: was erased");
            if (vault.CanBeRead) await RequireOpenableAsync(vault, access, sheet);
            else await RequireUnreadableAsync(vault, sheet);
        }
        foreach (HeldToken token in tokens) await RequireDeadAsync(token);
        await RequireOldSheetRefusedAsync();
    }

    /// <summary>All of it again, and from the devices' side: everything turned off, and the server told.</summary>
    internal async Task FinishAsync()
    {
        foreach (ModelDevice device in devices)
        {
            foreach (Category category in ModelDevice.Switches) await DoAsync(new Deed(DeedKind.Off, devices.IndexOf(device), Array.IndexOf(ModelDevice.Switches, category)));
            using DeviceHome home = DeviceHome.Open(device.Home, device.Time);
            if (ground.Removed.Contains(device.Id)) continue;
            LedgerVerdict ledger = home.VerifyLedger();
            Assert.Empty(ledger.Problems);
        }
        Assert.DoesNotContain(ground.Vaults, static v => v.State == Told.On);
        await CheckAsync(anew: true);
    }

    /// <summary>A rotation that was broken off may hold or not: one of the two sheets is the account's, and its file is there.</summary>
    private async Task FindSheetAsync()
    {
        if (nextSheet is null || !File.Exists(nextSheet)) return;
        using Sheet next = Sheet.Read(nextSheet);
        try
        {
            (await SheetAccess.OpenAsync(next, null, null, elsewhere, null, None)).Dispose();
            oldSheets.Add(sheetFile);
            (sheetFile, nextSheet) = (nextSheet, null);
        }
        catch (DeviceException e) when (e.Fault == DeviceFault.WrongSheet)
        {
            // The old one is: the next rotation goes on with the same file.
        }
    }

    /// <summary>Never "no grant, stored byte": each grant was asked for, each file lies under one.</summary>
    private void RequireConsent()
    {
        foreach (IGrouping<(string Device, Category Category), GroundVault> granted in ground.Vaults.GroupBy(static v => (v.Device, v.Category)))
        {
            int asked = devices.Find(d => d.Id == granted.Key.Device)?.Ons.GetValueOrDefault(granted.Key.Category) ?? 0;
            Assert.True(granted.Count() <= asked, $"{granted.Count()} grants of {granted.Key.Category}, and {asked} times it was turned on");
        }
        HashSet<string> covered = [.. ground.Vaults.SelectMany(ground.AnythingOf)];
        Assert.DoesNotContain(ground.Files.Keys, f => !covered.Contains(f));
        Assert.Equal(0, ground.Unwhole);
        foreach (ModelDevice device in devices)
        {
            foreach (Category category in ModelDevice.Switches)
                if (device.Wishes[category] == Wish.Off) Assert.Empty(device.Passwords(category));
        }
    }

    /// <summary>... and nothing comes to what is over, or paused, or was turned off on a device whose server does not know that yet.</summary>
    private void RequireFrozen()
    {
        foreach (GroundVault vault in ground.Vaults)
        {
            ModelDevice? device = devices.Find(d => d.Id == vault.Device);
            bool over = vault.State != Told.On || (vault == ground.Newest(vault.Device, vault.Category) && device?.Wishes[vault.Category] is Wish.Off or Wish.Paused);
            SortedSet<string> files = ground.FilesOf(vault);
            if (!over) frozen.Remove(vault.Grant);
            else if (!frozen.TryGetValue(vault.Grant, out SortedSet<string>? then)) frozen.Add(vault.Grant, files);
            else if (vault.State == Told.Erased) Assert.Empty(ground.AnythingOf(vault));
            else Assert.Equal(then, files);
            if (vault.State == Told.Erased) Assert.Empty(ground.AnythingOf(vault));
        }
    }

    /// <summary>Never "kept, not openable by the sheet": the files are the grant's, the password opens, and what was acknowledged comes back byte for byte.</summary>
    private async Task RequireOpenableAsync(GroundVault vault, SheetAccess access, Sheet sheet)
    {
        SortedSet<string> files = ground.FilesOf(vault);
        string sealedPassword = $"recovery/{vault.Place}.age", folder = $"vaults/{vault.Place}/";
        Snapshot? last = snapshots.FindLast(s => s.IsOf(vault));
        if (!files.Contains(sealedPassword))
        {
            Assert.True(files.Count == 0 && last is null, $"{vault}: its sealed password is missing");
            return; // its turning-on died before the first file
        }
        Assert.Equal(vault.Hashes.Sealed, HashOf(sealedPassword));
        if (files.Contains(folder + "config")) Assert.Equal(vault.Hashes.Config, HashOf(folder + "config"));
        if (!restored.Add($"{sheetFile} {string.Join(' ', files)} {last?.Id}")) return;
        using SheetKeyring keyring = new(sheet, access.History);
        Assert.True(keyring.TryOpen(await File.ReadAllBytesAsync(ground.Files[sealedPassword], None), out byte[]? password) && password.Length == 64, $"{vault}: the sheet does not open its password");
        if (last is null) return;
        Assert.Contains($"{folder}snapshots/{last.Id}", files);
        string target = rig[string.Create(CultureInfo.InvariantCulture, $"restored{++made}")];
        RestoreReport report = await SheetRestore.RunAsync(
            sheet, null, vault.Category, new RestoreRequest(target, Snapshot: last.Id, Epoch: vault.Epoch, Device: vault.Device), elsewhere, null, null, None);
        Assert.Empty(report.Problems);
        SortedDictionary<string, string> held = ModelDevice.Held(Path.Combine(target, vault.Category.Name()));
        Assert.Equal(last.Held.Keys, held.Keys);
        foreach ((string name, string text) in last.Held) Assert.Contains(text, held[name], StringComparison.Ordinal);
        Directory.Delete(target, recursive: true);
    }

    /// <summary>Never "erased, readable": not on the disk once it is erased, and from its closing on to nobody: not to the sheet.</summary>
    private async Task RequireUnreadableAsync(GroundVault vault, Sheet sheet)
    {
        DeviceException refused = await Assert.ThrowsAsync<DeviceException>(() => SheetRestore.RunAsync(
            sheet, null, vault.Category, new RestoreRequest(rig["unreadable"], Epoch: vault.Epoch, Device: vault.Device), elsewhere, null, null, None));
        Assert.Equal(DeviceFault.Refused, refused.Fault);
        // The program refused by the records; a program that does not look at them is refused by the server.
        using HttpMessageInvoker direct = new(new SocketsHttpHandler { UseProxy = false });
        ServerClient server = new(direct, rig.Url);
        VaultAddress address = new(sheet.Account, Thumbprint.Parse(vault.Device), vault.Category, new Epoch(vault.Epoch));
        Token recovery = await server.TokenAsync(await ProofAsync(server, sheet, null), None);
        Assert.Equal("erased", (await Assert.ThrowsAsync<DeviceException>(() => server.GetSealedAsync(address, recovery, None))).Problem);
        SignedRecord proof = await ProofAsync(server, sheet, new VaultAsk(address.Device, address.Category, address.Epoch, VaultMode.Read));
        Assert.Equal("erased", (await Assert.ThrowsAsync<DeviceException>(() => server.TokenAsync(proof, None))).Problem);
    }

    private async Task<SignedRecord> ProofAsync(ServerClient server, Sheet sheet, VaultAsk? ask) => Proof.Sign(sheet.Signing, new Proof
    {
        Signer = sheet.Account, Account = sheet.Account, Server = sheet.ServerKey, IssuedAt = elsewhere.GetUtcNow().ToUnixTimeSeconds(), Nonce = await server.NonceAsync(None), Vault = ask,
    });

    /// <summary>A token from when it was on adds nothing afterwards, and reads nothing that is closed or erased.</summary>
    private async Task RequireDeadAsync(HeldToken token)
    {
        GroundVault vault = ground.Vaults.Single(v => (v.Device, v.Category, v.Epoch) == (token.Device, token.Category, token.Epoch));
        if (vault.State == Told.On) return;
        byte[] forged = RandomNumberGenerator.GetBytes(20);
        string[] requests = vault.CanBeRead ? [$"data/{Convert.ToHexStringLower(SHA256.HashData(forged))}"] : [$"data/{Convert.ToHexStringLower(SHA256.HashData(forged))}", "config"];
        foreach (string path in requests)
        {
            using HttpRequestMessage request = new(path == "config" ? HttpMethod.Get : HttpMethod.Post, new Uri(token.Vault.GetLeftPart(UriPartial.Path).Replace(token.Vault.UserInfo + "@", "", StringComparison.Ordinal) + path));
            request.Headers.Authorization = token.Authorization;
            if (path != "config") request.Content = new ByteArrayContent(forged);
            using HttpResponseMessage answer = await bare.SendAsync(request, None);
            Assert.True(answer.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.Gone, $"{vault}: {request.Method} {path} with an old token was answered {(int)answer.StatusCode}");
        }
    }

    private async Task RequireOldSheetRefusedAsync()
    {
        if (oldSheets.Count == 0) return;
        using Sheet old = Sheet.Read(oldSheets[^1]);
        Assert.Equal(DeviceFault.WrongSheet, (await Assert.ThrowsAsync<DeviceException>(() => SheetAccess.OpenAsync(old, null, null, elsewhere, null, None))).Fault);
    }

    private string HashOf(string file) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(ground.Files[file])));
}
