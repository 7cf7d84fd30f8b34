using System.Security.Cryptography;

namespace Offproof.Device;

/// <summary>Where a drill restores to: a folder of mode 700 in the home folder, gone when the drill is, however it ended. What a kill left is removed by whoever comes next.</summary>
internal sealed class DrillFolder : IDisposable
{
    private const string Beginning = ".drill-";
    private readonly FileStream alone;

    private DrillFolder(FileStream alone, string root) => (this.alone, Root) = (alone, root);

    internal string Root { get; }

    /// <exception cref="DeviceException">Another drill is running.</exception>
    internal static DrillFolder Make(HomeFolder home)
    {
        FileStream alone = TryLock(home) ?? throw new DeviceException(DeviceFault.Failure, $"another drill is running for {home.Root}", "wait until it has ended");
        string root = Path.Combine(home.Root, Beginning + RandomNumberGenerator.GetHexString(8, lowercase: true));
        HomeFolder.CreatePrivateFolder(root);
        return new DrillFolder(alone, root);
    }

    /// <summary>Nothing happens while a drill is running.</summary>
    internal static void Sweep(HomeFolder home)
    {
        try
        {
            string[] left = Directory.GetDirectories(home.Root, Beginning + "*");
            if (left.Length == 0) return;
            using FileStream? alone = TryLock(home);
            if (alone is null) return;
            foreach (string folder in left) VaultRestore.Remove(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next command tries again.
        }
    }

    public void Dispose()
    {
        VaultRestore.Remove(Root);
        alone.Dispose();
    }

    private static FileStream? TryLock(HomeFolder home)
    {
        string file = Path.Combine(home.Root, ".drill");
        try
        {
            return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (File.Exists(file))
        {
            return null;
        }
    }
}
