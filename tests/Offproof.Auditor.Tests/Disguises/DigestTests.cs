using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Offproof.Auditor.Tests.Disguises;

/// <summary>Which values are asked for as hashes, and with which salts (audit.md §6.2, §6.5): with those of one e-mail address.</summary>
public sealed class DigestTests
{
    private static readonly Form Form = new(ChainTests.Email, "as-written", Encoding.ASCII.GetBytes(ChainTests.Secret), 200);

    private static readonly byte[] Hash = SHA256.HashData(Form.Bytes);

    private static List<Finding> Examine(params (Sender Sender, string Text)[] things)
    {
        using CanaryExaminer examiner = new(new Searcher([Form]), new Digests([Form]));
        Flow flow = ChainTests.Flow();
        foreach ((Sender sender, string text) in things) examiner.Examine(ChainTests.Body(flow, sender), Encoding.Latin1.GetBytes(text));
        return [.. examiner.Findings];
    }

    public static TheoryData<string, string> Written => new()
    {
        { "base16+sha256", Convert.ToHexString(Hash) },
        { "base16+sha256", Convert.ToHexStringLower(Hash) },
        { "base64+sha256", Convert.ToBase64String(Hash) },
        { "base16+sha256, cut", new Guid(Hash.AsSpan(..16), bigEndian: true).ToString("D") },
        { "base16+sha256, cut", Convert.ToHexStringLower(Hash.AsSpan(..8)) },
        { "base32+sha256", Encoding.ASCII.GetString(Encoders.Base32(Hash, Encoders.Rfc4648)) },
        { "base58+sha256", Encoding.ASCII.GetString(Encoders.Base58(Hash, Encoders.Bitcoin)) },
        { "decimal+sha256, cut", new UInt128(System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(Hash), System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(Hash.AsSpan(8))).ToString(CultureInfo.InvariantCulture) },
        { "base64+base16+sha256", Convert.ToBase64String(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(Hash))) },
    };

    [Theory]
    [MemberData(nameof(Written))]
    public void A_hash_is_asked_for_however_it_is_written(string chain, string value) =>
        Assert.Equal(chain, string.Join('+', Assert.Single(Examine((Sender.Client, $"{{\"h\":\"{value}\",\"n\":1}}"))).Chain));

    [Fact]
    public void A_hash_in_binary_bytes_is_found_where_it_stands()
    {
        Finding finding = Assert.Single(Examine((Sender.Client, "\u0001\u0002\u0000\u00ff" + Encoding.Latin1.GetString(Hash) + "\u0000\u0007")));
        Assert.Equal(("sha256", 4L, 32), (Assert.Single(finding.Chain), finding.Offset, finding.Length));
    }

    [Fact]
    public void A_short_hash_is_found_only_as_a_whole_value()
    {
        const string crc = "10d7b10a"; // by Python's zlib.crc32
        Assert.Equal("crc32", Assert.Single(Assert.Single(Examine((Sender.Client, $"id={crc}&t=1"))).Chain));
        Assert.Empty(Examine((Sender.Client, $"id=a{crc}&t=1&y=1.{crc}&w={crc}z&name={crc}name")));
    }

    [Fact]
    public void A_salt_that_the_server_sent_is_tried()
    {
        string salted = Convert.ToHexStringLower(SHA256.HashData([.. Form.Bytes, .. "pepper-77"u8]));
        Finding finding = Assert.Single(Examine((Sender.Server, "{\"salt\":\"pepper-77\",\"ok\":true}"), (Sender.Client, $"user={salted}&v=2")));
        Assert.Equal(["base16", "sha256 with a salt after"], finding.Chain, StringComparer.Ordinal);
        Assert.Empty(Examine((Sender.Server, "{\"salt\":\"another-one\"}"), (Sender.Client, $"user={salted}&v=2")));
        Assert.Empty(Examine((Sender.Client, $"user={salted}&v=2")));
    }
}
