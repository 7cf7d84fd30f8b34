using System.Globalization;
using Offproof.Consent;
using Offproof.Phone;

namespace Offproof.Device.Tests;

/// <summary>A category whose sources are read and written in the formats of phones, from a file to the vault and back.</summary>
public sealed class MessagesTests
{
    private static readonly DateTimeOffset Begin = new(2024, 6, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Messages_come_back_as_the_file_that_the_usual_app_imports()
    {
        await using Rig rig = await WithMessagesAsync(20);
        using DeviceHome home = rig.Open();
        BackupReport backup = await home.BackupAsync(Category.Messages, null, CancellationToken.None);
        Assert.Equal((20, 20, 0), (backup.Read, backup.Kept, backup.Skipped.Count));
        RestoreReport restored = await home.RestoreAsync(Category.Messages, new RestoreRequest(rig["out"]), null, CancellationToken.None);
        Assert.Equal((20, 1, 0), (restored.Entries, restored.Files, restored.Problems.Count));
        Assert.Equal("messages.xml", Path.GetFileName(Assert.Single(Directory.GetFileSystemEntries(rig["out/messages"]))));
        // What lay in between is gone.
        Assert.Equal("messages", Path.GetFileName(Assert.Single(Directory.GetFileSystemEntries(rig["out"]))));
    }

    [Fact]
    public async Task A_second_backup_reads_what_changed_without_changing_its_length()
    {
        // The same length and the same time of the newest message: only reading it again tells.
        await using Rig rig = await WithMessagesAsync(3);
        using DeviceHome home = rig.Open();
        await home.BackupAsync(Category.Messages, null, CancellationToken.None);
        string file = rig["messages.xml"];
        await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(file)).Replace("word 1 of", "WORD 1 of", StringComparison.Ordinal));
        await home.BackupAsync(Category.Messages, null, CancellationToken.None);
        await home.RestoreAsync(Category.Messages, new RestoreRequest(rig["out"]), null, CancellationToken.None);
        Assert.Contains("WORD 1 of", await File.ReadAllTextAsync(rig["out/messages/messages.xml"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_one_new_message_less_than_64_KiB_are_stored()
    {
        await using Rig rig = await WithMessagesAsync(5000);
        using DeviceHome home = rig.Open();
        await home.BackupAsync(Category.Messages, null, CancellationToken.None);
        Write(rig["messages.xml"], 5001);
        BackupReport second = await home.BackupAsync(Category.Messages, null, CancellationToken.None);
        Assert.Equal(5001, second.Kept);
        Assert.InRange(second.StoredBytes, 1, 65_535);
    }

    [Fact]
    public async Task A_source_that_shrank_by_more_than_half_raises_an_alarm_and_still_adds_a_snapshot()
    {
        await using Rig rig = await WithMessagesAsync(20);
        using DeviceHome home = rig.Open();
        Assert.Empty((await home.BackupAsync(Category.Messages, null, CancellationToken.None)).Alarms);

        Write(rig["messages.xml"], 10);
        Assert.Empty((await home.BackupAsync(Category.Messages, null, CancellationToken.None)).Alarms);
        Write(rig["messages.xml"], 4);
        Alarm raised = Assert.Single((await home.BackupAsync(Category.Messages, null, CancellationToken.None)).Alarms);
        Assert.Equal((rig["messages.xml"], 10, 4), (raised.Source, raised.Before, raised.Now));
        Assert.Equal(3, (await home.SnapshotsAsync(Category.Messages, CancellationToken.None)).Snapshots.Count);
        Assert.Equal(raised, Assert.Single(Messages(home).Alarms));

        // The alarm stays through further backups, against what there was when it was raised, and ends when half of that is back.
        Assert.Equal(raised, Assert.Single((await home.BackupAsync(Category.Messages, null, CancellationToken.None)).Alarms));
        Write(rig["messages.xml"], 5);
        Assert.Empty((await home.BackupAsync(Category.Messages, null, CancellationToken.None)).Alarms);
        Assert.Empty(Messages(home).Alarms);
    }

    [Fact]
    public void An_alarm_is_over_after_30_days_and_what_is_there_then_is_what_the_next_backup_is_held_against()
    {
        Source source = new("messages", "sms", "/phone/sms");
        DateTimeOffset raised = Begin + TimeSpan.FromDays(30);
        IReadOnlyList<SourceCount> counts = Shrinking.Compare([new SourceCount("sms", 100)], [source], [49], Begin);
        Assert.Equal([new Alarm("/phone/sms", 100, 49, Begin)], Shrinking.Alarms(counts, [source], raised - TimeSpan.FromSeconds(1)));
        Assert.Empty(Shrinking.Alarms(counts, [source], raised));
        Assert.Empty(Shrinking.Alarms(Shrinking.Compare(counts, [source], [25], raised), [source], raised));
        Assert.Equal([new Alarm("/phone/sms", 49, 24, raised)], Shrinking.Alarms(Shrinking.Compare(counts, [source], [24], raised), [source], raised));
    }

    [Fact]
    public async Task Conditions_that_choose_nothing_write_nothing()
    {
        await using Rig rig = await WithMessagesAsync(3);
        using DeviceHome home = rig.Open();
        await home.BackupAsync(Category.Messages, null, CancellationToken.None);
        RestoreRequest nobody = new(rig["out"], Selection: new Selection { Contact = "+447700900999" });
        DeviceException refused = await Assert.ThrowsAsync<DeviceException>(() => home.RestoreAsync(Category.Messages, nobody, null, CancellationToken.None));
        Assert.Equal(DeviceFault.Failure, refused.Fault);
        Assert.Empty(Directory.GetFileSystemEntries(rig["out"]));
    }

    private static CategoryStatus Messages(DeviceHome home) => home.Status().Categories.Single(static c => c.Category == "messages");

    private static async Task<Rig> WithMessagesAsync(int count)
    {
        Rig rig = await Rig.ReadyAsync();
        Write(rig["messages.xml"], count);
        using DeviceHome home = rig.Open();
        home.AddSource(Category.Messages, rig["messages.xml"]);
        await home.TurnOnAsync(Category.Messages, CancellationToken.None);
        return rig;
    }

    private static void Write(string file, int count)
    {
        using StreamWriter xml = new(file);
        xml.Write(string.Create(CultureInfo.InvariantCulture, $"<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>\n<smses count=\"{count}\">\n"));
        for (int i = 0; i < count; i++)
        {
            long date = Begin.ToUnixTimeMilliseconds() + (i * 3_600_000L);
            xml.Write(string.Create(CultureInfo.InvariantCulture,
                $"  <sms protocol=\"0\" address=\"+447700900{i % 60:D3}\" date=\"{date}\" type=\"{1 + (i % 2)}\" body=\"word {i} of many\" read=\"1\" status=\"-1\" />\n"));
        }
        xml.Write("</smses>\n");
    }

    [Theory] // the folder that an export is made from is gone when its report is read
    [InlineData("Access to the path '{0}/messages/aa/parts/x' is denied.", "Access to the path 'messages/aa/parts/x' is denied."), InlineData("another file is already there", "another file is already there")]
    public void A_problem_of_an_export_names_the_file_of_the_vault(string reason, string said)
    {
        string relative = Path.Combine("out", ".offproof-restore-01234567");
        foreach (string staging in (string[])[relative, Path.GetFullPath(relative)])
            Assert.Equal(said, VaultRestore.WithoutPlace(reason.Replace("{0}", staging, StringComparison.Ordinal), relative));
    }
}
