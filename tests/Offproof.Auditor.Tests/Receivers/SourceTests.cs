using System.Text;

namespace Offproof.Auditor.Tests.Receivers;

/// <summary>receivers.md §3: what files say, and what is wrong with them.</summary>
public sealed class SourceTests : IDisposable
{
    readonly Sources _sources = new();

    public void Dispose() => _sources.Dispose();

    const string Statistics = "2.3|apnic|20260801|3|19830613|20260731|+1000\napnic|*|ipv4|*|2|summary\napnic|*|ipv6|*|1|summary\n"
        + "apnic|AU|ipv4|192.0.2.0|300|20110811|allocated|A91\napnic|JP|ipv6|2001:db8::|33|19990813|assigned|A92|e-stats\napnic||ipv4|198.51.100.0|256||reserved|\n";

    [Theory]
    [InlineData("192.0.2.0", "registry APNIC 192.0.2.0 - 192.0.3.43 allocated 2011-08-11 2026-07-31", "holder A91 192.0.2.0 - 192.0.3.43 identifier of the holder 2011-08-11 2026-07-31", "country AU 192.0.2.0 - 192.0.3.43 country of the delegation 2011-08-11 2026-07-31")]
    [InlineData("192.0.3.43", "registry APNIC 192.0.2.0 - 192.0.3.43 allocated 2011-08-11 2026-07-31", "holder A91 192.0.2.0 - 192.0.3.43 identifier of the holder 2011-08-11 2026-07-31", "country AU 192.0.2.0 - 192.0.3.43 country of the delegation 2011-08-11 2026-07-31")]
    [InlineData("192.0.3.44")]
    [InlineData("198.51.100.9", "registry APNIC 198.51.100.0/24 reserved - 2026-07-31")]
    [InlineData("2001:db8:7fff::1", "registry APNIC 2001:db8::/33 assigned 1999-08-13 2026-07-31", "holder A92 2001:db8::/33 identifier of the holder 1999-08-13 2026-07-31", "country JP 2001:db8::/33 country of the delegation 1999-08-13 2026-07-31")]
    [InlineData("2001:db8:8000::1")]
    public void Statistics_of_a_registry(string address, params string[] claims)
    {
        Assert.Equal(claims, _sources.With("delegated", Statistics).Said(address));
        Assert.Empty(_sources.Only().Problems);
    }

    [Theory]
    [InlineData("|3|1983", "|4|1983", "its header says 4 records, it holds 3")]
    [InlineData("|ipv4|*|2|", "|ipv4|*|3|", "its summary says 3 records of ipv4, it holds 2")]
    [InlineData("192.0.2.0|300|", "192.0.2.0|0|", "1 lines are none of the format")]
    [InlineData("192.0.2.0|300|", "255.255.255.0|300|", "1 lines are none of the format")]
    [InlineData("2001:db8::|33|", "2001:db8::|129|", "1 lines are none of the format")]
    [InlineData("apnic|AU|ipv4", "\u0002|AU|ipv4", "1 lines are none of the format")]
    public void Statistics_that_do_not_add_up_are_damaged(string old, string now, string problem)
    {
        SourceReport file = _sources.With("delegated", Statistics.Replace(old, now, StringComparison.Ordinal)).Only();
        Assert.True(file.IsDamaged);
        Assert.Contains(problem, file.Problems);
    }

    [Fact]
    public void The_MD5_beside_a_file_is_compared()
    {
        string md5 = Convert.ToHexString(System.Security.Cryptography.CryptographicOperations.HashData(System.Security.Cryptography.HashAlgorithmName.MD5, Encoding.UTF8.GetBytes(Statistics)));
        Assert.False(_sources.With("d", Statistics).With("d.md5", $"MD5 (d) = {md5}\n").Only().IsDamaged);
        Assert.Equal(["its MD5 is not that of d.md5"], _sources.With("d.md5", $"{new string('0', 32)}  d\n").Only().Problems);
    }

    [Theory]
    [InlineData("t-2026-08-01.csv", "192.0.2.0/24,64496,Lantern,AU\n", "originAs AS64496 Lantern 192.0.2.0/24 origin of the route - 2026-08-01", "country AU 192.0.2.0/24 country in the table of routes - 2026-08-01")]
    [InlineData("routeviews-rv2-20260801-1200.pfx2as", "192.0.2.0\t24\t64496_64497\n192.0.0.0\t16\t1\n", "originAs AS64496 192.0.2.0/24 origin of the route - 2026-08-01", "originAs AS64497 192.0.2.0/24 origin of the route - 2026-08-01")]
    [InlineData("ip2asn-v4.tsv", "192.0.2.0\t192.0.2.99\t64496\tAU\tLANTERN - a, b\n", "originAs AS64496 LANTERN - a, b 192.0.2.0 - 192.0.2.99 origin of the route - -", "country AU 192.0.2.0 - 192.0.2.99 country in the table of routes - -")]
    [InlineData("ip2asn-v4-u32.tsv", "3221225984\t3221226239\t0\tNone\tNot routed\n", "originAs not announced 192.0.2.0/24 AS 0 (RFC 7607) - -")]
    [InlineData("dbip-asn-lite-2026-08.csv", "192.0.2.0,192.0.2.255,64496,\"Lantern, Inc.\"\n", "originAs AS64496 Lantern, Inc. 192.0.2.0/24 origin of the route - 2026-08-01")]
    [InlineData("dbip-country-lite-2026-08.csv", "192.0.2.0,192.0.2.255,AU\n", "country AU 192.0.2.0/24 country in the table - 2026-08-01")]
    [InlineData("GeoLite2-ASN-Blocks-IPv4.csv", "network,autonomous_system_number,autonomous_system_organization\n192.0.2.0/24,64496,\"Lantern\"\n", "originAs AS64496 Lantern 192.0.2.0/24 origin of the route - -")]
    [InlineData("lite.csv", "start_ip,end_ip,country,asn,as_name\n192.0.2.0,192.0.2.255,AU,AS64496,Lantern\n", "originAs AS64496 Lantern 192.0.2.0/24 origin of the route - -", "country AU 192.0.2.0/24 country in the table of routes - -")]
    public void Tables_of_routes_in_the_shapes_of_their_makers(string name, string text, params string[] claims)
    {
        Assert.Equal(claims, _sources.With(name, text).Said("192.0.2.7"));
        Assert.Equal("as-table", _sources.Only().Kind);
        Assert.All(_sources.Read("192.0.2.7").Claims(Sources.Of("192.0.2.7")), claim => Assert.Equal("as-table", claim.Kind));
        _sources.With(name, Packets.Made.Gzip(Encoding.UTF8.GetBytes(text)));
        Assert.Equal(claims, _sources.Said("192.0.2.7"));
    }

    [Fact]
    public void A_text_that_is_no_table_says_nothing_of_an_address()
    {
        _sources.With("t.csv", "192.0.2.0/24,64496\na\nb\n");
        Assert.Equal(("unknown", 0), (_sources.Only().Kind, _sources.Only().Entries));
        Assert.Empty(_sources.Said("192.0.2.7"));
    }

    [Fact]
    public void Only_the_smallest_range_of_a_table_speaks() =>
        Assert.Equal(["originAs AS3 192.0.2.0/25 origin of the route - -"], _sources.With("t.csv", "192.0.0.0/16,1\n192.0.2.0/25,3\n192.0.2.0/24,2\n").Said("192.0.2.7"));

    [Theory, InlineData("24-4.mmdb", false), InlineData("28-6.mmdb", true), InlineData("32-6.mmdb", true)]
    public void Databases_of_each_size_of_record(string name, bool has6)
    {
        _sources.With(name, File.ReadAllBytes(Path.Combine(Sources.Vectors, "mmdb", name)));
        Assert.Equal([$"originAs AS64496 {string.Concat(Enumerable.Repeat("Lanternfield ", 30))[..200]} 192.0.2.0/24 origin of the route - 2026-08-01"], _sources.Said("192.0.2.255"));
        Assert.Equal(["originAs AS64497 Larkfield 198.51.100.128/25 origin of the route - 2026-08-01", "country NL 198.51.100.128/25 country of the place - 2026-08-01"], _sources.Said("198.51.100.128"));
        Assert.Equal(["country AU 203.0.113.7/32 country of the place - 2026-08-01", "country NZ 203.0.113.7/32 country of the registration - 2026-08-01"], _sources.Said("203.0.113.7"));
        Assert.Empty(_sources.Said("198.51.100.127"));
        Assert.Equal(has6 ? ["originAs AS64498 2001:db8::/33 origin of the route - 2026-08-01"] : [], _sources.Said("2001:db8::1"));
        Assert.Empty(_sources.Only().Problems);
    }

    [Fact]
    public void A_database_that_lies_about_itself_is_damaged_and_never_more()
    {
        foreach (string name in (string[])["24-4.mmdb", "28-6.mmdb", "32-6.mmdb"])
        {
            byte[] whole = File.ReadAllBytes(Path.Combine(Sources.Vectors, "mmdb", name));
            int damaged = 0;
            for (int at = 0; at < whole.Length; at += 1 + at / 97)
            {
                byte[] broken = [.. whole];
                broken[at] ^= 0xff;
                _sources.With("x.mmdb", broken);
                SourceFolder folder = _sources.Read("192.0.2.1", "198.51.100.200", "203.0.113.7", "2001:db8::1");
                damaged += folder.Files.Single().IsDamaged ? 1 : 0;
            }
            Assert.True(damaged > 3, $"{name}: {damaged}");
        }
    }

    [Fact] // a map whose value points to the map
    public void A_database_that_goes_round_in_a_circle_is_damaged()
    {
        byte[] data = [0xe1, 0x41, (byte)'a', 0x20, 0x00];
        Assert.Null(new MmdbData(data).Read(0));
        byte[] bomb = [.. Enumerable.Repeat((byte)0, 0), 0x1f, 0x04, 0xff, 0xff, 0xff]; // an array of 16 million
        Assert.Null(new MmdbData(bomb).Read(0));
    }

    [Theory]
    [InlineData("", "unknown", "it is empty, or no file")]
    [InlineData("{\"a\":1}", "unknown", "it is none of the kinds that are read")]
    [InlineData("{\"a\":", "unknown", "it is no JSON, or is nested deeper than 32 levels")]
    [InlineData("a page about addresses\nand more\n", "unknown", "it is none of the kinds that are read")]
    [InlineData("{\"errorCode\":404,\"rdapConformance\":[]}", "rdap", "it is an error answer: 404")]
    [InlineData("{\"services\":[[[\"1.0.0.0/8\"],[\"ftp://a/\"]]]}", "bootstrap", "some of its entries are none")]
    [InlineData("{\"services\":[[[\"\\ud800\"],[\"https://a/\"]]]}", "bootstrap", "a text in it is no Unicode")]
    public void Files_that_say_nothing(string text, string kind, string problem)
    {
        SourceReport file = _sources.With("x", text).Only();
        Assert.Equal((kind, problem), (file.Kind, file.Problems[0]));
    }

    [Fact]
    public void Gzip_that_is_cut_is_damaged() =>
        Assert.Contains("its gzip data are damaged, stop early, or are followed by something else", _sources.With("x.gz", Packets.Made.Gzip(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 9000).Select(at => $"192.0.{at % 250}.0/24,{at * 7919}\n"))))[..2000]).Only().Problems);

    [Fact] // a link to what has no end, a folder's own files that are checked with, and one that nobody may read
    public void Files_that_are_none()
    {
        File.CreateSymbolicLink(Path.Combine(_sources.Folder, "zeros"), "/dev/zero");
        File.CreateSymbolicLink(Path.Combine(_sources.Folder, "nowhere"), "/nowhere/at/all");
        _sources.With("a.md5", "x").With("b.part", "x").With(".c", "x");
        Assert.Equal([("nowhere", true), ("zeros", true)], _sources.Read().Files.Select(file => (file.File, file.IsDamaged)));
    }

    [Theory]
    [InlineData("x-20260801.txt", "2026-08-01"), InlineData("x-2026-08-01", "2026-08-01"), InlineData("x-2026-08", "2026-08-01"), InlineData("x-2026-13-01", null), InlineData("x-120260801", null), InlineData("x", null), InlineData("20260231", null)]
    public void The_day_in_a_name(string name, string? day) => Assert.Equal(day, SourceFile.DayOf(name));

    [Fact]
    public void Lines_are_the_same_however_they_come()
    {
        string text = string.Concat(Enumerable.Range(0, 5000).Select(at => new string((char)('a' + at % 26), at % 61) + (at % 3 == 0 ? "\r\n" : "\n"))) + new string('x', 200_000) + "\nlast";
        TextLines lines = new(new Trickle(Encoding.ASCII.GetBytes(text), 977));
        List<string> read = [];
        while (lines.TryRead(out ReadOnlySpan<byte> line)) read.Add(Encoding.ASCII.GetString(line));
        Assert.Equal(text.Split('\n').Select(line => line.TrimEnd('\r')).Where(line => line.Length < 5000), read);
        Assert.Equal((1L, true), (lines.TooLong, lines.EndsInLine));
    }
}
