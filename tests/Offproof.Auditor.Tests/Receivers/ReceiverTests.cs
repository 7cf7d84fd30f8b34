using CsCheck;
using System.Text;
using Offproof.Auditor.Tests.Packets;

namespace Offproof.Auditor.Tests.Receivers;

/// <summary>receivers.md §1, §2, §4, §7: what is said of the ends of flows.</summary>
public sealed class ReceiverTests
{
    static readonly string Persona = Path.Combine(Repository.Root, "vectors", "phone", "persona.json");

    static AuditReport Case(string? sources) => Audit.Run(new AuditRequest([Path.Combine(Sources.Vectors, "case.pcap")], Persona, [], sources));

    [Fact] // receivers.md §7
    public void The_case_of_2014_is_told_in_layers_and_no_layer_is_an_owner()
    {
        AuditReport report = Case(Path.Combine(Sources.Vectors, "case"));
        string text = string.Join('\n', AuditText.Lines(report)).Replace(Sources.Vectors + "/", "", StringComparison.Ordinal) + "\n";
        string expected = Path.Combine(Sources.Vectors, "case.txt");
        if (Environment.GetEnvironmentVariable("OFFPROOF_WRITE_VECTORS") == "1") File.WriteAllText(expected, text);
        Assert.Equal(File.ReadAllText(expected), text);

        ReceiverReport receiver = report.Receivers[0];
        Assert.Equal("42.62.48.207", receiver.Address);
        Assert.Equal(2, receiver.Findings);
        Assert.Equal(["APNIC", "CNNIC", "APNIC"], Values("registry"));
        Assert.Contains("Forest Eternal Communication Tech. co.ltd", Values("holder"));
        Assert.Equal(["AS23724", "AS23724", "AS64501", "AS64502"], Values("originAs"));
        Assert.Equal(["originAs"], receiver.Differ);
        Assert.DoesNotContain("CNNIC", Values("holder"));
        Assert.DoesNotContain("owner", text, StringComparison.OrdinalIgnoreCase);

        string[] Values(string layer) => [.. receiver.Claims.Where(claim => claim.Layer == layer).Select(claim => claim.Value)];
    }

    [Fact]
    public void Without_a_source_of_the_time_it_is_said_that_the_route_may_have_been_another()
    {
        using Sources sources = new();
        foreach (string file in Directory.GetFiles(Path.Combine(Sources.Vectors, "case")).Where(file => !file.EndsWith(".gz", StringComparison.Ordinal))) sources.With(Path.GetFileName(file), File.ReadAllBytes(file));
        Assert.Contains("the origin AS is that of 2026-08-01, the packets are of 2014-08-10: then the route may have been another", Case(sources.Folder).Receivers[0].Remarks);
        // With one of the time, both are told by their days.
        Assert.Equal("the origin AS of 2014-08-10, nearest to the packets, is AS64501, AS64502; of 2026-08-01 it is AS23724: routes change", Case(Path.Combine(Sources.Vectors, "case")).Receivers[0].Remarks[0]);
    }

    [Fact]
    public void Without_sources_the_names_of_the_capture_are_there()
    {
        ReceiverReport receiver = Case(null).Receivers[0];
        Assert.Empty(receiver.Claims);
        Assert.Equal([("api.account.example.com", "dns"), ("api.account.example.com", "host")], receiver.Names.Select(name => (name.Name, name.By)));
        Assert.Equal("2014-08-10T00:00:00.006800Z", receiver.Names[0].Time);
        Assert.StartsWith("2014-08-10T00:00:00", receiver.First, StringComparison.Ordinal);
        Assert.All(Case(null).Findings, finding => Assert.StartsWith("2014-08-10T00:00:00", finding.Time, StringComparison.Ordinal));
    }

    [Fact]
    public void A_certificate_in_clear_and_the_name_of_a_hello_are_names()
    {
        AuditReport report = Audit.Run(new AuditRequest([Path.Combine(Repository.Root, "vectors", "audit", "stages", "stage-d.pcap")], Persona, []));
        ReceiverReport receiver = report.Receivers.Single(receiver => receiver.Address == "203.0.113.7");
        Assert.Equal("documentation (RFC 5737)", receiver.Scope);
        Assert.Contains(receiver.Names, name => name is { By: "sni", Name: "api.account.example.com" });
        Assert.Contains(receiver.Names, name => name.By == "certificate");
    }

    [Fact]
    public void An_alias_leads_from_the_name_that_was_asked_to_the_name_of_the_record()
    {
        byte[] answer = [.. "\0\u0001\u0081\u0080\0\u0001\0\u0002\0\0\0\u0001\u0001a\u0004test\0\0\u0001\0\u0001\u00c0\u000c\0\u0005\0\u0001\0\0\0\u0001\0\u0004\u0001b\u00c0\u000e\u00c0\u0024\0\u0001\0\u0001\0\0\0\u0001\0\u0004\u002a\u0001\u0002\u0003\u00c0\u0024\0\u0001\0\u0001\0\0\0\u0001\0\u0004\u002a\u0001\u0002\u0004".Select(c => (byte)c)];
        Observations observed = new();
        Listening examiner = new() { Observed = observed };
        Flow flow = new(1, "udp", new(Made.Phone, 40_000), new(Made.Server, 53));
        Assert.True(DnsMessage.TryRead(flow, examiner, Sender.Server, answer, 5, isPort: true));
        ObservedName name = Assert.Single(observed.Names(new ReceiverKey(Sources.Of("42.1.2.3"), null)));
        Assert.Equal(new ObservedName("a.test", "dns", "b.test", 0, 5, null, 1), name);
        // What stands beside the answers is somebody else's.
        Assert.Empty(observed.Names(new ReceiverKey(Sources.Of("42.1.2.4"), null)));
    }

    sealed class Listening : Examiner
    {
        internal override int Examine(in Place place, ReadOnlySpan<byte> bytes, in Declared declared = default) => 0;
    }

    [Fact]
    public void Names_and_receivers_have_limits()
    {
        Observations observed = new();
        for (int at = 0; at < 40_000; at++)
        {
            Flow flow = new(at + 1, "tcp", new(Made.Phone, 40_000), new(new System.Net.IPAddress([42, 1, (byte)(at / 256), (byte)(at % 256)]), 443));
            observed.Named(flow, "host", $"n{at}.example.com", 1);
            observed.Add(flow, false, null);
        }
        Assert.Equal(Observations.MostReceivers, observed.Receivers.Count);
        Assert.Equal(40_000 - Observations.MostReceivers, observed.LeftOut);
        Flow one = new(1, "tcp", new(Made.Phone, 1), new(Made.Server, 443));
        Observations few = new();
        for (int at = 0; at < 100; at++) few.Named(one, "host", $"n{at}", 1);
        few.Named(one, "host", "n0", 1);
        IReadOnlyList<ObservedName> names = few.Names(new ReceiverKey(Address.Of(Made.Server), null));
        Assert.Equal(Observations.MostNames, names.Count);
        Assert.Equal(2, names[0].Times);
    }

    [Fact]
    public void Recordings_without_an_address_are_known_by_name()
    {
        string har = Path.GetTempFileName();
        try
        {
            File.WriteAllText(har, """{"log":{"entries":[{"request":{"method":"GET","url":"http://a.example.com/?imei=001017981670485","httpVersion":"HTTP/1.1","headers":[]},"response":{"status":200,"headers":[],"content":{}}},{"serverIPAddress":"42.1.2.3","request":{"method":"GET","url":"http://b.example.com/","httpVersion":"HTTP/1.1","headers":[]}}]}}""");
            IReadOnlyList<ReceiverReport> receivers = Audit.Run(new AuditRequest([har], Persona, [])).Receivers;
            Assert.Equal([(null, "a.example.com", 1), ("42.1.2.3", "b.example.com", 0)], receivers.Select(receiver => (receiver.Address, receiver.Names[0].Name, receiver.Findings)));
        }
        finally
        {
            File.Delete(har);
        }
    }

    [Theory]
    [InlineData("192.0.2.1", true), InlineData("192.0.2.01", false), InlineData("192.0.2", false), InlineData("192.0.2.256", false), InlineData("0x7f.1", false), InlineData("2001:db8::1", true), InlineData("fe80::1%eth0", false), InlineData("::ffff:192.0.2.1", true), InlineData("1:2", false)]
    public void Addresses_are_read_strictly(string text, bool isOne) => Assert.Equal(isOne, Address.TryParse(Encoding.ASCII.GetBytes(text), out _));

    [Fact]
    public void Ranges_of_numbers()
    {
        Gen.Select(Gen.UInt, Gen.Int[0, 32]).Sample((number, length) =>
        {
            Assert.True(AddressRange.TryPrefix(new Address(number, false), length, out AddressRange range));
            Assert.True(AddressRange.TryPrefix(Encoding.ASCII.GetBytes(range.ToString()), out AddressRange again));
            return range == again && range.Contains(new Address(number, false)) && range.Extent == (UInt128)((1UL << (32 - length)) - 1);
        });
        Assert.True(AddressRange.TryPrefix(new Address(UInt128.MaxValue, true), 0, out AddressRange all));
        Assert.Equal("::/0", all.ToString());
    }

    [Fact]
    public void A_report_of_SARIF_names_the_receiver()
    {
        using MemoryStream written = new();
        Sarif.Write(Case(Path.Combine(Sources.Vectors, "case")), written);
        using System.Text.Json.JsonDocument sarif = System.Text.Json.JsonDocument.Parse(written.ToArray());
        System.Text.Json.JsonElement receiver = sarif.RootElement.GetProperty("runs")[0].GetProperty("results")[0].GetProperty("properties").GetProperty("receiver");
        Assert.Equal("42.62.48.207", receiver.GetProperty("address").GetString());
        Assert.Contains(receiver.GetProperty("claims").EnumerateArray(), claim => claim.GetString()!.StartsWith("origin AS: AS23724", StringComparison.Ordinal));
    }
}
