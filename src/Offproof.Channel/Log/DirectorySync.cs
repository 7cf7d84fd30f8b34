using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Offproof.Channel;

/// <summary>
/// Makes the names in a folder durable: a checkpoint that was renamed into place must not be gone after a loss of power when a cosignature for it is out. .NET opens no folders,
/// so three functions of the system's C library are called; Windows journals renames itself.
/// </summary>
static partial class DirectorySync
{
    internal static void Flush(string directory)
    {
        if (OperatingSystem.IsWindows()) return;
        try
        {
            int handle = Open(directory, flags: 0);
            if (handle < 0) return;
            _ = Sync(handle); // EINVAL where a file system cannot: its renames are then as durable as it makes them
            _ = Close(handle);
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            // A system without a C library of that name: the same.
        }
    }

    [SuppressMessage("ApiDesign", "RS0030", Justification = "Files only: a folder is opened.")]
    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [SuppressMessage("ApiDesign", "RS0030", Justification = "Files only.")]
    [LibraryImport("libc", EntryPoint = "fsync")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Sync(int handle);

    [SuppressMessage("ApiDesign", "RS0030", Justification = "Files only.")]
    [LibraryImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int handle);
}
