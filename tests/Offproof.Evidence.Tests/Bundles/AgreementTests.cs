using System.Text;

namespace Offproof.Evidence.Tests;

/// <summary>evidence.md §4, bad-list: what a signer signed though his own files say otherwise. Each of these bundles is signed anew by its own key after the change.</summary>
public sealed class AgreementTests
{
    [Fact] // Both values open the one id: whoever published this shows whichever he likes.
    public void A_commitment_that_could_be_opened_to_two_values_is_named()
    {
        using Scratch scratch = new();
        Publish(scratch);
        Opening other = Opening.Create("identifiers.phone", "+447700900999");
        Changed(scratch, lines => { int at = lines.FindIndex(static line => line.EndsWith("  identifiers.phone", StringComparison.Ordinal)); lines.Insert(at, other.Line.TrimEnd('\n')); });
        var report = EvidenceBundle.Verify(scratch.PathOf("public"), scratch.Key.PublicKey, other.ToBytes());
        Assert.Contains(report.Defects, static defect => defect is { Kind: "bad-list", Path: BundlePath.Commitments } && defect.Text.Contains("identifiers.phone stands in it twice", StringComparison.Ordinal));
        Assert.Equal(EvidenceFault.Forgery, Assert.Throws<EvidenceException>(() => EvidenceBundle.Open(scratch.PathOf("public"), scratch.PathOf("openings.json"), "identifiers.imei", scratch.PathOf("o"))).Fault);
    }

    [Theory]
    [InlineData("identifiers.phone", "identifiers.phone "), InlineData("contacts[0].note", "contacts[00].note"), InlineData("contacts[0].note", "contacts[0]..note"), InlineData("seed", "1seed"), InlineData("  seed", " seed"), InlineData("\ncontacts[0].note", ""), InlineData("  seed\n", "  seed\n\n")]
    public void A_line_of_commitments_that_is_of_another_form_is_named(string from, string to)
    {
        using Scratch scratch = new();
        Publish(scratch);
        string file = scratch.PathOf("public/commitments.txt"), text = File.ReadAllText(file);
        string changed = to.Length > 0 ? text.Replace(from, to, StringComparison.Ordinal) : string.Join('\n', text.TrimEnd('\n').Split('\n').Reverse()) + "\n";
        Assert.NotEqual(text, changed);
        File.WriteAllText(file, changed);
        AlteredBundleTests.Resign(scratch.PathOf("public"), scratch.Key, rehash: true);
        Assert.All(AlteredBundleTests.Named(EvidenceBundle.Verify(scratch.PathOf("public"), scratch.Key.PublicKey)), static named => Assert.Equal(("bad-list", BundlePath.Commitments), named));
        Assert.False(EvidenceBundle.Verify(scratch.PathOf("public"), scratch.Key.PublicKey).Unaltered);
    }

    [Fact]
    public void A_stranger_sees_a_second_line_with_sort_and_with_grep()
    {
        using Scratch scratch = new();
        Publish(scratch);
        Assert.Equal("", Shell("cut -c67- commitments.txt | LC_ALL=C sort -cu; grep -c '  contacts\\[0\\].note$' commitments.txt | grep -v '^1$'"));
        Changed(scratch, static lines => lines.Insert(1, lines[0]));
        Assert.Contains("disorder", Shell("cut -c67- commitments.txt | LC_ALL=C sort -cu"), StringComparison.Ordinal);

        string Shell(string command)
        {
            using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("/bin/sh", ["-c", command]) { WorkingDirectory = scratch.PathOf("public"), RedirectStandardOutput = true, RedirectStandardError = true })!;
            string output = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
            process.WaitForExit();
            return output;
        }
    }

    [Theory] // A list with nothing in one of its places is no crash.
    [InlineData("public/bundle.json", "\"limits\": [", "\"limits\": [null,"), InlineData("public/bundle.json", "\"files\": [", "\"files\": [null,"), InlineData("public/bundle.json", "\"absent\": [", "\"absent\": [null,"), InlineData("public/bundle.json", "\"tool\": {", "\"tool\": null, \"more\": {")]
    [InlineData("public/reports/report-1.json", "\"causes\": [", "\"causes\": [null,"), InlineData("public/reports/report-1.json", "\"findings\": [", "\"findings\": [null,"), InlineData("public/reports/report-1.json", "\"kinds\": [", "\"kinds\": [null,"), InlineData("public/reports/report-1.json", "\"chain\": [", "\"chain\": [null")]
    public void Null_in_a_list_is_told(string path, string from, string to)
    {
        using Scratch scratch = new();
        Publish(scratch);
        string text = File.ReadAllText(scratch.PathOf(path));
        Assert.Contains(from, text, StringComparison.Ordinal);
        if (path.EndsWith("bundle.json", StringComparison.Ordinal))
        {
            File.WriteAllText(scratch.PathOf(path), text.Replace(from, to, StringComparison.Ordinal));
            AlteredBundleTests.Resign(scratch.PathOf("public"), scratch.Key, rehash: false);
        }
        else Changed(scratch, static _ => { }, () => File.WriteAllText(scratch.PathOf(path), text.Replace(from, to, StringComparison.Ordinal)));
        Assert.Contains(EvidenceBundle.Verify(scratch.PathOf("public"), scratch.Key.PublicKey).Defects, static defect => defect.Kind == "bad-list" && defect.Path == BundlePath.About);
    }

    [Theory]
    [InlineData("captures/a.pcap", "capture"), InlineData("persona/persona.json", "persona"), InlineData("keys/k.log", "keys"), InlineData("scenario/s.txt", "scenario")]
    public void A_public_form_that_holds_what_none_has_is_named(string path, string role)
    {
        using Scratch scratch = new();
        Publish(scratch);
        Written(scratch, "public", about => about, writer => writer.Add(path, role, "text/plain", "x"u8));
        Assert.Contains(("bad-list", path), AlteredBundleTests.Named(EvidenceBundle.Verify(scratch.PathOf("lie"), scratch.Key.PublicKey)));
    }

    [Fact]
    public void Words_that_the_files_do_not_bear_out_are_named()
    {
        using Scratch scratch = new();
        scratch.Pack();
        Good("bundle", about => about, _ => { });
        Assert.Contains("does not say what keys/k.log opens", Bad("bundle", about => about, writer => writer.Add("keys/k.log", "keys", "text/plain", "x"u8)), StringComparison.Ordinal);
        Good("bundle", about => about with { Opens = ["keys/k.log: everything"] }, writer => writer.Add("keys/k.log", "keys", "text/plain", "x"u8));
        Assert.Contains("says otherwise than reports/report.json", Bad("bundle", about => about with { Reports = [about.Reports[0] with { Verdict = "CLEAN" }] }, _ => { }), StringComparison.Ordinal);
        Assert.Contains("says otherwise than reports/report.json", Bad("bundle", about => about with { Reports = [about.Reports[0] with { Reasons = [] }] }, _ => { }), StringComparison.Ordinal);
        Assert.Contains("does not say what reports/report.json says", Bad("bundle", about => about with { Reports = [] }, _ => { }), StringComparison.Ordinal);
        Assert.Contains("there is none", Bad("bundle", about => about with { Reports = [.. about.Reports, about.Reports[0] with { Path = "reports/more.json" }] }, _ => { }), StringComparison.Ordinal);
        Assert.Contains("of the role scenario", Bad("bundle", about => about, writer => writer.Add("captures/c.pcap", "scenario", "text/plain", "x"u8)), StringComparison.Ordinal);
        Assert.Contains("no public form", Bad("bundle", about => about, writer => writer.Add(BundlePath.Commitments, "commitments", "text/plain", Encoding.ASCII.GetBytes(Opening.Create("seed", "1").Line))), StringComparison.Ordinal);
        Assert.Contains("too long to be read", Bad("bundle", about => about with { Reports = [.. about.Reports, about.Reports[0] with { Path = "reports/long.json" }], Limits = [.. about.Limits, ReportReading.TooLong("reports/long.json")] }, writer => writer.Add("reports/long.json", "report", "application/json", new byte[ReportReading.Limit + 1])), StringComparison.Ordinal);
        Assert.Contains("not the page that follows", Bad("bundle", about => about, _ => { }, readme => readme.Replace("prints nothing", "may print something", StringComparison.Ordinal) + "All is true.\n"), StringComparison.Ordinal);

        Assert.Contains("lack one that follows from a report: reports/report.json: at most", Bad("bundle", about => about with { Limits = [.. about.Limits.Where(static limit => !limit.EndsWith("can have left unseen.", StringComparison.Ordinal))] }, _ => { }), StringComparison.Ordinal);
        Assert.Contains("follows from no report: reports/report.json: nothing else", Bad("bundle", about => about with { Limits = [.. about.Limits, "reports/report.json: nothing else left."] }, _ => { }), StringComparison.Ordinal);
        Assert.Contains("reports/page.txt is not a report in JSON", Bad("bundle", about => about, writer => writer.Add("reports/page.txt", "report", "text/plain", "x"u8)), StringComparison.Ordinal);

        // Of another version the words may be others: that is said, and no defect.
        var report = Made("bundle", about => about with { Tool = about.Tool with { Version = "9.9.9" }, Limits = [] }, _ => { }, static readme => readme + "More.\n");
        Assert.True(report.Unaltered);
        Assert.Collection(report.Remarks, static limits => Assert.Contains("lack one", limits, StringComparison.Ordinal), static page => Assert.Contains("README.txt", page, StringComparison.Ordinal));

        void Good(string bundle, Func<About, About> change, Action<BundleWriter> add) => Assert.Empty(Made(bundle, change, add).Defects);

        string Bad(string bundle, Func<About, About> change, Action<BundleWriter> add, Func<string, string>? readme = null)
        {
            var defect = Assert.Single(Made(bundle, change, add, readme).Defects);
            Assert.Equal("bad-list", defect.Kind);
            return defect.Text;
        }

        VerifyReport Made(string bundle, Func<About, About> change, Action<BundleWriter> add, Func<string, string>? readme = null)
        {
            Written(scratch, bundle, change, add, readme);
            var report = EvidenceBundle.Verify(scratch.PathOf("lie"), scratch.Key.PublicKey);
            Directory.Delete(scratch.PathOf("lie"), recursive: true);
            return report;
        }
    }

    [Theory]
    [InlineData(99, "has 99 bytes, and it has 14"), InlineData(-1, "has -1 bytes")]
    public void A_length_that_a_file_has_not_is_named(int bytes, string text)
    {
        using Scratch scratch = new();
        string file = Path.Combine(scratch.Pack(), BundlePath.About), about = File.ReadAllText(file);
        Assert.Contains("\"bytes\": 14,", about, StringComparison.Ordinal);
        File.WriteAllText(file, about.Replace("\"bytes\": 14,", $"\"bytes\": {bytes},", StringComparison.Ordinal));
        AlteredBundleTests.Resign(scratch.PathOf("bundle"), scratch.Key, rehash: false);
        Assert.Contains(scratch.Verify().Defects, defect => defect.Kind == "bad-list" && defect.Path == BundlePath.About && defect.Text.Contains(text, StringComparison.Ordinal));
    }

    [Theory] // Numbers with which a page cannot be reckoned are no report, and no crash.
    [InlineData("\"offset\": ", "\"offset\": 9223372036854775807, \"more\": "), InlineData("\"offset\": ", "\"offset\": -"), InlineData("\"length\": ", "\"length\": -"), InlineData("\"chance\": ", "\"chance\": 1e999, \"more\": ")]
    public void A_number_that_no_report_has_is_told(string from, string to)
    {
        using Scratch scratch = new();
        Publish(scratch);
        string file = scratch.PathOf("public/reports/report-1.json"), text = File.ReadAllText(file);
        Assert.Contains(from, text, StringComparison.Ordinal);
        Changed(scratch, static _ => { }, () => File.WriteAllText(file, text.Replace(from, to, StringComparison.Ordinal)));
        Assert.Contains(("bad-list", BundlePath.About), AlteredBundleTests.Named(EvidenceBundle.Verify(scratch.PathOf("public"), scratch.Key.PublicKey)));
    }

    [Fact]
    public void A_public_form_says_what_can_have_left_unseen()
    {
        using Scratch scratch = new();
        Publish(scratch);
        Written(scratch, "public", static about => about with { Limits = [.. about.Limits.Select(static limit => limit.Replace("at most", "less than", StringComparison.Ordinal))] }, static _ => { });
        Assert.Contains("its limits lack one that follows from a report: reports/report-1.json: at most", Assert.Single(EvidenceBundle.Verify(scratch.PathOf("lie"), scratch.Key.PublicKey).Defects).Text, StringComparison.Ordinal);
    }

    static void Publish(Scratch scratch)
    {
        EvidenceBundle.Pack(scratch.Request(new PackInput(PackRole.Persona, Scratch.Persona), new PackInput(PackRole.Report, Scratch.Report)), TimeProvider.System);
        EvidenceBundle.Publish(new PublishRequest(scratch.PathOf("bundle"), scratch.PathOf("public"), scratch.PathOf("openings.json"), scratch.Key, Scratch.Tool) { IncludeGuessable = true }, TimeProvider.System);
    }

    static void Changed(Scratch scratch, Action<List<string>> change, Action? before = null)
    {
        before?.Invoke();
        string file = scratch.PathOf("public/commitments.txt");
        List<string> lines = [.. File.ReadAllLines(file)];
        change(lines);
        File.WriteAllText(file, string.Concat(lines.Select(static line => line + "\n")));
        AlteredBundleTests.Resign(scratch.PathOf("public"), scratch.Key, rehash: true);
    }

    /// <summary>The bundle once more as "lie", whole and signed, with what its signer changed.</summary>
    static void Written(Scratch scratch, string bundle, Func<About, About> change, Action<BundleWriter> add, Func<string, string>? readme = null)
    {
        var about = About.Read(File.ReadAllBytes(scratch.PathOf(bundle + "/bundle.json")))!;
        using BundleWriter writer = new(scratch.PathOf("lie"));
        foreach (var file in about.Files.Where(static file => file.Role != "about")) writer.Add(file.Path, file.Role, file.MediaType, File.ReadAllBytes(scratch.PathOf($"{bundle}/{file.Path}")));
        add(writer);
        writer.Sign(files => change(about) with { Id = writer.Id, Files = [.. files] }, whole => (readme ?? (static text => text))(ReadmeText.Of(whole, scratch.Key.PublicKey)), scratch.Key, TimeProvider.System);
    }
}
