using CsCheck;
using System.Text;
using System.Text.Json.Nodes;

namespace Offproof.Auditor.Tests.Receivers;

/// <summary>receivers.md §3.2: answers of registries in their own shapes, and hostile ones.</summary>
public sealed class RdapTests
{
    static RdapAnswer? Read(string json, out string problem) => RdapAnswer.Read(Encoding.UTF8.GetBytes(json), out problem);

    static string Vector(string name) => File.ReadAllText(Path.Combine(Sources.Vectors, "rdap", name));

    static string[] Said(RdapAnswer answer) => [.. answer.Claims.Select(said => $"{said.Layer}: {said.Value} ({said.What}, {said.Since ?? "-"})")];

    [Theory]
    [InlineData("arin.json", "192.0.2.0/24", null, "registry: ARIN (its server for whois, 2001-02-03)", "holder: Lanternfield Hosting Inc. (registrant LANT-1, 2001-02-03)", "holder: LANTERN-NET (name of the network, 2001-02-03)", "originAs: AS64496 (told to the registry, 2001-02-03)")]
    [InlineData("ripe.json", "198.51.100.0/24", null, "registry: RIPE NCC (source of the answer, 2009-10-11)", "holder: Larkfield B.V. (registrant ORG-LF1-RIPE, 2009-10-11)", "holder: LARK-MNT (handle of the registrant, 2009-10-11)", "holder: LARK-NET (name of the network, 2009-10-11)",
        "country: NL (country of the network, 2009-10-11)")]
    [InlineData("apnic.json", "203.0.113.0/24", null, "registry: APNIC (source of the answer, 2008-09-04)", "holder: Example Pty Ltd, Larkland (description, 2008-09-04)", "holder: EXAMPLE-AU (name of the network, 2008-09-04)", "country: AU (country of the network, 2008-09-04)")]
    [InlineData("lacnic.json", "2001:db8:1000::/36", null, "registry: LACNIC (its server for whois, 2012-03-04)", "holder: Alondra S.A. (registrant UY-LARK-LACNIC, 2012-03-04)", "originAs: AS64499 (told to the registry, 2012-03-04)")]
    [InlineData("afrinic.json", "2001:db8:2000::/36", null, "registry: AFRINIC (its server for whois, 2015-06-07)", "holder: Lark Networks (Pty) Ltd (registrant ORG-LZ1-AFRINIC, 2015-06-07)", "holder: LARK-ZA (name of the network, 2015-06-07)", "country: ZA (country of the network, 2015-06-07)")]
    [InlineData("registro-br.json", "2001:db8:3000::/36", "2026-08-02", "registry: NIC.br (its server for whois, 2010-11-12)", "holder: Cotovia Ltda (registrant 00000000000191, 2010-11-12)", "country: BR (country of the network, 2010-11-12)", "originAs: AS64500 (told to the registry, 2010-11-12)")]
    [InlineData("krnic.json", "198.18.0.0/22", null, "registry: KRNIC (its server for whois, 2003-04-05)", "holder: 종다리 주식회사, Jongdali Inc. (description, 2003-04-05)", "holder: JONGDALI (name of the network, 2003-04-05)", "country: KR (country of the network, 2003-04-05)")]
    public void An_answer_of_each_registry_is_read_in_its_own_shape(string name, string range, string? asOf, params string[] claims)
    {
        RdapAnswer answer = Assert.IsType<RdapAnswer>(Read(Vector(name), out string problem));
        Assert.Equal("", problem);
        Assert.Equal(range, answer.Range.ToString());
        Assert.Equal(asOf, answer.AsOf);
        Assert.Equal(claims, Said(answer));
    }

    [Fact] // receivers.md §3.2: names of people are not taken over
    public void No_person_is_named()
    {
        foreach (string file in Directory.GetFiles(Path.Combine(Sources.Vectors, "rdap")))
        {
            if (Read(File.ReadAllText(file), out _) is { } answer) Assert.DoesNotContain(Said(answer), said => said.Contains("Reedling", StringComparison.Ordinal));
        }
        JsonNode one = JsonNode.Parse(Vector("ripe.json"))!;
        one["entities"]![0]!["roles"] = new JsonArray("registrant");
        Assert.Contains("holder: a person, who is not named here (registrant AR1-RIPE, 2009-10-11)", Said(Read(one.ToJsonString(), out _)!));
    }

    [Fact]
    public void A_national_registry_that_is_a_contact_is_said_beside_the_regional_one()
    {
        RdapAnswer answer = Read(File.ReadAllText(Directory.GetFiles(Path.Combine(Sources.Vectors, "case"), "rdap_*").Single()), out _)!;
        Assert.Equal(["registry: APNIC (source of the answer, 2011-02-22)", "registry: CNNIC (named as a contact (IRT-CNNIC-CN): registered through it, 2011-02-22)"], Said(answer).Where(said => said.StartsWith("registry", StringComparison.Ordinal)));
        Assert.Null(Registries.NationalIn("CNNICX-AP"));
    }

    const string Good = """{"objectClassName":"ip network","startAddress":"192.0.2.0","endAddress":"192.0.2.255","ipVersion":"v4","name":"N"}""";

    [Theory]
    [InlineData("\"endAddress\":\"192.0.2.255\"", "\"endAddress\":\"192.0.1.255\"", "it ends before it begins")]
    [InlineData("\"endAddress\":\"192.0.2.255\"", "\"endAddress\":\"2001:db8::1\"", "its ends are of two families")]
    [InlineData("\"v4\"", "\"v6\"", "its ipVersion is not that of its addresses")]
    [InlineData("192.0.2.255", "192.0.2.256", "its startAddress or endAddress is no address")]
    [InlineData("192.0.2.255", "192.0.2.0255", "its startAddress or endAddress is no address")]
    [InlineData("\"192.0.2.0\"", "3221225984", "its startAddress or endAddress is no address")]
    [InlineData("\"name\":\"N\"", "\"name\":\"N\",\"name\":\"M\"", "a member stands twice in it")]
    [InlineData("\"name\":\"N\"", "\"startAddress\":\"10.0.0.0\"", "a member stands twice in it")]
    [InlineData("\"name\":\"N\"", "\"cidr0_cidrs\":[{\"v4prefix\":\"192.0.2.0\",\"length\":25}]", "its cidr0_cidrs are not its range")]
    [InlineData("\"name\":\"N\"", "\"cidr0_cidrs\":[{\"v4prefix\":\"192.0.2.0\",\"length\":23}]", "its cidr0_cidrs are not its range")]
    [InlineData("\"name\":\"N\"", "\"cidr0_cidrs\":[{\"v4prefix\":\"192.0.2.0\",\"length\":\"24\"}]", "its cidr0_cidrs are not its range", true)]
    [InlineData("\"name\":\"N\"", "\"name\":\"\\ud800\"", "a text in it is no Unicode")]
    [InlineData("ip network", "domain", "it is no answer about an address or an AS number")]
    [InlineData("\"objectClassName\"", "\"errorCode\":429,\"title\":\"slow\\u001b down\",\"objectClassName\"", "it is an error answer: 429, slow  down")]
    [InlineData("{", "[{", "it is no JSON, or is nested deeper than 32 levels")]
    public void An_answer_that_contradicts_itself_is_refused(string old, string now, string problem, bool throws = false)
    {
        Assert.NotNull(Read(Good, out _));
        Assert.Null(Read(Good.Replace(old, now, StringComparison.Ordinal), out string said));
        if (!throws) Assert.Equal(problem, said);
    }

    [Fact]
    public void Nesting_and_size_have_limits()
    {
        Assert.Null(Read(Good.Replace("\"N\"", new string('[', 100_000), StringComparison.Ordinal), out string problem));
        Assert.Equal("it is no JSON, or is nested deeper than 32 levels", problem);
        Assert.Null(Read(Good + new string(' ', 1 << 20), out problem));
        Assert.Equal("it is larger than 1 MiB", problem);
        string entities = string.Concat(Enumerable.Repeat("{\"roles\":[\"registrant\"],\"handle\":\"H\"},", 20_000));
        Assert.NotNull(Read(Good.Replace("\"name\":\"N\"", $"\"entities\":[{entities}1]", StringComparison.Ordinal), out _));
    }

    [Theory]
    [InlineData("0.0.0.0", "255.255.255.255", true), InlineData("42.0.0.0", "42.255.255.255", false), InlineData("42.0.0.0", "43.255.255.255", true)]
    [InlineData("::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", true), InlineData("2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", false)]
    public void A_range_of_a_registry_itself_names_no_holder(string first, string last, bool isPlaceholder)
    {
        RdapAnswer answer = Read(Good.Replace("192.0.2.0", first, StringComparison.Ordinal).Replace("192.0.2.255", last, StringComparison.Ordinal).Replace(",\"ipVersion\":\"v4\"", "", StringComparison.Ordinal), out _)!;
        Assert.Equal(isPlaceholder, answer.IsPlaceholder);
        Assert.Equal(!isPlaceholder, answer.Claims.Any(claim => claim.Layer == "holder"));
    }

    [Fact]
    public void Whatever_is_changed_in_an_answer_nothing_throws()
    {
        byte[][] seeds = [.. Directory.GetFiles(Path.Combine(Sources.Vectors, "rdap")).Select(File.ReadAllBytes)];
        Gen.Select(Gen.Int[0, seeds.Length - 1], Gen.Int[0, 5000].Array[1, 6], Gen.Byte.Array[6]).Sample((seed, places, bytes) =>
        {
            byte[] json = [.. seeds[seed]];
            for (int at = 0; at < places.Length; at++) json[places[at] % json.Length] = bytes[at];
            RdapAnswer? answer = RdapAnswer.Read(json, out string problem);
            return answer is null == problem.Length > 0;
        }, iter: 3000);
    }
}
