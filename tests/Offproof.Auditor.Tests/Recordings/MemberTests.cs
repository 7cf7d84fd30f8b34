using System.Text;

namespace Offproof.Auditor.Tests.Recordings;

/// <summary>What a HAR holds beside its messages is not passed over in silence (audit.md §3.7).</summary>
public sealed class MemberTests
{
    const string Mail = "jonas.fairweather.a652e3@example.org";
    const string Entry = """{"startedDateTime":"2026-01-01T00:00:00Z","time":1.5,"request":{"method":"POST","url":"http://a.example.com/hello?q=a%20b","httpVersion":"HTTP/1.1","headers":[{"name":"X-A","value":"b"}],"queryString":[{"name":"q","value":"a b"}],"cookies":[],"headersSize":-1,"bodySize":5,"postData":{"mimeType":"text/plain","text":"hello"}},"response":{"status":200,"statusText":"OK","httpVersion":"HTTP/1.1","headers":[],"cookies":[],"content":{"size":2,"mimeType":"text/plain","text":"ok"},"redirectURL":"","headersSize":-1,"bodySize":2},"cache":{},"timings":{"send":0,"wait":0,"receive":0}}""";

    static string Har(string entry, string more = "", string behind = "") => $$$"""{"log":{"version":"1.2","creator":{"name":"x","version":"1"},"entries":[{{{entry}}}]{{{more}}}}}{{{behind}}}""";

    static AuditReport Audited(string har)
    {
        using FileStream persona = File.OpenRead(Path.Combine(Repository.Root, "vectors", "phone", "persona.json"));
        using AuditRun run = new(Canaries.Read(persona, null), null);
        run.Read("made.har", new MemoryStream(Encoding.UTF8.GetBytes(har)), CancellationToken.None);
        return run.Report();
    }

    [Fact]
    public void An_ordinary_recording_is_clean()
    {
        AuditReport report = Audited(Har(Entry));
        Assert.Equal("CLEAN", report.Verdict);
        Assert.Equal(0, report.Bytes.Missing);
    }

    [Theory] // Chrome's export for sharing leaves these fields out, and says so nowhere
    [InlineData("WebInspector", "X-A", false)]
    [InlineData("WebInspector", "Cookie", true)]
    [InlineData("WebInspector", "authorization", true)]
    [InlineData("Firefox", "X-A", true)]
    public void What_Chrome_leaves_out_is_not_said_to_be_clean(string creator, string field, bool isClean)
    {
        AuditReport report = Audited(Har(Entry.Replace("X-A", field, StringComparison.Ordinal)).Replace("\"name\":\"x\"", $"\"name\":\"{creator}\"", StringComparison.Ordinal));
        Assert.Equal(isClean ? "CLEAN" : "INCONCLUSIVE", report.Verdict);
        Assert.Equal(!isClean, report.Causes.Any(static cause => cause.Code == "without-cookies"));
    }

    [Theory] // each was CLEAN
    [InlineData("\"cache\":{}", "\"cache\":{},\"_initiator\":{\"url\":\"http://x/?MAIL\"}")]
    [InlineData("\"cache\":{}", "\"cache\":{},\"comment\":\"MAIL\"")]
    [InlineData("\"value\":\"a b\"", "\"value\":\"MAIL\"")]
    [InlineData("\"text\":\"hello\"", "\"text\":\"hello\",\"params\":[{\"name\":\"f\",\"value\":\"MAIL\"}]")]
    [InlineData("\"text\":\"hello\"", "\"text\":[\"MAIL\"]")]
    [InlineData("\"text\":\"hello\"", "\"text\":\"MAIL\",\"text\":\"hello\"")]
    [InlineData("\"mimeType\":\"text/plain\",\"text\":\"hello\"", "\"mimeType\":\"MAIL\",\"text\":\"hello\"")]
    [InlineData("\"method\":\"POST\"", "\"method\":\"POST\",\"_x\":{\"y\":[[[\"MAIL\"]]]}")]
    [InlineData("\"status\":200", "\"status\":0,\"_error\":\"MAIL\"")]
    [InlineData("\"request\":", "\"request\":{\"url\":\"http://a/?MAIL\"},\"request\":")]
    [InlineData("\"cache\":{}", "\"_webSocketMessages\":[{\"kind\":\"odd\",\"payload\":\"MAIL\"}]")]
    [InlineData("\"cache\":{}", "\"MAIL\":1")]
    public void Members_of_an_entry(string old, string changed)
    {
        Assert.Contains(old, Entry, StringComparison.Ordinal);
        Assert.NotEqual("CLEAN", Audited(Har(Entry.Replace(old, changed.Replace("MAIL", Mail, StringComparison.Ordinal), StringComparison.Ordinal))).Verdict);
    }

    [Theory]
    [InlineData(",\"pages\":[{\"title\":\"MAIL\"}]", "")]
    [InlineData(",\"entries\":[{\"request\":{\"url\":\"http://a/?MAIL\"}}]", "")]
    [InlineData("},\"log\":{\"entries\":[{\"request\":{\"url\":\"http://a/?MAIL\"}}]", "")]
    [InlineData("", "\n{\"log\":{\"entries\":[{\"request\":{\"url\":\"http://a/?MAIL\"}}]}}")]
    [InlineData("", "MAIL")]
    public void What_stands_beside_the_entries(string more, string behind)
    {
        AuditReport report = Audited(Har(Entry, more.Replace("MAIL", Mail, StringComparison.Ordinal), behind.Replace("MAIL", Mail, StringComparison.Ordinal)));
        Assert.Equal("LEAK", report.Verdict);
        Assert.Equal(behind.Length > 0, report.Captures[0].Damage is not null);
    }

    [Theory]
    [InlineData("\"bodySize\":5", "\"bodySize\":5000", 4995)]
    [InlineData("\"name\":\"X-A\",\"value\":\"b\"", "\"name\":\"Content-Length\",\"value\":\"500\"", 495)]
    [InlineData("\"content\":{\"size\":2", "\"content\":{\"size\":400", 398)]
    public void Sizes_that_disagree_with_what_is_there(string old, string changed, int missing)
    {
        Assert.Contains(old, Entry, StringComparison.Ordinal);
        AuditReport report = Audited(Har(Entry.Replace(old, changed, StringComparison.Ordinal)));
        Assert.Equal("INCONCLUSIVE", report.Verdict);
        Assert.InRange(report.Bytes.Missing, missing - 10, missing + 10);
    }
}
