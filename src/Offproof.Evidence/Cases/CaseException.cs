namespace Offproof.Evidence;

/// <summary>What kind of "no" a case ended with; cli.md §3 has the exit codes.</summary>
public enum CaseFault
{
    /// <summary>It did not work: something is missing, or does not fit together.</summary>
    Failure,

    /// <summary>What was published was changed, or a signature is not that of the key.</summary>
    Forgery,

    /// <summary>It is against the rules of a case (case.md §1): too long, no text, somebody else's folder.</summary>
    Refused,

    /// <summary>Asked in a way that has no meaning here.</summary>
    Usage,
}

/// <summary>Work on a case that ended without doing what was asked. The message names the file or entry.</summary>
public sealed class CaseException(CaseFault fault, string message, string? hint = null, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What kind of "no" it is.</summary>
    public CaseFault Fault { get; } = fault;

    /// <summary>What to do about it, where that is known.</summary>
    public string? Hint { get; } = hint;
}
