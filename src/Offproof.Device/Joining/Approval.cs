using System.Security.Cryptography;
using System.Text;
using Offproof.Consent;

namespace Offproof.Device;

/// <summary>A new device that asks to be let in, and the code that it must show. Nothing is signed yet.</summary>
public sealed class Approval
{
    internal Approval(VerifyingKey key, string code) => (Key, Code) = (key, code);

    /// <summary>The new DEVICE.</summary>
    public string Device => Key.Thumbprint.ToString();

    /// <summary>Eight digits.</summary>
    public string Code { get; }

    internal VerifyingKey Key { get; }

    /// <summary>True if this is the code, however it was spaced.</summary>
    public bool Takes(string? typed) =>
        JoinCode.TryParse(typed, out string? code) && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(code), Encoding.ASCII.GetBytes(Code));
}
