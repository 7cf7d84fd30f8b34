using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Offproof.Auditor.Tests.Recordings;

/// <summary>What a flow of mitmproxy holds beside its messages is not passed over in silence (audit.md §3.7).</summary>
public sealed class MitmproxyMemberTests
{
    const string Mail = "jonas.fairweather.a652e3@example.org";

    static string Text(string value) => string.Create(CultureInfo.InvariantCulture, $"{value.Length}:{value};");

    static string Bytes(string value) => string.Create(CultureInfo.InvariantCulture, $"{value.Length}:{value},");

    static string List(params string[] items) => string.Concat(items) is var all ? string.Create(CultureInfo.InvariantCulture, $"{all.Length}:{all}]") : "";

    static string Map(params (string Name, string Value)[] members) => string.Concat(members.Select(static member => Text(member.Name) + member.Value)) is var all ? string.Create(CultureInfo.InvariantCulture, $"{all.Length}:{all}}}") : "";

    const string Null = "0:~";
    const string Real = "18:1693314203.1340852^";

    static (string, string)[] Connection((string Name, string Value)[] more) =>
    [
        .. new[]
        {
            ("id", Text("4b822dcb-1a36-4c62-9c74-492fe4ffd540")), ("peername", List(Text("127.0.0.1"), "5:58246#")), ("sni", Text("a.example.com")), ("alpn", Bytes("http/1.1")), ("alpn_offers", List(Bytes("http/1.1"))), ("certificate_list", List()),
            ("cipher", Text("TLS_AES_256_GCM_SHA384")), ("cipher_list", List(Text("ECDHE-RSA-AES256-GCM-SHA384"))), ("error", Null), ("mitmcert", Null), ("proxy_mode", Text("regular")), ("tls_version", Text("TLSv1.3")), ("timestamp_start", Real),
        }.Where(member => more.All(other => other.Name != member.Item1)),
        .. more,
    ];

    static string Flow((string, string)[] client, string request, params (string, string)[] more) => Map([
        ("version", "2:21#"), ("type", Text("http")), ("id", Text("55367415-10f5-4938-b69f-8a523394f947")), ("comment", Text("")), ("client_conn", Map(Connection(client))), ("server_conn", Map(Connection([]))), ("request", request), .. more]);

    static readonly string Request = Map(("method", Bytes("GET")), ("scheme", Bytes("https")), ("host", Text("a.example.com")), ("port", "3:443#"), ("path", Bytes("/")), ("http_version", Bytes("HTTP/1.1")), ("headers", List(List(Bytes("A"), Bytes("b")))), ("content", Bytes("")), ("trailers", Null));

    static AuditReport Audited(string flow)
    {
        using FileStream persona = File.OpenRead(Path.Combine(Repository.Root, "vectors", "phone", "persona.json"));
        using AuditRun run = new(Canaries.Read(persona, null), null);
        run.Read("made.mitm", new MemoryStream(Encoding.Latin1.GetBytes(flow)), CancellationToken.None);
        return run.Report();
    }

    [Fact]
    public void An_ordinary_flow_is_clean()
    {
        AuditReport report = Audited(Flow([], Request));
        Assert.Empty(report.Reasons);
        Assert.Equal("CLEAN", report.Verdict);
        Assert.Empty(report.Flows[0].Remarks);
    }

    [Theory] // each was CLEAN
    [InlineData("sni", "server-name")]
    [InlineData("alpn_offers", "server-name")]
    [InlineData("certificate_list", "head")]
    [InlineData("cipher_list", "head")]
    [InlineData("a_member_of_a_later_version", "head")]
    public void What_the_phone_chose_leaves(string member, string carrier)
    {
        AuditReport report = Audited(Flow([(member, member == "sni" ? Text(Mail) : List(Bytes(Mail)))], Request));
        Assert.Equal("LEAK", report.Verdict);
        Assert.Equal((carrier, "client"), (report.Findings[0].Carrier, report.Findings[0].Sender));
    }

    [Theory]
    [InlineData("5:false!", "arriving")]
    [InlineData("4:true!", "evidence")]
    [InlineData("0:~", "evidence")]
    public void So_does_the_reason_of_a_close_unless_it_is_the_servers(string closedByClient, string standing)
    {
        AuditReport report = Audited(Flow([], Request, ("websocket", Map(("messages", List()), ("closed_by_client", closedByClient), ("close_code", "4:1000#"), ("close_reason", Text(Mail))))));
        Assert.Equal(standing, Assert.Single(report.Findings).Standing);
    }

    [Fact]
    public void A_flow_without_a_request_is_remarked_and_its_texts_examined()
    {
        AuditReport report = Audited(Flow([], Null, ("other", List(Map(("deep", Text(Mail)))))));
        Assert.Equal("LEAK", report.Verdict);
        Assert.Contains("an entry without a request", report.Flows[0].Remarks);
    }

    [Fact]
    public void A_member_that_stands_twice_is_examined_twice()
    {
        string second = Map(("content", Bytes(Mail)));
        Assert.Equal("LEAK", Audited(Flow([], Request, ("request", second))).Verdict);
    }

    [Fact]
    public void What_nobody_can_read_is_opaque()
    {
        string noise = Encoding.Latin1.GetString([.. Enumerable.Range(0, 4).SelectMany(static i => SHA512.HashData([(byte)i]))]);
        Assert.Equal("INCONCLUSIVE", Audited(Flow([("certificate_list", List(Bytes(noise)))], Request)).Verdict);
        // Of an extension of a hello that IANA knows it is chosen: in the budget, as of packets.
        AuditReport report = Audited(Flow([("tls_extensions", List(List("2:51#", Bytes(noise))))], Request));
        Assert.Equal(("CLEAN", 256), (report.Verdict, report.Budget.Capacity - Audited(Flow([], Request)).Budget.Capacity));
        Assert.Equal("INCONCLUSIVE", Audited(Flow([("tls_extensions", List(List("4:9999#", Bytes(noise))))], Request)).Verdict);
    }
}
