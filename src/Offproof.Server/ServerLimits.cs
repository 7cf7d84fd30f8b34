namespace Offproof.Server;

/// <summary>So many at once, and then one in every so long.</summary>
/// <param name="Burst">At once, at least 1</param>
/// <param name="Every">How long it takes until one more may come</param>
public readonly record struct Pace(int Burst, TimeSpan Every);

/// <summary>How much a server takes from whom: the table of protocol.md §14.</summary>
public sealed record ServerLimits
{
    /// <summary>Accounts opened, or tried to, from one address.</summary>
    public Pace Accounts { get; init; } = new(100, TimeSpan.FromSeconds(10));

    /// <summary>Records, nonces and tokens asked for from one address, together.</summary>
    public Pace Requests { get; init; } = new(600, TimeSpan.FromMilliseconds(100));

    /// <summary>Requests from one address that nothing vouched for.</summary>
    public Pace Failures { get; init; } = new(300, TimeSpan.FromSeconds(1));

    /// <summary>Grants taken for one account.</summary>
    public Pace Grants { get; init; } = new(300, TimeSpan.FromSeconds(10));

    /// <summary>Tokens given to one account.</summary>
    public Pace Tokens { get; init; } = new(600, TimeSpan.FromMilliseconds(500));

    /// <summary>Uploads of one account that run at the same time.</summary>
    public int Uploads { get; init; } = 32;
}
