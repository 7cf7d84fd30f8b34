using System.Globalization;
using System.Text;

namespace Offproof.Channel;

/// <summary>
/// The trusted metadata in one folder (channel-tuf.md §4): a file for each role, byte for byte as received. A file has its name only when it is whole.
/// One update at a time; the folder is the caller's to lock.
/// </summary>
public sealed class MetadataStore
{
    const string TemporaryEnding = ".new";

    readonly string folder;

    /// <param name="folder">Made when something is first stored.</param>
    public MetadataStore(string folder) => this.folder = folder;

    /// <summary>Called with what is about to happen to which file; what it throws is a full disk or the end of the process.</summary>
    internal Action<string, string>? Before { get; init; }

    /// <summary>
    /// Pins the first root (TUF 5.2): the whole file, obtained where the server has no hand in it. <see cref="TufException"/> when it is not a root that its
    /// own keys signed; <see cref="InvalidOperationException"/> when a root is pinned already.
    /// </summary>
    public void Pin(ReadOnlyMemory<byte> root)
    {
        if (Read(RootMetadata.Type, MetadataLimits.Root) is not null) throw new InvalidOperationException($"{folder} trusts a root already");
        TrustedSet.ReadPinned(root);
        Write(RootMetadata.Type, root.Span);
    }

    /// <summary>The stored bytes; null when there are none, or more than a file of this role may have.</summary>
    internal ReadOnlyMemory<byte>? Read(string role, int limit)
    {
        string file = PathOf(role);
        if (!File.Exists(file) || new FileInfo(file).Length > limit) return null;
        return DurableFile.Read(file, limit);
    }

    internal void Write(string role, ReadOnlySpan<byte> content)
    {
        Directory.CreateDirectory(folder);
        string file = PathOf(role), temporary = file + TemporaryEnding;
        Before?.Invoke("write", role);
        using (FileStream stream = new(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            stream.Write(content);
            stream.Flush(flushToDisk: true);
        }
        Before?.Invoke("rename", role);
        File.Move(temporary, file, overwrite: true);
        DirectorySync.Flush(folder);
    }

    internal void Delete(string role)
    {
        Before?.Invoke("delete", role);
        if (Directory.Exists(folder)) File.Delete(PathOf(role));
    }

    string PathOf(string role) => Path.Combine(folder, FileName(role) + ".json");

    /// <summary>
    /// A name for one file from any text (a role, a target's path): it leads into no other folder, and two texts are two files where capital letters do not
    /// count as well. Longer than a file's name may be: the text's hash in its place.
    /// </summary>
    internal static string FileName(string text)
    {
        StringBuilder name = new();
        foreach (byte b in Encoding.UTF8.GetBytes(text))
        {
            if (b is >= (byte)'a' and <= (byte)'z' or >= (byte)'0' and <= (byte)'9' or (byte)'-' or (byte)'_' || (b is (byte)'.' && name.Length > 0)) name.Append((char)b);
            else name.Append(CultureInfo.InvariantCulture, $"%{b:X2}");
        }
        const int longest = 200; // a file's name has 255 bytes, and endings come after it
        return name.Length <= longest ? name.ToString() : "%" + Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }
}
