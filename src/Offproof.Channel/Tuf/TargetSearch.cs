using System.Globalization;

namespace Offproof.Channel;

/// <summary>The search for a target through the delegations (TUF §5.6.7): pre-order, depth first, each role once, at most so many.</summary>
internal static class TargetSearch
{
    /// <summary>
    /// The target, or null when the search ended without it. <paramref name="load"/> gives a delegated role's file, verified with the keys of the very
    /// delegation it is handed; what it throws ends the search.
    /// </summary>
    internal static async Task<TargetFile?> FindAsync(TargetsMetadata top, string targetPath, Func<Delegation, Task<TargetsMetadata>> load)
    {
        if (top.Targets.TryGetValue(targetPath, out var found)) return found;
        HashSet<string> visited = new(StringComparer.Ordinal);
        Stack<Delegation> open = new();
        Push(top);
        while (open.TryPop(out var delegation))
        {
            if (!visited.Add(delegation.Name)) continue; // a cycle, or a second way to it
            if (visited.Count > MetadataLimits.Delegations)
                throw new TufException(Refusal.NoSuchTarget, "5.6.7.1", string.Create(CultureInfo.InvariantCulture, $"{targetPath} was not found in {MetadataLimits.Delegations} roles"));
            var role = await load(delegation).ConfigureAwait(false);
            if (role.Targets.TryGetValue(targetPath, out found)) return found;
            Push(role);
        }
        return null;

        void Push(TargetsMetadata role)
        {
            List<Delegation> next = [];
            foreach (var delegation in role.Delegations)
            {
                // §4.5: a target must be in the paths of all roles on the way to it, which it is: no role is entered otherwise.
                if (!delegation.Covers(targetPath)) continue;
                next.Add(delegation);
                if (!delegation.IsTerminating) continue;
                open.Clear(); // §5.6.7.2.1: after it and what it delegates to, nothing
                break;
            }
            for (int i = next.Count - 1; i >= 0; i--) open.Push(next[i]);
        }
    }
}
