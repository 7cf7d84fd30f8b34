using System.CommandLine;
using Offproof.Device;

namespace Offproof.Cli;

internal static class SnapshotsVerb
{
    internal static Command Create()
    {
        Argument<string> category = Options.Category();
        Command verb = new("snapshots", "List the snapshots of a category, oldest first") { category };
        verb.SetAction(async (parsed, cancel) =>
        {
            using DeviceHome home = parsed.OpenHome();
            SnapshotsReport report = await home.SnapshotsAsync(Options.ParseCategory(parsed.GetRequiredValue(category)), cancel);
            if (parsed.GetValue(Options.Json)) Terminal.Json(new SnapshotsJson("offproof/v1/snapshots", report.Snapshots), OutputJson.Default.SnapshotsJson);
            else foreach (SnapshotReport s in report.Snapshots) Terminal.Say($"{s.Id[..8]}  {Terminal.Time(s.Time)}  epoch {s.Epoch}");
            return report.Damage is { } damage ? Damaged(damage) : ExitCode.Ok;
        });
        return verb;
    }

    /// <summary>What could be read is listed; what could not is no silence.</summary>
    internal static int Damaged(string damage)
    {
        Terminal.Error($"a snapshot cannot be read: {damage}");
        Terminal.Hint("those listed can be restored");
        return ExitCode.Forgery;
    }
}
