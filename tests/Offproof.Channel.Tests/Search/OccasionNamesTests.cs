namespace Offproof.Channel.Tests;

/// <summary>names.tsv beside the occasions, and what is found by it (greetings.md §2).</summary>
public sealed class OccasionNamesTests
{
    static readonly string[][] Rows = [.. File.ReadLines(Path.Combine(ContentVectors.Root, "src", "Offproof.Channel", "Occasions", "names.tsv")).Select(line => line.Split('\t'))];

    [Fact]
    public void Every_occasion_has_a_name_in_every_language()
    {
        IEnumerable<string> used = StarterGreetings.OfProgram.Read().Select(g => g.Occasion).OfType<string>().Concat(Occasions.All.Where(o => o.HasDay).Select(o => o.Name)).Distinct(StringComparer.Ordinal);
        Assert.Equal(used.Order(StringComparer.Ordinal), Rows.Skip(1).Select(row => row[0]));
        Assert.Equal(["occasion", "en", "de", "fr", "es", "pt-BR", "ru", "hi", "ar", "tr", "zh-Hans", "ja", "id"], Rows[0]);
        Assert.All(Rows, row => Assert.Equal(13, row.Length));
        Assert.All(Rows.Skip(1).SelectMany(row => row.Skip(1)).SelectMany(cell => cell.Split('|')), name =>
        {
            Assert.NotEqual("", TextFold.Fold(name));
            Assert.Equal(name.Trim(), name);
        });
    }

    [Theory]
    [InlineData("christmas", "en", "Christmas")]
    [InlineData("christmas", "de-AT", "Weihnachten")]
    [InlineData("christmas", "pt", "Natal")]
    [InlineData("christmas", "pt-PT", "Natal")]
    [InlineData("christmas", "zh-Hans", "圣诞节")]
    [InlineData("christmas", "sv", "Christmas")]
    [InlineData("an-operators-own", "en", "an-operators-own")]
    public void A_name_is_shown_in_the_readers_language(string occasion, string language, string shown) => Assert.Equal(shown, OccasionNames.Of(occasion, language));

    [Fact] // Each is a name, so each has to lead there: in whatever case, width and composition it is typed.
    public void Every_name_finds_its_occasion()
    {
        foreach (string[] row in Rows.Skip(1))
        {
            foreach (string name in row.Skip(1).SelectMany(cell => cell.Split('|')))
            {
                Assert.True(OccasionNames.IsName(row[0], TextFold.Fold(name)), $"{row[0]}: {name}");
                Assert.True(OccasionNames.IsName(row[0], TextFold.Fold(name.ToUpperInvariant())), $"{row[0]}: {name} in capitals");
            }
        }
    }
}
