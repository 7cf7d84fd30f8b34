using System.Security.Cryptography;
using System.Text;

namespace Offproof.Auditor.Tests;

/// <summary>audit.md §5.3: hashes of forms, whole, cut, at any offset, of 32 bits, and salted.</summary>
public sealed class DigestsTests
{
    static readonly Form Number = new(new Canary("identifiers.phone", "phone", "+447700900123"), "international", "447700900123"u8.ToArray(), 36);
    static readonly Form Email = new(new Canary("identifiers.email", "email", ""), "as-written", "Jonas.a652e3@example.org"u8.ToArray(), 40);
    static readonly Form Photo = new(new Canary("photos[0]", "photo", ""), "sha256", SHA256.HashData("a photo"u8), 128);
    static readonly Form Fragment = new(new Canary("messages[0].body", "message-text", ""), "fragment", "The train is late again,"u8.ToArray(), 40);

    readonly Digests digests = new([Number, Email, Photo, Fragment]);

    [Theory]
    [InlineData("447700900123")]
    [InlineData("+447700900123")]
    [InlineData("tel:+447700900123")]
    [InlineData("+44 7700 900123")]
    [InlineData("07700 900123")]
    [InlineData("447700900123\n")]
    [InlineData("Jonas.a652e3@example.org")]
    [InlineData("jonas.a652e3@example.org")]
    [InlineData("mailto:jonas.a652e3@example.org")]
    public void Each_spelling_is_found_by_each_hash(string spelling)
    {
        Form form = spelling.Contains('@', StringComparison.Ordinal) ? Email : Number;
        foreach (HashAlgorithm algorithm in HashAlgorithms.All)
        {
            byte[] hash = new byte[algorithm.Length];
            algorithm.Hash(Encoding.UTF8.GetBytes(spelling), hash);
            List<Hit> hits = [];
            digests.Find(hash, hits);
            Hit hit = Assert.Single(hits);
            Assert.Equal((form, algorithm.Name, 0, algorithm.Length), (hit.Form, hit.Step, hit.Offset, hit.Length));
            hash[^1] ^= 1;
            hits.Clear();
            if (algorithm.Length > 8) digests.Find(hash, hits);
            Assert.Empty(hits);
        }
    }

    [Fact]
    public void Cut_hashes_are_found_down_to_eight_bytes_at_either_end()
    {
        byte[] hash = SHA256.HashData("+447700900123"u8);
        for (int length = 7; length < 32; length++)
        {
            List<Hit> hits = [];
            digests.Find(hash.AsSpan(0, length), hits);
            digests.Find(hash.AsSpan(32 - length), hits);
            Assert.Equal(length < 8 ? 0 : 2, hits.Count);
            Assert.All(hits, hit => Assert.Equal("sha256, cut", hit.Step));
        }
        List<Hit> none = [];
        digests.Find(hash.AsSpan(4, 16), none);
        Assert.Empty(none);
    }

    [Fact]
    public void Hashes_are_found_at_any_offset_of_bytes()
    {
        byte[] hash = CryptographicOperations.HashData(HashAlgorithmName.SHA1, "+447700900123"u8);
        for (int before = 0; before < 20; before++)
        {
            foreach (int length in (int[])[8, 12, 20])
            {
                List<Hit> hits = [];
                digests.FindWithin([.. new byte[before], .. hash[..length]], hits);
                Assert.Equal((before, length), (Assert.Single(hits).Offset, hits[0].Length));
            }
        }
    }

    [Fact]
    public void A_files_hash_is_found_though_its_bytes_are_not_there()
    {
        List<Hit> hits = [];
        digests.Find(Photo.Bytes.AsSpan(0, 16), hits);
        Assert.Equal((Photo, "sha256, cut"), (Assert.Single(hits).Form, hits[0].Step));
    }

    [Fact]
    public void Of_fragments_nothing_is_hashed()
    {
        List<Hit> hits = [];
        digests.Find(CryptographicOperations.HashData(HashAlgorithmName.MD5, Fragment.Bytes), hits);
        Assert.Empty(hits);
    }

    [Fact]
    public void Hashes_of_32_bits_count_only_as_a_whole_value()
    {
        uint hash = Murmur3.X86Of32("+447700900123"u8);
        foreach (string text in (string[])[$"{hash:x8}", $"{hash:X8}", $"0x{hash:x8}", $"{hash}", $"{unchecked((int)hash)}"])
        {
            List<Hit> hits = [];
            digests.FindShort(Encoding.ASCII.GetBytes(text), hits);
            Assert.Equal((Number, "murmur3-x86-32"), (Assert.Single(hits).Form, hits[0].Step));
            hits.Clear();
            digests.FindShort(Encoding.ASCII.GetBytes(text + "0"), hits);
            digests.FindShort(Encoding.ASCII.GetBytes("x" + text), hits);
            Assert.Empty(hits);
        }
    }

    [Theory]
    [InlineData("s3cr3t447700900123", "with a salt before")]
    [InlineData("+447700900123s3cr3t", "with a salt after")]
    [InlineData("s3cr3t:447700900123", "with a salt before")]
    [InlineData("+447700900123|s3cr3t", "with a salt after")]
    public void A_salt_of_the_same_flow_is_tried_on_both_sides(string salted, string step)
    {
        foreach (string name in (string[])["md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3-256", "ripemd160"])
        {
            HashAlgorithm algorithm = HashAlgorithms.All.First(a => a.Name == name);
            byte[] hash = new byte[algorithm.Length];
            algorithm.Hash(Encoding.ASCII.GetBytes(salted), hash);
            List<Hit> hits = [];
            digests.FindSalted(hash, ["other"u8.ToArray(), "s3cr3t"u8.ToArray()], hits);
            Assert.Equal((Number, $"{name} {step}"), (Assert.Single(hits).Form, hits[0].Step));
            hits.Clear();
            digests.FindSalted(hash, ["other"u8.ToArray()], hits);
            Assert.Empty(hits);
        }
    }

    [Fact]
    public void Eight_MD5_at_once_are_those_of_the_one()
    {
        HashAlgorithm md5 = HashAlgorithms.All.First(algorithm => algorithm.Name == "md5");
        Dice dice = new(1);
        for (int i = 0; i < 500; i++)
        {
            byte[] value = dice.Bytes(1 + dice.Below(49)), hash = new byte[16];
            byte[] salt = dice.Bytes(1 + dice.Below(54 - value.Length));
            Assert.True(Md5Lanes.Fits(value, salt));
            string between = Salted.Between[i % 3];
            byte[] middle = Encoding.ASCII.GetBytes(between);
            string way = (i / 3 % 3) switch { 0 => Salted.Before, 1 => Salted.After, _ => Salted.Hmac };
            if (way == Salted.Hmac) md5.Keyed!(salt, value, hash);
            else md5.Hash(way == Salted.Before ? [.. salt, .. middle, .. value] : [.. value, .. middle, .. salt], hash);
            Md5Lanes lanes = new(salt);
            Assert.Equal(way, lanes.Find(hash, value));
            hash[dice.Below(16)] ^= 1;
            Assert.Null(lanes.Find(hash, value));
        }
    }

    [Fact]
    public void A_key_of_the_same_flow_is_tried()
    {
        List<Hit> hits = [];
        digests.FindSalted(HMACSHA256.HashData("s3cr3t"u8, "+447700900123"u8), ["s3cr3t"u8.ToArray()], hits);
        Assert.Equal("sha256 keyed (HMAC)", Assert.Single(hits).Step);
    }

    [Fact]
    public void Trials_with_salts_are_bounded_and_that_is_said()
    {
        Form[] many = [.. Enumerable.Range(0, 2000).Select(i => new Form(new Canary($"contacts[{i}].phones[0]", "contact-phone", ""), "international", Encoding.ASCII.GetBytes($"44770090{i:0000}"), 36))];
        Digests bounded = new(many);
        byte[][] salts = [.. Enumerable.Range(0, 16).Select(i => Encoding.ASCII.GetBytes($"salt{i}"))];
        List<Hit> hits = [];
        byte[] value = new byte[16];
        for (int i = 0; i <= Digests.MostTrials / Digests.MostTrialsForAValue && !bounded.SaltsUsedUp; i++)
        {
            BitConverter.TryWriteBytes(value, i);
            bounded.FindSalted(value, salts, hits);
        }
        Assert.True(bounded.SaltsUsedUp);
        Assert.Empty(hits);
    }

    [Fact]
    public void Allocates_nothing_without_a_hit()
    {
        byte[] bytes = SHA512.HashData("something else"u8);
        List<Hit> hits = [];
        digests.FindWithin(bytes, hits);
        long before = GC.GetAllocatedBytesForCurrentThread();
        digests.FindWithin(bytes, hits);
        digests.Find(bytes, hits);
        digests.FindShort("12345678"u8, hits);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Empty(hits);
    }
}
