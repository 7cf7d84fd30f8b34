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

    [Fact]
    public async Task The_chain_of_a_new_device_hangs_from_what_made_it_one()
    {
        await using var bench = await Bench.StartAsync();
        using var first = await Owner.OpenAsync(bench);
        using var admitted = await first.JoinAsync();
        using var certified = await first.CertifyAsync();
        VaultHashes hashes = new(Digest.Of([1]), Digest.Of([2]), Digest.Of([3]));
        foreach (var owner in (Owner[])[admitted, certified])
        {
            foreach (var change in (Func<Grant, Grant>[])
            [
                grant => grant with { Prev = first.Certificate.Hash },
                grant => grant with { Prev = Digest.Of([9]) },
                grant => grant with { Seq = 2 },
                grant => grant with { Seq = first.Seq + 1, Prev = first.Last },
            ]) (await bench.PostAsync("v1/records", owner.SignGrant(hashes, change: change))).Refuses(409, "not-next");
            await owner.TakeAsync(owner.SignGrant(hashes));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_account_has_at_most_32_devices_removed_ones_counted(bool bySheet)
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        List<Owner> others = [];
        for (int i = 1; i < 32; i++) others.Add(i % 2 == 0 ? await owner.JoinAsync() : await owner.CertifyAsync());
        await owner.TakeAsync(owner.SignRemoval(others[3].Device.Thumbprint));
        using var another = SigningKey.Generate();
        (await bench.PostAsync("v1/records", bySheet ? owner.SignCertificate(another) : owner.SignAdmission(another))).Refuses(409, "devices");
        Assert.Equal(33, (await RecordsAsync(bench, owner)).Length); // 32 that made a device, one removal
        foreach (var other in others) other.Dispose();
    }

    [Fact]
    public async Task A_device_may_remove_itself_and_the_sheet_certifies_the_next_after_the_last()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        using var admitted = await owner.JoinAsync();
        var vault = await OpenVault.FilledAsync(bench, owner);
        var goodbye = owner.SignRemoval(owner.Device.Thumbprint);
        var receipt = await owner.TakeAsync(goodbye);
        Assert.Equal(receipt.Text, (await bench.PostAsync("v1/records", goodbye)).Is(HttpStatusCode.OK).Text); // the lost answer to the last word
        (await bench.PostAsync("v1/records", owner.SignGrant(vault.Hashes, Category.Notes))).Refuses(403, "removed");
        // Whom it admitted stays, until the sheet removes it.
        await OpenVault.FilledAsync(bench, admitted);
        (await bench.PostAsync("v1/records", admitted.SignRemoval(owner.Device.Thumbprint))).Refuses(409, "devices");
        await owner.TakeBySheetAsync(owner.SignRemoval(admitted.Device.Thumbprint, bySheet: true));
        (await bench.PostAsync("v1/tokens", await admitted.SignProofAsync(admitted.Device, null))).Refuses(403, "removed");
        bench.Time.Advance(TimeSpan.FromSeconds(1)); // another record than its first certificate, which would be acknowledged
        (await bench.PostAsync("v1/records", owner.SignCertificate(owner.Device))).Refuses(403, "not-accepted");
        using var next = await owner.CertifyAsync();
        await OpenVault.FilledAsync(bench, next);
        await ErasureTests.ReadableAsync(bench, vault);
    }

    [Fact]
    public async Task Of_two_devices_that_remove_each_other_at_once_one_stays()
    {
        await using var bench = await Bench.StartAsync();
        using var first = await Owner.OpenAsync(bench);
        using var second = await first.JoinAsync();
        SignedRecord[] removals = [first.SignRemoval(second.Device.Thumbprint), second.SignRemoval(first.Device.Thumbprint)];
        var answers = await Task.WhenAll(removals.Select(record => bench.PostAsync("v1/records", record)));
        Assert.Single(answers, answer => answer.Status == HttpStatusCode.Created);
        Assert.Single(answers, answer => answer.Status == HttpStatusCode.Forbidden).Refuses(403, "removed");
    }

    [Fact]
    public async Task Two_devices_at_once_have_their_own_chains_and_epochs()
    {
        await using var bench = await Bench.StartAsync();
        using var first = await Owner.OpenAsync(bench);
        using var second = await first.JoinAsync();
        await Task.WhenAll(new[] { first, second }.Select(async owner =>
        {
            for (int epoch = 1; epoch <= 5; epoch++)
            {
                var vault = await OpenVault.FilledAsync(bench, owner, epoch: epoch);
                (await vault.AddAsync(bench, [(byte)epoch], await vault.AddTokenAsync())).Is(HttpStatusCode.OK);
                await owner.TakeAsync(vault.SignRevocation());
            }
        }));
        Assert.Equal(22, (await RecordsAsync(bench, first)).Length);

        // One admits many at once: its chain has one next place.
        using var a = SigningKey.Generate();
        using var b = SigningKey.Generate();
        SignedRecord[] rivals = [first.SignAdmission(a), first.SignAdmission(b)];
        var answers = await Task.WhenAll(rivals.Select(record => bench.PostAsync("v1/records", record)));
        Assert.Single(answers, answer => answer.Status == HttpStatusCode.Created);
        Assert.Single(answers, answer => answer.Status == HttpStatusCode.Conflict).Refuses(409, "not-next");
    }

    [Fact]
    public async Task Nobody_adds_or_removes_a_device_of_another_account()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        using var stranger = await Owner.OpenAsync(bench);
        using var device = SigningKey.Generate();
        var admission = Admission.Sign(stranger.Device, new()
        {
            Issuer = stranger.Device.Thumbprint, Account = owner.Account, Server = bench.Server.Key, IssuedAt = bench.Now, Place = new(1, stranger.Last), DeviceKey = device.Public,
        });
        var removal = Removal.Sign(stranger.Device, new()
        {
            Issuer = stranger.Device.Thumbprint, Account = owner.Account, Server = bench.Server.Key, IssuedAt = bench.Now, Place = new(1, stranger.Last), Device = owner.Device.Thumbprint,
        });
        var bySheet = Removal.Sign(stranger.Sheet, new()
        {
            Issuer = owner.Account, Account = owner.Account, Server = bench.Server.Key, IssuedAt = bench.Now, Place = null, Device = owner.Device.Thumbprint,
        });
        var certificate = Certificate.Sign(stranger.Sheet, new() { Account = owner.Account, DeviceKey = device.Public, Server = bench.Server.Key, IssuedAt = bench.Now });
        foreach (var record in (SignedRecord[])[admission, removal, bySheet, certificate]) (await bench.PostAsync("v1/records", record)).Refuses(403, "not-accepted");
        // In their own account they find no such device.
        (await bench.PostAsync("v1/records", stranger.SignRemoval(owner.Device.Thumbprint))).Refuses(409, "devices");
        (await bench.PostAsync("v1/records", stranger.SignRemoval(owner.Device.Thumbprint, bySheet: true))).Refuses(409, "devices");
        await OpenVault.FilledAsync(bench, owner);
    }

    static async Task<string[]> RecordsAsync(Bench bench, Owner owner) => [.. (await bench.SendAsync(
        HttpMethod.Get, $"v1/recovery/{owner.Account}/", token: await owner.TokenAsync(owner.Sheet, null))).Is(HttpStatusCode.OK).Json.GetProperty("records").EnumerateArray().Select(item => item.GetString()!)];
}
