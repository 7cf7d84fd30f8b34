namespace Offproof.Auditor.Tests;

/// <summary>Places outside the test project.</summary>
static class Repository
{
    internal static string Root { get; } = FindRoot();

    /// <summary>A folder of files that may not be shipped; it lies beside the repository, or the tests that need it are skipped.</summary>
    internal static string? Corpus(string name)
    {
        for (DirectoryInfo? folder = new DirectoryInfo(Root).Parent; folder is not null; folder = folder.Parent)
        {
            string corpus = Path.Combine(folder.FullName, "shared", "corpus", name);
            if (Directory.Exists(corpus)) return corpus;
        }
        return null;
    }

    static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Offproof.slnx"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("the tests run outside the repository");
    }
}
