namespace Offproof.Evidence.Tests;

/// <summary>vectors/evidence: what an earlier version packed verifies with every later one.</summary>
public sealed class VectorTests
{
    static MinisignKey Key => MinisignKey.TryParse(File.ReadAllText(Path.Combine(Repository.Vectors, "test.key.pub")), out var key) ? key : throw new InvalidOperationException();

    [Fact] // Made anew where OFFPROOF_WRITE_VECTORS is 1, out of the files of the bundle that is there.
    public void The_example_is_made_of_its_own_files()
    {
        if (Environment.GetEnvironmentVariable("OFFPROOF_WRITE_VECTORS") is not "1") return;
        string bundle = Path.Combine(Repository.Vectors, "bundle"), published = Path.Combine(Repository.Vectors, "public"), openings = Path.Combine(Repository.Vectors, "openings.json");
        using Scratch scratch = new();
        PackInput[] inputs =
        [
            .. new[] { (PackRole.Capture, "captures/case.pcap"), (PackRole.Persona, "persona/persona.json"), (PackRole.Scenario, "scenario/steps.txt"), (PackRole.Report, "reports/report.json") }
                .Select(file => new PackInput(file.Item1, scratch.Write(Path.GetFileName(file.Item2), File.ReadAllBytes(Path.Combine(bundle, file.Item2))))),
        ];
        Assert.Equal(SecretKeyReading.Read, MinisignSecretKey.TryRead(File.ReadAllBytes(Path.Combine(Repository.Vectors, "test.key")), [], out var key));
        foreach (string folder in (string[])[bundle, published]) Directory.Delete(folder, recursive: true);
        File.Delete(openings);
        PackTool tool = Scratch.Tool with { Files = [typeof(EvidenceBundle).Assembly.Location] };
        using (key)
        {
            const string title = "What left a phone that was left alone";
            EvidenceBundle.Pack(new PackRequest(bundle, inputs, key!, tool) { Title = title, Note = "An example for tests: capture, persona and story are invented.", Planted = true }, TimeProvider.System);
            EvidenceBundle.Publish(new PublishRequest(bundle, published, openings, key!, tool) { Title = title, IncludeGuessable = true }, TimeProvider.System);
        }
        List<string> sums = [];
        foreach (string id in (string[])["contacts[0].note", "identifiers.gps.lat", "identifiers.phone"])
        {
            string name = string.Concat(id.Where(static c => c is not ('[' or ']'))) + ".txt", file = Path.Combine(Repository.Vectors, "openings", name);
            File.Delete(file);
            sums.Add($"{EvidenceBundle.Open(published, openings, id, file)}  {name}\n");
        }
        File.WriteAllText(Path.Combine(Repository.Vectors, "openings.sha256"), string.Concat(sums));
        if (OperatingSystem.IsWindows()) return;
        foreach (string folder in (string[])[bundle, published]) File.SetUnixFileMode(folder, (UnixFileMode)0b111_101_101);
    }

    [Theory]
    [InlineData("bundle", "private", 10), InlineData("public", "public", 9)]
    public void The_example_bundles_verify(string name, string form, int files)
    {
        var report = EvidenceBundle.Verify(Path.Combine(Repository.Vectors, name), Key);
        Assert.Empty(report.Defects);
        Assert.Equal((true, form, files), (report.Signer!.Known, report.Bundle!.Form, report.Files));
    }

    [Fact]
    public void The_example_openings_open_what_they_say()
    {
        string[] sums = File.ReadAllLines(Path.Combine(Repository.Vectors, "openings.sha256"));
        Assert.Equal(3, sums.Length);
        foreach (string line in sums)
        {
            byte[] opening = File.ReadAllBytes(Path.Combine(Repository.Vectors, "openings", line[66..]));
            Assert.Equal(line[..64], EvidenceBundle.Verify(Path.Combine(Repository.Vectors, "public"), Key, opening).Opening!.Commitment);
        }
    }

    [Fact]
    public void The_example_page_is_made_again_byte_for_byte()
    {
        var (path, page) = Assert.Single(EvidenceBundle.Pages(Path.Combine(Repository.Vectors, "public")));
        Assert.Equal(File.ReadAllBytes(Path.Combine(Repository.Vectors, "public", path)), page);
    }

    [Fact]
    public void The_test_key_is_the_one_that_signed()
    {
        Assert.Equal(SecretKeyReading.Read, MinisignSecretKey.TryRead(File.ReadAllBytes(Path.Combine(Repository.Vectors, "test.key")), [], out var key));
        using (key) Assert.True(key!.PublicKey.IsSame(Key));
    }
}
