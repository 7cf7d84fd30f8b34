using System.CommandLine;
using Offproof.Consent;
using Offproof.Device;

namespace Offproof.Cli;

/// <summary>on, pause, off: the three that change a switch.</summary>
internal static class SwitchVerbs
{
    internal static Command On()
    {
        Argument<string> category = Options.Category();
        Option<bool> yes = Options.Yes();
        Command verb = new("on", "Say what would be collected and where it would go, ask, and turn a category on") { category, yes };
        verb.SetAction(async (parsed, cancel) =>
        {
            using DeviceHome home = parsed.OpenHome();
            Category wanted = Options.ParseCategory(parsed.GetRequiredValue(category));
            return await home.SayingNoticesAsync(async () =>
            {
                if (home.Switch(wanted) is not { State: SwitchState.On or SwitchState.Paused, SheetLost: false })
                {
                    home.RequireConfirmedSheet();
                    Terminal.RequireSomebodyToAsk(parsed.GetValue(yes));
                    await home.PrepareOnAsync(cancel);
                    Disclose(home.Disclose(wanted), isAsked: !parsed.GetValue(yes));
                    await Terminal.RequireYesAsync(parsed.GetValue(yes), $"Turn {wanted.Name()} on?", cancel);
                }
                Show(parsed, await home.TurnOnAsync(wanted, cancel));
                return ExitCode.Ok;
            });
        });
        return verb;
    }

    internal static Command Pause()
    {
        Argument<string> category = Options.Category();
        Command verb = new("pause", "Stop a category; its key stays on this device") { category };
        verb.SetAction(parsed =>
        {
            using DeviceHome home = parsed.OpenHome();
            Show(parsed, home.Pause(Options.ParseCategory(parsed.GetRequiredValue(category))));
            return ExitCode.Ok;
        });
        return verb;
    }

    internal static Command Off()
    {
        Argument<string> category = Options.Category();
        Option<bool> keep = new("--keep") { Description = "Keep what was stored; it opens with the sheet (the default)" };
        Option<bool> erase = new("--erase") { Description = "Have the server delete what was stored: closed at once, deleted after 14 days, unless the sheet cancels that" };
        Option<bool> yes = Options.Yes();
        Command verb = new("off", "Turn a category off: sign a revocation and destroy its key on this device") { category, keep, erase, yes };
        verb.SetAction(async (parsed, cancel) =>
        {
            if (parsed.GetValue(keep) && parsed.GetValue(erase)) throw new DeviceException(DeviceFault.Usage, "--keep and --erase are two different things");
            await Task.Yield(); // a signal before the first wait would end the program without a word, whatever it was doing
            Category wanted = Options.ParseCategory(parsed.GetRequiredValue(category));
            using DeviceHome? home = TryOpen(parsed, out Exception? unreadable);
            if (!WasNeverOn(home, wanted))
            {
                await Terminal.RequireYesAsync(parsed.GetValue(yes),
                    $"Turn {wanted.Name()} off? Its key on this device is destroyed; {(parsed.GetValue(erase) ? "what was stored in this epoch is closed, also to the sheet, and deleted after 14 days, unless the sheet cancels that." : "what was stored is kept and opens with the sheet.")}", cancel);
            }
            if (home is null)
            {
                // Whatever is wrong with the home, no key stays in it.
                throw DeviceHome.DestroyKey(parsed.HomeFolder(), wanted, unreadable!, TimeProvider.System);
            }
            bool json = parsed.GetValue(Options.Json), isOff = false;
            string? said = null;
            try
            {
                bool asks = WasOff(home, wanted);
                SwitchReport report = await home.TurnOffAsync(wanted, parsed.GetValue(erase), holds =>
                {
                    isOff = true;
                    if (!json && !asks) Terminal.Say(said = State(holds)); // of what is off already, the server says what became of it
                }, cancel);
                if (json) Show(parsed, report);
                else
                {
                    if (State(report) != said) Terminal.Say(State(report));
                    ShowWhetherTold(report, home.Status().Removed is not null);
                    if (parsed.GetValue(erase) && home.ErasureReportOf(wanted, report.Epoch) is { ReceiptFile: not null } receipt)
                    {
                        ErasureWords.Say(receipt);
                        ErasureWords.SayWhatReceiptsShow();
                    }
                }
                if (report.KeyLeft is not null) throw DeviceHome.KeyWasLeft(report);
            }
            catch (OperationCanceledException) when (isOff)
            {
                throw new InterruptedException($"interrupted: {wanted.Name()} is off, and its key on this device is destroyed; the server is not told yet",
                    $"offproof off {wanted.Name()}{(parsed.GetValue(erase) ? " --erase" : "")}");
            }
            finally
            {
                Terminal.Noticed(home.Notices);
                Terminal.Remarked(home.News);
            }
            return ExitCode.Ok;
        });
        return verb;
    }

    private static DeviceHome? TryOpen(ParseResult parsed, out Exception? unreadable)
    {
        unreadable = null;
        try
        {
            return parsed.OpenHome();
        }
        catch (Exception e) when (e is DeviceException or IOException or UnauthorizedAccessException)
        {
            unreadable = e;
            return null;
        }
    }

    /// <summary>Nothing to ask about then; but what an interrupted turning-on left is removed all the same. A home that cannot be read is asked about.</summary>
    private static bool WasNeverOn(DeviceHome? home, Category category)
    {
        try
        {
            return home?.Switch(category) is { State: SwitchState.Off, Epoch: 0 };
        }
        catch (Exception e) when (e is DeviceException or IOException or UnauthorizedAccessException)
        {
            return false; // damaged records: TurnOffAsync destroys the key, then says so
        }
    }

    private static bool WasOff(DeviceHome home, Category category)
    {
        try
        {
            return home.Switch(category).State is SwitchState.Kept or SwitchState.Closed or SwitchState.Erased;
        }
        catch (Exception e) when (e is DeviceException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static void Disclose(Disclosure disclosure, bool isAsked)
    {
        Uri server = disclosure.Server;
        Terminal.Talk($"""
            Turning {disclosure.Category.Name()} on collects the files in:
              {(disclosure.Folders.Count == 0 ? "(no folder yet: offproof source add)" : string.Join("\n  ", disclosure.Folders))}
            They are encrypted here and stored at {server}, that is at {server.IdnHost}, port {server.Port}{(server.IsLoopback ? ", which is this machine" : "")}. Nothing of them goes elsewhere.
            The server sees: the category, sizes, times, and the address you call from. It cannot see names or contents.
            They stay there until they are erased: `offproof off {disclosure.Category.Name()} --erase` (closed at once, deleted after 14 days), or at once with the sheet: `offproof erase {disclosure.Category.Name()} --sheet FILE`.
            """);
        if (disclosure.SheetLost) Terminal.Talk("It is on, but its key was sealed to a sheet that was lost: this epoch ends, and what is stored in it opens for nobody then.");
        if (disclosure.Epoch > 1) Terminal.Talk("A new key is made, so everything is uploaded again.");
        Terminal.Talk("");
        Terminal.TalkDocument(disclosure.Policy);
        if (!isAsked) return;
        // The beginning has left most screens by now.
        string folders = disclosure.Folders switch { [] => "(no folder yet)", [var only] => Terminal.OneLine(only), [var first, ..] => $"{Terminal.OneLine(first)} and {Terminal.Count(disclosure.Folders.Count - 1, "other folder")}" };
        Terminal.Talk($"In short: {disclosure.Category.Name()}, the files in {folders},");
        Terminal.Talk($"  encrypted here, stored at {server}{(server.IsLoopback ? ", which is this machine" : "")}, until they are erased.");
    }

    private static void Show(ParseResult parsed, SwitchReport report)
    {
        if (parsed.GetValue(Options.Json))
        {
            Terminal.Json(new SwitchJson("offproof/v1/switch", report.Category.Name(), report.State, report.Epoch, report.ServerTold, report.Due, report.KeyLeft, report.NothingStored), OutputJson.Default.SwitchJson);
            return;
        }
        Terminal.Say(State(report));
        ShowWhetherTold(report);
    }

    private static string State(SwitchReport report)
    {
        string category = report.Category.Name();
        if (report.KeyLeft is { } left) return $"{category} is off, but its key on this device is not destroyed: it lies in {left}.";
        return report.State switch
        {
            SwitchState.On => $"{category} is on (epoch {report.Epoch}).",
            SwitchState.Paused => $"{category} is paused: nothing is read or sent. offproof on {category}",
            SwitchState.Kept when report.NothingStored => $"{category} is off. Its key on this device is destroyed; the server shows nothing stored of it: there is nothing that the sheet could open.",
            SwitchState.Kept => $"{category} is off. Its key on this device is destroyed; what was stored is kept and opens with the sheet.",
            SwitchState.Closed => $"{category} is off. Its key on this device is destroyed; what was stored is to be erased.",
            SwitchState.Erased => $"{category} is off, and what was stored (epoch {report.Epoch}) is erased.",
            _ => $"{category} is off.",
        };
    }

    private static void ShowWhetherTold(SwitchReport report, bool removed = false)
    {
        if (report is { ServerTold: true, WhyNotTold: { } notAsked })
        {
            Terminal.Talk($"the server knows of it, as its receipt says; whether it still does could not be asked: {notAsked}");
            return;
        }
        if (!report.ServerTold && !removed) Terminal.Say($"The server is not yet told: `offproof off {report.Category.Name()}` again tells it, and so does the next backup.");
        if (report.WhyNotTold is { } why) Terminal.Talk(why);
    }
}
