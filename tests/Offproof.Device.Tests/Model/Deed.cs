using System.Globalization;
using CsCheck;

namespace Offproof.Device.Tests;

/// <summary>What can be done to an account. Photos and notes of up to four devices.</summary>
internal enum DeedKind
{
    On,
    Backup,
    Pause,
    Off,
    OffErase,
    Erase,
    EraseBySheet,
    Cancel,
    Rotate,
    Join,
    Admit,
    Remove,
    RemoveBySheet,
    DeviceClock,
    ServerClock,
    Restart,

    /// <summary>The server's folder is put back to before a category was turned off (Which 0, 1) or erased as well (2, 3), or a device removed (4, 5); then the device that did it asks.</summary>
    SetBack,
}

/// <summary>What comes in between.</summary>
internal enum Mishap
{
    None,

    /// <summary>No server answers.</summary>
    Down,

    /// <summary>The device's process is killed before its nth request.</summary>
    KillBefore,

    /// <summary>... after the nth answer, which it never sees.</summary>
    KillAfter,

    /// <summary>Another deed is done, and ends, before the nth request goes on: another process of the same device, or the sheet elsewhere.</summary>
    Meanwhile,
}

/// <summary>One thing that happens. Whom and what it is about is chosen by the two numbers, from what there is; as text it can be typed into a test: <c>Off.0.1/KillBefore3</c>.</summary>
internal readonly record struct Deed(DeedKind Kind, int Who, int Which, Mishap Mishap = Mishap.None, int At = 0, DeedKind Other = DeedKind.Off)
{
    private const int MostRequests = 14;

    // What must be there before much else can happen comes more often.
    private static readonly Gen<DeedKind> Kinds = Gen.Frequency(
        (6, Gen.OneOf(DeedKind.On)), (6, Gen.OneOf(DeedKind.Backup)), (4, Gen.OneOf(DeedKind.Off, DeedKind.OffErase)), (3, Gen.OneOf(DeedKind.ServerClock)), (10, Gen.Enum<DeedKind>()));

    private static readonly Gen<(Mishap Mishap, int At)> Mishaps = Gen.Select(
        Gen.Frequency((6, Gen.OneOf(Mishap.None)), (1, Gen.OneOf(Mishap.Down)), (3, Gen.OneOf(Mishap.KillBefore, Mishap.KillAfter)), (2, Gen.OneOf(Mishap.Meanwhile))),
        Gen.Int[1, MostRequests]);

    private static readonly Gen<DeedKind> Others = Gen.OneOf(DeedKind.Off, DeedKind.OffErase, DeedKind.Pause, DeedKind.EraseBySheet, DeedKind.Rotate, DeedKind.RemoveBySheet, DeedKind.Restart, DeedKind.ServerClock);

    internal static Gen<Deed> Any { get; } = Gen.Select(Kinds, Gen.Int[0, 5], Gen.Int[0, 5], Mishaps, Others, static (kind, who, which, mishap, other) => new Deed(kind, who, which, mishap.Mishap, mishap.At, other));

    internal static Deed Parse(string text)
    {
        string[] parts = text.Split('/');
        string[] what = parts[0].Split('.');
        Deed deed = new(Enum.Parse<DeedKind>(what[0]), int.Parse(what[1], CultureInfo.InvariantCulture), int.Parse(what[2], CultureInfo.InvariantCulture));
        if (parts.Length == 1) return deed;
        string[] mishap = parts[1].Split(':');
        string name = mishap[0].TrimEnd([.. "0123456789"]);
        return deed with
        {
            Mishap = Enum.Parse<Mishap>(name),
            At = mishap[0].Length > name.Length ? int.Parse(mishap[0][name.Length..], CultureInfo.InvariantCulture) : 0,
            Other = mishap.Length > 1 ? Enum.Parse<DeedKind>(mishap[1]) : DeedKind.Off,
        };
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Kind}.{Who}.{Which}") + Mishap switch
    {
        Mishap.None => "",
        Mishap.Down => "/Down",
        Mishap.Meanwhile => string.Create(CultureInfo.InvariantCulture, $"/Meanwhile{At}:{Other}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"/{Mishap}{At}"),
    };
}
