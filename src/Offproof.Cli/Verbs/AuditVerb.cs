using System.CommandLine;
using System.Net;
using System.Security.Cryptography;
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
        Option<string?> html = new("--html") { Description = "Also write the report as a page for people", HelpName = "FILE" };
        Option<string> language = new("--lang") { Description = "Of the page: en, zh or de", HelpName = "LANG", DefaultValueFactory = static _ => "en" };
        language.AcceptOnlyFromAmong([.. ReportPage.Languages]);
        Option<string?> sources = new("--sources") { Description = "A folder of files about addresses: statistics of registries, answers of RDAP, tables of routes (audit sources)", HelpName = "DIR" };
        Option<bool> online = new("--online") { Description = "Ask registries about the addresses, and so tell them which are in the captures; answers are kept in --sources" };
        Option<bool> selfTest = new("--self-test") { Description = "Plant data of its own in disguises and carriers, and say which are found and which missed" };
        Option<ulong> seed = new("--seed") { Description = "Of the data of --self-test", HelpName = "N", DefaultValueFactory = static _ => 1 };
        Command verb = new("audit", "What personal data left a phone: reads captures of its traffic") { captures, persona, keys, phones, sarif, html, language, sources, online, selfTest, seed, Sources() };
        verb.SetAction((parsed, cancel) => Task.FromResult(parsed.GetValue(selfTest)
            ? SelfTest(parsed, parsed.GetRequiredValue(captures).Length > 0 || parsed.GetValue(persona) is not null, parsed.GetValue(seed), cancel)
            : Run(parsed, parsed.GetRequiredValue(captures), parsed.GetValue(persona), parsed.GetValue(keys) ?? [], [parsed.GetValue(sarif), parsed.GetValue(html)], Addresses(parsed.GetValue(phones) ?? []), parsed.GetValue(sources), parsed.GetValue(online), report =>
            {
                if (parsed.GetValue(sarif) is { } results) WriteSarif(report, results);
                if (parsed.GetValue(html) is { } page) WritePage(report, page, parsed.GetRequiredValue(language), parsed, [parsed.GetValue(persona)!, .. parsed.GetValue(keys) ?? []]);
            }, cancel)));
        return verb;
    }

    private static int Run(ParseResult parsed, string[] captures, string? persona, string[] keys, string?[] outputs, IPAddress[] phones, string? sources, bool isOnline, Action<AuditReport> write, CancellationToken cancel)
    {
        if (captures.Length == 0) throw new DeviceException(DeviceFault.Usage, "no capture is named", "offproof audit CAPTURE... --persona FILE, or offproof audit --self-test");
        if (persona is null) throw new DeviceException(DeviceFault.Usage, "--persona is missing: what should be searched for?", "offproof persona new DIR plants one; docs/persona.md says how to write your own");
        if (Directory.Exists(persona)) throw new DeviceException(DeviceFault.Failure, $"{persona} is a folder", $"name the file in it: --persona {Path.Combine(persona, "persona.json")}");
        if (captures.Concat(keys).FirstOrDefault(Directory.Exists) is { } folder) throw new DeviceException(DeviceFault.Failure, $"{folder} is a folder", "name the files in it");
        RequireOthers(outputs, [.. captures, persona, .. keys]);
        if (isOnline && sources is null) throw new DeviceException(DeviceFault.Usage, "--online keeps the answers in a folder, and none is named", "--sources DIR --online");
        if (sources is not null) RequireFolder(sources);
        using RegistryDoor? door = isOnline ? new RegistryDoor() : null;
        AuditReport report;
        try
        {
            report = Audit.Run(new AuditRequest(captures, persona, keys, sources, door?.Online, phones), cancel);
        }
        catch (InvalidPersonaException e)
        {
            throw new DeviceException(DeviceFault.Failure, $"{persona}: {e.Message}", "docs/persona.md says what a persona holds");
        }
        if (parsed.GetValue(Options.Json)) Terminal.Json(report, OutputJson.Default.AuditReport);
        else foreach (string line in AuditText.Lines(report)) Terminal.Say(line);
        // What cannot be written hides no verdict.
        write(report);
        return report.Verdict switch { "LEAK" => ExitCode.Leak, "CLEAN" => ExitCode.Ok, _ => ExitCode.Inconclusive };
    }

    private static string Version => typeof(AuditVerb).Assembly.GetName().Version is { } version ? $"{version.Major}.{version.Minor}.{version.Build}" : "";

    private static void WriteSarif(AuditReport report, string path)
    {
        using FileStream file = new(path, FileMode.Create, FileAccess.Write);
        Sarif.Write(report, file);
    }

    // Evidence is not written over.
    private static void RequireOthers(string?[] outputs, string[] inputs)
    {
        string[] files = [.. outputs.OfType<string>().Select(Whole)];
        if (files.Distinct(StringComparer.Ordinal).Count() < files.Length) throw new DeviceException(DeviceFault.Usage, "--sarif and --html name one file", "give each its own");
        if (inputs.FirstOrDefault(input => files.Contains(Whole(input), StringComparer.Ordinal)) is { } same)
            throw new DeviceException(DeviceFault.Usage, $"{same} is read: it would be written over", "name another file for the report");
    }

    private static string Whole(string path)
    {
        try
        {
            return File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? Path.GetFullPath(path);
        }
        catch (IOException)
        {
            return Path.GetFullPath(path);
        }
    }

    private static void WritePage(AuditReport report, string path, string language, ParseResult parsed, string[] inputs)
    {
        string command = $"offproof {string.Join(' ', parsed.Tokens.Select(static token => Terminal.ShellWord(token.Value)))}";
        PageFacts facts = new(language, Version, TimeProvider.System.GetUtcNow(), [.. report.Captures.Select(static capture => Hash(capture.Path))], command, [.. inputs.Select(static input => (input, Hash(input)))]);
        using FileStream file = new(path, FileMode.Create, FileAccess.Write);
        ReportPage.Write(report, facts, file);
    }

    // A pipe cannot be read twice, and has no length.
    private static string Hash(string path)
    {
        if (new FileInfo(path) is not { Exists: true, Length: > 0 }) return "\u2013";
        using FileStream file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    private static Command Sources()
    {
        Argument<string?> folder = new("DIR") { Description = "A folder of sources to check; without it, where to get them", Arity = ArgumentArity.ZeroOrOne };
        Command verb = new("sources", "Files about addresses: where to get them, and what is in a folder of them") { folder };
        verb.SetAction((parsed, cancel) => Task.FromResult(Sources(parsed, parsed.GetValue(folder), cancel)));
        return verb;
    }

    private static int Sources(ParseResult parsed, string? folder, CancellationToken cancel)
    {
        bool isJson = parsed.GetValue(Options.Json);
        if (folder is null)
        {
            if (isJson) throw new DeviceException(DeviceFault.Usage, "--json lists what is in a folder, and none is named", "offproof audit sources DIR --json");
            foreach (string line in SourceText.HowToGet) Terminal.Say(line);
            return ExitCode.Ok;
        }
        RequireFolder(folder);
        SourcesReport report = SourceCheck.Run(folder, cancel);
        if (isJson) Terminal.Json(report, OutputJson.Default.SourcesReport);
        else foreach (string line in SourceText.Lines(report)) Terminal.Say(line);
        return report.Ok ? ExitCode.Ok : report.Files.Any(static file => file.IsDamaged) ? ExitCode.Forgery : ExitCode.Failure;
    }

    private static void RequireFolder(string folder)
    {
        if (!Directory.Exists(folder)) throw new DeviceException(DeviceFault.Failure, $"{folder} is not a folder", "offproof audit sources says what belongs into one");
    }

    internal static IPAddress[] Addresses(string[] texts) => [.. texts.Select(static text => IPAddress.TryParse(text, out IPAddress? address)
        ? address
        : throw new DeviceException(DeviceFault.Usage, $"--phone {text}: this is no address", "an address of IPv4 or IPv6, as the capture has it: --phone 192.168.1.23"))];

    private static int SelfTest(ParseResult parsed, bool hasCaptures, ulong seed, CancellationToken cancel)
    {
        if (hasCaptures) throw new DeviceException(DeviceFault.Usage, "--self-test reads no captures and no persona: it plants data of its own", "offproof audit --self-test [--seed N]");
        if (!parsed.GetValue(Options.Json)) Terminal.Talk("plants data in disguises and carriers, and looks for them");
        SelfTestReport report = SelfTesting.Run(seed, cancel);
        if (parsed.GetValue(Options.Json)) Terminal.Json(report, OutputJson.Default.SelfTestReport);
        else foreach (string line in SelfTestText.Lines(report)) Terminal.Say(line);
        return report.Ok ? ExitCode.Ok : ExitCode.Failure;
    }
}
