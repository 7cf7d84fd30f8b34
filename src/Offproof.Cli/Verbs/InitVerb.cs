using System.CommandLine;
using Offproof.Device;

namespace Offproof.Cli;

internal static class InitVerb
{
    internal static Command Create()
    {
        Option<string> server = new("--server") { Description = "The server's URL", Required = true, HelpName = "URL" };
        Option<string> sheet = Options.RequiredFile("--sheet", "Where to write the recovery sheet; an existing file is refused");
        Command verb = new("init", "Make this device's key and the recovery sheet, and open an account. Everything is off.") { server, sheet };
        verb.SetAction(async (parsed, cancel) =>
        {
            InitReport report = await DeviceHome.InitAsync(
                parsed.HomeFolder(), Options.ParseUrl(parsed.GetRequiredValue(server)), parsed.GetRequiredValue(sheet), TimeProvider.System, null, cancel);
            if (parsed.GetValue(Options.Json))
            {
                Terminal.Json(new InitJson("offproof/v1/init", report.Account, report.Device, report.Server, report.ServerKey, report.SheetFile), OutputJson.Default.InitJson);
                return ExitCode.Ok;
            }
            Terminal.Say($"""
                Account     {report.Account}
                Server      {report.Server}
                Server key  {report.ServerKey}
                            Compare it with what the server's operator tells you.
                Sheet       {report.SheetFile}
                            Whoever holds it can open every backup. Without it, a lost phone's backup stays closed.
                Everything is off.
                Next: copy or print the sheet, then: offproof sheet confirm --sheet {report.SheetFile}
                """);
            return ExitCode.Ok;
        });
        return verb;
    }
}
