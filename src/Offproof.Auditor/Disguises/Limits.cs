namespace Offproof.Auditor;

/// <summary>How far one examined thing is followed (audit.md §6.1). What lies beyond is unread, and its flow says so.</summary>
internal sealed record Limits
{
    /// <summary>Layers inside one another.</summary>
    internal int Depth { get; init; } = 5;

    /// <summary>Bytes that all decoders together may make of n examined ones: 200 n + 1 MiB, at most <see cref="Most"/>, but always 24 n.</summary>
    internal int Times { get; init; } = 200;

    internal int Most { get; init; } = 64 << 20;

    /// <summary>Findings that are kept; the others are counted.</summary>
    internal int Findings { get; init; } = 10_000;

    /// <summary>Values of one flow that are tried as salts.</summary>
    internal int Salts { get; init; } = 16;

    /// <summary>Values that look like digests and are tried with the salts of their flow, in one run of the auditor.</summary>
    internal int SaltedValues { get; init; } = 256;

    internal long Budget(int examined) => Math.Max(Math.Min(Most, ((long)Times * examined) + (1 << 20)), 24L * examined);
}
