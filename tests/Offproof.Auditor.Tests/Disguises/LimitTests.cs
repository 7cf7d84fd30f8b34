using System.Text;
using System.Text.Json.Nodes;

namespace Offproof.Auditor.Tests.Disguises;

/// <summary>What a limit keeps from being looked at is no CLEAN (audit.md §6.1, §7.3).</summary>
public sealed class LimitTests
{
    static (Flow Flow, int Unread) Examined(byte[] bytes)
    {
        Flow flow = ChainTests.Flow();
        using CanaryExaminer examiner = new(new Searcher([]), null);
        return (flow, examiner.Examine(ChainTests.Body(flow), bytes));
    }

    static byte[] Wrapped(string text)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(text);
        for (int depth = 0; depth < 5; depth++) bytes = Encoding.ASCII.GetBytes(Convert.ToBase64String(bytes));
        return bytes;
    }

    [Theory]
    [InlineData("only a few words of a text", false)]
    [InlineData("6a:6f:65:40:65:78:61:6d:70:6c:65", true)]
    [InlineData("106,111,101,64,101,120,97,109,112", true)]
    public void A_row_of_values_in_the_last_layer_is_not_looked_at_and_that_is_said(string text, bool isCutOff) => Assert.Equal((isCutOff, 0), (Examined(Wrapped(text)).Flow.IsCutOff, Examined(Wrapped(text)).Unread));

    [Fact]
    public void A_report_says_what_was_cut_off()
    {
        using FileStream persona = File.OpenRead(Path.Combine(Repository.Root, "vectors", "phone", "persona.json"));
        using AuditRun run = new(Canaries.Read(persona, null), null);
        JsonObject har = new() { ["log"] = new JsonObject { ["entries"] = new JsonArray(new JsonObject
        {
            ["request"] = new JsonObject { ["method"] = "POST", ["url"] = "http://a.example/", ["postData"] = new JsonObject { ["mimeType"] = "text/plain", ["text"] = Encoding.ASCII.GetString(Wrapped("6a:6f:65:40:65:78:61:6d:70:6c:65")) } },
        }) } };
        run.Read("a.har", new MemoryStream(Encoding.UTF8.GetBytes(har.ToJsonString())), CancellationToken.None);
        AuditReport report = run.Report();
        Assert.Equal("INCONCLUSIVE", report.Verdict);
        Assert.Contains("1 flow holds something that was not looked at: it is nested too deep, or grows too much", report.Reasons);
    }

    [Fact]
    public void The_best_of_what_leaves_is_kept_behind_any_number_of_findings()
    {
        Form form = new(ChainTests.Email, "whole", Encoding.ASCII.GetBytes(ChainTests.Secret), 200);
        using CanaryExaminer examiner = new(new Searcher([form]), null, new Limits { Findings = 3 });
        byte[] body = Encoding.ASCII.GetBytes(ChainTests.Secret);
        for (int at = 0; at < 5; at++) examiner.Examine(ChainTests.Body(sender: Sender.Server), body);
        for (int at = 0; at < 5; at++) examiner.Examine(ChainTests.Body(), body);
        Assert.Equal([Sender.Server, Sender.Server, Sender.Server, Sender.Client], examiner.Findings.Select(static finding => finding.Place.Sender));
        Assert.Equal(6, examiner.FindingsNotKept);
    }

    [Fact]
    public void A_property_list_refers_to_its_own_objects()
    {
        byte[] Of(byte[] objects, byte[] table, int count) => [.. "bplist00"u8, .. objects, .. table, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, (byte)count, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte)(8 + objects.Length)];
        List<Leaf> leaves = [];
        Assert.True(PropertyList.TryRead(Of([0xA1, 1, 0x51, (byte)'a'], [8, 10], 2), leaves));
        Assert.False(PropertyList.TryRead(Of([0xA1, 2, 0x51, (byte)'a'], [8, 10], 2), leaves)); // an object that is not there
        Assert.False(PropertyList.TryRead(Of([0xA1, 1, 0x51, (byte)'a'], [8, 9], 2), leaves)); // between two
        Assert.False(PropertyList.TryRead(Of([0xA1, 1, 0x51, (byte)'a'], [8, 8], 2), leaves)); // one twice
    }

    [Fact]
    public void A_name_of_a_gzip_that_never_ends_is_none()
    {
        using Compressed compressed = new();
        byte[] repeated = [.. Enumerable.Repeat((byte[])[0x1F, 0x8B, 8, 8], 5000).SelectMany(static one => one)];
        Assert.Equal(Ending.Broken, compressed.Ungzip(repeated, new Output(), 1 << 20, out int consumed));
        Assert.Equal(0, consumed);
    }

    [Theory]
    [InlineData("q8Zr3vXw0Lk2Tn7Yb5Mc9Hs4Dg6Jf1Pq8Zr3vXw0Lk2", true)]
    [InlineData("boundary", false)]
    public void A_delimiter_that_nobody_declared_is_a_token(string delimiter, bool isUnread)
    {
        byte[] zipped = Packets.Made.Gzip("a text that is only a text, of some words"u8.ToArray());
        byte[] body = [.. Encoding.ASCII.GetBytes($"--{delimiter}\r\nContent-Type: application/gzip\r\n\r\n"), .. zipped, .. Encoding.ASCII.GetBytes($"\r\n--{delimiter}--\r\n")];
        Assert.Equal(isUnread ? delimiter.Length : 0, Examined(body).Unread);
    }
}
