using System.Diagnostics;

namespace Offproof.Phone.Tests;

/// <summary>The fuzzer for a few seconds: what it finds in a few is found in every run of the tests. fuzz/README.md says what the long run is.</summary>
public sealed class FuzzerTests
{
    static readonly string Fuzzer = Path.Combine(Repository.Root, "fuzz", "Fuzz", "bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0", "fuzz.dll");

    public static TheoryData<string> Readers => [.. Run("list").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[0])];

    [Theory, MemberData(nameof(Readers))]
    public void Nothing_is_found_in_three_seconds(string reader)
    {
        (int exit, string output, string errors) = Run(reader, "--seconds", "3"); // what is found stays in fuzz/failures
        Assert.True(exit == 0, errors);
        Assert.Contains(" executions in ", output, StringComparison.Ordinal);
        TestContext.Current.SendDiagnosticMessage(output.TrimEnd());
    }

    [Fact]
    public void Every_reader_is_fuzzed() => Assert.Empty(
        new[] { "sms-xml", "sms-zip", "sms-json", "sms-encrypted", "sms-tree", "takeout-sidecar", "photo-facts", "vcard", "notes-json", "notes-tree", "tls", "keylog", "quic", "pcap", "pcapng", "packets", "tcp", "tuf" }.Except(Readers.Select(row => row.Data), StringComparer.Ordinal));

    // The search can find:

    [Theory]
    [InlineData("trap-exception", "sprung"), InlineData("trap-hang", "more than 5 seconds"), InlineData("trap-memory", "OutOfMemoryException"), InlineData("trap-stack", "the process died of it")]
    public void A_planted_fault_is_found_and_its_input_saved(string trap, string said)
    {
        using TempFolder failures = new();
        (int exit, string output, string errors) = Run(trap, "--seconds", "60", "--seed", "1", "--failures", failures.FullPath);
        if (trap is "trap-stack")
        {
            Assert.NotEqual(0, exit); // the input is in the flight recorder, and the next run tells
            (exit, output, errors) = Run(trap, "--seconds", "60", "--seed", "1", "--failures", failures.FullPath);
        }
        Assert.Equal((1, ""), (exit, output));
        Assert.Contains(said, errors, StringComparison.Ordinal);
        string saved = Assert.Single(Directory.GetFiles(failures[trap]), path => !path.EndsWith(".flight", StringComparison.Ordinal));
        Assert.Contains("!trap", File.ReadAllText(saved), StringComparison.Ordinal);
        if (trap is "trap-exception") Assert.Equal(1, Run(trap, saved, "--failures", failures.FullPath).Exit);
    }

    static (int Exit, string Output, string Errors) Run(params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [Fuzzer, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        string errors = "";
        process.ErrorDataReceived += (_, line) => errors = errors.Length < 10_000 ? errors + line.Data + "\n" : errors;
        process.BeginErrorReadLine();
        string output = process.StandardOutput.ReadToEnd();
        Assert.True(process.WaitForExit(TimeSpan.FromMinutes(3)));
        process.WaitForExit();
        return (process.ExitCode, output, errors);
    }
}
