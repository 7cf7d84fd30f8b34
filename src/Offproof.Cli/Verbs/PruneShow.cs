using System.Globalization;
using Offproof.Vault;

namespace Offproof.Cli;

/// <summary>A prune's plan in words and as JSON: the same for any repository and for a category.</summary>
internal static class PruneShow
{
    /// <summary>Said before the question; with --json on stderr, so that stdout holds one object.</summary>
    internal static void Plan(PrunePlan plan, bool json)
    {
        Action<string> say = json ? Terminal.Talk : Terminal.Say;
        foreach (Snapshot s in plan.Removes) say($"goes   {Named(s)}");
        foreach (KeptSnapshot k in plan.Keeps) say($"stays  {Named(k.Snapshot)}  ({k.Reason})");
        say(plan.IsEmpty ? "nothing is to be removed" : $"{Terminal.Count(plan.Removes.Count, "snapshot")} and {Terminal.Count(plan.Packs, "pack")} would go: {Terminal.Size(plan.Bytes)}");
        say($"{Terminal.Count(plan.Keeps.Count, "snapshot")} and {Terminal.Count(plan.PacksKept, "pack")} stay: {Terminal.Size(plan.BytesKept)}"
            + (plan.BytesUnused > 0 ? $", of which {Terminal.Size(plan.BytesUnused)} are not needed (in packs that are needed in part, or that came lately)" : ""));
    }

    internal static string Question(PrunePlan plan) =>
        $"Remove {Terminal.Count(plan.Removes.Count, "snapshot")} and {Terminal.Count(plan.Packs, "pack")} for good?";

    internal static string Done(PrunePlan plan) =>
        $"removed {Terminal.Count(plan.Removes.Count, "snapshot")} and {Terminal.Count(plan.Packs, "pack")}: {Terminal.Size(plan.Bytes)}";

    internal static PruneJson Json(string schema, PrunePlan plan, bool pruned, string? category = null, int? epoch = null) => new(
        schema, category, epoch, pruned,
        [.. plan.Removes.Select(static s => new PruneSnapshotJson(s.Id, s.Time, s.Received, null))],
        [.. plan.Keeps.Select(static k => new PruneSnapshotJson(k.Snapshot.Id, k.Snapshot.Time, k.Snapshot.Received, k.Reason))],
        plan.Packs, plan.Bytes, plan.PacksKept, plan.BytesKept, plan.BytesUnused);

    private static string Named(Snapshot s) => string.Create(CultureInfo.InvariantCulture,
        $"{s.Id[..8]}  {Terminal.Time(s.Time)}  received {(s.Received is { } received ? Terminal.Time(received) : "?")}  {Terminal.OneLine(s.HostName)}  {Terminal.OneLine(string.Join(' ', s.Paths))}");
}
