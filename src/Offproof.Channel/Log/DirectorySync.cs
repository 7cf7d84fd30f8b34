using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Offproof.Channel;

/// <summary>
/// Makes the names in a folder durable: a checkpoint that was renamed into place must not be gone after a loss of power when a cosignature for it is out. .NET opens no folders,
/// so three functions of the system's C library are called; Windows journals renames itself.
/// </summary>
static partial class DirectorySync
{
    // errno of Linux, macOS and the BSDs.
    private const int InputOutputError = 5;
    private const int NoSpace = 28;

    /// <exception cref="IOException">The disk says that it failed, or that it is full.</exception>
    internal static void Flush(string directory)
    {
        if (OperatingSystem.IsWindows()) return;
        try
        {
            int handle = Open(directory, flags: 0);
            if (handle < 0) return;
            int failed = Sync(handle) == 0 ? 0 : Marshal.GetLastPInvokeError();
            _ = Close(handle);
            // Others are of file systems that cannot sync a folder: their renames are as durable as they make them.
            if (failed is InputOutputError or NoSpace) throw new IOException($"{directory} cannot be made durable: {Marshal.GetPInvokeErrorMessage(failed)}");
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
    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Sync(int handle);

    [SuppressMessage("ApiDesign", "RS0030", Justification = "Files only.")]
    [LibraryImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int handle);
}
