using System.Net;
using System.Text;
using Offproof.Auditor.Tests.Disguises;

namespace Offproof.Auditor.Tests.Verdicts;

/// <summary>The bytes of a finding, step by step (audit.md §8).</summary>
public sealed class UnrollingTests
{
    static readonly byte[] Secret = Encoding.ASCII.GetBytes(ChainTests.Secret);

    static (Finding Finding, IReadOnlyList<LayerReport> Layers) Unrolled(byte[] body, Digests? digests = null)
    {
        Form form = new(ChainTests.Email, "as-written", Secret, 200);
        using CanaryExaminer examiner = new(new Searcher(Permutation.WithMapped([form])), digests ?? new Digests([form]));
        examiner.Examine(ChainTests.Body(), body);
        Finding finding = examiner.Findings[0];
        using Unrolling unrolling = new();
        return (finding, unrolling.Of(finding));
    }

    static byte[] Marked(LayerReport layer)
    {
        byte[] piece = Convert.FromBase64String(layer.Bytes);
        int from = layer.At - layer.From;
        Assert.InRange(from, 0, piece.Length - 1);
        return piece[from..Math.Min(piece.Length, from + layer.Length)];
    }

    public static TheoryData<string> Names => [.. Disguise.All.Select(static disguise => disguise.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_disguise_alone_leads_from_the_captured_bytes_to_the_value(string name)
    {
        byte[] disguised = Disguise.Of(name).Apply(Secret);
        (Finding finding, IReadOnlyList<LayerReport> layers) = Unrolled(Disguise.Of(name).IsText || name is "custom map" or "rot13" or "reversed" ? [.. "user=1&value="u8, .. disguised] : disguised);
        Assert.NotEmpty(layers);
        Assert.Null(layers[0].Step);
        Assert.InRange(layers[0].At, finding.Offset, finding.Offset + finding.Length - 1);
        Assert.Equal(finding.Chain.Count + (finding.Chain is [.., "other case"] ? 0 : 1), layers.Count);
        for (int i = 1; i < layers.Count; i++) Assert.Equal(finding.Chain[i - 1], layers[i].Step);
        Assert.Equal(ChainTests.Secret, Encoding.ASCII.GetString(Marked(layers[^1])), ignoreCase: true);
    }

    [Fact]
    public void Nearly_every_pair_of_everyday_disguises_is_unrolled()
    {
        List<string> failed = [];
        int all = 0;
        foreach (Disguise outer in Chains.Everyday)
        {
            foreach (Disguise inner in Chains.Everyday)
            {
                if (outer.NeedsText && !inner.IsText) continue;
                byte[] body = [.. "a=1&v="u8, .. outer.Apply(inner.Apply(Secret))];
                Form form = new(ChainTests.Email, "as-written", Secret, 200);
                using CanaryExaminer examiner = new(new Searcher(Permutation.WithMapped([form])), null);
                examiner.Examine(ChainTests.Body(), body);
                if (examiner.Findings.Count == 0) continue;
                all++;
                using Unrolling unrolling = new();
                if (unrolling.Of(examiner.Findings[0]).Count == 0) failed.Add(string.Join(" of ", examiner.Findings[0].Chain));
            }
        }
        Assert.True(all > 300, $"{all} were found");
        Assert.True(failed.Count <= all / 50, $"{failed.Count} of {all} not unrolled: {string.Join("; ", failed)}");
    }

    [Theory]
    [InlineData("sha256", "e=")]
    [InlineData("md5", "{\"id\":\"")]
    public void A_hash_is_marked_where_it_is_one(string name, string before)
    {
        byte[] digest = new byte[64];
        HashAlgorithm algorithm = Array.Find(HashAlgorithms.All, one => one.Name == name)!;
        algorithm.Hash(Secret, digest.AsSpan(0, algorithm.Length));
        // Another value of the same length stands before it.
        byte[] body = Encoding.ASCII.GetBytes($"x={new string('a', algorithm.Length * 2)}&{before}{Convert.ToHexStringLower(digest.AsSpan(0, algorithm.Length))}\"");
        (Finding finding, IReadOnlyList<LayerReport> layers) = Unrolled(Encoders.Gzip(body));
        Assert.Equal(["gzip", "base16", name], finding.Chain);
        Assert.Equal([null, "gzip", "base16"], layers.Select(static layer => layer.Step));
        Assert.Equal(digest[..algorithm.Length], Marked(layers[^1]));
        Assert.Equal(Convert.ToHexStringLower(digest.AsSpan(0, algorithm.Length)), Encoding.ASCII.GetString(Marked(layers[1])));
    }

    [Fact]
    public void In_the_middle_of_a_longer_text_the_whole_token_is_undone()
    {
        for (int before = 0; before < 3; before++)
        {
            (Finding finding, IReadOnlyList<LayerReport> layers) = Unrolled(Encoding.ASCII.GetBytes($"v={Convert.ToBase64String([.. Encoding.ASCII.GetBytes(new string('x', 30 + before)), .. Secret, .. "yyyy"u8])}"));
            Assert.Equal(["base64"], finding.Chain);
            Assert.Equal(Secret, Marked(layers[^1]));
            // What is marked decodes by itself.
            string token = Encoding.ASCII.GetString(Marked(layers[0]));
            Assert.Contains(ChainTests.Secret, Encoding.ASCII.GetString(Convert.FromBase64String(token.PadRight((token.Length + 3) & ~3, '='))), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_stands_around_the_captured_bytes_is_shown()
    {
        (Finding finding, IReadOnlyList<LayerReport> layers) = Unrolled([.. "POST said user="u8, .. Secret, .. "&more=1"u8]);
        LayerReport layer = Assert.Single(layers);
        Assert.Equal(finding.Offset, layer.At);
        Assert.Equal("POST said user=" + ChainTests.Secret + "&more=1", Encoding.ASCII.GetString(Convert.FromBase64String(layer.Bytes)));
        Assert.Equal(Secret, Marked(layer));
    }

    [Fact]
    public void Bytes_that_do_not_lead_to_the_value_are_not_said_to()
    {
        Form form = new(ChainTests.Email, "as-written", Secret, 200);
        Flow flow = new(1, "tcp", new IPEndPoint(IPAddress.Loopback, 1), new IPEndPoint(IPAddress.Loopback, 2));
        using Unrolling unrolling = new();
        byte[] other = Encoders.Base64("somebody.else.entirely@example.org!!"u8.ToArray());
        Assert.Empty(unrolling.Of(new Finding(form, new Place(flow, Sender.Client, Carrier.Body, 1, 1), null, 0, other.Length, ["base64"], 100, other, 0)));
        byte[] hash = Encoders.Base16(new byte[32]);
        Assert.Empty(unrolling.Of(new Finding(form, new Place(flow, Sender.Client, Carrier.Body, 1, 1), null, 0, hash.Length, ["base16", "sha256"], 100, hash, 0)));
    }

    [Fact]
    public void What_grows_without_end_stops()
    {
        // A bomb of gzip in gzip, said to hold something four layers below.
        byte[] bomb = Encoders.Gzip(Encoders.Gzip(Encoders.Gzip(new byte[50_000_000])));
        Form form = new(ChainTests.Email, "as-written", Secret, 200);
        Flow flow = new(1, "tcp", new IPEndPoint(IPAddress.Loopback, 1), new IPEndPoint(IPAddress.Loopback, 2));
        using Unrolling unrolling = new();
        Assert.Empty(unrolling.Of(new Finding(form, new Place(flow, Sender.Client, Carrier.Body, 1, 1), null, 0, bomb.Length, ["gzip", "gzip", "gzip", "base64", "base64"], 100, bomb, 0)));
    }
}
