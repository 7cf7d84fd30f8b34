using System.Runtime.InteropServices;
using Offproof.Consent;

namespace Offproof.Server;

/// <summary>
/// DIR of protocol.md §9. Owned by one running server at a time; what an interrupted one left in DIR/tmp is removed at start. Folders are for the
/// owner only. A folder that is somebody else's is left as it is.
/// </summary>
sealed partial class DataFolder : IDisposable
{
    readonly string root;
    readonly FileStream owner;

    internal DataFolder(string root)
    {
        this.root = Path.GetFullPath(root);
        RequireOurs(this.root);
        CreateFolder(this.root);
        owner = TakeOwnership();
        try
        {
            KeepPrivate();
            CreateFolder(Temporary);
            foreach (FileInfo half in new DirectoryInfo(Temporary).EnumerateFiles().Where(IsTemporary)) half.Delete();
            CreateFolder(Vaults);
            CreateFolder(Recovery);
        }
        catch
        {
            owner.Dispose();
            throw;
        }
    }

    internal string DatabaseFile => Path.Combine(root, "offproof.db");

    internal string Vaults => Path.Combine(root, "vaults");

    internal string Recovery => Path.Combine(root, "recovery");

    string Temporary => Path.Combine(root, "tmp");

    // Windows knows it of drives only, and a folder need not be on one.
    internal long FreeBytes => OperatingSystem.IsWindows() ? long.MaxValue : new DriveInfo(root).AvailableFreeSpace;

    internal string NewTemporaryFile() => Path.Combine(Temporary, Guid.NewGuid().ToString("N"));

    static bool IsTemporary(FileInfo file) => file.LinkTarget is null && Guid.TryParseExact(file.Name, "N", out _);

    // protocol.md §9: before anything is made or closed to others. A first start that was killed leaves the lock alone, or the database; a disk of its own
    // comes with lost+found.
    static void RequireOurs(string root)
    {
        if (!Directory.Exists(root) || File.Exists(Path.Combine(root, "server.key")) || File.Exists(Path.Combine(root, "offproof.db"))) return;
        if (Directory.EnumerateFileSystemEntries(root).All(static entry => Path.GetFileName(entry) is "server.lock" or "lost+found")) return;
        throw new ForeignFolderException($"{root} is not empty and not a server's folder: nothing was changed");
    }

    // Made on the first start, mode 600; another key would be another server to every device.
    internal SigningKey LoadOrCreateKey()
    {
        string path = Path.Combine(root, "server.key");
        if (File.Exists(path))
        {
            return SigningKey.TryFromPem(File.ReadAllText(path), out var key)
                ? key
                : throw new InvalidOperationException("server.key is not a P-256 private key in PKCS #8 PEM");
        }

        var made = SigningKey.Generate();
        string temporary = NewTemporaryFile();
        using (var file = CreateFile(temporary))
        {
            file.Write(System.Text.Encoding.ASCII.GetBytes(made.ToPem()));
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path);
        SyncFolder(root);
        return made;
    }

    // A new file, mode 600, not buffered here.
    internal static FileStream CreateFile(string path)
    {
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new(path, options);
    }

    // Makes the folder and those above it, and makes their names durable: a file in a folder that a crash forgot is lost.
    internal static void CreateFolder(string path)
    {
        if (Directory.Exists(path)) return;
        string? above = Path.GetDirectoryName(path);
        if (above is not null) CreateFolder(above);
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (above is not null) SyncFolder(above);
    }

    // Makes the names in a folder durable. Windows keeps them in its journal and has no such call.
    internal static void SyncFolder(string path)
    {
        if (OperatingSystem.IsWindows()) return;
        int descriptor = Open(path, flags: 0);
        if (descriptor < 0) throw new IOException("a folder could not be opened to sync it", Marshal.GetLastPInvokeError());
        int result = FSync(descriptor);
        int error = Marshal.GetLastPInvokeError();
        _ = Close(descriptor);
        if (result != 0) throw new IOException("a folder could not be synced", error);
    }

    // A folder that was made by hand, or a database from before this was done, lets nobody else look in either. The database's companions (-wal, -shm) get
    // the mode of the database when SQLite makes them.
    void KeepPrivate()
    {
        if (!File.Exists(DatabaseFile)) CreateFile(DatabaseFile).Dispose();
        if (OperatingSystem.IsWindows()) return;
        try
        {
            File.SetUnixFileMode(root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            foreach (string file in Directory.GetFiles(root, "offproof.db*")) File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new InvalidOperationException($"{root} belongs to another user of this machine", e);
        }
    }

    FileStream TakeOwnership()
    {
        try
        {
            return new(Path.Combine(root, "server.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (e is not FileNotFoundException and not DirectoryNotFoundException)
        {
            throw new InvalidOperationException($"another server is running on {root}", e);
        }
    }

    public void Dispose() => owner.Dispose();

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int FSync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int descriptor);
}
