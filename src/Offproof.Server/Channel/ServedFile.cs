using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Offproof.Server;

/// <summary>
/// A file that is open, and known to be the one of that name: whoever writes the folder must not read by it what only this process may, however fast it exchanges files, and must not make
/// this process wait. Where there is no /proc, a look before the opening has to do.
/// </summary>
static partial class ServedFile
{
    // <fcntl.h> of Linux, the same on every processor that .NET runs on: a FIFO is opened without waiting for a writer.
    const int ReadOnly = 0, NonBlocking = 0x800, CloseOnExec = 0x80000;

    // statx(2): of the opened file itself. stx_mode stands at 28 on every processor, 16 bits.
    const int EmptyPath = 0x1000, StatusSize = 256, ModeAt = 28, TypeMask = 0xF000, Regular = 0x8000;
    const uint OnlyType = 1;

    /// <summary>Null where there is no regular file of that name below the folder, or only by a link.</summary>
    /// <param name="folder">The folder that is served; its own path may lead through links</param>
    /// <param name="name">A name of the channel's: no part of it is empty or begins with a dot</param>
    internal static SafeFileHandle? TryOpen(string folder, string name)
    {
        string path = Path.Combine(folder, name);
        if (!OperatingSystem.IsLinux()) return IsPlain(folder, name) ? File.OpenHandle(path, options: FileOptions.Asynchronous) : null;
        using SafeFileHandle above = Open(folder);
        SafeFileHandle file = Open(path);
        // The kernel says where the opened file lies, all links followed: there, or nowhere.
        if (!above.IsInvalid && !file.IsInvalid && RealPath(above) is { } root && RealPath(file) == Path.Combine(root, name) && IsRegular(file)) return file;
        file.Dispose();
        return null;
    }

    static SafeFileHandle Open(string path) => new(Open(path, ReadOnly | NonBlocking | CloseOnExec), ownsHandle: true);

    static string? RealPath(SafeFileHandle handle) => File.ResolveLinkTarget($"/proc/self/fd/{handle.DangerousGetHandle()}", returnFinalTarget: false)?.FullName;

    // A FIFO, a socket, a folder or a device is nothing to serve.
    static bool IsRegular(SafeFileHandle file)
    {
        Span<byte> status = stackalloc byte[StatusSize];
        return Statx((int)file.DangerousGetHandle(), "", EmptyPath, OnlyType, status) == 0 && (BinaryPrimitives.ReadUInt16LittleEndian(status[ModeAt..]) & TypeMask) == Regular;
    }

    static bool IsPlain(string folder, string name)
    {
        for (int slash = name.IndexOf('/', StringComparison.Ordinal); slash > 0; slash = name.IndexOf('/', slash + 1))
            if (new DirectoryInfo(Path.Combine(folder, name[..slash])).LinkTarget is not null) return false;
        return new FileInfo(Path.Combine(folder, name)) is { Exists: true, LinkTarget: null };
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Statx(int directory, string path, int flags, uint mask, Span<byte> status);
}
