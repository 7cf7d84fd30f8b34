using System.Text.RegularExpressions;

namespace Offproof.House;

/// <summary>The house style as far as a program can see it. Every check returns its complaints.</summary>
internal static partial class Layout
{
    static readonly string[] FoldersThatSortByKind =
        ["Models", "Interfaces", "Enums", "Extensions", "Exceptions", "Helpers", "Utils", "Utilities", "Services", "Managers", "Common", "Shared", "Core", "Dtos"];

    [GeneratedRegex(@"^\s*namespace\s+(?<name>[\w.]+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"`(?<name>[^`\n]+)`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Quoted();

    [GeneratedRegex(@"(Manager|Helpers?|Utils?|Utilities)\.cs$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NameThatSaysNothing();

    // A hint, the last word of an exception, that begins with a verb; a message comes right behind the fault.
    [GeneratedRegex(@"Exception\([^\n]*(?<!Fault\.\w+), \$?""(?<hint>(audit|case|compare|evidence|init|invite|lab|ledger|persona|poll|publish(?! from )|sabotage|serve|sheet|updates|vault) [^""\n]*)""(, \w+)?\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex HintWithoutProgram();

    // Assembled here, so that this file does not find itself. A person's own folders, a shared build machine's, and package sources of one workplace.
    [GeneratedRegex(@"(?<![\w$}.*-])/(work|root|home/\w+|Users/\w+)/|art[i]factory|pkgs\.dev\.azure|\b(10\.\d+|192\.168)\.\d+\.\d+:\d+", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Workplace();

    internal static IEnumerable<string> LongFiles(IEnumerable<SourceFile> sources) =>
        sources.Where(f => IsCode(f) && f.Lines > 800).Select(f => $"{f.Path} has {f.Lines} lines");

    internal static IEnumerable<string> Hints(IEnumerable<SourceFile> sources) =>
        from file in sources
        where IsCode(file)
        from Match found in HintWithoutProgram().Matches(file.Text)
        select $"{file.Path}: '{found.Groups["hint"].Value}' is not to be run as it is printed: offproof {found.Groups["hint"].Value}";

    internal static IEnumerable<string> Namespaces(IEnumerable<SourceFile> sources) =>
        from file in sources
        where IsCode(file)
        from Match found in Namespace().Matches(file.Text)
        where !string.Equals(found.Groups["name"].Value, ProjectOf(file), StringComparison.Ordinal)
        select $"{file.Path}: namespace {found.Groups["name"].Value} is not its project's";

    internal static IEnumerable<string> Names(IEnumerable<SourceFile> sources) =>
        from file in sources
        let folder = file.Path.Split('/')[..^1].Intersect(FoldersThatSortByKind, StringComparer.OrdinalIgnoreCase).FirstOrDefault()
        where folder is not null || NameThatSaysNothing().IsMatch(file.Path)
        select folder is not null ? $"{file.Path}: a folder called {folder} sorts by kind" : $"{file.Path}: the name does not say what it is";

    /// <summary>Every project that has code has a README.md of at most 15 lines, and what it names in backticks exists.</summary>
    internal static IEnumerable<string> Readmes(IReadOnlyList<SourceFile> sources, IReadOnlyList<SourceFile> everything)
    {
        foreach (var project in sources.GroupBy(ProjectOf, StringComparer.Ordinal))
        {
            var code = project.Where(f => IsCode(f) || f.Path.EndsWith(".csproj", StringComparison.Ordinal)).ToList();
            if (code.Where(IsCode).Sum(f => f.Lines) <= 5) // a room without furniture
                continue;
            var path = $"src/{project.Key}/README.md";
            if (project.FirstOrDefault(f => string.Equals(f.Path, path, StringComparison.Ordinal)) is not { } readme)
            {
                yield return $"{path} is missing";
                continue;
            }
            if (readme.Lines > 15)
                yield return $"{path} has {readme.Lines} lines, at most 15";
            foreach (Match quoted in Quoted().Matches(readme.Text))
            {
                var name = quoted.Groups["name"].Value;
                if (!Exists(name, $"src/{project.Key}/", everything) && !code.Exists(f => f.Text.Contains(name, StringComparison.Ordinal)) && !IsMember(name, code))
                    yield return $"{path} names `{name}`, which is not there";
            }
        }
    }

    internal static IEnumerable<string> WorkplaceNames(IEnumerable<SourceFile> files) =>
        from file in files
        from Match found in Workplace().Matches(file.Text)
        select $"{file.Path}: '{found.Value}' belongs to one workplace";

    /// <summary>A package is used because a decision says why.</summary>
    internal static IEnumerable<string> Packages(string packagesProps, IEnumerable<SourceFile> decisions)
    {
        var written = string.Concat(decisions.Select(d => d.Text));
        return System.Xml.Linq.XDocument.Parse(packagesProps).Descendants("PackageVersion")
            .Select(e => (string?)e.Attribute("Include") ?? "")
            .Where(package => !written.Contains($"| `{package}` |", StringComparison.Ordinal))
            .Select(package => $"no page of docs/decisions/ has a row for `{package}`");
    }

    static bool IsCode(SourceFile file) => file.Path.EndsWith(".cs", StringComparison.Ordinal);

    static string ProjectOf(SourceFile file) => file.Path.Split('/') is [_, var project, ..] ? project : "";

    // Type.Member: both words stand in one file.
    static bool IsMember(string name, List<SourceFile> code) =>
        name.Contains('.', StringComparison.Ordinal) && code.Exists(f => name.Split('.').All(part => Regex.IsMatch(f.Text, $@"\b{Regex.Escape(part)}\b", RegexOptions.None, TimeSpan.FromSeconds(1))));

    // A file or folder, from the project's folder or from the root.
    static bool Exists(string name, string project, IReadOnlyList<SourceFile> everything) =>
        everything.Any(f => IsAt(f.Path, project + name) || IsAt(f.Path, name));

    static bool IsAt(string path, string name) =>
        path.StartsWith(name.TrimEnd('/'), StringComparison.Ordinal) && (path.Length == name.TrimEnd('/').Length || path[name.TrimEnd('/').Length] == '/');
}
