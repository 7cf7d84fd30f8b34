namespace Offproof.Mutants;

/// <summary>One spoiled place of the program's text.</summary>
/// <param name="Name">Its file's name.</param>
/// <param name="Sabotage">What it breaks.</param>
/// <param name="File">The file that it changes, from the repository's root.</param>
/// <param name="Project">The test project that must notice.</param>
/// <param name="Tests">The classes of it that must turn red, without the project's name.</param>
/// <param name="Old">Text that the file holds exactly once.</param>
/// <param name="New">What stands there instead.</param>
sealed record Mutant(string Name, string Sabotage, string File, string Project, IReadOnlyList<string> Tests, string Old, string New)
{
    internal static Mutant Read(string name, string text)
    {
        string[] head = text[..Find(text, "--- old\n")].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        int old = Find(text, "--- old\n") + "--- old\n".Length;
        int middle = Find(text, "--- new\n");
        Mutant mutant = new(name, head[0], Value("file") ?? throw Wrong("names no file"), Value("project") ?? "Offproof.Phone.Tests", (Value("tests") ?? throw Wrong("names no tests")).Split(' ', StringSplitOptions.RemoveEmptyEntries),
            text[old..middle].TrimEnd('\n'), text[(middle + "--- new\n".Length)..].TrimEnd('\n'));
        if (mutant.Old.Length == 0 || string.Equals(mutant.Old, mutant.New, StringComparison.Ordinal)) throw Wrong("changes nothing");
        return mutant;

        string? Value(string key) => head.FirstOrDefault(line => line.StartsWith(key + ": ", StringComparison.Ordinal))?[(key.Length + 2)..];

        int Find(string where, string what) => where.IndexOf("\n" + what, StringComparison.Ordinal) is var at and >= 0 ? at + 1 : throw Wrong($"has no line '{what.TrimEnd()}'");

        InvalidDataException Wrong(string how) => new($"the mutant {name} {how}");
    }

    /// <exception cref="InvalidDataException">The text is not there exactly once: the program changed, and the mutant with it.</exception>
    internal string Spoil(string text)
    {
        int at = text.IndexOf(Old, StringComparison.Ordinal);
        if (at < 0 || text.IndexOf(Old, at + 1, StringComparison.Ordinal) >= 0) throw new InvalidDataException($"the mutant {Name}: its old text is not exactly once in {File}");
        return string.Concat(text.AsSpan(0, at), New, text.AsSpan(at + Old.Length));
    }
}
