using Offproof.Consent;

namespace Offproof.Device.Tests.Drilling;

/// <summary>`drill` against a real server: what it must find, what it must explain, and what stays behind (nothing).</summary>
public sealed class DrillTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task What_comes_back_is_compared_with_the_source_and_remembered()
    {
        await using Rig rig = await BackedUpAsync();
        using DeviceHome home = rig.Open();
        DrillReport here = await home.DrillAsync(Category.Photos, null, everything: false, null, None);
        Assert.Equal((true, 2, 2, 2, null), (here.Passed, here.FilesInSnapshot, here.Files, here.Equal, here.NotCompared));
        Assert.Equal((1, null), (Line(home).LastProven!.Here!.Epoch, Line(home).LastProven!.Sheet));
        using Sheet sheet = Sheet.Read(rig.Sheet);
        DrillReport proven = await home.DrillAsync(Category.Photos, sheet, everything: true, null, None);
        Assert.Equal((true, true, 2), (proven.Passed, proven.BySheet, proven.Equal));
        Assert.Equal((here.Snapshot, 2), (Line(home).LastProven!.Sheet!.Snapshot, Line(home).LastProven!.Sheet!.Compared));
        AssertNothingIsLeft(rig);
    }

    [Fact]
    public async Task What_changed_at_the_source_since_is_explained()
    {
        await using Rig rig = await BackedUpAsync();
        await File.WriteAllTextAsync(Path.Combine(rig.Phone, "IMG_0001.jpg"), "another picture");
        File.Delete(Path.Combine(rig.Phone, "IMG_0002.jpg"));
        await File.WriteAllTextAsync(Path.Combine(rig.Phone, "IMG_0003.jpg"), "new");
        File.SetLastWriteTimeUtc(Path.Combine(rig.Phone, "IMG_0003.jpg"), new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc)); // copied with its own time
        using DeviceHome home = rig.Open();
        DrillReport report = await home.DrillAsync(Category.Photos, null, everything: true, null, None);
        Assert.Equal((true, 0), (report.Passed, report.Equal));
        Assert.Equal(["/photos/photos/IMG_0001.jpg", "/photos/photos/IMG_0002.jpg", "/photos/photos/IMG_0003.jpg"], report.Changed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_differs_though_the_source_did_not_change_is_a_failure_and_proves_nothing()
    {
        await using Rig rig = await BackedUpAsync();
        string photo = Path.Combine(rig.Phone, "IMG_0002.jpg");
        DateTime before = File.GetLastWriteTimeUtc(photo);
        await File.WriteAllBytesAsync(photo, [1, 2, 4]);
        File.SetLastWriteTimeUtc(photo, before);
        using DeviceHome home = rig.Open();
        DrillReport report = await home.DrillAsync(Category.Photos, null, everything: true, null, None);
        Assert.Equal((false, "/photos/photos/IMG_0002.jpg"), (report.Passed, Assert.Single(report.Different)));
        Assert.Null(Line(home).LastProven);
        AssertNothingIsLeft(rig);
    }

    [Fact]
    public async Task What_the_source_held_at_the_backup_and_the_snapshot_lacks_is_a_failure()
    {
        await using Rig rig = await BackedUpAsync();
        await File.WriteAllTextAsync(Path.Combine(rig.Phone, "IMG_0003.jpg"), "forgotten");
        // As if it had been there before the backup began.
        string last = Path.Combine(rig.Home, "vaults", "photos", "last.json");
        string later = TimeProvider.System.GetUtcNow().AddMinutes(1).ToString("O", System.Globalization.CultureInfo.InvariantCulture);
        await File.WriteAllTextAsync(last, System.Text.RegularExpressions.Regex.Replace(await File.ReadAllTextAsync(last), "\"begun\": \"[^\"]*\"", $"\"begun\": \"{later}\"", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)));
        using DeviceHome home = rig.Open();
        DrillReport report = await home.DrillAsync(Category.Photos, null, everything: false, null, None);
        Assert.Equal((false, "/photos/photos/IMG_0003.jpg"), (report.Passed, Assert.Single(report.Missing)));
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task Damage_at_the_server_is_found(bool bySheet)
    {
        await using Rig rig = await BackedUpAsync();
        foreach (string pack in rig.Stored().Where(static f => f.Contains("/data/", StringComparison.Ordinal)))
        {
            byte[] bytes = await File.ReadAllBytesAsync(pack);
            bytes[10] ^= 1; // in the first blob
            await File.WriteAllBytesAsync(pack, bytes);
        }
        using DeviceHome home = rig.Open();
        using Sheet? sheet = bySheet ? Sheet.Read(rig.Sheet) : null;
        DrillReport report = await home.DrillAsync(Category.Photos, sheet, everything: true, null, None);
        Assert.False(report.Passed);
        Assert.NotEmpty(report.Damaged);
        Assert.Null(Line(home).LastProven);
        AssertNothingIsLeft(rig);
    }

    [Fact]
    public async Task Contacts_are_compared_with_what_an_import_makes_of_the_source_now()
    {
        await using Rig rig = await Rig.ReadyAsync();
        string cards = rig["cards.vcf"];
        await File.WriteAllTextAsync(cards, Card("Ada", "+44 7700 900001") + Card("Bob", "+44 7700 900002"));
        using DeviceHome home = rig.Open();
        home.AddSource(Category.Contacts, cards);
        await home.TurnOnAsync(Category.Contacts, None);
        await home.BackupAsync(Category.Contacts, null, None);
        Assert.Equal((true, 2), (await DrillAsync() is { } same ? (same.Passed, same.Equal) : default));

        DateTime before = File.GetLastWriteTimeUtc(cards);
        await File.WriteAllTextAsync(cards, Card("Ada", "+44 7700 900009") + Card("Bob", "+44 7700 900002"));
        DrillReport explained = await DrillAsync();
        Assert.Equal((true, 1), (explained.Passed, explained.Equal));
        Assert.NotEmpty(explained.Changed);
        File.SetLastWriteTimeUtc(cards, before);
        DrillReport report = await DrillAsync();
        Assert.Equal((false, 1), (report.Passed, report.Equal));
        Assert.NotEmpty(report.Different.Concat(report.Missing));

        Task<DrillReport> DrillAsync() => home.DrillAsync(Category.Contacts, null, everything: true, null, None);
    }

    [Fact]
    public async Task Sources_of_a_category_that_is_not_on_are_not_read()
    {
        await using Rig rig = await BackedUpAsync();
        using DeviceHome home = rig.Open();
        home.Pause(Category.Photos);
        await File.WriteAllBytesAsync(Path.Combine(rig.Phone, "IMG_0002.jpg"), [9]);
        DrillReport paused = await home.DrillAsync(Category.Photos, null, everything: true, null, None);
        Assert.Equal((true, 2, 0, "photos is not on, so its sources are not read"), (paused.Passed, paused.Files, paused.Equal, paused.NotCompared));
        await home.TurnOffAsync(Category.Photos, None);
        Assert.Empty(home.Drillable(withSheet: false));
        Assert.Equal([Category.Photos], home.Drillable(withSheet: true));
        Assert.Equal(DeviceFault.Refused, (await Assert.ThrowsAsync<DeviceException>(() => home.DrillAsync(Category.Photos, null, true, null, None))).Fault);
        using Sheet sheet = Sheet.Read(rig.Sheet);
        DrillReport kept = await home.DrillAsync(Category.Photos, sheet, everything: true, null, None);
        Assert.Equal((true, 2, 0), (kept.Passed, kept.Files, kept.Equal));
        Assert.Equal(0, Line(home).LastProven!.Sheet!.Compared);
        AssertNothingIsLeft(rig);
    }

    [Fact]
    public async Task A_source_that_is_gone_is_said()
    {
        await using Rig rig = await BackedUpAsync();
        Directory.Delete(rig.Phone, recursive: true);
        using DeviceHome home = rig.Open();
        DrillReport report = await home.DrillAsync(Category.Photos, null, everything: true, null, None);
        Assert.Equal((true, 2, $"the source {rig.Phone} is not there"), (report.Passed, report.Files, report.NotCompared));
    }

    [Fact]
    public async Task An_interrupted_drill_and_a_killed_one_leave_nothing()
    {
        await using Rig rig = await BackedUpAsync();
        using (DeviceHome home = rig.Open())
        {
            using CancellationTokenSource stop = new();
            Stopping progress = new(stop);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => home.DrillAsync(Category.Photos, null, everything: true, progress, stop.Token));
            AssertNothingIsLeft(rig);
        }
        string left = Path.Combine(rig.Home, ".drill-0");
        Directory.CreateDirectory(left);
        await File.WriteAllTextAsync(Path.Combine(left, "photo"), "plain");
        using (new FileStream(Path.Combine(rig.Home, ".drill"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None))
        using (rig.Open())
        {
            Assert.True(Directory.Exists(left)); // of one that is running
        }
        using (rig.Open()) AssertNothingIsLeft(rig);
    }

    [Fact]
    public async Task Off_while_it_reads_stops_it()
    {
        await using Rig rig = await BackedUpAsync();
        using DeviceHome home = rig.Open();
        using DeviceHome other = rig.Open();
        Waiting progress = new(() => other.TurnOffAsync(Category.Photos, None));
        DeviceException e = await Assert.ThrowsAsync<DeviceException>(() => home.DrillAsync(Category.Photos, null, everything: true, progress, None));
        Assert.Equal(DeviceFault.Refused, e.Fault);
        AssertNothingIsLeft(rig);
    }

    [Fact]
    public async Task Another_accounts_sheet_is_refused()
    {
        await using Rig rig = await BackedUpAsync();
        await using Rig stranger = await Rig.StartAsync();
        using DeviceHome home = rig.Open();
        using Sheet sheet = Sheet.Read(stranger.Sheet);
        Assert.Equal(DeviceFault.WrongSheet, (await Assert.ThrowsAsync<DeviceException>(() => home.DrillAsync(Category.Photos, sheet, true, null, None))).Fault);
    }

    [Fact]
    public async Task A_sample_is_twenty_files_and_the_newest()
    {
        await using Rig rig = await Rig.ReadyAsync();
        for (int i = 0; i < 100; i++) await File.WriteAllBytesAsync(Path.Combine(rig.Phone, $"P{i:d3}.jpg"), [(byte)i, 7]);
        File.SetLastWriteTimeUtc(Path.Combine(rig.Phone, "P050.jpg"), TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(5));
        using DeviceHome home = rig.Open();
        await home.TurnOnAsync(Category.Photos, None);
        await home.BackupAsync(Category.Photos, null, None);
        DrillReport report = await home.DrillAsync(Category.Photos, null, everything: false, null, None);
        Assert.Equal((true, 102, 21, 21), (report.Passed, report.FilesInSnapshot, report.Files, report.Equal));
    }

    private static async Task<Rig> BackedUpAsync()
    {
        Rig rig = await Rig.ReadyAsync();
        using DeviceHome home = rig.Open();
        await home.TurnOnAsync(Category.Photos, None);
        await home.BackupAsync(Category.Photos, null, None);
        return rig;
    }

    private static CategoryStatus Line(DeviceHome home) => home.Status().Categories[3];

    private static void AssertNothingIsLeft(Rig rig) => Assert.Empty(Directory.GetDirectories(rig.Home, ".drill*"));

    private static string Card(string name, string number) => $"BEGIN:VCARD\r\nVERSION:3.0\r\nUID:{name}\r\nFN:{name}\r\nN:;{name};;;\r\nTEL:{number}\r\nEND:VCARD\r\n";

    private sealed class Stopping(CancellationTokenSource stop) : IProgress<Offproof.Vault.RestoreProgress>
    {
        public void Report(Offproof.Vault.RestoreProgress value) => stop.Cancel();
    }

    private sealed class Waiting(Func<Task> work) : IProgress<Offproof.Vault.RestoreProgress>
    {
        private int begun;

        public void Report(Offproof.Vault.RestoreProgress value)
        {
            if (Interlocked.Exchange(ref begun, 1) != 0) return;
            _ = work();
            Thread.Sleep(1500);
        }
    }
}
