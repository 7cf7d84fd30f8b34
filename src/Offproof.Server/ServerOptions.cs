namespace Offproof.Server;

/// <summary>How a server runs.</summary>
public sealed record ServerOptions
{
    /// <summary>DIR of protocol.md §9. Made if it is not there; for one running server at a time.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Where to listen: http on a loopback address, or https on any, with a certificate. Port 0 takes a free one.</summary>
    public Uri Listen { get; init; } = new("http://127.0.0.1:8750");

    /// <summary>For https: a PEM file with the server's certificate and the chain below it. Read again when it changes.</summary>
    public string? Certificate { get; init; }

    /// <summary>For https: a PEM file with the certificate's private key, not encrypted.</summary>
    public string? CertificateKey { get; init; }

    /// <summary>The https URL that devices use, where a proxy on this machine has the certificate. Nobody's address is known then.</summary>
    public Uri? BehindProxy { get; init; }

    /// <summary>Accounts are by invitation. Off loopback and behind a proxy they always are.</summary>
    public bool InvitedOnly { get; init; }

    /// <summary>The most bytes that are stored for an account that has no quota of its own; no limit where null.</summary>
    public long? QuotaBytes { get; init; }

    /// <summary>The folder that is served as <c>/channel/</c> (channel.md §1), made by whoever publishes; none where null.</summary>
    public string? ChannelDirectory { get; init; }

    /// <summary>Called when the data folder is this server's, and before it listens: what devices ask for first must be there.</summary>
    public Func<CancellationToken, Task>? BeforeListening { get; init; }

    /// <summary>How much is taken from whom.</summary>
    public ServerLimits Limits { get; init; } = new();

    /// <summary>Writes one line for each request to the log: method, route pattern, status, duration.</summary>
    public bool Verbose { get; init; }

    /// <summary>The clock by which tokens, nonces, invitations and suspensions end and receipts are dated.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    // Called before each step of a deletion (protocol.md §9), so that tests can break off there.
    internal Action<string>? BeforeErasing { get; init; }
}
