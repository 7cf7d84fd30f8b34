namespace Offproof.Auditor;

/// <summary>What a finding proves (audit.md §7.2).</summary>
internal enum Standing
{
    Evidence,
    Weak,
    Arriving,
}

internal static class Standings
{
    /// <summary>The most coincidences that may be expected of evidence.</summary>
    internal const double MostChance = 0.001;

    internal static Standing Of(bool leaves, double chance) => chance > MostChance ? Standing.Weak : leaves ? Standing.Evidence : Standing.Arriving;

    internal static string Word(this Standing standing) => standing switch { Standing.Evidence => "evidence", Standing.Weak => "weak", _ => "arriving" };
}
