using System.Net;
using System.Text;
using Offproof.Consent;

namespace Offproof.Server.Tests;

/// <summary>protocol.md §3.</summary>
public sealed class RecordTests
{
    static readonly VaultHashes Hashes = new(Digest.Of("config"u8), Digest.Of("key"u8), Digest.Of("sealed"u8));

    [Fact]
    public async Task A_grant_and_its_revocation_are_taken_with_receipts()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        var key = await AccountTests.KeyAsync(bench);
        var grant = owner.SignGrant(Hashes);
        var on = await owner.TakeAsync(grant);
        Assert.Equal("application/jose", on.Headers.ContentType?.MediaType);
        AssertReceipt(on, grant, ReceiptState.On);
        bench.Time.Advance(TimeSpan.FromMinutes(5));
        var revocation = owner.SignRevocation(grant.Hash);
        AssertReceipt(await owner.TakeAsync(revocation), revocation, ReceiptState.Kept);

        void AssertReceipt(Answer answer, SignedRecord of, ReceiptState state)
        {
            Assert.True(SignedRecord.TryParse(answer.Text, out var record));
            Assert.True(Receipt.TryVerify(record, key, owner.Device.Thumbprint, out var receipt));
            Assert.Equal((of.Hash, of.Typ, state, bench.Now, owner.Account), (receipt.Record, receipt.OfTyp, receipt.State, receipt.IssuedAt, receipt.Account));
        }
    }

    [Fact]
    public async Task The_same_record_again_costs_nothing_also_with_another_signature()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        Grant? content = null;
        var grant = owner.SignGrant(Hashes, change: grant => content = grant);
        var first = await owner.TakeAsync(grant);
        bench.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(first.Text, (await bench.PostAsync("v1/records", grant)).Is(HttpStatusCode.OK).Text);
        var signedAgain = Grant.Sign(owner.Device, content!);
        Assert.NotEqual(grant.Compact, signedAgain.Compact, StringComparer.Ordinal);
        Assert.Equal(first.Text, (await bench.PostAsync("v1/records", signedAgain)).Is(HttpStatusCode.OK).Text);

        // Also after the chain went on, and after a restart.
        await owner.TakeAsync(owner.SignRevocation(grant.Hash));
        await bench.RestartAsync();
        Assert.Equal(first.Text, (await bench.PostAsync("v1/records", grant)).Is(HttpStatusCode.OK).Text);
    }

    [Fact]
    public async Task A_record_of_a_stranger_another_audience_another_type_or_a_wrong_signature_gets_one_and_the_same_answer()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        using Owner stranger = new(bench);
        using var another = await Owner.OpenAsync(bench);
        var good = owner.SignGrant(Hashes);
        string[] parts = good.Compact.Split('.');
        Assert.True(SignedRecord.TryParse($"{parts[0]}.{parts[1]}.{another.SignGrant(Hashes).Compact.Split('.')[2]}", out var forged));
        SignedRecord[] refused =
        [
            stranger.SignGrant(Hashes),
            owner.SignGrant(Hashes, change: grant => grant with { Server = stranger.Account }),
            owner.SignGrant(Hashes, change: grant => grant with { Account = another.Account }),
            owner.SignGrant(Hashes, change: grant => grant with { Account = stranger.Account }),
            stranger.Certificate,
            await owner.SignProofAsync(owner.Device, null),
            forged,
        ];
        HashSet<string> bodies = [];
        foreach (var record in refused)
        {
            var answer = await bench.PostAsync("v1/records", record);
            answer.Refuses(403, "not-accepted");
            bodies.Add(answer.Text);
        }

        Assert.Single(bodies);
        await owner.TakeAsync(good);
    }

    [Fact]
    public async Task Only_the_next_link_of_the_chain_is_taken()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        foreach (var change in (Func<Grant, Grant>[])
        [
            grant => grant with { Seq = 2 },
            grant => grant with { Prev = Digest.Of("another"u8) },
        ]) (await bench.PostAsync("v1/records", owner.SignGrant(Hashes, change: change))).Refuses(409, "not-next");
        var taken = owner.SignGrant(Hashes);
        await owner.TakeAsync(taken);
        // A fork: another record in a place that is taken.
        (await bench.PostAsync("v1/records", owner.SignGrant(Hashes, Category.Notes, change: grant => grant with { Seq = 1, Prev = owner.Certificate.Hash }))).Refuses(409, "not-next");
        await owner.TakeAsync(owner.SignGrant(Hashes, Category.Notes));
    }

    [Fact]
    public async Task A_grant_is_for_the_next_epoch_after_a_revoked_one()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        var first = owner.SignGrant(Hashes);
        await owner.TakeAsync(first);
        (await bench.PostAsync("v1/records", owner.SignGrant(Hashes, epoch: 1))).Refuses(409, "epoch");
        (await bench.PostAsync("v1/records", owner.SignGrant(Hashes, epoch: 2))).Refuses(409, "epoch");
        await owner.TakeAsync(owner.SignRevocation(first.Hash));
        (await bench.PostAsync("v1/records", owner.SignGrant(Hashes, epoch: 1))).Refuses(409, "epoch");
        (await bench.PostAsync("v1/records", owner.SignGrant(Hashes, epoch: 3))).Refuses(409, "epoch");
        await owner.TakeAsync(owner.SignGrant(Hashes, epoch: 2));
        // Other categories have epochs of their own.
        await owner.TakeAsync(owner.SignGrant(Hashes, Category.Contacts, epoch: 1));
        // A device that came from another server goes on from the number that it had reached there (protocol.md §3, §18).
        var moved = owner.SignGrant(Hashes, Category.Notes, epoch: 7);
        await owner.TakeAsync(moved);
        await owner.TakeAsync(owner.SignRevocation(moved.Hash, Category.Notes, epoch: 7));
        (await bench.PostAsync("v1/records", owner.SignGrant(Hashes, Category.Notes, epoch: 6))).Refuses(409, "epoch");
        (await bench.PostAsync("v1/records", owner.SignGrant(Hashes, Category.Notes, epoch: 9))).Refuses(409, "epoch");
        await owner.TakeAsync(owner.SignGrant(Hashes, Category.Notes, epoch: 8));
    }

    [Fact]
    public async Task A_revocation_names_the_epoch_that_is_on_and_its_grant()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        var grant = owner.SignGrant(Hashes);
        (await bench.PostAsync("v1/records", owner.SignRevocation(grant.Hash))).Refuses(409, "epoch");
        await owner.TakeAsync(grant);
        (await bench.PostAsync("v1/records", owner.SignRevocation(owner.Certificate.Hash))).Refuses(409, "epoch");
        (await bench.PostAsync("v1/records", owner.SignRevocation(grant.Hash, Category.Notes))).Refuses(409, "epoch");
        (await bench.PostAsync("v1/records", owner.SignRevocation(grant.Hash, epoch: 2))).Refuses(409, "epoch");
        await owner.TakeAsync(owner.SignRevocation(grant.Hash));
        (await bench.PostAsync("v1/records", owner.SignRevocation(grant.Hash))).Refuses(409, "epoch");
    }

    [Theory]
    [InlineData("")]
    [InlineData("a.b.c")]
    [InlineData("GOOD\n")]
    [InlineData(" GOOD")]
    [InlineData("GOOD\u00e9")]
    public async Task Malformed_is_400(string body)
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        byte[] bytes = Encoding.UTF8.GetBytes(body.Replace("GOOD", owner.SignGrant(Hashes).Compact, StringComparison.Ordinal));
        (await bench.SendAsync(HttpMethod.Post, "v1/records", bytes)).Refuses(400, "malformed");
    }

    [Fact] // A certificate needs no consent of the device it names: a stranger who knows our device's key may certify it, and is refused.
    public async Task A_device_of_one_account_is_never_one_of_another()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        using Owner stranger = new(bench);
        var claim = Certificate.Sign(stranger.Sheet, new() { Account = stranger.Account, DeviceKey = owner.Device.Public, Server = bench.Server.Key, IssuedAt = bench.Now });
        (await stranger.PostAccountAsync(certificate: claim)).Refuses(403, "not-accepted");
        (await stranger.PostAccountAsync()).Is(HttpStatusCode.Created);
        (await bench.PostAsync("v1/records", claim)).Refuses(403, "not-accepted");
        (await bench.PostAsync("v1/records", stranger.SignAdmission(owner.Device))).Refuses(403, "not-accepted");
        // A sheet is no device either.
        (await bench.PostAsync("v1/records", stranger.SignAdmission(owner.Sheet))).Refuses(403, "not-accepted");
        await owner.TakeAsync(owner.SignGrant(Hashes));
    }

    [Fact] // What malware with a device's key can make of an account's records has an end; what ends something has none.
    public async Task An_account_has_at_most_4096_grants_and_everything_ends_all_the_same()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        var vault = await OpenVault.FilledAsync(bench, owner);
        await bench.WithDatabaseAsync(database =>
        {
            for (int epoch = 1; epoch < 4095; epoch++)
                database.Execute(
                    "INSERT INTO vaults (account, device, category, epoch, state, revoked, grant_hash, config, key, sealed) VALUES ($1, $2, 'messages', $3, 'erased', 1, $4, $4, $4, $4)",
                    owner.Account.Text,
                    owner.Device.Thumbprint.Text,
                    epoch,
                    owner.Certificate.Hash.Text);
        });
        var last = owner.SignGrant(Hashes, Category.Notes);
        await owner.TakeAsync(last);
        (await bench.PostAsync("v1/records", owner.SignGrant(Hashes, Category.Contacts))).Refuses(507, "full");
        await owner.TakeAsync(owner.SignRevocation(last.Hash, Category.Notes));
        await owner.TakeAsync(vault.SignRevocation());
        await owner.TakeAsync(owner.SignErasure(vault));
        await owner.RotateAsync();
        await owner.TakeBySheetAsync(owner.SignRemoval(owner.Device.Thumbprint, bySheet: true));
    }

    [Fact]
    public async Task A_record_has_at_most_16_KiB()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        (await bench.SendAsync(HttpMethod.Post, "v1/records", new byte[16 * 1024])).Refuses(400, "malformed");
        (await bench.SendAsync(HttpMethod.Post, "v1/records", new byte[16 * 1024 + 1])).Refuses(413, "too-large");
        // The largest that anybody has a use for: a rotation with the longest identity that consent.md §3.10 allows.
        using var sheet = SigningKey.Generate();
        await owner.TakeBySheetAsync(owner.SignRotation(sheet, change: rotation => rotation with { Identity = new byte[4096] }));
    }

    [Fact]
    public async Task Two_records_at_once_for_one_place_are_one_record()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        SignedRecord[] rivals = [.. Enumerable.Range(0, 8).Select(_ => owner.SignGrant(Hashes))];
        var answers = await Task.WhenAll(rivals.Select(record => bench.PostAsync("v1/records", record)));
        Assert.Single(answers, answer => answer.Status == HttpStatusCode.Created);
        Assert.Equal(7, answers.Count(answer => answer.Status == HttpStatusCode.Conflict));
    }
}
