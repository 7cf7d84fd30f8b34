using System.Diagnostics;
using System.Xml.Linq;

namespace Offproof.House;

/// <summary>One file of the repository: its path from the root, with <c>/</c>, and its text.</summary>
internal sealed record SourceFile(string Path, string Text)
{
    internal string Name => Path[(Path.LastIndexOf('/') + 1)..];
    internal int Lines => Text.AsSpan().Count('\n');
}

/// <summary>What one project file under src/ references.</summary>
internal sealed record ProjectFile(string Name, IReadOnlyList<string> References)
{
    internal static ProjectFile Read(SourceFile file) => new(
        Path.GetFileNameWithoutExtension(file.Name),
        [.. XDocument.Parse(file.Text).Descendants("ProjectReference")
            .Select(e => Path.GetFileNameWithoutExtension(((string?)e.Attribute("Include") ?? "").Replace('\\', '/')))]);
}

/// <summary>The files that git would commit: tracked, or new and not ignored.</summary>
internal static class Repository
{
    internal static string Root { get; } = FindRoot(AppContext.BaseDirectory);

    internal static IReadOnlyList<SourceFile> Files { get; } = [.. ListFiles()];

    internal static IReadOnlyList<SourceFile> Sources { get; } = [.. Files.Where(f => f.Path.StartsWith("src/", StringComparison.Ordinal))];

    internal static IReadOnlyList<ProjectFile> Projects { get; } =
        [.. Sources.Where(f => f.Path.EndsWith(".csproj", StringComparison.Ordinal)).Select(ProjectFile.Read)];

    static string FindRoot(string folder)
    {
        while (!File.Exists(Path.Combine(folder, "Offproof.slnx")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("no Offproof.slnx above the tests");
        return folder;
    }

    static IEnumerable<SourceFile> ListFiles()
    {
        // safe.directory: a clone that belongs to someone else may still be read by this test.
        var start = new ProcessStartInfo("git", ["-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        {
            WorkingDirectory = Root,
            RedirectStandardOutput = true,
        };
        using var git = Process.Start(start) ?? throw new InvalidOperationException("git did not start");
        var paths = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        if (git.ExitCode != 0)
            throw new InvalidOperationException($"git ls-files ended with {git.ExitCode}");
        foreach (var path in paths.Split('\0', StringSplitOptions.RemoveEmptyEntries))
        {
            var full = Path.Combine(Root, path);
            if (File.Exists(full)) // a deletion that is not committed yet
                yield return new SourceFile(path, File.ReadAllText(full));
        }
    }
}
