namespace Offproof.Cli.Tests;

/// <summary>cli.md §1: a name from outside is one line of a length that a person reads, whatever it holds.</summary>
public sealed class TerminalTests
{
    [Theory]
    [InlineData("a/b.jpg", "a/b.jpg"), InlineData("a\nnot backed up: all", "a\\nnot backed up: all"), InlineData("\u001B[2J\u009B\u0007", "\\x1b[2J\\x9b\\x07"), InlineData("gpj.\u202Egpj", "gpj.\\u202egpj")]
    [InlineData("a\u200B\uFEFF.jpg", "a\\u200b\\ufeff.jpg"), InlineData("a\U000E0041\U000E007F", "a\\u{e0041}\\u{e007f}"), InlineData("\u200C\u200D\U000E0100", "\u200C\u200D\U000E0100")]
    public void Nothing_of_a_name_moves_the_cursor(string name, string shown) => Assert.Equal(shown, Terminal.OneLine(name));

    [Fact]
    public void A_long_name_is_cut_in_the_middle()
    {
        Assert.Equal(new string('a', 300), Terminal.OneLine(new string('a', 300)));
        Assert.Equal(new string('a', 150) + "\u2026" + new string('b', 145) + "/c.md", Terminal.OneLine(new string('a', 400) + new string('b', 400) + "/c.md"));
        Assert.Equal(new string('a', 20) + "\u2026" + new string('b', 20), Terminal.OneLine(new string('a', 400) + new string('b', 400), 40));
        // Never through a character.
        string shown = Terminal.OneLine("x" + string.Concat(Enumerable.Repeat("\U0001F600", 400)));
        Assert.DoesNotContain("\uFFFD", System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(shown)), StringComparison.Ordinal);
        Assert.InRange(shown.Length, 298, 301);
    }

    [Theory]
    [InlineData("Argument 'fr' not recognized. Must be one of:\n\t'en'\n\t'zh'\r\n\t'de'", "Argument 'fr' not recognized. Must be one of: 'en', 'zh', 'de'"), InlineData("a\tb", "a\\x09b"), InlineData("\n", "")]
    public void What_the_parser_says_is_one_line(string message, string said) => Assert.Equal(said, Terminal.Sentence(message));

    [Theory]
    [InlineData(0, "0 messages"), InlineData(1, "1 message"), InlineData(2, "2 messages")]
    public void One_is_one(long number, string said) => Assert.Equal(said, Terminal.Count(number, "message"));
}
