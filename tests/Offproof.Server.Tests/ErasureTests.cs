using System.Net;
using Offproof.Consent;

namespace Offproof.Server.Tests;

/// <summary>protocol.md §3.1.</summary>
public sealed class ErasureTests
{
    const long Wait = 14 * 24 * 3600;

    [Fact] // README: "malware with your device's key cannot destroy your history"
    public async Task What_malware_with_the_devices_key_erases_is_still_there_with_the_sheet_on_day_13()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        var vault = await KeptAsync(bench, owner);
        var erasure = owner.SignErasure(vault);
        var closed = await ReceiptAsync(bench, await owner.TakeAsync(erasure), owner.Device.Thumbprint);
        Assert.Equal((erasure.Hash, ReceiptState.Closed, bench.Now + Wait), (closed.Record, closed.State, closed.Due));
        await ClosedAsync(bench, vault, "closed");

        bench.Time.Advance(TimeSpan.FromDays(13));
        var cancellation = owner.SignCancellation(erasure);
        Assert.Equal(ReceiptState.Cancelled, (await ReceiptAsync(bench, await owner.TakeBySheetAsync(cancellation), owner.Account)).State);
        bench.Time.Advance(TimeSpan.FromDays(30));
        await bench.RestartAsync();
        await ReadableAsync(bench, vault);
    }

    [Fact]
    public async Task What_nobody_cancels_is_deleted_when_it_is_due()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        var vault = await KeptAsync(bench, owner);
        var other = await OpenVault.FilledAsync(bench, owner, Category.Notes);
        var erasure = owner.SignErasure(vault);
        await owner.TakeAsync(erasure);
        bench.Time.Advance(TimeSpan.FromSeconds(Wait));
        await ClosedAsync(bench, vault, "erased");
        Assert.All(bench.Stored().Keys, path => Assert.Contains("/notes/", path, StringComparison.Ordinal));
        Assert.NotEmpty(bench.Stored());
        var again = (await bench.PostAsync("v1/records", erasure)).Is(HttpStatusCode.OK);
        var erased = await ReceiptAsync(bench, again, owner.Device.Thumbprint);
        Assert.Equal((erasure.Hash, ReceiptState.Erased, bench.Now, null), (erased.Record, erased.State, erased.IssuedAt, erased.Due));
        (await bench.PostAsync("v1/records", owner.SignCancellation(erasure))).Refuses(409, "epoch");
        (await other.AddAsync(bench, [1], await other.AddTokenAsync())).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_sheet_erases_at_once_also_what_is_on()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        var vault = await OpenVault.FilledAsync(bench, owner);
        var erasure = owner.SignErasure(vault, bySheet: true);
        var first = await owner.TakeBySheetAsync(erasure);
        Assert.Equal(ReceiptState.Erased, (await ReceiptAsync(bench, first, owner.Account)).State);
        Assert.Empty(bench.Stored());
        Assert.Equal(first.Text, (await bench.PostAsync("v1/records", erasure)).Is(HttpStatusCode.OK).Text);
        await ClosedAsync(bench, vault, "erased");
        await owner.TakeAsync(vault.SignRevocation()); // a device that did not know
        await ClosedAsync(bench, vault, "erased");
        await OpenVault.FilledAsync(bench, owner, epoch: 2);
    }

    internal static async Task<OpenVault> KeptAsync(Bench bench, Owner owner)
    {
        var vault = await OpenVault.FilledAsync(bench, owner);
        (await vault.AddAsync(bench, [1, 2, 3], await vault.AddTokenAsync())).Is(HttpStatusCode.OK);
        await owner.TakeAsync(vault.SignRevocation());
        return vault;
    }

    // consent.md §3.5: signed by the server, for the signer of the record.
    internal static async Task<Receipt> ReceiptAsync(Bench bench, Answer answer, Thumbprint audience)
    {
        Assert.True(SignedRecord.TryParse(answer.Text, out var record));
        Assert.True(Receipt.TryVerify(record, await AccountTests.KeyAsync(bench), audience, out var receipt));
        return receipt;
    }

    internal static async Task ReadableAsync(Bench bench, OpenVault vault)
    {
        var owner = vault.Owner;
        string token = await owner.TokenAsync(owner.Sheet, vault.Ask(VaultMode.Read));
        Assert.Equal(vault.Config, (await bench.SendAsync(HttpMethod.Get, vault.Path + "config", token: token)).Is(HttpStatusCode.OK).Body);
        Assert.Equal(vault.Sealed, (await bench.SendAsync(HttpMethod.Get, vault.SealedPath, token: await owner.TokenAsync(owner.Sheet, null))).Is(HttpStatusCode.OK).Body);
    }

    // Nobody gets anything of it, and the account's page says which it is.
    internal static async Task ClosedAsync(Bench bench, OpenVault vault, string state)
    {
        var owner = vault.Owner;
        foreach (var signer in (SigningKey[])[owner.Sheet, owner.Device])
        {
            (await bench.PostAsync("v1/tokens", await owner.SignProofAsync(signer, vault.Ask(VaultMode.Read)))).Refuses(410, "erased");
            string recovery = await owner.TokenAsync(signer, null);
            (await bench.SendAsync(HttpMethod.Get, vault.SealedPath, token: recovery)).Refuses(410, "erased");
            var shown = (await bench.SendAsync(HttpMethod.Get, $"v1/recovery/{owner.Account}/", token: recovery)).Is(HttpStatusCode.OK).Json.GetProperty("vaults").EnumerateArray()
                .Single(item => item.GetProperty("category").GetString() == vault.Category.Name() && item.GetProperty("epoch").GetInt32() == vault.Epoch);
            Assert.Equal(state, shown.GetProperty("state").GetString());
            if (state is "erased") Assert.Equal(0, shown.GetProperty("objects").GetInt64());
        }
    }
}
