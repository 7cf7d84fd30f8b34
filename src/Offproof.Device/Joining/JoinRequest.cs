using Offproof.Consent;

namespace Offproof.Device;

/// <summary>What a person, or a camera, reads on a new device's screen (protocol.md §17).</summary>
/// <param name="Name">The joining's name</param>
/// <param name="Device">The new DEVICE, where the whole line was read: then no code need be typed</param>
public sealed record JoinRequest(string Name, string? Device)
{
    private const int NameLength = 8;
    private const string ForCamera = "offproof:join:";

    /// <exception cref="DeviceException">It is neither a name nor such a line (<see cref="DeviceFault.Usage"/>).</exception>
    public static JoinRequest Parse(string text)
    {
        string[] parts = text.StartsWith(ForCamera, StringComparison.Ordinal) ? text[ForCamera.Length..].Split(':') : [text.Trim().ToLowerInvariant()];
        if (parts is [var name] && IsName(name)) return new JoinRequest(name, null);
        if (parts is [var named, var device] && IsName(named) && Thumbprint.TryParse(device, out _)) return new JoinRequest(named, device);
        throw new DeviceException(DeviceFault.Usage, $"'{text}' is not what a new device shows", "eight letters and digits, or the whole line that begins with offproof:join:");
    }

    private static bool IsName(string name) => name.Length == NameLength && name.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c));
}
