namespace Offproof.Auditor;

/// <summary>How many coincidences are to be expected (audit.md §5.4).</summary>
internal static class Chance
{
    /// <param name="bits">Of a finding: how unlikely one place is to look like it.</param>
    /// <param name="searched">Places that were searched: bytes, over all layers.</param>
    internal static double Of(double bits, long searched) => searched * Math.Pow(2, -bits);
}
