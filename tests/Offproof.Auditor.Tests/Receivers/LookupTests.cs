using System.Text;

namespace Offproof.Auditor.Tests.Receivers;

/// <summary>receivers.md §5: who is asked what, and which answers are refused. The way out is a table of this test.</summary>
public sealed class LookupTests : IDisposable
{
    const string Rdap = "application/rdap+json";

    readonly Sources _sources = new();
    readonly Clock _time = new();
    readonly Dictionary<string, Func<Fetched>> _world = new(StringComparer.Ordinal);
    readonly List<string> _happened = [];

    sealed class Clock : TimeProvider
    {
        DateTimeOffset _now = new(2026, 8, 10, 12, 0, 0, TimeSpan.Zero);

        internal void Advance(TimeSpan time) => _now += time;

        public override DateTimeOffset GetUtcNow() => _now;
    }

    public LookupTests() => _sources.With("ipv4.json", """{"services":[[["42.0.0.0/8","43.0.0.0/8"],["http://rdap.example.net/","https://rdap.example.net/"]],[["44.0.0.0/8"],["http://plain.example.net/"]]]}""");

    public void Dispose() => _sources.Dispose();

    IReadOnlyList<string> Ask(params string[] addresses)
    {
        Online online = new((uri, _) =>
        {
            _happened.Add($"GET {uri}");
            return _world.TryGetValue(uri.ToString(), out Func<Fetched>? answer) ? answer() : new Fetched(404, null, null, default);
        }, words => _happened.Add(words), (time, _) =>
        {
            _happened.Add($"waits {time.TotalSeconds}");
            _time.Advance(time);
        }, _time);
        Lookup lookup = new(_sources.Folder, online);
        lookup.Run(_sources.Read(addresses), [.. addresses.Select(Sources.Of)], CancellationToken.None);
        return lookup.Notes;
    }

    void Answers(string url, string first, string last, string type = Rdap) =>
        _world[url] = () => new Fetched(200, type, null, Encoding.UTF8.GetBytes($$"""{"objectClassName":"ip network","startAddress":"{{first}}","endAddress":"{{last}}"}"""));

    void Redirects(string url, string to) => _world[url] = () => new Fetched(302, null, new Uri(to), default);

    string[] Saved => [.. Directory.GetFiles(_sources.Folder, "rdap_*").Select(Path.GetFileName).Order(StringComparer.Ordinal)!];

    [Fact]
    public void It_says_who_is_told_of_what_before_it_asks_and_keeps_the_answer()
    {
        Answers("https://rdap.example.net/ip/42.1.2.3", "42.1.0.0", "42.1.255.255");
        Assert.Empty(Ask("42.1.2.3"));
        Assert.Equal(["rdap.example.net is told of 42.1.2.3", "GET https://rdap.example.net/ip/42.1.2.3"], _happened);
        Assert.Equal(["rdap_20260810T120000Z_rdap.example.net_42.1.2.3.json"], Saved);
        _happened.Clear();
        Assert.Empty(Ask("42.1.2.3", "42.1.9.9"));
        Assert.Empty(_happened);
        _time.Advance(TimeSpan.FromDays(31));
        Ask("42.1.2.3");
        Assert.Equal(2, Saved.Length);
    }

    [Fact]
    public void One_answer_is_about_its_whole_range_and_requests_are_a_second_apart()
    {
        Answers("https://rdap.example.net/ip/42.1.2.3", "42.1.0.0", "42.1.255.255");
        Answers("https://rdap.example.net/ip/42.2.2.3", "42.2.0.0", "42.2.255.255");
        Assert.Empty(Ask("42.1.2.3", "42.1.9.9", "42.2.2.3"));
        Assert.Equal(["rdap.example.net is told of 42.1.2.3, 42.1.9.9, 42.2.2.3", "GET https://rdap.example.net/ip/42.1.2.3", "waits 1", "GET https://rdap.example.net/ip/42.2.2.3"], _happened);
    }

    [Fact]
    public void Nobody_is_asked_about_an_address_that_nobody_can_hold()
    {
        Assert.Empty(Ask("192.168.1.1", "10.0.0.1", "127.0.0.1", "224.0.0.251", "203.0.113.7", "fe80::1", "fd00::1", "ff02::fb", "2001:db8::1", "255.255.255.255"));
        Assert.Empty(_happened);
    }

    [Theory]
    [InlineData("42.9.0.0", "42.9.255.255", Rdap, "42.1.2.3: rdap.example.net: the answer is refused: it is not about this address")]
    [InlineData("2a01::", "2a01:ffff::", Rdap, "42.1.2.3: rdap.example.net: the answer is refused: it is not about this address")]
    [InlineData("42.1.0.0", "42.0.0.0", Rdap, "42.1.2.3: rdap.example.net: the answer is refused: it ends before it begins")]
    [InlineData("42.1.0.0", "42.1.255.255", "text/html", "42.1.2.3: rdap.example.net: its answer is text/html, and no RDAP")]
    [InlineData("42.1.0.0", "42.1.255.255", null, "42.1.2.3: rdap.example.net: its answer is of no media type, and no RDAP")]
    public void An_answer_that_is_not_about_the_address_is_refused_and_not_kept(string first, string last, string? type, string note)
    {
        Answers("https://rdap.example.net/ip/42.1.2.3", first, last, type!);
        Assert.Equal([note], Ask("42.1.2.3"));
        Assert.Empty(Saved);
    }

    [Fact]
    public void An_answer_without_end_is_refused()
    {
        _world["https://rdap.example.net/ip/42.1.2.3"] = () => new Fetched(200, Rdap, null, new byte[(1 << 20) + 1]);
        Assert.Equal(["42.1.2.3: rdap.example.net: its answer is larger than 1 MiB"], Ask("42.1.2.3"));
    }

    [Fact]
    public void A_redirect_is_followed_and_said_before_the_next_host_is_told()
    {
        Redirects("https://rdap.example.net/ip/42.1.2.3", "https://rdap.example.org/ip/42.1.2.3");
        Answers("https://rdap.example.org/ip/42.1.2.3", "42.1.2.0", "42.1.2.255");
        Assert.Empty(Ask("42.1.2.3"));
        Assert.Equal("rdap.example.net sends on: rdap.example.org is told of 42.1.2.3", _happened[2]);
        Assert.Equal(["rdap_20260810T120000Z_rdap.example.org_42.1.2.3.json"], Saved);
    }

    [Theory]
    [InlineData("https://rdap.example.net/ip/42.1.2.3", "its redirects go round in a circle")]
    [InlineData("https://rdap.example.net/b", "its redirects go round in a circle")]
    [InlineData("http://rdap.example.net/ip/42.1.2.3", "it redirects from HTTPS to something else")]
    [InlineData("file:///etc/passwd", "it redirects from HTTPS to something else")]
    [InlineData("https://user@rdap.example.net/", "its address holds a user's name")]
    public void Redirects_have_bounds(string to, string why)
    {
        Redirects("https://rdap.example.net/ip/42.1.2.3", to);
        Redirects("https://rdap.example.net/b", "https://rdap.example.net/ip/42.1.2.3");
        Assert.Equal([$"42.1.2.3: rdap.example.net: {why}"], Ask("42.1.2.3"));
    }

    [Fact]
    public void A_row_of_redirects_ends()
    {
        for (int at = 0; at < 50; at++) Redirects(at == 0 ? "https://rdap.example.net/ip/42.1.2.3" : $"https://rdap.example.net/{at}", $"https://rdap.example.net/{at + 1}");
        Assert.Equal(["42.1.2.3: rdap.example.net: it redirects more than 4 times"], Ask("42.1.2.3"));
        Assert.Equal(5, _happened.Count(line => line.StartsWith("GET", StringComparison.Ordinal)));
    }

    [Theory, InlineData(429), InlineData(503)]
    public void Who_wants_to_be_asked_less_is_not_asked_again(int status)
    {
        _world["https://rdap.example.net/ip/42.1.2.3"] = () => new Fetched(status, null, null, default);
        Assert.Equal(["42.1.2.3: rdap.example.net: it wants to be asked less", "43.1.2.3: rdap.example.net: it wants to be asked less, and was not asked again"], Ask("42.1.2.3", "43.1.2.3"));
        Assert.Single(_happened, line => line.StartsWith("GET", StringComparison.Ordinal));
    }

    [Fact]
    public void Nobody_is_asked_in_plain_text_and_whom_IANA_does_not_name()
    {
        Assert.Equal(["45.1.2.3: IANA names nobody who answers for it", "44.1.2.3: plain.example.net: it is not HTTPS"], Ask("44.1.2.3", "45.1.2.3"));
        Assert.DoesNotContain(_happened, line => line.StartsWith("GET", StringComparison.Ordinal));
    }

    [Fact]
    public void IANA_is_asked_for_its_list_and_told_of_no_address()
    {
        _world["https://data.iana.org/rdap/ipv6.json"] = () => new Fetched(200, "application/json", null, """{"services":[[["2a00::/12"],["https://six.example.net/"]]]}"""u8.ToArray());
        Answers("https://six.example.net/ip/2a00:1::1", "2a00:1::", "2a00:1:ffff:ffff:ffff:ffff:ffff:ffff");
        Assert.Empty(Ask("2a00:1::1"));
        Assert.Equal(["data.iana.org is asked who answers for addresses; it is told of none", "GET https://data.iana.org/rdap/ipv6.json", "six.example.net is told of 2a00:1::1", "GET https://six.example.net/ip/2a00:1::1"], _happened);
        Assert.True(File.Exists(Path.Combine(_sources.Folder, "ipv6.json")));
    }

    [Fact]
    public void At_most_32_addresses_are_asked_about()
    {
        Assert.Contains("8 addresses were not asked about: 32 are in one run; the next goes on", Ask([.. Enumerable.Range(1, 40).Select(at => $"42.{at}.0.1")]));
        Assert.Equal(32, _happened.Count(line => line.StartsWith("GET", StringComparison.Ordinal)));
    }
}
