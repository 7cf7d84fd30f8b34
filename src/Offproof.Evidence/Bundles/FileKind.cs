using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Offproof.Evidence;

/// <summary>Tells ordinary files from what only looks like one. A pipe that is opened waits for a writer, perhaps for ever; a link's bytes are decided elsewhere.</summary>
static partial class FileKind
{
    const int CurrentDirectory = -100, NoFollow = 0x100, OnlyType = 1;
    const int StatusSize = 256, ModeAt = 28; // struct statx, the same on every processor
    const int TypeMask = 0xF000, Regular = 0x8000;

    // What is not there has every attribute, and so has what no name of ours leads to: nobody follows either.
    internal static bool IsLink(FileSystemInfo entry) => entry.Attributes.HasFlag(FileAttributes.ReparsePoint) || entry.LinkTarget is not null;

    /// <summary>True for pipes, sockets and devices; not known, and false, where the system is not Linux.</summary>
    internal static bool IsSpecial(string path)
    {
        if (!OperatingSystem.IsLinux() && !OperatingSystem.IsAndroid()) return false;
        Span<byte> status = stackalloc byte[StatusSize];
        try
        {
            if (Statx(CurrentDirectory, path, NoFollow, OnlyType, status) != 0) return false;
        }
        catch (EntryPointNotFoundException)
        {
            return false;
        }
        var mode = status[ModeAt..];
        return ((BitConverter.IsLittleEndian ? BinaryPrimitives.ReadUInt16LittleEndian(mode) : BinaryPrimitives.ReadUInt16BigEndian(mode)) & TypeMask) != Regular;
    }

    /// <summary>Opens an ordinary file; throws <see cref="EvidenceException"/> for anything else.</summary>
    internal static FileStream Open(string path)
    {
        FileInfo file = new(path);
        if (Directory.Exists(path)) throw new EvidenceException(EvidenceFault.Failure, $"{path} is a folder", "name the files in it");
        if ((int)file.Attributes == -1) throw new EvidenceException(EvidenceFault.Failure, $"{path} is not there");
        if (IsLink(file)) throw new EvidenceException(EvidenceFault.Refused, $"{path} is a link: what it holds is decided elsewhere", "name the file itself");
        if (IsSpecial(path)) throw new EvidenceException(EvidenceFault.Refused, $"{path} is a pipe, a socket or a device: what it holds is decided later", "copy it to a file first");
        return Plain(path);
    }

    /// <summary>A new file for its owner alone (mode 600), never over one.</summary>
    internal static FileStream CreatePrivate(string path)
    {
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(path, options);
    }

    static FileStream Plain(string path) => new(path, new FileStreamOptions { Access = FileAccess.Read, Share = FileShare.Read, BufferSize = 0, Options = FileOptions.SequentialScan });

    /// <summary>A file's bytes, of at most so many.</summary>
    internal static byte[] ReadAll(string path, int limit)
    {
        using FileStream file = Open(path);
        return Bounded(file, limit) ?? throw new EvidenceException(EvidenceFault.Failure, $"{path} is longer than {limit} bytes");
    }

    /// <summary>The same; null where it is absent, no ordinary file, or longer. Links are followed by nobody: they could lead out of the folder.</summary>
    internal static byte[]? TryReadAll(string path, int limit)
    {
        FileInfo info = new(path);
        if (!info.Exists || IsLink(info) || IsSpecial(path)) return null;
        using FileStream file = Plain(path);
        return Bounded(file, limit);
    }

    /// <summary>All that is in a stream, or null where that is more than the limit.</summary>
    internal static byte[]? Bounded(Stream stream, long limit)
    {
        using MemoryStream all = new();
        byte[] buffer = new byte[16_384];
        for (int read; (read = stream.Read(buffer)) > 0;)
        {
            if (all.Length + read > limit) return null;
            all.Write(buffer, 0, read);
        }
        return all.ToArray();
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Statx(int directory, string path, int flags, int mask, Span<byte> status);
}
