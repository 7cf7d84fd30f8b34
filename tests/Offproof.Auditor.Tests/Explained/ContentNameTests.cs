using System.Text;
using static Offproof.Auditor.Tests.Explained.Talk;
using static Offproof.Auditor.Tests.Http.ChunkingTests;

namespace Offproof.Auditor.Tests.Explained;

/// <summary>audit.md §6.7: 64 digits in what is asked for that are the SHA-256 of the answer.</summary>
public sealed class ContentNameTests
{
    static readonly byte[] s_body = Encoding.UTF8.GetBytes("{\"entries\":1,\"schema\":\"example/v1\"}\n{\"text\":\"A happy new year to everybody.\"}\n");

    static string Path(string name) => $"/channel/targets/{name}.greetings.jsonl";

    static (Sender, byte[]?) Chunks(byte[] body) =>
        (Sender.Server, [.. "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"u8, .. Encoding.ASCII.GetBytes($"5\r\n"), .. body[..5], .. Encoding.ASCII.GetBytes($"\r\n{body.Length - 5:x}\r\n"), .. body[5..], .. "\r\n0\r\n\r\n"u8]);

    [Theory]
    [InlineData(int.MaxValue), InlineData(1), InlineData(7)]
    public void A_name_by_content_is_read_when_its_answer_came(int cut)
    {
        using Talk talk = Of([Get(Path(Hash(s_body))), Answer(s_body)], cut: cut);
        Assert.Equal((0, 0), (talk.Sent, talk.Came));
        Assert.Equal(8, talk.Flow.Capacity(Sender.Client));
        Assert.Contains(talk.Flow.Remarks, remark => remark.Contains("SHA-256", StringComparison.Ordinal));
    }

    [Fact]
    public void In_chunks_in_a_query_and_coded_as_it_was_sent()
    {
        using (Talk talk = Of([Get(Path(Hash(s_body))), Chunks(s_body)])) Assert.Equal(0, talk.Sent);
        using (Talk talk = Of([Get($"/get?file={Hash(s_body)}&as=text"), Answer(s_body)])) Assert.Equal(0, talk.Sent);
        byte[] coded = Packets.Made.Gzip(s_body);
        using (Talk talk = Of([Get(Path(Hash(coded))), Answer(coded, fields: "Content-Encoding: gzip\r\n")])) Assert.Equal((0, 0), (talk.Sent, talk.Came));
        using (Talk talk = Of([Get(Path(Hash(s_body))), Answer(coded, fields: "Content-Encoding: gzip\r\n")])) Assert.True(talk.Sent >= 64);
    }

    public static TheoryData<string, string> Lookalikes => new()
    {
        { "another body", Path(Hash([.. s_body, 1])) },
        { "a digit", Path(Hash(s_body)[..63] + (Hash(s_body)[63] == '0' ? '1' : '0')) },
        { "upper case", Path(Hash(s_body).ToUpperInvariant()) },
        { "both cases", Path(Hash(s_body)[..32] + Hash(s_body)[32..].ToUpperInvariant()) },
        { "65 digits", Path(Hash(s_body) + "0") },
        { "a letter before", Path("x" + Hash(s_body)) },
        { "a letter behind", Path(Hash(s_body) + "G") },
        { "twice", Path(Hash(s_body) + "/" + Hash(s_body)) },
    };

    [Theory, MemberData(nameof(Lookalikes))]
    public void What_only_looks_like_one_stays_opaque(string what, string path)
    {
        using Talk talk = Of([Get(path), Answer(s_body)]);
        Assert.True(talk.Sent >= 64, $"{what}: {talk.Sent}");
        Assert.Equal(0, talk.Flow.Capacity(Sender.Client));
    }

    [Fact]
    public void Without_the_whole_answer_200_it_stays_opaque()
    {
        (Sender, byte[]?) get = Get(Path(Hash(s_body)));
        (Sender, byte[]?) rest = (Sender.Server, s_body[40..]);
        List<(Sender, byte[]?)[]> talks =
        [
            [get],
            [get, Answer(s_body, "206 Partial Content")],
            [get, Answer(s_body, "404 Not Found")],
            [get, Answer(s_body, more: 1)],
            [get, Answer(s_body[..40], more: s_body.Length - 40)],
            [get, Answer(s_body[..39], more: s_body.Length - 39), (Sender.Server, null), rest],
            [get, (Sender.Server, [.. "HTTP/1.1 200 OK\r\n\r\n"u8, .. s_body])],
            [get, (Sender.Server, [.. "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"u8, .. Encoding.ASCII.GetBytes($"{s_body.Length:x}\r\n"), .. s_body, .. "\r\n"u8])],
            [Answer(s_body), get],
            [Client($"POST {Path(Hash(s_body))} HTTP/1.1\r\nContent-Length: 0\r\n\r\n"), Answer(s_body)],
            [Client($"GET / HTTP/1.1\r\nX-File: {Hash(s_body)}\r\n\r\n"), Answer(s_body)],
            [Get(Path(Hash(s_body))), Get("/"), Answer("hello"u8.ToArray()), Answer(s_body)], // the answers crossed
        ];
        for (int i = 0; i < talks.Count; i++)
        {
            using Talk talk = Of(talks[i]);
            Assert.True(talk.Sent >= 64, $"{i}: {talk.Sent}");
        }
    }

    [Theory]
    [InlineData(int.MaxValue), InlineData(3)]
    public void Each_answer_bears_out_the_name_that_asked_for_it(int cut)
    {
        byte[] other = "something else, and longer than nothing"u8.ToArray();
        using (Talk talk = Of([Get(Path(Hash(s_body))), Get(Path(Hash(other))), Answer(s_body), Answer(other)], cut: cut)) Assert.Equal(0, talk.Sent);
        using (Talk talk = Of([Get(Path(Hash(s_body))), Get(Path(Hash(other))), Answer(other), Answer(s_body)], cut: cut)) Assert.True(talk.Sent >= 128);
        using (Talk talk = Of([Get(Path(Hash(s_body))), Get(Path(Hash(other))), Answer(s_body), Answer(s_body)], cut: cut)) Assert.InRange(talk.Sent, 64, 127);
    }

    [Fact]
    public void What_stands_beside_it_counts_as_it_is()
    {
        string random = Convert.ToHexStringLower(Random(1, 24));
        string cookie = Convert.ToBase64String(Random(2, 30));
        foreach ((string path, string fields, int left) in ((string, string, int)[])
        [
            ($"/{random}/{Hash(s_body)}.txt", "", 50),
            ($"/{Hash(s_body)}/{random}", "", 49),
            ($"/{Hash(s_body)}?id={random}", "", 48),
            (Path(Hash(s_body)), $"Cookie: a={cookie}\r\n", 40),
            (Path(Hash(s_body)), $"X-File: {Hash(s_body)}\r\n", 64),
        ])
        {
            using Talk talk = Of([Client($"GET {path} HTTP/1.1\r\n{fields}\r\n"), Answer(s_body)]);
            Assert.Equal(left, talk.Sent);
        }
    }

    [Fact]
    public void Quoted_printable_around_it_explains_nothing()
    {
        string hidden = string.Concat(Convert.ToBase64String(Random(3, 30)).Select(one => $"={(int)one:X2}"));
        using Talk without = Of([Client($"GET {Path(Hash([1]))} HTTP/1.1\r\nX: =3D{hidden}\r\n\r\n"), Answer(s_body)]);
        using Talk talk = Of([Client($"GET {Path(Hash(s_body))} HTTP/1.1\r\nX: =3D{hidden}\r\n\r\n"), Answer(s_body)]);
        Assert.Equal(without.Sent, talk.Sent);
    }

    [Fact] // whoever knows the datum can make both
    public void A_datum_that_is_named_by_its_hash_is_found_all_the_same()
    {
        byte[] number = "+447700900028"u8.ToArray();
        using FileStream persona = File.OpenRead(System.IO.Path.Combine(Repository.Root, "vectors", "phone", "persona.json"));
        using AuditRun run = new(Canaries.Read(persona, null), null);
        run.Read("made.har", Recording(Path(Hash(number)), number), CancellationToken.None);
        AuditReport report = run.Report();
        Assert.Equal("LEAK", report.Verdict);
        Assert.Contains(report.Findings, finding => finding is { Kind: "phone", Standing: "evidence" } && finding.Chain[^1].StartsWith("sha256", StringComparison.Ordinal));
        Assert.Contains(report.Findings, finding => finding is { Kind: "phone", Standing: "arriving" });
    }

    [Fact]
    public void What_arrives_is_no_name()
    {
        using Talk talk = Of([Get(Path(Hash(s_body))), Answer(s_body)], PhoneSide.Server);
        Assert.Equal((0, 0L), (talk.Sent, talk.Flow.Capacity(Sender.Client)));
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public void Over_HTTP_2(bool isIt)
    {
        static byte[] Field(string name, string value) => [0, (byte)name.Length, .. Encoding.ASCII.GetBytes(name), (byte)value.Length, .. Encoding.ASCII.GetBytes(value)];
        byte[] ask = [.. Field(":method", "GET"), .. Field(":path", Path(Hash(isIt ? s_body : [1]))), .. Field(":scheme", "https"), .. Field(":authority", "example.org")];
        (Sender, byte[]?) request = (Sender.Client, [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. Http2(4, 0, 0, []), .. Http2(1, 5, 1, ask)]);
        foreach (int cut in (int[])[int.MaxValue, 1])
        {
            using Talk talk = Of([request, (Sender.Server, [.. Http2(4, 0, 0, []), .. Http2(1, 4, 1, [0x88]), .. Http2(0, 0, 1, s_body[..9]), .. Http2(0, 1, 1, s_body[9..])])], cut: cut);
            if (isIt) Assert.Equal(0, talk.Sent);
            else Assert.True(talk.Sent >= 64);
        }
        using Talk reset = Of([request, (Sender.Server, [.. Http2(4, 0, 0, []), .. Http2(1, 4, 1, [0x88]), .. Http2(0, 0, 1, s_body), .. Http2(3, 0, 1, [0, 0, 0, 8])])]);
        Assert.True(reset.Sent >= 64);
        using Talk partial = Of([request, (Sender.Server, [.. Http2(4, 0, 0, []), .. Http2(1, 4, 1, [0x8A]), .. Http2(0, 1, 1, s_body)])]); // 206
        Assert.True(partial.Sent >= 64);
    }

    [Theory]
    [InlineData(200, true, 0), InlineData(206, true, 64), InlineData(200, false, 64)]
    public void In_a_HAR(int status, bool isIt, int least)
    {
        using CanaryExaminer examiner = Disguises.ChainTests.Examiner();
        List<Flow> flows = [];
        Har.Read(Recording(Path(Hash(isIt ? s_body : [1])), s_body, status), new Protocols(examiner), (transport, client, server) => { flows.Add(new Flow(flows.Count + 1, transport, client, server)); return flows[^1]; }, 1 << 20);
        Assert.InRange(flows.Sum(flow => flow.Bytes(Sender.Client, ByteKind.Opaque)), least, least == 0 ? 0 : 1000);
    }

    static MemoryStream Recording(string path, byte[] body, int status = 200) => new(Encoding.UTF8.GetBytes($$$"""
        {"log":{"version":"1.2","creator":{"name":"made","version":"1"},"entries":[{"startedDateTime":"2026-11-26T00:00:00Z","time":1,
        "request":{"method":"GET","url":"https://cloud.example.org{{{path}}}","httpVersion":"HTTP/1.1","headers":[],"cookies":[],"queryString":[],"headersSize":-1,"bodySize":0},
        "response":{"status":{{{status}}},"statusText":"OK","httpVersion":"HTTP/1.1","headers":[],"cookies":[],"content":{"size":{{{body.Length}}},"mimeType":"text/plain","encoding":"base64","text":"{{{Convert.ToBase64String(body)}}}"},"redirectURL":"","headersSize":-1,"bodySize":{{{body.Length}}}},
        "cache":{},"timings":{"send":0,"wait":0,"receive":0}}]}}
        """));
}
