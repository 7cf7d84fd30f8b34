using System.Net;
using Offproof.Consent;

namespace Offproof.Server.Tests;

/// <summary>protocol.md §3.3.</summary>
public sealed class SheetTests
{
    [Fact] // README: "after a rotation the old sheet is refused"
    public async Task After_three_rotations_the_earlier_sheets_get_403_and_the_last_opens_everything()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        var vault = await ErasureTests.KeptAsync(bench, owner);
        List<string> tokens = [];
        List<SignedRecord> rotations = [];
        for (int i = 0; i < 3; i++)
        {
            tokens.Add(await owner.TokenAsync(owner.Sheet, null));
            tokens.Add(await owner.TokenAsync(owner.Sheet, vault.Ask(VaultMode.Read)));
            rotations.Add(await owner.RotateAsync());
        }

        foreach (string token in tokens)
        {
            (await bench.SendAsync(HttpMethod.Get, $"v1/recovery/{owner.Account}/", token: token)).Refuses(403, "not-accepted");
            (await bench.SendAsync(HttpMethod.Get, vault.Path + "config", token: token)).Refuses(403, "not-accepted");
        }

        foreach (var old in owner.OldSheets)
        {
            (await bench.PostAsync("v1/tokens", await owner.SignProofAsync(old, null))).Refuses(403, "not-accepted");
            (await bench.PostAsync("v1/tokens", await owner.SignProofAsync(old, vault.Ask(VaultMode.Read)))).Refuses(403, "not-accepted");
            using var device = SigningKey.Generate();
            var certificate = Certificate.Sign(old, new() { Account = owner.Account, DeviceKey = device.Public, Server = bench.Server.Key, IssuedAt = bench.Now });
            (await bench.PostAsync("v1/records", certificate)).Refuses(403, "not-accepted");
            (await bench.PostAsync("v1/records", owner.SignRotation(device, by: old))).Refuses(403, "not-accepted");
        }

        foreach (var rotation in rotations) (await bench.PostAsync("v1/records", rotation)).Is(HttpStatusCode.OK);
        await ErasureTests.ReadableAsync(bench, vault);
        using var second = await owner.CertifyAsync();
        await OpenVault.FilledAsync(bench, second);
    }

    [Fact]
    public async Task A_replacement_takes_effect_when_it_is_due()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        var lost = owner.Sheet;
        string token = await owner.TokenAsync(lost, null);
        var sheet = SigningKey.Generate();
        var replacement = owner.SignReplacement(sheet);
        var pending = await ErasureTests.ReceiptAsync(bench, await owner.TakeAsync(replacement), owner.Device.Thumbprint);
        Assert.Equal((ReceiptState.Pending, bench.Now + 14 * 24 * 3600), (pending.State, pending.Due));
        bench.Time.Advance(TimeSpan.FromDays(14) - TimeSpan.FromSeconds(1));
        (await bench.PostAsync("v1/tokens", await owner.SignProofAsync(sheet, null, change: proof => proof with { Signer = owner.Account }))).Refuses(403, "not-accepted");
        token = await owner.TokenAsync(lost, null);
        bench.Time.Advance(TimeSpan.FromSeconds(1));
        (await bench.SendAsync(HttpMethod.Get, $"v1/recovery/{owner.Account}/", token: token)).Refuses(403, "not-accepted");
        owner.Changed(sheet, replacement);
        (await bench.PostAsync("v1/tokens", await owner.SignProofAsync(lost, null))).Refuses(403, "not-accepted");
        await owner.TokenAsync(sheet, null);
        var replaced = await ErasureTests.ReceiptAsync(bench, (await bench.PostAsync("v1/records", replacement)).Is(HttpStatusCode.OK), owner.Device.Thumbprint);
        Assert.Equal((ReceiptState.Replaced, null, bench.Now), (replaced.State, replaced.Due, replaced.IssuedAt));
        await owner.RotateAsync();
    }

    [Fact]
    public async Task A_replacement_that_the_sheet_cancels_does_not_happen()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        using var sheet = SigningKey.Generate();
        var replacement = owner.SignReplacement(sheet);
        await owner.TakeAsync(replacement);
        bench.Time.Advance(TimeSpan.FromDays(13));
        await owner.TakeBySheetAsync(owner.SignCancellation(replacement));
        bench.Time.Advance(TimeSpan.FromDays(13));
        await owner.TokenAsync(owner.Sheet, null);
    }
}
