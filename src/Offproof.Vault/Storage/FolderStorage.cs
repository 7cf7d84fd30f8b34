using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Offproof.Vault;

/// <summary>
/// A repository in a folder, in the layout of the format's local backend: <c>config</c>, <c>keys/</c>, <c>locks/</c>, <c>snapshots/</c>, <c>index/</c>,
/// <c>data/XX/</c>. Files come into being in <c>tmp/</c>, are flushed to disk and renamed (vault.md §8.1).
/// </summary>
/// <param name="path">The folder; made by <see cref="CreateAsync"/>.</param>
public sealed class FolderStorage(string path) : IVaultStorage
{
    const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    static readonly string[] Folders = ["keys", "locks", "snapshots", "index", "data", "tmp"];

    /// <summary>The folder's full path.</summary>
    public string Root { get; } = Path.GetFullPath(path);

    /// <inheritdoc/>
    public Task CreateAsync(CancellationToken ct = default) => GuardAsync("create", () =>
    {
        MakeRoot(Root);
        foreach (string folder in Folders) MakeFolder(Path.Combine(Root, folder));
        DirectorySync.Flush(Root);
    });

    /// <inheritdoc/>
    public Task<long?> FindAsync(VaultFile file, CancellationToken ct = default) => GuardAsync<long?>(file.ToString(), () =>
    {
        FileInfo info = new(PathOf(file));
        return info.Exists ? info.Length : null;
    });

    /// <inheritdoc/>
    public Task<byte[]> ReadAsync(VaultFile file, int most, CancellationToken ct = default) => GuardAsync(file.ToString(), () =>
    {
        using SafeFileHandle handle = File.OpenHandle(PathOf(file));
        long length = RandomAccess.GetLength(handle);
        if (length > most) throw new CorruptVaultException($"{file} has {length} bytes; at most {most} are read");
        byte[] content = GC.AllocateUninitializedArray<byte>((int)length);
        Fill(handle, file, 0, content);
        return content;
    });

    /// <inheritdoc/>
    public Task ReadRangeAsync(VaultFile file, long offset, Memory<byte> destination, CancellationToken ct = default) => GuardAsync(file.ToString(), () =>
    {
        using SafeFileHandle handle = File.OpenHandle(PathOf(file));
        Fill(handle, file, offset, destination.Span);
    });

    static void Fill(SafeFileHandle handle, VaultFile file, long offset, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            int n = RandomAccess.Read(handle, destination, offset);
            if (n == 0) throw new CorruptVaultException($"{file} is shorter than it should be");
            destination = destination[n..];
            offset += n;
        }
    }

    /// <inheritdoc/>
    public Task WriteAsync(VaultFile file, ReadOnlyMemory<byte> content, CancellationToken ct = default) => GuardAsync(file.ToString(), () =>
    {
        string final = PathOf(file);
        if (AlreadyThere(final, file, content.Span)) return;
        string temporary = Path.Combine(Root, "tmp", $"{RandomNumberGenerator.GetHexString(16, lowercase: true)}.part");
        MakeFolder(Path.GetDirectoryName(temporary)!);
        string folder = Path.GetDirectoryName(final)!;
        if (MakeFolder(folder)) DirectorySync.Flush(Path.GetDirectoryName(folder)!);
        try
        {
            using (SafeFileHandle handle = CreatePrivate(temporary))
            {
                RandomAccess.Write(handle, content.Span, 0);
                RandomAccess.FlushToDisk(handle);
            }
            try
            {
                File.Move(temporary, final, overwrite: false);
            }
            catch (IOException) when (File.Exists(final))
            {
                // Somebody was faster.
                if (!AlreadyThere(final, file, content.Span)) throw;
            }
            DirectorySync.Flush(folder);
        }
        finally
        {
            File.Delete(temporary);
        }
    });

    static SafeFileHandle CreatePrivate(string temporary)
    {
        // No preallocation: when that finds the disk full, .NET throws without the system's error number, and "full" could not be told from other failures.
        SafeFileHandle handle = File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(handle, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return handle;
    }

    static bool AlreadyThere(string final, VaultFile file, ReadOnlySpan<byte> content)
    {
        if (!File.Exists(final)) return false;
        if (new FileInfo(final).Length == content.Length && File.ReadAllBytes(final).AsSpan().SequenceEqual(content)) return true;
        throw new StorageRefusedException($"{file} already exists with another content and is never overwritten");
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<VaultEntry>> ListAsync(VaultFileKind kind, CancellationToken ct = default) => GuardAsync<IReadOnlyList<VaultEntry>>(kind.ToString(), () =>
    {
        if (kind == VaultFileKind.Config) throw new ArgumentException("the config is not listed", nameof(kind));
        DirectoryInfo folder = new(Path.Combine(Root, NameOf(kind)));
        List<VaultEntry> entries = [];
        if (!folder.Exists) return entries;
        SearchOption depth = kind == VaultFileKind.Data ? SearchOption.AllDirectories : SearchOption.TopDirectoryOnly;
        foreach (FileInfo file in folder.EnumerateFiles("*", depth))
            if (ContentId.TryParse(file.Name, out _) && (kind != VaultFileKind.Data || string.Equals(file.Directory!.Name, file.Name[..2], StringComparison.Ordinal)))
                entries.Add(new VaultEntry(file.Name, file.Length) { Received = new DateTimeOffset(file.LastWriteTimeUtc) });
        return entries;
    });

    /// <inheritdoc/>
    public Task RemoveAsync(VaultFile file, CancellationToken ct = default) => GuardAsync(file.ToString(), () =>
    {
        if (file.Kind == VaultFileKind.Config) throw new ArgumentException("the config is never removed", nameof(file));
        string path = PathOf(file);
        if (!File.Exists(path)) return;
        File.Delete(path);
        if (file.Kind is VaultFileKind.Snapshots or VaultFileKind.Index) DirectorySync.Flush(Path.GetDirectoryName(path)!);
    });

    string PathOf(VaultFile file)
    {
        if (file.Kind == VaultFileKind.Config) return Path.Combine(Root, "config");
        if (!ContentId.TryParse(file.Name, out _)) throw new ArgumentException("a name is 64 lower-case hexadecimal digits", nameof(file));
        return file.Kind == VaultFileKind.Data ? Path.Combine(Root, "data", file.Name[..2], file.Name) : Path.Combine(Root, NameOf(file.Kind), file.Name);
    }

    internal static string NameOf(VaultFileKind kind) => kind switch
    {
        VaultFileKind.Keys => "keys",
        VaultFileKind.Locks => "locks",
        VaultFileKind.Snapshots => "snapshots",
        VaultFileKind.Index => "index",
        VaultFileKind.Data => "data",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    // With the folders above it, each durable in the one that holds it: a vault in a folder that a crash forgot is lost.
    static void MakeRoot(string folder)
    {
        if (Directory.Exists(folder)) return;
        string? above = Path.GetDirectoryName(folder);
        if (above is not null) MakeRoot(above);
        MakeFolder(folder);
        if (above is not null) DirectorySync.Flush(above);
    }

    static bool MakeFolder(string folder)
    {
        if (Directory.Exists(folder)) return false;
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, OwnerOnly);
        return true;
    }

    static Task<bool> GuardAsync(string what, Action action) => GuardAsync(what, () =>
    {
        action();
        return true;
    });

    // Disk calls run on the pool: a caller's thread is never held, and a slow disk does not stop the other stages.
    static Task<T> GuardAsync<T>(string what, Func<T> action) => Task.Run(() =>
    {
        try
        {
            return action();
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new StorageFileMissingException($"{what} does not exist", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new StorageRefusedException($"{what}: no permission", inner: e);
        }
        catch (IOException e) when (IsFull(e))
        {
            throw new StorageFullException($"{what}: the disk is full", e);
        }
        catch (IOException e)
        {
            throw new StorageUnreachableException($"{what}: {e.Message}", e);
        }
    });

    // ENOSPC 28, EDQUOT 122 (Linux) or 69 (macOS); ERROR_DISK_FULL 112, ERROR_HANDLE_DISK_FULL 39.
    internal static bool IsFull(Exception e) => OperatingSystem.IsWindows() ? (e.HResult & 0xFFFF) is 112 or 39 : e.HResult is 28 or 122 or 69;
}
