using System.Buffers;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Offproof.Vault;

/// <summary>
/// Carries out a plan (vault.md §9): folders, then file contents pack by pack into a staging folder, each complete file moved to its place without
/// overwriting, then links, then the folders' times. Links come last, so nothing is ever written through one that the snapshot brought.
/// </summary>
sealed class RestoreRun(Repository repository, VaultIndex index, RestorePlan plan, string target, IProgress<RestoreProgress>? progress, CancellationToken ct)
{
    const int Readers = 2;
    const int MostRange = 4 << 20;
    const int MostGap = 64 * 1024;

    readonly record struct Destination(PlannedFile File, long Offset);

    readonly ConcurrentQueue<Skipped> _problems = new(plan.Problems);
    readonly List<PlannedEntry> _madeFolders = [];
    readonly Lock _progressLock = new();
    readonly string _staging = Path.Combine(target, $".offproof-restore-{RandomNumberGenerator.GetHexString(8, lowercase: true)}");
    readonly long _bytesTotal = plan.Files.Sum(static f => f.Length);
    long _files, _bytes, _alreadyThere, _links, _filesSettled, _bytesSettled;

    internal async Task<RestoreSummary> ExecuteAsync()
    {
        Directory.CreateDirectory(target);
        HashSet<string> closed = MakeFolders();
        List<PlannedFile> open = [.. plan.Files.Where(f => ParentIsOpen(f.Target, closed, f.Shown) && StillWanted(f))];
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(_staging);
        else Directory.CreateDirectory(_staging, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        try
        {
            for (int i = 0; i < open.Count; i++)
            {
                open[i].Staged = Path.Combine(_staging, i.ToString("x", System.Globalization.CultureInfo.InvariantCulture));
                if (open[i].Missing == 0) Complete(open[i]);
            }
            await FetchAsync(open).ConfigureAwait(false);
        }
        finally
        {
            Directory.Delete(_staging, recursive: true);
        }
        foreach (PlannedEntry link in plan.Links)
            if (ParentIsOpen(link.Target, closed, link.Shown)) MakeLink(link);
        // Deepest first: making a child changes its parent's time.
        for (int i = _madeFolders.Count - 1; i >= 0; i--) Dress(_madeFolders[i]);
        return new RestoreSummary { Files = _files, Bytes = _bytes, AlreadyThere = _alreadyThere, Links = _links, Folders = _madeFolders.Count, Problems = [.. _problems] };
    }

    /// <summary>Makes the planned folders, parents first, and returns those that may not be entered.</summary>
    HashSet<string> MakeFolders()
    {
        HashSet<string> closed = new(StringComparer.Ordinal);
        foreach (PlannedEntry folder in plan.Folders)
        {
            if (!ParentIsOpen(folder.Target, closed, folder.Shown))
            {
                closed.Add(folder.Target);
                continue;
            }
            try
            {
                FileSystemInfo? there = Find(folder.Target);
                if (there is null)
                {
                    if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder.Target);
                    else Directory.CreateDirectory(folder.Target, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
                    _madeFolders.Add(folder);
                }
                else if (there.LinkTarget is not null || !there.Attributes.HasFlag(FileAttributes.Directory))
                {
                    closed.Add(folder.Target);
                    Problem(folder.Shown, "something that is not a folder is in the way (links are not followed)");
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                closed.Add(folder.Target);
                Problem(folder.Shown, e.Message);
            }
        }
        return closed;
    }

    bool ParentIsOpen(string path, HashSet<string> closed, string shown)
    {
        if (closed.Count == 0 || !closed.Contains(Path.GetDirectoryName(path)!)) return true;
        Problem(shown, "its folder could not be made");
        return false;
    }

    static FileSystemInfo? Find(string path)
    {
        FileInfo file = new(path);
        if (file.Exists || file.LinkTarget is not null) return file;
        DirectoryInfo folder = new(path);
        return folder.Exists ? folder : null;
    }

    /// <summary>False when the place is taken: with the same content (counted) or another one (reported).</summary>
    bool StillWanted(PlannedFile file)
    {
        try
        {
            FileSystemInfo? there = Find(file.Target);
            if (there is null) return true;
            if (there is FileInfo existing && existing.LinkTarget is null && existing.Length == file.Length && SameContent(file))
            {
                _alreadyThere++;
                Settled(file);
            }
            else
                Problem(file.Shown, "another file is already there; it was not overwritten");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Problem(file.Shown, e.Message);
        }
        return false;
    }

    // Blob by blob against the ids: nothing has to be fetched to know.
    bool SameContent(PlannedFile file)
    {
        using SafeFileHandle handle = File.OpenHandle(file.Target);
        long offset = 0;
        foreach (ContentId id in file.Node.Content)
        {
            if (!index.TryFind(id, tree: false, out BlobPlace place)) return false;
            int length = (int)place.Entry.ContentLength;
            byte[] buffer = ArrayPool<byte>.Shared.Rent(length);
            try
            {
                for (int at = 0; at < length;)
                {
                    int n = RandomAccess.Read(handle, buffer.AsSpan(at, length - at), offset + at);
                    if (n == 0) return false;
                    at += n;
                }
                if (ContentId.Of(buffer.AsSpan(0, length)) != id) return false;
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
            offset += length;
        }
        return true;
    }

    async Task FetchAsync(List<PlannedFile> files)
    {
        Dictionary<BlobPlace, List<Destination>> wanted = [];
        List<ContentId> order = [];
        Dictionary<ContentId, List<BlobPlace>> packs = [];
        foreach (PlannedFile file in files)
        {
            long offset = 0;
            foreach (ContentId id in file.Node.Content)
            {
                index.TryFind(id, tree: false, out BlobPlace place);
                if (!wanted.TryGetValue(place, out List<Destination>? to))
                {
                    wanted.Add(place, to = []);
                    if (!packs.TryGetValue(place.Pack, out List<BlobPlace>? blobs))
                    {
                        packs.Add(place.Pack, blobs = []);
                        order.Add(place.Pack);
                    }
                    blobs.Add(place);
                }
                to.Add(new Destination(file, offset));
                offset += place.Entry.ContentLength;
            }
        }
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = Readers, CancellationToken = ct };
        await Parallel.ForEachAsync(order, parallel, async (pack, stop) => await FetchPackAsync(pack, packs[pack], wanted, stop).ConfigureAwait(false)).ConfigureAwait(false);
    }

    async Task FetchPackAsync(ContentId pack, List<BlobPlace> blobs, Dictionary<BlobPlace, List<Destination>> wanted, CancellationToken stop)
    {
        blobs.Sort(static (a, b) => a.Entry.Offset.CompareTo(b.Entry.Offset));
        for (int first = 0; first < blobs.Count;)
        {
            long start = blobs[first].Entry.Offset, end = start + blobs[first].Entry.Length;
            int next = first + 1;
            for (; next < blobs.Count; next++)
            {
                BlobEntry entry = blobs[next].Entry;
                if (entry.Offset > end + MostGap || entry.Offset + (long)entry.Length - start > MostRange) break;
                end = Math.Max(end, entry.Offset + (long)entry.Length);
            }
            byte[] range = ArrayPool<byte>.Shared.Rent((int)Math.Min(end - start, Array.MaxLength));
            try
            {
                bool read = true;
                try
                {
                    await repository.Storage.ReadRangeAsync(new VaultFile(VaultFileKind.Data, pack.ToString()), start, range.AsMemory(0, (int)(end - start)), stop).ConfigureAwait(false);
                }
                catch (Exception e) when (e is CorruptVaultException or StorageFileMissingException)
                {
                    // Shorter than it should be, or gone: each blob is tried alone, and its other copies.
                    read = false;
                }
                for (int i = first; i < next; i++)
                    await DeliverAsync(blobs[i], read ? range.AsMemory((int)(blobs[i].Entry.Offset - start), (int)blobs[i].Entry.Length) : default, wanted[blobs[i]], stop).ConfigureAwait(false);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(range);
            }
            first = next;
        }
    }

    async Task DeliverAsync(BlobPlace blob, ReadOnlyMemory<byte> stored, List<Destination> to, CancellationToken stop)
    {
        int length = (int)blob.Entry.ContentLength;
        byte[] plain = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            string? failure = null;
            if (stored.IsEmpty || !TryOpen(blob.Entry, stored.Span, plain.AsSpan(0, length)))
            {
                try
                {
                    byte[] other = await repository.ReadBlobAsync(index, blob.Entry.Id, tree: false, stop).ConfigureAwait(false);
                    if (other.Length != length) throw new CorruptVaultException("two copies of a blob have different lengths");
                    other.CopyTo(plain.AsSpan());
                }
                catch (CorruptVaultException e)
                {
                    failure = e.Message;
                }
            }
            foreach (Destination destination in to) Put(destination, plain.AsSpan(0, length), failure);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(plain);
        }
    }

    bool TryOpen(in BlobEntry entry, ReadOnlySpan<byte> stored, Span<byte> plain)
    {
        Workbench bench = repository.Rent();
        try
        {
            bench.Open(entry, stored, plain);
            return true;
        }
        catch (CorruptVaultException)
        {
            return false;
        }
        finally
        {
            repository.Return(bench);
        }
    }

    void Put(Destination destination, ReadOnlySpan<byte> content, string? failure)
    {
        PlannedFile file = destination.File;
        if (failure is null && Volatile.Read(ref file.Failure) is null)
        {
            try
            {
                using SafeFileHandle handle = File.OpenHandle(file.Staged, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite);
                RandomAccess.Write(handle, content, destination.Offset);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                if (FolderStorage.IsFull(e)) throw new StorageFullException("the disk is full; what was restored so far is complete, and restoring again goes on from there", e);
                failure = e.Message;
            }
        }
        if (failure is not null) Interlocked.CompareExchange(ref file.Failure, failure, null);
        if (Interlocked.Decrement(ref file.Missing) == 0) Complete(file);
    }

    void Complete(PlannedFile file)
    {
        if (file.Failure is { } failure)
        {
            Problem(file.Shown, failure);
            File.Delete(file.Staged);
            return;
        }
        try
        {
            if (file.Length == 0) File.WriteAllBytes(file.Staged, []);
            SetMode(file.Staged, file.Node);
            File.SetLastWriteTimeUtc(file.Staged, file.Node.ModifiedAt.UtcDateTime);
            // Never over a file: one that appeared meanwhile stays.
            File.Move(file.Staged, file.Target, overwrite: false);
            Interlocked.Increment(ref _files);
            Interlocked.Add(ref _bytes, file.Length);
            Settled(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            if (FolderStorage.IsFull(e)) throw new StorageFullException("the disk is full; what was restored so far is complete, and restoring again goes on from there", e);
            Problem(file.Shown, e.Message);
        }
    }

    void MakeLink(PlannedEntry link)
    {
        try
        {
            FileSystemInfo? there = Find(link.Target);
            if (there?.LinkTarget is { } points && string.Equals(points, link.Node.LinkTarget, StringComparison.Ordinal)) _alreadyThere++;
            else if (there is not null) Problem(link.Shown, "another file is already there; it was not overwritten");
            else
            {
                File.CreateSymbolicLink(link.Target, link.Node.LinkTarget);
                _links++;
                // The link's own time: where it points is not touched.
                File.SetLastWriteTimeUtc(link.Target, link.Node.ModifiedAt.UtcDateTime);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            Problem(link.Shown, $"the link cannot be made: {e.Message}");
        }
    }

    void Dress(PlannedEntry folder)
    {
        try
        {
            Directory.SetLastWriteTimeUtc(folder.Target, folder.Node.ModifiedAt.UtcDateTime);
            SetMode(folder.Target, folder.Node);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            Problem(folder.Shown, $"time or mode could not be set: {e.Message}");
        }
    }

    // Set-user and set-group bits are not restored: a vault must not be able to plant a privileged program.
    static void SetMode(string path, Node node)
    {
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, (UnixFileMode)(node.Mode & 0b111_111_111));
    }

    void Problem(string shown, string reason) => _problems.Enqueue(new Skipped(shown, reason));

    void Settled(PlannedFile file)
    {
        lock (_progressLock)
        {
            _filesSettled++;
            _bytesSettled += file.Length;
            progress?.Report(new RestoreProgress(_filesSettled, plan.Files.Count, _bytesSettled, _bytesTotal));
        }
    }
}
