using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Offproof.Consent.Tests;

/// <summary>A record that must be refused: which good one it was made from, the clause of consent.md that it breaks, whether its signature is right all the same, and by whose key.</summary>
sealed record Refused(string Name, string Of, string Clause, string Breaks, bool SignatureIsRight, string Compact, SigningKey Signer);

/// <summary>Makes each refused record from a good one by one change, and signs again, so that nothing but the named defect is wrong.</summary>
sealed partial class RefusedRecords
{
    readonly Dictionary<string, SignedRecord> good = Examples.SignAll().ToDictionary(pair => pair.Name, pair => pair.Record, StringComparer.Ordinal);
    readonly List<Refused> made = [];

    internal static IReadOnlyList<Refused> Make()
    {
        RefusedRecords records = new();
        records.Headers();
        records.Text();
        records.Signatures();
        records.Meaning();
        records.Strictness();
        records.Erasures();
        records.DevicesThatCome();
        records.Sheets();
        records.Receipts();
        records.AlgorithmsAndTypes();
        return records.made;
    }

    void Headers()
    {
        const string Alg = "\"alg\":\"ES256\"";
        string jwk = JwkOf(PublishedKeys.OtherDevice());
        Header("alg-none-signed", "§1.2", "alg is none, with a signature", Alg, "\"alg\":\"none\"");
        Header("alg-es384", "§1.2", "alg is ES384", Alg, "\"alg\":\"ES384\"");
        Header("alg-lower-case", "§1.2", "alg is es256", Alg, "\"alg\":\"es256\"");
        Header("alg-missing", "§1.2", "there is no alg", Alg + ",", "");
        Header("alg-number", "§1.2", "alg is a number", Alg, "\"alg\":256");
        Header("header-jwk", "§1.2", "the record brings a key", Alg, $"{Alg},\"jwk\":{jwk}");
        foreach (string name in (string[])["jku", "x5u", "x5t", "x5t#S256"])
            Header("header-" + name.Replace("#", "-", StringComparison.Ordinal).ToLowerInvariant(), "§1.2", $"the header has {name}", Alg, $"{Alg},\"{name}\":\"https://example.org/k\"");
        Header("header-x5c", "§1.2", "the header has x5c", Alg, $"{Alg},\"x5c\":[\"MIIB\"]");
        Header("header-crit", "§1.2", "the header has crit", Alg, $"{Alg},\"crit\":[\"exp\"],\"exp\":1");
        Header("header-b64", "§1.2", "the header has b64", Alg, $"{Alg},\"b64\":true");
        Header("header-twice", "§1.5", "a header member occurs twice", Alg, $"{Alg},{Alg}");
        Header("typ-missing", "§1.2", "there is no typ", "\"typ\":\"offproof-grant+jwt\",", "");
        Header("typ-of-another-type", "§1.3", "a grant that says it is a revocation", "offproof-grant", "offproof-revocation");
        Header("typ-without-suffix", "§1.3", "typ is not exactly the name", "offproof-grant+jwt", "offproof-grant");
        Header("kid-upper-case", "§1.4", "kid in upper case", Examples.Device.Thumbprint.Text, Examples.Device.Thumbprint.Text.ToUpperInvariant());
        Header("kid-of-another-key", "§1.4", "kid names another key than the one that signed", Examples.Device.Thumbprint.Text, PublishedKeys.OtherDevice().Thumbprint.Text);

        // The classic confusion: an HMAC whose key is the public key, which everybody has.
        var (header, payload) = Parts("grant");
        string signed = Join(header.Replace("ES256", "HS256", StringComparison.Ordinal), payload);
        Add("alg-hs256", "grant", "§1.2", "an HMAC keyed with the public key", false,
            signed + "." + Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.ASCII.GetBytes(JwkOf(Examples.Device)), Encoding.ASCII.GetBytes(signed))));
        Add("alg-none", "grant", "§1.2", "alg is none, without a signature", false, Join(header.Replace("ES256", "none", StringComparison.Ordinal), payload) + ".");
    }

    void Text()
    {
        const string Seq = "\"seq\":1";
        Payload("grant", "member-twice", "§1.5", "a member occurs twice", Seq, $"{Seq},{Seq}");
        Payload("grant", "member-twice-escaped", "§1.5", "a member occurs twice, once with an escaped name", Seq, $"{Seq},\"s\\u0065q\":2");
        Payload("grant", "member-twice-nested", "§1.5", "a member of consent occurs twice", "\"pii_optional\":true", "\"pii_optional\":true,\"pii_optional\":false");
        Payload("grant", "half-surrogate", "§1.5", "an escape of half a surrogate pair", Seq, $"{Seq},\"note\":\"\\ud83d\"");
        Payload("grant", "not-json", "§1.5", "the payload is not JSON", Seq, $"{Seq},");
        Payload("grant", "deep", "§1.5", "more than 64 levels", Seq, $"{Seq},\"note\":{new string('[', 64)}{new string(']', 64)}");

        var (header, payload) = Parts("grant");
        byte[] utf8 = Encoding.UTF8.GetBytes(payload);
        Raw("bom", "§1.5", "the payload begins with a BOM", Part(header), Base64Url.EncodeToString([0xef, 0xbb, 0xbf, .. utf8]));
        Raw("not-utf8", "§1.5", "the payload is not UTF-8", Part(header), Base64Url.EncodeToString([.. utf8[..^1], .. ",\"note\":\""u8, 0xc3, 0x28, .. "\"}"u8]));
        Raw("payload-array", "§1.5", "the payload is an array", Part(header), Part($"[{payload}]"));
        Raw("two-objects", "§1.5", "the payload is two objects", Part(header), Part(payload + payload));
        // Each padded to a length at which padding, or spare bits, exist.
        string padded = header.Length % 3 == 0 ? header.Replace("{", "{ ", StringComparison.Ordinal) : header;
        Raw("padding", "§1.7", "base64url with padding", Part(padded) + new string('=', (3 - (padded.Length % 3)) % 3), Part(payload));
        Raw("trailing-bits", "§1.7", "spare bits are not zero", OtherSpareBits(Part(padded)), Part(payload));
        Raw("white-space", "§1.1", "white space inside", Part(header) + " ", Part(payload));
        Raw("foreign-character", "§1.7", "a character of the other alphabet", Part(header) + "+", Part(payload));
        string whole = good["grant"].Compact;
        Add("line-end", "grant", "§1.1", "a line end after the record", true, whole + "\n");
        Add("two-parts", "grant", "§1.1", "no signature part", false, whole[..whole.LastIndexOf('.')]);
        Add("four-parts", "grant", "§1.1", "one part too many", false, whole + ".AA");
        Payload("grant", "too-long", "§1.1", "longer than 65,536 bytes", Seq, $"{Seq},\"note\":\"{new string('x', 49_152)}\"");
    }

    void Signatures()
    {
        string whole = good["grant"].Compact;
        string signed = whole[..whole.LastIndexOf('.')];
        Assert.True(StrictText.TryDecodeBase64Url(whole.AsSpan(signed.Length + 1), out byte[]? signature));
        Signature("signature-63", "§1.2", "a signature of 63 bytes", signature[..^1]);
        Signature("signature-65", "§1.2", "a signature of 65 bytes", [.. signature, 0]);
        Signature("signature-der", "§1.2", "a signature in DER", Der(signature));
        Signature("signature-r-zero", "§1.2", "r is 0", [.. new byte[32], .. signature[32..]]);
        Signature("signature-s-zero", "§1.2", "s is 0", [.. signature[..32], .. new byte[32]]);
        Signature("signature-zero", "§1.2", "r and s are 0", new byte[64]);
        Signature("signature-r-high", "§1.2", "r is above the order of the group", [.. Enumerable.Repeat((byte)0xff, 32), .. signature[32..]]);
        Signature("signature-flipped", "§1.2", "one bit of the signature is changed", [.. signature[..^1], (byte)(signature[^1] ^ 1)]);
        Add("signature-trailing-bits", "grant", "§1.7", "spare bits of the signature are not zero", false, OtherSpareBits(whole));
        var (header, payload) = Parts("grant");
        Add("payload-changed", "grant", "§1.2", "the payload was changed after it was signed", false,
            Join(header, Changed(payload, "\"epoch\":1", "\"epoch\":2")) + "." + Base64Url.EncodeToString(signature));
        Add("signed-by-another", "grant", "§1.4", "another key signed", false, Sign(PublishedKeys.OtherDevice(), Join(header, payload)));

        void Signature(string name, string clause, string breaks, byte[] bytes) => Add(name, "grant", clause, breaks, false, signed + "." + Base64Url.EncodeToString(bytes));
    }

    void Meaning()
    {
        string other = PublishedKeys.OtherDevice().Thumbprint.Text;
        (string sheet, string device, string server) = (Examples.Sheet.Thumbprint.Text, Examples.Device.Thumbprint.Text, Examples.Server.Thumbprint.Text);
        foreach (string of in (string[])["certificate", "grant", "revocation", "receipt-grant", "proof-add"])
        {
            string issuer = of == "certificate" ? sheet : of == "receipt-grant" ? server : device;
            string audience = of == "receipt-grant" ? device : server;
            Payload(of, $"{of}-iss", "§2", "iss is not the key that signed", $"\"iss\":\"{issuer}\"", $"\"iss\":\"{other}\"");
            Payload(of, $"{of}-aud", "§2", "aud is somebody else", $"\"aud\":\"{audience}\"", $"\"aud\":\"{other}\"");
            Payload(of, $"{of}-no-aud", "§2", "there is no aud", $"\"aud\":\"{audience}\",", "");
            Payload(of, $"{of}-iat", "§1.8", "iat is no integer in digits", "\"iat\":1767", "\"iat\":0.1767");
        }

        Payload("certificate", "certificate-sub", "§3.1", "sub is not the thumbprint of cnf.jwk", $"\"sub\":\"{device}\"", $"\"sub\":\"{other}\"");
        Payload("certificate", "certificate-private-key", "§3.1", "cnf.jwk has a member more", "\"kty\":\"EC\"", "\"kty\":\"EC\",\"d\":\"AA\"");
        Payload("certificate", "certificate-curve", "§3.1", "cnf.jwk is on another curve", "\"crv\":\"P-256\"", "\"crv\":\"secp256k1\"");
        var point = PointOf(Examples.Device);
        Payload("certificate", "certificate-off-curve", "§3.1", "the point is not on the curve", Base64Url.EncodeToString(point.Y!), Base64Url.EncodeToString(point.X!));
        Payload("certificate", "certificate-short-x", "§3.1", "x has 31 bytes", Base64Url.EncodeToString(point.X!), Base64Url.EncodeToString(point.X.AsSpan(1)));
        Payload("grant", "grant-seq-zero", "§3.2", "seq is 0", "\"seq\":1", "\"seq\":0");
        Payload("grant", "grant-epoch-zero", "§2", "epoch is 0", "\"epoch\":1", "\"epoch\":0");
        Payload("grant", "grant-epoch-high", "§2", "epoch is above 999999", "\"epoch\":1", "\"epoch\":1000000");
        Payload("grant", "grant-epoch-fraction", "§1.8", "epoch is written 1.0", "\"epoch\":1", "\"epoch\":1.0");
        Payload("grant", "grant-epoch-exponent", "§1.8", "epoch is written 1e0", "\"epoch\":1", "\"epoch\":1e0");
        Payload("grant", "grant-epoch-text", "§1.8", "epoch is a text", "\"epoch\":1", "\"epoch\":\"1\"");
        Payload("grant", "grant-category", "§2", "no such category", "\"category\":\"messages\"", "\"category\":\"Messages\"");
        Payload("grant", "grant-no-key", "§3.3", "vault.key is missing", "\"key\":", "\"other\":");
        Payload("grant", "grant-notice", "§3.3", "consent shows another policy than the grant", "urn:sha256:", "urn:sha256:0");
        Payload("grant", "grant-pii-type", "§3.3", "consent is about another category", "\"pii_type\":\"messages\"", "\"pii_type\":\"photos\"");
        Payload("grant", "grant-principal", "§3.3", "consent is of another account", $"\"pii_principal_id\":\"{sheet}\"", $"\"pii_principal_id\":\"{other}\"");
        Payload("grant", "grant-third-party", "§3.3", "consent names a third party", "\"recipient_third_parties\":[]", "\"recipient_third_parties\":[\"example.org\"]");
        Payload("grant", "grant-withdrawn", "§3.3", "the event is a withdrawal", "consent given", "consent withdrawn");
        Payload("grant", "grant-local-time", "§1.8", "event_time is not in UTC with Z", "2026-01-01T00:01:00Z", "2026-01-01T00:01:00+00:00");
        Payload("revocation", "revocation-stored", "§3.4", "stored is not keep", "\"stored\":\"keep\"", "\"stored\":\"sell\"");
        Payload("revocation", "revocation-given", "§3.4", "the event is a consent", "consent withdrawn", "consent given");
        Payload("receipt-grant", "receipt-state", "§3.5", "the state does not belong to the type", "\"state\":\"on\"", "\"state\":\"kept\"");
        Payload("proof-add", "proof-mode", "§3.6", "no such mode", "\"mode\":\"add\"", "\"mode\":\"delete\"");
        Payload("proof-add", "proof-action", "§3.6", "no such action", "\"action\":\"vault\"", "\"action\":\"everything\"");
        Payload("proof-add", "proof-no-nonce", "§3.6", "the nonce is empty", "\"nonce\":\"bm9uY2UgMQ\"", "\"nonce\":\"\"");
        Payload("proof-read", "proof-seconds", "§3.6", "more than 3600 seconds", "\"seconds\":3600", "\"seconds\":3601");
        Payload("proof-recovery", "proof-short", "§3.6", "less than 60 seconds", "\"seconds\":60", "\"seconds\":59");
    }

    void Header(string name, string clause, string breaks, string from, string to)
    {
        var (header, payload) = Parts("grant");
        Add(name, "grant", clause, breaks, true, Sign(Examples.Device, Join(Changed(header, from, to), payload)));
    }

    void Payload(string of, string name, string clause, string breaks, string from, string to)
    {
        var (header, payload) = Parts(of);
        Add(name, of, clause, breaks, true, Sign(SignerOf(of), Join(header, Changed(payload, from, to))));
    }

    void Raw(string name, string clause, string breaks, string header, string payload) =>
        Add(name, "grant", clause, breaks, true, Sign(Examples.Device, header + "." + payload));

    void Add(string name, string of, string clause, string breaks, bool right, string compact, SigningKey? signer = null) =>
        made.Add(new(name, of, clause, breaks, right, compact, signer ?? SignerOf(of)));

    (string Header, string Payload) Parts(string name)
    {
        string[] parts = good[name].Compact.Split('.');
        return (Encoding.UTF8.GetString(Base64Url.DecodeFromChars(parts[0])), Encoding.UTF8.GetString(Base64Url.DecodeFromChars(parts[1])));
    }

    SigningKey SignerOf(string example) => Examples.KeyOf(good[example].Kid)!;

    static string Changed(string text, string from, string to)
    {
        int at = text.IndexOf(from, StringComparison.Ordinal);
        Assert.True(at >= 0, $"nothing to change: {from}");
        return text[..at] + to + text[(at + from.Length)..];
    }

    static string Part(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));

    static string Join(string header, string payload) => Part(header) + "." + Part(payload);

    static string Sign(SigningKey key, string signed) => signed + "." + Base64Url.EncodeToString(key.Sign(Encoding.ASCII.GetBytes(signed)));

    // The same bytes for a careless decoder: only bits that stand for nothing are changed.
    static string OtherSpareBits(string text)
    {
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        Assert.NotEqual(0, (text.Length - text.LastIndexOf('.') - 1) % 4);
        return text[..^1] + Alphabet[Alphabet.IndexOf(text[^1], StringComparison.Ordinal) + 1];
    }

    static byte[] Der(byte[] signature)
    {
        System.Formats.Asn1.AsnWriter writer = new(System.Formats.Asn1.AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(new System.Numerics.BigInteger(signature.AsSpan(0, 32), isUnsigned: true, isBigEndian: true));
            writer.WriteInteger(new System.Numerics.BigInteger(signature.AsSpan(32), isUnsigned: true, isBigEndian: true));
        }

        return writer.Encode();
    }

    internal static string JwkOf(SigningKey key) => Vectors.Json(key.Public.WriteJwk, indented: false);

    static ECPoint PointOf(SigningKey key)
    {
        using var ecdsa = ECDsa.Create();
        ecdsa.ImportFromPem(key.ToPem());
        return ecdsa.ExportParameters(includePrivateParameters: false).Q;
    }
}
