using System.Text;
using Offproof.Auditor;

namespace Offproof.Lab.Tests;

/// <summary>lab.md §5, what lines are called: the bytes of each ledger here fit the capture, and only the names can lie.</summary>
public sealed class LedgerContentsTests
{
    const string Host = "Host: cloud.example.org\r\n", Answer = "HTTP/1.1 204 No Content\r\n\r\n";
    const string Account = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    // Requests: how many of the wire have their bytes counted in it.
    sealed record Line(string Purpose, string Method, string Path, int Requests = 1);

    [Fact]
    public void Honest_lines_have_no_problem() => Assert.Empty(Problems(
        [[Get("/v1/server"), $"POST /v1/nonces HTTP/1.1\r\n{Host}Content-Length: 2\r\n\r\n{{}}"], [$"POST /v1/vaults/{Account}/{Account}/notes/1/?create=true HTTP/1.1\r\n{Host}Authorization: Basic eA==\r\nContent-Length: 0\r\n\r\n"]],
        new("public", "GET", "/v1/server"), new("consent", "POST", "/v1/nonces"), new("notes", "POST", "/v1/vaults/ACCOUNT/DEVICE/notes/1/")));

    [Fact]
    public void Another_method_is_found() =>
        Assert.Equal("no request on the wire is GET /v1/server; there is HEAD /v1/server", Only(1, [[$"HEAD /v1/server HTTP/1.1\r\n{Host}\r\n"]], new Line("public", "GET", "/v1/server")));

    [Theory]
    [InlineData("/v1/server?imei=001017981670485"), InlineData("/v1/server/"), InlineData("/v1/Server"), InlineData("/"), InlineData("*")]
    public void Another_path_is_found(string path) =>
        Assert.Equal($"no request on the wire is GET /v1/server; there is GET {path}", Only(1, [[Get(path)]], new Line("public", "GET", "/v1/server")));

    [Theory]
    [InlineData("/v1/vaults/ACCOUNT/DEVICE/notes/1/config", $"/v1/vaults/{Account}/{Account}/notes/1/config", true)]
    [InlineData("/v1/vaults/ACCOUNT/DEVICE/notes/1/config", "/v1/vaults/0123/0123/notes/1/config", false)]
    [InlineData("/v1/vaults/ACCOUNT/DEVICE/notes/1/config", $"/v1/vaults/{Account}/x{Account}/notes/1/config", false)]
    [InlineData("/v1/recovery/ACCOUNT/records", "/v1/recovery/0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF/records", false)]
    [InlineData("/v1/vaults/ACCOUNT/DEVICE/*/1/config", $"/v1/vaults/{Account}/{Account}/a-name/1/config", true)]
    [InlineData("/v1/vaults/*/1", "/v1/vaults/a/b/1", false)]
    [InlineData("/v1/vaults/a", "/v1/vaults/*", false)]
    public void What_is_masked_stands_for_an_account_a_device_or_one_name(string line, string target, bool isIt) =>
        Assert.Equal(isIt ? 0 : 1, Problems([[Get(target)]], new Line("notes", "GET", line)).Count);

    [Theory]
    [InlineData("GET /v1/server HTTP/1.1\r\nHost: a\r\nUser-Agent: x\r\n\r\n", "the field User-Agent")]
    [InlineData("GET /v1/server HTTP/1.1\r\nhost: a\r\n\r\n", "the field host")]
    [InlineData("GET /v1/server HTTP/1.1\r\nHost: a\r\nRange: bytes=0-9\r\n\r\n", "the field Range")]
    [InlineData("GET /v1/server HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx", "the field Content-Length")]
    [InlineData("GET /v1/server HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", "a field twice")]
    [InlineData("GET /v1/server HTTP/1.0\r\nHost: a\r\n\r\n", "the version HTTP/1.0")]
    public void A_public_request_that_has_more_is_found(string request, string more)
    {
        Assert.Equal($"it is public, and has {more}", Only(1, [[request]], new Line("public", "GET", "/v1/server")));
        // Of another purpose it may have that.
        Assert.Empty(Problems([[request]], new Line("consent", "GET", "/v1/server")));
    }

    [Fact]
    public void A_range_belongs_to_the_payload_of_an_update() =>
        Assert.Empty(Problems([[$"GET /channel/targets/payloads/a HTTP/1.1\r\n{Host}Range: bytes=0-9\r\n\r\n"]], new Line("public", "GET", "/channel/targets/payloads/a")));

    [Fact] // the match knows lengths and times, and no order among equals
    public void Two_requests_that_changed_places_are_found_where_they_are()
    {
        Assert.Empty(Problems([[Get("/a"), Get("/b")]], new("public", "GET", "/b"), new("public", "GET", "/a")));
        Assert.Empty(Problems([[Get("/a")], [Get("/b")]], new("public", "GET", "/b"), new("public", "GET", "/a")));
        // One wire request is no two lines.
        Assert.StartsWith("no request on the wire is GET /a", Only(3, [[Get("/a")], [Get("/b")]], new("public", "GET", "/a"), new("public", "GET", "/a")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_request_under_one_line_is_named()
    {
        Assert.Equal("on its connection there is GET /v1/imei/001017981670485 too, which no line names", Only(1, [[Get("/v1/server"), Get("/v1/imei/001017981670485")]], new Line("public", "GET", "/v1/server", 2)));
        // Also where it came first, and behind others.
        Assert.Equal("on its connection there is GET /x too, which no line names", Only(1, [[Get("/x"), Get("/v1/server")]], new Line("public", "GET", "/v1/server", 2)));
        Assert.Equal("on its connection there is GET /a too, which no line names", Only(3, [[Get("/a"), Get("/b"), Get("/a")]], new("public", "GET", "/a"), new("public", "GET", "/b", 2)));
        Assert.Equal("on its connection there is GET /x too, which no line names", Only(3, [[Get("/a")], [Get("/longer"), Get("/x")]], new("public", "GET", "/a"), new("public", "GET", "/longer", 2)));
    }

    [Fact] // two lies on two connections: neither stands for the other
    public void A_wrong_name_does_not_hide_a_second_request_elsewhere()
    {
        List<LineProblem> problems = Problems([[Get("/a"), Get("/x")], [Get("/another")]], new("public", "GET", "/a", 2), new("public", "GET", "/c"));
        Assert.Equal((LineProblem[])[new(3, "no request on the wire is GET /c; there is GET /another"), new(1, "on its connection there is GET /x too, which no line names")], problems);
    }

    [Fact] // lab.md §5: a connection that was opened for a request which another then took
    public void A_request_on_a_connection_that_counts_as_unused_is_named()
    {
        LedgerRequest line = new(1, "a:80", "public", "GET", "/a", default, default(TimeSpan), 1, 1, null);
        using Recording recording = new([[Get("/a")], [Get("/x")]]);
        LedgerMatch match = LedgerMatch.Of([], new LedgerFile(0, [], []), static time => time);
        match.Placed.Add(new Placed(line, recording.Connections[0], recording.Connections[1]));
        Assert.Equal((LineProblem[])[new(1, "on its connection there is GET /x too, which no line names")], LedgerContents.Problems(match, recording.Transcript));
    }

    static string Get(string path) => $"GET {path} HTTP/1.1\r\n{Host}\r\n";

    static string Only(int number, string[][] wire, params Line[] lines)
    {
        LineProblem problem = Assert.Single(Problems(wire, lines));
        Assert.Equal(number, problem.Line);
        return problem.Problem;
    }

    // The lines take the requests in the order of the connections; those of a line are on one.
    static List<LineProblem> Problems(string[][] wire, params Line[] lines)
    {
        DateTimeOffset from = TimeProvider.System.GetUtcNow();
        using Recording recording = new(wire);
        DateTimeOffset to = TimeProvider.System.GetUtcNow().AddMilliseconds(1);
        LedgerLines ledger = new();
        Queue<string> requests = new(wire.SelectMany(static requests => requests));
        foreach (Line line in lines)
        {
            string[] own = [.. Enumerable.Range(0, line.Requests).Select(_ => requests.Dequeue())];
            ledger.Add(from, to, "cloud.example.org:80", line.Purpose, line.Method, line.Path, own.Sum(static request => request.Length), own.Length * Answer.Length);
        }
        LedgerMatch match = LedgerMatch.Of(recording.Connections, LedgerFile.Read(ledger.File), static time => time);
        Assert.Empty(match.UnmatchedLines);
        Assert.Empty(match.Unmatched);
        return LedgerContents.Problems(match, recording.Transcript);
    }

    /// <summary>Connections in clear, each with its requests and an answer to each.</summary>
    sealed class Recording : IDisposable
    {
        readonly string _folder = Directory.CreateTempSubdirectory("offproof-contents-").FullName;

        internal Recording(string[][] wire)
        {
            string capture = Path.Combine(_folder, "run.pcapng"), persona = Path.Combine(_folder, "persona.json");
            using (RecordedFile recorded = new(capture))
            {
                for (int i = 0; i < wire.Length; i++)
                {
                    RecordedConnection connection = recorded.Open(40000 + i, 80);
                    foreach (string request in wire[i])
                    {
                        connection.Take(true, Encoding.Latin1.GetBytes(request));
                        connection.Take(false, Encoding.Latin1.GetBytes(Answer));
                    }
                    connection.End();
                }
            }
            File.WriteAllText(persona, Lab.Persona);
            Connections = Wire.Of(WireFile.Read(File.ReadAllBytes(capture)).Frames).Connections;
            Transcript = Transcript.Read(capture, persona, []);
        }

        internal List<Connection> Connections { get; }

        internal Transcript Transcript { get; }

        public void Dispose() => Directory.Delete(_folder, recursive: true);
    }
}
