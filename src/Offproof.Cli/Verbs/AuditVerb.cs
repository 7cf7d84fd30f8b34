using System.CommandLine;
using Offproof.Auditor;
using Offproof.Device;

namespace Offproof.Cli;

internal static class AuditVerb
{
    internal static Command Create()
    {
        Argument<string[]> captures = new("CAPTURE") { Description = "pcap or pcapng (also gzipped), HAR, or flows of mitmproxy", Arity = ArgumentArity.OneOrMore };
        Option<string?> persona = new("--persona") { Description = "The planted data: persona.json", HelpName = "FILE" };
        Option<string[]> keys = new("--keys") { Description = "TLS secrets (SSLKEYLOGFILE); may be given more than once", HelpName = "FILE" };
        Option<string?> sarif = new("--sarif") { Description = "Also write the findings as SARIF 2.1.0", HelpName = "FILE" };
        Command verb = new("audit", "What personal data left a phone: reads captures of its traffic") { captures, persona, keys, sarif };
        verb.SetAction((parsed, cancel) => Task.FromResult(Run(parsed, parsed.GetRequiredValue(captures), parsed.GetValue(persona), parsed.GetValue(keys) ?? [], parsed.GetValue(sarif), cancel)));
        return verb;
    }

    private static int Run(ParseResult parsed, string[] captures, string? persona, string[] keys, string? sarif, CancellationToken cancel)
    {
        if (persona is null) throw new DeviceException(DeviceFault.Usage, "--persona is missing: what should be searched for?", "persona new DIR plants one; docs/persona.md says how to write your own");
        AuditReport report;
        try
        {
            report = Audit.Run(new AuditRequest(captures, persona, keys), cancel);
        }
        catch (InvalidPersonaException e)
        {
            throw new DeviceException(DeviceFault.Failure, $"{persona}: {e.Message}", "docs/persona.md says what a persona holds");
        }
        if (sarif is not null)
        {
            using FileStream file = new(sarif, FileMode.Create, FileAccess.Write);
            Sarif.Write(report, file);
        }
        if (parsed.GetValue(Options.Json)) Terminal.Json(report, OutputJson.Default.AuditReport);
        else foreach (string line in AuditText.Lines(report)) Terminal.Say(line);
        return report.Verdict switch { "LEAK" => ExitCode.Leak, "CLEAN" => ExitCode.Ok, _ => ExitCode.Inconclusive };
    }
}
