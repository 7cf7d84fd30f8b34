using Offproof.Consent;
using Offproof.Vault;

namespace Offproof.Device.Tests;

/// <summary>cli.md §4.3: dates are whatever the writer's clock said.</summary>
public sealed class SnapshotChoiceTests
{
    [Theory]
    [InlineData(new[] { 0, 70 * 365 }, 0, 1)] // of another century: passed over, and said
    [InlineData(new[] { 70 * 365, 60 * 365 }, 0, 0)] // all of the future: this clock is wrong, the newest counts
    [InlineData(new[] { -1, 0 }, 1, 0)]
    public async Task A_snapshot_of_the_future_does_not_hide_the_newest_of_today(int[] days, int chosen, int passedOver)
    {
        await using Rig rig = await Rig.ReadyAsync();
        using DeviceHome home = rig.Open();
        await home.TurnOnAsync(Category.Photos, CancellationToken.None);
        string[] ids = [await AddAsync(rig, days[0]), await AddAsync(rig, days[1])];

        RestoreReport report = await home.RestoreAsync(Category.Photos, new RestoreRequest(rig["out"]), null, CancellationToken.None);
        Assert.Equal(ids[chosen], report.Snapshot);
        Assert.Equal(passedOver, report.Remarks.Count);
        Assert.All(report.Remarks, remark => Assert.Contains($"{ids[1 - chosen][..8]} of 2", remark, StringComparison.Ordinal));
        Assert.Equal(ids[1 - chosen], (await home.RestoreAsync(Category.Photos, new RestoreRequest(rig["named"], ids[1 - chosen]), null, CancellationToken.None)).Snapshot);
    }

    /// <summary>Whoever has the password, with a clock of their own, straight into the server's folder.</summary>
    private static async Task<string> AddAsync(Rig rig, int days)
    {
        string vault = Path.GetDirectoryName(rig.Stored().Single(static f => Path.GetFileName(f) == "config"))!;
        using VaultPassword password = VaultPassword.FromFile(Path.Combine(rig.Home, "vaults", "photos", "password"));
        VaultOptions options = new() { Time = new Clock(TimeProvider.System.GetUtcNow().AddDays(days)) };
        await using Repository repository = await Repository.OpenAsync(new FolderStorage(vault), password, options);
        BackupItem item = new("/photos/a.jpg", BackupItemKind.File) { Length = 1, ModifiedAt = DateTimeOffset.UnixEpoch, Open = static () => new MemoryStream([1]) };
        return (await repository.BackupAsync([item], new BackupOptions { Roots = ["/photos"] })).SnapshotId;
    }

    private sealed class Clock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
