using Offproof.Consent;

namespace Offproof.Server.Tests;

/// <summary>protocol.md §7.7: who may no more, is cut while it uploads, within a second.</summary>
public sealed class CutOffTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_removed_devices_upload_is_cut(bool bySheet)
    {
        await using var bench = await Bench.StartAsync();
        using var first = await Owner.OpenAsync(bench);
        using var lost = await first.JoinAsync();
        var vault = await OpenVault.FilledAsync(bench, lost);
        var before = bench.Stored();
        using var upload = await RunningUpload.BeginAsync(bench, vault.Path + "data/" + Digest.Of("x"u8), await vault.AddTokenAsync());
        var removal = first.SignRemoval(lost.Device.Thumbprint, bySheet);
        await (bySheet ? first.TakeBySheetAsync(removal) : first.TakeAsync(removal));
        await upload.IsCutAsync(bench, 403);
        Assert.Equal(before, bench.Stored());
    }

    [Fact]
    public async Task The_sheets_erasure_cuts_what_is_being_added()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        var vault = await OpenVault.FilledAsync(bench, owner);
        using var upload = await RunningUpload.BeginAsync(bench, vault.Path + "data/" + Digest.Of("x"u8), await vault.AddTokenAsync());
        await owner.TakeBySheetAsync(owner.SignErasure(vault, bySheet: true));
        await upload.IsCutAsync(bench, 410);
        Assert.Empty(bench.Stored());
    }

    [Fact]
    public async Task A_devices_erasure_cuts_the_lock_that_a_sheet_is_setting()
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        var vault = await ErasureTests.KeptAsync(bench, owner);
        using var upload = await BeginLockAsync(bench, owner, vault);
        await owner.TakeAsync(owner.SignErasure(vault));
        await upload.IsCutAsync(bench, 410);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_sheet_that_is_the_accounts_no_more_is_cut_while_it_sets_a_lock(bool replaced)
    {
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        var vault = await ErasureTests.KeptAsync(bench, owner);
        var sheet = SigningKey.Generate();
        if (replaced)
        {
            await owner.TakeAsync(owner.SignReplacement(sheet));
            bench.Time.Advance(TimeSpan.FromDays(14) - TimeSpan.FromSeconds(30));
        }

        using var upload = await BeginLockAsync(bench, owner, vault);
        if (replaced) bench.Time.Advance(TimeSpan.FromMinutes(2));
        else await owner.TakeBySheetAsync(owner.SignRotation(sheet));
        await upload.IsCutAsync(bench, 403);
    }

    static async Task<RunningUpload> BeginLockAsync(Bench bench, Owner owner, OpenVault vault) => await RunningUpload.BeginAsync(
        bench, vault.Path + "locks/" + Digest.Of("x"u8), await owner.TokenAsync(owner.Sheet, vault.Ask(VaultMode.Read)), total: 60_000, atOnce: 100);
}
