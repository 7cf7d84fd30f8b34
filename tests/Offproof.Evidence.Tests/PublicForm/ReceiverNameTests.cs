using System.Text.Json.Nodes;

namespace Offproof.Evidence.Tests;

/// <summary>evidence.md §6.2: whoever sent the traffic chose the receivers' names, and no form of a value passes in them.</summary>
public sealed class ReceiverNameTests
{
    static readonly ValueSearch Search = new(PersonaValues.Read(File.ReadAllBytes(Scratch.Persona)));

    [Theory]
    [InlineData("447700900028.example.org", "*.example.org"), InlineData("4477-0090-0028.example.org", "*.example.org"), InlineData("001017981670485.t.example.com", "*.example.com"), InlineData("api.account.example.com", "*.example.com")]
    [InlineData("Example.COM", "example.com"), InlineData("example.com.", "example.com"), InlineData("a.shop.co.uk", "*.shop.co.uk"), InlineData("api.mi.com.cn", "*.mi.com.cn"), InlineData("www.10086.cn", "*.10086.cn")]
    [InlineData("447700900028.org", "(left out)"), InlineData("820009007744.org", "(left out)"), InlineData("x.900028.org", "(left out)"), InlineData("x.303031303137393831363730343835.com", "(left out)"), InlineData("x.4477-0090-0028.org", "(left out)")]
    [InlineData("gaydcmbrg44tqmjwg4ydiobv.com", "(left out)"), InlineData("MDAxMDE3OTgxNjcwNDg1.com", "(left out)"), InlineData("jonasfairweather.com", "(left out)"), InlineData("gasopatobanesobe.com", "(left out)"), InlineData("x.gasopatobanes.net", "(left out)"), InlineData("facebook.com", "facebook.com"), InlineData("example.447700900028", "(left out)")]
    [InlineData("447700900028.co.uk", "(left out)"), InlineData("localhost", "(left out)"), InlineData("a b.com", "(left out)"), InlineData("", null), InlineData(null, null)]
    public void A_name_is_cut_to_what_somebody_registered_or_left_out(string? name, string? shown) => Assert.Equal(shown, new ReceiverName(Search, isInNames: false, isDisguised: false).Shown(name));

    [Fact]
    public void Where_a_finding_is_in_a_name_the_registered_part_has_no_digit_and_in_a_disguise_no_length()
    {
        Assert.Equal("(left out)", new ReceiverName(Search, isInNames: true, isDisguised: false).Shown("x.10086.cn"));
        Assert.Equal("*.pqxvbnmwkzrtqplkz.com", new ReceiverName(Search, isInNames: true, isDisguised: false).Shown("a.pqxvbnmwkzrtqplkz.com"));
        Assert.Equal("(left out)", new ReceiverName(Search, isInNames: true, isDisguised: true).Shown("a.pqxvbnmwkzrtqplkz.com")); // in a disguise that nobody here undoes
        Assert.Equal("*.example.org", new ReceiverName(Search, isInNames: true, isDisguised: true).Shown("a.example.org"));
    }

    [Theory] // The auditor's carriers: of HTTP's head with its field, of a recording with the whole address as target.
    [InlineData("head", "host", "tcp"), InlineData("head", ":authority", "tcp"), InlineData("head", "target", "har"), InlineData("dns-name", null, "udp"), InlineData("server-name", null, "tcp"), InlineData("body", null, "tcp")]
    public void A_value_in_a_receivers_name_is_not_published_whatever_carried_it(string carrier, string? field, string transport)
    {
        foreach (string name in (string[])["447700900028.example.org", "820009007744.example.org", "343437373030393030303238.example.org", "gq2donzqga4tambqgi4a.example.org", "4-4-7-7-0-0-9-0-0-0-2-8.example.org", "029d365b8584.example.org", "001017981670485.example.org"])
        {
            using Scratch scratch = new();
            var report = JsonNode.Parse(File.ReadAllText(Scratch.Report))!.AsObject();
            foreach (var flow in report["flows"]!.AsArray())
            {
                flow!["serverName"] = name;
                flow["transport"] = transport;
                if (transport == "har") flow["server"] = name + ":443";
            }
            foreach (var finding in report["findings"]!.AsArray())
            {
                finding!["carrier"] = carrier;
                finding["field"] = field;
            }
            EvidenceBundle.Pack(scratch.Request(new PackInput(PackRole.Persona, Scratch.Persona), new PackInput(PackRole.Report, scratch.Write("report.json", System.Text.Encoding.UTF8.GetBytes(report.ToJsonString())))), TimeProvider.System);
            EvidenceBundle.Publish(new PublishRequest(scratch.PathOf("bundle"), scratch.PathOf("public"), scratch.PathOf("openings.json"), scratch.Key, Scratch.Tool) { IncludeGuessable = true }, TimeProvider.System);
            string all = string.Concat(Directory.EnumerateFiles(scratch.PathOf("public"), "*", SearchOption.AllDirectories).Select(File.ReadAllText));
            Assert.DoesNotContain(name[..name.IndexOf('.', StringComparison.Ordinal)], all, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("to *.example.org", all, StringComparison.Ordinal);
        }
    }
}
