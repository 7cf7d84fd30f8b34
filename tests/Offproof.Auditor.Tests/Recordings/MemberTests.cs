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

    // As browsers write an upload over HTTP/2.
    static AuditReport Uploaded(string posted, int size = -1, string method = "POST", string field = "Content-Type\",\"value\":\"image/jpeg") => Audited(Har(Entry
        .Replace("\"bodySize\":5,\"postData\":{\"mimeType\":\"text/plain\",\"text\":\"hello\"}", $"\"bodySize\":{size},\"postData\":{posted}", StringComparison.Ordinal)
        .Replace("\"POST\"", $"\"{method}\"", StringComparison.Ordinal).Replace("X-A\",\"value\":\"b", field, StringComparison.Ordinal)));

    const string Empty = "{\"mimeType\":\"multipart/form-data; boundary=x\",\"params\":[],\"text\":\"--x\\r\\nContent-Disposition: form-data; name=\\\"f\\\"; filename=\\\"NAME\\\"\\r\\nContent-Type: image/jpeg\\r\\n\\r\\nBODY\\r\\n--x--\\r\\n\"}";

    static string Part(string name, string body) => Empty.Replace("NAME", name, StringComparison.Ordinal).Replace("BODY", body, StringComparison.Ordinal);

    [Theory] // each was CLEAN
    [InlineData("""{"mimeType":"multipart/form-data","params":[{"name":"photo","fileName":"a.jpg","contentType":"image/jpeg"}]}""")]
    [InlineData("""{"mimeType":"multipart/form-data","params":[{"name":"photo","fileName":"a.jpg","value":""}]}""")]
    [InlineData("""{"mimeType":"image/jpeg"}""")]
    [InlineData("""{"mimeType":"image/jpeg","text":""}""")]
    [InlineData("""{"mimeType":"image/jpeg","params":[],"text":"","comment":"Request bodies are not included"}""")]
    [InlineData("""{"mimeType":"application/json","params":[],"text":"","_file":"body-1.json"}""")]
    public void An_upload_that_is_named_and_not_held_is_missing(string posted)
    {
        AuditReport report = Uploaded(posted);
        Assert.Equal("INCONCLUSIVE", report.Verdict);
        Assert.Equal(1, report.Budget.Missing);
        Assert.Equal(1, Uploaded(posted, field: "X-A\",\"value\":\"b").Budget.Missing);
    }

    [Fact]
    public void A_part_with_the_name_of_a_file_and_nothing_in_it()
    {
        Assert.Equal(1, Uploaded(Part("a.jpg", "")).Budget.Missing);
        Assert.Equal(0, Uploaded(Part("a.txt", "hello")).Budget.Missing);
        Assert.Equal(0, Uploaded(Part("", "")).Budget.Missing);
        // A file of no bytes: the size says that all is here.
        Assert.Equal(0, Uploaded(Part("a.txt", ""), size: Part("a.txt", "").Split("\"text\":\"")[1].Replace("\\r", "r", StringComparison.Ordinal).Replace("\\n", "n", StringComparison.Ordinal).Replace("\\\"", "'", StringComparison.Ordinal).Length - 2).Budget.Missing);
    }

    [Theory]
    [InlineData(0, "POST", "Content-Type\",\"value\":\"image/jpeg")]
    [InlineData(-1, "POST", "Content-Length\",\"value\":\"0")]
    [InlineData(-1, "GET", "Accept\",\"value\":\"b")]
    public void Where_the_recording_says_that_there_was_none_nothing_is_missing(int size, string method, string field) =>
        Assert.Equal(0, Uploaded("""{"mimeType":"image/jpeg","text":""}""", size, method, field).Bytes.Missing);

    [Theory]
    [InlineData("Desir\uFFFDe H\uFFFDlderbach", 18, 2)]
    [InlineData("Desir\uFFFDe H\uFFFDlderbach", 22, 0)]
    [InlineData("Desir\uFFFDe H\uFFFDlderbach", -1, 2)]
    [InlineData("\uFFFD\uFFFD\uFFFD", 3, 3)]
    [InlineData("Desir\u00e9e", -1, 0)]
    public void What_the_recorder_replaced_is_missing(string text, int size, int missing)
    {
        AuditReport report = Uploaded($"{{\"mimeType\":\"text/plain\",\"text\":\"{text}\"}}", size);
        Assert.Equal(missing, report.Budget.Missing);
        Assert.Equal(missing == 0 ? "CLEAN" : "INCONCLUSIVE", report.Verdict);
        AuditReport answer = Audited(Har(Entry.Replace("\"size\":2,\"mimeType\":\"text/plain\",\"text\":\"ok\"", $"\"size\":{size},\"mimeType\":\"text/plain\",\"text\":\"{text}\"", StringComparison.Ordinal)));
        Assert.Equal(missing, answer.Bytes.Missing);
        AuditReport message = Audited(Har(Entry.Replace("\"cache\":{}", $"\"_webSocketMessages\":[{{\"type\":\"send\",\"opcode\":1,\"time\":1,\"data\":\"{text}\"}}]", StringComparison.Ordinal)));
        Assert.Equal(text.Count(static character => character == '\uFFFD'), message.Budget.Missing);
    }
}
