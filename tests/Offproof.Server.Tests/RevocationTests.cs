using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.Time.Testing;
using Offproof.Consent;

namespace Offproof.Server.Tests;

/// <summary>README: "off means off, also at the server": protocol.md §7.7.</summary>
public sealed class RevocationTests
{
    [Fact]
    public async Task After_the_revocation_the_device_can_do_nothing_and_the_sheet_can_read()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        var vault = await OpenVault.FilledAsync(bench, owner);
        string add = await vault.AddTokenAsync();
        string read = await owner.TokenAsync(owner.Device, vault.Ask(VaultMode.Read));
        string sheet = await owner.TokenAsync(owner.Sheet, vault.Ask(VaultMode.Read));
        await owner.TakeAsync(vault.SignRevocation());
        var before = bench.Stored();
        foreach (string token in (string[])[add, read])
        {
            (await bench.SendAsync(HttpMethod.Get, vault.Path + "config", token: token)).Refuses(403, "revoked");
            (await bench.SendAsync(HttpMethod.Get, vault.Path + "data/", token: token)).Refuses(403, "revoked");
            (await vault.AddAsync(bench, [1], token)).Refuses(403, "revoked");
            (await vault.AddAsync(bench, [1], token, "locks")).Refuses(403, "revoked");
            (await bench.SendAsync(HttpMethod.Post, vault.Path + "?create=true", [], token)).Refuses(403, "revoked");
            (await bench.SendAsync(HttpMethod.Put, vault.SealedPath, vault.Sealed, token)).Refuses(403, "revoked");
        }

        Assert.Equal(before, bench.Stored());
        (await bench.PostAsync("v1/tokens", await owner.SignProofAsync(owner.Device, vault.Ask(VaultMode.Add)))).Refuses(403, "revoked");
        (await bench.PostAsync("v1/tokens", await owner.SignProofAsync(owner.Device, vault.Ask(VaultMode.Read)))).Refuses(403, "revoked");
        foreach (string token in (string[])[sheet, await owner.TokenAsync(owner.Sheet, vault.Ask(VaultMode.Read))])
        {
            Assert.Equal(vault.Config, (await bench.SendAsync(HttpMethod.Get, vault.Path + "config", token: token)).Is(HttpStatusCode.OK).Body);
            (await vault.AddAsync(bench, [5], token, "locks")).Is(HttpStatusCode.OK);
            (await bench.SendAsync(HttpMethod.Delete, vault.Path + "locks/" + Digest.Of([5]), token: token)).Is(HttpStatusCode.OK);
            (await vault.AddAsync(bench, [5], token)).Refuses(403, "read-only");
        }
    }

    [Fact]
    public async Task The_next_epoch_is_another_vault()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        var first = await OpenVault.FilledAsync(bench, owner);
        string old = await first.AddTokenAsync();
        await owner.TakeAsync(first.SignRevocation());
        var second = await OpenVault.FilledAsync(bench, owner, epoch: 2);
        string token = await second.AddTokenAsync();
        (await second.AddAsync(bench, [1], token)).Is(HttpStatusCode.OK);
        (await first.AddAsync(bench, [1], token)).Refuses(403, "not-accepted");
        (await second.AddAsync(bench, [2], old)).Refuses(403, "not-accepted");
        (await first.AddAsync(bench, [1], old)).Refuses(403, "revoked");
    }

    [Fact]
    public async Task Nothing_becomes_visible_after_the_receipt_while_many_upload()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        for (int epoch = 1; epoch <= 5; epoch++)
        {
            var vault = await OpenVault.FilledAsync(bench, owner, epoch: epoch);
            string token = await vault.AddTokenAsync();
            int accepted = 0;
            int refused = 0;
            using CancellationTokenSource enough = new();
            var uploads = Enumerable.Range(0, 6).Select(_ => Task.Run(async () =>
            {
                while (!enough.IsCancellationRequested)
                {
                    var answer = await TryAddAsync(vault, token, RandomNumberGenerator.GetBytes(20_000));
                    if (answer is { Status: HttpStatusCode.OK }) Interlocked.Increment(ref accepted);
                    else Interlocked.Increment(ref refused);
                }
            })).ToArray();
            while (Volatile.Read(ref accepted) < 5) await Task.Delay(5);
            await owner.TakeAsync(vault.SignRevocation());
            var atReceipt = bench.Published();
            int acceptedAtReceipt = Volatile.Read(ref accepted);
            while (Volatile.Read(ref refused) < 20) await Task.Delay(5);
            await enough.CancelAsync();
            await Task.WhenAll(uploads);
            Assert.Equal(atReceipt, bench.Stored());
            // The answer to one that was published in time may come after the receipt: at most one for each caller.
            Assert.InRange(accepted, acceptedAtReceipt, acceptedAtReceipt + 6);
        }

        async Task<Answer?> TryAddAsync(OpenVault vault, string token, byte[] bytes)
        {
            try
            {
                return await vault.AddAsync(bench, bytes, token);
            }
            catch (HttpRequestException)
            {
                return null; // the connection was cut
            }
        }
    }

    [Fact]
    public async Task A_slow_upload_that_is_running_is_cut_within_a_second()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        var vault = await OpenVault.FilledAsync(bench, owner);
        string token = await vault.AddTokenAsync();
        using var upload = await RunningUpload.BeginAsync(bench, vault.Path + "data/" + Digest.Of("x"u8), token);
        await owner.TakeAsync(vault.SignRevocation());
        await upload.IsCutAsync(bench, 403);
        Assert.DoesNotContain(bench.Stored().Keys, path => path.Contains("/data/", StringComparison.Ordinal));
    }

    // The revocation is looked at, its grant being unknown; then the grant is taken and an upload finds the vault open; then the revocation goes on.
    [Fact]
    public async Task A_revocation_that_overtakes_its_own_grant_leaves_no_vault_open()
    {
        using StoppingClock clock = new();
        await using var bench = await Bench.StartAsync(clock: clock);
        using var owner = await Owner.OpenAsync(bench);
        byte[] sealedPassword = [1], config = [2], key = [3];
        VaultHashes hashes = new(Digest.Of(config), Digest.Of(key), Digest.Of(sealedPassword));
        var grant = owner.SignGrant(hashes);
        var revocation = owner.SignRevocation(grant.Hash, change: r => r with { Seq = 2, Prev = grant.Hash });
        string place = $"{owner.Account}/{owner.Device.Thumbprint}/photos/1";

        clock.StopNext(typeof(Intake)); // between looking for the vault and the transaction, when it asks at what time the record came
        var revoking = bench.PostAsync("v1/records", revocation);
        await clock.StoppedAsync();
        await owner.TakeAsync(grant);
        string token = await owner.TokenAsync(owner.Device, new(owner.Device.Thumbprint, Category.Photos, Epoch.First, VaultMode.Add));
        (await bench.SendAsync(HttpMethod.Put, "v1/recovery/" + place, sealedPassword, token)).Is(HttpStatusCode.Created);
        clock.GoOn();
        if ((await revoking).Status != HttpStatusCode.Created) (await bench.PostAsync("v1/records", revocation)).Is(HttpStatusCode.Created);

        var before = bench.Stored();
        (await bench.SendAsync(HttpMethod.Post, $"v1/vaults/{place}/config", config, token)).Refuses(403, "revoked");
        (await bench.SendAsync(HttpMethod.Post, $"v1/vaults/{place}/data/{Digest.Of("x"u8)}", [(byte)'x'], token)).Refuses(403, "revoked");
        Assert.Equal(before, bench.Stored());
    }

    // Stops the next request in which somebody asks for the time.
    sealed class StoppingClock() : FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1_767_225_600)), IDisposable
    {
        readonly SemaphoreSlim stopped = new(0);
        readonly SemaphoreSlim goOn = new(0);
        Type? somebody;

        internal void StopNext(Type asks) => Volatile.Write(ref somebody, asks);

        internal async Task StoppedAsync() => Assert.True(await stopped.WaitAsync(TimeSpan.FromSeconds(20)));

        internal void GoOn() => goOn.Release();

        public override DateTimeOffset GetUtcNow()
        {
            if (Volatile.Read(ref somebody) is { } who && new StackTrace().GetFrames().Any(frame => frame.GetMethod()?.DeclaringType == who) && Interlocked.Exchange(ref somebody, null) == who)
            {
                stopped.Release();
                Assert.True(goOn.Wait(TimeSpan.FromSeconds(20)));
            }

            return base.GetUtcNow();
        }

        public void Dispose()
        {
            stopped.Dispose();
            goOn.Dispose();
        }
    }
}
