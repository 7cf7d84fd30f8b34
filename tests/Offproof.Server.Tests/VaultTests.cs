using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Offproof.Consent;

namespace Offproof.Server.Tests;

/// <summary>protocol.md §7 as far as one caller at a time sees it.</summary>
public sealed class VaultTests
{
    [Fact]
    public async Task Objects_of_every_type_go_in_and_come_out_and_are_listed()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        var vault = await OpenVault.FilledAsync(bench, owner);
        string token = await vault.AddTokenAsync();
        foreach (string type in (string[])["data", "index", "snapshots", "locks"])
        {
            Assert.Equal("[]", (await bench.SendAsync(HttpMethod.Get, vault.Path + type + "/", token: token)).Is(HttpStatusCode.OK).Text);
            int length = type == "locks" ? 60_000 : 200_000;
            byte[] first = RandomNumberGenerator.GetBytes(length);
            byte[] second = [];
            foreach (byte[] bytes in (byte[][])[first, second]) (await vault.AddAsync(bench, bytes, token, type)).Is(HttpStatusCode.OK);

            string path = vault.Path + type + "/" + Digest.Of(first);
            Assert.Equal(first, (await bench.SendAsync(HttpMethod.Get, path, token: token)).Is(HttpStatusCode.OK).Body);
            var head = (await bench.SendAsync(HttpMethod.Head, path, token: token)).Is(HttpStatusCode.OK);
            Assert.Equal(length, head.Headers.ContentLength);
            Assert.Empty(head.Body);

            var old = await bench.SendAsync(HttpMethod.Get, vault.Path + type + "/", token: token);
            string[] names = [.. new[] { Digest.Of(first).Text, Digest.Of(second).Text }.Order(StringComparer.Ordinal)];
            Assert.Equal(names, old.Json.EnumerateArray().Select(item => item.GetString()!), StringComparer.Ordinal);
            var sized = await bench.SendAsync(
                HttpMethod.Get, vault.Path + type + "/", token: token, adjust: request => request.Headers.Accept.Add(new("application/vnd.x.restic.rest.v2")));
            Assert.Equal("application/vnd.x.restic.rest.v2", sized.Headers.ContentType?.MediaType);
            Assert.Equal(
                names.Select(name => (name, name == Digest.Of(first).Text ? (long)length : 0L)),
                sized.Json.EnumerateArray().Select(item => (item.GetProperty("name").GetString()!, item.GetProperty("size").GetInt64())));
        }

        Assert.Equal(vault.Config, (await bench.SendAsync(HttpMethod.Get, vault.Path + "config", token: token)).Is(HttpStatusCode.OK).Body);
        Assert.Equal(vault.Config.Length, (await bench.SendAsync(HttpMethod.Head, vault.Path + "config", token: token)).Is(HttpStatusCode.OK).Headers.ContentLength);
        Assert.Equal([vault.Hashes.Key.Text], (await bench.SendAsync(HttpMethod.Get, vault.Path + "keys/", token: token)).Json.EnumerateArray().Select(item => item.GetString()!), StringComparer.Ordinal);
        (await vault.AddAsync(bench, RandomNumberGenerator.GetBytes(70_000), token, "locks")).Refuses(413, "too-large"); // protocol.md §7.2: locks store nothing else
        (await bench.SendAsync(HttpMethod.Get, vault.Path + "data/" + Digest.Of("no"u8), token: token)).Refuses(404, "not-found");
        Assert.Equal(HttpStatusCode.NotFound, (await bench.SendAsync(HttpMethod.Head, vault.Path + "data/" + Digest.Of("no"u8), token: token)).Status);
    }

    [Fact]
    public async Task A_name_is_written_once()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        var vault = await OpenVault.FilledAsync(bench, owner);
        string token = await vault.AddTokenAsync();
        byte[] pack = RandomNumberGenerator.GetBytes(1000);
        (await vault.AddAsync(bench, pack, token)).Is(HttpStatusCode.OK);
        var before = bench.Stored();
        (await vault.AddAsync(bench, pack, token)).Refuses(403, "exists");
        (await bench.SendAsync(HttpMethod.Post, vault.Path + "data/" + Digest.Of(pack), new byte[1000], token)).Refuses(403, "exists");
        (await bench.SendAsync(HttpMethod.Post, vault.Path + "config", vault.Config, token)).Refuses(403, "exists");
        (await bench.SendAsync(HttpMethod.Post, vault.Path + "keys/" + vault.Hashes.Key, vault.KeyFile, token)).Refuses(403, "exists");
        Assert.Equal(before, bench.Stored());
        Assert.Equal(pack, (await bench.SendAsync(HttpMethod.Get, vault.Path + "data/" + Digest.Of(pack), token: token)).Body);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_pack_sent_again_is_answered_although_nobody_waits_for_its_body(bool expects)
    {
        // What a device sends whose server died between storing and answering. Several times: the connection is lost only now and then.
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        var vault = await OpenVault.FilledAsync(bench, owner);
        string token = await vault.AddTokenAsync();
        byte[] pack = RandomNumberGenerator.GetBytes(20_000_000);
        (await vault.AddAsync(bench, pack, token)).Is(HttpStatusCode.OK);
        for (int i = 0; i < 5; i++)
        {
            (await bench.SendAsync(HttpMethod.Post, vault.Path + "data/" + Digest.Of(pack), pack, token, adjust: request => request.Headers.ExpectContinue = expects))
                .Refuses(403, "exists");
        }
    }

    [Fact]
    public async Task Bytes_that_are_not_the_named_ones_are_not_stored()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        var vault = await OpenVault.GrantAsync(owner);
        string token = await vault.AddTokenAsync();
        (await bench.SendAsync(HttpMethod.Put, vault.SealedPath, vault.Sealed, token)).Is(HttpStatusCode.Created);
        var before = bench.Stored();
        byte[] other = RandomNumberGenerator.GetBytes(200);
        foreach (string type in (string[])["data", "index", "snapshots", "locks", "keys"])
            (await bench.SendAsync(HttpMethod.Post, vault.Path + type + "/" + Digest.Of("x"u8), other, token)).Refuses(400, "hash");
        // Config and key are those of the grant, not just any with a right name: exactly one vault, exactly one key.
        (await bench.SendAsync(HttpMethod.Post, vault.Path + "config", other, token)).Refuses(400, "hash");
        (await bench.SendAsync(HttpMethod.Post, vault.Path + "keys/" + Digest.Of(other), other, token)).Refuses(400, "hash");
        (await bench.SendAsync(HttpMethod.Post, vault.Path + "keys/" + vault.Hashes.Key, other, token)).Refuses(400, "hash");
        Assert.Equal(before, bench.Stored());
    }

    [Fact]
    public async Task Nothing_goes_in_before_the_sealed_password()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        var vault = await OpenVault.GrantAsync(owner);
        string token = await vault.AddTokenAsync();
        (await bench.SendAsync(HttpMethod.Post, vault.Path + "?create=true", [], token)).Is(HttpStatusCode.OK);
        (await bench.SendAsync(HttpMethod.Post, vault.Path + "config", vault.Config, token)).Refuses(409, "sealed-first");
        (await bench.SendAsync(HttpMethod.Post, vault.Path + "keys/" + vault.Hashes.Key, vault.KeyFile, token)).Refuses(409, "sealed-first");
        (await vault.AddAsync(bench, [1], token)).Refuses(409, "sealed-first");
        (await vault.AddAsync(bench, [1], token, "locks")).Refuses(409, "sealed-first");
        Assert.Empty(bench.Stored());
    }

    [Fact]
    public async Task Without_a_token_nothing_is_stored_and_nothing_is_learnt()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        var vault = await OpenVault.FilledAsync(bench, owner);
        var before = bench.Stored();
        string nowhere = $"v1/vaults/{Digest.Of("a"u8)}/{Digest.Of("b"u8)}/photos/1/";
        HashSet<string> bodies = [];
        foreach (string path in (string[])[vault.Path, nowhere, nowhere.Replace("photos", "secrets", StringComparison.Ordinal)])
        {
            foreach (var (method, rest) in ((HttpMethod, string)[])
            [
                (HttpMethod.Get, "config"), (HttpMethod.Get, "data/"), (HttpMethod.Get, "nothing/"), (HttpMethod.Get, "data/" + Digest.Of("x"u8)), (HttpMethod.Get, "data/x"),
                (HttpMethod.Post, "?create=true"), (HttpMethod.Post, "config"), (HttpMethod.Post, "data/" + Digest.Of([])), (HttpMethod.Delete, "locks/" + Digest.Of([])),
            ])
            {
                var answer = await bench.SendAsync(method, path + rest, method == HttpMethod.Get ? null : []);
                answer.Refuses(403, "not-accepted");
                bodies.Add(answer.Text);
                var head = await bench.SendAsync(HttpMethod.Head, path + "config");
                Assert.Equal(HttpStatusCode.Forbidden, head.Status);
            }
        }

        Assert.Single(bodies);
        Assert.Equal(before, bench.Stored());
    }

    [Fact]
    public async Task A_token_that_reads_changes_nothing_but_its_own_locks()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        var vault = await OpenVault.FilledAsync(bench, owner);
        var before = bench.Stored();
        foreach (var signer in (SigningKey[])[owner.Device, owner.Sheet])
        {
            string token = await owner.TokenAsync(signer, vault.Ask(VaultMode.Read));
            foreach (string type in (string[])["data", "index", "snapshots", "keys"]) (await vault.AddAsync(bench, [9], token, type)).Refuses(403, "read-only");
            (await bench.SendAsync(HttpMethod.Post, vault.Path + "config", vault.Config, token)).Refuses(403, "read-only");
            (await bench.SendAsync(HttpMethod.Post, vault.Path + "?create=true", [], token)).Refuses(403, "read-only");
            byte[] held = RandomNumberGenerator.GetBytes(50);
            (await vault.AddAsync(bench, held, token, "locks")).Is(HttpStatusCode.OK);
            (await bench.SendAsync(HttpMethod.Delete, vault.Path + "locks/" + Digest.Of(held), token: token)).Is(HttpStatusCode.OK);
        }

        Assert.Equal(before, bench.Stored());
    }

    [Fact]
    public async Task Only_locks_of_the_same_holder_are_deleted()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        var vault = await OpenVault.FilledAsync(bench, owner);
        string device = await vault.AddTokenAsync();
        string sheet = await owner.TokenAsync(owner.Sheet, vault.Ask(VaultMode.Read));
        byte[] pack = [7];
        (await vault.AddAsync(bench, pack, device)).Is(HttpStatusCode.OK);
        (await vault.AddAsync(bench, [1], device, "locks")).Is(HttpStatusCode.OK);
        (await vault.AddAsync(bench, [2], sheet, "locks")).Is(HttpStatusCode.OK);
        // A second holder of the same name does not take it over.
        (await vault.AddAsync(bench, [2], device, "locks")).Refuses(403, "exists");
        await bench.RestartAsync();

        (await DeleteAsync("locks", [1], sheet)).Refuses(403, "read-only");
        (await DeleteAsync("locks", [2], device)).Refuses(403, "read-only");
        foreach (string type in (string[])["data", "index", "snapshots"]) (await DeleteAsync(type, pack, device)).Refuses(403, "read-only");
        (await bench.SendAsync(HttpMethod.Delete, vault.Path + "keys/" + vault.Hashes.Key, token: device)).Refuses(403, "read-only");
        (await bench.SendAsync(HttpMethod.Delete, vault.Path + "config", token: device)).Refuses(405, "method");
        (await bench.SendAsync(HttpMethod.Delete, vault.Path, token: device)).Refuses(405, "method");
        (await DeleteAsync("locks", [3], device)).Is(HttpStatusCode.OK);

        // The same holder, with another token.
        (await DeleteAsync("locks", [1], await owner.TokenAsync(owner.Device, vault.Ask(VaultMode.Read)))).Is(HttpStatusCode.OK);
        (await DeleteAsync("locks", [2], sheet)).Is(HttpStatusCode.OK);
        Assert.DoesNotContain(bench.Stored().Keys, path => path.Contains("/locks/", StringComparison.Ordinal));
        Assert.Contains(bench.Stored().Keys, path => path.EndsWith(Digest.Of(pack).Text, StringComparison.Ordinal));

        Task<Answer> DeleteAsync(string type, byte[] bytes, string token) => bench.SendAsync(HttpMethod.Delete, vault.Path + type + "/" + Digest.Of(bytes), token: token);
    }

    [Theory]
    [InlineData("bytes=0-0", 206, 0, 1)]
    [InlineData("bytes=10-19", 206, 10, 10)]
    [InlineData("bytes=990-", 206, 990, 10)]
    [InlineData("bytes=-5", 206, 995, 5)]
    [InlineData("bytes=990-5000", 206, 990, 10)]
    [InlineData("bytes=1000-", 416, 0, 0)]
    [InlineData("bytes=0-1,5-6", 200, 0, 1000)]
    [InlineData("nonsense", 200, 0, 1000)]
    public async Task A_single_range_is_honoured(string range, int status, int from, int length)
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        var vault = await OpenVault.FilledAsync(bench, owner);
        string token = await vault.AddTokenAsync();
        byte[] pack = RandomNumberGenerator.GetBytes(1000);
        (await vault.AddAsync(bench, pack, token)).Is(HttpStatusCode.OK);
        var answer = await bench.SendAsync(
            HttpMethod.Get, vault.Path + "data/" + Digest.Of(pack), token: token, adjust: request => request.Headers.TryAddWithoutValidation("Range", range));
        Assert.Equal(status, (int)answer.Status);
        if (status == 416) answer.Refuses(416, "range");
        else Assert.Equal(pack[from..(from + length)], answer.Body);
        if (status == 206) Assert.Equal(new ContentRangeHeaderValue(from, from + length - 1, 1000), answer.Headers.ContentRange);
    }

    [Theory]
    [InlineData("data/..%2f..%2fserver.key", 400)]
    [InlineData("data/..%5c..%5cserver.key", 400)]
    [InlineData("data/ABCDEF", 400)]
    [InlineData("etc/0000000000000000000000000000000000000000000000000000000000000000", 404)]
    [InlineData("Data/", 404)]
    [InlineData("tmp/", 404)]
    public async Task Names_that_are_no_names_are_refused(string rest, int status)
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        var vault = await OpenVault.FilledAsync(bench, owner);
        string token = await vault.AddTokenAsync();
        (await bench.SendAsync(HttpMethod.Get, vault.Path + rest, token: token)).Refuses(status, status == 400 ? "malformed" : "not-found");
        if (!rest.EndsWith('/')) (await bench.SendAsync(HttpMethod.Post, vault.Path + rest, [1], token)).Refuses(status, status == 400 ? "malformed" : "not-found");
    }

    [Fact]
    public async Task An_erased_vault_is_gone()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        var vault = await OpenVault.FilledAsync(bench, owner);
        string token = await vault.AddTokenAsync();
        // No record of this version erases; the state is one that a later version may have left.
        await bench.WithDatabaseAsync(database => database.Execute("UPDATE vaults SET state = 'erased'"));
        (await bench.SendAsync(HttpMethod.Get, vault.Path + "config", token: token)).Refuses(410, "erased");
        (await vault.AddAsync(bench, [1], token)).Refuses(410, "erased");
        (await bench.PostAsync("v1/tokens", await owner.SignProofAsync(owner.Sheet, vault.Ask(VaultMode.Read)))).Refuses(410, "erased");
    }

    [Fact]
    public async Task Everything_is_there_after_a_restart()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        var vault = await OpenVault.FilledAsync(bench, owner);
        string token = await vault.AddTokenAsync();
        byte[] pack = RandomNumberGenerator.GetBytes(100_000);
        (await vault.AddAsync(bench, pack, token)).Is(HttpStatusCode.OK);
        var key = bench.Server.Key;
        await bench.RestartAsync();
        Assert.Equal(key, bench.Server.Key);
        Assert.Equal(pack, (await bench.SendAsync(HttpMethod.Get, vault.Path + "data/" + Digest.Of(pack), token: token)).Is(HttpStatusCode.OK).Body);
        (await vault.AddAsync(bench, [1], token)).Is(HttpStatusCode.OK);
        await owner.TakeAsync(vault.SignRevocation());
        await bench.RestartAsync();
        (await vault.AddAsync(bench, [2], token)).Refuses(403, "revoked");
    }
}
