using Offproof.Consent;

namespace Offproof.Device;

/// <summary>One device of an account, and how it came to be one.</summary>
/// <param name="Key">Its key; the thumbprint is DEVICE</param>
/// <param name="Origin">The record hash of its certificate or admission, on which its chain hangs</param>
/// <param name="AdmittedBy">The device that admitted it; null where a sheet certified it</param>
/// <param name="Joined">When the server received that, or else what the signer's clock said</param>
internal sealed record AccountDevice(VerifyingKey Key, SignedRecord Origin, Thumbprint? AdmittedBy, DateTimeOffset Joined)
{
    /// <summary>DEVICE.</summary>
    internal Thumbprint Id => Key.Thumbprint;

    /// <summary>Who cut it off, and when; null while it is a device of the account.</summary>
    internal DeviceRemoval? Removed { get; init; }

    /// <summary>How many links of its chain were shown, and the record hash of the last one.</summary>
    internal ChainPlace Head { get; init; }
}

/// <summary>A device was cut off.</summary>
/// <param name="By">The device that signed it, maybe itself; null where a sheet did</param>
/// <param name="At">When the server received that, or else what the signer's clock said</param>
internal sealed record DeviceRemoval(Thumbprint? By, DateTimeOffset At);
