namespace Offproof.House;

/// <summary>The reference graph of src/: which project may reference which (the plan of the house).</summary>
internal static class Graph
{
    // A project that is not named here may not exist: a new one is a decision.
    static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Offproof.Phone"] = [],
        ["Offproof.Vault"] = [],
        ["Offproof.Consent"] = [],
        ["Offproof.Channel"] = [],
        ["Offproof.Auditor"] = [],
        ["Offproof.Evidence"] = [],
        ["Offproof.Server"] = ["Offproof.Consent"],
        ["Offproof.Device"] = ["Offproof.Phone", "Offproof.Vault", "Offproof.Consent", "Offproof.Channel"],
        ["Offproof.Lab"] = ["Offproof.Auditor"],
        ["Offproof.Console"] = ["Offproof.Device", "Offproof.Auditor", "Offproof.Evidence"],
        ["Offproof.Cli"] = ["Offproof.Phone", "Offproof.Vault", "Offproof.Consent", "Offproof.Channel", "Offproof.Auditor", "Offproof.Evidence",
            "Offproof.Server", "Offproof.Device", "Offproof.Lab", "Offproof.Console"],
    };

    static readonly string[] NamesThatSayNothing = ["Common", "Core", "Shared", "Utils", "Util", "Helpers"];

    internal static IEnumerable<string> References(IReadOnlyList<ProjectFile> projects)
    {
        foreach (var project in projects)
        {
            if (!Allowed.TryGetValue(project.Name, out var allowed))
                yield return $"{project.Name} is not a room of this house";
            foreach (var reference in project.References.Except(allowed ?? [], StringComparer.Ordinal))
                yield return $"{project.Name} must not reference {reference}";
        }
    }

    /// <summary>What <paramref name="from"/> reaches, directly or through others, of <paramref name="forbidden"/>.</summary>
    internal static IEnumerable<string> Reach(IReadOnlyList<ProjectFile> projects, string from, params string[] forbidden)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>([from]);
        while (open.TryPop(out var name))
        {
            if (!seen.Add(name))
                continue;
            foreach (var reference in projects.FirstOrDefault(p => string.Equals(p.Name, name, StringComparison.Ordinal))?.References ?? [])
                open.Push(reference);
        }
        return forbidden.Where(seen.Contains).Select(name => $"{from} reaches {name}");
    }

    internal static IEnumerable<string> EmptyNames(IEnumerable<string> projectNames) => projectNames
        .Where(name => name.Split('.').Intersect(NamesThatSayNothing, StringComparer.OrdinalIgnoreCase).Any())
        .Select(name => $"{name} does not say what it is");
}
