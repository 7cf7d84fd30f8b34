using Offproof.Vault;

namespace Offproof.Cli.Tests;

/// <summary>cli.md §1: what the runtime says of a path is said in the words of this program.</summary>
public sealed class PathWordsTests
{
    [Fact]
    public void What_is_not_there_is_said_with_its_path()
    {
        Assert.Equal(("/a/it's", null), Shorn(PathWords.Of(new FileNotFoundException("Could not find file '/a/it's'.")), " is not there"));
        Assert.Equal(("/proc/x", null), Shorn(PathWords.Of(new DirectoryNotFoundException("Could not find a part of the path '/proc/x'.")), " is not there"));
    }

    [Fact]
    public void What_is_not_for_this_user_is_said_so_and_of_a_folder_that_it_is_one()
    {
        Assert.Equal(("/nowhere/x", null), Shorn(PathWords.Of(new UnauthorizedAccessException("Access to the path '/nowhere/x' is denied.")), " may not be read or written by this user"));
        Assert.StartsWith("it is a folder", PathWords.Of(new UnauthorizedAccessException($"Access to the path '{Path.GetTempPath()}' is denied.")).Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void Words_of_our_own_stay_as_they_are()
    {
        Assert.Equal(("'/a' is already there", null), PathWords.Of(new IOException("'/a' is already there")));
        Assert.Equal(("no 'b' in 'c'", null), PathWords.Of(new FileNotFoundException("no 'b' in 'c'")));
        Assert.StartsWith("a vault's folder", PathWords.Of(new VaultNotFoundException("there is no vault here")).Hint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "0"), InlineData(90, "90s"), InlineData(600, "10m"), InlineData(21_600, "6h"), InlineData(86_400, "1d"), InlineData(90_000, "25h")]
    public void A_duration_is_shown_as_it_is_typed(int seconds, string shown) => Assert.Equal(shown, new Duration(TimeSpan.FromSeconds(seconds)).ToString());

    private static (string Path, string? Hint) Shorn((string Message, string? Hint) said, string end)
    {
        Assert.EndsWith(end, said.Message, StringComparison.Ordinal);
        return (said.Message[..^end.Length], said.Hint);
    }
}
