using System.Security.Cryptography;

namespace Offproof.Phone;

/// <summary>Bytes that belong to a contact, message or note.</summary>
/// <param name="ContentType">A media type without parameters.</param>
/// <param name="Name">A file name in ASCII; empty for a contact's photo.</param>
/// <param name="Data">The bytes; of a text its UTF-8.</param>
sealed record SampleFile(string ContentType, string Name, byte[] Data)
{
    internal string Sha256 => Convert.ToHexStringLower(SHA256.HashData(Data));

    /// <summary>Text that messages keep as text.</summary>
    internal bool IsText => ContentType is "text/plain" or "application/smil";
}
