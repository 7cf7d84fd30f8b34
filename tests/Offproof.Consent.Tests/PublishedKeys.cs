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
        ("third-device", "offproof vectors: a third device"),
    ];

    // The sheets after the first, each with the recipient that age-keygen printed for it. They open nothing but the vectors either.
    internal static readonly (string Name, string IdentityLine, string Recipient)[] LaterSheets =
    [
        ("second-sheet", "AGE-SECRET-KEY-1W3W6TVVV2SW85UN9D038Q03V2Y462HEF5L0DD764HA6QSAR9CL5QPXAPRE", "age1wje28q7zkefp63vv6ujs3jq8x4hrfmcg7jvhul7v44krcj57nfdsudej8f"),
        ("third-sheet", "AGE-SECRET-KEY-15LUQJ26AGWSV47K6PXFM6K8G2UVFMPJU90ZFAK7YJLC9H6FYMM4QX6464Q", "age12wcrjkgu9xfmm0ux3kejcfu3hryv8f6fk467zdanqrhshytzua6s4357h8"),
        ("fourth-sheet", "AGE-SECRET-KEY-19UGV8H6LWPMKKEC5ZS9L0XZUGKNV3QQVHZ3HA24CJA7ATQLKP95QN5KTRG", "age1ls2tms04f0mnx0vm0kadtxjzh9fsp7n4q04gp8echyzvwk3q93kq2fe3x7"),
        ("fifth-sheet", "AGE-SECRET-KEY-16MJPH34SZ0JR7Q7Z5SDAKHN7JT4EQL6YMVP7YHLH5AAFD55X5W4SEGLQ5E", "age14y9vu63lhrrw29qtmnw62dnaqas7szjy8g2v7eedp8knhan6legsg608wr"),
    ];

    internal static SigningKey Sheet() => SheetKey.Derive(IdentityLine);

    internal static SigningKey LaterSheet(int at) => SheetKey.Derive(LaterSheets[at].IdentityLine);

    internal static SigningKey Device() => FromSentence(Sentences[0].Sentence);

    internal static SigningKey OtherDevice() => FromSentence(Sentences[1].Sentence);

    internal static SigningKey Server() => FromSentence(Sentences[2].Sentence);

    internal static SigningKey ThirdDevice() => FromSentence(Sentences[3].Sentence);

    internal static byte[] Scalar(string sentence) => System.Security.Cryptography.SHA256.HashData(Encoding.ASCII.GetBytes(sentence));

    static SigningKey FromSentence(string sentence) => SigningKey.FromScalar(Scalar(sentence));
}
