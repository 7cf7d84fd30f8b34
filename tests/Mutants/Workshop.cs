namespace Offproof.Mutants;

/// <summary>A copy of the repository's files and of what was built of them: of each mutant, the one assembly that it spoils is compiled and put in place of the good one.</summary>
public sealed class Workshop : IDisposable
{
    // Another test project says what it needs beside itself by its references; these are everybody's.
    static readonly string[] Needed = ["src", "fuzz", "tests/Directory.Build.props", "tests/Offproof.*", "vectors", "docs", "greetings", "saboteurs", "scenarios", "cases", "tools/fold-table", "*.props", "*.txt", ".editorconfig", "global.json", "Offproof.slnx"];

    readonly string _root = FindRoot();
    readonly string _folder = Directory.CreateTempSubdirectory("offproof-mutants-").FullName;
    readonly HashSet<string> _copied = new(StringComparer.Ordinal);
    readonly HashSet<string> _passed = new(StringComparer.Ordinal);
    readonly Dictionary<string, string[]> _arguments = new(StringComparer.Ordinal);
    readonly Compiler _compiler = new();

    public Workshop()
    {
        foreach (string path in Processes.Run(_root, "git", ["-c", "safe.directory=*", "ls-files", "-z", "--", .. Needed]).Whole().Split(['\0', '\n'], StringSplitOptions.RemoveEmptyEntries))
            if (File.Exists(Path.Combine(_root, path))) Copy(path);
    }

    void Copy(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_folder, path))!);
        File.Copy(Path.Combine(_root, path), Path.Combine(_folder, path));
    }

    internal static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Offproof.slnx"))) folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("no Offproof.slnx above the tests");
    }

    internal static IEnumerable<Mutant> Mutants() =>
        Directory.EnumerateFiles(Path.Combine(FindRoot(), "tests", "Mutants", "mutants"), "*.mutant").Order(StringComparer.Ordinal).Select(path => Mutant.Read(Path.GetFileNameWithoutExtension(path), File.ReadAllText(path)));

    /// <summary>Shows the tests the program with the mutant, after they passed without it: their failure would say nothing otherwise.</summary>
    /// <returns>What the tests said of the spoiled program.</returns>
    internal string Show(Mutant mutant)
    {
        string bin = Path.Combine("tests", mutant.Project, "bin", "Release", "net10.0");
        if (_copied.Add(mutant.Project))
        {
            foreach (string path in Directory.EnumerateFiles(Path.Combine(_root, bin), "*", SearchOption.AllDirectories)) Copy(Path.GetRelativePath(_root, path));
            string[] all = [.. Mutants().Where(other => other.Project == mutant.Project && MutantTests.IsBuilt(other.Name)).SelectMany(other => other.Tests).Distinct(StringComparer.Ordinal)];
            Test(mutant, all).Is(0);
            _passed.UnionWith(all.Select(name => mutant.Project + "." + name));
        }
        foreach (string name in mutant.Tests) Assert.Contains(mutant.Project + "." + name, _passed);
        string project = mutant.File.Split('/')[1];
        string built = Path.Combine(_folder, bin, Path.GetFileName(Arguments(project).Single(static argument => argument.StartsWith("/out:", StringComparison.Ordinal))["/out:".Length..]));
        byte[] good = File.ReadAllBytes(built);
        try
        {
            Compile(mutant, project, built);
            return Test(mutant, mutant.Tests).Is(2).Output; // 2: at least one test failed
        }
        finally
        {
            File.WriteAllBytes(built, good);
        }
    }

    // As it was compiled, but for the one file. What the analyzers think of it does not matter.
    void Compile(Mutant mutant, string project, string into)
    {
        string[] arguments = Arguments(project);
        string spoiled = Path.Combine(_folder, "spoiled.cs");
        File.WriteAllText(spoiled, mutant.Spoil(File.ReadAllText(Path.Combine(_root, mutant.File))));
        string file = mutant.File["src/".Length..][(project.Length + 1)..];
        Assert.Single(arguments, file);
        _compiler.Run(Path.Combine(_root, "src", project), [.. arguments.Where(static argument => !LeftOut.Any(argument.StartsWith) || argument.Contains(".App.Ref/", StringComparison.Ordinal)).Select(argument => argument == file ? spoiled : argument), $"/out:{into}"], Path.Combine(_folder, "spoiled.rsp")).Whole();
    }

    string[] Arguments(string project)
    {
        if (!_arguments.TryGetValue(project, out string[]? arguments)) _arguments.Add(project, arguments = Compiler.ArgumentsOf(Path.Combine(_root, "src", project, project + ".csproj")));
        return arguments;
    }

    // Of the analyzers only the generators, which come with the framework, make what is compiled.
    static readonly string[] LeftOut = ["/out:", "/refout:", "/doc:", "/pdb:", "/warnaserror", "/analyzer:"];

    Ended Test(Mutant mutant, IEnumerable<string> classes) => Processes.Run(_folder, Processes.Dotnet, [$"tests/{mutant.Project}/bin/Release/net10.0/{mutant.Project}.dll", "--progress", "off", "--ansi", "off", .. classes.SelectMany(name => new[] { "--filter-class", $"{mutant.Project}.{name}" })]);

    public void Dispose()
    {
        _compiler.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
