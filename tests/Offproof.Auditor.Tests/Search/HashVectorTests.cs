using System.Text;

namespace Offproof.Auditor.Tests;

/// <summary>
/// Published vectors: RFC 1319, 1320, 1321; FIPS 180-4 and 202 (NIST's examples of "abc"); the pages of RIPEMD-160 and Whirlpool (ISO/IEC 10118-3); Ethereum's Keccak; RFC 7693 (BLAKE2b-512); SMHasher's verification
/// values (Murmur3) and its port in Guava; xxHash's sanity checks; RFC 3720's neighbour zlib for CRC-32 ("123456789").
/// </summary>
public sealed class HashVectorTests
{
    [Theory]
    [InlineData("md2", "abc", "da853b0d3f88d99b30283a69e6ded6bb")]
    [InlineData("md2", "message digest", "ab4f496bfb2a530b219ff33031fe06b0")]
    [InlineData("md4", "abc", "a448017aaf21d8525fc10ae87aa6729d")]
    [InlineData("md5", "abc", "900150983cd24fb0d6963f7d28e17f72")]
    [InlineData("sha1", "abc", "a9993e364706816aba3e25717850c26c9cd0d89d")]
    [InlineData("sha224", "abc", "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7")]
    [InlineData("sha256", "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData("sha384", "abc", "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7")]
    [InlineData("sha512", "abc", "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f")]
    [InlineData("sha3-224", "abc", "e642824c3f8cf24ad09234ee7d3c766fc9a3a5168d0c94ad73b46fdf")]
    [InlineData("sha3-256", "abc", "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532")]
    [InlineData("sha3-384", "abc", "ec01498288516fc926459f58e2c6ad8df9b473cb0fc08c2596da7cf0e49be4b298d88cea927ac7f539f1edf228376d25")]
    [InlineData("sha3-512", "abc", "b751850b1a57168a5693cd924b6b096e08f621827444f70d884f5d0240d2712e10e116e9192af3c91a7ec57647e3934057340b4cf408d5a56592f8274eec53f0")]
    [InlineData("ripemd160", "abc", "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc")]
    [InlineData("whirlpool", "abc", "4e2448a4c6f486bb16b6562c73b4020bf3043e3a731bce721ae1b303d97e6d4c7181eebdb6c57e277d0e34957114cbd6c797fc9d95d8b582d225292076d4eef5")]
    [InlineData("keccak256", "", "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470")]
    [InlineData("blake2b-512", "abc", "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d17d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923")]
    [InlineData("blake2b-256", "", "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8")]
    [InlineData("murmur3-x64-128", "The quick brown fox jumps over the lazy dog", "e34bbc7bbc071b6c7a433ca9c49a9347")]
    [InlineData("murmur3-x86-128", "The quick brown fox jumps over the lazy dog", "2f1583c3ecee2c675d7bf66ce5e91d2c")]
    [InlineData("xxhash64", "", "ef46db3751d8e999")]
    [InlineData("xxhash64", "abc", "44bc2cf5ad770999")]
    [InlineData("xxhash64", "Nobody inspects the spammish repetition", "fbcea83c8a378bf1")]
    public void Gives_what_was_published(string name, string text, string hex)
    {
        HashAlgorithm algorithm = HashAlgorithms.All.First(a => a.Name == name);
        byte[] hash = new byte[algorithm.Length];
        algorithm.Hash(Encoding.ASCII.GetBytes(text), hash);
        Assert.Equal(hex, Convert.ToHexStringLower(hash));
    }

    [Theory]
    [InlineData("murmur3-x86-32", "The quick brown fox jumps over the lazy dog", 0x2e4ff723u)]
    [InlineData("murmur3-x86-32", "", 0u)]
    [InlineData("xxhash32", "", 0x02cc5d05u)]
    [InlineData("xxhash32", "abc", 0x32d153ffu)]
    [InlineData("xxhash32", "Nobody inspects the spammish repetition", 0xe2293b2fu)]
    [InlineData("crc32", "123456789", 0xcbf43926u)]
    [InlineData("java-hash", "hello", 99162322u)]
    public void Gives_the_32_bits_that_were_published(string name, string text, uint hash) =>
        Assert.Equal(hash, HashAlgorithms.Short.Single(a => a.Name == name).Hash(Encoding.ASCII.GetBytes(text)));

    [Theory] // RFC 4231, test case 2; RFC 2202 and 2286, test case 2
    [InlineData("sha256", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")]
    [InlineData("sha224", "a30e01098bc6dbbf45690f3a7e9e6d0f8bbea2a39e6148008fd05e44")]
    [InlineData("ripemd160", "dda6c0213a485a9e24f4742064a7f033b43c4069")]
    [InlineData("sha512", "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737")]
    [InlineData("md5", "750c783e6ab0b503eaa86e310a5db738")]
    [InlineData("sha1", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79")]
    public void Keyed_gives_what_was_published(string name, string hex)
    {
        HashAlgorithm algorithm = HashAlgorithms.All.First(a => a.Name == name);
        byte[] code = new byte[algorithm.Length];
        algorithm.Keyed!("Jefe"u8, "what do ya want for nothing?"u8, code);
        Assert.Equal(hex, Convert.ToHexStringLower(code));
    }
}
