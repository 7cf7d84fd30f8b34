using System.Text;
using System.Text.RegularExpressions;
using CsCheck;

namespace Offproof.Channel.Tests;

public sealed class PathPatternTests
{
    [Theory] // the first eight are TUF 4.5's
    [InlineData("targets/*.tgz", "targets/foo.tgz", true), InlineData("targets/*.tgz", "targets/foo.txt", false)]
    [InlineData("foo-version-?.tgz", "foo-version-2.tgz", true), InlineData("foo-version-?.tgz", "foo-version-alpha.tgz", false)]
    [InlineData("*.tgz", "foo.tgz", true), InlineData("*.tgz", "targets/foo.tgz", false), InlineData("foo.tgz", "foo.tgz", true), InlineData("foo.tgz", "foo.tgz2", false)]
    [InlineData("*", "", true), InlineData("", "", true), InlineData("", "a", false), InlineData("?", "", false), InlineData("?", "/", false), InlineData("a?b", "a/b", false)]
    [InlineData("*/*", "a/b", true), InlineData("*/*", "a/b/c", false), InlineData("**", "a/b", false), InlineData("a/*", "A/b", false), InlineData("*.md", ".md", true)]
    [InlineData("[ab]x", "ax", true), InlineData("[ab]x", "cx", false), InlineData("[!ab]x", "cx", true), InlineData("[!a]", "/", false), InlineData("[a-c]", "b", true), InlineData("[a-c]", "-", false)]
    [InlineData("[]a]", "]", true), InlineData("[", "[", true), InlineData("[a", "[a", true), InlineData("[!]", "[!]", true), InlineData("[.-0]", "/", false), InlineData("a.b", "axb", false)]
    public void A_pattern_matches_what_the_specification_says(string pattern, string path, bool matches) => Assert.Equal(matches, PathPattern.Matches(pattern, path));

    [Fact]
    public void It_agrees_with_a_regular_expression() =>
        Gen.Select(Gen.String[Gen.Char["ab/*?"], 0, 8], Gen.String[Gen.Char["ab/"], 0, 8]).Sample((pattern, path) =>
            PathPattern.Matches(pattern, path) == Regex.IsMatch(
                path, "^" + Regex.Escape(pattern).Replace("\\*", "[^/]*", StringComparison.Ordinal).Replace("\\?", "[^/]", StringComparison.Ordinal) + "\\z", RegexOptions.None, TimeSpan.FromSeconds(5)),
            iter: 20_000);

    [Fact]
    public void A_pattern_made_to_be_slow_is_not()
    {
        string stars = new StringBuilder().Insert(0, "*a", 20_000).ToString();
        Assert.False(PathPattern.Matches(stars + "b", new string('a', 30_000)));
    }
}
