using System.Globalization;

namespace Offproof.Auditor;

/// <summary>Puts together what is known of each receiver (receivers.md §4).</summary>
internal static class ReceiverList
{
    internal const int Most = 1000;

    private const int MostDays = 30;

    private static readonly string[] Singular = ["registry", "originAs", "country"];

    private static readonly (string Layer, string Words)[] Changing = [("originAs", "the route may have been another"), ("holder", "the holder may have been another")];

    /// <summary>Those of findings first, then by what was sent to them.</summary>
    internal static IReadOnlyList<Receiver> Order(Observations observed) =>
        [.. observed.Receivers.OrderByDescending(static receiver => receiver.HasFindings).ThenByDescending(static receiver => receiver.Sent).ThenBy(static receiver => receiver.Key.Address).ThenBy(static receiver => receiver.Key.Name, StringComparer.Ordinal).Take(Most)];

    /// <summary>The addresses of a list.</summary>
    internal static IReadOnlyList<Address> Addresses(IReadOnlyList<Receiver> receivers) => [.. receivers.Select(static receiver => receiver.Key.Address).OfType<Address>()];

    internal static IReadOnlyList<ReceiverReport> Reports(IReadOnlyList<Receiver> receivers, Observations observed, IReadOnlyList<FindingReport> findings, SourceFolder? sources)
    {
        Dictionary<int, int> byFlow = findings.Where(static finding => finding.Standing != "arriving").CountBy(static finding => finding.Flow).ToDictionary();
        return [.. receivers.Select(receiver => Report(receiver, observed, byFlow, sources))];
    }

    private static ReceiverReport Report(Receiver receiver, Observations observed, Dictionary<int, int> findings, SourceFolder? sources)
    {
        int[] flows = [.. receiver.Flows];
        IReadOnlyList<ObservedName> names = observed.Names(receiver.Key);
        if (receiver.Key.Address is not { } address)
            return new ReceiverReport(null, null, flows, receiver.FlowsTotal, receiver.Sent, flows.Sum(findings.GetValueOrDefault), null, names, [], [], ["the recording does not say the address"]);
        IReadOnlyList<ClaimReport> claims = sources?.Claims(address) ?? [];
        string? scope = Scopes.Of(address);
        return new ReceiverReport(address.ToString(), scope, flows, receiver.FlowsTotal, receiver.Sent, flows.Sum(findings.GetValueOrDefault), Observations.Time(receiver.First), names, claims,
            [.. Differing(claims)], [.. Remarks(claims, receiver.First, scope, sources is not null)]);
    }

    /// <summary>Layers of which one thing should be true at a time, and sources say several.</summary>
    internal static IEnumerable<string> Differing(IReadOnlyList<ClaimReport> claims)
    {
        foreach (string layer in Singular)
        {
            // A national registry is beside the regional one, and no contradiction to it.
            if (claims.Where(claim => claim.Layer == layer && !Registries.IsNational(claim.Value)).Select(static claim => claim.Value).Distinct(StringComparer.Ordinal).Count() > 1) yield return layer;
        }
    }

    private static IEnumerable<string> Remarks(IReadOnlyList<ClaimReport> claims, long? first, string? scope, bool hasSources)
    {
        if (hasSources && claims.Count == 0 && scope is null) yield return "no source says anything of this address";
        if (Day(Observations.Time(first)?[..10]) is not { } captured) yield break;
        if (Changed(claims, captured) is { } changed) yield return changed;
        foreach ((string layer, string words) in Changing)
        {
            List<DateOnly> days = [.. claims.Where(claim => claim.Layer == layer && claim.What != Delegated.Identifier).Select(static claim => Day(claim.AsOf)).OfType<DateOnly>()];
            if (days.Count == 0 || days.Exists(day => Math.Abs(day.DayNumber - captured.DayNumber) <= MostDays)) continue;
            DateOnly nearest = days.MinBy(day => Math.Abs(day.DayNumber - captured.DayNumber));
            yield return string.Create(CultureInfo.InvariantCulture, $"{(layer == "holder" ? "the record of the holder" : "the origin AS")} is that of {nearest:yyyy-MM-dd}, the packets are of {captured:yyyy-MM-dd}: then {words}");
        }
    }

    // Routes of several days that are not the same: said by day, the nearest first.
    private static string? Changed(IReadOnlyList<ClaimReport> claims, DateOnly captured)
    {
        List<(DateOnly Day, string Origins)> days =
        [
            .. claims.Where(static claim => claim.Layer == "originAs" && Day(claim.AsOf) is not null).GroupBy(static claim => Day(claim.AsOf)!.Value)
                .Select(static group => (group.Key, string.Join(", ", group.Select(static claim => claim.Value).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))))
                .OrderBy(day => Math.Abs(day.Key.DayNumber - captured.DayNumber)),
        ];
        if (days.Select(static day => day.Origins).Distinct(StringComparer.Ordinal).Count() < 2) return null;
        (DateOnly Day, string Origins) nearest = days[0], other = days.First(day => day.Origins != nearest.Origins);
        return string.Create(CultureInfo.InvariantCulture, $"the origin AS of {nearest.Day:yyyy-MM-dd}, nearest to the packets, is {nearest.Origins}; of {other.Day:yyyy-MM-dd} it is {other.Origins}: routes change");
    }

    private static DateOnly? Day(string? text) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly day) ? day : null;
}
