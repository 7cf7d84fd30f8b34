using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Offproof.Consent;

namespace Offproof.Server.Tests;

/// <summary>protocol.md §12.</summary>
public sealed class SuspensionTests
{
    [Fact]
    public async Task A_suspended_account_reads_for_30_days_and_adds_nothing()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        using var other = await Owner.OpenAsync(bench);
        var vault = await OpenVault.FilledAsync(bench, owner);
        var theirs = await OpenVault.FilledAsync(bench, other);
        string add = await owner.TokenAsync(owner.Device, vault.Ask(VaultMode.Add), 3600);
        (await vault.AddAsync(bench, [1], add)).Is(HttpStatusCode.OK);
        Assert.Equal(owner.Account.Text, bench.AsOperator(server => server.Suspend(owner.Account.Text[..8])));
        var before = bench.Stored();

        (await vault.AddAsync(bench, [2], add)).Refuses(403, "suspended");
        (await vault.AddAsync(bench, [2], add, "snapshots")).Refuses(403, "suspended");
        (await bench.SendAsync(HttpMethod.Post, vault.Path + "config", vault.Config, add)).Refuses(403, "suspended");
        (await bench.SendAsync(HttpMethod.Post, vault.Path + "?create=true", [], add)).Refuses(403, "suspended");
        (await bench.SendAsync(HttpMethod.Put, vault.SealedPath, vault.Sealed, add)).Refuses(403, "suspended");
        (await bench.PostAsync("v1/tokens", await owner.SignProofAsync(owner.Device, vault.Ask(VaultMode.Add)))).Refuses(403, "suspended");
        // A grant is taken, and nothing is given for it: refused, it would keep out the revocation behind it.
        var notes = await OpenVault.GrantAsync(owner, Category.Notes);
        (await bench.PostAsync("v1/tokens", await owner.SignProofAsync(owner.Device, notes.Ask(VaultMode.Add)))).Refuses(403, "suspended");
        Assert.Equal(before, bench.Stored());

        // The last second of the thirty days, by the server's clock: everything can still be read, with a reader's lock.
        bench.Time.Advance(TimeSpan.FromDays(30) - TimeSpan.FromSeconds(1));
        string read = await owner.TokenAsync(owner.Sheet, vault.Ask(VaultMode.Read));
        string recovery = await owner.TokenAsync(owner.Sheet, null);
        (await bench.SendAsync(HttpMethod.Get, vault.Path + "data/" + Digest.Of([1]), token: read)).Is(HttpStatusCode.OK);
        (await bench.SendAsync(HttpMethod.Get, vault.SealedPath, token: recovery)).Is(HttpStatusCode.OK);
        (await bench.SendAsync(HttpMethod.Get, vault.SealedPath, token: read)).Is(HttpStatusCode.OK);
        (await vault.AddAsync(bench, [5], read, "locks")).Is(HttpStatusCode.OK);
        (await bench.SendAsync(HttpMethod.Delete, vault.Path + "locks/" + Digest.Of([5]), token: read)).Is(HttpStatusCode.OK);

        bench.Time.Advance(TimeSpan.FromSeconds(1));
        foreach (string path in (string[])["config", "data/", "data/" + Digest.Of([1])])
            (await bench.SendAsync(HttpMethod.Get, vault.Path + path, token: read)).Refuses(403, "suspended");
        (await bench.SendAsync(HttpMethod.Get, vault.SealedPath, token: recovery)).Refuses(403, "suspended");
        (await bench.SendAsync(HttpMethod.Get, vault.SealedPath, token: read)).Refuses(403, "suspended");
        (await vault.AddAsync(bench, [6], read, "locks")).Refuses(403, "suspended");
        (await bench.PostAsync("v1/tokens", await owner.SignProofAsync(owner.Sheet, vault.Ask(VaultMode.Read)))).Refuses(403, "suspended");

        // What `off` may need, and `off` itself; nothing was deleted, and nobody else notices.
        string late = await owner.TokenAsync(owner.Device, null);
        (await bench.SendAsync(HttpMethod.Get, $"v1/recovery/{owner.Account}/", token: late)).Is(HttpStatusCode.OK);
        await owner.TakeAsync(vault.SignRevocation());
        Assert.Equal(before, bench.Stored());
        (await theirs.AddAsync(bench, [2], await theirs.AddTokenAsync())).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task It_is_lifted_and_a_second_one_does_not_begin_anew()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        var vault = await OpenVault.FilledAsync(bench, owner);
        bench.AsOperator(server => server.Suspend(owner.Account.Text));
        bench.Time.Advance(TimeSpan.FromDays(29));
        bench.AsOperator(server => server.Suspend(owner.Account.Text));
        bench.Time.Advance(TimeSpan.FromDays(1));
        (await bench.PostAsync("v1/tokens", await owner.SignProofAsync(owner.Sheet, vault.Ask(VaultMode.Read)))).Refuses(403, "suspended");
        await bench.RestartAsync();
        Assert.Equal(bench.Now - 30 * 86400, Assert.Single(bench.AsOperator(server => server.Accounts())).Suspended?.ToUnixTimeSeconds());
        bench.AsOperator(server => server.Resume(owner.Account.Text));
        (await vault.AddAsync(bench, [2], await vault.AddTokenAsync())).Is(HttpStatusCode.OK);
        Assert.Null(Assert.Single(bench.AsOperator(server => server.Accounts())).Suspended);
    }

    [Fact]
    public async Task An_upload_that_runs_when_its_account_is_suspended_is_cut_within_a_second()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        var vault = await OpenVault.FilledAsync(bench, owner);
        string token = await vault.AddTokenAsync();
        using var upload = SlowCurl.Start(bench, HttpMethod.Post, vault.Path + "data/" + Digest.Of("x"u8), token, bytes: 5_000_000, bytesPerSecond: 100_000);
        await upload.RunsAsync(bench);
        bench.AsOperator(server => server.Suspend(owner.Account.Text));
        long suspended = Stopwatch.GetTimestamp();
        await upload.EndsAsync();
        Assert.InRange(Stopwatch.GetElapsedTime(suspended).TotalSeconds, 0, 1);
        Assert.DoesNotContain(bench.Stored().Keys, path => path.StartsWith("tmp/", StringComparison.Ordinal) || path.Contains("/data/", StringComparison.Ordinal));
        bench.AsOperator(server => server.Resume(owner.Account.Text));
        (await vault.AddAsync(bench, [2], token)).Is(HttpStatusCode.OK);
    }

    [Fact] // a reader's lock comes as slowly as its connection is, also while the server looks for what it has to cut
    public async Task A_lock_that_comes_slowly_is_not_cut_while_the_account_may_be_read()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        var vault = await OpenVault.FilledAsync(bench, owner);
        string read = await owner.TokenAsync(owner.Sheet, vault.Ask(VaultMode.Read));
        bench.AsOperator(server => server.Suspend(owner.Account.Text));
        byte[] held = [1, 2, 3, 4];
        using TcpClient caller = new();
        await caller.ConnectAsync(IPAddress.Loopback, bench.Server.Url.Port);
        var stream = caller.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST /{vault.Path}locks/{Digest.Of(held)} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {read}\r\nContent-Length: 4\r\n\r\n"));
        await stream.WriteAsync(held.AsMemory(0, 2));
        await Task.Delay(TimeSpan.FromSeconds(1)); // four looks
        await stream.WriteAsync(held.AsMemory(2));
        byte[] heard = new byte[4096];
        int length = await stream.ReadAsync(heard);
        Assert.StartsWith("HTTP/1.1 200 ", Encoding.ASCII.GetString(heard, 0, length), StringComparison.Ordinal);
    }

    [Theory] // only what names one account names it
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(-1)]
    public async Task Too_few_digits_or_other_characters_name_nobody(int length)
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        string named = length < 0 ? "%%%%%%%%" : owner.Account.Text[..length];
        Assert.Null(bench.AsOperator(server => server.Suspend(named)));
        Assert.Null(bench.AsOperator(server => server.SetQuota(new string('0', 64), 1)));
        Assert.Null(Assert.Single(bench.AsOperator(server => server.Accounts())).Suspended);
    }
}
