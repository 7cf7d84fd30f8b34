namespace Offproof.Lab.Tests.Comparing;

/// <summary>Each program is found out, or not, as compare.md says.</summary>
public sealed class VectorTests
{
    static VectorTests() => Vectors.WriteIfAsked();

    public static TheoryData<string> Names() => [.. Programs.All.Keys];

    [Theory]
    [InlineData("honest", "CLEAN", null, "")]
    [InlineData("honest-random", "CLEAN", "control", "field x-nonce")]
    [InlineData("honest-clock", "CLEAN", "time", "field x-sent")]
    [InlineData("blob-length", "LEAK", "unexplained", "body")]
    [InlineData("blob-opaque", "INCONCLUSIVE", "opaque", "body")]
    [InlineData("blob-opaque-length", "LEAK", "unexplained", "body")]
    [InlineData("blob-fixed-key", "LEAK", "unexplained", "body")]
    [InlineData("header-order", "LEAK", "unexplained", "names and order of fields")]
    [InlineData("header-case", "LEAK", "unexplained", "names and order of fields")]
    [InlineData("header-space", "LEAK", "unexplained", "names and order of fields")]
    [InlineData("json-space", "LEAK", "unexplained", "whole json")]
    [InlineData("connection", "LEAK", "unexplained", "news.example.net")]
    [InlineData("salted-fixed", "LEAK", "unexplained", "field x-install")]
    [InlineData("salted-fresh", "CLEAN", "control", "field x-install")] // missed, and counted: compare.md §7
    [InlineData("etag-echo", "CLEAN", "server", "field if-none-match")]
    [InlineData("etag-persona", "INCONCLUSIVE", "answer", "field etag")]
    [InlineData("timing", "LEAK", "unexplained", "pause")]
    [InlineData("order", "LEAK", "unexplained", "order of requests")]
    [InlineData("path", "LEAK", "unexplained", "path segment 2")]
    [InlineData("count", "LEAK", "unexplained", "request GET/2 #4")]
    [InlineData("dns-label", "LEAK", "unexplained", "name asked by DNS")]
    [InlineData("nonce-half", "LEAK", "unexplained", "field x-nonce")]
    [InlineData("nonce-bit", "LEAK", "unexplained", "field x-nonce")]
    [InlineData("client-random", "LEAK", "unexplained", "ClientHello sent #1: random")]
    [InlineData("key-share", "CLEAN", "tls", "ClientHello sent #1: random")]
    public void Every_program_is_classed_as_the_document_says(string name, string verdict, string? kind, string place)
    {
        ComparisonReport report = Comparison.Run(Vectors.Request(name));
        string said = Vectors.Text(report);
        Assert.True(report.Verdict == verdict, said);
        if (kind is null) Assert.True(report.Differences.Count == 0, said);
        else Assert.True(report.Differences.Any(difference => difference.Class == kind && difference.Place.Contains(place, StringComparison.Ordinal)), said);
        if (verdict != "LEAK") Assert.DoesNotContain(report.Differences, static difference => difference.Class == "unexplained");
    }

    [Theory, MemberData(nameof(Names))] // captures and reports are those that lie in vectors/lab
    public void The_vectors_are_what_the_programs_say(string name)
    {
        foreach (string run in (string[])["a", "control", "b"]) Assert.Equal(Vectors.Record(name, run), File.ReadAllBytes(Vectors.File(name, run)));
        Assert.Equal(File.ReadAllText(Path.Combine(Repository.Vectors, name + ".txt")), Vectors.Text(Comparison.Run(Vectors.Request(name))));
    }

    [Theory, MemberData(nameof(Names))] // cli.md §3: CLEAN is not said where it cannot be known
    public void Without_a_control_nothing_is_clean_and_nothing_is_a_leak(string name) => Assert.Equal("INCONCLUSIVE", Comparison.Run(Vectors.Request(name, hasControl: false)).Verdict);

    [Theory, MemberData(nameof(Names))] // what a program draws for itself is silenced, whatever it is
    public void A_persona_compared_with_itself_leaks_nothing(string name)
    {
        ComparisonReport report = Comparison.Run(Vectors.Request(name, b: "control"));
        Assert.DoesNotContain(report.Differences, static difference => difference.Class is "unexplained" or "answer");
    }

    [Fact]
    public void The_place_of_a_difference_is_said_in_both_captures_and_can_be_looked_up_there()
    {
        DifferenceReport found = Assert.Single(Comparison.Run(Vectors.Request("salted-fixed")).Differences, static difference => difference.Place == "tcp cloud.example.org:80 #1: request GET/2 #2: field x-install");
        foreach ((string run, SideReport? side) in (IEnumerable<(string, SideReport?)>)[("a", found.A), ("b", found.B)])
        {
            Assert.Equal((1, 5, 64), (side!.Flow, side.Packet, side.Length));
            // Behind the headers of the file, and of record, IP and TCP of the packet.
            byte[] capture = File.ReadAllBytes(Vectors.File("salted-fixed", run));
            int at = 24;
            for (int packet = 1; packet < side.Packet; packet++) at += 16 + BitConverter.ToInt32(capture, at + 8);
            Assert.Equal(side.Value, System.Text.Encoding.ASCII.GetString(capture, at + 16 + 40 + (int)side.Offset, (int)side.Length));
        }
    }

    [Fact]
    public void What_is_allowed_is_said_in_bits()
    {
        PowerReport random = Comparison.Run(Vectors.Request("honest-random")).Power, honest = Comparison.Run(Vectors.Request("honest")).Power;
        AllowedReport nonces = Assert.Single(random.Allowed, static way => way.Way.StartsWith("randomness", StringComparison.Ordinal));
        Assert.Equal((3, 3 * 32 * 4.0), (nonces.Places, nonces.Bits)); // 32 hexadecimal digits, three times
        Assert.DoesNotContain(honest.Allowed, static way => way.Way.StartsWith("randomness", StringComparison.Ordinal));
        Assert.True(random.Bits > honest.Bits && random.BitsADay > random.Bits);
    }

    [Theory] // a packet that was lost, or a program that plays dice, explains that something is there, not what it says
    [InlineData("honest.a", "salted-fixed.control", "salted-fixed.b")]
    [InlineData("salted-fixed.a", "honest.control", "salted-fixed.b")]
    public void What_comes_and_goes_is_compared_where_it_is(string first, string control, string second)
    {
        string File(string name) => Path.Combine(Repository.Vectors, name + ".pcap");
        ComparisonReport report = Comparison.Run(new CompareRequest(File(first), File(second), File(control), Vectors.Persona(0), Vectors.Persona(1), []));
        Assert.Equal("INCONCLUSIVE", report.Verdict);
        Assert.Contains(report.Differences, static difference => difference.Class == "uncontrolled" && difference.Place.EndsWith("field x-install", StringComparison.Ordinal));
    }

    [Theory] // audit.md §3.7: recordings without packets
    [InlineData("k1j5h8s7f2", "k1j5h8s7f2", "k1j5h8s7f2", "CLEAN", 0)]
    [InlineData("k1j5h8s7f2", "k1j5h8s7f2", "q0w9e8r7t6", "LEAK", 1)]
    // §3: what the control draws anew it explains, but for other characters than either has.
    [InlineData("170352694", "826914053", "945027318", "CLEAN", 1)]
    [InlineData("170352694", "826914053", "9e50b7c18", "LEAK", 1)]
    [InlineData("170352694", "8b6914f53", "9e50b7c18", "CLEAN", 1)]
    [InlineData("1a0352d94", "8b6914f53", "945027318", "CLEAN", 1)]
    [InlineData("1a0352d94", "8b6914f53", "9z50b7c18", "LEAK", 1)]
    public void Recordings_are_compared_too(string first, string control, string second, string verdict, int differences)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("offproof-lab-");
        try
        {
            ComparisonReport report = Comparison.Run(new CompareRequest(Write("a", first), Write("b", second), Write("control", control), Vectors.Persona(0), Vectors.Persona(1), []));
            Assert.Equal((verdict, differences), (report.Verdict, report.DifferencesTotal));
            Assert.Null(report.Power.BitsADay);
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        string Write(string name, string value)
        {
            string path = Path.Combine(folder.FullName, name + ".har");
            File.WriteAllText(path, """{"log":{"version":"1.2","creator":{"name":"x","version":"1"},"entries":[{"request":{"method":"GET","url":"https://cloud.example.org/a?x=VALUE","httpVersion":"HTTP/1.1","headers":[{"name":"Host","value":"cloud.example.org"}],"headersSize":-1,"bodySize":0},"response":{"status":200,"statusText":"OK","httpVersion":"HTTP/1.1","headers":[],"content":{"size":2,"mimeType":"text/plain","text":"ok"}}}]}}""".Replace("VALUE", value, StringComparison.Ordinal));
            return path;
        }
    }

    [Fact]
    public void Personas_that_share_an_identifier_cannot_show_it()
    {
        string same = Vectors.Persona(0);
        ComparisonReport report = Comparison.Run(Vectors.Request("honest") with { PersonaB = same });
        Assert.Equal("INCONCLUSIVE", report.Verdict);
        Assert.Contains(report.Reasons, static reason => reason.Contains("imei", StringComparison.Ordinal));
    }
}
