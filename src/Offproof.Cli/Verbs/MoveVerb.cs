using System.CommandLine;
using Offproof.Device;

namespace Offproof.Cli;

internal static class MoveVerb
{
    internal static Command Create()
    {
        Option<string> sheet = Options.RequiredFile("--sheet", "The sheet's file; its line '# server:' is changed");
        Option<string> to = new("--to") { Description = "The server's new URL", Required = true, HelpName = "URL" };
        Command verb = new("move", "The same server is at another address now: change it on this device and in the sheet's file") { sheet, to };
        verb.SetAction(async (parsed, cancel) =>
        {
            string file = parsed.GetRequiredValue(sheet);
            MoveTarget target = await SheetMove.CheckAsync(file, Options.ParseUrl(parsed.GetRequiredValue(to)), TimeProvider.System, null, cancel, parsed.HomeFolder());
            bool here = Directory.Exists(parsed.HomeFolder()) && MoveHome(parsed, target);
            if (target.From != target.To) SheetMove.Rewrite(file, target.To);
            Terminal.Say($"{file} names {target.To} now{(here ? ", and so does this device" : "")}. It is the same server: its key is the one on the sheet.");
            Terminal.Say($"Write the new address on printed copies; until then they work with --server {target.To}");
            return ExitCode.Ok;
        });
        return verb;
    }

    /// <summary>The device first: a sheet that names another address than its device says so at the next `sheet confirm`, and `move` again finishes.</summary>
    private static bool MoveHome(ParseResult parsed, MoveTarget target)
    {
        if (!File.Exists(Path.Combine(parsed.HomeFolder(), "account.json"))) return false;
        using DeviceHome home = parsed.OpenHome();
        return home.MoveTo(target);
    }
}
