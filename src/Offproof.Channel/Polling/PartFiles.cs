using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Offproof.Channel;

/// <summary>
/// What has come of updates so far (channel.md §8): in a folder that its owner alone writes, under hashes. Beside the target any name would be public: a stranger could prepare a file, a second name
/// or a pipe there, and a publisher could call one update as the parts of the next.
/// </summary>
internal sealed partial class PartFiles
{
    internal const string FolderName = "parts";
    private const string MadeEnding = ".made";
    private const string CopyBeginning = ".offproof-"; // no payload's name begins with a dot (§5)
    private const int HashDigits = 64;
    private const int AlreadyThere = 17; // EEXIST, everywhere
    private const UnixFileMode Own = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private static readonly TimeSpan Stale = TimeSpan.FromHours(1);

    // It gets another name while it is open.
    private static readonly FileShare Alone = OperatingSystem.IsWindows() ? FileShare.Delete : FileShare.None;

    private readonly string folder;

    /// <param name="folder">Of our own; made where absent</param>
    /// <param name="wanted">Hashes of what may be gone on with: what came of others goes</param>
    internal PartFiles(string folder, IEnumerable<string> wanted)
    {
        this.folder = folder;
        DurableFile.MakeFolder(folder, Own);
        FileFacts? facts = FileFacts.Of(folder);
        if (facts is { IsFolder: false } or { IsOwn: false }) throw new IOException($"{folder} is not a folder of your own: remove it");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(folder, Own);
        Clear(wanted);
    }

    /// <summary>Where a delta's update is made.</summary>
    internal string MadePath(string sha256) => Path.Combine(folder, sha256 + MadeEnding);

    internal string PathOf(string sha256) => Path.Combine(folder, sha256);

    /// <summary>What came of it so far, opened; empty where nothing did. What was prepared in its place is not opened and not written through: its name here goes.</summary>
    internal static FileStream Open(string path)
    {
        if (FileFacts.Of(path) is { IsOwnAlone: false } || new FileInfo(path).LinkTarget is not null) Remove(path);
        FileStream stream = new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, Alone);
        if (FileFacts.Of(stream.SafeFileHandle) is { IsOwnAlone: true } or null && IsThere(stream, path)) return stream;
        stream.Dispose();
        throw new IOException($"{path} was exchanged while it was opened");
    }

    internal void Drop(string sha256) => File.Delete(PathOf(sha256));

    /// <summary>Gives a file of this folder its name among its owner's. Whatever has that name is somebody's, and is not written over.</summary>
    /// <param name="part">Open, whole and verified</param>
    /// <param name="to">The folder</param>
    /// <param name="name">The publisher chose it</param>
    /// <param name="sha256">What it has to be</param>
    /// <param name="now">Copies of a fetch that was killed go when they are an hour old</param>
    internal string Keep(FileStream part, string to, string name, string sha256, DateTimeOffset now)
    {
        string file = Path.Combine(to, name);
        SweepCopies(to, now);
        if (TryLink(part.Name, file)) Require(part, file);
        else Copy(part, to, file, sha256); // another file system, or one on which a file has one name
        DirectorySync.Flush(Path.GetFullPath(to));
        Clear([]); // of this update nothing is needed any more: neither its delta nor what had come of it whole
        return file;
    }

    internal static string Sha256(FileStream file)
    {
        file.Position = 0;
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    private void Clear(IEnumerable<string> wanted)
    {
        HashSet<string> kept = new(wanted, StringComparer.Ordinal);
        foreach (string file in Directory.EnumerateFileSystemEntries(folder).Where(file => IsPart(Path.GetFileName(file)) && !kept.Contains(Path.GetFileName(file)))) Remove(file);
    }

    private static void Copy(FileStream part, string to, string file, string sha256)
    {
        string temporary = Path.Combine(to, CopyBeginning + Guid.NewGuid().ToString("N"));
        using FileStream copy = new(temporary, FileMode.CreateNew, FileAccess.ReadWrite, Alone);
        try
        {
            part.Position = 0;
            part.CopyTo(copy);
            copy.Flush(flushToDisk: true);
            if (Sha256(copy) != sha256) throw new IOException($"{temporary} is not what was written to it");
            if (!TryLink(temporary, file)) File.Move(temporary, file);
            File.Delete(temporary);
            Require(copy, file);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    private static void Require(FileStream written, string file)
    {
        if (!IsThere(written, file)) throw new IOException($"{file} was exchanged while it got its name");
    }

    private static bool IsThere(FileStream open, string path) => FileFacts.Of(open.SafeFileHandle) is not { } facts || FileFacts.Of(path)?.Identity == facts.Identity;

    /// <summary>Never over another file, nor through a link. False where the file system cannot, or somewhere else is meant.</summary>
    /// <exception cref="IOException">Something has that name.</exception>
    private static bool TryLink(string from, string to)
    {
        if (OperatingSystem.IsWindows()) return false;
        try
        {
            if (Link(from, to) == 0) return true;
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            return false;
        }
        return Marshal.GetLastPInvokeError() == AlreadyThere ? throw new IOException($"{to} is already there") : false;
    }

    private static bool IsPart(string name) => name.Length >= HashDigits && Hex.Is(name[..HashDigits]) && name[HashDigits..] is "" or MadeEnding;

    private static void SweepCopies(string to, DateTimeOffset now)
    {
        foreach (string file in Directory.EnumerateFiles(to, CopyBeginning + "*"))
            if (FileFacts.Of(file) is { IsOwnAlone: true } && Guid.TryParseExact(Path.GetFileName(file)[CopyBeginning.Length..], "N", out _) && File.GetLastWriteTimeUtc(file) < now.UtcDateTime - Stale) File.Delete(file);
    }

    private static void Remove(string path)
    {
        if (FileFacts.Of(path) is { IsFolder: true }) Directory.Delete(path, recursive: true);
        else File.Delete(path);
    }

    [SuppressMessage("ApiDesign", "RS0030", Justification = "Files only: a name that must not be there.")]
    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Link(string from, string to);
}
