using System.Globalization;
using System.Net;
using Offproof.Consent;

namespace Offproof.Server.Tests;

/// <summary>protocol.md §14: with limits so small that a test can reach them.</summary>
public sealed class ThrottleTests
{
    static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Fact]
    public void What_the_page_says_is_what_a_server_allows_where_nobody_says_otherwise()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Offproof.slnx"))) folder = folder.Parent;
        string page = File.ReadAllText(Path.Combine(folder!.FullName, "docs/protocol.md"));
        ServerLimits limits = new();
        Assert.All(
            (string[])[
                $"| `/v1/accounts` | address | {Said(limits.Accounts)} |",
                $"`/v1/joins` | address | {Said(limits.Requests)} |",
                $"`malformed`) | address | {Said(limits.Failures)} |",
                $"| grants taken | account | {Said(limits.Grants)} |",
                $"| tokens given | account | {Said(limits.Tokens)} |",
                $"| uploads that run | account | {limits.Uploads} | - |",
            ],
            row => Assert.Contains(row, page, StringComparison.Ordinal));

        static string Said(Pace pace) => $"{pace.Burst} | {pace.Every.TotalSeconds switch { > 1 and var seconds => $"one in {seconds:0} s", 1 => "one a second", var part => $"{1 / part:0} a second" }}";
    }

    [Fact]
    public async Task Who_fails_too_often_is_told_to_slow_down_and_whoever_has_a_token_is_not()
    {
        await using var bench = await LimitedAsync(limits => limits with { Failures = new(5, Hour) });
        using var owner = await Owner.OpenAsync(bench);
        var vault = await OpenVault.FilledAsync(bench, owner);
        string token = await vault.AddTokenAsync();
        string read = await owner.TokenAsync(owner.Device, null);
        for (int i = 0; i < 5; i++) (await bench.SendAsync(HttpMethod.Get, vault.Path + "config", token: "guess")).Refuses(403, "not-accepted");
        await SlowAsync(bench, HttpMethod.Get, vault.Path + "config", "guess", "3600");
        await SlowAsync(bench, HttpMethod.Post, "v1/nonces", null, "3600");
        for (int i = 0; i < 20; i++) (await vault.AddAsync(bench, [(byte)i], token)).Is(HttpStatusCode.OK);
        // Refusals of who has a good token are not failures.
        (await bench.SendAsync(HttpMethod.Get, vault.Path + "config", token: read)).Refuses(403, "not-accepted");
        (await vault.AddAsync(bench, [100], token)).Is(HttpStatusCode.OK);
        Assert.Equal(2, bench.Server.Refusals[Refusal.SlowDown]);
    }

    [Fact]
    public async Task Accounts_records_nonces_and_tokens_are_counted_for_each_address_before_anything_is_looked_at()
    {
        await using var bench = await LimitedAsync(limits => limits with { Accounts = new(2, Hour), Requests = new(4, Hour) });
        using var owner = await Owner.OpenAsync(bench);
        using var other = await Owner.OpenAsync(bench);
        using Owner third = new(bench);
        var slow = await third.PostAccountAsync();
        slow.Refuses(429, "slow-down");
        var vault = await OpenVault.GrantAsync(owner);
        string token = await owner.TokenAsync(owner.Device, vault.Ask(VaultMode.Add));
        await SlowOrNotAsync(bench, "v1/nonces", 200);
        await SlowOrNotAsync(bench, "v1/nonces", 429);
        await SlowOrNotAsync(bench, "v1/tokens", 429);
        await SlowOrNotAsync(bench, "v1/records", 429);
        // Vaults are not among them.
        (await bench.SendAsync(HttpMethod.Put, vault.SealedPath, vault.Sealed, token)).Is(HttpStatusCode.Created);
        for (int i = 0; i < 20; i++) (await vault.AddAsync(bench, [(byte)i], token)).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Grants_are_counted_for_each_account_and_revocations_never()
    {
        await using var bench = await LimitedAsync(limits => limits with { Grants = new(2, Hour) });
        using var owner = await Owner.OpenAsync(bench);
        using var other = await Owner.OpenAsync(bench);
        var photos = await OpenVault.GrantAsync(owner);
        (await bench.PostAsync("v1/records", owner.SignGrant(photos.Hashes, epoch: 3))).Refuses(409, "epoch"); // takes nothing
        var notes = await OpenVault.GrantAsync(owner, Category.Notes);
        (await bench.PostAsync("v1/records", owner.SignGrant(photos.Hashes, Category.Contacts))).Refuses(429, "slow-down");
        await owner.TakeAsync(notes.SignRevocation());
        await owner.TakeAsync(photos.SignRevocation());
        (await bench.PostAsync("v1/records", notes.Grant)).Is(HttpStatusCode.OK); // known already
        await OpenVault.GrantAsync(other);
    }

    [Fact]
    public async Task Tokens_are_counted_for_each_account_and_a_repeated_proof_takes_nothing_from_its_owner()
    {
        await using var bench = await LimitedAsync(limits => limits with { Tokens = new(2, Hour) });
        using var owner = await Owner.OpenAsync(bench);
        using var other = await Owner.OpenAsync(bench);
        var proof = await owner.SignProofAsync(owner.Device, null);
        (await bench.PostAsync("v1/tokens", proof)).Is(HttpStatusCode.OK);
        for (int i = 0; i < 10; i++) (await bench.PostAsync("v1/tokens", proof)).Refuses(403, "not-accepted");
        await owner.TokenAsync(owner.Device, null);
        (await bench.PostAsync("v1/tokens", await owner.SignProofAsync(owner.Device, null))).Refuses(429, "slow-down");
        await other.TokenAsync(other.Device, null);
    }

    [Fact]
    public async Task What_was_held_up_comes_through_when_the_time_has_passed_that_the_server_named()
    {
        await using var bench = await LimitedAsync(limits => limits with { Requests = new(1, TimeSpan.FromSeconds(1)) });
        (await bench.SendAsync(HttpMethod.Post, "v1/nonces")).Is(HttpStatusCode.OK);
        string after = await SlowAsync(bench, HttpMethod.Post, "v1/nonces", null, "1");
        await Task.Delay(TimeSpan.FromSeconds(int.Parse(after, CultureInfo.InvariantCulture)) + TimeSpan.FromMilliseconds(300));
        (await bench.SendAsync(HttpMethod.Post, "v1/nonces")).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Uploads_of_an_account_that_run_at_once_are_bounded()
    {
        await using var bench = await LimitedAsync(limits => limits with { Uploads = 1 });
        using var owner = await Owner.OpenAsync(bench);
        using var other = await Owner.OpenAsync(bench);
        var vault = await OpenVault.FilledAsync(bench, owner);
        var theirs = await OpenVault.FilledAsync(bench, other);
        string token = await vault.AddTokenAsync();
        using (var upload = SlowCurl.Start(bench, HttpMethod.Post, vault.Path + "data/" + Digest.Of("x"u8), token, bytes: 5_000_000, bytesPerSecond: 100_000))
        {
            await upload.RunsAsync(bench);
            (await vault.AddAsync(bench, [1], token)).Refuses(429, "slow-down");
            (await bench.SendAsync(HttpMethod.Get, vault.Path + "config", token: token)).Is(HttpStatusCode.OK);
            (await theirs.AddAsync(bench, [1], await theirs.AddTokenAsync())).Is(HttpStatusCode.OK);
        }

        for (int tries = 0; (await vault.AddAsync(bench, [1], token)).Status != HttpStatusCode.OK; tries++)
        {
            Assert.True(tries < 500, "the place of an upload that was killed is not free");
            await Task.Delay(10);
        }
    }

    [Fact]
    public async Task Behind_a_proxy_nobody_is_held_up_for_what_another_did_and_no_header_is_believed()
    {
        await using var bench = await Bench.StartAsync(change: options => options with
        {
            BehindProxy = new("https://example.org/"),
            Limits = new() { Accounts = new(1, Hour), Requests = new(1, Hour), Failures = new(1, Hour) },
        });
        using Owner owner = new(bench);
        for (int i = 0; i < 10; i++) (await owner.PostAccountAsync()).Refuses(403, "not-invited"); // by invitation: §15
        for (int i = 0; i < 10; i++) (await bench.SendAsync(HttpMethod.Post, "v1/nonces")).Is(HttpStatusCode.OK);
        Assert.Contains("for https://example.org/", bench.Log.ToString(), StringComparison.Ordinal);

        await using var direct = await LimitedAsync(limits => limits with { Requests = new(1, Hour) });
        (await direct.SendAsync(HttpMethod.Post, "v1/nonces")).Is(HttpStatusCode.OK);
        (await direct.SendAsync(HttpMethod.Post, "v1/nonces", adjust: request => request.Headers.Add("X-Forwarded-For", "203.0.113.9"))).Refuses(429, "slow-down");
    }

    static async Task SlowOrNotAsync(Bench bench, string path, int status) => Assert.Equal(status, (int)(await bench.SendAsync(HttpMethod.Post, path)).Status);

    static async Task<string> SlowAsync(Bench bench, HttpMethod method, string path, string? token, string atMost)
    {
        using HttpRequestMessage request = new(method, new Uri(bench.Http.BaseAddress!, path));
        if (token is not null) request.Headers.Authorization = new("Bearer", token);
        using var response = await bench.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        string after = Assert.Single(response.Headers.GetValues("Retry-After"));
        Assert.InRange(int.Parse(after, CultureInfo.InvariantCulture), 1, int.Parse(atMost, CultureInfo.InvariantCulture));
        return after;
    }

    static Task<Bench> LimitedAsync(Func<ServerLimits, ServerLimits> change) => Bench.StartAsync(change: options => options with { Limits = change(options.Limits) });
}
