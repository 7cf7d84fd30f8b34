using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Offproof.Consent;

namespace Offproof.Server.Tests;

/// <summary>protocol.md §4 and §5.</summary>
public sealed class TokenTests
{
    [Fact]
    public async Task A_nonce_is_good_once_and_for_five_minutes()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        var nonce = (await bench.SendAsync(HttpMethod.Post, "v1/nonces")).Is(HttpStatusCode.OK);
        Assert.Equal(bench.Now + 300, nonce.Json.GetProperty("expires").GetInt64());

        var proof = await owner.SignProofAsync(owner.Sheet, null);
        bench.Time.Advance(TimeSpan.FromSeconds(299));
        (await bench.PostAsync("v1/tokens", proof)).Is(HttpStatusCode.OK);
        (await bench.PostAsync("v1/tokens", proof)).Refuses(403, "not-accepted");
        await bench.RestartAsync();
        (await bench.PostAsync("v1/tokens", proof)).Refuses(403, "not-accepted");

        var late = await owner.SignProofAsync(owner.Sheet, null);
        bench.Time.Advance(TimeSpan.FromSeconds(300));
        (await bench.PostAsync("v1/tokens", late)).Refuses(403, "not-accepted");
    }

    [Fact]
    public async Task A_nonce_survives_a_restart_and_a_refused_proof_and_two_callers_at_once_get_one_token()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        var vault = await OpenVault.GrantAsync(owner);
        string nonce = "";
        (await bench.PostAsync("v1/tokens", await owner.SignProofAsync(owner.Sheet, vault.Ask(VaultMode.Add), change: proof =>
        {
            nonce = proof.Nonce;
            return proof;
        }))).Refuses(403, "not-accepted");
        await bench.RestartAsync();
        var good = await owner.SignProofAsync(owner.Sheet, null, change: proof => proof with { Nonce = nonce });
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => bench.PostAsync("v1/tokens", good)));
        Assert.Single(answers, answer => answer.Status == HttpStatusCode.OK);
        Assert.All(answers.Where(answer => answer.Status != HttpStatusCode.OK), answer => answer.Refuses(403, "not-accepted"));
    }

    [Fact]
    public async Task Used_nonces_and_dead_tokens_are_forgotten()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        for (int i = 0; i < 3; i++) await owner.TokenAsync(owner.Sheet, null, seconds: 60);
        bench.Time.Advance(TimeSpan.FromMinutes(6));
        await owner.TokenAsync(owner.Sheet, null);
        await bench.WithDatabaseAsync(database =>
        {
            Assert.Single(database.Query("SELECT expires FROM nonces", row => row.GetInt64(0)));
            Assert.Single(database.Query("SELECT expires FROM tokens", row => row.GetInt64(0)));
        });
    }

    [Theory]
    [InlineData("nonce")]
    [InlineData("foreign-nonce")]
    [InlineData("changed-nonce")]
    [InlineData("server")]
    [InlineData("account")]
    [InlineData("sheet-adds")]
    [InlineData("other-device")]
    [InlineData("no-such-epoch")]
    [InlineData("no-such-category")]
    [InlineData("stranger")]
    [InlineData("malformed")]
    public async Task Anything_wrong_is_403(string wrong)
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        using var another = await Owner.OpenAsync(bench);
        using Owner stranger = new(bench);
        var vault = await OpenVault.GrantAsync(owner);
        var ask = vault.Ask(VaultMode.Add);
        await using var elsewhere = await Bench.StartAsync();
        string foreign = (await elsewhere.SendAsync(HttpMethod.Post, "v1/nonces")).Json.GetProperty("nonce").GetString()!;
        var proof = wrong switch
        {
            "nonce" => await owner.SignProofAsync(owner.Device, ask, change: proof => proof with { Nonce = "x" }),
            "foreign-nonce" => await owner.SignProofAsync(owner.Device, ask, change: proof => proof with { Nonce = foreign }),
            "changed-nonce" => await owner.SignProofAsync(owner.Device, ask, change: proof => proof with { Nonce = (proof.Nonce[0] == 'A' ? "B" : "A") + proof.Nonce[1..] }),
            "server" => await owner.SignProofAsync(owner.Device, ask, change: proof => proof with { Server = owner.Account }),
            "account" => await owner.SignProofAsync(owner.Device, ask, change: proof => proof with { Account = another.Account }),
            "sheet-adds" => await owner.SignProofAsync(owner.Sheet, ask),
            "other-device" => await owner.SignProofAsync(owner.Device, ask with { Device = another.Device.Thumbprint }),
            "no-such-epoch" => await owner.SignProofAsync(owner.Device, ask with { Epoch = new(2) }),
            "no-such-category" => await owner.SignProofAsync(owner.Device, ask with { Category = Category.Notes }),
            "stranger" => await stranger.SignProofAsync(stranger.Device, ask),
            _ => owner.Certificate,
        };
        (await bench.PostAsync("v1/tokens", proof)).Refuses(403, "not-accepted");
        (await bench.SendAsync(HttpMethod.Post, "v1/tokens", "no record"u8.ToArray())).Refuses(403, "not-accepted");
        await owner.TokenAsync(owner.Device, ask);
    }

    [Fact]
    public async Task A_token_lives_as_long_as_it_says()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        var vault = await OpenVault.FilledAsync(bench, owner);
        foreach (int? seconds in (int?[])[null, 60, 3600])
        {
            var answer = (await bench.PostAsync("v1/tokens", await owner.SignProofAsync(owner.Device, vault.Ask(VaultMode.Read), seconds))).Is(HttpStatusCode.OK);
            int life = seconds ?? 900;
            Assert.Equal(bench.Now + life, answer.Json.GetProperty("expires").GetInt64());
            string token = answer.Json.GetProperty("token").GetString()!;
            bench.Time.Advance(TimeSpan.FromSeconds(life - 1));
            (await bench.SendAsync(HttpMethod.Get, vault.Path + "config", token: token)).Is(HttpStatusCode.OK);
            bench.Time.Advance(TimeSpan.FromSeconds(1));
            (await bench.SendAsync(HttpMethod.Get, vault.Path + "config", token: token)).Refuses(403, "not-accepted");
        }
    }

    [Fact]
    public async Task A_token_opens_its_own_vault_only()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        using var another = await Owner.OpenAsync(bench);
        var photos = await OpenVault.FilledAsync(bench, owner);
        var notes = await OpenVault.FilledAsync(bench, owner, Category.Notes);
        var theirs = await OpenVault.FilledAsync(bench, another);
        string token = await photos.AddTokenAsync();
        var missing = await bench.SendAsync(HttpMethod.Get, photos.Path.Replace("photos", "contacts", StringComparison.Ordinal) + "config", token: token);
        foreach (string path in (string[])[notes.Path, theirs.Path, photos.Path.Replace("/1/", "/2/", StringComparison.Ordinal), photos.Path.Replace("/1/", "/01/", StringComparison.Ordinal)])
        {
            var answer = await bench.SendAsync(HttpMethod.Get, path + "config", token: token);
            answer.Refuses(403, "not-accepted");
            Assert.Equal(missing.Text, answer.Text);
        }

        // A token for recovery is none for a vault, and the other way round.
        string recovery = await owner.TokenAsync(owner.Sheet, null);
        (await bench.SendAsync(HttpMethod.Get, photos.Path + "config", token: recovery)).Refuses(403, "not-accepted");
        (await bench.SendAsync(HttpMethod.Get, $"v1/recovery/{owner.Account}/", token: token)).Refuses(403, "not-accepted");
        (await bench.SendAsync(HttpMethod.Get, $"v1/recovery/{another.Account}/", token: recovery)).Refuses(403, "not-accepted");
        (await bench.SendAsync(HttpMethod.Get, theirs.SealedPath, token: recovery)).Refuses(403, "not-accepted");
        (await bench.SendAsync(HttpMethod.Get, photos.Path + "config", token: token)).Is(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("Bearer TOKEN", 200)]
    [InlineData("bearer TOKEN", 200)]
    [InlineData("Basic offproof:TOKEN", 200)]
    [InlineData("Basic TOKEN:", 200)]
    [InlineData("Basic :TOKEN", 200)]
    [InlineData("Basic TOKEN:other", 403)]
    [InlineData("Basic TOKEN", 403)]
    [InlineData("Bearer ", 403)]
    [InlineData("Bearer xTOKEN", 403)]
    [InlineData("Digest TOKEN", 403)]
    [InlineData("", 403)]
    public async Task A_token_travels_as_bearer_or_in_the_userinfo_of_a_url(string form, int status)
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        var vault = await OpenVault.FilledAsync(bench, owner);
        string token = await vault.AddTokenAsync();
        string value = form.Replace("TOKEN", token, StringComparison.Ordinal);
        if (value.StartsWith("Basic ", StringComparison.Ordinal)) value = "Basic " + Convert.ToBase64String(Encoding.ASCII.GetBytes(value[6..]));
        var answer = await bench.SendAsync(HttpMethod.Get, vault.Path + "config", adjust: request => request.Headers.TryAddWithoutValidation("Authorization", value));
        Assert.Equal(status, (int)answer.Status);
        (await bench.SendAsync(HttpMethod.Get, vault.Path + "config", adjust: request => request.Headers.Authorization = new AuthenticationHeaderValue("Basic", "!!"))).Refuses(403, "not-accepted");
    }

    [Fact] // README: "tokens are random; the server stores their SHA-256".
    public async Task No_token_is_found_in_the_folder_of_the_server()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        var vault = await OpenVault.FilledAsync(bench, owner);
        string token = await vault.AddTokenAsync();
        Assert.False(await bench.DatabaseHoldsAsync(token));
        Assert.True(await bench.DatabaseHoldsAsync(owner.Account.Text)); // the control
    }
}
