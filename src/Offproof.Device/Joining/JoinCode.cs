using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Offproof.Consent;

namespace Offproof.Device;

/// <summary>What a device offers to a new one: into which account, with which sheet (protocol.md §17.3).</summary>
internal sealed record JoinOffer(Thumbprint Account, Thumbprint Sheet, string Recipient, Thumbprint Device, Digest Nonce);

/// <summary>protocol.md §17: the commitment and the code that a person compares. A nonce is 32 random bytes, written and hashed as 64 hex digits.</summary>
internal static class JoinCode
{
    private const int Digits = 8;

    internal static Digest NewNonce() => Digest.FromHash(RandomNumberGenerator.GetBytes(SHA256.HashSizeInBytes));

    internal static Digest Commitment(Thumbprint joining, Digest nonce) => HashOf("offproof/v1/join-commitment", joining.Text, nonce.Text);

    internal static string Of(Thumbprint server, Thumbprint joining, Digest nonce, JoinOffer offer)
    {
        Digest hash = HashOf("offproof/v1/join-code", server.Text, joining.Text, nonce.Text,
            offer.Account.Text, offer.Sheet.Text, offer.Recipient, offer.Device.Text, offer.Nonce.Text);
        ulong first = BinaryPrimitives.ReadUInt64BigEndian(Convert.FromHexString(hash.Text));
        return (first % 100_000_000).ToString("D8", CultureInfo.InvariantCulture);
    }

    /// <summary>As a person types it: blanks and hyphens between the digits do not matter.</summary>
    internal static bool TryParse(string? typed, [NotNullWhen(true)] out string? code)
    {
        code = string.Concat((typed ?? "").Where(static c => c is not (' ' or '-')));
        return code.Length == Digits && code.All(char.IsAsciiDigit);
    }

    private static Digest HashOf(params ReadOnlySpan<string?> lines) => Digest.Of(Encoding.ASCII.GetBytes(string.Join('\n', lines)));
}
