using System.CommandLine;
using Offproof.Vault;

namespace Offproof.Cli;

internal static partial class RepositoryVerbs
{
    internal static Command Prune()
    {
        PruneRules usual = new();
        Option<int?> last = Options.Number("--keep-last", $"Of each host and its paths, keep the last N in any case; {usual.KeepLast} where not given", "N", 1, 1_000_000);
        Option<int?> within = Options.Number("--keep-within", $"Keep all that came within so many days, of every sort; {usual.KeepWithin.TotalDays:0} where not given", "DAYS", 0, PruneRules.MostDays);
        Option<bool> dryRun = new("--dry-run") { Description = "Only say what would go" };
        Option<bool> yes = Options.Yes();
        Command verb = new("prune", "Say which snapshots and packs would go, ask, and remove them") { Repository, PasswordFile, last, within, dryRun, yes };
        verb.SetAction(async (parsed, cancel) =>
        {
            PruneRules rules = new()
            {
                KeepLast = parsed.GetValue(last) ?? usual.KeepLast,
                KeepWithin = parsed.GetValue(within) is { } days ? TimeSpan.FromDays(days) : usual.KeepWithin,
            };
            bool json = parsed.GetValue(Options.Json), planOnly = parsed.GetValue(dryRun);
            if (!planOnly) Terminal.RequireSomebodyToAsk(parsed.GetValue(yes));
            return await WithRepositoryAsync(parsed, async repository =>
            {
                PrunePlan plan = await repository.PlanPruneAsync(rules, cancel);
                PruneShow.Plan(plan, json);
                bool prune = !planOnly && !plan.IsEmpty;
                if (prune)
                {
                    await Terminal.RequireYesAsync(parsed.GetValue(yes), PruneShow.Question(plan), cancel);
                    using Progress progress = new("pruning");
                    await repository.PruneAsync(plan, progress.Prune, cancel);
                    progress.Dispose();
                    if (!json) Terminal.Say(PruneShow.Done(plan));
                }
                if (json) Terminal.Json(PruneShow.Json("offproof/v1/vault-prune", plan, prune), OutputJson.Default.PruneJson);
                return ExitCode.Ok;
            }, readOnly: planOnly, cancel);
        });
        return verb;
    }
}
