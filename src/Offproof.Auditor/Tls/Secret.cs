namespace Offproof.Auditor;

/// <summary>What a line of a key log holds, and by what it is found.</summary>
internal enum Secret
{
    /// <summary>TLS 1.2, by the client's random: 48 bytes.</summary>
    Master,

    /// <summary>TLS 1.2, by the session id: 48 bytes.</summary>
    MasterOfSession,

    /// <summary>By the first 8 bytes of the encrypted premaster secret: 48 bytes.</summary>
    PremasterOfExchange,

    /// <summary>By the client's random, of any length that its key exchange gives.</summary>
    Premaster,

    /// <summary>TLS 1.3, by the client's random, as all that follow: 32 or 48 bytes.</summary>
    ClientEarly,

    ClientHandshake,
    ServerHandshake,
    ClientTraffic,
    ServerTraffic,
}
