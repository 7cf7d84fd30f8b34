using System.Text;

namespace Offproof.Consent.Tests;

/// <summary>The keys of vectors/consent/keys.json: SHA-256 of a published sentence, so that nobody takes them for secrets. The sheet is a real identity line.</summary>
static class PublishedKeys
{
    // Made with age-keygen for this purpose; it opens nothing but the vectors.
    internal const string IdentityLine = "AGE-SECRET-KEY-10TRL8DRZY6PH0Z4U4PRU5PNDDDZCUXPF03TUWP3JGECAYM8W7PGQ0WPA05";

    internal static SigningKey Sheet() => SheetKey.Derive(IdentityLine);

    internal static SigningKey Device() => FromSentence("offproof vectors: the device");

    internal static SigningKey OtherDevice() => FromSentence("offproof vectors: another device");

    internal static SigningKey Server() => FromSentence("offproof vectors: the server");

    internal static byte[] Scalar(string sentence) => System.Security.Cryptography.SHA256.HashData(Encoding.ASCII.GetBytes(sentence));

    static SigningKey FromSentence(string sentence) => SigningKey.FromScalar(Scalar(sentence));
}
