using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Offproof.Vault;

/// <summary>
/// Makes a rename durable on Unix: .NET opens no directories, so three functions of the C library (part of the system, not of us) are called. On Windows the
/// file system journals renames itself.
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
            int handle = Open(directory, 0);
            if (handle < 0) return;
            int failed = Sync(handle) == 0 ? 0 : Marshal.GetLastPInvokeError();
            _ = Close(handle);
            // Others are of file systems that cannot sync a folder: their renames are as durable as they make them.
            if (failed is InputOutputError or NoSpace) throw new IOException($"{directory} cannot be made durable: {Marshal.GetPInvokeErrorMessage(failed)}");
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            // A system without a C library of that name: renames are then as durable as its file system makes them.
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
