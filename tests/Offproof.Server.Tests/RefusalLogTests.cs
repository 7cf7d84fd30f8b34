using System.Net;
using System.Text.Json;
using Offproof.Consent;

namespace Offproof.Server.Tests;

/// <summary>protocol.md §13: what is tried in an account, its owner sees, and nobody else.</summary>
public sealed class RefusalLogTests
{
    [Fact]
    public async Task The_owner_of_the_token_sees_what_was_refused_and_nobody_else()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        using var other = await Owner.OpenAsync(bench);
        var vault = await OpenVault.FilledAsync(bench, owner);
        var theirs = await OpenVault.FilledAsync(bench, other);
        string token = await vault.AddTokenAsync();
        long minute = bench.Now / 60 * 60;
        for (int i = 0; i < 5; i++) (await bench.SendAsync(HttpMethod.Delete, vault.Path + "data/" + Digest.Of([1]), token: token)).Refuses(403, "read-only");
        (await theirs.AddAsync(bench, [1], token)).Refuses(403, "not-accepted");
        (await vault.AddAsync(bench, [1], token, "keys")).Refuses(400, "hash");

        var lines = await LinesAsync(bench, owner, owner.Device);
        Assert.Equal(["hash", "not-accepted", "read-only"], lines.Select(line => line.GetProperty("problem").GetString()!));
        foreach (var line in lines)
        {
            Assert.Equal(minute, line.GetProperty("minute").GetInt64());
            Assert.Equal(owner.Device.Thumbprint.Text, line.GetProperty("by").GetString());
            Assert.Equal(("photos", 1), (line.GetProperty("category").GetString(), line.GetProperty("epoch").GetInt32()));
        }

        Assert.Equal([1, 1, 5], lines.Select(line => line.GetProperty("count").GetInt32()));
        Assert.Equal("DELETE /v1/vaults/{account}/{device}/{category}/{epoch}/{type}/{name}", lines[2].GetProperty("request").GetString());
        Assert.Empty(await LinesAsync(bench, other, other.Sheet));

        // Another's recovery token is none for it; the refusal of that is theirs to see.
        string foreign = await other.TokenAsync(other.Sheet, null);
        (await bench.SendAsync(HttpMethod.Get, $"v1/recovery/{owner.Account}/refusals", token: foreign)).Refuses(403, "not-accepted");
        (await bench.SendAsync(HttpMethod.Get, $"v1/recovery/{owner.Account}/refusals", token: token)).Refuses(403, "not-accepted");
        (await bench.SendAsync(HttpMethod.Get, $"v1/recovery/{owner.Account}/refusals")).Refuses(403, "not-accepted");
        Assert.Equal(other.Account.Text, Assert.Single(await LinesAsync(bench, other, other.Device)).GetProperty("by").GetString());

        bench.Time.Advance(TimeSpan.FromMinutes(1));
        (await bench.SendAsync(HttpMethod.Delete, vault.Path + "data/" + Digest.Of([1]), token: token)).Refuses(403, "read-only");
        await bench.RestartAsync();
        var later = await LinesAsync(bench, owner, owner.Sheet);
        Assert.Equal(5, later.Count);
        Assert.Equal((minute + 60, 1), (later[0].GetProperty("minute").GetInt64(), later[0].GetProperty("count").GetInt32()));
        Assert.False(await bench.DatabaseHoldsAsync("127.0.0.1"));
    }

    [Fact]
    public async Task A_record_that_verified_and_was_refused_is_seen_too()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        var vault = await OpenVault.GrantAsync(owner);
        await owner.TakeAsync(vault.SignRevocation());
        (await bench.PostAsync("v1/records", owner.SignGrant(vault.Hashes, Category.Notes, change: grant => grant with { Seq = 7 }))).Refuses(409, "not-next");
        (await bench.PostAsync("v1/records", owner.SignGrant(vault.Hashes, epoch: 3))).Refuses(409, "epoch");
        (await bench.PostAsync("v1/tokens", await owner.SignProofAsync(owner.Device, vault.Ask(VaultMode.Add)))).Refuses(403, "revoked");
        var lines = await LinesAsync(bench, owner, owner.Device);
        Assert.Equal(
            [("revoked", "POST /v1/tokens", "photos"), ("epoch", "POST /v1/records", "photos"), ("not-next", "POST /v1/records", "notes")],
            lines.Select(line => (line.GetProperty("problem").GetString()!, line.GetProperty("request").GetString()!, line.GetProperty("category").GetString()!)));
    }

    [Fact]
    public async Task Strangers_leave_no_line_whatever_account_they_name()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        using var other = await Owner.OpenAsync(bench);
        using Owner stranger = new(bench);
        var vault = await OpenVault.FilledAsync(bench, owner);
        string old = await owner.TokenAsync(owner.Device, vault.Ask(VaultMode.Add), 60);
        bench.Time.Advance(TimeSpan.FromMinutes(1));
        foreach (string? token in (string?[])[null, "", "x", old]) (await vault.AddAsync(bench, [1], token!)).Refuses(403, "not-accepted");
        // A signature that is good, of somebody who is not of this account.
        (await bench.PostAsync("v1/tokens", await other.SignProofAsync(other.Device, vault.Ask(VaultMode.Read), change: proof => proof with { Account = owner.Account }))).Refuses(403, "not-accepted");
        (await bench.PostAsync("v1/records", other.SignGrant(vault.Hashes, Category.Notes, change: grant => grant with
        {
            Account = owner.Account, Consent = GrantConsent.For(Category.Notes, bench.Server.Url.AbsoluteUri, Guid.NewGuid(), bench.Time.GetUtcNow()),
        }))).Refuses(403, "not-accepted");
        (await bench.PostAsync("v1/records", stranger.SignGrant(vault.Hashes, Category.Notes))).Refuses(403, "not-accepted");
        Assert.Empty(await LinesAsync(bench, owner, owner.Sheet));
        Assert.Empty(await LinesAsync(bench, other, other.Sheet));
        Assert.Equal(7, bench.Server.Refusals[Refusal.NotAccepted]);
        // The control: the same request with a token of the account leaves one.
        (await bench.SendAsync(HttpMethod.Get, vault.Path + "config", token: await owner.TokenAsync(owner.Sheet, null))).Refuses(403, "not-accepted");
        Assert.Single(await LinesAsync(bench, owner, owner.Sheet));
    }

    [Fact]
    public async Task What_is_no_refusal_of_a_right_leaves_no_line()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        var vault = await OpenVault.FilledAsync(bench, owner);
        string token = await vault.AddTokenAsync();
        (await bench.SendAsync(HttpMethod.Get, vault.Path + "data/" + Digest.Of([9]), token: token)).Refuses(404, "not-found");
        (await bench.SendAsync(HttpMethod.Get, vault.Path + "config", token: token, adjust: request => request.Headers.Range = new(100_000, 100_001))).Refuses(416, "range");
        Assert.Empty(await LinesAsync(bench, owner, owner.Sheet));
    }

    [Fact]
    public async Task The_newest_thousand_lines_stay()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        using var other = await Owner.OpenAsync(bench);
        var vault = await OpenVault.FilledAsync(bench, owner);
        await bench.WithDatabaseAsync(database =>
        {
            foreach (var account in (Thumbprint[])[owner.Account, other.Account])
            {
                for (int i = 0; i < 1200; i++)
                    database.Execute("INSERT INTO refusals (account, minute, problem, request, holder, category, epoch, count) VALUES ($1, $2, 'hash', 'x', 'y', '', 0, 1)", account.Text, i * 60);
            }
        });
        (await bench.SendAsync(HttpMethod.Delete, vault.Path + "data/" + Digest.Of([1]), token: await vault.AddTokenAsync())).Refuses(403, "read-only");
        var lines = await LinesAsync(bench, owner, owner.Sheet);
        Assert.Equal(1000, lines.Count);
        Assert.Equal("read-only", lines[0].GetProperty("problem").GetString());
        Assert.Equal(201 * 60, lines[^1].GetProperty("minute").GetInt64());
        Assert.Equal(1200, (await LinesAsync(bench, other, other.Sheet)).Count); // nobody else's are touched
    }

    static async Task<List<JsonElement>> LinesAsync(Bench bench, Owner owner, SigningKey signer)
    {
        string token = await owner.TokenAsync(signer, null);
        var answer = (await bench.SendAsync(HttpMethod.Get, $"v1/recovery/{owner.Account}/refusals", token: token)).Is(HttpStatusCode.OK);
        Assert.Equal("offproof/v1/refusals", answer.Json.GetProperty("schema").GetString());
        return [.. answer.Json.GetProperty("refusals").EnumerateArray()];
    }
}
