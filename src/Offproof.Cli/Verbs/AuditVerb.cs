using System.CommandLine;
using System.Net;
using Offproof.Auditor;
using Offproof.Device;

namespace Offproof.Cli;

internal static class AuditVerb
{
    internal static Command Create()
    {
        Argument<string[]> captures = new("CAPTURE") { Description = "pcap or pcapng (also gzipped), HAR, or flows of mitmproxy", Arity = ArgumentArity.ZeroOrMore };
        Option<string?> persona = new("--persona") { Description = "The planted data: persona.json", HelpName = "FILE" };
        Option<string[]> keys = new("--keys") { Description = "TLS secrets (SSLKEYLOGFILE); may be given more than once", HelpName = "FILE" };
        Option<string[]> phones = new("--phone") { Description = "An address of the phone's; may be given more than once. Without it, the captures tell", HelpName = "ADDRESS" };
        Option<string?> sarif = new("--sarif") { Description = "Also write the findings as SARIF 2.1.0", HelpName = "FILE" };
        Option<bool> selfTest = new("--self-test") { Description = "Plant data of its own in disguises and carriers, and say which are found and which missed" };
        Option<ulong> seed = new("--seed") { Description = "Of the data of --self-test", HelpName = "N", DefaultValueFactory = static _ => 1 };
        Command verb = new("audit", "What personal data left a phone: reads captures of its traffic") { captures, persona, keys, phones, sarif, selfTest, seed };
        verb.SetAction((parsed, cancel) => Task.FromResult(parsed.GetValue(selfTest)
            ? SelfTest(parsed, parsed.GetRequiredValue(captures).Length > 0 || parsed.GetValue(persona) is not null, parsed.GetValue(seed), cancel)
            : Run(parsed, parsed.GetRequiredValue(captures), parsed.GetValue(persona), parsed.GetValue(keys) ?? [], Addresses(parsed.GetValue(phones) ?? []), parsed.GetValue(sarif), cancel)));
        return verb;
    }

    private static int Run(ParseResult parsed, string[] captures, string? persona, string[] keys, IPAddress[] phones, string? sarif, CancellationToken cancel)
    {
        if (captures.Length == 0) throw new DeviceException(DeviceFault.Usage, "no capture is named", "audit CAPTURE... --persona FILE, or audit --self-test");
        if (persona is null) throw new DeviceException(DeviceFault.Usage, "--persona is missing: what should be searched for?", "persona new DIR plants one; docs/persona.md says how to write your own");
        if (Directory.Exists(persona)) throw new DeviceException(DeviceFault.Failure, $"{persona} is a folder", $"name the file in it: --persona {Path.Combine(persona, "persona.json")}");
        if (captures.Concat(keys).FirstOrDefault(Directory.Exists) is { } folder) throw new DeviceException(DeviceFault.Failure, $"{folder} is a folder", "name the files in it");
        AuditReport report;
        try
        {
            report = Audit.Run(new AuditRequest(captures, persona, keys, phones), cancel);
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

    private static IPAddress[] Addresses(string[] texts) => [.. texts.Select(static text => IPAddress.TryParse(text, out IPAddress? address)
        ? address
        : throw new DeviceException(DeviceFault.Usage, $"--phone {text}: this is no address", "an address of IPv4 or IPv6, as the capture has it: --phone 192.168.1.23"))];

    private static int SelfTest(ParseResult parsed, bool hasCaptures, ulong seed, CancellationToken cancel)
    {
        if (hasCaptures) throw new DeviceException(DeviceFault.Usage, "--self-test reads no captures and no persona: it plants data of its own", "audit --self-test [--seed N]");
        if (!parsed.GetValue(Options.Json)) Terminal.Talk("plants data in disguises and carriers, and looks for them");
        SelfTestReport report = SelfTesting.Run(seed, cancel);
        if (parsed.GetValue(Options.Json)) Terminal.Json(report, OutputJson.Default.SelfTestReport);
        else foreach (string line in SelfTestText.Lines(report)) Terminal.Say(line);
        return report.Ok ? ExitCode.Ok : ExitCode.Failure;
    }
}
