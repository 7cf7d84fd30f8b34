using Offproof.Consent;

namespace Offproof.Device;

/// <summary>What a move would do, before anything is done.</summary>
/// <param name="From">The server that the device, or else the sheet, uses</param>
/// <param name="To">The new address, ending in a slash</param>
/// <param name="ServerKey">The thumbprint of the key of the server there</param>
/// <param name="AnotherServer">False where it is the same server at another address</param>
/// <param name="DeviceMoves">A device here leaves its server</param>
/// <param name="Switches">What is on or paused and would begin a new epoch there; of a move that was decided before, what is still missing</param>
/// <param name="Stays">What the server that is left goes on storing of all devices; null where it could not be asked</param>
/// <param name="WhyUnknown">Why it could not be asked; null where it was</param>
/// <param name="OtherDevices">Devices of the account that stay there</param>
public sealed record MovePlan(
    Uri From, Uri To, string ServerKey, bool AnotherServer, bool DeviceMoves, IReadOnlyList<MovingSwitch> Switches, IReadOnlyList<StayingVault>? Stays, string? WhyUnknown,
    IReadOnlyList<string> OtherDevices);

/// <summary>A switch that moves.</summary>
/// <param name="Category">Which</param>
/// <param name="Epoch">Its epoch now; 0 where that one is over</param>
/// <param name="Next">Its epoch at the new server</param>
/// <param name="Paused">It stays paused</param>
/// <param name="Items">Files in its last snapshot; null where there is none</param>
/// <param name="Bytes">Their bytes: what is uploaded again, at most</param>
public sealed record MovingSwitch(Category Category, int Epoch, int Next, bool Paused, long? Items, long? Bytes);

/// <summary>A vault that stays where it is.</summary>
/// <param name="Device">Whose: DEVICE</param>
/// <param name="Category">Of what</param>
/// <param name="Epoch">Which turning-on</param>
/// <param name="Bytes">As the server counts what it stores, keys and indexes included</param>
public sealed record StayingVault(string Device, string Category, int Epoch, long Bytes);

/// <summary>What a move did.</summary>
/// <param name="Account">ACCOUNT at the new server</param>
/// <param name="From">The server that was left</param>
/// <param name="To">The server that the account is at</param>
/// <param name="ServerKey">Its thumbprint</param>
/// <param name="SheetFile">The sheet, which names it now</param>
/// <param name="AnotherServer">False where it is the same server at another address</param>
/// <param name="HasDevice">There is a device here, and it is there too</param>
/// <param name="Switches">What was granted there</param>
/// <param name="Earlier">Where this device was before</param>
/// <param name="WhyNotTold">Why a server that was left could not be told that all is off there; null where it knows</param>
public sealed record MoveReport(
    string Account, Uri From, Uri To, string ServerKey, string SheetFile, bool AnotherServer, bool HasDevice, IReadOnlyList<SwitchReport> Switches, IReadOnlyList<EarlierStatus> Earlier,
    string? WhyNotTold);
