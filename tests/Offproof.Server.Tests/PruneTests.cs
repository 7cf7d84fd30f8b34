using System.Net;
using System.Security.Cryptography;
using Offproof.Consent;

namespace Offproof.Server.Tests;

/// <summary>protocol.md §16: what is old is removed with the sheet, what is not is not, and nobody adds meanwhile.</summary>
public sealed class PruneTests
{
    static readonly TimeSpan Old = TimeSpan.FromDays(90);

    static byte[] Bytes() => RandomNumberGenerator.GetBytes(200);

    static Task<string> PruneTokenAsync(OpenVault vault, int? seconds = null) => vault.Owner.TokenAsync(vault.Owner.Sheet, vault.Ask(VaultMode.Prune), seconds);

    static Task<Answer> RemoveAsync(Bench bench, OpenVault vault, string type, byte[] bytes, string token) =>
        bench.SendAsync(HttpMethod.Delete, $"{vault.Path}{type}/{Digest.Of(bytes)}", token: token);

    [Fact]
    public async Task Only_the_sheet_is_given_a_token_to_prune()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        using var other = await Owner.OpenAsync(bench);
        var vault = await OpenVault.FilledAsync(bench, owner);
        (await bench.PostAsync("v1/tokens", await owner.SignProofAsync(owner.Device, vault.Ask(VaultMode.Prune)))).Refuses(403, "not-accepted");
        (await bench.PostAsync("v1/tokens", await other.SignProofAsync(other.Sheet, vault.Ask(VaultMode.Prune)))).Refuses(403, "not-accepted");
        await PruneTokenAsync(vault);
    }

    [Theory]
    [InlineData("data"), InlineData("index"), InlineData("snapshots")]
    public async Task What_came_within_90_days_by_the_servers_clock_is_removed_by_nobody(string type)
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        var vault = await OpenVault.FilledAsync(bench, owner);
        byte[] bytes = Bytes();
        long came = bench.Now;
        (await vault.AddAsync(bench, bytes, await vault.AddTokenAsync(), type)).Is(HttpStatusCode.OK);
        bench.Time.Advance(Old - TimeSpan.FromSeconds(60));
        (await RemoveAsync(bench, vault, type, bytes, await PruneTokenAsync(vault))).Refuses(403, "too-young");
        Assert.Contains(bench.Stored().Keys, name => name.EndsWith(Digest.Of(bytes).Text, StringComparison.Ordinal));

        bench.Time.Advance(TimeSpan.FromSeconds(60));
        await bench.RestartAsync();
        string prune = await PruneTokenAsync(vault), read = await owner.TokenAsync(owner.Sheet, vault.Ask(VaultMode.Read)), add = await vault.AddTokenAsync();
        var listed = (await bench.SendAsync(HttpMethod.Get, $"{vault.Path}{type}/", token: prune, adjust: r => r.Headers.Accept.ParseAdd("application/vnd.x.restic.rest.v2"))).Is(HttpStatusCode.OK);
        Assert.Equal(came, listed.Json.EnumerateArray().Single(e => e.GetProperty("name").GetString() == Digest.Of(bytes).Text).GetProperty("received").GetInt64());
        foreach (string token in (string[])[read, add]) (await RemoveAsync(bench, vault, type, bytes, token)).Refuses(403, "read-only");
        (await RemoveAsync(bench, vault, type, bytes, prune)).Is(HttpStatusCode.OK);
        Assert.DoesNotContain(bench.Stored().Keys, name => name.EndsWith(Digest.Of(bytes).Text, StringComparison.Ordinal));
        (await RemoveAsync(bench, vault, type, bytes, prune)).Is(HttpStatusCode.OK); // a lost answer costs nothing
    }

    [Fact]
    public async Task Config_and_key_stay_and_only_locks_and_indexes_are_added()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        var vault = await OpenVault.FilledAsync(bench, owner);
        bench.Time.Advance(Old * 2);
        string prune = await PruneTokenAsync(vault);
        (await RemoveAsync(bench, vault, "keys", vault.KeyFile, prune)).Refuses(403, "read-only");
        (await bench.SendAsync(HttpMethod.Delete, vault.Path + "config", token: prune)).Refuses(405, "method");
        byte[] bytes = Bytes();
        (await vault.AddAsync(bench, bytes, prune, "data")).Refuses(403, "read-only");
        (await vault.AddAsync(bench, bytes, prune, "snapshots")).Refuses(403, "read-only");
        (await vault.AddAsync(bench, bytes, prune, "index")).Is(HttpStatusCode.OK);
        (await RemoveAsync(bench, vault, "index", bytes, prune)).Refuses(403, "too-young");
        (await vault.AddAsync(bench, bytes, prune, "locks")).Is(HttpStatusCode.OK);
        (await RemoveAsync(bench, vault, "locks", bytes, prune)).Is(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task While_a_vault_is_pruned_its_device_adds_nothing_and_reads(bool isEnded)
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        var vault = await OpenVault.FilledAsync(bench, owner);
        var notes = await OpenVault.FilledAsync(bench, owner, Category.Notes);
        string add = await vault.AddTokenAsync(), others = await notes.AddTokenAsync();
        byte[] own = Bytes();
        (await vault.AddAsync(bench, own, add, "locks")).Is(HttpStatusCode.OK);
        string prune = await PruneTokenAsync(vault, seconds: 60), second = await PruneTokenAsync(vault, seconds: 60);
        foreach (string type in (string[])["data", "index", "snapshots", "locks"]) (await vault.AddAsync(bench, Bytes(), add, type)).Refuses(423, "maintenance");
        (await bench.SendAsync(HttpMethod.Get, vault.Path + "config", token: add)).Is(HttpStatusCode.OK);
        (await RemoveAsync(bench, vault, "locks", own, add)).Is(HttpStatusCode.OK);
        (await notes.AddAsync(bench, Bytes(), others)).Is(HttpStatusCode.OK);
        await bench.RestartAsync();
        (await vault.AddAsync(bench, Bytes(), add)).Refuses(423, "maintenance");

        // One of two ended: still.
        (await bench.SendAsync(HttpMethod.Delete, "v1/tokens", token: prune)).Is(HttpStatusCode.OK);
        (await bench.SendAsync(HttpMethod.Delete, "v1/tokens", token: prune)).Is(HttpStatusCode.OK);
        (await bench.SendAsync(HttpMethod.Get, vault.Path + "config", token: prune)).Refuses(403, "not-accepted");
        (await vault.AddAsync(bench, Bytes(), add)).Refuses(423, "maintenance");
        if (isEnded) (await bench.SendAsync(HttpMethod.Delete, "v1/tokens", token: second)).Is(HttpStatusCode.OK);
        else bench.Time.Advance(TimeSpan.FromSeconds(60));
        (await vault.AddAsync(bench, Bytes(), add)).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_quota_gets_back_what_is_removed()
    {
        await using var bench = await Bench.StartAsync(quota: 3000);
        using var owner = await Owner.OpenAsync(bench);
        var vault = await OpenVault.FilledAsync(bench, owner);
        byte[] first = RandomNumberGenerator.GetBytes(1700), second = RandomNumberGenerator.GetBytes(1700);
        string add = await vault.AddTokenAsync();
        (await vault.AddAsync(bench, first, add)).Is(HttpStatusCode.OK);
        (await vault.AddAsync(bench, second, add)).Refuses(507, "full");
        bench.Time.Advance(Old);
        string prune = await PruneTokenAsync(vault);
        (await RemoveAsync(bench, vault, "data", first, prune)).Is(HttpStatusCode.OK);
        (await bench.SendAsync(HttpMethod.Delete, "v1/tokens", token: prune)).Is(HttpStatusCode.OK);
        (await vault.AddAsync(bench, second, await vault.AddTokenAsync())).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_upload_that_began_before_becomes_visible_no_more_once_the_token_is_given()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        var vault = await OpenVault.FilledAsync(bench, owner);
        string add = await vault.AddTokenAsync();
        byte[] bytes = RandomNumberGenerator.GetBytes(300_000);
        using SemaphoreSlim began = new(0), given = new(0);
        async Task FeedAsync(Stream to)
        {
            await to.WriteAsync(bytes.AsMemory(0, 200_000));
            await to.FlushAsync();
            began.Release();
            await given.WaitAsync();
            await to.WriteAsync(bytes.AsMemory(200_000));
        }

        var upload = bench.SendAsync(HttpMethod.Post, $"{vault.Path}data/{Digest.Of(bytes)}", token: add, adjust: request => request.Content = new FedContent(FeedAsync, bytes.Length));
        await began.WaitAsync();
        string prune = await PruneTokenAsync(vault);
        given.Release();
        (await upload).Refuses(423, "maintenance");
        Assert.DoesNotContain(bench.Stored().Keys, name => name.EndsWith(Digest.Of(bytes).Text, StringComparison.Ordinal));
        (await bench.SendAsync(HttpMethod.Delete, "v1/tokens", token: prune)).Is(HttpStatusCode.OK);
        (await vault.AddAsync(bench, bytes, add)).Is(HttpStatusCode.OK);
    }

    sealed class FedContent(Func<Stream, Task> feed, long length) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => feed(stream);

        protected override bool TryComputeLength(out long computed)
        {
            computed = length;
            return true;
        }
    }

    [Fact]
    public async Task What_is_kept_is_pruned_too()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        var vault = await OpenVault.FilledAsync(bench, owner);
        byte[] bytes = Bytes();
        (await vault.AddAsync(bench, bytes, await vault.AddTokenAsync())).Is(HttpStatusCode.OK);
        (await owner.TakeAsync(vault.SignRevocation())).Is(HttpStatusCode.Created);
        bench.Time.Advance(Old);
        (await RemoveAsync(bench, vault, "data", bytes, await PruneTokenAsync(vault))).Is(HttpStatusCode.OK);
        (await bench.PostAsync("v1/tokens", await owner.SignProofAsync(owner.Device, vault.Ask(VaultMode.Prune)))).Refuses(403, "not-accepted");
    }
}
