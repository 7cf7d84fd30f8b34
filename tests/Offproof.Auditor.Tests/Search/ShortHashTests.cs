using System.Globalization;
using System.Text;

namespace Offproof.Auditor.Tests.Search;

/// <summary>audit.md §5.4, §7.2: among many numbers some are hashes of 32 bits of somebody, by chance.</summary>
public sealed class ShortHashTests
{
    [Fact]
    public void Of_many_numbers_those_that_are_hashes_by_chance_are_no_evidence()
    {
        using CanaryExaminer examiner = Examiner();
        Offproof.Auditor.Dice numbers = new(5);
        ulong chance = Murmur3.X86Of32("+447700900077"u8);
        string samples = string.Join(',', Enumerable.Range(0, 20_000).Select(_ => numbers.Next() >> 32).Append(chance));
        examiner.Examine(Disguises.ChainTests.Body(), Encoding.ASCII.GetBytes($"{{\"samples\":[{samples}]}}"));
        Assert.NotEmpty(examiner.Findings);
        Assert.All(examiner.Findings, finding => Assert.Equal(Standing.Weak, Of(examiner, finding)));
    }

    [Fact]
    public void The_phones_own_in_a_short_request_is_evidence()
    {
        using CanaryExaminer examiner = Examiner();
        examiner.Examine(Disguises.ChainTests.Body(), Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"v=20261127&d={Murmur3.X86Of32("001017981670485"u8):x8}")));
        Finding finding = Assert.Single(examiner.Findings);
        Assert.Equal(("imei", Standing.Evidence), (finding.Form.Canary.Kind, Of(examiner, finding)));
    }

    [Fact]
    public void A_value_that_comes_again_is_no_other_value()
    {
        Digests digests = new([]);
        for (int again = 0; again < 3; again++)
            for (int number = 0; number < 50_000; number++) digests.FindShort(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{number * 7919L % 4_000_000_007:d8}")), []);
        Assert.InRange(digests.ShortValues, 48_000, 52_000);
    }

    internal static Standing Of(CanaryExaminer examiner, Finding finding) => Standings.Of(leaves: true, Chance.Expected(finding.Bits, examiner.Places(finding)));

    static CanaryExaminer Examiner() => Examiner("+447700900028", 200, static i => $"{{\"phones\":[{{\"value\":\"+4477009{i:d5}\"}}]}}");

    internal static CanaryExaminer Examiner(string phone, int contacts, Func<int, string> contact)
    {
        string all = string.Join(',', Enumerable.Range(0, contacts).Select(contact));
        using MemoryStream persona = new(Encoding.UTF8.GetBytes($"{{\"schema\":\"offproof/v1/persona\",\"identifiers\":{{\"imei\":\"001017981670485\",\"phone\":\"{phone}\"}},\"contacts\":[{all}]}}"));
        Canaries canaries = Canaries.Read(persona, null);
        return new CanaryExaminer(new Searcher(canaries.Forms), canaries.Digests);
    }
}
