using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Offproof.Consent;

namespace Offproof.Server.Tests;

/// <summary>protocol.md §7.7 with clients that are not ours: an upload that runs is cut within a second after the receipt of the revocation.</summary>
public sealed class CutTests
{
    [Theory]
    [InlineData(true)] // after 100 Continue
    [InlineData(false)] // a client that does not ask
    public async Task A_slow_upload_of_curl(bool expect)
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        var vault = await OpenVault.FilledAsync(bench, owner);
        using var upload = SlowCurl.Start(bench, HttpMethod.Post, vault.Path + "data/" + Digest.Of("x"u8), await vault.AddTokenAsync(), bytes: 5_000_000, bytesPerSecond: 100_000, expect);
        await upload.RunsAsync(bench);
        await RevokeAsync(bench, owner, vault);
        long receipt = Stopwatch.GetTimestamp();
        int status = await upload.EndsAsync();
        Assert.InRange(Stopwatch.GetElapsedTime(receipt).TotalSeconds, 0, 1);
        // 100: it was told to go on, and nothing after that.
        Assert.True(status is 0 or 100 or 403, string.Create(CultureInfo.InvariantCulture, $"curl heard {status}"));
        Assert.DoesNotContain(bench.Stored().Keys, path => path.StartsWith("tmp/", StringComparison.Ordinal) || path.Contains("/data/", StringComparison.Ordinal));
    }

    [Theory] // few bytes and slow ones: curl would have sent all of them at once
    [InlineData("sealed", false)]
    [InlineData("sealed", true)]
    [InlineData("config", false)]
    [InlineData("locks", true)]
    public async Task A_slow_upload_of_something_small(string what, bool expect)
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        var vault = await OpenVault.GrantAsync(owner);
        string token = await vault.AddTokenAsync();
        if (what is not "sealed") (await bench.SendAsync(HttpMethod.Put, vault.SealedPath, vault.Sealed, token)).Is(HttpStatusCode.Created);
        var before = bench.Stored();
        string request = what switch
        {
            "sealed" => "PUT /" + vault.SealedPath,
            "config" => "POST /" + vault.Path + "config",
            _ => "POST /" + vault.Path + "locks/" + Digest.Of("x"u8),
        };
        using TcpClient caller = new();
        await caller.ConnectAsync(IPAddress.Loopback, bench.Server.Url.Port);
        var stream = caller.GetStream();
        string wait = expect ? "Expect: 100-continue\r\n" : "";
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"{request} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\nContent-Length: 12000\r\n{wait}\r\n"));
        byte[] heard = new byte[4096];
        if (expect)
        {
            int length = await stream.ReadAsync(heard);
            Assert.StartsWith("HTTP/1.1 100 ", Encoding.ASCII.GetString(heard, 0, length), StringComparison.Ordinal);
        }

        await stream.WriteAsync(new byte[500]);
        while (bench.Stored().Count == before.Count) await Task.Delay(5);
        await RevokeAsync(bench, owner, vault);
        long receipt = Stopwatch.GetTimestamp();
        StringBuilder answer = new();
        try
        {
            while (await stream.ReadAsync(heard) is > 0 and var length) answer.Append(Encoding.ASCII.GetString(heard, 0, length));
        }
        catch (IOException)
        {
            // The connection was reset: cut is cut.
        }

        Assert.InRange(Stopwatch.GetElapsedTime(receipt).TotalSeconds, 0, 1);
        if (answer.Length > 0) Assert.Contains("urn:offproof:problem:revoked", answer.ToString(), StringComparison.Ordinal);
        Assert.Equal(before, bench.Stored());
    }

    [Fact] // a token asked for and a body promised before, sent after
    public async Task A_body_that_begins_after_the_revocation_is_not_even_received()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        var vault = await OpenVault.FilledAsync(bench, owner);
        string token = await vault.AddTokenAsync();
        await RevokeAsync(bench, owner, vault);
        using TcpClient caller = new();
        await caller.ConnectAsync(IPAddress.Loopback, bench.Server.Url.Port);
        var stream = caller.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /{vault.Path}data/{Digest.Of("x"u8)} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\nContent-Length: 5000000\r\nExpect: 100-continue\r\n\r\n"));
        byte[] heard = new byte[4096];
        int length = await stream.ReadAsync(heard);
        Assert.StartsWith("HTTP/1.1 403 ", Encoding.ASCII.GetString(heard, 0, length), StringComparison.Ordinal);
    }

    static async Task RevokeAsync(Bench bench, Owner owner, OpenVault vault)
    {
        await owner.TakeAsync(vault.SignRevocation());
        Assert.Equal("kept", (await bench.SendAsync(HttpMethod.Get, $"v1/recovery/{owner.Account}/", token: await owner.TokenAsync(owner.Sheet, null))).Json.GetProperty("vaults")[0].GetProperty("state").GetString());
    }
}
