namespace Offproof.Lab.Tests;

/// <summary>What stands in scenarios/ is what people begin with: every file runs, and holds.</summary>
public sealed class ScenarioTests
{
    // One has a test of its own, which wants more of it.
    const string Own = "contacts-sync.txt";

    public static TheoryData<string> Files => [.. Directory.GetFiles(Path.Combine(Lab.Root, "scenarios"), "*.txt").Select(static file => Path.GetFileName(file)).Where(static file => file != Own).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Each_scenario_of_ours_holds(string file)
    {
        Assert.SkipWhen(file == "all-states.txt" && Environment.GetEnvironmentVariable("OFFPROOF_SOAK") != "1", "three minutes: OFFPROOF_SOAK=1");
        (LabReport report, string folder) = await RunAsync(await ReadAsync(file));
        Assert.True(report.Result == "held", Lab.Text(report));
        if (file == "curl.txt") Assert.Contains("\n  1 files of the phone opened\n", Lab.Text(report), StringComparison.Ordinal); // in a section without a packet
        Directory.Delete(folder, recursive: true);
    }

    [Fact] // lab.md §8
    public async Task Of_a_program_that_is_not_ours_the_report_says_what_went_and_in_which_disguise_and_what_was_not_read()
    {
        (LabReport report, string folder) = await RunAsync(await ReadAsync(Own));
        Assert.True(report.Result == "held", Lab.Text(report));
        Dictionary<string, SectionReport> sections = report.Sections.ToDictionary(static section => section.Name, StringComparer.Ordinal);
        SectionReport first = sections["the first sync"];
        foreach (string kind in (string[])["contact-phone", "contact-email", "contact-address", "contact-note"]) Assert.Contains(first.Findings, finding => finding.Kind == kind && finding.Standing == "evidence" && finding.Server == "198.51.100.1:443");
        Assert.Contains(first.Findings, static finding => finding.Chain.SequenceEqual(["base64"], StringComparer.Ordinal)); // the photo
        Assert.Contains(first.Findings, static finding => finding.Kind == "contact-note" && finding.Chain.SequenceEqual(["escape"], StringComparer.Ordinal));
        Assert.InRange(first.Opaque, 3000, 6000);
        Assert.All(sections["a contact was added"].Findings, static finding => Assert.StartsWith("contacts[3].", finding.Canary, StringComparison.Ordinal)); // no other card
        Assert.Contains(sections["a contact was added"].Findings, static finding => finding.Kind == "contact-phone");
        Assert.Contains(sections["a card that the server refuses"].Findings, static finding => finding is { Kind: "contact-phone", Canary: "contacts[4].phones[0]" });
        Assert.All(sections["the cloud is read-only"].Findings, static finding => Assert.NotEqual("evidence", finding.Standing));
        string text = Lab.Text(report);
        Assert.Contains(" more in the result (--json)", text, StringComparison.Ordinal);
        Assert.Contains("in base64", text, StringComparison.Ordinal); // what is left off is not a disguise that was not named before
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_sync_that_goes_on_where_it_was_switched_off_breaks_the_run_and_is_a_LEAK()
    {
        string text = await ReadAsync(Own);
        (LabReport report, string folder) = await RunAsync(text[..text.IndexOf("section a second sync", StringComparison.Ordinal)]
            + "section off\ncontact add 3.0\nrun any vdirsyncer -c vdirsyncer.conf sync\nexpect nothing\nexpect unopened\n");
        Assert.True(report is { Result: "broken", IsLeak: true }, Lab.Text(report));
        Assert.Contains(report.Reasons, static reason => reason.Contains("in off, not nothing", StringComparison.Ordinal));
        Assert.Contains(report.Reasons, static reason => reason.Contains("in off, not unopened", StringComparison.Ordinal));
        Assert.Contains(report.Reasons, static reason => reason.StartsWith("off: LEAK:", StringComparison.Ordinal) && reason.Contains("contact-phone", StringComparison.Ordinal));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_card_of_a_version_that_was_not_planted_is_asked_for_in_vain()
    {
        LabException none = await Assert.ThrowsAsync<LabException>(() => Lab.RunAsync("contact add 2 4.0\n"));
        Assert.Contains("--all-formats", none.Hint, StringComparison.Ordinal);
        Assert.Throws<ScenarioException>(static () => Scenario.Read("contact add 5.0"));
    }

    static Task<string> ReadAsync(string file) => File.ReadAllTextAsync(Path.Combine(Lab.Root, "scenarios", file));

    static Task<(LabReport Report, string Folder)> RunAsync(string scenario) => Lab.RunAsync(scenario, withProgram: true, withPersona: false);
}
