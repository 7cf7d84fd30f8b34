using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Offproof.Vault;

/// <summary>
/// Tells a pipe, socket or device from a file without opening it: opening a pipe waits for a writer, perhaps for ever, and .NET does not say what a file is.
/// By statx(2), which Linux and Android have; elsewhere the answer is always no.
/// </summary>
static partial class SpecialFile
{
    const int CurrentDirectory = -100, NoFollow = 0x100;
    const uint OnlyType = 1;
    // struct statx is the same on every processor: stx_mode at 28, 16 bits.
    const int StatusSize = 256, ModeAt = 28;
    const int TypeMask = 0xF000, Regular = 0x8000;

    /// <summary>False also where the system cannot be asked.</summary>
    internal static bool Is(FileInfo file)
    {
        // All of them say that they are empty; so most files need not be asked about.
        if (file.Length != 0 || (!OperatingSystem.IsLinux() && !OperatingSystem.IsAndroid())) return false;
        try
        {
            Span<byte> status = stackalloc byte[StatusSize];
            if (Statx(CurrentDirectory, file.FullName, NoFollow, OnlyType, status) != 0) return false;
            ReadOnlySpan<byte> mode = status[ModeAt..];
            return ((BitConverter.IsLittleEndian ? BinaryPrimitives.ReadUInt16LittleEndian(mode) : BinaryPrimitives.ReadUInt16BigEndian(mode)) & TypeMask) != Regular;
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            return false;
        }
    }

    [SuppressMessage("ApiDesign", "RS0030", Justification = "Files only: nothing is opened.")]
    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Statx(int directory, string path, int flags, uint mask, Span<byte> status);
}
