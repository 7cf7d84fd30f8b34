using System.Net;
using System.Security.Cryptography;
using Offproof.Consent;

namespace Offproof.Server.Tests;

/// <summary>protocol.md §11.4.</summary>
public sealed class QuotaTests
{
    [Fact]
    public async Task The_last_tenth_is_not_for_objects_and_its_second_half_is_the_sheets()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench, bench.AsOperator(server => server.Invite(100_000, 14)).Code);
        var vault = await OpenVault.FilledAsync(bench, owner);
        string device = await vault.AddTokenAsync();
        string sheet = await owner.TokenAsync(owner.Sheet, vault.Ask(VaultMode.Read));
        (await vault.AddAsync(bench, Fill(90_000), device)).Is(HttpStatusCode.OK);
        (await vault.AddAsync(bench, [1], device)).Refuses(507, "full");
        (await vault.AddAsync(bench, [1], device, "snapshots")).Refuses(507, "full");

        // A grant's sealed password is small, and what makes it a vault is not.
        var notes = await OpenVault.GrantAsync(owner, Category.Notes);
        string noting = await notes.AddTokenAsync();
        (await bench.SendAsync(HttpMethod.Put, notes.SealedPath, notes.Sealed, noting)).Is(HttpStatusCode.Created);
        (await bench.SendAsync(HttpMethod.Post, notes.Path + "config", notes.Config, noting)).Refuses(507, "full");

        // Whoever has the device fills what devices may fill; the sheet reads on, with its lock.
        (await vault.AddAsync(bench, Fill(95_000), device, "locks")).Is(HttpStatusCode.OK);
        (await vault.AddAsync(bench, [2], device, "locks")).Refuses(507, "full");
        (await vault.AddAsync(bench, Fill(100_000), sheet, "locks")).Is(HttpStatusCode.OK);
        (await vault.AddAsync(bench, [3], sheet, "locks")).Refuses(507, "full");
        Assert.Equal(100_000, bench.Stored().Values.Sum());

        byte[] Fill(int until) => RandomNumberGenerator.GetBytes(until - (int)bench.Stored().Values.Sum());
    }

    [Fact]
    public async Task The_operator_changes_a_quota_while_the_server_runs_and_the_servers_counts_for_who_has_none()
    {
        await using var bench = await Bench.StartAsync(quota: 10_000);
        using var owner = await Owner.OpenAsync(bench);
        using var invited = await Owner.OpenAsync(bench, bench.AsOperator(server => server.Invite(1_000_000, 14)).Code);
        var vault = await OpenVault.FilledAsync(bench, owner);
        var theirs = await OpenVault.FilledAsync(bench, invited);
        string token = await vault.AddTokenAsync();
        (await theirs.AddAsync(bench, RandomNumberGenerator.GetBytes(20_000), await theirs.AddTokenAsync())).Is(HttpStatusCode.OK);
        (await vault.AddAsync(bench, new byte[20_000], token)).Refuses(507, "full");
        bench.AsOperator(server => server.SetQuota(owner.Account.Text, 100_000));
        (await vault.AddAsync(bench, new byte[20_000], token)).Is(HttpStatusCode.OK);
        await bench.RestartAsync();
        (await vault.AddAsync(bench, new byte[30_000], token)).Is(HttpStatusCode.OK);
        var line = Assert.Single(bench.AsOperator(server => server.Accounts()), account => string.Equals(account.Account, owner.Account.Text, StringComparison.Ordinal));
        Assert.Equal((100_000L, 50_000L + vault.Config.Length + vault.KeyFile.Length + vault.Sealed.Length, 1), (line.QuotaBytes, line.Bytes, line.Devices));

        // Less than is stored: what is there stays and is read, nothing comes to it.
        bench.AsOperator(server => server.SetQuota(owner.Account.Text, 1));
        (await vault.AddAsync(bench, [1], token)).Refuses(507, "full");
        (await bench.SendAsync(HttpMethod.Get, vault.Path + "data/" + Digest.Of(new byte[20_000]), token: token)).Is(HttpStatusCode.OK);
        bench.AsOperator(server => server.SetQuota(owner.Account.Text, null));
        (await vault.AddAsync(bench, [1], token)).Refuses(507, "full");
    }

    [Theory]
    [InlineData(null, null, null)]
    [InlineData(0L, 0L, 0L)]
    [InlineData(9L, 9L, 9L)]
    [InlineData(100L, 90L, 95L)]
    [InlineData(long.MaxValue, 8_301_034_833_169_298_227L, 8_762_203_435_012_037_017L)]
    public void A_tenth_and_its_half(long? quota, long? objects, long? small)
    {
        Assert.Equal(objects, Quota.Bound(quota, Room.Objects));
        Assert.Equal(small, Quota.Bound(quota, Room.Small));
        Assert.Equal(quota, Quota.Bound(quota, Room.Sheet));
    }
}
