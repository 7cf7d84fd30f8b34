using System.Globalization;

namespace Offproof.Auditor;

/// <summary>All words of the page in one language. What readers and protocols say of flows (remarks, notes) stays English and is marked so.</summary>
internal sealed record PageWords
{
    /// <summary>As in BCP 47.</summary>
    internal required string Tag { get; init; }

    /// <summary>Between thousands, and before decimals.</summary>
    internal required (string Group, string Point) Separators { get; init; }

    /// <summary>Between the things of a list.</summary>
    internal required string Comma { get; init; }
    internal required string Colon { get; init; }
    internal required Func<string, string, string> InBrackets { get; init; }

    internal required string Title { get; init; }
    internal required string Made { get; init; }
    internal required Func<string, string, string> Leaking { get; init; }
    internal required Func<string, string, string> AndKinds { get; init; }
    internal required string Clean { get; init; }
    internal required string Inconclusive { get; init; }
    internal required string Exact { get; init; }
    internal required string EitherEnd { get; init; }
    internal required string Why { get; init; }

    /// <summary>A reason by its code, with its number and its subject; null where there are no words for the code.</summary>
    internal required Func<Reason, string, string?> Because { get; init; }

    internal required string Left { get; init; }
    internal required string NothingLeft { get; init; }
    internal required string NotLeft { get; init; }
    internal required string NotLeftMeans { get; init; }
    internal required string NothingElse { get; init; }
    internal required string Unseen { get; init; }
    internal required string NothingUnseen { get; init; }
    internal required string AlwaysUnseen { get; init; }
    internal required Func<string, string> ToMany { get; init; }
    internal required Func<string, string> More { get; init; }
    internal required Func<string, string, string> SeenOf { get; init; }
    internal required Func<string, string, string> UnreadIn { get; init; }
    internal required Func<string, string> Most { get; init; }
    internal required Func<string, string> HoldsNumbers { get; init; }
    internal required Func<string, string, string> HoldsPhotos { get; init; }

    internal required string Findings { get; init; }
    internal required string NoFindings { get; init; }
    internal required Func<string, string, string> Shown { get; init; }
    internal required IReadOnlyDictionary<string, string> Standings { get; init; }
    internal required string StandingsMean { get; init; }
    internal required string How { get; init; }
    internal required string InClear { get; init; }
    internal required string InClearInside { get; init; }
    internal required string To { get; init; }
    internal required string From { get; init; }
    internal required string When { get; init; }
    internal required string NoTime { get; init; }
    internal required string Where { get; init; }
    internal required Func<string, string, string, string, string> Place { get; init; }
    internal required string Written { get; init; }
    internal required string Chance { get; init; }
    internal required Func<string, string> ChanceIs { get; init; }
    internal required Func<string, string> Again { get; init; }
    internal required string Unrolled { get; init; }
    internal required string Captured { get; init; }
    internal required Func<string, string> After { get; init; }
    internal required string NotUnrolled { get; init; }
    internal required string MatchOfHash { get; init; }

    internal required string Timeline { get; init; }
    internal required string TimelineMeans { get; init; }
    internal required string NoTimes { get; init; }
    internal required Func<string, string, string> Spans { get; init; }
    internal required string Traffic { get; init; }

    internal required string Diagram { get; init; }
    internal required string DiagramMeans { get; init; }
    internal required string Data { get; init; }
    internal required string Protocol { get; init; }
    internal required string Receiver { get; init; }
    internal required string InWords { get; init; }
    internal required Func<string, string> NotDrawn { get; init; }
    internal required string Number { get; init; }

    internal required string Receivers { get; init; }
    internal required string ReceiversMean { get; init; }
    internal required string NoSources { get; init; }
    internal required IReadOnlyDictionary<string, string> Layers { get; init; }
    internal required IReadOnlyDictionary<string, string> SeenBy { get; init; }
    internal required string Layer { get; init; }
    internal required string Claim { get; init; }
    internal required string Source { get; init; }
    internal required Func<string, string> AsOf { get; init; }
    internal required string Undated { get; init; }
    internal required Func<string, string> Since { get; init; }
    internal required Func<string, string> Differ { get; init; }
    internal required Func<string, string, string> ToThis { get; init; }
    internal required string NotRecorded { get; init; }
    internal required string Nobody { get; init; }
    internal required Func<string, string> InPacket { get; init; }

    internal required string Coverage { get; init; }
    internal required string CoverageMeans { get; init; }
    internal required IReadOnlyDictionary<string, string> Kinds { get; init; }
    internal required IReadOnlyDictionary<string, string> KindsMean { get; init; }
    internal required string Budget { get; init; }
    internal required string BudgetMeans { get; init; }
    internal required string Capacity { get; init; }
    internal required string UnreadFlows { get; init; }
    internal required string Flow { get; init; }
    internal required string Ends { get; init; }
    internal required string Unread { get; init; }
    internal required string Remarks { get; init; }
    internal required string NoProtocol { get; init; }

    internal required string Method { get; init; }
    internal required string MethodMeans { get; init; }
    internal required string Capture { get; init; }
    internal required string Format { get; init; }
    internal required string Packets { get; init; }
    internal required string Packet { get; init; }
    internal required string OnTheWire { get; init; }
    internal required string Damage { get; init; }
    internal required Func<string, string, string> Searched { get; init; }
    internal required Func<string, string> TooShort { get; init; }
    internal required Func<string, string, string> Keys { get; init; }
    internal required string NoKeys { get; init; }
    internal required string Sources { get; init; }
    internal required string Version { get; init; }
    internal required string Notes { get; init; }
    internal required string Limits { get; init; }
    internal required IReadOnlyList<string> LimitsAre { get; init; }
    internal required string Footer { get; init; }

    /// <summary>Kinds of planted data (persona.md).</summary>
    internal required IReadOnlyDictionary<string, string> Planted { get; init; }

    /// <summary>Carriers (audit.md §8); a field of a head has its own.</summary>
    internal required IReadOnlyDictionary<string, string> Carriers { get; init; }
    internal required Func<string, string> Field { get; init; }

    /// <summary>Those steps of chains that are words, not names of formats.</summary>
    internal required IReadOnlyDictionary<string, string> Steps { get; init; }

    /// <summary>en, zh or de; null for others.</summary>
    internal static PageWords? Of(string language) => language switch
    {
        "en" => English.Words,
        "zh" => Chinese.Words,
        "de" => German.Words,
        _ => null,
    };

    internal string Count(long number)
    {
        string digits = number.ToString(CultureInfo.InvariantCulture);
        for (int at = digits.Length - 3; at > (number < 0 ? 1 : 0); at -= 3) digits = digits.Insert(at, Separators.Group);
        return digits;
    }

    internal string Decimal(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture).Replace(".", Separators.Point, StringComparison.Ordinal);

    /// <summary>Powers of ten, as on the terminal.</summary>
    internal string Size(long bytes) => bytes switch
    {
        < 10_000 => $"{Count(bytes)} B",
        < 1000_000 => $"{Decimal(bytes / 1e3, "0.0")} kB",
        < 1000_000_000 => $"{Decimal(bytes / 1e6, "0.0")} MB",
        _ => $"{Decimal(bytes / 1e9, "0.00")} GB",
    };

    internal string Share(long part, long whole) => whole == 0 ? "0 %" : part == whole ? "100 %" : part == 0 ? "0 %" : $"{Decimal(Math.Clamp(100.0 * part / whole, 0.01, 99.99), "0.00")} %";

    internal string Step(string step)
    {
        if (Steps.TryGetValue(step, out string? word)) return word;
        // "sha256 with a salt before", "md5, cut"
        foreach ((string english, string own) in Steps)
            if (step.EndsWith(english, StringComparison.Ordinal)) return step[..^english.Length] + own;
        return step;
    }

    internal string Kind(string kind) => Planted.GetValueOrDefault(kind, kind);
}
