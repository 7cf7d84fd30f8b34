using System.Net;
using Offproof.Consent;

namespace Offproof.Server.Tests;

/// <summary>One thing that happens to an account. What it is about is chosen by the two numbers, from what there is.</summary>
readonly record struct Deed(DeedKind Kind, int Who, int Which)
{
    public override string ToString() => $"{Kind}({Who},{Which})";
}

enum DeedKind
{
    Grant,
    Revoke,
    Add,
    Erase,
    EraseBySheet,
    CancelErasure,
    Rotate,
    RotateByOldSheet,
    Replace,
    CancelReplacement,
    Admit,
    Certify,
    Remove,
    RemoveBySheet,
    Replay,
    Wait,
    WaitDown,
    Restart,
}

/// <summary>
/// A small model of docs/protocol.md §3, beside a real server: every deed is done to both, the server's answer must be the model's, and afterwards the server
/// holds what the model holds and gives it to whom the model gives it.
/// </summary>
sealed class Obedience(Bench bench, Owner first) : IDisposable
{
    const long Wait = 14 * 24 * 3600;

    static readonly Category[] Categories = [Category.Photos, Category.Notes];
    static readonly TimeSpan[] Steps = [TimeSpan.FromMinutes(10), TimeSpan.FromDays(1), TimeSpan.FromDays(6), TimeSpan.FromDays(13), TimeSpan.FromDays(14)];

    readonly List<Device> devices = [new(first)];
    readonly List<SignedRecord> taken = [];
    readonly List<(SignedRecord Record, EpochState Epoch)> closings = [];
    readonly List<SignedRecord> replacements = [];
    readonly List<(string Token, Device? Device, SigningKey Signer)> tokens = [];
    (SigningKey Sheet, SignedRecord Record, Device By, long Due)? pending;

    internal static async Task<Obedience> BeginAsync(Bench bench) => new(bench, await Owner.OpenAsync(bench));

    internal async Task DoAsync(Deed deed)
    {
        Pass(TimeSpan.FromSeconds(1)); // so that no two records are the same
        var device = devices[deed.Who % devices.Count];
        var category = Categories[deed.Which % Categories.Length];
        var epoch = device.Newest(category);
        switch (deed.Kind)
        {
            case DeedKind.Grant:
                OpenVault vault = new() { Category = category, Epoch = (epoch?.Vault.Epoch ?? 0) + 1 };
                vault.Of(device.Owner, device.Owner.SignGrant(vault.Hashes, category, vault.Epoch));
                if (await TakenAsync(vault.Grant, device, epoch?.State == VaultState.On ? "epoch" : null))
                {
                    device.Epochs.Add(new(vault));
                    await vault.FillAsync(bench);
                }

                break;
            case DeedKind.Revoke when epoch is not null:
                bool open = !epoch.Revoked && epoch.State is (VaultState.On or VaultState.Erased);
                if (await TakenAsync(epoch.Vault.SignRevocation(), device, open ? null : "epoch"))
                    (epoch.Revoked, epoch.State) = (true, epoch.State == VaultState.On ? VaultState.Kept : epoch.State);
                break;
            case DeedKind.Add when epoch is not null:
                await AddAsync(device, epoch, [(byte)(deed.Which % 256), (byte)(deed.Who % 256)]);
                break;
            case DeedKind.Erase when device.Epochs.Count > 0:
                epoch = device.Epochs[deed.Which % device.Epochs.Count];
                var closing = device.Owner.SignErasure(epoch.Vault);
                if (await TakenAsync(closing, device, epoch.State == VaultState.Kept ? null : "epoch"))
                {
                    (epoch.State, epoch.Closing, epoch.Due) = (VaultState.Closed, closing, bench.Now + Wait);
                    closings.Add((closing, epoch));
                }

                break;
            case DeedKind.EraseBySheet when device.Epochs.Count > 0:
                epoch = device.Epochs[deed.Which % device.Epochs.Count];
                if (await TakenAsync(device.Owner.SignErasure(epoch.Vault, bySheet: true), null, epoch.State == VaultState.Erased ? "epoch" : null)) epoch.State = VaultState.Erased;
                break;
            case DeedKind.CancelErasure when closings.Count > 0:
                var (record, closed) = closings[deed.Which % closings.Count];
                if (await TakenAsync(first.SignCancellation(record), null, closed.State == VaultState.Closed && closed.Closing == record ? null : "epoch")) closed.State = VaultState.Kept;
                break;
            case DeedKind.Rotate:
                var sheet = SigningKey.Generate();
                var rotation = first.SignRotation(sheet);
                Assert.True(await TakenAsync(rotation, null, null));
                first.Changed(sheet, rotation);
                pending = null;
                break;
            case DeedKind.RotateByOldSheet when first.OldSheets.Count > 0:
                using (var thiefs = SigningKey.Generate())
                    (await bench.PostAsync("v1/records", first.SignRotation(thiefs, by: first.OldSheets[deed.Which % first.OldSheets.Count]))).Refuses(403, "not-accepted");
                break;
            case DeedKind.Replace:
                var coming = SigningKey.Generate();
                var replacement = device.Owner.SignReplacement(coming);
                if (await TakenAsync(replacement, device, pending is null ? null : "not-next"))
                {
                    pending = (coming, replacement, device, bench.Now + Wait);
                    replacements.Add(replacement);
                }

                break;
            case DeedKind.CancelReplacement when replacements.Count > 0:
                var asked = replacements[deed.Which % replacements.Count];
                if (await TakenAsync(first.SignCancellation(asked), null, pending?.Record == asked ? null : "epoch")) pending = null;
                break;
            case DeedKind.Admit when devices.Count < 5:
                await JoinAsync(device.Owner.SignAdmission, device);
                break;
            case DeedKind.Certify when devices.Count < 5:
                await JoinAsync(first.SignCertificate, null);
                break;
            case DeedKind.Remove:
            case DeedKind.RemoveBySheet:
                var gone = devices[deed.Which % devices.Count];
                bool bySheet = deed.Kind == DeedKind.RemoveBySheet;
                if (!await TakenAsync(device.Owner.SignRemoval(gone.Owner.Device.Thumbprint, bySheet), bySheet ? null : device, gone.Removed ? "devices" : null)) break;
                gone.Removed = true;
                foreach (var kept in gone.Epochs) kept.State = kept.State == VaultState.On ? VaultState.Kept : kept.State;
                if (pending?.By == gone) pending = null;
                break;
            case DeedKind.Replay when taken.Count > 0:
                (await bench.PostAsync("v1/records", taken[deed.Which % taken.Count])).Is(HttpStatusCode.OK);
                break;
            case DeedKind.Wait:
                Pass(Steps[deed.Which % Steps.Length]);
                break;
            case DeedKind.WaitDown:
                await bench.WhileDownAsync(() => Pass(Steps[deed.Which % Steps.Length]));
                break;
            case DeedKind.Restart:
                await bench.RestartAsync();
                break;
        }

        await CompareAsync();
    }

    // What the model holds is what the server holds, shows and gives.
    async Task CompareAsync()
    {
        foreach (var (token, device, signer) in tokens)
        {
            bool dead = device?.Removed ?? signer != first.Sheet;
            if (dead) (await bench.SendAsync(HttpMethod.Get, $"v1/recovery/{first.Account}/", token: token)).Refuses(403, "not-accepted");
        }

        foreach (var old in first.OldSheets.TakeLast(2)) (await bench.PostAsync("v1/tokens", await first.SignProofAsync(old, null))).Refuses(403, "not-accepted");
        if (pending is { } coming)
            (await bench.PostAsync("v1/tokens", await first.SignProofAsync(coming.Sheet, null, change: proof => proof with { Signer = first.Account }))).Refuses(403, "not-accepted");
        string recovery = await first.TokenAsync(first.Sheet, null);
        if (tokens.Count < 20) tokens.Add((recovery, null, first.Sheet));
        var page = (await bench.SendAsync(HttpMethod.Get, $"v1/recovery/{first.Account}/", token: recovery)).Is(HttpStatusCode.OK).Json;
        Assert.Equal(taken.Count + 1, page.GetProperty("records").GetArrayLength());
        var shown = page.GetProperty("vaults").EnumerateArray().ToDictionary(
            item => $"{item.GetProperty("device").GetString()}/{item.GetProperty("category").GetString()}/{item.GetProperty("epoch").GetInt32()}", item => item.GetProperty("state").GetString()!, StringComparer.Ordinal);
        HashSet<string> expected = new(StringComparer.Ordinal);
        foreach (var device in devices)
        {
            if (device.Removed) (await bench.PostAsync("v1/tokens", await device.Owner.SignProofAsync(device.Owner.Device, null))).Refuses(403, "removed");
            else if (tokens.Count < 20) tokens.Add((await device.Owner.TokenAsync(device.Owner.Device, null), device, device.Owner.Device));
            foreach (var epoch in device.Epochs)
            {
                var vault = epoch.Vault;
                string place = vault.Path["v1/vaults/".Length..].TrimEnd('/');
                Assert.Equal(epoch.State.ToString().ToLowerInvariant(), shown[place[(place.IndexOf('/', StringComparison.Ordinal) + 1)..]]);
                var answer = await bench.PostAsync("v1/tokens", await first.SignProofAsync(first.Sheet, vault.Ask(VaultMode.Read)));
                var sealedPassword = await bench.SendAsync(HttpMethod.Get, vault.SealedPath, token: recovery);
                if (epoch.State is VaultState.On or VaultState.Kept)
                {
                    string token = answer.Is(HttpStatusCode.OK).Json.GetProperty("token").GetString()!;
                    Assert.Equal(vault.Config, (await bench.SendAsync(HttpMethod.Get, vault.Path + "config", token: token)).Is(HttpStatusCode.OK).Body);
                    Assert.Equal(vault.Sealed, sealedPassword.Is(HttpStatusCode.OK).Body);
                }
                else
                {
                    answer.Refuses(410, "erased");
                    sealedPassword.Refuses(410, "erased");
                    if (epoch.Token is { } held && !device.Removed) (await bench.SendAsync(HttpMethod.Get, vault.Path + "config", token: held)).Refuses(410, "erased");
                }

                if (epoch.State != VaultState.Erased)
                {
                    expected.Add($"recovery/{place}.age");
                    foreach (string file in (IEnumerable<string>)["config", "keys/" + vault.Hashes.Key.Text, .. epoch.Objects.Select(name => $"data/{name.Text[..2]}/{name.Text}")]) expected.Add($"vaults/{place}/{file}");
                }
            }
        }

        Assert.Equal(devices.Sum(device => device.Epochs.Count), shown.Count);
        Assert.Equal(expected.Order(StringComparer.Ordinal), bench.Stored().Keys, StringComparer.Ordinal);
    }

    // The token is asked for now, or is one of before; what the model refuses stores nothing, which CompareAsync sees.
    async Task AddAsync(Device device, EpochState epoch, byte[] bytes)
    {
        var vault = epoch.Vault;
        var answer = await bench.PostAsync("v1/tokens", await device.Owner.SignProofAsync(device.Owner.Device, vault.Ask(VaultMode.Add)));
        if (device.Removed) answer.Refuses(403, "removed");
        else if (epoch.State == VaultState.Kept) answer.Refuses(403, "revoked");
        else if (epoch.State != VaultState.On) answer.Refuses(410, "erased");
        else (epoch.Token, epoch.TokenUntil) = (answer.Is(HttpStatusCode.OK).Json.GetProperty("token").GetString()!, bench.Now + 900);
        if (epoch.Token is null) return;
        var added = await vault.AddAsync(bench, bytes, epoch.Token);
        if (epoch.State != VaultState.On || epoch.TokenUntil <= bench.Now) Assert.True(added.Status is HttpStatusCode.Forbidden or HttpStatusCode.Gone, added.Text);
        else if (epoch.Objects.Add(Digest.Of(bytes))) added.Is(HttpStatusCode.OK);
        else added.Refuses(403, "exists");
    }

    async Task JoinAsync(Func<SigningKey, SignedRecord> sign, Device? by)
    {
        var key = SigningKey.Generate();
        var record = sign(key);
        if (await TakenAsync(record, by, null)) devices.Add(new(new(first, key, record)));
        else key.Dispose();
    }

    // `by` is the device that signed, null for the sheet in force. True where the server took it, which is where the model says that it does.
    async Task<bool> TakenAsync(SignedRecord record, Device? by, string? problem)
    {
        var answer = await bench.PostAsync("v1/records", record);
        if (by is { Removed: true })
        {
            answer.Refuses(403, "removed");
            return false;
        }

        if (problem is not null)
        {
            answer.Refuses(409, problem);
            return false;
        }

        answer.Is(HttpStatusCode.Created);
        by?.Owner.Forward(record);
        taken.Add(record);
        return true;
    }

    // Time passes, and what is due happens.
    void Pass(TimeSpan time)
    {
        bench.Time.Advance(time);
        foreach (var epoch in devices.SelectMany(device => device.Epochs))
        {
            if (epoch.State == VaultState.Closed && epoch.Due <= bench.Now) epoch.State = VaultState.Erased;
            if (epoch.TokenUntil <= bench.Now) epoch.Token = null;
        }

        if (pending is not { } coming || coming.Due > bench.Now) return;
        first.Changed(coming.Sheet, coming.Record);
        pending = null;
    }

    public void Dispose()
    {
        foreach (var device in devices.AsEnumerable().Reverse()) device.Owner.Dispose();
    }

    sealed record Device(Owner Owner)
    {
        internal List<EpochState> Epochs { get; } = [];

        internal bool Removed { get; set; }

        internal EpochState? Newest(Category category) => Epochs.FindLast(epoch => epoch.Vault.Category == category);
    }

    sealed record EpochState(OpenVault Vault)
    {
        internal VaultState State { get; set; } = VaultState.On;

        internal bool Revoked { get; set; }

        internal SignedRecord? Closing { get; set; }

        internal long Due { get; set; }

        internal HashSet<Digest> Objects { get; } = [];

        internal string? Token { get; set; }

        internal long TokenUntil { get; set; }
    }
}
