using System.CommandLine;
using System.Net;
using Offproof.Auditor;
using Offproof.Device;
using Offproof.Lab;

namespace Offproof.Cli;

internal static class CompareVerb
{
    internal static Command Create()
    {
        Argument<string> a = new("A") { Description = "A capture of the steps with the first persona: pcap, pcapng, HAR or flows of mitmproxy" };
        Argument<string> b = new("B") { Description = "A capture of the same steps with the second persona" };
        Option<string?> control = new("--control") { Description = "A second run with the first persona: what differs there too is explained", HelpName = "A2" };
        Option<string[]> personas = new("--persona") { Description = "persona.json of A, then that of B", HelpName = "FILE", AllowMultipleArgumentsPerToken = false };
        Option<string[]> keys = new("--keys") { Description = "TLS secrets of the runs (SSLKEYLOGFILE); may be given more than once", HelpName = "FILE" };
        Option<string[]> phones = new("--phone") { Description = "An address of the phone's end; may be given more than once. Without it, the captures tell", HelpName = "ADDRESS" };
        Command verb = new("compare", "What follows the person even where nothing decodes: lays captures of two personas side by side") { a, b, control, personas, keys, phones };
        verb.SetAction((parsed, cancel) => Task.FromResult(Run(parsed, parsed.GetRequiredValue(a), parsed.GetRequiredValue(b), parsed.GetValue(control), parsed.GetValue(personas) ?? [], parsed.GetValue(keys) ?? [], AuditVerb.Addresses(parsed.GetValue(phones) ?? []), cancel)));
        return verb;
    }

    private static int Run(ParseResult parsed, string a, string b, string? control, string[] personas, string[] keys, IPAddress[] phones, CancellationToken cancel)
    {
        if (personas is not [string first, string second]) throw new DeviceException(DeviceFault.Usage, $"{personas.Length} personas are named, and two are compared", "offproof compare A B --control A2 --persona FILE-OF-A --persona FILE-OF-B");
        string[] captures = control is null ? [a, b] : [a, b, control];
        if (captures.Concat(personas).Concat(keys).FirstOrDefault(Directory.Exists) is { } folder) throw new DeviceException(DeviceFault.Failure, $"{folder} is a folder", "name the files in it");
        if (captures.GroupBy(Path.GetFullPath, StringComparer.Ordinal).FirstOrDefault(static same => same.Count() > 1) is { } twice)
            throw new DeviceException(DeviceFault.Usage, $"{twice.First()} is named twice: a run compared with itself says nothing", "record each run on its own");
        ComparisonReport report;
        try
        {
            report = Comparison.Run(new CompareRequest(a, b, control, first, second, keys) { Phones = phones }, cancel);
        }
        catch (InvalidPersonaException e)
        {
            throw new DeviceException(DeviceFault.Failure, $"{first}, {second}: {e.Message}", "docs/persona.md says what a persona holds");
        }
        if (parsed.GetValue(Options.Json)) Terminal.Json(report, OutputJson.Default.ComparisonReport);
        else foreach (string line in ComparisonText.Lines(report)) Terminal.Say(line);
        return report.Verdict switch { "LEAK" => ExitCode.Leak, "CLEAN" => ExitCode.Ok, _ => ExitCode.Inconclusive };
    }
}
