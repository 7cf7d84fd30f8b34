using CsCheck;
using Columns = System.Collections.Generic.SortedDictionary<string, string>;

namespace Offproof.Phone.Tests.Messages;

/// <summary>docs/messages.md §4 over generated messages: what was written reads as what it was, as far as the format can hold it; and where it cannot, that is said.</summary>
public sealed class RoundTripTests
{
    // Versions that are written as one have tests of their own.
    static readonly Gen<List<SampleMessage>> Some = SampleMessage.Any.List[1, 6].Where(messages => messages.Select(Expected.WithoutDerived).Distinct(StringComparer.Ordinal).Count() == messages.Count);

    [Fact]
    public void An_XML_reads_as_what_it_holds() => Some.Sample(messages =>
    {
        using Import import = Read(Sources.Xml(messages));
        Complete(import, messages);
        Same(messages.Select(Expected.WithoutNull), Sources.OfTree(import));
    }, iter: 1500, threads: 1);

    [Fact]
    public void A_ZIP_reads_as_what_it_holds() => Some.Sample(messages =>
    {
        messages = [.. messages.Select(Expected.OfZip)];
        using Import import = Read(Sources.Zip(messages));
        Complete(import, messages);
        Same(messages, Sources.OfTree(import).Select(Expected.WithoutPaths));
    }, iter: 1500, threads: 1);

    [Fact]
    public void A_tree_written_as_XML_and_read_again_is_the_same() => Some.Sample(messages =>
    {
        using TempFolder folder = new();
        using Import first = Stored(Read(Sources.Xml(messages)), folder["tree"]);
        using Import second = Exported(folder, "tree", MessageFormat.SmsBackupRestoreXml, out ExportReport report);
        List<SampleMessage> before = Sources.OfTree(first);
        Same(before.Select(Expected.AsXml), Sources.OfTree(second));
        // Silence is a promise that nothing is missing.
        if (report.Notices.Count == 0) Same(before.Select(Expected.WithAddress), Sources.OfTree(second));
    }, iter: 300, threads: 1);

    [Fact]
    public void A_tree_written_as_ZIP_and_read_again_is_the_same() => Some.Sample(messages =>
    {
        using TempFolder folder = new();
        using Import first = Stored(Read(Sources.Xml(messages)), folder["tree"]);
        using Import second = Exported(folder, "tree", MessageFormat.SmsImportExportZip, out ExportReport report);
        Same(Sources.OfTree(first).Select(Expected.AsZip), Sources.OfTree(second).Select(Expected.WithoutPaths));
        Assert.Equal(Sources.OfTree(first).Any(Expected.SaysSomething), report.Notices.Any(notice => !notice.Contains("versions that differ; every", StringComparison.Ordinal)));
    }, iter: 300, threads: 1);

    [Fact]
    public void From_XML_to_ZIP_to_XML_keeps_what_both_can_hold() => Some.Sample(messages =>
    {
        using TempFolder folder = new();
        using Import first = Stored(Read(Sources.Xml(messages)), folder["1"]);
        using Import second = Stored(Exported(folder, "1", MessageFormat.SmsImportExportZip, out _), folder["2"]);
        using Import third = Exported(folder, "2", MessageFormat.SmsBackupRestoreXml, out _);
        Same(Sources.OfTree(first).Select(Expected.AsZip).Select(Expected.AsXml), Sources.OfTree(third));
    }, iter: 300, threads: 1);

    /// <summary>The comparison itself can fail: each way in which a message can be less than it was is a difference.</summary>
    [Fact]
    public void A_message_that_lost_anything_is_not_the_same()
    {
        Columns part = new(StringComparer.Ordinal) { ["ct"] = "image/png" };
        SampleMessage whole = new(true, new(StringComparer.Ordinal) { ["address"] = "a~b", ["body"] = "\U0001F600" }, [new(StringComparer.Ordinal) { ["address"] = "a" }], [(part, [1]), (part, [2])]);
        SampleMessage[] less =
        [
            whole with { IsMms = false }, whole with { Addresses = [] }, whole with { Parts = [whole.Parts[0]] }, whole with { Parts = [whole.Parts[1], whole.Parts[0]] }, whole with { Parts = [(part, [1]), (part, null)] },
            whole with { Columns = new(StringComparer.Ordinal) { ["address"] = "a", ["body"] = "\U0001F600" } }, whole with { Columns = new(StringComparer.Ordinal) { ["address"] = "a~b", ["body"] = "\ud83d" } },
        ];
        Assert.All(less, message => Assert.NotEqual(whole.Show(), message.Show()));
    }

    static Import Read(byte[] file) => MessageImport.Read(new SourceFile("source", () => new MemoryStream(file)), null);

    static Import Stored(Import import, string folder)
    {
        Trees.Store(import, folder);
        return import;
    }

    static Import Exported(TempFolder folder, string tree, MessageFormat format, out ExportReport report)
    {
        report = Trees.Write(folder[tree], folder["out-" + tree], format);
        Assert.Empty(report.Problems);
        Import import = Trees.Read(folder["out-" + tree + "/" + report.Files.Single()]);
        Assert.Equal((report.Entries, 0), (import.Report.Kept, import.Report.Skipped.Count));
        return import;
    }

    static void Complete(Import import, List<SampleMessage> messages)
    {
        Trees.Balances(import);
        Assert.Equal((messages.Count, 0), (import.Report.Kept, import.Report.Skipped.Count));
        Assert.DoesNotContain(import.Report.Notices, notice => !notice.Contains("equal in every column", StringComparison.Ordinal) && !notice.Contains("in versions", StringComparison.Ordinal));
    }

    // Equal messages are one in a tree.
    static void Same(IEnumerable<SampleMessage> expected, IEnumerable<SampleMessage> actual) =>
        Assert.Equal(expected.Select(message => message.Show()).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal), actual.Select(message => message.Show()).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
}
