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
            IReadOnlyList<SnapshotReport> snapshots = await home.SnapshotsAsync(Options.ParseCategory(parsed.GetRequiredValue(category)), cancel);
            if (parsed.GetValue(Options.Json)) Terminal.Json(new SnapshotsJson("offproof/v1/snapshots", snapshots), OutputJson.Default.SnapshotsJson);
            else foreach (SnapshotReport s in snapshots) Terminal.Say($"{s.Id[..8]}  {Terminal.Time(s.Time)}  epoch {s.Epoch}");
            return ExitCode.Ok;
        });
        return verb;
    }
}
