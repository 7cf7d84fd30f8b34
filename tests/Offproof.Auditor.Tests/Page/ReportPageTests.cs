using System.Text;
using System.Text.RegularExpressions;

namespace Offproof.Auditor.Tests.Page;

/// <summary>The page for people (report.md); what it looks like, and axe, are in tests/Interop/Pages.</summary>
public sealed partial class ReportPageTests
{
    static readonly string Persona = Path.Combine(Repository.Root, "vectors", "phone", "persona.json");

    static AuditReport Audited(string name) => Auditor.Audit.Run(new AuditRequest([Path.Combine(Repository.Root, "vectors", "audit", name)], Persona, [], name.StartsWith("receivers", StringComparison.Ordinal) ? Path.Combine(Repository.Root, "vectors", "audit", "receivers", "case") : null));

    static string Page(AuditReport report, string language = "en")
    {
        using MemoryStream to = new();
        ReportPage.Write(report, new PageFacts(language, "1.2.3", DateTimeOffset.UnixEpoch, ["ab12"], "offproof audit a.pcap", [("persona.json", "cd34")]), to);
        return Encoding.UTF8.GetString(to.ToArray());
    }

    [Theory]
    [InlineData("en", "stages/stage-a.pcap", "LEAK", "What left")]
    [InlineData("en", "stages/stage-b.pcap", "LEAK", "cd34")]
    [InlineData("en", "stages/stage-c.pcap", "CLEAN", "every captured byte was read")]
    [InlineData("de", "stages/stage-c.pcap", "CLEAN", "jedes mitgeschnittene Byte wurde gelesen")]
    [InlineData("zh", "stages/stage-d.pcap", "INCONCLUSIVE", "不能断言没有任何数据离开")]
    [InlineData("en", "receivers/case.pcap", "LEAK", "AS23724")]
    public void The_page_says_the_verdict_in_its_language(string language, string capture, string verdict, string words)
    {
        string page = Page(Audited(capture), language);
        Assert.Contains($">{verdict}</span>", page, StringComparison.Ordinal);
        Assert.Contains(words, page, StringComparison.Ordinal);
        Assert.Contains($"<html lang=\"{(language == "zh" ? "zh-Hans" : language)}\">", page, StringComparison.Ordinal);
    }

    [Fact]
    public void It_loads_nothing_and_runs_nothing()
    {
        string page = Page(Audited("receivers/case.pcap"));
        Assert.DoesNotMatch(Loading(), page);
        Assert.Contains("default-src 'none'", page, StringComparison.Ordinal);
    }

    [GeneratedRegex("<(script|link|img|iframe|object|embed|form|base|video|audio)\\b|\\b(src|href|action|on[a-z]+)=|url\\(|@import", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Loading();

    [Fact]
    public void Each_tag_is_closed_and_each_id_stands_once()
    {
        foreach (string capture in (string[])["stages/stage-a.pcap", "stages/stage-d.pcap", "receivers/case.pcap"])
        {
            string page = Page(Audited(capture));
            Stack<string> open = new();
            foreach (Match tag in Tag().Matches(page[page.IndexOf("</style>", StringComparison.Ordinal)..]))
            {
                if (tag.Groups["close"].Length == 0) open.Push(tag.Groups["name"].Value);
                else if (tag.Groups["name"].Value is not ("style" or "head" or "html")) Assert.Equal(open.Pop(), tag.Groups["name"].Value);
            }
            Assert.Empty(open);
            Assert.All(Id().Matches(page).GroupBy(static id => id.Groups["id"].Value), static ids => Assert.Single(ids));
        }
    }

    [GeneratedRegex("<(?<close>/?)(?<name>[a-z0-9]+)[^>]*>", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Tag();

    [GeneratedRegex(" id=\"(?<id>[^\"]*)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Id();

    [Fact]
    public void What_strangers_wrote_is_text()
    {
        AuditReport report = Audited("receivers/case.pcap");
        const string evil = "</style><script>alert(1)</script>\" onload=\"x' & \u202Egnp.exe\u0007";
        FlowReport flow = report.Flows[^1] with { ServerName = evil, Remarks = [evil], Protocol = evil, Client = evil, Sent = new ByteCounts(9, 0, 0, 9, 0) };
        report = report with
        {
            Flows = [.. report.Flows.Select(one => one.Flow == report.Findings[0].Flow ? flow with { Flow = one.Flow } : one)],
            Findings = [.. report.Findings.Select(static one => one with { Value = evil, Field = evil, Kind = evil, Form = evil, Chain = [evil], Time = evil, Layers = [] })],
            Receivers = [.. report.Receivers.Select(static one => one with { Address = evil, Scope = evil, Remarks = [evil], Names = [new ObservedName(evil, evil, evil, 1, 1, evil, 1)], Claims = [new ClaimReport(evil, evil, evil, evil, evil, evil, evil, evil, evil)], Differ = [evil] })],
            Captures = [.. report.Captures.Select(static one => one with { Path = evil, Damage = evil })],
            Causes = [new Reason(evil, evil, 1, evil), new Reason("incomplete", evil, 0, evil)],
            Notes = [evil],
            Sources = [.. report.Sources.Select(static one => one with { File = evil, Publisher = evil, Problems = [evil] })],
        };
        foreach (string language in ReportPage.Languages)
        {
            string page = Page(report, language);
            Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("onload=\"", page, StringComparison.Ordinal);
            Assert.DoesNotContain('\u202E', page);
            Assert.DoesNotContain('\u0007', page);
            Assert.Contains("&lt;script&gt;", page, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_steps_of_a_finding_stand_byte_by_byte()
    {
        string page = Page(Auditor.Audit.Run(new AuditRequest([Path.Combine(Repository.Root, "vectors", "audit", "stages", "stage-d.pcap")], Persona, [Path.Combine(Repository.Root, "vectors", "audit", "stages", "stage-d.keys")])));
        Assert.Contains("<h4>as captured", page, StringComparison.Ordinal);
        Assert.Contains("after undoing base64", page, StringComparison.Ordinal);
        Assert.Matches(Bytes(), page);
    }

    [GeneratedRegex("<mark>[0-9a-f]{2}(?: [0-9a-f]{2})*</mark>", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Bytes();

    [Fact]
    public void Every_reason_and_every_kind_has_words_in_every_language()
    {
        string source = Path.Combine(Repository.Root, "src", "Offproof.Auditor");
        string[] codes = [.. Code().Matches(string.Join('\n', Directory.GetFiles(Path.Combine(source, "Verdicts"), "*.cs").Select(File.ReadAllText))).Select(static match => match.Groups["word"].Value).Distinct()];
        string[] kinds = [.. Kind().Matches(string.Join('\n', Directory.GetFiles(Path.Combine(source, "Canaries"), "*.cs").Select(File.ReadAllText))).Select(static match => match.Groups["word"].Value).Distinct()];
        Assert.True(codes.Length >= 14 && kinds.Length >= 12, $"{codes.Length} codes, {kinds.Length} kinds");
        foreach (string language in ReportPage.Languages)
        {
            PageWords words = PageWords.Of(language)!;
            Assert.All(codes, code => Assert.False(string.IsNullOrEmpty(words.Because(new Reason(code, "text", 2, "a.pcap"), "2")), $"{language}: {code}"));
            Assert.All(kinds, kind => Assert.True(words.Planted.ContainsKey(kind), $"{language}: {kind}"));
            Assert.Equal(English.Words.Planted.Keys.Order(StringComparer.Ordinal), words.Planted.Keys.Order(StringComparer.Ordinal));
            Assert.Equal(English.Words.LimitsAre.Count, words.LimitsAre.Count);
            if (language != "en") Assert.NotEqual(English.Words.Title, words.Title);
        }
    }

    [GeneratedRegex("(?:new Reason|Because)\\(\"(?<word>[a-z-]+)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Code();

    [GeneratedRegex("(?:new Canary|Canary canary = new|Plain)\\((?:\\$?\"[^\"]*\"|id), \"(?<word>[a-z-]+)\",", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Kind();

    [Theory]
    [InlineData("client", "client", "evidence", "Sent to", "203.0.113.7<")]
    [InlineData("undecided", "server", "evidence", "Sent to", "192.0.2.10<")]
    [InlineData("server", "server", "evidence", "Sent to", "192.0.2.10<")]
    [InlineData("client", "server", "arriving", "Came from", "203.0.113.7<")]
    [InlineData("server", "client", "arriving", "Came from", "192.0.2.10<")]
    public void The_receiver_is_the_end_that_did_not_send_it(string phone, string sender, string standing, string way, string end)
    {
        AuditReport report = Audited("stages/stage-a.pcap");
        FindingReport finding = report.Findings[0] with { Sender = sender, Standing = standing };
        report = report with { Findings = [finding], Flows = [.. report.Flows.Select(flow => flow.Flow == finding.Flow ? flow with { Phone = phone, ServerName = null, Server = "203.0.113.7:80" } : flow)], Receivers = [] };
        string page = Page(report);
        string said = page[page.IndexOf($"<dt>{way}</dt>", StringComparison.Ordinal)..];
        Assert.StartsWith(end, said[(said.IndexOf("<dd>", StringComparison.Ordinal) + 4)..], StringComparison.Ordinal);
        Assert.Equal(phone == "undecided", page.Contains("it is not known which end is the phone", StringComparison.Ordinal));
    }

    [Fact] // on one machine: both ends have one address, one flow names it and the other does not
    public void A_receiver_is_counted_and_named_once()
    {
        AuditReport report = Audited("stages/stage-a.pcap");
        FindingReport finding = report.Findings[0];
        FlowReport flow = report.Flows.Single(flow => flow.Flow == finding.Flow) with { Phone = "undecided", Client = "127.0.0.1:57860", Server = "127.0.0.1:8080", ServerName = "a.example" };
        ReceiverReport receiver = report.Receivers[0] with { Address = "127.0.0.1", Flows = [1, 2], Names = [new ObservedName("127.0.0.1", "host", null, 1, 1, null, 1)] };
        report = report with
        {
            Flows = [flow with { Flow = 1 }, flow with { Flow = 2, Client = "127.0.0.1:57861", Server = "127.0.0.1:8443", ServerName = "127.0.0.1" }],
            Findings = [finding with { Flow = 1, Sender = "client" }, finding with { Flow = 1, Sender = "server" }, finding with { Flow = 2, Sender = "client" }, finding with { Flow = 2, Sender = "server" }],
            Receivers = [receiver],
        };
        string page = Page(report);
        Assert.Contains("to 1 receiver", page, StringComparison.Ordinal);
        Assert.Contains(" \u2192 a.example (127.0.0.1)</li>", page, StringComparison.Ordinal);
        Assert.DoesNotMatch("to [0-9]+ receivers", page);
        Assert.DoesNotContain("127.0.0.1:", page[..page.IndexOf("id=\"coverage\"", StringComparison.Ordinal)], StringComparison.Ordinal);
    }

    [Fact]
    public void Another_language_is_refused() => Assert.Throws<ArgumentException>(() => Page(Audited("stages/stage-c.pcap"), "fr"));
}
