namespace Offproof.Server;

/// <summary>How a server runs.</summary>
public sealed record ServerOptions
{
    /// <summary>DIR of protocol.md §9. Made if it is not there; for one running server at a time.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Where to listen: http on a loopback address. Port 0 takes a free one.</summary>
    public Uri Listen { get; init; } = new("http://127.0.0.1:8750");

    /// <summary>The most bytes that are stored for one account; no limit where null.</summary>
    public long? QuotaBytes { get; init; }

    /// <summary>Writes one line for each request to the log: method, route pattern, status, duration.</summary>
    public bool Verbose { get; init; }

    /// <summary>The clock by which tokens and nonces end and receipts are dated.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    // Called before each step of a deletion (protocol.md §9), so that tests can break off there.
    internal Action<string>? BeforeErasing { get; init; }
}
