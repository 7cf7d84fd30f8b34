using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Offproof.Evidence;

/// <summary>Writes a bundle's folder. Without <see cref="Sign"/> there is no signature, and nothing verifies; disposed before, it takes back what it wrote (evidence.md §1).</summary>
sealed class BundleWriter : IDisposable
{
    readonly string folder;
    readonly bool isMade;
    readonly SortedDictionary<string, string> sums = new(StringComparer.Ordinal);
    readonly List<AboutFile> files = [];
    readonly Dictionary<string, HashSet<string>> areas = new(StringComparer.Ordinal);
    bool isSigned;

    internal BundleWriter(string folder)
    {
        this.folder = folder;
        if (File.Exists(folder)) throw new EvidenceException(EvidenceFault.Refused, $"{folder} is a file, not a folder: it was not touched", "name another folder");
        isMade = !Directory.Exists(folder);
        if (!isMade && Directory.EnumerateFileSystemEntries(folder).Any()) throw new EvidenceException(EvidenceFault.Refused, $"{folder} is not empty: nothing in it was touched", "name a new folder");
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
    }

    internal string Id { get; }

    internal IReadOnlyList<AboutFile> Files => files;

    internal long Bytes { get; private set; }

    internal string SumsSha256 { get; private set; } = "";

    internal string PathOf(string path) => Path.Combine(folder, path);

    /// <summary>Copies an ordinary file; what is hashed is what was written.</summary>
    internal AboutFile Copy(string file, string area, string role, string mediaType)
    {
        string own = Path.GetFileName(file), name = BundlePath.Name(own, TakenIn(area));
        Directory.CreateDirectory(PathOf(area));
        string path = $"{area}/{name}";
        using var input = FileKind.Open(file);
        using var output = Create(path);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[1 << 16];
        long length = 0;
        for (int read; (read = input.Read(buffer)) > 0; length += read)
        {
            hash.AppendData(buffer, 0, read);
            output.Write(buffer, 0, read);
        }
        output.Flush(flushToDisk: true);
        return Listed(new AboutFile(path, role, mediaType, length, Convert.ToHexStringLower(hash.GetHashAndReset()), own == name ? null : own));
    }

    /// <summary>Takes back what was copied: nothing of it is left.</summary>
    internal void Withdraw(AboutFile file)
    {
        File.Delete(PathOf(file.Path));
        string area = PathOf(file.Path[..file.Path.IndexOf('/', StringComparison.Ordinal)]);
        if (!Directory.EnumerateFileSystemEntries(area).Any()) Directory.Delete(area);
        files.Remove(file);
        sums.Remove(file.Path);
        Bytes -= file.Bytes;
    }

    /// <param name="name">The file's own, where it was another.</param>
    internal AboutFile Add(string path, string role, string mediaType, ReadOnlySpan<byte> bytes, string? name = null)
    {
        if (path.IndexOf('/', StringComparison.Ordinal) is >= 0 and var slash) Directory.CreateDirectory(PathOf(path[..slash]));
        WriteNew(path, bytes);
        return Listed(new AboutFile(path, role, mediaType, bytes.Length, Checksums.Of(bytes), name));
    }

    /// <summary>Writes what is said about the files, then the lists, and last of all the signature.</summary>
    internal void Sign(Func<IReadOnlyList<AboutFile>, About> about, Func<About, string> readme, MinisignSecretKey key, TimeProvider time)
    {
        Add(BundlePath.Signer, "about", "text/plain", Encoding.ASCII.GetBytes(key.PublicKey.FileText));
        // What the reader's page says comes from bundle.json, in which the page stands: it is made of all but itself.
        Add(BundlePath.Readme, "about", "text/plain", Encoding.UTF8.GetBytes(readme(about(files))));
        Add(BundlePath.Contents, "about", "text/plain", Encoding.ASCII.GetBytes(BundlePath.Listing(files.Select(static file => file.Path).Append(BundlePath.About))));
        byte[] json = about(files).ToBytes();
        WriteNew(BundlePath.About, json);
        sums.Add(BundlePath.About, Checksums.Of(json));
        byte[] list = Checksums.Write(sums);
        WriteNew(BundlePath.List, list);
        SumsSha256 = Checksums.Of(list);
        // Under its name it is whole: a list with half a signature is no bundle, and neither is one whose packing was killed here.
        const string half = BundlePath.Signature + ".new";
        WriteNew(half, key.Sign(list, Comment(Id, time.GetUtcNow())));
        File.Move(PathOf(half), PathOf(BundlePath.Signature));
        isSigned = true;
    }

    internal static string Comment(string id, DateTimeOffset time) => $"{CommentStart(id)}{Rfc3339(time)}";

    internal static string CommentStart(string id) => $"offproof evidence; bundle {id}; signed ";

    internal static string Rfc3339(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public void Dispose()
    {
        if (isSigned) return;
        if (isMade) Directory.Delete(folder, recursive: true);
        else
        {
            foreach (string entry in Directory.EnumerateFileSystemEntries(folder))
            {
                if (Directory.Exists(entry)) Directory.Delete(entry, recursive: true);
                else File.Delete(entry);
            }
        }
    }

    // Names are told apart without regard to case within a folder.
    HashSet<string> TakenIn(string area) => areas.TryGetValue(area, out var names) ? names : areas[area] = [];

    AboutFile Listed(AboutFile file)
    {
        if (files.Count >= BundlePath.MostFiles - 10) throw new EvidenceException(EvidenceFault.Usage, $"more than {BundlePath.MostFiles - 10} files do not fit in a bundle");
        files.Add(file);
        sums.Add(file.Path, file.Sha256);
        Bytes += file.Bytes;
        return file;
    }

    void WriteNew(string path, ReadOnlySpan<byte> bytes)
    {
        using var file = Create(path);
        file.Write(bytes);
        file.Flush(flushToDisk: true);
    }

    FileStream Create(string path) => new(PathOf(path), FileMode.CreateNew, FileAccess.Write, FileShare.None);
}
