namespace Offproof.Cli.Tests;

/// <summary>cli.md §1: on a terminal no word is broken, and what is to be copied is not broken at all.</summary>
public sealed class WrappingTests
{
    [Theory]
    [InlineData("one two three four five six", "one two three four\nfive six")]
    [InlineData("  one two three four five six", "  one two three four\n  five six")]
    [InlineData("  ab   on 12 files, 3 MB", "  ab   on 12 files,\n       3 MB")]
    [InlineData("short\none two three four five six", "short\none two three four\nfive six")]
    [InlineData("/a/path/that/is/longer/than/the/line is there", "/a/path/that/is/longer/than/the/line\nis there")]
    [InlineData("then `offproof off photos` ends it", "then\n`offproof off photos`\nends it")]
    [InlineData("again: offproof off photos --erase", "again:\noffproof off photos --erase")]
    public void Lines_are_broken_at_blanks(string text, string wrapped) => Assert.Equal(wrapped, Wrapping.Wrap(text, 20));

    [Theory]
    [InlineData("  $ offproof vault env photos --write")]
    [InlineData("hint: offproof sheet confirm --sheet FILE")]
    [InlineData("     1  2026-11-27  public    GET    /v1/server  200")]
    public void What_is_copied_and_rows_of_many_columns_stay_whole(string line) => Assert.Equal(line, Wrapping.Wrap(line, 20));

    [Fact]
    public void A_terminal_that_tells_no_size_gets_the_text_as_it_is() => Assert.Equal("one two three", Wrapping.Wrap("one two three", 0));

    [Fact]
    public void The_policy_has_the_same_words_in_the_same_order_and_no_sentence_broken()
    {
        string joined = Wrapping.Join(Consent.Policy.Text);
        Assert.Equal(Consent.Policy.Text.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries), joined.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("\n\nWhat is collected\n  The items of this category", joined, StringComparison.Ordinal);
        Assert.Contains("and the network address from which it is called.", joined, StringComparison.Ordinal);
        Assert.All(Wrapping.Wrap(joined, 60).Split('\n'), static line => Assert.InRange(line.Length, 0, 60));
    }

    [Theory]
    [InlineData("notes", "notes"), InlineData("two words", "'two words'"), InlineData("it's", "'it'\\''s'"), InlineData("", "''")]
    public void A_word_is_shown_as_a_shell_takes_it(string word, string shown) => Assert.Equal(shown, Terminal.ShellWord(word));

    [Fact]
    public void Notes_and_the_files_beside_them_are_counted_apart()
    {
        Assert.Equal("137 kept (100 notes, 37 other files)", Terminal.Kept("notes", 137, 37));
        Assert.Equal("200 kept", Terminal.Kept("contacts", 200, 0));
        Assert.Equal("1 note, 1 other file", Terminal.Entries("notes", 2, 1));
    }
}
