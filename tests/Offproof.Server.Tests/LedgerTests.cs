using System.Net;
using System.Text;
using Offproof.Consent;

namespace Offproof.Server.Tests;

/// <summary>protocol.md §3: the head of the device's ledger comes back in what the server signs.</summary>
public sealed class LedgerTests
{
    static readonly VaultHashes Hashes = new(Digest.Of("config"u8), Digest.Of("key"u8), Digest.Of("sealed"u8));
    static readonly LedgerHead Head = new(41, Digest.Of("line 41"u8));

    [Fact]
    public async Task A_receipt_for_a_record_returns_the_head_that_came_with_it_and_the_first_one_when_it_comes_again()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        var key = await AccountTests.KeyAsync(bench);
        var grant = owner.SignGrant(Hashes);
        Assert.Null(Read((await owner.TakeAsync(grant)).Text).Ledger);
        var revocation = owner.SignRevocation(grant.Hash);
        var answer = (await PostAsync(bench, "v1/records", revocation, Head.Text)).Is(HttpStatusCode.Created);
        Assert.Equal(Head, Read(answer.Text).Ledger);
        Assert.Equal(answer.Text, (await PostAsync(bench, "v1/records", revocation, new LedgerHead(50, Head.Hash).Text)).Is(HttpStatusCode.OK).Text);

        Receipt Read(string compact)
        {
            Assert.True(SignedRecord.TryParse(compact, out var record));
            Assert.True(Receipt.TryVerify(record, key, owner.Device.Thumbprint, out var receipt));
            return receipt;
        }
    }

    [Fact]
    public async Task A_token_comes_with_a_receipt_for_its_proof_where_a_head_came_and_only_there()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        var key = await AccountTests.KeyAsync(bench);
        var proof = await owner.SignProofAsync(owner.Device, null);
        var answer = (await PostAsync(bench, "v1/tokens", proof, Head.Text)).Is(HttpStatusCode.OK);
        Assert.True(SignedRecord.TryParse(answer.Json.GetProperty("receipt").GetString(), out var record));
        Assert.True(Receipt.TryVerify(record, key, owner.Device.Thumbprint, out var receipt));
        Assert.Equal((Head, proof.Hash, RecordTyp.Proof, ReceiptState.Token, owner.Account), (receipt.Ledger, receipt.Record, receipt.OfTyp, receipt.State, receipt.Account));

        var without = (await bench.PostAsync("v1/tokens", await owner.SignProofAsync(owner.Device, null))).Is(HttpStatusCode.OK);
        Assert.False(without.Json.TryGetProperty("receipt", out _));
    }

    [Theory]
    [InlineData("41")]
    [InlineData("041:7777777777777777777777777777777777777777777777777777777777777777")]
    [InlineData("41:7777")]
    [InlineData("-1:7777777777777777777777777777777777777777777777777777777777777777")]
    [InlineData("41:AAAA777777777777777777777777777777777777777777777777777777777777")]
    [InlineData("9999999999999999:7777777777777777777777777777777777777777777777777777777777777777")]
    public async Task A_head_in_another_form_is_malformed_and_nothing_is_taken(string head)
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        var grant = owner.SignGrant(Hashes);
        (await PostAsync(bench, "v1/records", grant, head)).Refuses(400, "malformed");
        (await PostAsync(bench, "v1/records", grant, Head.Text, Head.Text)).Refuses(400, "malformed");
        (await PostAsync(bench, "v1/tokens", await owner.SignProofAsync(owner.Device, null), head)).Refuses(400, "malformed");
        (await bench.SendAsync(HttpMethod.Post, "v1/accounts", "{}"u8.ToArray(), adjust: request => request.Headers.Add(LedgerHead.Header, head))).Refuses(400, "malformed");
        (await PostAsync(bench, "v1/records", grant, Head.Text)).Is(HttpStatusCode.Created);
    }

    static Task<Answer> PostAsync(Bench bench, string path, SignedRecord record, params string[] heads) =>
        bench.SendAsync(HttpMethod.Post, path, Encoding.ASCII.GetBytes(record.Compact), adjust: request =>
        {
            foreach (string head in heads) request.Headers.Add(LedgerHead.Header, head);
        });
}
