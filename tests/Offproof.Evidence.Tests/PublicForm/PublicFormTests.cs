using System.Security.Cryptography;
using System.Text;

namespace Offproof.Evidence.Tests;

/// <summary>evidence.md §6. That the auditor finds nothing in it, in no form: tests/Offproof.Cli.Tests.</summary>
public sealed class PublicFormTests
{
    [Fact]
    public void Every_value_of_a_persona_is_committed_to_and_can_be_opened_alone()
    {
        using Scratch scratch = new();
        var published = Publish(scratch);
        string[] lines = File.ReadAllLines(scratch.PathOf("public/commitments.txt"));
        Assert.Equal(published.Commitments, lines.Length);
        Assert.Contains(lines, line => line.EndsWith("  seed", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.EndsWith("  identifiers.gps.lat", StringComparison.Ordinal));
        string[] randoms = [.. File.ReadAllLines(scratch.PathOf("openings.json")).Where(line => line.Contains("\"random\"", StringComparison.Ordinal))];
        Assert.Equal((lines.Length, lines.Length), (randoms.Length, randoms.Distinct(StringComparer.Ordinal).Count())); // each value hides behind its own
        Assert.Equal(lines.Length, lines.Select(line => line[..64]).Distinct(StringComparer.Ordinal).Count());

        string commitment = EvidenceBundle.Open(scratch.PathOf("public"), scratch.PathOf("openings.json"), "identifiers.phone", scratch.PathOf("phone.txt"));
        byte[] opening = File.ReadAllBytes(scratch.PathOf("phone.txt"));
        Assert.Equal(commitment, Convert.ToHexStringLower(SHA256.HashData(opening)));
        Assert.Contains($"{commitment}  identifiers.phone", lines);
        Assert.EndsWith("\n+447700900028", Encoding.UTF8.GetString(opening), StringComparison.Ordinal);
        Assert.Equal(new VerifiedOpening("identifiers.phone", "+447700900028", commitment), EvidenceBundle.Verify(scratch.PathOf("public"), null, opening).Opening);

        // Another value, another place, one byte: it opens nothing.
        string text = Encoding.UTF8.GetString(opening);
        foreach (string changed in (string[])[text.Replace("0028", "0029", StringComparison.Ordinal), text.Replace("identifiers.phone", "identifiers.email", StringComparison.Ordinal), text + "\n", text[1..], ""])
        {
            var report = EvidenceBundle.Verify(scratch.PathOf("public"), null, Encoding.UTF8.GetBytes(changed));
            Assert.Null(report.Opening);
            Assert.Equal("bad-opening", Assert.Single(report.Defects).Kind);
        }
        Assert.Equal("bad-opening", Assert.Single(EvidenceBundle.Verify(scratch.PathOf("bundle"), null, opening).Defects).Kind); // a private bundle commits to nothing
    }

    [Fact]
    public void The_openings_are_kept_apart_for_their_owner_alone()
    {
        using Scratch scratch = new();
        Publish(scratch);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(scratch.PathOf("openings.json")));
        Assert.Equal(EvidenceFault.Refused, Assert.Throws<EvidenceException>(() => Publish(scratch, pack: false, to: "again")).Fault); // never over a file
        Assert.Equal(EvidenceFault.Refused, Assert.Throws<EvidenceException>(() => Publish(scratch, pack: false, to: "again", openings: "again/openings.json")).Fault);
        Assert.False(Directory.Exists(scratch.PathOf("again")));
    }

    [Theory] // A link on the way is followed before it is asked where the openings would lie.
    [InlineData("link/openings.json", "public"), InlineData("public/openings.json", "link"), InlineData("there/public/openings.json", "public"), InlineData("old/openings.json", "public")]
    public void The_openings_lie_in_no_bundle_by_a_link_either(string openings, string to)
    {
        using Scratch scratch = new();
        Directory.CreateSymbolicLink(scratch.PathOf("link"), "public");
        Directory.CreateSymbolicLink(scratch.PathOf("old"), scratch.PathOf("bundle"));
        Directory.CreateSymbolicLink(scratch.PathOf("there"), ".");
        Directory.CreateDirectory(scratch.PathOf("public"));
        Assert.Contains("would lie in the bundle", Assert.Throws<EvidenceException>(() => Publish(scratch, to: to, openings: openings)).Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(scratch.PathOf("public")));
    }

    [Theory] // Whoever gave the report may have written it by hand.
    [InlineData("\"flow\": 1", "\"flow\": 5000000000"), InlineData("\"offset\": ", "\"offset\": 9223372036854775807, \"more\": "), InlineData("\"chance\": ", "\"chance\": 1e999, \"more\": ")]
    public void A_report_with_a_number_that_none_has_is_not_carried_over(string from, string to)
    {
        using Scratch scratch = new();
        string report = File.ReadAllText(Scratch.Report);
        Assert.Contains(from, report, StringComparison.Ordinal);
        scratch.Write("report.json", Encoding.UTF8.GetBytes(report.Replace(from, to, StringComparison.Ordinal)));
        EvidenceBundle.Pack(scratch.Request(new PackInput(PackRole.Persona, Scratch.Persona), new PackInput(PackRole.Report, scratch.PathOf("report.json"))), TimeProvider.System);
        Assert.Equal(EvidenceFault.Usage, Assert.Throws<EvidenceException>(() => Publish(scratch, pack: false)).Fault);
        Assert.False(Directory.Exists(scratch.PathOf("public")) || File.Exists(scratch.PathOf("openings.json")));
    }

    [Fact]
    public void Nothing_of_the_persona_stands_in_it_and_its_pages_follow_from_its_data()
    {
        using Scratch scratch = new();
        Publish(scratch);
        string all = string.Concat(Directory.EnumerateFiles(scratch.PathOf("public"), "*", SearchOption.AllDirectories).Select(File.ReadAllText));
        var values = PersonaValues.Read(File.ReadAllBytes(Scratch.Persona)).Where(value => PersonaValues.IsTelling(value.Id, value.Value)).ToList();
        Assert.True(values.Count > 200);
        Assert.All(values, value => Assert.DoesNotContain(value.Value, all, StringComparison.OrdinalIgnoreCase));
        Assert.Contains(values, value => string.Concat(Directory.EnumerateFiles(scratch.PathOf("bundle"), "*", SearchOption.AllDirectories).Select(File.ReadAllText)).Contains(value.Value, StringComparison.Ordinal)); // it can be found

        var (path, page) = Assert.Single(EvidenceBundle.Pages(scratch.PathOf("public")));
        Assert.Equal(File.ReadAllBytes(scratch.PathOf("public/" + path)), page);
        string report = Encoding.UTF8.GetString(page);
        Assert.Contains("identifiers.phone (phone, international), in clear; evidence", report, StringComparison.Ordinal);
        Assert.Contains("to *.example.com (42.62.48.207, port 80, http/1.1)", report, StringComparison.Ordinal);
        Assert.DoesNotContain("192.0.2.10", all, StringComparison.Ordinal); // the phone's own address
    }

    [Fact]
    public void A_page_that_does_not_follow_from_its_data_is_named_though_it_is_signed()
    {
        using Scratch scratch = new();
        Publish(scratch);
        var report = PublicReport.Read(File.ReadAllBytes(scratch.PathOf("public/reports/report-1.json")))!;
        using (BundleWriter writer = new(scratch.PathOf("lie")))
        {
            writer.Add(BundlePath.Commitments, "commitments", "text/plain", File.ReadAllBytes(scratch.PathOf("public/commitments.txt")));
            writer.Add("reports/report-1.json", "report", "application/json", report.ToBytes());
            writer.Add("reports/report-1.txt", "report", "text/plain", PublicReportText.Render(report with { Verdict = "CLEAN" }));
            var about = About.Read(File.ReadAllBytes(scratch.PathOf("public/bundle.json")))!;
            writer.Sign(files => about with { Id = writer.Id, Files = [.. files] }, whole => ReadmeText.Of(whole, scratch.Key.PublicKey), scratch.Key, TimeProvider.System);
        }
        var defect = Assert.Single(EvidenceBundle.Verify(scratch.PathOf("lie"), scratch.Key.PublicKey).Defects);
        Assert.Equal(("other-page", "reports/report-1.txt"), (defect.Kind, defect.Path));
    }

    [Theory]
    [InlineData("the number is +447700900028"), InlineData("JONAS.FAIRWEATHER.A652E3@EXAMPLE.ORG")]
    [InlineData("call 07700 900028"), InlineData("(0)7700.900.028"), InlineData("tel +44 7700\u00a0900028"), InlineData("820009007744"), InlineData("IMEI 00-101798-167048-5"), InlineData("IMEI 584076189710100"), InlineData("MAC 029d.365b.8584")]
    [InlineData("MDAxMDE3OTgxNjcwNDg1"), InlineData("xxMDAxMDE3OTgxNjcwNDg1"), InlineData("eDAwMTAxNzk4MTY3MDQ4NQ=="), InlineData("eHgwMDEwMTc5ODE2NzA0ODU="), InlineData("GAYDCMBRG44TQMJWG4YDIOBV"), InlineData("30 30 31 30 31 37 39 38 31 36 37 30 34 38 35")]
    [InlineData("the phone of Jonas Fairweather"), InlineData("found at 21.267, -157.812"), InlineData("Mr. O’Fearna was called"), InlineData("gasopatobanesobe")]
    public void A_title_that_tells_a_value_is_refused_and_nothing_is_left(string title)
    {
        using Scratch scratch = new();
        var refused = Assert.Throws<EvidenceException>(() => Publish(scratch, title: title));
        Assert.Equal(EvidenceFault.Refused, refused.Fault);
        Assert.Contains("the title or the note would tell a planted value", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("28", refused.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(scratch.PathOf("public")) || File.Exists(scratch.PathOf("openings.json")));
    }

    [Fact]
    public void What_was_altered_or_is_public_already_or_of_another_signer_is_not_published()
    {
        using Scratch scratch = new();
        Publish(scratch);
        Assert.Equal(EvidenceFault.Refused, Assert.Throws<EvidenceException>(() => EvidenceBundle.Publish(new PublishRequest(scratch.PathOf("public"), scratch.PathOf("p2"), scratch.PathOf("o2"), scratch.Key, Scratch.Tool), TimeProvider.System)).Fault);
        using var other = MinisignSecretKey.Create();
        Assert.Equal(EvidenceFault.Forgery, Assert.Throws<EvidenceException>(() => EvidenceBundle.Publish(new PublishRequest(scratch.PathOf("bundle"), scratch.PathOf("p2"), scratch.PathOf("o2"), scratch.Key, Scratch.Tool) { IncludeGuessable = true, SignedBy = other.PublicKey }, TimeProvider.System)).Fault);
        File.AppendAllText(scratch.PathOf("bundle/README.txt"), "x");
        Assert.Equal(EvidenceFault.Forgery, Assert.Throws<EvidenceException>(() => Publish(scratch, pack: false, to: "p2", openings: "o2")).Fault);
        Assert.False(Directory.Exists(scratch.PathOf("p2")));
    }

    [Theory] // What a persona is made from is its every value: where that is guessed, commitments hide nothing.
    [InlineData("1", true), InlineData("12345", true), InlineData("4294967295", true), InlineData("4294967296", false), InlineData("9007199254740991", false), InlineData("null", false)]
    public void A_persona_whose_seed_can_be_guessed_is_not_published_unasked(string seed, bool isGuessable)
    {
        using Scratch scratch = new();
        string persona = File.ReadAllText(Scratch.Persona);
        Assert.Contains("\"seed\": 1,", persona, StringComparison.Ordinal);
        var planted = new PackInput(PackRole.Persona, scratch.Write("persona.json", Encoding.UTF8.GetBytes(persona.Replace("\"seed\": 1,", $"\"seed\": {seed},", StringComparison.Ordinal))));
        EvidenceBundle.Pack(scratch.Request(planted, new PackInput(PackRole.Report, Scratch.Report)), TimeProvider.System);
        var request = new PublishRequest(scratch.PathOf("bundle"), scratch.PathOf("public"), scratch.PathOf("openings.json"), scratch.Key, Scratch.Tool);
        if (isGuessable)
        {
            var refused = Assert.Throws<EvidenceException>(() => EvidenceBundle.Publish(request, TimeProvider.System));
            Assert.Equal(EvidenceFault.Refused, refused.Fault);
            Assert.Contains("persona new DIR --seed", refused.Hint, StringComparison.Ordinal);
            Assert.False(Directory.Exists(scratch.PathOf("public")) || File.Exists(scratch.PathOf("openings.json")));
        }
        var published = EvidenceBundle.Publish(request with { IncludeGuessable = isGuessable }, TimeProvider.System);
        var report = EvidenceBundle.Verify(scratch.PathOf("public"));
        Assert.True(report.Unaltered);
        Assert.Equal(isGuessable, published.Packed.Opens.Count == 1 && report.Bundle!.Opens is [var told] && told.Contains("reads every value", StringComparison.Ordinal));
        Assert.Contains(report.Bundle!.Limits, static limit => limit.Contains("at most 53 bits", StringComparison.Ordinal));
    }

    static PublishResult Publish(Scratch scratch, bool pack = true, string to = "public", string openings = "openings.json", string? title = null)
    {
        if (pack) EvidenceBundle.Pack(scratch.Request(new PackInput(PackRole.Persona, Scratch.Persona), new PackInput(PackRole.Report, Scratch.Report)), TimeProvider.System);
        return EvidenceBundle.Publish(new PublishRequest(scratch.PathOf("bundle"), scratch.PathOf(to), scratch.PathOf(openings), scratch.Key, Scratch.Tool) { Title = title, IncludeGuessable = true }, TimeProvider.System);
    }
}
