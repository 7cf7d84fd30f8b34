using System.CommandLine;
using Offproof.Device;
using Offproof.Lab;

namespace Offproof.Cli;

internal static class LabVerb
{
    internal static Command Create() => new("lab", "Programs in a sealed network, watched from outside") { Run() };

    private static Command Run()
    {
        Argument<string> scenario = new("SCENARIO") { Description = "The steps: a text file (docs/lab.md §4); scenarios/ has some" };
        Option<string?> persona = new("--persona") { Description = "The planted data that are searched for, in place of those that the scenario plants", HelpName = "FILE" };
        Option<string?> keep = new("--keep") { Description = "Keep capture, keys, ledger, traces and counters in this folder", HelpName = "DIR" };
        Option<bool> recorder = new("--without-privileges") { Description = "No namespaces: record what comes to the lab's own ports, as without root" };
        Command verb = new("run", "Does what a scenario says and records all that goes over the link; Linux, and for a sealed network root") { scenario, persona, keep, recorder };
        verb.SetAction((parsed, cancel) => RunAsync(parsed, parsed.GetRequiredValue(scenario), parsed.GetValue(persona), parsed.GetValue(keep), parsed.GetValue(recorder), cancel));
        return verb;
    }

    private static async Task<int> RunAsync(ParseResult parsed, string scenario, string? persona, string? keep, bool withoutPrivileges, CancellationToken cancel)
    {
        if (!OperatingSystem.IsLinux()) throw new DeviceException(DeviceFault.Failure, "the lab needs Linux: it works in network namespaces", "offproof audit reads captures on any system (docs/how-to-capture.md)");
        LabReport report;
        try
        {
            report = await Laboratory.RunAsync(new LabRequest(scenario, Environment.ProcessPath, persona, keep, static step => Terminal.Talk($"  {step}")) { WithoutPrivileges = withoutPrivileges }, cancel);
        }
        catch (ScenarioException e)
        {
            throw new DeviceException(DeviceFault.Usage, $"{scenario}: {e.Message}");
        }
        catch (LabException e)
        {
            throw new DeviceException(DeviceFault.Failure, e.Message, e.Hint);
        }
        if (parsed.GetValue(Options.Json)) Terminal.Json(report, OutputJson.Default.LabReport);
        else foreach (string line in LabText.Lines(report)) Terminal.Say(line);
        return report.Result switch { "held" => ExitCode.Ok, "void" => ExitCode.Inconclusive, _ when report.IsLeak => ExitCode.Leak, _ => ExitCode.Failure };
    }
}
