using System.Text;
using CsCheck;

namespace Offproof.Auditor.Tests;

/// <summary>The one pass beside a search that tries every form at every place (audit.md §5.1).</summary>
public sealed class SearcherTests
{
    static readonly Canary Anyone = new("test", "test", "");

    // Few different bytes, so that forms share grams, overlap, and nearly match.
    static readonly Gen<byte[]> Narrow = Choice.Of((byte)'a', (byte)'b', (byte)'A', (byte)'.', (byte)'x').Array[8, 20];
    static readonly Gen<byte[]> Wide = Gen.Byte.Array[8, 40];

    static readonly Gen<(byte[][] Forms, byte[] Text)> Cases =
        from forms in Gen.OneOf(Narrow, Wide).Array[1, 12]
        from pieces in Gen.Select(Gen.Int[0, 11], Gen.Int[0, 9], Gen.Byte, Gen.Byte.Array[0, 9]).Array[0, 12]
        select (forms, Text(forms, pieces));

    static byte[] Text(byte[][] forms, (int Form, int Way, byte Key, byte[] Before)[] pieces)
    {
        List<byte> text = [];
        foreach ((int form, int way, byte key, byte[] before) in pieces)
        {
            byte[] bytes = forms[form % forms.Length];
            text.AddRange(before);
            text.AddRange(way switch
            {
                0 => [.. bytes.Select(b => (byte)(b ^ key))],
                1 => [.. bytes.Reverse()],
                2 => Encoding.ASCII.GetBytes(Convert.ToHexString(bytes)),
                3 => Encoding.ASCII.GetBytes(Convert.ToBase64String(bytes)),
                4 => [.. bytes.Select(b => char.IsAsciiLetter((char)b) ? (byte)(b ^ 0x20) : b)],
                5 => bytes[..^1],
                6 => bytes[1..],
                _ => bytes,
            });
        }
        return [.. text];
    }

    [Fact]
    public void Finds_what_a_search_of_every_form_at_every_place_finds() =>
        Cases.Sample(
            c =>
            {
                Form[] forms = [.. c.Forms.DistinctBy(Convert.ToHexString).Select((bytes, i) => new Form(Anyone with { Id = $"{i}" }, "any", bytes, 100))];
                List<Hit> hits = [];
                new Searcher(forms).Search(c.Text, hits);
                HashSet<(string, int, string?)> found = [.. hits.Where(h => h.Step is null or "other case" || h.Step.StartsWith("xor", StringComparison.Ordinal)).Select(h => (h.Form.Canary.Id, h.Offset, h.Step))];
                HashSet<(string, int, string?)> wanted = [.. Naive(forms, c.Text)];
                Assert.Equal(wanted.Order(), found.Order());
                Assert.Equal(hits.Count, hits.Distinct().Count());
            },
            iter: 1000);

    static IEnumerable<(string, int, string?)> Naive(Form[] forms, byte[] text)
    {
        foreach (Form form in forms)
        {
            for (int at = 0, found = 0; at + form.Bytes.Length <= text.Length; at++)
            {
                ReadOnlySpan<byte> seen = text.AsSpan(at, form.Bytes.Length);
                int[] differences = [.. form.Bytes.Select((b, i) => b ^ text[at + i]).Distinct()];
                string? step = null;
                if (!seen.SequenceEqual(form.Bytes))
                {
                    if (differences.All(d => d is 0 or 0x20) && Enumerable.Range(0, form.Bytes.Length).All(i => text[at + i] == form.Bytes[i] || char.IsAsciiLetter((char)form.Bytes[i]))) step = "other case";
                    else if (differences.Length == 1) step = $"xor 0x{differences[0]:x2}";
                    else continue;
                }
                if (++found <= Searcher.MostHitsOfAForm) yield return (form.Canary.Id, at, step);
            }
        }
    }

    [Theory]
    [InlineData("gasopatobanesobe")]
    [InlineData("jonas.fairweather.a652e3@example.org")]
    [InlineData("Φτάνω σε δέκα λεπτά")]
    [InlineData("447700900123")]
    public void Finds_each_writing_at_each_alignment(string value)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(value);
        Form form = new(Anyone, "any", bytes, 100);
        Searcher searcher = new([form]);
        for (int before = 0; before < 70; before++)
        {
            Check(bytes, null);
            Check([.. bytes.Reverse()], "reversed");
            Check(Encoding.Unicode.GetBytes(value), "utf-16");
            Check(Encoding.BigEndianUnicode.GetBytes(value), "utf-16");
            Check(Encoding.ASCII.GetBytes(Convert.ToHexString(bytes)), "hex");
            Check(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(bytes)), "hex");
            Check([.. bytes.Select(b => (byte)(b ^ 0x5a))], "xor 0x5a");
            for (int alignment = 0; alignment < 3; alignment++)
            {
                byte[] padded = [.. Enumerable.Repeat((byte)0xFB, alignment), .. bytes, 0xFF];
                Check(Encoding.ASCII.GetBytes(Convert.ToBase64String(padded)), "base64");
                Check(Encoding.ASCII.GetBytes(Convert.ToBase64String(padded).Replace('+', '-').Replace('/', '_')), "base64");
            }

            void Check(byte[] written, string? step)
            {
                foreach (int after in (int[])[0, 1, 7, 64])
                {
                    byte[] text = [.. Enumerable.Repeat((byte)'~', before), .. written, .. Enumerable.Repeat((byte)'~', after)];
                    List<Hit> hits = [];
                    searcher.Search(text, hits);
                    Assert.Contains(hits, h => h.Step == step && h.Offset >= before && h.Offset + h.Length <= before + written.Length);
                    if (step is null) Assert.Equal((before, bytes.Length), (hits[0].Offset, hits[0].Length));
                }
            }
        }
    }

    [Fact]
    public void Allocates_nothing_without_a_hit()
    {
        Searcher searcher = new([new Form(Anyone, "any", "gasopatobanesobe"u8.ToArray(), 48), new Form(Anyone, "digits", "447700900123"u8.ToArray(), 36)]);
        byte[] text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("gasopatobanesobi 447700900124, 2025-01-02 10:00:00 ", 500)));
        List<Hit> hits = [];
        searcher.Search(text, hits);
        long before = GC.GetAllocatedBytesForCurrentThread();
        searcher.Search(text, hits);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Empty(hits);
    }

    [Fact]
    public void Of_one_form_64_hits_are_reported_and_of_the_next_call_again()
    {
        Searcher searcher = new([new Form(Anyone, "any", "gasopatobanesobe"u8.ToArray(), 48)]);
        byte[] text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("gasopatobanesobe", 100)));
        List<Hit> hits = [];
        searcher.Search(text, hits);
        searcher.Search(text, hits);
        Assert.Equal(128, hits.Count);
    }
}
