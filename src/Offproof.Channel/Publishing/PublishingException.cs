namespace Offproof.Channel;

/// <summary>What kind of "no" a publisher met. The program's exit codes follow from it (cli.md §3).</summary>
public enum PublishingFault
{
    /// <summary>It did not work; what is published still is.</summary>
    Failure,

    /// <summary>A signature or a file is not what it has to be: nothing of it was taken.</summary>
    Forgery,

    /// <summary>It would go over what is there, or against what was published.</summary>
    Refused,

    /// <summary>A key is not one that may sign this.</summary>
    WrongKey,

    /// <summary>A witness does not answer.</summary>
    Unreachable,

    /// <summary>Asked in a way that has no meaning here.</summary>
    Usage,
}

/// <summary>Publishing ended without doing what was asked; the message says what was not lost, the hint what to do.</summary>
public sealed class PublishingException(PublishingFault fault, string message, string? hint = null, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What kind of "no" it is.</summary>
    public PublishingFault Fault { get; } = fault;

    /// <summary>What to do about it, where that is known.</summary>
    public string? Hint { get; } = hint;
}
