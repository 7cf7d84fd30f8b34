using System.CommandLine;

namespace Offproof.Cli;

internal static class DemoVerb
{
    internal static Command Create()
    {
        Option<string?> keep = new("--keep") { Description = "Work in this folder, which must be empty or absent, and leave everything in it", HelpName = "DIR" };
        Command verb = new("demo", "The whole promise on a sample phone: offline, on loopback, in under a minute") { keep };
        verb.SetAction(async (parsed, cancel) =>
        {
            bool json = parsed.GetValue(Options.Json);
            using Stage stage = Stage.Set(parsed.GetValue(keep), json ? Console.Error : Console.Out);
            DemoReport report = await new Play(stage).RunAsync(cancel);
            if (json) Terminal.Json(report, DemoJson.Default.DemoReport);
            return report.Ok ? ExitCode.Ok : ExitCode.Failure;
        });
        return verb;
    }
}
