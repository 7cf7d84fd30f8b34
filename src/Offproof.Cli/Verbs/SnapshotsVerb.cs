using System.CommandLine;
using Offproof.Consent;
using Offproof.Device;

namespace Offproof.Cli;

internal static class SnapshotsVerb
{
    internal static Command Create()
    {
        Argument<string> category = Options.Category();
        Option<string?> sheet = new("--sheet") { Description = "List those of all epochs, with the sheet: no device is needed", HelpName = "FILE" };
        Option<string?> server = new("--server") { Description = "With --sheet: where the vaults are now, if not at the sheet's own line", HelpName = "URL" };
        Command verb = new("snapshots", "List the snapshots of a category, oldest first") { category, sheet, server };
        verb.SetAction(async (parsed, cancel) =>
        {
            Category wanted = Options.ParseCategory(parsed.GetRequiredValue(category));
            SnapshotsReport report;
            if (parsed.GetValue(sheet) is { } sheetFile)
            {
                Uri? url = parsed.GetValue(server) is { } text ? Options.ParseUrl(text) : null;
                report = await parsed.WithSheetAsync(sheetFile, opened => SheetRestore.SnapshotsAsync(opened, url, wanted, TimeProvider.System, null, cancel, parsed.HomeFolder()));
            }
            else
            {
                if (parsed.GetValue(server) is not null) throw new DeviceException(DeviceFault.Usage, "--server goes with --sheet");
                using DeviceHome home = parsed.OpenHome();
                report = await home.SnapshotsAsync(wanted, cancel);
            }
            if (parsed.GetValue(Options.Json)) Terminal.Json(new SnapshotsJson("offproof/v1/snapshots", report.Snapshots), OutputJson.Default.SnapshotsJson);
            else foreach (SnapshotReport s in report.Snapshots) Terminal.Say($"{s.Id[..8]}  {Terminal.Time(s.Time)}  epoch {s.Epoch}{Holds(s)}{(s.Own ? "" : "  not made by Offproof")}");
            return report.Damage is { } damage ? Damaged(damage) : ExitCode.Ok;
        });
        return verb;
    }

    private static string Holds(SnapshotReport s) => s is { Items: { } items, Bytes: { } bytes } ? $"  {Terminal.Count(items, "file")}, {Terminal.Size(bytes)}" : "";

    /// <summary>What could be read is listed; what could not is no silence.</summary>
    internal static int Damaged(string damage)
    {
        Terminal.Error($"a snapshot cannot be read: {damage}");
        Terminal.Hint("those listed can be restored");
        return ExitCode.Forgery;
    }
}
