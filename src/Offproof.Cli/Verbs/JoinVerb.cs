using System.CommandLine;
using Offproof.Device;

namespace Offproof.Cli;

/// <summary>join: a further device of an account, with the sheet or admitted by another device (protocol.md §17).</summary>
internal static class JoinVerb
{
    internal static Command Create()
    {
        Option<string?> server = new("--server") { Description = "The server's URL; the sheet's where not given", HelpName = "URL" };
        Option<string?> sheet = new("--sheet") { Description = "The account's sheet: then no other device is needed", HelpName = "FILE" };
        Option<bool> yes = Options.Yes();
        Option<string?> trust = PinnedChannel.Option();
        Command verb = new("join", "Make this a further device of an account. Everything is off.") { server, sheet, trust, yes };
        verb.SetAction(async (parsed, cancel) =>
        {
            if (parsed.GetValue(sheet) is { } file)
            {
                Uri? url = parsed.GetValue(server) is { } given ? Options.ParseUrl(given) : null;
                await ShowAsync(parsed, await DeviceHome.JoinAsync(parsed.HomeFolder(), file, url, TimeProvider.System, null, cancel), parsed.GetValue(trust), cancel);
                return ExitCode.Ok;
            }
            if (parsed.GetValue(server) is not { } text)
                throw new DeviceException(DeviceFault.Usage, "join wants --server URL, and another device; or --sheet FILE", "offproof join --help");
            Terminal.RequireSomebodyToAsk(parsed.GetValue(yes));
            using NewDevice device = await NewDevice.BeginAsync(parsed.HomeFolder(), Options.ParseUrl(text), TimeProvider.System, null, cancel);
            Terminal.Draw(device.PictureForCamera); // first: what has to be read stays on the screen below it
            Terminal.Talk($"""
                This is device {device.Device[..8]}.
                On a device of the account, within ten minutes:  offproof devices approve {device.Name}
                Where a camera can read the whole line to it, in place of the name, no code is typed:
                {device.ForCamera}
                """);
            string code = await device.CodeAsync(cancel);
            Terminal.Talk($"Type this code there:  {code[..4]} {code[4..]}");
            await device.AdmittedAsync(cancel);
            await Terminal.RequireYesAsync(parsed.GetValue(yes), $"Did the other device take the code {code[..4]} {code[4..]}, and say that it admitted this one?", cancel);
            await ShowAsync(parsed, device.Keep(), parsed.GetValue(trust), cancel);
            return ExitCode.Ok;
        });
        return verb;
    }

    private static async Task ShowAsync(ParseResult parsed, JoinReport report, string? trust, CancellationToken cancel)
    {
        PinnedChannel channel = await PinnedChannel.PinAsync(parsed.HomeFolder(), trust, cancel);
        if (parsed.GetValue(Options.Json))
        {
            Terminal.Json(new JoinJson("offproof/v1/join", report.Account, report.Device, report.Server, channel.Sha256), OutputJson.Default.JoinJson);
            return;
        }
        Terminal.Say($"""
            Account     {report.Account}
            Device      {report.Device}
            Server      {report.Server}
            {channel.Words}
            Everything is off on this device. Its sheet is the account's.
            Next: offproof source add CATEGORY PATH, then: offproof on CATEGORY
            """);
    }
}
