using System.Runtime.Versioning;

namespace Offproof.Lab;

/// <summary>The folder of a run: kept where its owner named one, else deleted. What a killed run left is deleted by the next: only folders of the lab's name whose lock nobody holds.</summary>
[SupportedOSPlatform("linux")]
internal sealed class RunFolder : IDisposable
{
    private const string Prefix = "offproof-lab-run-", Lock = ".lab-lock";

    private readonly FileStream held;
    private readonly bool isKept;

    private RunFolder(string path, FileStream held, bool isKept) => (Path, this.held, this.isKept) = (path, held, isKept);

    internal string Path { get; }

    internal static RunFolder Make(string? keep)
    {
        string temporary = System.IO.Path.GetTempPath();
        foreach (string left in Directory.EnumerateDirectories(temporary, Prefix + "*")) RemoveLeft(left);
        string path = keep is null ? Directory.CreateTempSubdirectory(Prefix).FullName : System.IO.Path.GetFullPath(keep);
        if (path.Contains('\'', StringComparison.Ordinal)) throw new LabException($"{path}: a lab's folder has no apostrophe in its name");
        if (keep is not null && Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any()) throw new LabException($"{path} is not empty: nothing in it was touched", "name an empty folder");
        Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        path = Real(path);
        return new RunFolder(path, Hold(path), keep is not null);
    }

    public void Dispose()
    {
        held.Dispose();
        File.Delete(System.IO.Path.Combine(Path, Lock));
        if (!isKept) Directory.Delete(Path, recursive: true);
    }

    // As the kernel names it: strace says where a descriptor leads.
    private static string Real(string path) => System.IO.Path.GetDirectoryName(path) is not { } parent ? path
        : System.IO.Path.Combine(Real(parent), System.IO.Path.GetFileName(path)) is var here && Directory.Exists(here) && new DirectoryInfo(here).ResolveLinkTarget(returnFinalTarget: true) is { } target ? Real(target.FullName) : here;

    private static FileStream Hold(string path) => new(System.IO.Path.Combine(path, Lock), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

    private static void RemoveLeft(string path)
    {
        try
        {
            // One without a lock is being made, or is somebody else's.
            if (!File.Exists(System.IO.Path.Combine(path, Lock)) || new DirectoryInfo(path).LinkTarget is not null) return;
            using (Hold(path)) { }
            Directory.Delete(path, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }
}
