using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Offproof.Channel;

/// <summary>
/// What lies at a path, asked without opening it: opening a pipe waits for a writer, perhaps for ever, and .NET says neither what a file is nor whose. By statx(2), which Linux and Android have;
/// elsewhere nobody is asked.
/// </summary>
/// <param name="IsRegular">No folder, link, pipe, socket or device</param>
/// <param name="IsFolder">Itself, and not by a link</param>
/// <param name="IsOwn">It belongs to whom this process works for</param>
/// <param name="IsOpenToOthers">Group or others may write it</param>
/// <param name="Links">How many names it has</param>
/// <param name="Identity">Of the file, whatever its name</param>
internal readonly partial record struct FileFacts(bool IsRegular, bool IsFolder, bool IsOwn, bool IsOpenToOthers, uint Links, (uint Major, uint Minor, ulong Inode) Identity)
{
    private const int CurrentDirectory = -100, NoFollow = 0x100, EmptyPath = 0x1000;
    private const uint Basic = 0x7ff;

    // struct statx is the same on every processor.
    private const int StatusSize = 256, LinksAt = 16, OwnerAt = 20, ModeAt = 28, InodeAt = 32, DeviceAt = 136;
    private const int TypeMask = 0xF000, Regular = 0x8000, Folder = 0x4000, OthersWrite = 0x12;

    /// <summary>True for a file that nobody else has a hand in: no other's, and under no second name.</summary>
    internal bool IsOwnAlone => IsRegular && IsOwn && Links == 1;

    /// <summary>Null where nothing is there, or nobody can be asked.</summary>
    internal static FileFacts? Of(string path, bool followsLinks = false) => Ask(CurrentDirectory, Path.GetFullPath(path), followsLinks ? 0 : NoFollow);

    /// <summary>Of an open file; null where nobody can be asked.</summary>
    internal static FileFacts? Of(SafeFileHandle handle) => OperatingSystem.IsWindows() ? null : Ask((int)handle.DangerousGetHandle(), "", EmptyPath);

    /// <exception cref="InvalidDataException">It is a pipe, a socket, a device or a folder: whoever opened it could wait for ever.</exception>
    internal static void RequireRegular(string path)
    {
        if (Of(path, followsLinks: true) is { IsRegular: false }) throw new InvalidDataException(path + PublicChannel.NoFile);
    }

    private static FileFacts? Ask(int directory, string path, int flags)
    {
        if (!OperatingSystem.IsLinux() && !OperatingSystem.IsAndroid()) return null;
        try
        {
            Span<byte> status = stackalloc byte[StatusSize];
            if (Statx(directory, path, flags, Basic, status) != 0) return null;
            int mode = MemoryMarshal.Read<ushort>(status[ModeAt..]);
            return new FileFacts((mode & TypeMask) == Regular, (mode & TypeMask) == Folder, MemoryMarshal.Read<uint>(status[OwnerAt..]) == EffectiveUser(), (mode & OthersWrite) != 0,
                MemoryMarshal.Read<uint>(status[LinksAt..]), (MemoryMarshal.Read<uint>(status[DeviceAt..]), MemoryMarshal.Read<uint>(status[(DeviceAt + 4)..]), MemoryMarshal.Read<ulong>(status[InodeAt..])));
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            return null;
        }
    }

    [SuppressMessage("ApiDesign", "RS0030", Justification = "Files only: nothing is opened.")]
    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Statx(int directory, string path, int flags, uint mask, Span<byte> status);

    [SuppressMessage("ApiDesign", "RS0030", Justification = "Whose files are one's own.")]
    [LibraryImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial uint EffectiveUser();
}
