using System.IO.Compression;
using System.Text;

namespace Offproof.Evidence.Tests;

/// <summary>evidence.md §1, §5: what is packed, what never is, and what is left where it was not.</summary>
public sealed class PackTests
{
    const string KeyLog = "# SSL/TLS secrets log file\nCLIENT_RANDOM 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n";

    [Fact]
    public void Key_logs_are_refused_wherever_they_are_and_nothing_is_left()
    {
        using Scratch scratch = new();
        byte[] zipped;
        using (MemoryStream into = new())
        {
            using (GZipStream zip = new(into, CompressionLevel.Fastest)) zip.Write(Encoding.ASCII.GetBytes(KeyLog));
            zipped = into.ToArray();
        }
        byte[] padded = [.. new byte[65_530], .. Encoding.ASCII.GetBytes(KeyLog)]; // over the edge of what is read at once
        (PackRole Role, byte[] Bytes)[] cases =
        [
            (PackRole.Keys, Encoding.ASCII.GetBytes(KeyLog)), (PackRole.Keys, "nothing"u8.ToArray()), (PackRole.Capture, Encoding.ASCII.GetBytes(KeyLog)), (PackRole.Scenario, zipped), (PackRole.Report, padded),
            (PackRole.Capture, Secrets(isLittle: true)), (PackRole.Capture, Secrets(isLittle: false)),
        ];
        foreach (var (role, bytes) in cases)
        {
            string file = scratch.Write("input", bytes);
            var refused = Assert.Throws<EvidenceException>(() => EvidenceBundle.Pack(scratch.Request(new PackInput(role, file)), TimeProvider.System));
            Assert.Equal(EvidenceFault.Refused, refused.Fault);
            Assert.Contains("opens the whole content of the TLS connections", refused.Message, StringComparison.Ordinal);
            Assert.False(Directory.Exists(scratch.PathOf("bundle")));
            var packed = EvidenceBundle.Pack(scratch.Request(new PackInput(role, file)) with { IncludeKeys = true }, TimeProvider.System);
            Assert.Contains("opens the whole content of the TLS connections", Assert.Single(packed.Opens), StringComparison.OrdinalIgnoreCase);
            Assert.Contains("WHAT ITS SECRETS OPEN", File.ReadAllText(scratch.PathOf("bundle/README.txt")), StringComparison.Ordinal);
            Assert.Equal(packed.Opens, scratch.Verify().Bundle!.Opens);
            Directory.Delete(scratch.PathOf("bundle"), recursive: true);
        }
    }

    [Fact]
    public void Words_about_key_logs_are_none()
    {
        using Scratch scratch = new();
        EvidenceBundle.Pack(scratch.Request(new PackInput(PackRole.Scenario, scratch.Write("how.md", "write CLIENT_RANDOM lines with SSLKEYLOGFILE"u8))), TimeProvider.System);
        Assert.True(scratch.Verify().Unaltered);
    }

    [Fact]
    public void A_capture_is_packed_as_its_hash_unless_somebody_states_that_it_is_planted()
    {
        using Scratch scratch = new();
        var capture = new PackInput(PackRole.Capture, scratch.Write("phone of anna.pcap", "traffic"u8));
        var packed = EvidenceBundle.Pack(scratch.Request(capture) with { Planted = false }, TimeProvider.System);
        Assert.StartsWith("phone of anna.pcap, but for its hash: it may be real people's traffic", Assert.Single(packed.LeftOut), StringComparison.Ordinal);
        Assert.False(Directory.Exists(scratch.PathOf("bundle/captures")));
        Assert.Contains(Checksums.Of("traffic"u8), File.ReadAllText(scratch.PathOf("bundle/bundle.json")), StringComparison.Ordinal);
        Assert.Empty(scratch.Verify().Bundle!.Statements);
        Directory.Delete(scratch.PathOf("bundle"), recursive: true);

        EvidenceBundle.Pack(scratch.Request(capture), TimeProvider.System);
        Assert.Equal("traffic", File.ReadAllText(scratch.PathOf("bundle/captures/phone-of-anna.pcap")));
        Assert.Contains("nobody's real traffic", Assert.Single(scratch.Verify().Bundle!.Statements), StringComparison.Ordinal);
        Directory.Delete(scratch.PathOf("bundle"), recursive: true);

        EvidenceBundle.Pack(scratch.Request(capture) with { HashOnly = true }, TimeProvider.System);
        Assert.False(Directory.Exists(scratch.PathOf("bundle/captures")));
        Assert.Empty(scratch.Verify().Bundle!.Statements); // of what is not in it nothing is stated
    }

    [Theory]
    [InlineData("\"imei\": \"001", "\"imei\": \"351", "imei"), InlineData("\"phone\": \"+447700900", "\"phone\": \"+447700800", "phone"), InlineData("offproof/v1/persona", "mine", "persona.json")]
    public void Planted_is_not_believed_of_a_persona_that_may_be_somebody(string from, string to, string named)
    {
        using Scratch scratch = new();
        string text = File.ReadAllText(Scratch.Persona);
        Assert.Contains(from, text, StringComparison.Ordinal);
        var persona = new PackInput(PackRole.Persona, scratch.Write("persona.json", Encoding.UTF8.GetBytes(text.Replace(from, to, StringComparison.Ordinal))));
        var refused = Assert.Throws<EvidenceException>(() => EvidenceBundle.Pack(scratch.Request(persona), TimeProvider.System));
        Assert.Equal(EvidenceFault.Refused, refused.Fault);
        Assert.Contains(named, refused.Message, StringComparison.Ordinal);
        EvidenceBundle.Pack(scratch.Request(persona) with { Planted = false }, TimeProvider.System); // without captures there is nothing to state
        Directory.Delete(scratch.PathOf("bundle"), recursive: true);
        EvidenceBundle.Pack(scratch.Request(new PackInput(PackRole.Persona, Scratch.Persona)), TimeProvider.System);
    }

    [Fact]
    public void A_folder_in_which_something_is_and_what_is_no_ordinary_file_are_refused()
    {
        using Scratch scratch = new();
        string file = scratch.Write("file", "x"u8), link = scratch.PathOf("link");
        File.CreateSymbolicLink(link, file);
        System.Diagnostics.Process.Start("mkfifo", scratch.PathOf("pipe")).WaitForExit(10_000);
        foreach (string bad in (string[])[link, scratch.PathOf("pipe"), "/dev/null"])
            Assert.Equal(EvidenceFault.Refused, Assert.Throws<EvidenceException>(() => EvidenceBundle.Pack(scratch.Request(new PackInput(PackRole.Receipt, bad)), TimeProvider.System)).Fault);
        Assert.False(Directory.Exists(scratch.PathOf("bundle")));
        scratch.Write("bundle/mine", "kept"u8);
        Assert.Equal(EvidenceFault.Refused, Assert.Throws<EvidenceException>(() => EvidenceBundle.Pack(scratch.Request(new PackInput(PackRole.Receipt, file)), TimeProvider.System)).Fault);
        Assert.Equal("kept", File.ReadAllText(scratch.PathOf("bundle/mine")));
    }

    [Fact]
    public void Names_are_made_safe_and_told_apart_without_regard_to_case()
    {
        using Scratch scratch = new();
        string[] names = ["a/x.pcap", "b/X.PCAP", "c/Ümläut 1.pcap", "d/-rf", "e/.profile", $"f/{new string('n', 150)}.pcapng"];
        EvidenceBundle.Pack(scratch.Request([.. names.Select(name => new PackInput(PackRole.Capture, scratch.Write(name, "x"u8)))]), TimeProvider.System);
        Assert.Equal(["X-2.PCAP", "ml-ut-1.pcap", $"{new string('n', 93)}.pcapng", "profile", "rf", "x.pcap"], Directory.EnumerateFiles(scratch.PathOf("bundle/captures")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.True(scratch.Verify().Unaltered);
    }

    [Theory] // Nothing but what names one of the two schemas is a report whose verdict is taken over.
    [InlineData("""{"verdict":"CLEAN"}"""), InlineData("""{"schema":null,"verdict":"CLEAN"}"""), InlineData("""{"schema":"offproof/v1/other","verdict":"CLEAN"}"""), InlineData("""{"schema":"offproof/v1/audit","verdict":"LEAK","verdict":"CLEAN"}""")]
    public void What_only_looks_like_a_report_says_nothing(string json)
    {
        using Scratch scratch = new();
        EvidenceBundle.Pack(scratch.Request(new PackInput(PackRole.Report, scratch.Write("r.json", System.Text.Encoding.UTF8.GetBytes(json)))), TimeProvider.System);
        Assert.Empty(About.Read(File.ReadAllBytes(scratch.PathOf("bundle/bundle.json")))!.Reports);
        Assert.True(scratch.Verify().Unaltered);
    }

    [Fact]
    public void A_bundle_that_was_not_signed_verifies_nowhere()
    {
        using Scratch scratch = new();
        using (BundleWriter writer = new(scratch.PathOf("bundle")))
        {
            writer.Add("scenario/steps.txt", "scenario", "text/plain", "x"u8);
            var report = scratch.Verify(); // as a kill leaves it
            Assert.Equal([("missing", BundlePath.List), ("unsigned", BundlePath.Signature), ("added", "scenario/steps.txt")], AlteredBundleTests.Named(report));
        }
        Assert.False(Directory.Exists(scratch.PathOf("bundle")));
    }

    // A section, then a block of secrets with four bytes in it.
    static byte[] Secrets(bool isLittle)
    {
        List<byte> file = [];
        Number(0x0a0d0d0a);
        Number(28);
        Number(0x1a2b3c4d);
        Number(0x00010000);
        Number(uint.MaxValue);
        Number(uint.MaxValue);
        Number(28);
        Number(10);
        Number(24);
        Number(0x544c534b);
        Number(4);
        file.AddRange("keys"u8);
        Number(24);
        return [.. file];

        void Number(uint value)
        {
            byte[] bytes = BitConverter.GetBytes(value);
            if (BitConverter.IsLittleEndian != isLittle) Array.Reverse(bytes);
            file.AddRange(bytes);
        }
    }
}
