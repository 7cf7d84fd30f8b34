using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;
using Offproof.Auditor;
using Offproof.Evidence;

namespace Offproof.Cli.Tests;

/// <summary>
/// docs/evidence.md §6: the auditor looks for the persona, in all forms and disguises that it knows, through every file of a public bundle - each sent as the body of a request, in a capture made for it -
/// and finds nothing; the same search finds the persona in the private bundle, and one value that is hidden in a public one.
/// </summary>
public sealed class PublicBundleTests : IDisposable
{
    static readonly string Vectors = Path.Combine(FindRoot(), "vectors", "evidence");

    readonly string folder = Directory.CreateTempSubdirectory("offproof-public-").FullName;

    [Fact]
    public void The_auditor_finds_no_planted_value_in_a_public_bundle_and_finds_them_in_the_private_one()
    {
        Publish(Path.Combine(Vectors, "bundle"));
        Assert.Empty(Search(PathOf("public")).Findings);
        Assert.Empty(Search(Path.Combine(Vectors, "public")).Findings);

        AuditReport found = Search(Path.Combine(Vectors, "bundle"));
        Assert.Equal("LEAK", found.Verdict);
        int canaries = found.Findings.Select(finding => finding.Canary).Distinct(StringComparer.Ordinal).Count();
        Assert.True(canaries > 150, $"{canaries} found in the private bundle");
        Assert.Superset(new HashSet<string>(StringComparer.Ordinal) { "identifiers.imei", "identifiers.phone", "identifiers.email", "identifiers.mac", "identifiers.gps" }, found.Findings.Select(finding => finding.Canary).ToHashSet(StringComparer.Ordinal));
        File.Copy(PathOf("openings.json"), Path.Combine(Directory.CreateDirectory(PathOf("secret")).FullName, "openings.json"));
        Assert.Equal("LEAK", Search(PathOf("secret")).Verdict);
    }

    [Theory]
    [InlineData("+447700900028"), InlineData("MDAxMDE3OTgxNjcwNDg1"), InlineData("6a6f6e61732e66616972776561746865722e613635326533406578616d706c652e6f7267")] // as it is; an IMEI in base64; an e-mail address in hex
    public void A_single_value_that_is_hidden_in_a_public_bundle_is_found(string hidden)
    {
        Publish(Path.Combine(Vectors, "bundle"));
        File.AppendAllText(PathOf("public/README.txt"), $"\nsee {hidden}\n");
        AuditReport found = Search(PathOf("public"));
        Assert.True(found.Findings.Count > 0);
    }

    [Fact] // Whoever made the traffic chose much of what a report says.
    public void A_report_into_whose_every_corner_values_were_written_publishes_none_of_them()
    {
        JsonObject report = JsonNode.Parse(File.ReadAllText(Path.Combine(Vectors, "bundle", "reports", "report.json")))!.AsObject();
        report["reasons"]!.AsArray().Add("447700900028.pcap is not complete");
        report["causes"]!.AsArray().Add(new JsonObject { ["code"] = "incomplete", ["text"] = "447700900028.pcap", ["count"] = 0, ["subject"] = "447700900028.pcap" });
        report["notes"]!.AsArray().Add("jonas.fairweather.a652e3@example.org");
        report["captures"]![0]!["path"] = "001017981670485/447700900028.pcap";
        report["captures"]![0]!["damage"] = "447700900028";
        report["later"] = "447700900028"; // a member of another version
        foreach (JsonNode? flow in report["flows"]!.AsArray())
        {
            flow!["client"] = "[2001:db8::9d:36ff:fe5b:8584]:40002"; // an address made of the MAC
            flow["server"] = "[2001:db8:1:2:9d:36ff:fe5b:8584]:443";
            flow["serverName"] = "447700900028.t.example.org";
            flow["remarks"] = new JsonArray("gasopatobanesobe");
            flow["protocol"] = "447700900028";
        }
        foreach (JsonNode? finding in report["findings"]!.AsArray())
        {
            finding!["carrier"] = "server-name";
            finding["field"] = "x-447700900028";
            finding["form"] = "447700900028";
            finding["canary"] = "identifiers.phone\n447700900028";
            finding["chain"] = new JsonArray("base64 of 447700900028", "gzip");
            finding["time"] = "447700900028";
        }
        string file = PathOf("report.json");
        File.WriteAllText(file, report.ToJsonString());
        using MinisignSecretKey key = MinisignSecretKey.Create();
        EvidenceBundle.Pack(new PackRequest(PathOf("private"), [new PackInput(PackRole.Persona, Persona), new PackInput(PackRole.Report, file)], key, Tool), TimeProvider.System);
        Publish(PathOf("private"));
        Assert.Equal("LEAK", Search(PathOf("private")).Verdict);
        Assert.Empty(Search(PathOf("public")).Findings);
        string page = File.ReadAllText(PathOf("public/reports/report-1.txt"));
        Assert.Contains("as ? of gzip", page, StringComparison.Ordinal);
        Assert.Contains("to *.example.org (2001:db8:1:2::/64, port 443, ?)", page, StringComparison.Ordinal);
    }

    static string Persona => Path.Combine(Vectors, "bundle", "persona", "persona.json");

    static PackTool Tool => new("offproof", "0.0.0", []);

    string PathOf(string name) => Path.Combine(folder, name);

    void Publish(string bundle)
    {
        using MinisignSecretKey key = MinisignSecretKey.Create();
        EvidenceBundle.Publish(new PublishRequest(bundle, PathOf("public"), PathOf("openings.json"), key, Tool) { IncludeGuessable = true }, TimeProvider.System);
    }

    AuditReport Search(string bundle)
    {
        List<string> captures = [];
        foreach (string file in Directory.EnumerateFiles(bundle, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            string capture = PathOf($"{captures.Count}.pcap");
            File.WriteAllBytes(capture, Sent(Path.GetRelativePath(bundle, file), File.ReadAllBytes(file)));
            captures.Add(capture);
        }
        Assert.NotEmpty(captures);
        AuditReport report = Audit.Run(new AuditRequest(captures, Persona, []));
        Assert.True(report.Bytes.Missing == 0 && report.Flows.All(static flow => flow.Messages > 0), "a file was not read as it was sent");
        return report;
    }

    /// <summary>A capture in which a phone posts these bytes: raw IPv4, a SYN and its answer, the request in segments.</summary>
    static byte[] Sent(string name, byte[] body)
    {
        byte[] request = [.. Encoding.ASCII.GetBytes($"POST /{name} HTTP/1.1\r\nHost: receiver.example\r\nContent-Type: application/octet-stream\r\nContent-Length: {body.Length}\r\n\r\n"), .. body];
        using MemoryStream file = new();
        file.Write([0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 101, 0, 0, 0]);
        uint sequence = 1000;
        Packet(isFromPhone: true, 0x02, []);
        Packet(isFromPhone: false, 0x12, []);
        sequence++;
        foreach (byte[] part in request.Chunk(32_000))
        {
            Packet(isFromPhone: true, 0x18, part);
            sequence += (uint)part.Length;
        }
        Packet(isFromPhone: true, 0x11, []);
        return file.ToArray();

        void Packet(bool isFromPhone, byte flags, byte[] payload)
        {
            byte[] packet = new byte[40 + payload.Length], record = new byte[16];
            BinaryPrimitives.WriteUInt32LittleEndian(record, 1_700_000_000);
            BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(8), (uint)packet.Length);
            BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(12), (uint)packet.Length);
            packet[0] = 0x45;
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
            packet[8] = 64;
            packet[9] = 6;
            byte[] phone = [192, 168, 1, 10], server = [203, 0, 113, 5];
            (isFromPhone ? phone : server).CopyTo(packet, 12);
            (isFromPhone ? server : phone).CopyTo(packet, 16);
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(20), (ushort)(isFromPhone ? 40000 : 80));
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(22), (ushort)(isFromPhone ? 80 : 40000));
            BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(24), isFromPhone ? sequence : 9000);
            BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(28), isFromPhone ? flags == 2 ? 0u : 9001 : 1001);
            packet[32] = 0x50;
            packet[33] = flags;
            packet[34] = 0xff;
            payload.CopyTo(packet, 40);
            file.Write(record);
            file.Write(packet);
        }
    }

    static string FindRoot()
    {
        DirectoryInfo? at = new(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "Offproof.slnx"))) at = at.Parent;
        return at?.FullName ?? throw new InvalidOperationException("the tests run outside the repository");
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
