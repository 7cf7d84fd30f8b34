using System.Text;

namespace Offproof.Consent.Tests;

/// <summary>The keys of vectors/consent/keys.json: SHA-256 of a published sentence, so that nobody takes them for secrets. The sheet is a real identity line.</summary>
static class PublishedKeys
{
    // Made with age-keygen for this purpose; it opens nothing but the vectors.
    internal const string IdentityLine = "AGE-SECRET-KEY-10TRL8DRZY6PH0Z4U4PRU5PNDDDZCUXPF03TUWP3JGECAYM8W7PGQ0WPA05";

    internal static readonly (string Name, string Sentence)[] Sentences =
    [
        ("device", "offproof vectors: the device"),
        ("other-device", "offproof vectors: another device"),
        ("server", "offproof vectors: the server"),
    ];

    internal static SigningKey Sheet() => SheetKey.Derive(IdentityLine);

    internal static SigningKey Device() => FromSentence(Sentences[0].Sentence);

    internal static SigningKey OtherDevice() => FromSentence(Sentences[1].Sentence);

    internal static SigningKey Server() => FromSentence(Sentences[2].Sentence);

    internal static byte[] Scalar(string sentence) => System.Security.Cryptography.SHA256.HashData(Encoding.ASCII.GetBytes(sentence));

    static SigningKey FromSentence(string sentence) => SigningKey.FromScalar(Scalar(sentence));
}
