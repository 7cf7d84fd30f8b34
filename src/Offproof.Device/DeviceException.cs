namespace Offproof.Device;

/// <summary>What kind of "no" a device operation met. The program's exit codes follow from it (cli.md §3).</summary>
public enum DeviceFault
{
    /// <summary>It did not work; what was stored before still is.</summary>
    Failure,

    /// <summary>Something was forged or is corrupt: nothing of it was believed.</summary>
    Forgery,

    /// <summary>Refused by the switch, by a missing confirmation, or by the server (403, 410).</summary>
    Refused,

    /// <summary>The sheet or password is not the one that opens this.</summary>
    WrongSheet,

    /// <summary>No answer from the server.</summary>
    Unreachable,

    /// <summary>A disk or a quota is full.</summary>
    Full,

    /// <summary>Asked in a way that has no meaning here.</summary>
    Usage,
}

/// <summary>An operation of the device that ended without doing what was asked; the message says what was not lost, the hint what to do.</summary>
public sealed class DeviceException(DeviceFault fault, string message, string? hint = null, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What kind of "no" it is.</summary>
    public DeviceFault Fault { get; } = fault;

    /// <summary>What to do about it, where that is known.</summary>
    public string? Hint { get; } = hint;

    /// <summary>The name of the server's refusal (protocol.md §10), by which a device acts, or that the server is another one; else empty.</summary>
    internal string Problem { get; init; } = "";
}
