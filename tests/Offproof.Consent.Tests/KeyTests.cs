using System.Security.Cryptography;
using System.Text;
using CsCheck;

namespace Offproof.Consent.Tests;

public sealed class KeyTests
{
    const string OrderHex = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";

    // RFC 6979 A.2.5: the public key that belongs to this secret.
    const string Rfc6979Secret = "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721";
    const string Rfc6979X = "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6";
    const string Rfc6979Y = "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299";

    [Fact]
    public void A_scalar_alone_gives_the_public_key()
    {
        using var key = SigningKey.FromScalar(Convert.FromHexString(Rfc6979Secret));
        VerifyingKey expected = new(Convert.FromHexString(Rfc6979X), Convert.FromHexString(Rfc6979Y));
        Assert.Equal(expected, key.Public);
        byte[] signature = key.Sign("sample"u8);
        Assert.True(expected.Verify("sample"u8, signature));
        Assert.False(expected.Verify("simple"u8, signature));
    }

    [Fact]
    public void Scalars_outside_the_group_are_misuse()
    {
        byte[] order = Convert.FromHexString(OrderHex);
        byte[] highest = [.. order];
        highest[^1]--;
        byte[] one = new byte[32];
        one[^1] = 1;
        foreach (byte[] bad in (byte[][])[order, new byte[32], new byte[31], new byte[33], [], [.. Enumerable.Repeat((byte)0xff, 32)]])
            Assert.Throws<ArgumentException>(() => SigningKey.FromScalar(bad));
        foreach (byte[] good in (byte[][])[one, highest])
        {
            using var key = SigningKey.FromScalar(good);
            Assert.True(key.Public.Verify("x"u8, key.Sign("x"u8)));
        }
    }

    [Fact]
    public void Pem_goes_there_and_back_and_openssl_form_is_pkcs8()
    {
        using var key = SigningKey.Generate();
        string pem = key.ToPem();
        Assert.StartsWith("-----BEGIN PRIVATE KEY-----\n", pem, StringComparison.Ordinal);
        Assert.EndsWith("-----END PRIVATE KEY-----\n", pem, StringComparison.Ordinal);
        Assert.True(SigningKey.TryFromPem(pem, out var again));
        using (again) Assert.Equal(key.Public, again.Public);
    }

    [Fact]
    public void Pem_that_is_no_P256_private_key_is_refused()
    {
        using var p256 = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var rsa = RSA.Create(2048);
        foreach (string pem in (string[])["", "no key", p256.ExportSubjectPublicKeyInfoPem(), p384.ExportPkcs8PrivateKeyPem(), rsa.ExportPkcs8PrivateKeyPem()])
            Assert.False(SigningKey.TryFromPem(pem, out _), pem);
        Assert.True(SigningKey.TryFromPem(p256.ExportPkcs8PrivateKeyPem(), out var control));
        control.Dispose();
    }

    [Fact]
    public void The_thumbprint_hashes_the_four_members_in_lexicographic_order()
    {
        using var key = SigningKey.Generate();
        string jwk = Vectors.Json(key.Public.WriteJwk, indented: false);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(jwk))), key.Thumbprint.Text);
    }

    [Fact]
    public void A_jwk_in_any_order_is_the_same_key_and_a_changed_one_is_none()
    {
        using var key = SigningKey.Generate();
        string jwk = Vectors.Json(key.Public.WriteJwk, indented: false);
        string[] members = jwk.Trim('{', '}').Split(',');
        Assert.True(VerifyingKey.TryFromJwk(Bytes("{" + string.Join(',', members.Reverse()) + "}"), out var turned));
        Assert.Equal(key.Public, turned);
        foreach (string bad in (string[])
        [
            "[]", "{}", jwk[..^1], $"{{{string.Join(',', members[..3])}}}", $"{{{string.Join(',', members)},\"use\":\"sig\"}}",
            $"{{{string.Join(',', members)},{members[0]}}}", jwk.Replace("EC", "OKP", StringComparison.Ordinal), jwk.Replace("P-256", "P-384", StringComparison.Ordinal),
            jwk.Replace("\"x\":\"", "\"x\":\"AAAA", StringComparison.Ordinal), """{"crv":"P-256","kty":"EC","x":1,"y":2}""",
            // (0, 0) is not on the curve; (0, √b) would be, which is why zero alone is no test.
            $$"""{"crv":"P-256","kty":"EC","x":"{{new string('A', 43)}}","y":"{{new string('A', 43)}}"}""",
        ]) Assert.False(VerifyingKey.TryFromJwk(Bytes(bad), out _), bad);
    }

    [Fact]
    public void A_coordinate_above_the_prime_is_refused_even_where_it_is_congruent_to_a_good_one()
    {
        // x = 5 is on the curve (found by search); x = 5 + p fits into 32 bytes and satisfies the equation modulo p.
        var p = System.Numerics.BigInteger.Pow(2, 256) - System.Numerics.BigInteger.Pow(2, 224) + System.Numerics.BigInteger.Pow(2, 192) + System.Numerics.BigInteger.Pow(2, 96) - 1;
        var b = System.Numerics.BigInteger.Parse("41058363725152142129326129780047268409114441015993725554835256314039467401291", System.Globalization.CultureInfo.InvariantCulture);
        System.Numerics.BigInteger x = 5;
        var square = ((x * x * x) - (3 * x) + b) % p;
        var y = System.Numerics.BigInteger.ModPow(square, (p + 1) / 4, p);
        Assert.Equal(square, y * y % p);
        Assert.True(VerifyingKey.TryFromJwk(Jwk(x, y), out _));
        Assert.False(VerifyingKey.TryFromJwk(Jwk(x + p, y), out _));

        static byte[] Jwk(System.Numerics.BigInteger x, System.Numerics.BigInteger y) =>
            Bytes($$"""{"crv":"P-256","kty":"EC","x":"{{Coordinate(x)}}","y":"{{Coordinate(y)}}"}""");
    }

    [Fact]
    public void An_identity_line_has_one_spelling()
    {
        foreach (string bad in (string[])["", PublishedKeys.IdentityLine.ToLowerInvariant(), PublishedKeys.IdentityLine + "\n", " " + PublishedKeys.IdentityLine, "ÄGE"])
            Assert.Throws<ArgumentException>(() => SheetKey.Derive(bad));
        using var key = SheetKey.Derive(PublishedKeys.IdentityLine);
        Assert.Equal(PublishedKeys.Sheet().Thumbprint, key.Thumbprint);
    }

    [Fact] // consent.md §2: a scalar that does not fit is replaced by that of info || 0x01, then 0x02.
    public void A_scalar_that_does_not_fit_is_followed_by_the_next_one()
    {
        byte[] ikm = "IKM"u8.ToArray();
        byte[] scalar = new byte[32];
        int asked = 0;
        SheetKey.FirstScalar(ikm, scalar, _ => ++asked == 3);
        byte[] info = [.. "offproof/v1/sheet-signing"u8, 2];
        Assert.Equal(HKDF.DeriveKey(HashAlgorithmName.SHA256, ikm, 32, [], info), scalar);
    }

    [Fact]
    public void Names_have_one_spelling()
    {
        string digits = new('a', 64);
        Assert.True(Thumbprint.TryParse(digits, out var thumbprint));
        Assert.Equal(digits, thumbprint.Text);
        foreach (string? bad in (string?[])[null, "", new('A', 64), new('a', 63), new('a', 65), new string('a', 63) + "g", new string('a', 63) + "١"])
            Assert.False(Thumbprint.TryParse(bad, out _) || Digest.TryParse(bad, out _));
        foreach (string? bad in (string?[])[null, "", "0", "01", "+1", "-1", " 1", "1 ", "1000000", "1.0", "١"]) Assert.False(Epoch.TryParse(bad, out _));
        Assert.True(Epoch.TryParse("999999", out var last) && last.Value == 999_999);
        foreach (string? bad in (string?[])[null, "", "Photos", "photo", "photos ", "2"]) Assert.False(Categories.TryParse(bad, out _));
        foreach (var category in Categories.All) Assert.True(Categories.TryParse(category.Name(), out var read) && read == category);
        Assert.Throws<InvalidOperationException>(() => default(Thumbprint).Text);
    }

    [Fact]
    public void Bytes_from_anywhere_are_refused_without_an_exception()
    {
        string good = Certificate.Sign(Examples.Sheet, Examples.Certificate).Compact;
        Gen.Select(Gen.Int[0, good.Length - 1], Gen.Char.AlphaNumeric).Sample(
            (at, c) =>
            {
                string changed = good[..at] + c + good[(at + 1)..];
                bool accepted = SignedRecord.TryParse(changed, out var record) && Examples.Verify(record) is not null;
                return accepted == (changed == good);
            },
            iter: 500);
        Gen.String.Sample(text => !SignedRecord.TryParse(text, out _), iter: 2000);
        Gen.Byte.Array.Sample(bytes => !VerifyingKey.TryFromJwk(bytes, out _), iter: 2000);
    }

    [Fact] // consent.md §1.5: a later version's members survive, because the record is kept as it came.
    public void Unknown_members_are_kept_and_ignored()
    {
        var record = SignedRecord.Sign(Examples.Sheet, RecordTyp.Certificate, writer =>
        {
            writer.WriteString("later", "member");
            writer.WriteString("iss", Examples.Sheet.Thumbprint.Text);
            writer.WriteString("sub", Examples.Device.Thumbprint.Text);
            writer.WriteString("aud", Examples.Server.Thumbprint.Text);
            writer.WriteNumber("iat", Examples.Start);
            writer.WriteStartObject("cnf");
            writer.WritePropertyName("jwk");
            Examples.Device.Public.WriteJwk(writer);
            writer.WriteEndObject();
        });
        Assert.True(SignedRecord.TryParse(record.Compact, out var read));
        Assert.Equal(Examples.Certificate, Examples.Verify(read));
        Assert.Equal(record.Compact, read.Compact);
    }

    [Fact]
    public void A_link_of_any_type_has_its_place_in_the_chain_and_only_for_its_account()
    {
        var record = SignedRecord.Sign(Examples.Device, "offproof-of-a-later-version+jwt", writer =>
        {
            writer.WriteString("iss", Examples.Device.Thumbprint.Text);
            writer.WriteString("sub", Examples.Sheet.Thumbprint.Text);
            writer.WriteString("aud", Examples.Server.Thumbprint.Text);
            writer.WriteNumber("seq", 7);
            writer.WriteString("prev", Digest.Of("x"u8).Text);
        });
        Assert.True(ChainLink.TryVerify(record, Examples.Device.Public, Examples.Sheet.Thumbprint, Examples.Server.Thumbprint, out var link));
        Assert.Equal(new ChainLink { Seq = 7, Prev = Digest.Of("x"u8) }, link);
        Assert.False(ChainLink.TryVerify(record, Examples.Device.Public, Examples.Device.Thumbprint, Examples.Server.Thumbprint, out _));
        Assert.False(ChainLink.TryVerify(record, Examples.Sheet.Public, Examples.Sheet.Thumbprint, Examples.Server.Thumbprint, out _));
        Assert.False(ChainLink.TryVerify(record, Examples.Device.Public, Examples.Sheet.Thumbprint, Examples.Sheet.Thumbprint, out _));
    }

    static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    static string Coordinate(System.Numerics.BigInteger value)
    {
        byte[] bytes = new byte[32];
        byte[] digits = value.ToByteArray(isUnsigned: true, isBigEndian: true);
        digits.CopyTo(bytes, 32 - digits.Length);
        return System.Buffers.Text.Base64Url.EncodeToString(bytes);
    }
}
