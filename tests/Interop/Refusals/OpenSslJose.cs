using System.Buffers.Text;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Text;

namespace Offproof.Interop;

/// <summary>Who signs: a private key in PEM, and the name that records call it by.</summary>
sealed record Signer(string Pem, string Kid);

/// <summary>
/// Records put together from text and signed by openssl: whatever our own code would never write can be written here.
/// </summary>
sealed class OpenSslJose(Scratch scratch)
{
    int _files;

    internal static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    internal static string Decode(string part) => Encoding.UTF8.GetString(Base64Url.DecodeFromChars(part));

    internal static string Header(Signer signer, string typ) => $$"""{"alg":"ES256","typ":"offproof-{{typ}}+jwt","kid":"{{signer.Kid}}"}""";

    /// <summary>What the next link names: SHA-256 over the first two parts (consent.md §1.6).</summary>
    internal static string HashOf(string record) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(record[..record.LastIndexOf('.')])));

    internal Task<string> SignAsync(Signer signer, string typ, string payload) => SignAsync(signer, Header(signer, typ), Encode(payload), raw: true);

    /// <param name="signer">Its key signs, whatever the header says.</param>
    /// <param name="header">As it stands.</param>
    /// <param name="payload">In base64url.</param>
    /// <param name="raw">r and s, 64 bytes; else as openssl writes it, in DER.</param>
    internal async Task<string> SignAsync(Signer signer, string header, string payload, bool raw)
    {
        string signed = $"{Encode(header)}.{payload}";
        byte[] der = (await Processes.RunAsync("openssl", "dgst", "-sha256", "-sign", signer.Pem, await FileAsync(signed))).Is(0).Bytes;
        return $"{signed}.{Base64Url.EncodeToString(raw ? Raw(der) : der)}";
    }

    /// <summary>HS256, with a public key's text as the secret: a verifier that goes by the header's alg takes it.</summary>
    internal async Task<string> HmacAsync(string secret, string header, string payload)
    {
        string signed = $"{Encode(header)}.{payload}";
        string key = Convert.ToHexStringLower(Encoding.ASCII.GetBytes(secret));
        byte[] mac = (await Processes.RunAsync("openssl", "dgst", "-sha256", "-mac", "HMAC", "-macopt", "hexkey:" + key, "-binary", await FileAsync(signed))).Is(0).Bytes;
        return $"{signed}.{Base64Url.EncodeToString(mac)}";
    }

    internal static async Task<string> PublicPemAsync(Signer signer) => (await Processes.RunAsync("openssl", "pkey", "-in", signer.Pem, "-pubout")).Is(0).Output;

    /// <summary>The public key as a JWK, in the order of its thumbprint (RFC 7638).</summary>
    internal static string Jwk(Signer signer)
    {
        using ECDsa key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(signer.Pem));
        ECPoint q = key.ExportParameters(includePrivateParameters: false).Q;
        return $$"""{"crv":"P-256","kty":"EC","x":"{{Base64Url.EncodeToString(q.X)}}","y":"{{Base64Url.EncodeToString(q.Y)}}"}""";
    }

    internal async Task<Signer> NewSignerAsync(string name)
    {
        string pem = scratch[name + ".pem"];
        (await Processes.RunAsync("openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", pem)).Is(0);
        return Named(pem);
    }

    internal static Signer Named(string pem) => new(pem, Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(Jwk(new(pem, ""))))));

    /// <summary>The signing key of a sheet (consent.md §2), by the platform's HKDF.</summary>
    internal Signer OfSheet(string sheet)
    {
        string line = File.ReadAllLines(sheet).Single(static l => l.StartsWith("AGE-SECRET-KEY-1", StringComparison.Ordinal));
        byte[] scalar = HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.ASCII.GetBytes(line), 32, salt: [], info: Encoding.ASCII.GetBytes("offproof/v1/sheet-signing"));
        using ECDsa key = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = scalar });
        string pem = scratch[Path.GetFileName(sheet) + ".pem"];
        File.WriteAllText(pem, key.ExportPkcs8PrivateKeyPem());
        return Named(pem);
    }

    internal async Task<string> FileAsync(string text)
    {
        string file = scratch[$"signed-{Interlocked.Increment(ref _files)}"];
        await File.WriteAllTextAsync(file, text);
        return file;
    }

    static byte[] Raw(byte[] der)
    {
        AsnReader pair = new AsnReader(der, AsnEncodingRules.DER).ReadSequence();
        byte[] raw = new byte[64];
        foreach (int end in (int[])[32, 64])
        {
            byte[] number = pair.ReadInteger().ToByteArray(isUnsigned: true, isBigEndian: true);
            number.CopyTo(raw, end - number.Length);
        }
        return raw;
    }
}
