namespace Offproof.Auditor;

/// <summary>What a self-test planted and found, in the shape of <c>--json</c> (audit.md §9).</summary>
/// <param name="Ok">Nothing was missed of the sets of which the page promises all.</param>
/// <param name="Carriers">Of the set that plants every kind everywhere.</param>
/// <param name="Kinds">Of the same.</param>
/// <param name="Misses">By set and chain: 10,000 at most.</param>
public sealed record SelfTestReport(
    string Schema, ulong Seed, bool Ok, int Planted, int Missed, IReadOnlyList<SelfTestSet> Sets, IReadOnlyList<SelfTestCount> Carriers, IReadOnlyList<SelfTestCount> Kinds, IReadOnlyList<SelfTestMiss> Misses)
{
    internal const string SchemaName = "offproof/v1/audit-self-test";
}

/// <summary>Plantings of one sort.</summary>
/// <param name="All">Whether all of them must be found.</param>
public sealed record SelfTestSet(string Set, bool All, int Planted, int Missed);

/// <summary>Plantings that have one thing in common.</summary>
public sealed record SelfTestCount(string Name, int Planted, int Missed);

/// <summary>A chain of disguises, outermost first, that was not undone.</summary>
/// <param name="Where">One example: the carrier, the kind of datum.</param>
/// <param name="Missed">How many plantings.</param>
public sealed record SelfTestMiss(string Set, string Chain, string Where, int Missed);
