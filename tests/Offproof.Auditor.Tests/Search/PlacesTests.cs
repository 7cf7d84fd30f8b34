using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Offproof.Auditor.Tests.Search;

/// <summary>audit.md §7.2: a coincidence could have happened where something of its kind stands, and nowhere else.</summary>
public sealed class PlacesTests
{
    const string Number = "447700900077", Mail = "petra.novak077@example.org";

    [Theory]
    [InlineData($"{{\"tel\":\"+{Number}\"}}")]
    [InlineData("call +44 7700 900077.")]
    [InlineData("tel=%2B447700900077&x=y")]
    [InlineData("{\"text\":\"my number:\\n07700900077\\nbye\"}")]
    [InlineData("{\"tel\":\"\\u002b447700900077\"}")]
    [InlineData($"{{\"to\":\"{Mail}\"}}")]
    [InlineData("{\"to\":\"PETRA.NOVAK077@EXAMPLE.ORG\"}")]
    [InlineData("{\"h\":\"MD5\"}")]
    public void In_megabytes_of_other_things_one_is_evidence(string text)
    {
        using CanaryExaminer examiner = Examiner();
        for (int piece = 0; piece < 32; piece++) Examine(examiner, Noise(piece));
        Examine(examiner, text.Replace("MD5", Hash(Number), StringComparison.Ordinal));
        Finding finding = Assert.Single(examiner.Findings);
        Assert.Equal(Standing.Evidence, Of(examiner, finding));
    }

    [Theory]
    [InlineData("44771{0:d7}", Number)]
    [InlineData("+44 7711 {0:d6}", "+44 7700 900077")]
    [InlineData("p{0}@example.com", Mail)]
    public void Among_many_of_its_kind_it_is_weak(string others, string one)
    {
        using CanaryExaminer examiner = Examiner();
        for (int piece = 0; piece < 16; piece++) Examine(examiner, string.Join(';', Enumerable.Range(0, 5000).Select(i => string.Format(CultureInfo.InvariantCulture, others, (piece * 5000) + i))));
        Examine(examiner, one);
        Assert.Contains(examiner.Findings, finding => finding.Form.Canary.Id.Contains("[77]", StringComparison.Ordinal));
        Assert.All(examiner.Findings, finding => Assert.Equal(Standing.Weak, Of(examiner, finding)));
    }

    [Fact] // in what was decoded every place is the whole layer
    public void A_number_that_stands_alone_is_told_before_one_within_a_code()
    {
        using CanaryExaminer examiner = Examiner();
        for (int piece = 0; piece < 32; piece++) Examine(examiner, Noise(piece));
        using MemoryStream zipped = new();
        using (System.IO.Compression.GZipStream zip = new(zipped, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true)) zip.Write(Encoding.ASCII.GetBytes($"{{\"uid\":\"u{Number}x\",\"tel\":\"+{Number}\"}}"));
        examiner.Examine(Disguises.ChainTests.Body(), zipped.ToArray());
        Assert.Equal(Among.Alone, Assert.Single(examiner.Findings).Among);
    }

    [Fact]
    public void Numbers_in_utf16_are_as_many_as_in_ascii()
    {
        using CanaryExaminer examiner = Examiner();
        for (int piece = 0; piece < 16; piece++) examiner.Examine(Disguises.ChainTests.Body(), Encoding.Unicode.GetBytes(string.Join('\n', Enumerable.Range(0, 8000).Select(i => $"44771{(piece * 8000) + i:d7}"))));
        examiner.Examine(Disguises.ChainTests.Body(), Encoding.Unicode.GetBytes(Number));
        Finding finding = Assert.Single(examiner.Findings);
        Assert.Equal(Standing.Weak, Of(examiner, finding));
        Assert.True(finding.Bits < 36.2 - Math.Log2(100) + 0.1);
    }

    [Fact]
    public void A_digest_is_one_of_the_values_that_could_be_one()
    {
        using CanaryExaminer examiner = Examiner();
        for (int piece = 0; piece < 16; piece++) Examine(examiner, string.Join(',', Enumerable.Range(0, 2000).Select(i => Hash($"44771{(piece * 2000) + i:d7}"))));
        Examine(examiner, Hash(Number));
        Finding finding = Assert.Single(examiner.Findings);
        // Each is looked up as it stands, and turned around.
        Assert.Equal(Among.Values, finding.Among);
        Assert.InRange(examiner.Places(finding), 60_000, 2 * 32_001);
        Assert.Equal(36.2 - Math.Log2(100), finding.Bits, 0.1);
    }

    [Theory]
    [InlineData("a@b.de", 1)]
    [InlineData("to: a.b@example.org, c-d@example.org", 2)]
    [InlineData("@example.org", 0)]
    [InlineData("-@example.org", 0)]
    [InlineData("a@b", 0)]
    [InlineData("a@ b.de", 0)]
    [InlineData("a@@b.de a@_.de", 0)]
    [InlineData("a@b.d", 1)]
    [InlineData("", 0)]
    public void Addresses_are_counted_by_their_sign(string text, int count) => Assert.Equal(count, MailAddress.Count(Encoding.ASCII.GetBytes(text)));

#pragma warning disable CA5351 // trackers use it
    static string Hash(string value) => Convert.ToHexStringLower(MD5.HashData(Encoding.ASCII.GetBytes(value)));
#pragma warning restore CA5351

    // Words, times, and codes of hexadecimal digits.
    static string Noise(int piece)
    {
        Offproof.Auditor.Dice dice = new((ulong)piece + 1);
        StringBuilder text = new();
        while (text.Length < 1 << 16) text.Append(CultureInfo.InvariantCulture, $"{{\"title\":\"a b c d e f\",\"at\":17{dice.Next() % 100_000_000:d8},\"code\":\"{dice.Next():x16}{dice.Next():x16}\"}},\n");
        return text.ToString();
    }

    static void Examine(CanaryExaminer examiner, string text) => examiner.Examine(Disguises.ChainTests.Body(), Encoding.ASCII.GetBytes(text));

    static Standing Of(CanaryExaminer examiner, Finding finding) => ShortHashTests.Of(examiner, finding);

    static CanaryExaminer Examiner() => ShortHashTests.Examiner("+447700900928", 100, static i => $"{{\"phones\":[{{\"value\":\"+44770090{i:d4}\"}}],\"emails\":[{{\"value\":\"petra.novak{i:d3}@example.org\"}}]}}");
}
