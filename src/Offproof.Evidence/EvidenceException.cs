namespace Offproof.Evidence;

/// <summary>What kind of "no" it is. The program's exit codes follow from it (cli.md §3).</summary>
public enum EvidenceFault
{
    /// <summary>It did not work: something is missing, or does not fit together.</summary>
    Failure,

    /// <summary>Something was altered or forged: nothing of it was believed.</summary>
    Forgery,

    /// <summary>It would go over what is there, give away what was not allowed, or is against the rules of a case (case.md §1).</summary>
    Refused,

    /// <summary>A key that is none, or whose password is another.</summary>
    WrongKey,

    /// <summary>Asked in a way that has no meaning here.</summary>
    Usage,
}

/// <summary>Something was not done; the message says what and why, the hint what to do.</summary>
public sealed class EvidenceException(EvidenceFault fault, string message, string? hint = null, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What kind of "no" it is.</summary>
    public EvidenceFault Fault { get; } = fault;

    /// <summary>What to do about it, where that is known.</summary>
    public string? Hint { get; } = hint;
}
