using System.Net;
using System.Text;
using Offproof.Consent;

namespace Offproof.Server.Tests;

/// <summary>protocol.md §1 and §2.</summary>
public sealed class AccountTests
{
    [Fact]
    public async Task The_server_says_who_it_is()
    {
        await using var bench = await Bench.StartAsync();
        var answer = (await bench.SendAsync(HttpMethod.Get, "v1/server")).Is(HttpStatusCode.OK);
        Assert.Equal("offproof/v1/server", answer.Json.GetProperty("schema").GetString());
        Assert.Equal("open", answer.Json.GetProperty("accounts").GetString());
        Assert.Equal(bench.Server.Key.Text, answer.Json.GetProperty("key").GetString());
        Assert.True(VerifyingKey.TryFromJwk(answer.Json.GetProperty("jwk"), out var key));
        Assert.Equal(bench.Server.Key, key.Thumbprint);
        Assert.Equal("application/json", answer.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task An_account_is_opened_once_and_the_receipt_is_the_same_each_time()
    {
        await using var bench = await Bench.StartAsync();
        using Owner owner = new(bench);
        var first = (await owner.PostAccountAsync()).Is(HttpStatusCode.Created);
        Assert.Equal("application/jose", first.Headers.ContentType?.MediaType);
        Assert.True(SignedRecord.TryParse(first.Text, out var record));
        Assert.True(Receipt.TryVerify(record, await KeyAsync(bench), owner.Account, out var receipt));
        Assert.Equal(
            new Receipt
            {
                Server = bench.Server.Key,
                Account = owner.Account,
                Audience = owner.Account,
                IssuedAt = bench.Now,
                Record = owner.Certificate.Hash,
                OfTyp = RecordTyp.Certificate,
                State = ReceiptState.Account,
            },
            receipt);

        bench.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(first.Text, (await owner.PostAccountAsync()).Is(HttpStatusCode.OK).Text);
        await bench.RestartAsync();
        Assert.Equal(first.Text, (await owner.PostAccountAsync()).Is(HttpStatusCode.OK).Text);
    }

    [Fact]
    public async Task An_account_takes_no_other_certificate()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        using var another = SigningKey.Generate();
        var second = Certificate.Sign(owner.Sheet, new() { Account = owner.Account, DeviceKey = another.Public, Server = bench.Server.Key, IssuedAt = bench.Now });
        (await owner.PostAccountAsync(certificate: second)).Refuses(403, "not-accepted");
    }

    [Fact]
    public async Task A_certificate_of_another_sheet_or_for_another_server_is_refused()
    {
        await using var bench = await Bench.StartAsync();
        using Owner owner = new(bench);
        using Owner stranger = new(bench);
        (await owner.PostAccountAsync(certificate: stranger.Certificate)).Refuses(403, "not-accepted");
        var elsewhere = Certificate.Sign(owner.Sheet, new() { Account = owner.Account, DeviceKey = owner.Device.Public, Server = stranger.Account, IssuedAt = bench.Now });
        (await owner.PostAccountAsync(certificate: elsewhere)).Refuses(403, "not-accepted");
        // The control: nothing of that opened the account.
        (await owner.PostAccountAsync()).Is(HttpStatusCode.Created);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("{\"sheet\":{},\"certificate\":\"a.b.c\"}")]
    [InlineData("{\"sheet\":1,\"certificate\":2}")]
    [InlineData("{\"sheet\":SHEET,\"sheet\":SHEET,\"certificate\":\"CERTIFICATE\"}")]
    [InlineData("{\"sheet\":SHEET,\"certificate\":\"CERTIFICATE=\"}")]
    [InlineData("{\"sheet\":SHEET,\"certificate\":\"\\ud800\"}")]
    public async Task Malformed_is_400(string body)
    {
        await using var bench = await Bench.StartAsync();
        using Owner owner = new(bench);
        string text = body.Replace("SHEET", Answers.JsonText(owner.Sheet.Public.WriteJwk), StringComparison.Ordinal)
            .Replace("CERTIFICATE", owner.Certificate.Compact, StringComparison.Ordinal);
        (await bench.SendAsync(HttpMethod.Post, "v1/accounts", Encoding.UTF8.GetBytes(text))).Refuses(400, "malformed");
    }

    [Fact]
    public async Task Too_much_is_413_and_unknown_addresses_and_methods_are_problems_too()
    {
        await using var bench = await Bench.StartAsync();
        (await bench.SendAsync(HttpMethod.Post, "v1/accounts", new byte[200_000])).Refuses(413, "too-large");
        (await bench.SendAsync(HttpMethod.Post, "v1/records", new byte[65_537])).Refuses(413, "too-large");
        (await bench.SendAsync(HttpMethod.Get, "v1/nothing")).Refuses(404, "not-found");
        (await bench.SendAsync(HttpMethod.Get, "v1/accounts")).Refuses(405, "method");
        Assert.Equal(2, bench.Server.Refusals[Refusal.TooLarge]);
        Assert.Equal(1, bench.Server.Refusals[Refusal.Method]);
    }

    internal static async Task<VerifyingKey> KeyAsync(Bench bench)
    {
        var answer = await bench.SendAsync(HttpMethod.Get, "v1/server");
        Assert.True(VerifyingKey.TryFromJwk(answer.Json.GetProperty("jwk"), out var key));
        return key;
    }
}
