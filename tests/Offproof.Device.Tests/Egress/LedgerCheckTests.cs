using System.Text;
using Offproof.Consent;

namespace Offproof.Device.Tests.Egress;

/// <summary>ledger.md §7, row by row, at every line.</summary>
public sealed class LedgerCheckTests : IDisposable
{
    private const int Requests = 6;
    private readonly TemporaryFolder folder = new();
    private readonly string[] good;

    public LedgerCheckTests()
    {
        Ledger ledger = new(Home, TimeProvider.System);
        for (int i = 0; i < Requests; i++)
        {
            LedgerHead line = ledger.Request("example.org:443", new Purpose.Public(), HttpMethod.Get, "/v1/server", showsHead: true, via: null, CancellationToken.None);
            ledger.Outcome(line.Seq, new Meter(), 200, null);
        }
        good = File.ReadAllLines(Home.Ledger);
    }

    public void Dispose() => folder.Dispose();

    public static TheoryData<int> EveryLine => [.. Enumerable.Range(1, 2 * Requests)];

    [Fact]
    public void What_was_not_touched_holds() => Assert.Equal((12, 12, true), Run(good, AnchorAt(12)) is var v ? (v.Lines, v.Anchored, v.Verified) : default);

    [Theory]
    [MemberData(nameof(EveryLine))]
    public void A_line_that_was_removed_is_found(int number) => AssertNames(number, [.. good[..(number - 1)], .. good[number..]]);

    [Theory]
    [MemberData(nameof(EveryLine))]
    public void A_line_that_was_altered_is_found(int number)
    {
        string line = good[number - 1];
        foreach (string altered in (string[])[line.Replace("T", "t", StringComparison.Ordinal), line.Replace("\"time\":\"2", "\"time\":\"1", StringComparison.Ordinal), line + " ", "{}", ""])
            AssertNames(number, [.. good[..(number - 1)], altered, .. good[number..]]);
    }

    [Theory]
    [MemberData(nameof(EveryLine))]
    public void Two_lines_that_were_swapped_are_found(int number)
    {
        if (number == good.Length) return;
        string[] lines = [.. good];
        (lines[number - 1], lines[number]) = (lines[number], lines[number - 1]);
        AssertNames(number, lines);
    }

    [Theory]
    [MemberData(nameof(EveryLine))]
    public void A_line_that_was_put_in_is_found(int number)
    {
        AssertNames(number + 1, [.. good[..number], good[number - 1], .. good[number..]]);
        AssertNames(number, [.. good[..(number - 1)], Renumbered(good[number - 1], number), .. good[(number - 1)..]], orTheNext: true);
    }

    [Theory]
    [MemberData(nameof(EveryLine))]
    public void An_end_that_was_cut_off_is_found_by_the_head(int number) => AssertNames(number, good[..(number - 1)]);

    [Fact]
    public void A_cut_at_any_byte_is_found_by_the_head()
    {
        byte[] all = File.ReadAllBytes(Home.Ledger);
        for (int length = 0; length < all.Length; length++)
        {
            File.WriteAllBytes(Home.Ledger, all[..length]);
            LedgerVerdict verdict = LedgerCheck.Run(new LedgerFile(Home, TimeProvider.System), []);
            // Without its last line feed alone, it says the same: the line is the one that the head names.
            Assert.Equal(length == all.Length - 1, verdict.Verified);
        }
    }

    [Theory] // who can write all of the home writes the chain anew, and the head with it; a receipt of the server they cannot write
    [MemberData(nameof(EveryLine))]
    public void A_chain_that_was_written_anew_is_found_by_the_first_receipt_behind_it_and_not_without(int number)
    {
        Anchor[] anchors = [AnchorAt(3), AnchorAt(9)];
        string[] lines = [.. good];
        lines[number - 1] = lines[number - 1].Replace("\"time\":\"2", "\"time\":\"1", StringComparison.Ordinal);
        LedgerHead head = default;
        for (int i = number; i <= lines.Length; i++)
        {
            if (i > number) lines[i - 1] = Follow(lines[i - 1], lines[i - 2]);
            head = new LedgerHead(i, Digest.Of(Encoding.UTF8.GetBytes(lines[i - 1])));
        }
        File.WriteAllText(Home.LedgerHead, head.Text + "\n");
        LedgerVerdict verdict = Run(lines, anchors);
        if (number > 9) Assert.Equal((true, 9L), (verdict.Verified, verdict.Anchored));
        else Assert.Equal((number <= 3 ? 3L : 9L, number <= 3 ? 0L : 3L), (verdict.Problems[0].Line, verdict.Anchored));
        Assert.True(Run(lines).Verified);
    }

    [Theory]
    [InlineData(9, true)] // behind the last anchor: not found (ledger.md §7)
    [InlineData(8, false)]
    [InlineData(0, false)]
    public void An_end_cut_off_with_its_head_is_found_by_a_receipt_behind_the_cut(int length, bool verified)
    {
        if (length == 0) File.Delete(Home.LedgerHead);
        else File.WriteAllText(Home.LedgerHead, AnchorAt(length).Head.Text + "\n");
        LedgerVerdict verdict = Run(good[..length], AnchorAt(3), AnchorAt(9));
        Assert.Equal(verified, verdict.Verified);
        if (!verified) Assert.Equal(length + 1, verdict.Problems[0].Line);
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("12:7777")]
    [InlineData(null)]
    public void A_head_that_is_gone_or_says_nothing_is_a_problem(string? text)
    {
        if (text is null) File.Delete(Home.LedgerHead);
        else File.WriteAllText(Home.LedgerHead, text);
        Assert.Null(Assert.Single(Run(good).Problems).Line);
    }

    [Fact]
    public void Lines_of_any_length_and_any_bytes_are_problems_and_no_more()
    {
        byte[] noise = new byte[3_000_000];
        System.Security.Cryptography.RandomNumberGenerator.Fill(noise);
        File.WriteAllBytes(Home.Ledger, noise);
        Assert.InRange(LedgerCheck.Run(new LedgerFile(Home, TimeProvider.System), []).Problems.Count, 1, 100);
        File.WriteAllText(Home.Ledger, new string('x', 3_000_000));
        Assert.False(LedgerCheck.Run(new LedgerFile(Home, TimeProvider.System), []).Verified);
        File.WriteAllText(Home.Ledger, good[0].Replace("\"seq\":1,", "\"seq\":9223372036854775807,", StringComparison.Ordinal) + "\n" + good[1] + "\n");
        Assert.False(LedgerCheck.Run(new LedgerFile(Home, TimeProvider.System), []).Verified);
        File.WriteAllText(Home.Ledger, string.Concat(Enumerable.Repeat(good[5] + "\n", 500)));
        Assert.Equal(100, LedgerCheck.Run(new LedgerFile(Home, TimeProvider.System), []).Problems.Count);
    }

    [Theory] // a line of no kind, of two, or with members of another form
    [InlineData("\"gap\":\"5\"")]
    [InlineData("\"of\":1,\"sent\":1,\"received\":1,\"status\":200,\"gap\":\"1:7777777777777777777777777777777777777777777777777777777777777777\"")]
    [InlineData("\"of\":1,\"sent\":-1,\"received\":1,\"status\":200")]
    [InlineData("\"of\":1,\"sent\":1,\"received\":1")]
    [InlineData("\"of\":1,\"sent\":1,\"received\":1,\"failure\":\"bored\"")]
    [InlineData("\"of\":1,\"of\":1,\"sent\":1,\"received\":1,\"status\":200")]
    [InlineData("\"method\":\"GET\",\"path\":\"/\"")]
    [InlineData("\"handed\":\"everything\",\"host\":\"h\",\"purpose\":\"notes\",\"grant\":\"7777777777777777777777777777777777777777777777777777777777777777\",\"until\":\"2026-01-01T10:00:00.000Z\"")]
    [InlineData("\"torn\":2")]
    [InlineData("\"note\":1")]
    public void A_line_of_none_of_the_five_kinds_is_no_line(string members)
    {
        string line = $"{{\"seq\":2,\"time\":\"2026-01-01T10:00:00.000Z\",{members},\"prev\":\"{new string('0', 64)}\"}}";
        Assert.False(LedgerLine.TryRead(Encoding.UTF8.GetBytes(line), out _));
    }

    private HomeFolder Home => new(folder.Root);

    private Anchor AnchorAt(int number) => new(new LedgerHead(number, Digest.Of(Encoding.UTF8.GetBytes(good[number - 1]))), $"{number}.receipt.jws");

    private LedgerVerdict Run(string[] lines, params Anchor[] anchors)
    {
        File.WriteAllText(Home.Ledger, string.Concat(lines.Select(static l => l + "\n")));
        return LedgerCheck.Run(new LedgerFile(Home, TimeProvider.System), anchors);
    }

    private void AssertNames(int number, string[] lines, bool orTheNext = false)
    {
        LedgerVerdict verdict = Run(lines);
        Assert.False(verdict.Verified);
        Assert.InRange(verdict.Problems[0].Line!.Value, number, number + (orTheNext ? 1 : 0));
    }

    private static string Renumbered(string line, int seq) => line.Replace(line[..line.IndexOf(',', StringComparison.Ordinal)], $"{{\"seq\":{seq}", StringComparison.Ordinal);

    private static string Follow(string line, string before) => line[..^66] + Digest.Of(Encoding.UTF8.GetBytes(before)).Text + "\"}";
}
