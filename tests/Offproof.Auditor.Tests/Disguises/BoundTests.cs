using System.Text;
using CsCheck;

namespace Offproof.Auditor.Tests.Disguises;

/// <summary>Limits, places, and bytes that nobody meant (audit.md §6.1).</summary>
public sealed class BoundTests
{
    [Fact]
    public void Five_layers_are_followed_and_a_sixth_is_said()
    {
        foreach (string name in (string[])["base64", "gzip", "escape x"])
        {
            byte[] bytes = Encoding.ASCII.GetBytes(ChainTests.Secret);
            for (int depth = 1; depth <= 7; depth++)
            {
                bytes = Disguise.Of(name).Apply(bytes);
                Flow flow = ChainTests.Flow();
                // One form, without the writings that the search knows by itself.
                using CanaryExaminer examiner = new(new Searcher([new Form(ChainTests.Email, "fragment", Encoding.ASCII.GetBytes(ChainTests.Secret), 200)]), null);
                int unread = examiner.Examine(ChainTests.Body(flow), bytes);
                Assert.Equal(depth <= 5, examiner.Findings.Count == 1);
                Assert.Equal(depth <= 5, unread == 0);
                Assert.Equal(depth > 5, flow.Remarks.Contains("nested deeper than 5 layers: not looked at", StringComparer.Ordinal));
            }
        }
    }

    [Fact]
    public void A_bomb_is_cut_and_said()
    {
        byte[] bomb = Encoders.Gzip(new byte[200 << 20]);
        Flow flow = ChainTests.Flow();
        using CanaryExaminer examiner = ChainTests.Examiner();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(bomb.Length, examiner.Examine(ChainTests.Body(flow), bomb));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 300 << 20);
        Assert.Contains("grows too much when it is decoded: the rest was not looked at", flow.Remarks, StringComparer.Ordinal);
    }

    [Theory]
    [InlineData("%zz")]
    [InlineData("%4")]
    [InlineData("\\u")]
    [InlineData("&am")]
    [InlineData("=4")]
    [InlineData("a+")]
    [InlineData("A\u4e00")]
    [InlineData("\u0001%%")]
    public void A_million_marks_of_nothing_are_read_in_time(string mark)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(mark, 1_000_000 / mark.Length)));
        using CanaryExaminer examiner = ChainTests.Examiner();
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        Assert.InRange(examiner.Examine(ChainTests.Body(), bytes), 0, bytes.Length);
        Assert.True(System.Diagnostics.Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void A_finding_in_a_head_names_its_field_and_its_place()
    {
        string head = $"GET /a?d={Convert.ToBase64String(Encoders.Gzip(Encoding.ASCII.GetBytes(ChainTests.Secret))).TrimEnd('=')} HTTP/1.1\r\nHost: t.example.org\r\nX-Mail: {ChainTests.Secret}\r\n\r\n";
        using CanaryExaminer examiner = ChainTests.Examiner();
        examiner.Examine(new Place(ChainTests.Flow(), Sender.Client, Carrier.Head, 1, 1), Encoding.ASCII.GetBytes(head));
        Assert.Equal(["target", "x-mail"], examiner.Findings.Select(f => f.Field).Order(StringComparer.Ordinal));
        Finding inTarget = examiner.Findings.Single(f => f.Field == "target");
        Assert.Equal(["base64", "gzip"], inTarget.Chain);
        Assert.Equal((9, head.IndexOf(' ', 5) - 9), (inTarget.Offset, inTarget.Length));
    }

    [Fact]
    public void Findings_beyond_the_limit_are_counted()
    {
        using CanaryExaminer examiner = ChainTests.Examiner(new Limits { Findings = 3 });
        for (int i = 0; i < 5; i++) examiner.Examine(ChainTests.Body(), Encoding.ASCII.GetBytes(ChainTests.Secret));
        Assert.Equal((3, 2L), (examiner.Findings.Count, examiner.FindingsNotKept));
    }

    [Fact]
    public void Base64_is_found_at_every_alignment_of_a_longer_run() => Gen.Select(Gen.String[Gen.Char.AlphaNumeric, 0, 40], Gen.String[Gen.Char.AlphaNumeric, 0, 40], Gen.Int[0, 3]).Sample((before, after, kind) =>
    {
        byte[] secret = Encoding.ASCII.GetBytes(ChainTests.Secret);
        string payload = Encoding.ASCII.GetString(Encoders.Base64Url(kind switch { 0 => Encoders.Gzip(secret), 1 => Encoders.Base64(secret), 2 => Encoders.Base16(secret), _ => secret }));
        using CanaryExaminer examiner = ChainTests.Examiner();
        // What follows makes no difference; after a text of another length its last characters are part of no byte.
        examiner.Examine(ChainTests.Body(), Encoding.ASCII.GetBytes($"d={before}{payload}{(kind == 0 ? "" : after)}"));
        Assert.NotEmpty(examiner.Findings);
    }, iter: 400, threads: 1);

    [Fact]
    public void Mangled_layers_are_read_within_bounds() => Gen.Select(Gen.Int[0, Disguise.All.Count - 1], Gen.Int[0, Disguise.All.Count - 1], Gen.Byte.Array[0, 60], Gen.Int[0, 1000], Gen.Byte).Sample((inner, outer, bytes, at, value) =>
    {
        byte[] text = [.. Encoding.ASCII.GetBytes(ChainTests.Secret), .. bytes];
        byte[] made = Disguise.All[outer].Apply(Disguise.All[inner].Apply(text));
        if (made.Length > 0) made[at % made.Length] ^= value;
        using CanaryExaminer examiner = ChainTests.Examiner();
        foreach (Carrier carrier in Enum.GetValues<Carrier>())
            foreach (Sender sender in Enum.GetValues<Sender>())
                Assert.InRange(examiner.Examine(new Place(ChainTests.Flow(), sender, carrier, 1, 1), made, new Declared("multipart/form-data; boundary=x", "br")), 0, made.Length);
    }, iter: 1500, threads: 1);

    [Fact]
    public void Inflating_agrees_with_the_platform() => Gen.Select(Gen.Byte.Array[1, 3000], Gen.Int[1, 255], Gen.Int[0, 3]).Sample((bytes, mask, level) =>
    {
        byte[] source = [.. bytes.Select(b => (byte)(b & mask)), .. bytes.Select(b => (byte)(b & mask))];
        using MemoryStream target = new();
        using (System.IO.Compression.DeflateStream stream = new(target, (System.IO.Compression.CompressionLevel)level)) stream.Write(source);
        byte[] compressed = target.ToArray();
        Output output = new();
        Assert.Equal(Ending.Whole, new Inflater().Inflate([.. compressed, 1, 2, 3], output, 1 << 20, out int consumed));
        Assert.Equal(compressed.Length, consumed);
        Assert.True(output.Written.SequenceEqual(source));
        Output cut = new();
        Assert.Equal(Ending.Cut, new Inflater().Inflate(compressed.AsSpan(..^1), cut, 1 << 20, out _));
        Assert.True(source.AsSpan().StartsWith(cut.Written));
    }, iter: 300, threads: 1);
}
