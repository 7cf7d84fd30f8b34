namespace Offproof.Evidence.Tests;

/// <summary>Places outside the test project.</summary>
static class Repository
{
    internal static string Root { get; } = FindRoot();

    internal static string Vectors { get; } = Path.Combine(Root, "vectors", "evidence");

    static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Offproof.slnx"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("the tests run outside the repository");
    }
}
