using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text;

namespace Offproof.Phone;

/// <summary>
/// Tells a pipe, socket or device from an empty file without opening it: opening a pipe waits for a writer, perhaps for ever, and the base
/// library does not say what a file is. Linux (and Android) only, by statx(2), whose layout is the same on every processor.
/// </summary>
static class SpecialFile
{
    const int AtFdCwd = -100;
    const int AtSymlinkNoFollow = 0x100;
    const uint StatxType = 1;
    const int ModeOffset = 28; // struct statx: stx_mode, 16 bits
    const int TypeMask = 0xF000;
    const int RegularFile = 0x8000;

    /// <summary>True when it is known not to be a regular file. Where the system cannot be asked, false.</summary>
    internal static bool Is(string path)
    {
        if (!OperatingSystem.IsLinux() && !OperatingSystem.IsAndroid()) return false;
        byte[] status = new byte[256];
        try
        {
            if (Statx(AtFdCwd, Encoding.UTF8.GetBytes(path + "\0"), AtSymlinkNoFollow, StatxType, status) != 0) return false;
        }
        catch (Exception missing) when (missing is EntryPointNotFoundException or DllNotFoundException)
        {
            return false; // a C library older than statx
        }
        int mode = BitConverter.IsLittleEndian
            ? BinaryPrimitives.ReadUInt16LittleEndian(status.AsSpan(ModeOffset))
            : BinaryPrimitives.ReadUInt16BigEndian(status.AsSpan(ModeOffset));
        return (mode & TypeMask) != RegularFile;
    }

    [SuppressMessage("ApiDesign", "RS0030", Justification = "Files only: nothing is opened.")]
    [DllImport("libc", EntryPoint = "statx", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int Statx(int directory, byte[] path, int flags, uint mask, byte[] status);
}
