using System.Net;
using Offproof.Consent;

namespace Offproof.Server.Tests;

/// <summary>protocol.md §3.2.</summary>
public sealed class DeviceTests
{
    [Fact]
    public async Task A_device_that_was_admitted_or_certified_has_its_own_chain_and_vaults()
    {
        await using var bench = await Bench.StartAsync();
        using var first = await Owner.OpenAsync(bench);
        using var second = await first.JoinAsync();
        using var third = await first.CertifyAsync();
        foreach (var owner in (Owner[])[first, second, third])
        {
            var vault = await OpenVault.FilledAsync(bench, owner);
            (await vault.AddAsync(bench, [1], await vault.AddTokenAsync())).Is(HttpStatusCode.OK);
        }
    }

    [Fact]
    public async Task A_removed_device_is_told_so_and_its_epochs_are_kept()
    {
        await using var bench = await Bench.StartAsync();
        using var first = await Owner.OpenAsync(bench);
        using var second = await first.JoinAsync();
        var vault = await OpenVault.FilledAsync(bench, second);
        string add = await vault.AddTokenAsync();
        string recovery = await second.TokenAsync(second.Device, null);
        var removal = first.SignRemoval(second.Device.Thumbprint);
        var receipt = await ErasureTests.ReceiptAsync(bench, await first.TakeAsync(removal), first.Device.Thumbprint);
        Assert.Equal((removal.Hash, ReceiptState.Removed), (receipt.Record, receipt.State));

        (await vault.AddAsync(bench, [1], add)).Refuses(403, "not-accepted");
        (await bench.SendAsync(HttpMethod.Get, $"v1/recovery/{first.Account}/", token: recovery)).Refuses(403, "not-accepted");
        (await bench.PostAsync("v1/tokens", await second.SignProofAsync(second.Device, null))).Refuses(403, "removed");
        (await bench.PostAsync("v1/records", vault.SignRevocation())).Refuses(403, "removed");
        (await bench.PostAsync("v1/records", vault.Grant)).Is(HttpStatusCode.OK);
        (await bench.PostAsync("v1/records", first.SignRemoval(second.Device.Thumbprint))).Refuses(409, "devices");
        (await bench.PostAsync("v1/records", first.SignAdmission(second.Device))).Refuses(403, "not-accepted");
        await ErasureTests.ReadableAsync(bench, vault);
    }
}
