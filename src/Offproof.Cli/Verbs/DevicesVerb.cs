using System.CommandLine;
using Offproof.Device;

namespace Offproof.Cli;

/// <summary>devices: who belongs to the account, who is let in, who is cut off.</summary>
internal static class DevicesVerb
{
    internal static Command Create()
    {
        Command verb = new("devices", "Every device of the account, as its records say") { Approve(), Remove() };
        verb.SetAction(async (parsed, cancel) =>
        {
            using DeviceHome home = parsed.OpenHome();
            return await home.SayingNoticesAsync(async () =>
            {
                IReadOnlyList<DeviceStatus> devices = await home.DevicesAsync(cancel);
                if (parsed.GetValue(Options.Json)) Terminal.Json(new DevicesJson("offproof/v1/devices", devices), OutputJson.Default.DevicesJson);
                else foreach (DeviceStatus device in devices) Terminal.Say(Line(device));
                return ExitCode.Ok;
            });
        });
        return verb;
    }

    private static Command Approve()
    {
        Argument<string> name = new("NAME") { Description = "What the new device shows: eight letters and digits, or the whole line for a camera" };
        Option<string?> code = new("--code") { Description = "- to read the code from stdin, without a terminal", HelpName = "-" };
        Command verb = new("approve", "Let a new device into the account, after comparing its code") { name, code };
        verb.SetAction(async (parsed, cancel) =>
        {
            bool piped = parsed.GetValue(code) switch
            {
                null => false,
                "-" => true,
                _ => throw new DeviceException(DeviceFault.Usage, "the code does not exist yet: it is made of what both devices say", "--code - reads it from stdin, when it is asked for"),
            };
            using DeviceHome home = parsed.OpenHome();
            home.RequireConfirmedSheet();
            JoinRequest wanted = JoinRequest.Parse(parsed.GetRequiredValue(name));
            if (!piped && wanted.Device is null && !Terminal.CanAsk) throw new DeviceException(DeviceFault.Usage, "there is no terminal to type the code on", "add --code -");
            Approval approval = await home.OfferAsync(wanted, cancel);
            Terminal.Talk($"""
                Device {approval.Device[..8]} wants to join this account.
                Like this one it could then back up to the account, admit and remove devices. It cannot read what other devices stored.
                """);
            if (wanted.Device is null) await RequireCodeAsync(approval, piped, cancel);
            else Terminal.Talk($"Its key is the one on its screen. It shows the code {approval.Code[..4]} {approval.Code[4..]}: if not, say no there.");
            SaySent(parsed, await home.AdmitAsync(approval, cancel), $"Device {approval.Device[..8]} is admitted. Say yes on it.");
            return ExitCode.Ok;
        });
        return verb;
    }

    private static async Task RequireCodeAsync(Approval approval, bool piped, CancellationToken cancel)
    {
        if (!piped) await Console.Error.WriteAsync("The code that it shows: ");
        string? typed = await Task.Run(Console.In.ReadLine, CancellationToken.None).WaitAsync(cancel);
        if (!approval.Takes(typed))
            throw new DeviceException(DeviceFault.Refused, "that is not the code: nobody was admitted", "it was mistyped, or somebody stands between the two; begin again on both");
    }

    private static Command Remove()
    {
        Argument<string> id = new("ID") { Description = "The beginning of a device's name" };
        Option<string?> sheet = new("--sheet") { Description = "Sign with the sheet: no device is needed", HelpName = "FILE" };
        Option<string?> server = new("--server") { Description = "With --sheet: where the account is now", HelpName = "URL" };
        Option<bool> yes = Options.Yes();
        Command verb = new("remove", "Cut a device off. What it stored is kept and opens with the sheet.") { id, sheet, server, yes };
        verb.SetAction(async (parsed, cancel) =>
        {
            string wanted = parsed.GetRequiredValue(id);
            await Terminal.RequireYesAsync(parsed.GetValue(yes), $"Cut device {wanted} off? It can then store nothing more; what it stored is kept and opens with the sheet.", cancel);
            if (parsed.GetValue(sheet) is { } file)
            {
                Uri? url = parsed.GetValue(server) is { } text ? Options.ParseUrl(text) : null;
                string removed = await parsed.WithSheetAsync(file, held => SheetDevices.RemoveAsync(held, url, wanted, TimeProvider.System, null, cancel, parsed.HomeFolder()));
                Terminal.Say($"Device {removed[..8]} is cut off.");
                return ExitCode.Ok;
            }
            using DeviceHome home = parsed.OpenHome();
            return await home.SayingNoticesAsync(async () =>
            {
                (string device, string? whyNot) = await home.RemoveAsync(wanted, cancel);
                SaySent(parsed, whyNot, $"Device {device[..8]} is cut off.");
                return ExitCode.Ok;
            });
        });
        return verb;
    }

    private static void SaySent(ParseResult parsed, string? whyNotTold, string done)
    {
        Terminal.Say(whyNotTold is null ? done : "It is signed, but the server is not yet told: the next `offproof devices` tells it.");
        if (whyNotTold is not null) Terminal.Talk(whyNotTold);
    }

    private static string Line(DeviceStatus device)
    {
        string joined = device.Joined is { } at ? $" since {Terminal.Time(at)}" : "";
        string how = device.AdmittedBy is { } by ? $", admitted by {by[..8]}" : ", certified by a sheet";
        return $"{device.Device[..8]}{joined}{how}{(device.IsThis ? " (this device)" : "")}{(device.ServerAlone ? ": the server alone shows it" : "")}{(device.Removed is { } removed ? $": removed {Terminal.Time(removed)}" : "")}";
    }
}
