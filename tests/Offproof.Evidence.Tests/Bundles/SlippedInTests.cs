using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace Offproof.Evidence.Tests;

/// <summary>evidence.md §5: what a file is decides, not what it was named as.</summary>
public sealed class SlippedInTests
{
    const string Har = "\uFEFF\n{ \"log\": { \"version\": \"1.2\", \"pages\": [], \"entries\": [ { \"request\": { \"method\": \"GET\" } } ] } }";
    const string Flows = "97:11:client_conn;30:8:peername;9:127.0.0.1,}11:server_conn;2:{}7:request;2:{}7:version;2:20#4:type;4:http;}";

    public static TheoryData<string, byte[]> Captures => new()
    {
        { "a pcap file", Pcap(0xa1b2c3d4) }, { "a pcap file", Pcap(0xd4c3b2a1) }, { "a pcap file", Pcap(0x4d3cb2a1) }, { "a pcap file", Zipped(Pcap(0xa1b2c3d4)) }, { "a pcap file", Zipped(Zipped(Pcap(0xa1b2c3d4))) },
        { "a pcapng file", [0x0a, 0x0d, 0x0d, 0x0a, 28, 0, 0, 0, 0x4d, 0x3c, 0x2b, 0x1a, 1, 0, 0, 0, .. new byte[12]] }, { "a HAR recording", Encoding.UTF8.GetBytes(Har) }, { "a HAR recording", Zipped(Encoding.UTF8.GetBytes(Har)) },
        { "a HAR recording", Encoding.UTF8.GetBytes(Har.Replace("[],", $"[],{new string(' ', 200_000)}", StringComparison.Ordinal)) }, { "flows of mitmproxy", Encoding.ASCII.GetBytes(Flows) }, { "an archive", "PK\u0003\u0004 and so on"u8.ToArray() },
    };

    [Theory, MemberData(nameof(Captures))]
    public void A_capture_is_one_whatever_it_was_named_as(string what, byte[] bytes)
    {
        foreach (var role in (PackRole[])[PackRole.Scenario, PackRole.Receipt, PackRole.Ledger, PackRole.Report])
        {
            using Scratch scratch = new();
            var input = new PackInput(role, scratch.Write("notes.txt", bytes));
            foreach (var request in (PackRequest[])[scratch.Request(input) with { Planted = false }, scratch.Request(input) with { HashOnly = true }])
            {
                var packed = EvidenceBundle.Pack(request, TimeProvider.System);
                Assert.Contains($"and is {what}", Assert.Single(packed.LeftOut), StringComparison.Ordinal);
                Assert.Equal(6, Directory.EnumerateFiles(scratch.PathOf("bundle")).Count());
                Assert.Empty(Directory.EnumerateDirectories(scratch.PathOf("bundle")));
                Assert.Contains(Checksums.Of(bytes), File.ReadAllText(scratch.PathOf("bundle/bundle.json")), StringComparison.Ordinal);
                Assert.True(scratch.Verify().Unaltered);
                Directory.Delete(scratch.PathOf("bundle"), recursive: true);
            }
            EvidenceBundle.Pack(scratch.Request(input), TimeProvider.System);
            Assert.Equal(bytes, File.ReadAllBytes(scratch.PathOf("bundle/captures/notes.txt")));
            Assert.True(scratch.Verify().Unaltered);
        }
    }

    [Theory]
    [InlineData("the log has entries, each a request"), InlineData("{\"log\":1}"), InlineData("12: at noon"), InlineData("")]
    public void Words_about_captures_are_none(string text)
    {
        using Scratch scratch = new();
        Assert.Empty(EvidenceBundle.Pack(scratch.Request(new PackInput(PackRole.Scenario, scratch.Write("steps.txt", Encoding.UTF8.GetBytes(text)))) with { Planted = false }, TimeProvider.System).LeftOut);
    }

    [Fact]
    public void A_report_quotes_captured_bytes_which_is_said_and_with_hash_only_they_are_taken_out()
    {
        using Scratch scratch = new();
        string captured = JsonDocument.Parse(File.ReadAllBytes(Scratch.Report)).RootElement.GetProperty("findings")[0].GetProperty("layers")[0].GetProperty("bytes").GetString()!;
        Assert.True(captured.Length > 20);
        var report = new PackInput(PackRole.Report, Scratch.Report);
        EvidenceBundle.Pack(scratch.Request(report), TimeProvider.System);
        Assert.Contains(captured, File.ReadAllText(scratch.PathOf("bundle/reports/report.json")), StringComparison.Ordinal);
        Assert.Contains(scratch.Verify().Bundle!.Limits, static limit => limit.StartsWith("reports/report.json holds captured bytes", StringComparison.Ordinal));
        Directory.Delete(scratch.PathOf("bundle"), recursive: true);

        Assert.Contains("quotes recorded traffic", Assert.Single(EvidenceBundle.Pack(scratch.Request(report) with { Planted = false }, TimeProvider.System).Opens), StringComparison.Ordinal);
        Directory.Delete(scratch.PathOf("bundle"), recursive: true);

        var page = new PackInput(PackRole.Report, scratch.Write("page.html", "<p>captured</p>"u8));
        var compare = new PackInput(PackRole.Report, scratch.Write("compare.json", """{"schema":"offproof/v1/compare","verdict":"DIFFERS","reasons":[],"differences":[{"place":"x","a":{"value":"captured"},"b":null}]}"""u8));
        var packed = EvidenceBundle.Pack(scratch.Request(report, page, compare) with { HashOnly = true, Planted = false }, TimeProvider.System);
        Assert.Equal(["compare.json", "page.html", "report.json"], packed.LeftOut.Select(static left => left[..left.IndexOf(',', StringComparison.Ordinal)]).Order(StringComparer.Ordinal));
        Assert.Empty(packed.Opens);
        Assert.Equal(["compare.json", "report.json"], Directory.EnumerateFiles(scratch.PathOf("bundle/reports")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        using var kept = JsonDocument.Parse(File.ReadAllBytes(scratch.PathOf("bundle/reports/report.json")));
        using var whole = JsonDocument.Parse(File.ReadAllBytes(Scratch.Report));
        Assert.Equal(0, kept.RootElement.GetProperty("findings")[0].GetProperty("layers").GetArrayLength());
        Assert.All(whole.RootElement.EnumerateObject().Where(static member => member.Name != "findings"), member => Assert.True(JsonElement.DeepEquals(member.Value, kept.RootElement.GetProperty(member.Name))));
        Assert.DoesNotContain("captured\"", File.ReadAllText(scratch.PathOf("bundle/reports/compare.json")), StringComparison.Ordinal);
        Assert.Equal([], scratch.Verify().Defects);
    }

    [Fact] // Which of two members of one name is read depends on the reader.
    public void A_report_that_has_a_member_twice_is_packed_as_its_hash_where_only_hashes_are_asked_for()
    {
        using Scratch scratch = new();
        var report = new PackInput(PackRole.Report, scratch.Write("r.json", """{"schema":"offproof/v1/audit","verdict":"LEAK","findings":[{"layers":["+447700900028"]}],"findings":[]}"""u8));
        EvidenceBundle.Pack(scratch.Request(report) with { HashOnly = true }, TimeProvider.System);
        Assert.DoesNotContain("+447700900028", string.Concat(Directory.EnumerateFiles(scratch.PathOf("bundle"), "*", SearchOption.AllDirectories).Select(File.ReadAllText)), StringComparison.Ordinal);
        Assert.True(scratch.Verify().Unaltered);
    }

    [Fact]
    public void Secret_keys_are_refused_whatever_is_given()
    {
        using Scratch scratch = new();
        using var other = MinisignSecretKey.Create();
        string encrypted = "untrusted comment: minisign encrypted secret key\n" + Convert.ToBase64String([.. "EdScB2"u8, .. new byte[152]]) + "\n";
        string[] keys =
        [
            Encoding.ASCII.GetString(scratch.Key.Export()), Encoding.ASCII.GetString(other.Export()), encrypted, $"my words {encrypted}", $"# created\nAGE-SECRET-KEY-1{new string('Q', 58)}\n", "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n",
            "-----BEGIN RSA PRIVATE KEY-----\r\nProc-Type: 4,ENCRYPTED\r\n", "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n", """{"key":"-----BEGIN EC PRIVATE KEY-----\nMHc"}""", "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQ", "PuTTY-User-Key-File-3: ssh-ed25519\n",
        ];
        foreach (string text in keys)
            foreach (byte[] bytes in (byte[][])[Encoding.UTF8.GetBytes(text), Encoding.Unicode.GetBytes(text), Zipped(Encoding.UTF8.GetBytes(text)), [.. new byte[65_500], .. Encoding.UTF8.GetBytes(text)]])
                foreach (var role in (PackRole[])[PackRole.Scenario, PackRole.Capture, PackRole.Keys])
                {
                    var refused = Assert.Throws<EvidenceException>(() => EvidenceBundle.Pack(scratch.Request(new PackInput(role, scratch.Write("x", bytes))) with { IncludeKeys = true }, TimeProvider.System));
                    Assert.Equal(EvidenceFault.Refused, refused.Fault);
                    Assert.Contains("whoever gets the bundle would have that key", refused.Message, StringComparison.Ordinal);
                    Assert.False(Directory.Exists(scratch.PathOf("bundle")));
                }
        var steps = new PackInput(PackRole.Scenario, scratch.Write("steps.txt", Encoding.UTF8.GetBytes($"{scratch.Key.PublicKey.FileText}look for \"-----BEGIN PRIVATE KEY-----\", AGE-SECRET-KEY-, RWQAAEIy")));
        Assert.Equal(EvidenceFault.Refused, Assert.Throws<EvidenceException>(() => EvidenceBundle.Pack(scratch.Request(steps) with { Note = keys[0], IncludeKeys = true }, TimeProvider.System)).Fault);
        EvidenceBundle.Pack(scratch.Request(steps), TimeProvider.System); // words about keys, and public ones, are none
    }

    [Theory]
    [InlineData("RSA 0011223344556677 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"), InlineData("ECH_SECRET 00112233445566778899aabbccddeeff 00"), InlineData("CLIENT_TRAFFIC_SECRET_1 00112233445566778899aabbccddeeff 00")]
    [InlineData("SERVER_TRAFFIC_SECRET_27 00112233445566778899aabbccddeeff 00"), InlineData("QUIC_SERVER_HANDSHAKE_TRAFFIC_SECRET  00112233445566778899aabbccddeeff 00"), InlineData("EARLY_EXPORTER_SECRET\t00112233445566778899aabbccddeeff 00"), InlineData("RSA Session-ID:00112233445566778899 Master-Key:00")]
    public void Key_logs_of_every_label_and_in_utf_16_are_refused(string line)
    {
        using Scratch scratch = new();
        foreach (var encoding in (Encoding[])[Encoding.UTF8, Encoding.Unicode, Encoding.BigEndianUnicode])
        {
            string file = scratch.Write("words.txt", encoding.GetBytes($"# log\r\n{line}\r\n"));
            Assert.Contains("TLS connections", Assert.Throws<EvidenceException>(() => EvidenceBundle.Pack(scratch.Request(new PackInput(PackRole.Scenario, file)), TimeProvider.System)).Message, StringComparison.Ordinal);
        }
    }

    static byte[] Pcap(uint mark) => [.. BitConverter.GetBytes(mark), 2, 0, 4, 0, .. new byte[16]];

    static byte[] Zipped(byte[] bytes)
    {
        using MemoryStream into = new();
        using (GZipStream zip = new(into, CompressionLevel.Fastest)) zip.Write(bytes);
        return into.ToArray();
    }
}
