using System.Net;
using System.Text;
using Offproof.Consent;

namespace Offproof.Server.Tests;

/// <summary>protocol.md §17: the server passes notes, each once, and forgets them.</summary>
public sealed class JoinTests
{
    static readonly string Hex = Digest.Of("a nonce"u8).Text;

    [Fact]
    public async Task Notes_are_passed_in_order_and_each_once()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        using var joining = SigningKey.Generate();
        string path = await BeginAsync(bench, joining);
        string token = await owner.TokenAsync(owner.Device, null);

        (await PutAsync(bench, path + "/nonce", $$"""{"nonce":"{{Hex}}"}""")).Refuses(409, "not-next");
        (await PutAsync(bench, path + "/offer", Offer(owner), token)).Is(HttpStatusCode.Created);
        (await PutAsync(bench, path + "/offer", Offer(owner), token)).Refuses(409, "not-next");
        (await PutAsync(bench, path + "/nonce", $$"""{"nonce":"{{Hex}}"}""")).Is(HttpStatusCode.Created);
        (await PutAsync(bench, path + "/nonce", $$"""{"nonce":"{{Hex}}"}""")).Refuses(409, "not-next");

        var notes = (await bench.SendAsync(HttpMethod.Get, path)).Is(HttpStatusCode.OK).Json;
        Assert.True(VerifyingKey.TryFromJwk(notes.GetProperty("jwk"), out var key));
        Assert.Equal(joining.Thumbprint, key.Thumbprint);
        Assert.Equal(Hex, notes.GetProperty("nonce").GetString());
        Assert.Equal(Hex, notes.GetProperty("commitment").GetString());
        Assert.Equal(owner.Account.Text, notes.GetProperty("offer").GetProperty("account").GetString());
    }

    [Fact]
    public async Task An_offer_needs_a_token_of_the_account_that_it_offers()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        using var stranger = await Owner.OpenAsync(bench);
        using var joining = SigningKey.Generate();
        string path = await BeginAsync(bench, joining);
        (await PutAsync(bench, path + "/offer", Offer(owner))).Refuses(403, "not-accepted");
        (await PutAsync(bench, path + "/offer", Offer(owner), await stranger.TokenAsync(stranger.Device, null))).Refuses(403, "not-accepted");
        Assert.False((await bench.SendAsync(HttpMethod.Get, path)).Is(HttpStatusCode.OK).Json.TryGetProperty("offer", out _));
    }

    [Fact]
    public async Task A_joining_ends_after_ten_minutes_and_one_that_never_was_looks_the_same()
    {
        await using var bench = await Bench.StartAsync();
        using var joining = SigningKey.Generate();
        string path = await BeginAsync(bench, joining);
        bench.Time.Advance(TimeSpan.FromSeconds(599));
        (await bench.SendAsync(HttpMethod.Get, path)).Is(HttpStatusCode.OK);
        bench.Time.Advance(TimeSpan.FromSeconds(1));
        var ended = await bench.SendAsync(HttpMethod.Get, path);
        ended.Refuses(404, "not-found");
        Assert.Equal(ended.Body, (await bench.SendAsync(HttpMethod.Get, "v1/joins/00000000")).Body);
        (await PutAsync(bench, path + "/nonce", $$"""{"nonce":"{{Hex}}"}""")).Refuses(404, "not-found");
    }

    [Fact]
    public async Task Strangers_fill_no_more_than_the_room()
    {
        await using var bench = await Bench.StartAsync(change: options => options with { Limits = options.Limits with { Requests = new(10_000, TimeSpan.FromSeconds(1)) } });
        using var joining = SigningKey.Generate();
        for (int i = 0; i < JoinRoom.Most; i++) await BeginAsync(bench, joining);
        (await PostAsync(bench, joining)).Refuses(507, "full");
        bench.Time.Advance(TimeSpan.FromSeconds(JoinRoom.Seconds));
        await BeginAsync(bench, joining);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"jwk":{},"commitment":"00"}""")]
    [InlineData("""{"commitment":1,"jwk":2}""")]
    [InlineData("""{"a":{"b":{"c":{"d":{}}}}}""")]
    public async Task Other_forms_are_malformed(string body)
    {
        await using var bench = await Bench.StartAsync();
        (await bench.SendAsync(HttpMethod.Post, "v1/joins", Encoding.UTF8.GetBytes(body))).Refuses(400, "malformed");
        (await PutAsync(bench, "v1/joins/00000000/offer", body)).Refuses(400, "malformed");
        (await PutAsync(bench, "v1/joins/00000000/nonce", body)).Refuses(400, "malformed");
        (await bench.SendAsync(HttpMethod.Post, "v1/joins", new byte[5000])).Refuses(413, "too-large");
    }

    static string Offer(Owner owner) =>
        $$"""{"account":"{{owner.Account.Text}}","sheet":"{{owner.Account.Text}}","recipient":"age1","device":"{{owner.Device.Thumbprint.Text}}","nonce":"{{Hex}}"}""";

    static async Task<string> BeginAsync(Bench bench, SigningKey joining) =>
        "v1/joins/" + (await PostAsync(bench, joining)).Is(HttpStatusCode.Created).Json.GetProperty("join").GetString();

    static Task<Answer> PostAsync(Bench bench, SigningKey joining) =>
        bench.SendAsync(HttpMethod.Post, "v1/joins", Encoding.UTF8.GetBytes($$"""{"jwk":{{Answers.JsonText(joining.Public.WriteJwk)}},"commitment":"{{Hex}}"}"""));

    static Task<Answer> PutAsync(Bench bench, string path, string body, string? token = null) => bench.SendAsync(HttpMethod.Put, path, Encoding.UTF8.GetBytes(body), token);
}
