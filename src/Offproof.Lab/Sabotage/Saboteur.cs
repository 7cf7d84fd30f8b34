using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;

namespace Offproof.Lab;

/// <summary>A check that can catch a saboteur (sabotage.md §2), in the order in which a table names them.</summary>
public enum Check
{
    /// <summary>The audit of a run says LEAK.</summary>
    Decoding,

    /// <summary>Two personas differ, and nothing explains it.</summary>
    Comparison,

    /// <summary>A byte without a line, or a line that is not true.</summary>
    Ledger,

    /// <summary>More room than the honest program leaves.</summary>
    Budget,

    /// <summary>Files of the phone opened, traffic where none may be, ways past the link.</summary>
    Lab,
}

/// <summary>A program that betrays its owner.</summary>
/// <param name="Name">Its file's, without the ending. No check learns it.</param>
/// <param name="Mechanism">The idea; re-encodings of one idea share it.</param>
/// <param name="Does">One sentence.</param>
public sealed partial record Saboteur(string Name, string Mechanism, string Does)
{
    private const string Folder = "saboteurs/";

    internal byte[] Source => Resource(Name + ".py");

    /// <summary>All, by name.</summary>
    public static IReadOnlyList<Saboteur> All { get; } = [.. Assembly.GetExecutingAssembly().GetManifestResourceNames()
        .Where(static name => name.StartsWith(Folder, StringComparison.Ordinal) && name.EndsWith(".py", StringComparison.Ordinal) && name[Folder.Length] != '_')
        .Order(StringComparer.Ordinal).Select(static name => Read(name[Folder.Length..^3]))];

    /// <summary>The program that betrays nobody, and that every check has to let pass.</summary>
    internal static Saboteur Honest { get; } = new("_honest", "", "betrays nobody");

    internal static byte[] Resource(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(Folder + name) ?? throw new InvalidOperationException($"{Folder}{name} is not in the program");
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static Saboteur Read(string name)
    {
        Match match = Doc().Match(Encoding.UTF8.GetString(Resource(name + ".py")));
        return match.Success ? new Saboteur(name, match.Groups["mechanism"].Value.Trim(), Blanks().Replace(match.Groups["does"].Value.Trim(), " ")) : throw new InvalidOperationException($"{name}.py does not begin with what it does and its mechanism");
    }

    [GeneratedRegex("^\"\"\"(?<does>.*?)\n\nmechanism: (?<mechanism>[^\n]+)\n\"\"\"", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Doc();

    [GeneratedRegex(@"\s+", RegexOptions.None, 1000)]
    private static partial Regex Blanks();
}

/// <summary>What is known of a saboteur: which checks caught it when the table was made (saboteurs/expected.tsv).</summary>
/// <param name="Caught">By these it has to be caught again.</param>
/// <param name="Sometimes">These may catch it or not: there is chance in what they see.</param>
/// <param name="Reason">Of a miss: why nothing caught it; else empty.</param>
/// <param name="Remedy">Of a miss: what would catch it.</param>
internal sealed record Expected(IReadOnlyList<Check> Caught, IReadOnlyList<Check> Sometimes, string Reason, string Remedy)
{
    /// <summary>By name.</summary>
    internal static IReadOnlyDictionary<string, Expected> All { get; } = Encoding.UTF8.GetString(Saboteur.Resource("expected.tsv")).Split('\n').Skip(1).Where(static line => line.Length > 0)
        .Select(static line => line.Split('\t')).ToDictionary(static row => row[0], static row => new Expected(Of(row, "yes"), Of(row, "sometimes"), row.ElementAtOrDefault(7) ?? "", row.ElementAtOrDefault(8) ?? ""), StringComparer.Ordinal);

    private static Check[] Of(string[] row, string word) => [.. Enum.GetValues<Check>().Where(check => row[2 + (int)check] == word)];
}
