using System.CommandLine;
using Offproof.Consent;
using Offproof.Device;

namespace Offproof.Cli;

internal static class DrillVerb
{
    internal static Command Create()
    {
        Argument<string[]> categories = new("CATEGORY")
        {
            Description = "contacts, messages, notes or photos; all that can be opened where none is named",
            Arity = ArgumentArity.ZeroOrMore,
        };
        Option<string?> sheet = new("--sheet") { Description = "Open them with the sheet, as on a new device: this proves the sheet", HelpName = "FILE" };
        Option<bool> everything = new("--everything") { Description = "Restore all files, not a sample" };
        Command verb = new("drill", "Restore a sample into a folder that is removed again, and compare it with the sources") { categories, sheet, everything };
        verb.SetAction(async (parsed, cancel) =>
        {
            await Task.Yield(); // a signal before the first wait would end the program before its folder is removed
            using DeviceHome home = parsed.OpenHome();
            using Sheet? opened = parsed.GetValue(sheet) is { } file ? Sheet.Read(file) : null;
            Category[] wanted = [.. (parsed.GetValue(categories) ?? []).Select(Options.ParseCategory).Distinct()];
            if (wanted.Length == 0) wanted = [.. home.Drillable(opened is not null)];
            if (wanted.Length == 0)
                throw new DeviceException(DeviceFault.Refused, "there is nothing to open: everything is off", opened is null ? "what is kept opens with the sheet: --sheet FILE" : null);
            List<DrillReport> reports = [];
            DeviceException? failed = null;
            foreach (Category category in wanted)
            {
                try
                {
                    using Progress progress = new($"reading {category.Name()}");
                    reports.Add(await home.DrillAsync(category, opened, parsed.GetValue(everything), progress.Restore, cancel));
                }
                catch (DeviceException e) when (wanted.Length > 1 && e.Fault is not DeviceFault.Unreachable)
                {
                    Terminal.Error(e.Message);
                    if (e.Hint is { } hint) Terminal.Hint(hint);
                    failed ??= e;
                }
            }
            bool json = parsed.GetValue(Options.Json);
            if (json) Terminal.Json(new DrillsJson("offproof/v1/drill", failed is null && reports.TrueForAll(static r => r.Passed), [.. reports.Select(DrillJson.Of)]), OutputJson.Default.DrillsJson);
            foreach (DrillReport report in reports) Show(report, json);
            if (reports.Exists(static r => r.Passed) && !json)
                Terminal.Say(opened is null ? "Readable here. Whether the sheet opens it too: offproof drill --sheet FILE" : "The sheet opens what was read.");
            if (reports.Exists(static r => r.Damaged.Count > 0)) return ExitCode.Forgery;
            return failed is not null ? ExitCode.Of(failed) : reports.TrueForAll(static r => r.Passed) ? ExitCode.Ok : ExitCode.Failure;
        });
        return verb;
    }

    private static void Show(DrillReport report, bool json)
    {
        string category = report.Category.Name();
        string result = report.NotCompared is { } why
            ? $"read, not compared: {why}"
            : $"{report.Equal} equal{(report.Changed.Count > 0 ? $", {report.Changed.Count} changed since the backup" : "")}"
                + $"{(report.Different.Count > 0 ? $", {report.Different.Count} different" : "")}{(report.Missing.Count > 0 ? $", {report.Missing.Count} not in the backup" : "")}";
        if (!json)
        {
            Terminal.Say($"{category}: {report.Files} of {Terminal.Count(report.FilesInSnapshot, "file")} restored, {Terminal.Size(report.Bytes)}: {result} (snapshot {report.Snapshot[..8]}, epoch {report.Epoch})");
        }
        Terminal.LeftOut("damaged", report.Damaged);
        Terminal.LeftOut("different", [.. report.Different.Select(static p => new SkippedItem(p, "not what the source holds, which did not change since the backup"))]);
        Terminal.LeftOut("missing", [.. report.Missing.Select(static p => new SkippedItem(p, "in the source since before the backup, and not in it"))]);
    }
}
