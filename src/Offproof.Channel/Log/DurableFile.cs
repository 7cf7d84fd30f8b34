using Microsoft.Win32.SafeHandles;

namespace Offproof.Channel;

/// <summary>Files that come into being beside their place, are flushed, and renamed: whoever reads sees the old one or the new one, whole, also after a loss of power.</summary>
static class DurableFile
{
    internal const string TemporaryEnding = ".tmp";

    private const int ReadOnlyDisk = 30; // EROFS
    const int IdDigits = 32;

    internal const UnixFileMode Public = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    internal const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    internal static void Write(string path, ReadOnlySpan<byte> content, UnixFileMode mode)
    {
        string folder = Path.GetDirectoryName(path)!, temporary = Beside(path);
        MakeFolder(folder, mode == Private ? Private | UnixFileMode.UserExecute : null);
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = mode;
        using (FileStream file = new(temporary, options))
        {
            try
            {
                file.Write(content);
                file.Flush(flushToDisk: true);
                File.Move(temporary, path, overwrite: true);
            }
            catch
            {
                File.Delete(temporary); // ours: it was made here
                throw;
            }
        }
        DirectorySync.Flush(folder);
    }

    /// <summary>A name that nobody else has: <c>NAME.tmp</c> may be somebody's file.</summary>
    internal static string Beside(string path) => $"{path}.{Guid.NewGuid():N}{TemporaryEnding}";

    /// <summary>Deletes what runs that were killed left: names of the form that <see cref="Beside"/> gives, and no others.</summary>
    internal static void ForgetBegun(string folder, SearchOption depth)
    {
        if (!Directory.Exists(folder)) return;
        foreach (string left in Directory.EnumerateFiles(folder, "*" + TemporaryEnding, depth).Where(IsOurs).ToList()) File.Delete(left);

        static bool IsOurs(string file) => Path.GetFileNameWithoutExtension(file) is { Length: > IdDigits + 1 } name && name[^(IdDigits + 1)] == '.' && name[^IdDigits..].All(char.IsAsciiHexDigitLower);
    }

    /// <summary>The file, or null where there is none.</summary>
    /// <exception cref="InvalidDataException">It is larger than <paramref name="most"/>, or no file: a pipe would be waited for, a device never ends.</exception>
    internal static byte[]? Read(string path, int most)
    {
        if (!File.Exists(path)) return null;
        FileFacts.RequireRegular(path);
        using SafeFileHandle handle = File.OpenHandle(path);
        long length = RandomAccess.GetLength(handle);
        if (length > most) throw new InvalidDataException($"{path} has {length} bytes; at most {most} are read");
        byte[] content = new byte[length];
        for (int at = 0; at < content.Length;)
        {
            int read = RandomAccess.Read(handle, content.AsSpan(at), at);
            if (read == 0) throw new InvalidDataException($"{path} became shorter while it was read");
            at += read;
        }
        return content;
    }

    /// <summary>Held until it is disposed; null where another process, or another part of this one, holds it. The file stays: a lock that is deleted can be held twice.</summary>
    internal static FileStream? TryLock(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (File.Exists(path) && e.HResult != ReadOnlyDisk)
        {
            return null;
        }
    }

    internal static void MakeFolder(string folder, UnixFileMode? mode = null)
    {
        if (Directory.Exists(folder)) return;
        string parent = Path.GetDirectoryName(folder)!;
        MakeFolder(parent, mode);
        if (mode is { } own && !OperatingSystem.IsWindows()) Directory.CreateDirectory(folder, own);
        else Directory.CreateDirectory(folder);
        DirectorySync.Flush(parent);
    }
}
