using System.CommandLine;
using Offproof.Consent;
using Offproof.Device;

namespace Offproof.Cli;

/// <summary>sheet rotate, sheet replace: another sheet takes the place of the account's.</summary>
internal static class SheetChangeVerbs
{
    internal static Command Rotate()
    {
        Option<string> old = Options.RequiredFile("--sheet", "The sheet that is the account's");
        Option<string> next = Options.RequiredFile("--new", "Where to write the new sheet; an existing file is refused");
        Option<string?> server = new("--server") { Description = "Where the account is now, if not at the sheet's own line", HelpName = "URL" };
        Command verb = new("rotate", "Put a new sheet in the place of this one. The new one opens everything; the server refuses the old one.") { old, next, server };
        verb.SetAction(async (parsed, cancel) =>
        {
            Uri? url = parsed.GetValue(server) is { } text ? Options.ParseUrl(text) : null;
            RotationReport report = await SheetRotation.RunAsync(parsed.GetRequiredValue(old), parsed.GetRequiredValue(next), url, TimeProvider.System, null, cancel, parsed.HomeFolder());
            bool here = await TakeOverAsync(parsed, report, cancel);
            if (parsed.GetValue(Options.Json))
            {
                Terminal.Json(new RotationJson("offproof/v1/sheet-rotate", report.Account, report.SheetFile, report.Since), OutputJson.Default.RotationJson);
                return ExitCode.Ok;
            }
            Terminal.Say($"""
                The account's sheet is {report.SheetFile} since {Terminal.Time(report.Since)}. It opens everything that the old one opened.
                The server refuses the old one from now on. What the old one was sealed to stays so: who has it and a copy of the stored bytes can still open what was stored before.
                Print or copy the new one, and destroy the old one and its copies.
                """);
            if (here) Terminal.Say($"Next: offproof sheet confirm --sheet {report.SheetFile}");
            return ExitCode.Ok;
        });
        return verb;
    }

    internal static Command Replace()
    {
        Option<string?> next = new("--new") { Description = "Where to write the new sheet; an existing file is refused", HelpName = "FILE" };
        Option<bool> cancelled = new("--cancel") { Description = "With the old sheet: it stays the account's" };
        Option<string?> old = new("--sheet") { Description = "With --cancel: the old sheet", HelpName = "FILE" };
        Option<string?> server = new("--server") { Description = "With --cancel: where the account is now, if not at the sheet's own line", HelpName = "URL" };
        Option<bool> yes = Options.Yes();
        Command verb = new("replace", "The sheet is lost: put a new one in its place, after 14 days. What only the lost one opens is lost with it.") { next, cancelled, old, server, yes };
        verb.SetAction(async (parsed, cancel) =>
        {
            if (parsed.GetValue(cancelled))
            {
                if (parsed.GetValue(old) is not { } file || parsed.GetValue(next) is not null) throw new DeviceException(DeviceFault.Usage, "--cancel goes with --sheet FILE, the old sheet, and without --new");
                return await CancelAsync(parsed, file, parsed.GetValue(server) is { } text ? Options.ParseUrl(text) : null, cancel);
            }
            if (parsed.GetValue(next) is not { } newFile || parsed.GetValue(old) is not null || parsed.GetValue(server) is not null)
                throw new DeviceException(DeviceFault.Usage, "sheet replace needs --new FILE, and no --sheet: who has the sheet rotates it", "offproof sheet rotate --sheet OLD --new FILE");
            using DeviceHome home = parsed.OpenHome();
            Terminal.RequireSomebodyToAsk(parsed.GetValue(yes));
            Disclose(await home.DiscloseReplacementAsync(newFile, cancel));
            await Terminal.RequireYesAsync(parsed.GetValue(yes), "Replace the sheet?", cancel);
            ReplacementReport report = await home.ReplaceSheetAsync(newFile, cancel);
            if (parsed.GetValue(Options.Json)) Terminal.Json(ReplacementJson.Of(report), OutputJson.Default.ReplacementJson);
            else
            {
                string when = report.Due is { } due ? $" on {ErasureWords.Day(due)}" : "";
                Terminal.Say($"""
                    The new sheet is {report.SheetFile}. It becomes the account's{when}, unless the old one cancels that.
                    Next: print or copy it, then: offproof sheet confirm --sheet {report.SheetFile}
                    Then: offproof on CATEGORY for each category that is on; its next epoch is sealed to the new sheet, and uploaded again.
                    """);
            }
            Terminal.Noticed(home.Notices);
            Terminal.Remarked(home.News);
            return ExitCode.Ok;
        });
        return verb;
    }

    private static void Disclose(ReplacementReport report)
    {
        Terminal.Talk("In 14 days the new sheet takes the place of the lost one. Whoever finds the old one until then can cancel that, and so can you. Every device of the account shows that it is pending.");
        foreach (SheetTarget lost in report.Lost) Terminal.Talk($"Lost for good, unless the old sheet is found: {lost.Category.Name()} (epoch {lost.Epoch}) of the device {lost.Device[..8]}, kept at the server.");
        foreach (SheetTarget on in report.StillOn)
        {
            Terminal.Talk($"{on.Category.Name()} (epoch {on.Epoch}) of the device {on.Device[..8]} is on: only that device still opens it, until `offproof on {on.Category.Name()}` begins its next epoch,"
                + " which uploads everything again. If that device is lost before, so is this.");
        }
    }

    private static async Task<int> CancelAsync(ParseResult parsed, string file, Uri? url, CancellationToken cancel)
    {
        DateTimeOffset? due = await parsed.WithSheetAsync(file, sheet => SheetReplacement.CancelAsync(sheet, url, TimeProvider.System, null, cancel, parsed.HomeFolder()));
        Terminal.Say($"The replacement{(due is { } day ? $" of {ErasureWords.Day(day)}" : "")} is cancelled: {file} stays the account's sheet.");
        Terminal.Say("If you did not ask for it, somebody else holds a device of this account: offproof devices, and consider rotating the sheet.");
        return ExitCode.Ok;
    }

    /// <summary>Where there is a home of the same account it seals to the new sheet from now on; one that cannot be reached learns it at its next `on`.</summary>
    private static async Task<bool> TakeOverAsync(ParseResult parsed, RotationReport report, CancellationToken cancel)
    {
        try
        {
            using DeviceHome home = parsed.OpenHome();
            return await home.TakeOverRotationAsync(report.Account, cancel);
        }
        catch (DeviceException)
        {
            return false;
        }
    }
}
