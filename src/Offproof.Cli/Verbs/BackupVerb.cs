using System.CommandLine;
using Offproof.Consent;
using Offproof.Device;

namespace Offproof.Cli;

internal static class BackupVerb
{
    internal static Command Create()
    {
        Argument<string[]> categories = new("CATEGORY")
        {
            Description = "contacts, messages, notes or photos; all that are on where none is named",
            Arity = ArgumentArity.ZeroOrMore,
        };
        Option<bool> tied = new("--tied") { Description = "End when the input ends: whoever started this is gone", Hidden = true };
        Command verb = new("backup", "Add a snapshot") { categories, tied };
        verb.SetAction(async (parsed, interrupted) =>
        {
            using CancellationTokenSource gone = CancellationTokenSource.CreateLinkedTokenSource(interrupted);
            CancellationToken cancel = gone.Token;
            if (parsed.GetValue(tied)) BackupWorker.CancelWhenInputEnds(gone);
            using DeviceHome home = parsed.OpenHome();
            Category[] wanted = [.. (parsed.GetValue(categories) ?? []).Select(Options.ParseCategory).Distinct()];
            Category[] on = [.. Categories.All.ToArray().Where(c => home.Switch(c).State == SwitchState.On)];
            // A backup of what is on tells the server first; of the others, it is told here.
            if ((wanted.Length == 0 ? on : wanted.Intersect(on)).ToArray().Length == 0 && await home.TellAsync(cancel) is { } why)
                Terminal.Talk($"the server is not yet told what is off: {why}");
            if (wanted.Length == 0) wanted = on.Length > 0 ? on : throw NothingIsOn(home);
            List<BackupReport> reports = [];
            DeviceException? failed = null;
            foreach (Category category in wanted)
            {
                try
                {
                    using Progress progress = new($"backing up {category.Name()}");
                    reports.Add(await home.BackupAsync(category, progress.Backup, cancel));
                }
                catch (DeviceException e) when (wanted.Length > 1 && e.Fault is not DeviceFault.Unreachable)
                {
                    // One category's missing folder is no reason to leave the others without a backup.
                    Terminal.Error(e.Message);
                    if (e.Hint is { } hint) Terminal.Hint(hint);
                    failed ??= e;
                }
            }
            // It has talked to the server anyway.
            long? refused = reports.Count > 0 ? await home.NewRefusalsAsync(cancel) : null;
            if (parsed.GetValue(Options.Json)) Terminal.Json(new BackupsJson("offproof/v1/backup", [.. reports.Select(BackupJson.Of)], refused), OutputJson.Default.BackupsJson);
            foreach (BackupReport report in reports) Show(report, talkOnly: parsed.GetValue(Options.Json));
            if (refused > 0) Terminal.Remarked([$"the server refused {Terminal.Count(refused.Value, "request")} in this account since you last looked: offproof refusals"]);
            if (failed is not null) return ExitCode.Of(failed);
            return reports.Exists(static r => r.Skipped.Count > 0 || r.Alarms.Count > 0) ? ExitCode.Failure : ExitCode.Ok;
        });
        return verb;
    }

    private static DeviceException NothingIsOn(DeviceHome home)
    {
        string[] paused = [.. Categories.All.ToArray().Where(c => home.Switch(c).State == SwitchState.Paused).Select(static c => c.Name())];
        return paused.Length == 0
            ? new DeviceException(DeviceFault.Refused, "everything is off: nothing was read", "offproof on CATEGORY")
            : new DeviceException(DeviceFault.Refused, $"nothing is on; {string.Join(", ", paused)} {(paused.Length == 1 ? "is" : "are")} paused: nothing was read", $"offproof on {paused[0]}");
    }

    private static void Show(BackupReport report, bool talkOnly)
    {
        if (!talkOnly)
        {
            Terminal.Say($"{report.Category.Name()}: snapshot {report.Snapshot[..8]}, {Terminal.Count(report.Items, "file")}, {Terminal.Size(report.Bytes)}"
                + $" ({report.Unchanged} unchanged, {Terminal.Size(report.StoredBytes)} uploaded)");
        }
        if (report.Category != Category.Photos && !talkOnly)
            Terminal.Say($"{report.Category.Name()}: {report.Read} read, {Terminal.Kept(report.Category.Name(), report.Kept, report.OtherFiles)}, {report.Read - report.Kept} skipped");
        Terminal.Noticed(report.Notices);
        Terminal.Remarked(report.Remarks);
        Terminal.LeftOut("not backed up", report.Skipped);
        Terminal.Raised(report.Category.Name(), report.Alarms);
    }
}
