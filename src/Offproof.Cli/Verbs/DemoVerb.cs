using System.CommandLine;

namespace Offproof.Cli;

internal static class DemoVerb
{
    internal static Command Create()
    {
        Option<string?> keep = new("--keep") { Description = "Work in this folder, which must be empty or absent, and leave everything in it", HelpName = "DIR" };
        Option<bool> lab = new("--lab") { Description = "And the same in a sealed network, with saboteurs: needs Linux and root, a minute and a half" };
        Command verb = new("demo", "The whole promise on a sample phone: offline, on loopback, in under a minute") { keep, lab };
        verb.SetAction(async (parsed, cancel) =>
        {
            bool json = parsed.GetValue(Options.Json);
            using Stage stage = Stage.Set(parsed.GetValue(keep), json ? Console.Error : Console.Out);
            DemoReport report = await new Play(stage, parsed.GetValue(lab)).RunAsync(cancel);
            if (json) Terminal.Json(report, DemoJson.Default.DemoReport);
            return report.Ok ? ExitCode.Ok : ExitCode.Failure;
        });
        return verb;
    }
}
