using System.CommandLine;
using Offproof.Consent;
using Offproof.Device;

namespace Offproof.Cli;

internal static class PruneVerb
{
    internal static Command Create()
    {
        Argument<string> category = Options.Category();
        Option<string> sheet = Options.RequiredFile("--sheet", "The recovery sheet: only it can prune");
        Option<string?> server = new("--server") { Description = "Where the vaults are now, if not at the sheet's own line", HelpName = "URL" };
        Option<int?> epoch = Options.Number("--epoch", "Which turning-on; the newest where not given", "N", 1, 999_999);
        Option<bool> dryRun = new("--dry-run") { Description = "Only say what would go" };
        Option<bool> yes = Options.Yes();
        Command verb = new("prune", "With the sheet: say which old snapshots of a category would go, ask, and remove them") { category, sheet, server, epoch, dryRun, yes };
        verb.SetAction(async (parsed, cancel) =>
        {
            Category wanted = Options.ParseCategory(parsed.GetRequiredValue(category));
            bool json = parsed.GetValue(Options.Json), planOnly = parsed.GetValue(dryRun);
            if (!planOnly) Terminal.RequireSomebodyToAsk(parsed.GetValue(yes));
            Uri? url = parsed.GetValue(server) is { } text ? Options.ParseUrl(text) : null;
            using Progress progress = new($"pruning {wanted.Name()}");
            PruneReport report = await parsed.WithSheetAsync(parsed.GetRequiredValue(sheet), opened => SheetPrune.RunAsync(opened, url, wanted, parsed.GetValue(epoch), async planned =>
            {
                PruneShow.Plan(planned.Plan, json);
                if (planOnly || planned.Plan.IsEmpty) return false;
                await Terminal.RequireYesAsync(parsed.GetValue(yes), PruneShow.Question(planned.Plan), cancel);
                return true;
            }, TimeProvider.System, null, progress.Prune, cancel, parsed.HomeFolder()));
            progress.Dispose();
            if (json) Terminal.Json(PruneShow.Json("offproof/v1/prune", report.Plan, report.Pruned, wanted.Name(), report.Epoch), OutputJson.Default.PruneJson);
            else if (report.Pruned) Terminal.Say($"{wanted.Name()} (epoch {report.Epoch}): {PruneShow.Done(report.Plan)}");
            return ExitCode.Ok;
        });
        return verb;
    }
}
