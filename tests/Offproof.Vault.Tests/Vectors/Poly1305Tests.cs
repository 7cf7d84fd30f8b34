using System.Text;

namespace Offproof.Vault.Tests.Vectors;

public sealed class Poly1305Tests
{
    static string Tag(string r, string s, byte[] message, int pieces = 1)
    {
        Poly1305 mac = new(Convert.FromHexString(r));
        int step = pieces == 1 ? message.Length : 16;
        for (int at = 0; at < message.Length; at += step) mac.Update(message.AsSpan(at, Math.Min(step, message.Length - at)));
        byte[] tag = new byte[16];
        mac.Finish(Convert.FromHexString(s), tag);
        return Convert.ToHexStringLower(tag);
    }

    [Theory] // Bernstein, "The Poly1305-AES message-authentication code", appendix B: r, AES_k(n), m, tag
    [InlineData("851fc40c3467ac0be05cc20404f3f700", "580b3b0f9447bb1e69d095b5928b6dbc", "f3f6", "f4c633c3044fc145f84f335cb81953de")]
    [InlineData("a0f3080000f46400d0c7e9076c834403", "dd3fab2251f11ac759f0887129cc2ee7", "", "dd3fab2251f11ac759f0887129cc2ee7")]
    [InlineData("48443d0bb0d21109c89a100b5ce2c208", "83149c69b561dd88298a1798b10716ef", "663cea190ffb83d89593f3f476b6bc24d7e679107ea26adb8caf6652d0656136", "0ee1c16bb73f0f4fd19881753c01cdbe")]
    [InlineData("12976a08c4426d0ce8a82407c4f48207", "80f8c20aa71202d1e29179cbcb555a57", "ab0812724a7f1e342742cbed374d94d136c6b8795d45b3819830f2c04491faf0990c62e48b8018b2c3e4a0fa3134cb67fa83e158c994d961c4cb21095c1bf9", "5154ad0d2cb26e01274fc51148491f1b")]
    // RFC 8439 §2.5.2
    [InlineData("85d6be7857556d337f4452fe42d506a8", "0103808afb0db2fd4abff6af4149f51b", "43727970746f6772617068696320466f72756d2052657365617263682047726f7570", "a8061dc1305136c6c22b8baf0c0127a9")]
    // RFC 8439 appendix A.3, #7 to #11: the edges of reduction and carry
    [InlineData("02000000000000000000000000000000", "00000000000000000000000000000000", "ffffffffffffffffffffffffffffffff", "03000000000000000000000000000000")]
    [InlineData("02000000000000000000000000000000", "ffffffffffffffffffffffffffffffff", "02000000000000000000000000000000", "03000000000000000000000000000000")]
    [InlineData("01000000000000000000000000000000", "00000000000000000000000000000000", "fffffffffffffffffffffffffffffffff0ffffffffffffffffffffffffffffff11000000000000000000000000000000", "05000000000000000000000000000000")]
    [InlineData("01000000000000000000000000000000", "00000000000000000000000000000000", "fffffffffffffffffffffffffffffffffbfefefefefefefefefefefefefefefe01010101010101010101010101010101", "00000000000000000000000000000000")]
    [InlineData("02000000000000000000000000000000", "00000000000000000000000000000000", "fdffffffffffffffffffffffffffffff", "faffffffffffffffffffffffffffffff")]
    [InlineData("01000000000000000400000000000000", "00000000000000000000000000000000", "e33594d7505e43b900000000000000003394d7505e4379cd01000000000000000000000000000000000000000000000001000000000000000000000000000000", "14000000000000005500000000000000")]
    public void Agrees_with_published_vectors(string r, string s, string message, string tag)
    {
        Assert.Equal(tag, Tag(r, s, Convert.FromHexString(message)));
        Assert.Equal(tag, Tag(r, s, Convert.FromHexString(message), pieces: 16));
    }

    [Theory] // Bernstein, appendix B: k, n -> AES_k(n)
    [InlineData("ec074c835580741701425b623235add6", "fb447350c4e868c52ac3275cf9d4327e", "580b3b0f9447bb1e69d095b5928b6dbc")]
    [InlineData("6acb5f61a7176dd320c5c1eb2edcdc74", "ae212a55399729595dea458bc621ff0e", "83149c69b561dd88298a1798b10716ef")]
    public void The_pad_is_AES_of_the_nonce(string k, string n, string pad)
    {
        // An empty message makes the tag equal to the pad, whatever r is.
        using Sealer sealer = new(new byte[32], Convert.FromHexString(k), new byte[16]);
        byte[] result = new byte[32];
        sealer.SealWith(Convert.FromHexString(n), [], result);
        Assert.Equal(n + pad, Convert.ToHexStringLower(result));
    }

    [Fact] // NIST SP 800-38A, F.5.5: CTR-AES256
    public void Counter_mode_agrees_with_NIST()
    {
        using Sealer sealer = new(Convert.FromHexString("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4"), new byte[16], new byte[16]);
        byte[] plain = Convert.FromHexString("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710");
        byte[] result = new byte[plain.Length + 32];
        sealer.SealWith(Convert.FromHexString("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"), plain, result);
        Assert.Equal("601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c52b0930daa23de94ce87017ba2d84988ddfc9c58db67aada613c2dd08457941a6", Convert.ToHexStringLower(result.AsSpan(16, 64)));
    }

    [Fact]
    public void The_counter_carries_through_all_sixteen_bytes()
    {
        using Sealer sealer = new(new byte[32], new byte[16], new byte[16]);
        byte[] around = new byte[32 + 32], zero = new byte[16 + 32];
        sealer.SealWith(Convert.FromHexString("ffffffffffffffffffffffffffffffff"), new byte[32], around);
        sealer.SealWith(new byte[16], new byte[16], zero);
        Assert.Equal(zero.AsSpan(16, 16), around.AsSpan(32, 16));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(32 * 1024)]
    [InlineData(100_001)]
    public void Opens_what_it_sealed_and_nothing_else(int length)
    {
        using MasterKey key = MasterKey.Random();
        using Sealer sealer = key.NewSealer();
        byte[] plain = Noise.Bytes(3, length), stored = new byte[length + 32], opened = new byte[length];
        sealer.Seal(plain, stored);
        Assert.True(sealer.TryOpen(stored, opened));
        Assert.Equal(plain, opened);
        foreach (int at in (int[])[0, 15, 16, stored.Length / 2, stored.Length - 17, stored.Length - 1])
        {
            byte[] damaged = [.. stored];
            damaged[at] ^= 1;
            byte[] untouched = new byte[length];
            Assert.False(sealer.TryOpen(damaged, untouched));
            Assert.False(untouched.AsSpan().ContainsAnyExcept((byte)0));
        }
        Assert.False(sealer.TryOpen(stored.AsSpan(0, 31), []));
    }

    [Fact] // RFC 7914 §12, third vector (N=16384, r=8, p=1)
    public void Key_derivation_is_scrypt_with_the_parameters_of_the_file()
    {
        byte[] derived = Org.BouncyCastle.Crypto.Generators.SCrypt.Generate(Encoding.ASCII.GetBytes("pleaseletmein"), Encoding.ASCII.GetBytes("SodiumChloride"), 16384, 8, 1, 64);
        Assert.StartsWith("7023bdcb3afd7348461c06cd81fd38eb", Convert.ToHexStringLower(derived), StringComparison.Ordinal);
    }
}
