namespace Offproof.Channel;

/// <summary>What is looked for (greetings.md §2). It never leaves the device.</summary>
/// <param name="Words">As typed; empty: everything matches</param>
/// <param name="Today">The day here, for what is close</param>
public sealed record GreetingQuery(string Words, DateOnly Today)
{
    /// <summary>Only this language; pt takes pt-BR too. Null: all.</summary>
    public string? Language { get; init; }

    /// <summary>The language that comes first where none is demanded.</summary>
    public string Wanted { get; init; } = "en";

    /// <summary>Only this occasion. Null: all.</summary>
    public string? Occasion { get; init; }

    /// <summary>Only this kind. Null: all.</summary>
    public string? Kind { get; init; }

    /// <summary>Only this tone. Null: all.</summary>
    public string? Tone { get; init; }

    /// <summary>ISO 3166-1 alpha-2, for days that differ by country. Null: the days in general.</summary>
    public string? Region { get; init; }
}

/// <summary>What was found.</summary>
/// <param name="Total">How many entries match</param>
/// <param name="Best">The first of them, best first</param>
/// <param name="Without">The word that had to be left out, because nothing has all of them; null where nothing was</param>
public sealed record GreetingHits(int Total, IReadOnlyList<Greeting> Best, string? Without = null);
