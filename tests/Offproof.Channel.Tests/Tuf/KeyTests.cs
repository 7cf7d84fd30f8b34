using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Offproof.Channel.Tests;

public sealed class KeyTests
{
    static readonly byte[] Data = Encoding.UTF8.GetBytes("signed");

    [Fact] // RFC 8032 §7.1, test 3
    public void Ed25519_signs_as_the_RFC_says()
    {
        using var key = SigningKey.FromSecret(Convert.FromHexString("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7"));
        Assert.Equal("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", Convert.ToHexStringLower(key.PublicBytes.Span));
        Assert.Equal(
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
            Convert.ToHexStringLower(key.Sign([0xaf, 0x82])));
    }

    [Fact] // TUF §4.2.1: the SHA-256 of the canonical form of the key; calculated here with sha256sum
    public void A_keyid_is_the_hash_of_the_canonical_key()
    {
        using var key = SigningKey.FromSecret(Convert.FromHexString("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7"));
        string canonical = """{"keytype":"ed25519","keyval":{"public":"fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025"},"scheme":"ed25519"}""";
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical))), key.KeyId);
    }

    [Fact]
    public void Each_scheme_verifies_its_signatures_and_no_others()
    {
        using var ed = SigningKey.Generate();
        using var rsa = RSA.Create(2048);
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        (PublicKey Key, byte[] Signature)[] all =
        [
            (ed.Public, ed.Sign(Data)),
            (Named("rsa", "rsassa-pss-sha256", rsa.ExportSubjectPublicKeyInfoPem()), rsa.SignData(Data, HashAlgorithmName.SHA256, RSASignaturePadding.Pss)),
            (Named("ecdsa", "ecdsa-sha2-nistp256", ecdsa.ExportSubjectPublicKeyInfoPem()), ecdsa.SignData(Data, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)),
        ];
        foreach (var (key, _) in all)
        {
            Assert.NotNull(key.Identity);
            foreach (var (signer, signature) in all)
            {
                Assert.Equal(ReferenceEquals(key, signer), key.Verify(Data, signature));
                Assert.False(key.Verify([.. Data, 0], signature));
                Assert.False(key.Verify(Data, signature.AsSpan(1)));
            }
            Assert.False(key.Verify(Data, []));
        }
    }

    [Fact] // RFC 8017 §8.1.2
    public void A_signature_of_RSA_is_as_long_as_its_modulus()
    {
        using var rsa = RSA.Create(2048);
        var key = Named("rsa", "rsassa-pss-sha256", rsa.ExportSubjectPublicKeyInfoPem());
        byte[] signature;
        do signature = rsa.SignData(Data, HashAlgorithmName.SHA256, RSASignaturePadding.Pss); // one of 256 begins with a zero
        while (signature[0] != 0);
        Assert.True(key.Verify(Data, signature));
        Assert.False(key.Verify(Data, signature.AsSpan(1)));
        Assert.False(key.Verify(Data, [0, .. signature]));
    }

    [Fact]
    public void Keys_that_are_too_short_of_another_curve_secret_or_of_another_kind_verify_nothing()
    {
        using var small = RSA.Create(1024);
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var p256 = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        string p256Pem = p256.ExportSubjectPublicKeyInfoPem();
        byte[] byP256 = p256.SignData(Data, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        Assert.True(Named("ecdsa", "ecdsa-sha2-nistp256", p256Pem).Verify(Data, byP256));
        AssertUseless(Named("rsa", "rsassa-pss-sha256", small.ExportSubjectPublicKeyInfoPem()), small.SignData(Data, HashAlgorithmName.SHA256, RSASignaturePadding.Pss));
        AssertUseless(Named("ecdsa", "ecdsa-sha2-nistp256", p384.ExportSubjectPublicKeyInfoPem()), p384.SignData(Data, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
        AssertUseless(Named("ecdsa", "ecdsa-sha2-nistp256", p256.ExportPkcs8PrivateKeyPem()), byP256);
        byte[] unknownCurve = p256.ExportSubjectPublicKeyInfo(); // the fuzzer's: an object identifier that no curve has
        unknownCurve[unknownCurve.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03]) + 3] = 0x66;
        AssertUseless(Named("ecdsa", "ecdsa-sha2-nistp256", PemEncoding.WriteString("PUBLIC KEY", unknownCurve)), byP256);
        AssertUseless(Named("ecdsa", "ecdsa-sha2-nistp384", p256Pem), byP256);
        AssertUseless(Named("rsa", "ecdsa-sha2-nistp256", p256Pem), byP256);
        AssertUseless(Named("ed25519", "ed25519", "00"), new byte[64]);
        // The neutral element: with it S = 0 and R = the same point "sign" everything.
        AssertUseless(Named("ed25519", "ed25519", "01" + new string('0', 62)), [1, .. new byte[63]]);
    }

    [Fact] // TUF §4.3: clients must calculate each keyid
    public void A_key_under_a_name_that_is_not_its_own_counts_for_nothing()
    {
        using var key = SigningKey.Generate();
        var json = CanonicalJson.Parse(CanonicalJson.Of(key.Public.ToJson()));
        Assert.NotNull(PublicKey.Read(key.KeyId, json).Identity);
        string name = new('0', 64);
        var borrowed = PublicKey.Read(name, json);
        byte[] bytes = SignedFile.Write(new JsonObject { ["a"] = 1 }, [key]);
        new RoleKeys([key.Public], 1).Verify(SignedFile.Read(bytes), "5.4.2", "timestamp");
        var file = SignedFile.Read(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(bytes).Replace(key.KeyId, name, StringComparison.Ordinal)));
        Assert.True(file.TryGetSignature(name, out var signature) && borrowed.Verify(file.Canonical.Span, signature.Span));
        Assert.Equal(Refusal.ArbitrarySoftware, Assert.Throws<TufException>(() => new RoleKeys([borrowed], 1).Verify(file, "5.4.2", "timestamp")).Refusal);
    }

    [Fact] // TUF §5.3.4: each key contributes one signature
    public void A_key_in_two_spellings_counts_once()
    {
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        string pem = ecdsa.ExportSubjectPublicKeyInfoPem();
        PublicKey one = Named("ecdsa", "ecdsa-sha2-nistp256", pem), other = Named("ecdsa", "ecdsa-sha2-nistp256", pem + "\n");
        Assert.NotEqual(one.KeyId, other.KeyId);
        JsonObject signed = new() { ["a"] = 1 };
        string sig = Convert.ToHexStringLower(ecdsa.SignData(CanonicalJson.Of(signed), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
        JsonObject json = new()
        {
            ["signed"] = signed,
            ["signatures"] = new JsonArray { new JsonObject { ["keyid"] = one.KeyId, ["sig"] = sig }, new JsonObject { ["keyid"] = other.KeyId, ["sig"] = sig } },
        };
        var file = SignedFile.Read(Encoding.UTF8.GetBytes(json.ToJsonString()));
        new RoleKeys([one, other], 1).Verify(file, "5.3.4", "root");
        Assert.Equal(Refusal.ArbitrarySoftware, Assert.Throws<TufException>(() => new RoleKeys([one, other], 2).Verify(file, "5.3.4", "root")).Refusal);
    }

    [Fact]
    public void A_file_is_signed_by_one_key_after_another()
    {
        using var first = SigningKey.Generate();
        using var second = SigningKey.Generate();
        RoleKeys both = new([first.Public, second.Public], 2);
        JsonObject signed = new() { ["a"] = "line\nend", ["unknown"] = new JsonArray { 1, "\u0001" } };
        var half = SignedFile.Read(SignedFile.Write(signed, [first]));
        Assert.Throws<TufException>(() => both.Verify(half, "5.3.4", "root"));
        var whole = SignedFile.Read(half.WithSignature(second));
        both.Verify(whole, "5.3.4", "root");
        both.Verify(SignedFile.Read(whole.WithSignature(first)), "5.3.4", "root"); // again, in its place
        Assert.Equal(CanonicalJson.Of(signed), whole.Canonical.ToArray());
    }

    static void AssertUseless(PublicKey key, byte[] signature)
    {
        Assert.Null(key.Identity);
        Assert.False(key.Verify(Data, signature));
    }

    static PublicKey Named(string keyType, string scheme, string value)
    {
        JsonObject json = new() { ["keytype"] = keyType, ["scheme"] = scheme, ["keyval"] = new JsonObject { ["public"] = value } };
        return PublicKey.Read(
            Convert.ToHexStringLower(SHA256.HashData(CanonicalJson.Of(json))),
            CanonicalJson.Parse(Encoding.UTF8.GetBytes(json.ToJsonString())));
    }
}
