using System.Globalization;
using CsCheck;
using Columns = System.Collections.Generic.SortedDictionary<string, string>;

namespace Offproof.Phone.Tests.Messages;

/// <summary>docs/messages.md §4 over generated messages: what was written reads as what it was, as far as the format can hold it; and where it cannot, that is said.</summary>
public sealed class RoundTripTests
{
    static readonly Gen<List<SampleMessage>> Some = SampleMessage.Any.List[1, 6];

    [Fact]
    public void An_XML_reads_as_what_it_holds() => Some.Sample(messages =>
    {
        using Import import = Read(Sources.Xml(messages));
        Complete(import, messages);
        Same(messages.Select(WithoutNull), Sources.OfTree(import));
    }, iter: 1500, threads: 1);

    [Fact]
    public void A_ZIP_reads_as_what_it_holds() => Some.Sample(messages =>
    {
        messages = [.. messages.Select(OfZip)];
        using Import import = Read(Sources.Zip(messages));
        Complete(import, messages);
        Same(messages, Sources.OfTree(import).Select(WithoutPaths));
    }, iter: 1500, threads: 1);

    [Fact]
    public void A_tree_written_as_XML_and_read_again_is_the_same() => Some.Sample(messages =>
    {
        using TempFolder folder = new();
        using Import first = Stored(Read(Sources.Xml(messages)), folder["tree"]);
        using Import second = Exported(folder, "tree", MessageFormat.SmsBackupRestoreXml, out ExportReport report);
        List<SampleMessage> before = Sources.OfTree(first);
        Same(before.Select(AsXml), Sources.OfTree(second));
        // Silence is a promise that nothing is missing.
        if (report.Notices.Count == 0) Same(before.Select(WithAddress), Sources.OfTree(second));
    }, iter: 300, threads: 1);

    [Fact]
    public void A_tree_written_as_ZIP_and_read_again_is_the_same() => Some.Sample(messages =>
    {
        using TempFolder folder = new();
        using Import first = Stored(Read(Sources.Xml(messages)), folder["tree"]);
        using Import second = Exported(folder, "tree", MessageFormat.SmsImportExportZip, out ExportReport report);
        Same(Sources.OfTree(first).Select(AsZip), Sources.OfTree(second).Select(WithoutPaths));
        Assert.Equal(Sources.OfTree(first).Any(SaysSomething), report.Notices.Count > 0);
    }, iter: 300, threads: 1);

    [Fact]
    public void From_XML_to_ZIP_to_XML_keeps_what_both_can_hold() => Some.Sample(messages =>
    {
        using TempFolder folder = new();
        using Import first = Stored(Read(Sources.Xml(messages)), folder["1"]);
        using Import second = Stored(Exported(folder, "1", MessageFormat.SmsImportExportZip, out _), folder["2"]);
        using Import third = Exported(folder, "2", MessageFormat.SmsBackupRestoreXml, out _);
        Same(Sources.OfTree(first).Select(AsZip).Select(AsXml), Sources.OfTree(third));
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

    // §2.3
    static SampleMessage WithoutNull(SampleMessage message) => message.Select(
        columns => Where(columns, (name, value) => value != "null" || (!message.IsMms && name == "body")),
        address => Where(address, (_, value) => value != "null"),
        (part, data) => Where(part, (name, value) => value != "null" || (name == "text" && data is null && part.GetValueOrDefault("ct", "").StartsWith("text/", StringComparison.OrdinalIgnoreCase))));

    // What a ZIP of the app can hold: no column of its own has the name of an added one, and the sender comes first.
    static SampleMessage OfZip(SampleMessage message) => SenderFirst(WithoutPaths(message)).Select(
        columns => Where(columns, (name, _) => name is not "__parts" && (message.IsMms || name is not "m_type")), row => row, (row, _) => row);

    static SampleMessage WithoutPaths(SampleMessage message) => message.Select(row => row, row => row, (row, _) => Where(row, (name, _) => name != "_data"));

    static SampleMessage SenderFirst(SampleMessage message)
    {
        int sender = message.Addresses.FindIndex(row => row.GetValueOrDefault("type") is "137");
        return sender < 0 ? message : message with { Addresses = [message.Addresses[sender], .. message.Addresses.Where((_, index) => index != sender)] };
    }

    // §4.2
    static SampleMessage AsXml(SampleMessage message) => WithoutNull(WithAddress(message).Select(
        columns =>
        {
            if (!columns.ContainsKey("contact_name") && columns.TryGetValue("__display_name", out string? shown)) columns["contact_name"] = shown;
            if (columns.GetValueOrDefault("__display_name") == columns.GetValueOrDefault("contact_name")) columns.Remove("__display_name");
            if (message.IsMms && Time(columns.GetValueOrDefault("date", "")) is { } time) columns["date"] = SampleMessage.Number(time);
            return Legal(Where(columns, (name, _) => name is not ("thread_id" or "msg_id") && (message.IsMms || name is not "_id")));
        },
        address => Legal(Where(address, (name, _) => name is not "_id")),
        (part, _) => Legal(Where(part, (name, _) => name is not ("_id" or "_data")))));

    static SampleMessage WithAddress(SampleMessage message) => message.Select(
        columns =>
        {
            if (!message.IsMms || columns.GetValueOrDefault("address", "").Length > 0) return columns;
            string[] Of(bool sender) => [.. message.Addresses.Where(row => (row.GetValueOrDefault("type") == "137") == sender).Select(row => row.GetValueOrDefault("address", "")).Where(a => a is not ("" or "insert-address-token")).Distinct(StringComparer.Ordinal)];
            string[] from = Of(sender: true), to = Of(sender: false);
            string[] others = columns.GetValueOrDefault("msg_box") != "1" ? (to.Length > 0 ? to : from) : to.Length <= 1 && from.Length > 0 ? from : [.. from.Union(to, StringComparer.Ordinal)];
            if (others.Length > 0) columns["address"] = string.Join('~', others);
            if (Time(columns.GetValueOrDefault("date", "")) is { } time) columns["date"] = SampleMessage.Number(time);
            return columns;
        }, row => row, (row, _) => row);

    // §4.3
    static SampleMessage AsZip(SampleMessage message) => SenderFirst(WithoutPaths(message)).Select(
        columns =>
        {
            string shown = columns.GetValueOrDefault("contact_name", "");
            columns.Remove("contact_name");
            if (shown is not ("" or "(Unknown)")) columns["__display_name"] = shown;
            if (!message.IsMms) return Where(columns, (name, _) => name is not "m_type");
            columns.Remove("__parts");
            columns.TryAdd("m_type", columns.GetValueOrDefault("msg_box") == "1" ? "132" : "128");
            foreach (string name in new[] { "date", "date_sent" })
            {
                if (columns.TryGetValue(name, out string? date) && Time(date) is { } time) columns[name] = SampleMessage.Number(time / 1000);
            }
            return columns;
        },
        row => row, (row, _) => row);

    static bool SaysSomething(SampleMessage message) =>
        message.Columns.ContainsKey("__parts") || (!message.IsMms && message.Columns.ContainsKey("m_type")) || message.Parts.Any(part => part.Data is null && part.Columns.ContainsKey("_data"))
        || (message.IsMms && new[] { "date", "date_sent" }.Any(name => Time(message.Columns.GetValueOrDefault(name, "")) % 1000 > 0));

    static long? Time(string date) => date.Length > 0 && date.All(char.IsAsciiDigit) && long.Parse(date, CultureInfo.InvariantCulture) is var value ? value < 100_000_000_000 ? value * 1000 : value : null;

    static Columns Where(Columns columns, Func<string, string, bool> kept) => new(columns.Where(pair => kept(pair.Key, pair.Value)).ToDictionary(StringComparer.Ordinal), StringComparer.Ordinal);

    static Columns Legal(Columns columns) => new(columns.ToDictionary(pair => pair.Key, pair => Legal(pair.Value), StringComparer.Ordinal), StringComparer.Ordinal);

    static string Legal(string text) => string.Concat(text.EnumerateRunes().Select(rune => rune.Value is < ' ' and not ('\t' or '\n' or '\r') or 0xFFFE or 0xFFFF ? "\uFFFD" : rune.ToString()));
}
