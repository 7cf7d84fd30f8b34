using System.CommandLine;
using Offproof.Consent;
using Offproof.Device;

namespace Offproof.Cli;

/// <summary>erase: by the device what is kept, after 14 days; by the sheet anything, at once.</summary>
internal static class EraseVerb
{
    internal static Command Create()
    {
        Argument<string> category = Options.Category();
        Option<int?> epoch = Options.Number("--epoch", "Which turning-on; all where not given", "N", 1, 999_999);
        Option<string?> sheet = new("--sheet") { Description = "Erase with the sheet: at once, of any device, also what is on", HelpName = "FILE" };
        Option<string?> server = new("--server") { Description = "With --sheet: where the vaults are now, if not at the sheet's own line", HelpName = "URL" };
        Option<string?> device = new("--device") { Description = "With --sheet: of this device alone (the beginning of its id)", HelpName = "ID" };
        Option<bool> cancelled = new("--cancel") { Description = "With --sheet: what a device asked to erase is kept after all" };
        Option<bool> yes = Options.Yes();
        Command verb = new("erase", "Have the server delete what is kept of a category") { category, epoch, sheet, server, device, cancelled, yes };
        verb.SetAction(async (parsed, cancel) =>
        {
            Category wanted = Options.ParseCategory(parsed.GetRequiredValue(category));
            if (parsed.GetValue(sheet) is not { } file)
            {
                if (parsed.GetValue(server) is not null || parsed.GetValue(device) is not null || parsed.GetValue(cancelled))
                    throw new DeviceException(DeviceFault.Usage, "--server, --device and --cancel go with --sheet");
                return await ByDeviceAsync(parsed, wanted, parsed.GetValue(epoch), parsed.GetValue(yes), cancel);
            }
            Uri? url = parsed.GetValue(server) is { } text ? Options.ParseUrl(text) : null;
            return await parsed.WithSheetAsync(file, async opened =>
            {
                using SheetErasure erasure = await SheetErasure.PlanAsync(
                    opened, url, wanted, parsed.GetValue(epoch), parsed.GetValue(device), parsed.GetValue(cancelled), TimeProvider.System, null, cancel, parsed.HomeFolder());
                return parsed.GetValue(cancelled) ? await CancelAsync(parsed, opened, erasure, cancel) : await BySheetAsync(parsed, opened, erasure, parsed.GetValue(yes), cancel);
            });
        });
        return verb;
    }

    private static async Task<int> ByDeviceAsync(ParseResult parsed, Category category, int? epoch, bool yes, CancellationToken cancel)
    {
        using DeviceHome home = parsed.OpenHome();
        IReadOnlyList<EpochReport> meant = home.Erasable(category, epoch);
        if (meant.Any(static e => e.State == SwitchState.Kept))
        {
            Terminal.RequireSomebodyToAsk(yes);
            foreach (EpochReport one in meant.Where(static e => e.State == SwitchState.Kept)) Terminal.Talk($"{category.Name()} (epoch {one.Epoch}), kept at the server");
            Terminal.Talk("is closed at once, also to the sheet, and deleted after 14 days. Until then the sheet can cancel that; afterwards nobody can.");
            await Terminal.RequireYesAsync(yes, $"Erase what is kept of {category.Name()}?", cancel);
        }
        return await home.SayingNoticesAsync(async () =>
        {
            Show(parsed, await home.EraseAsync(category, epoch, cancel));
            return ExitCode.Ok;
        });
    }

    private static async Task<int> BySheetAsync(ParseResult parsed, Sheet sheet, SheetErasure erasure, bool yes, CancellationToken cancel)
    {
        if (erasure.Targets.Any(static t => t.State != "erased"))
        {
            Terminal.RequireSomebodyToAsk(yes);
            foreach (SheetTarget target in erasure.Targets) Terminal.Talk($"{target.Category.Name()} (epoch {target.Epoch}) of the device {target.Device[..8]}, {target.State}");
            Terminal.Talk("is deleted at once. Nobody can bring it back, and what is on of it is off then.");
            await Terminal.RequireYesAsync(yes, "Erase it now?", cancel);
        }
        bool json = parsed.GetValue(Options.Json);
        IReadOnlyList<ErasureReport> reports = await erasure.EraseAsync(report =>
        {
            if (!json) Terminal.Say($"{ErasureWords.Sentence(report.Epoch)} Device {report.Device[..8]}.");
        }, cancel);
        IReadOnlyList<ErasureReport> kept = await InHomeAsync(parsed, home => home.TakeOverErasuresAsync(sheet, erasure.ServerKey, reports, cancel), sheet, reports)
            ?? SheetErasure.KeepReceipts(reports, Environment.CurrentDirectory);
        if (json) Show(parsed, kept);
        else foreach (ErasureReport report in kept) Terminal.Say($"Receipt: {report.ReceiptFile ?? $"(this folder takes no file) {report.Receipt}"}");
        if (!json) ErasureWords.SayWhatReceiptsShow();
        return ExitCode.Ok;
    }

    private static async Task<int> CancelAsync(ParseResult parsed, Sheet sheet, SheetErasure erasure, CancellationToken cancel)
    {
        await erasure.CancelAsync(cancel);
        foreach (SheetTarget target in erasure.Targets)
            Terminal.Say($"{target.Category.Name()} (epoch {target.Epoch}) of the device {target.Device[..8]} is kept: its erasure is cancelled, and the sheet opens it.");
        await InHomeAsync(parsed, home => home.TakeOverErasuresAsync(sheet, erasure.ServerKey, [], cancel), sheet, []);
        return ExitCode.Ok;
    }

    /// <summary>Where there is a home of the same account it learns what happened; where there is none nothing is missing, and from one that cannot be opened the key goes all the same.</summary>
    private static async Task<IReadOnlyList<ErasureReport>?> InHomeAsync(ParseResult parsed, Func<DeviceHome, Task<IReadOnlyList<ErasureReport>?>> work, Sheet sheet, IReadOnlyList<ErasureReport> reports)
    {
        try
        {
            using DeviceHome home = parsed.OpenHome();
            IReadOnlyList<ErasureReport>? taken = await work(home);
            Terminal.Noticed(home.Notices);
            Terminal.Remarked(home.News);
            return taken;
        }
        catch (Exception e) when (e is DeviceException or IOException or UnauthorizedAccessException)
        {
            IReadOnlyList<string> said = DeviceHome.DestroyErased(parsed.HomeFolder(), sheet, reports, TimeProvider.System);
            if (said.Count > 0) Terminal.Talk($"{parsed.HomeFolder()} could not be opened: {e.Message}");
            foreach (string one in said) Terminal.Talk(one);
            return null;
        }
    }

    internal static void Show(ParseResult parsed, IReadOnlyList<ErasureReport> reports)
    {
        if (parsed.GetValue(Options.Json))
        {
            Terminal.Json(new ErasuresJson("offproof/v1/erase", [.. reports.Select(ErasureJson.Of)]), OutputJson.Default.ErasuresJson);
            return;
        }
        foreach (ErasureReport report in reports) ErasureWords.Say(report);
        foreach (string why in reports.Select(static r => r.WhyNotTold).OfType<string>().Distinct(StringComparer.Ordinal)) Terminal.Talk(why);
        if (reports.Any(static r => r.Receipt is not null)) ErasureWords.SayWhatReceiptsShow();
    }
}
