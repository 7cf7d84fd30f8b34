namespace Offproof.Mutants;

/// <summary>Every mutant is caught by the tests that it names.</summary>
public sealed class MutantTests(Workshop workshop) : IClassFixture<Workshop>
{
    public static IEnumerable<TheoryDataRow<string>> Names() => Workshop.Mutants().Select(mutant => new TheoryDataRow<string>(mutant.Name) { TestDisplayName = $"{mutant.Name}: {mutant.Sabotage}" }.WithTrait("mutant", mutant.Name));

    // One for each promise: the others are compiled and shown with OFFPROOF_SOAK=1.
    static readonly string[] Always =
    [
        "mms-part-read", "mms-part-written", "card-property", "surrogate", "group-member", "note-label", "record-due", "record-erases-another", "erased-readable", "old-sheet", "due-ignored",
        "removed-keeps-tokens", "gate-category", "gate-host", "ledger-prev", "audit-opaque", "tuf-threshold", "poll-unlogged", "poll-header", "log-prefix",
    ];

    internal static bool IsBuilt(string name) => Always.Contains(name, StringComparer.Ordinal) || Environment.GetEnvironmentVariable("OFFPROOF_SOAK") is "1";

    [Theory, MemberData(nameof(Names))]
    public void A_spoiled_program_fails_its_tests(string name)
    {
        Assert.SkipUnless(IsBuilt(name), "set OFFPROOF_SOAK=1 for all mutants (twenty take three minutes)");
        Mutant mutant = Workshop.Mutants().Single(mutant => mutant.Name == name);
        string said = workshop.Show(mutant);
        foreach (string test in mutant.Tests) Assert.Contains($"failed {mutant.Project}.{test}.", said, StringComparison.Ordinal);
    }

    [Fact]
    public void What_must_be_caught_at_least_has_its_mutant() =>
        Assert.Empty(Always.Concat(["record-place", "record-cancels-anything", "record-issuer", "ledger-late"]).Except(Names().Select(row => row.Data), StringComparer.Ordinal));

    [Theory, MemberData(nameof(Names))] // also of those that are not built each time: they must not rot
    public void The_text_that_a_mutant_spoils_is_there_once(string name)
    {
        Mutant mutant = Workshop.Mutants().Single(mutant => mutant.Name == name);
        mutant.Spoil(File.ReadAllText(Path.Combine(Workshop.FindRoot(), mutant.File)));
    }

    // The runner can fail:

    [Fact]
    public void A_mutant_that_changes_nothing_that_matters_is_not_caught()
    {
        Mutant harmless = new("harmless", "", "src/Offproof.Phone/Messages/Conversation.cs", "Offproof.Phone.Tests", ["Messages.VectorTests"], "/// <summary>Year * 100", "/// <summary>The year * 100");
        Assert.Contains("expected 2", Assert.ThrowsAny<Exception>(() => workshop.Show(harmless)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mutant_that_names_tests_that_are_not_there_is_not_caught()
    {
        Mutant lost = new("lost", "", "src/Offproof.Phone/Messages/Conversation.cs", "Offproof.Phone.Tests", ["Messages.NoTests"], "Year", "Month");
        Assert.ThrowsAny<Exception>(() => workshop.Show(lost));
    }

    [Theory]
    [InlineData("a b"), InlineData("b a"), InlineData("")]
    public void Only_text_that_is_there_once_is_spoiled(string text)
    {
        Mutant mutant = Mutant.Read("m", "Spoils.\nfile: f\ntests: T U\n--- old\na\n--- new\nA\nB\n");
        Assert.Equal(("Spoils.", "f", "Offproof.Phone.Tests", 2), (mutant.Sabotage, mutant.File, mutant.Project, mutant.Tests.Count));
        if (text.Length > 0) Assert.Equal(text.Replace("a", "A\nB", StringComparison.Ordinal), mutant.Spoil(text));
        else Assert.Throws<InvalidDataException>(() => mutant.Spoil(text));
        Assert.Throws<InvalidDataException>(() => mutant.Spoil("aa"));
    }

    [Theory]
    [InlineData(""), InlineData("file: f\ntests: T\n--- old\na\n"), InlineData("x\ntests: T\n--- old\na\n--- new\nb\n"), InlineData("x\nfile: f\n--- old\na\n--- new\nb\n"), InlineData("x\nfile: f\ntests: T\n--- old\na\n--- new\na\n")]
    public void A_mutant_without_a_part_is_refused(string text) => Assert.Throws<InvalidDataException>(() => Mutant.Read("m", text));
}
