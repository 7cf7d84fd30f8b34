using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Offproof.Auditor.Tests.Disguises;

/// <summary>Which values are asked for as hashes, and with which salts (audit.md §6.2, §6.5): a list of hashes that notes what it is asked.</summary>
public sealed class DigestTests
{
    private static readonly Form Form = new(ChainTests.Email, "utf8", Encoding.ASCII.GetBytes(ChainTests.Secret), 200);

    private static readonly byte[] Hash = SHA256.HashData(Form.Bytes);

    private sealed class Asked : Digests
    {
        internal List<string> Short { get; } = [];

        internal override void Find(ReadOnlySpan<byte> value, List<Hit> hits)
        {
            if (value.SequenceEqual(Hash) || value.SequenceEqual(Hash.AsSpan(..16)) || value.SequenceEqual(Hash.AsSpan(..8))) hits.Add(new Hit(Form, 0, value.Length, "sha256", 60));
        }

        internal override void FindWithin(ReadOnlySpan<byte> bytes, List<Hit> hits)
        {
            if (bytes.IndexOf(Hash) is var at and >= 0) hits.Add(new Hit(Form, at, Hash.Length, "sha256", 60));
        }

        internal override void FindShort(ReadOnlySpan<byte> text, List<Hit> hits) => Short.Add(Encoding.ASCII.GetString(text));

        internal override void FindSalted(ReadOnlySpan<byte> value, IReadOnlyList<byte[]> salts, List<Hit> hits)
        {
            foreach (byte[] salt in salts)
                if (value.SequenceEqual(SHA256.HashData([.. Form.Bytes, .. salt]))) hits.Add(new Hit(Form, 0, value.Length, "sha256 with a salt", 60));
        }
    }

    private static (List<Finding> Findings, Asked Asked) Examine(params (Sender Sender, string Text)[] things)
    {
        Asked asked = new();
        using CanaryExaminer examiner = new(new Searcher([Form]), asked);
        Flow flow = ChainTests.Flow();
        foreach ((Sender sender, string text) in things) examiner.Examine(ChainTests.Body(flow, sender), Encoding.Latin1.GetBytes(text));
        return ([.. examiner.Findings], asked);
    }

    public static TheoryData<string, string> Written => new()
    {
        { "base16+sha256", Convert.ToHexString(Hash) },
        { "base16+sha256", Convert.ToHexStringLower(Hash) },
        { "base64+sha256", Convert.ToBase64String(Hash) },
        { "base16+sha256", new Guid(Hash.AsSpan(..16), bigEndian: true).ToString("D") },
        { "base16+sha256", Convert.ToHexStringLower(Hash.AsSpan(..8)) },
        { "base32+sha256", Encoding.ASCII.GetString(Encoders.Base32(Hash, Encoders.Rfc4648)) },
        { "base58+sha256", Encoding.ASCII.GetString(Encoders.Base58(Hash, Encoders.Bitcoin)) },
        { "decimal+sha256", new UInt128(System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(Hash), System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(Hash.AsSpan(8))).ToString(CultureInfo.InvariantCulture) },
        { "base64+base16+sha256", Convert.ToBase64String(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(Hash))) },
    };

    [Theory]
    [MemberData(nameof(Written))]
    public void A_hash_is_asked_for_however_it_is_written(string chain, string value) =>
        Assert.Equal(chain, string.Join('+', Assert.Single(Examine((Sender.Client, $"{{\"h\":\"{value}\",\"n\":1}}")).Findings).Chain));

    [Fact]
    public void A_hash_in_binary_bytes_is_found_where_it_stands()
    {
        Finding finding = Assert.Single(Examine((Sender.Client, "\u0001\u0002\u0000\u00ff" + Encoding.Latin1.GetString(Hash) + "\u0000\u0007")).Findings);
        Assert.Equal(("sha256", 4L, 32), (Assert.Single(finding.Chain), finding.Offset, finding.Length));
    }

    [Fact]
    public void Short_values_are_asked_for_only_whole() =>
        Assert.Equal(["1a2b3c4d", "1764140400"], Examine((Sender.Client, "id=1a2b3c4d&t=1764140400&x=a1a2b3c4d&y=1.12345678&w=12345678z&name=username")).Asked.Short, StringComparer.Ordinal);

    [Fact]
    public void A_salt_that_the_server_sent_is_tried()
    {
        string salted = Convert.ToHexStringLower(SHA256.HashData([.. Form.Bytes, .. "pepper-77"u8]));
        Finding finding = Assert.Single(Examine((Sender.Server, "{\"salt\":\"pepper-77\",\"ok\":true}"), (Sender.Client, $"user={salted}&v=2")).Findings);
        Assert.Equal(["base16", "sha256 with a salt"], finding.Chain, StringComparer.Ordinal);
        Assert.Empty(Examine((Sender.Server, "{\"salt\":\"another-one\"}"), (Sender.Client, $"user={salted}&v=2")).Findings);
        Assert.Empty(Examine((Sender.Client, $"user={salted}&v=2")).Findings);
    }
}
