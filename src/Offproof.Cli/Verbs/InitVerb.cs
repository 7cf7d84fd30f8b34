using System.CommandLine;
using Offproof.Device;

namespace Offproof.Cli;

internal static class InitVerb
{
    internal static Command Create()
    {
        Option<string> server = new("--server") { Description = "The server's URL", Required = true, HelpName = "URL" };
        Option<string> sheet = Options.RequiredFile("--sheet", "Where to write the recovery sheet; an existing file is refused");
        Option<string?> invite = new("--invite-file") { Description = "The operator's invitation stands in its first line; - is stdin", HelpName = "FILE" };
        Option<string?> trust = PinnedChannel.Option();
        Command verb = new("init", "Make this device's key and the recovery sheet, and open an account. Everything is off.") { server, sheet, invite, trust };
        verb.SetAction(async (parsed, cancel) =>
        {
            InitReport report = await DeviceHome.InitAsync(
                parsed.HomeFolder(), Options.ParseUrl(parsed.GetRequiredValue(server)), parsed.GetRequiredValue(sheet), ReadInvitation(parsed.GetValue(invite)), TimeProvider.System, null, cancel);
            PinnedChannel channel = await PinnedChannel.PinAsync(parsed.HomeFolder(), parsed.GetValue(trust), cancel);
            if (parsed.GetValue(Options.Json))
            {
                Terminal.Json(new InitJson("offproof/v1/init", report.Account, report.Device, report.Server, report.ServerKey, report.SheetFile, channel.Sha256), OutputJson.Default.InitJson);
                return ExitCode.Ok;
            }
            Terminal.Say($"""
                Account     {report.Account}
                Server      {report.Server}
                Server key  {report.ServerKey}
                            Compare it with what the server's operator tells you.
                Sheet       {report.SheetFile}
                            Whoever holds it can open every backup. Without it, a lost phone's backup stays closed.
                {channel.Words}
                Everything is off.
                Next: copy or print the sheet, then: offproof sheet confirm --sheet {report.SheetFile}
                """);
            return ExitCode.Ok;
        });
        return verb;
    }

    /// <summary>A code is a secret, and an argument could be read by others (cli.md §1.4).</summary>
    internal static string? ReadInvitation(string? file)
    {
        if (file is null) return null;
        char[] line = new char[256];
        using TextReader reader = file is "-" ? Console.In : new StreamReader(file);
        string text = new string(line, 0, reader.ReadBlock(line)).Split('\n', 2)[0].Trim();
        return text.Length > 0 ? text : throw new DeviceException(DeviceFault.WrongSheet, $"there is no invitation in the first line of {(file is "-" ? "stdin" : file)}", "nothing was made or sent");
    }
}
