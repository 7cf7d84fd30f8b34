namespace Offproof.Auditor;

/// <summary>How the reading of a capture ended. Everything but <see cref="Whole"/> makes a verdict INCONCLUSIVE at the best.</summary>
internal enum CaptureEnd
{
    /// <summary>It has not ended.</summary>
    None,

    /// <summary>The file ended where a packet or block ended.</summary>
    Whole,

    /// <summary>The file stops inside of something.</summary>
    Truncated,

    /// <summary>Something in it cannot be as it says; what follows was not read.</summary>
    Corrupt,

    /// <summary>Neither pcap nor pcapng.</summary>
    Unknown,
}
