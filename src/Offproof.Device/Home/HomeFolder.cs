namespace Offproof.Device;

/// <summary>The files of a device's folder: where each lies, and how it is written so that a crash leaves the old or the new one, whole.</summary>
internal sealed class HomeFolder(string path)
{
    private const UnixFileMode OwnerOnlyFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerOnlyFolder = OwnerOnlyFile | UnixFileMode.UserExecute;
    private const string TemporaryEnding = ".tmp";
    private const string AccountName = "account.json";
    private const string EarlierName = "earlier";

    internal string Root { get; } = Path.GetFullPath(path);

    internal string Account => Path.Combine(Root, AccountName);

    internal string DeviceKey => Path.Combine(Root, "device.key");

    internal string Sources => Path.Combine(Root, "sources.json");

    internal string Records => Path.Combine(Root, "records");

    /// <summary>What the server last showed of the account.</summary>
    internal string View => Path.Combine(Root, "account-records.json");

    internal string Vaults => Path.Combine(Root, "vaults");

    /// <summary>What is held of the public channel (channel.md §6.3).</summary>
    internal string Channel => Path.Combine(Root, "channel");

    /// <summary>Greetings that the owner keeps (greetings.md §5).</summary>
    internal string Favourites => Path.Combine(Root, "favourites.json");

    /// <summary>Which phone it is, for notices of updates.</summary>
    internal string Phone => Path.Combine(Channel, "updates.json");

    internal string RefusalsSeen => Path.Combine(Root, "refusals-seen");

    internal string Proven => Path.Combine(Root, "proven.json");

    /// <summary>What this device was at servers that it left, each a home of its own (protocol.md §18).</summary>
    internal string Earlier => Path.Combine(Root, EarlierName);

    /// <summary>What it is to be at another server, while that is prepared.</summary>
    internal string Moving => Path.Combine(Root, "moving");

    /// <summary>The same from the decision on, until all of it has its place.</summary>
    internal string Moved => Path.Combine(Root, "moved");

    /// <summary>What is still to be done of a move.</summary>
    internal string MoveFile => Path.Combine(Root, "move.json");

    internal string Ledger => Path.Combine(LedgerRoot, "ledger.ndjson");

    internal string LedgerHead => Path.Combine(LedgerRoot, "ledger.head");

    // One device, one ledger: what it says to a server that it left stands there too (ledger.md §5).
    private string LedgerRoot => Path.GetDirectoryName(Root) is { } folder && Path.GetFileName(folder) == EarlierName && Path.GetDirectoryName(folder) is { } device
        && File.Exists(Path.Combine(device, AccountName)) ? device : Root;

    private string LockFile => Path.Combine(Root, ".lock");

    internal bool Exists => File.Exists(Account);

    /// <summary>True if something lies here that no `init` left: the folder is somebody's, and is neither used nor closed to others (cli.md §1.1).</summary>
    internal bool IsSomebodys => Directory.Exists(Root) && ChainOrigin.Read(this) is null
        && Directory.EnumerateFileSystemEntries(Root).Any(entry => !IsOfABeginning(entry));

    /// <summary>What an `init` that was killed before it had written the certificate leaves.</summary>
    private bool IsOfABeginning(string entry) => Path.GetFileName(entry) switch
    {
        ".lock" or "ledger.ndjson" or "ledger.head" => true,
        "device.key" => Directory.Exists(Records),
        "records" or "vaults" => Directory.Exists(entry) && Directory.EnumerateFileSystemEntries(entry).All(static e => e.EndsWith(TemporaryEnding, StringComparison.Ordinal)),
        string name => name.StartsWith("device.key.", StringComparison.Ordinal) && name.EndsWith(TemporaryEnding, StringComparison.Ordinal),
    };

    /// <param name="made">Gets the folders that were not there before.</param>
    internal void Create(List<string> made)
    {
        foreach (string folder in (string[])[Root, Records, Vaults])
        {
            if (Directory.Exists(folder)) continue;
            CreatePrivateFolder(folder);
            made.Add(folder);
        }
    }

    /// <summary>Removes the folders that <see cref="Create"/> made, and the files of a device that is not to be.</summary>
    /// <param name="made">What it gave</param>
    /// <param name="wasEmpty">Where no earlier init had begun a ledger here, or anything else</param>
    internal void Undo(List<string> made, bool wasEmpty)
    {
        if (Exists) return; // another init finished here: that device is not ours to remove
        File.Delete(DeviceKey);
        ChainOrigin.Delete(this);
        Leave(made, wasEmpty);
    }

    /// <summary>Removes what an init made that got no further than its first contact.</summary>
    /// <param name="made">What <see cref="Create"/> gave</param>
    /// <param name="wasEmpty">Where no earlier init had begun a ledger here, or anything else</param>
    internal void Leave(List<string> made, bool wasEmpty)
    {
        if (Exists) return;
        if (wasEmpty && Directory.Exists(Root))
        {
            foreach (string file in (string[])[Ledger, LedgerHead, LockFile]) File.Delete(file);
        }
        foreach (string folder in made)
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    /// <summary>A folder that was there before becomes its owner's alone, as one that `init` makes is.</summary>
    internal void KeepPrivate()
    {
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(Root, OwnerOnlyFolder);
    }

    internal static void CreatePrivateFolder(string folder)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, OwnerOnlyFolder);
    }

    /// <summary>
    /// Readable by the owner alone from its first byte, on the disk before it has its name, and its name on the disk before this returns. Two writers
    /// of one file do not meet: each has a temporary name of its own.
    /// </summary>
    internal static void Write(string file, ReadOnlySpan<byte> content)
    {
        string temporary = $"{file}.{Guid.NewGuid():N}{TemporaryEnding}";
        try
        {
            using (FileStream stream = CreateNew(temporary))
            {
                stream.Write(content);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, file, overwrite: true);
        }
        catch
        {
            File.Delete(temporary); // a full disk keeps no half of it
            throw;
        }
        DirectorySync.Flush(Path.GetDirectoryName(file)!);
    }

    /// <summary>
    /// Removes what a killed command left: vault folders on their way in or out, which hold a password, and files that never got their name. Nothing
    /// happens while another command is changing this home: what it is making is not a leftover.
    /// </summary>
    internal void Sweep(TimeProvider time)
    {
        if (!Directory.Exists(Vaults)) return;
        DrillFolder.Sweep(this);
        try
        {
            string[] folders = Directory.GetDirectories(Vaults, ".*");
            string[] files = [.. Directory.GetFiles(Root, "*" + TemporaryEnding), .. Directory.GetFiles(Records, "*" + TemporaryEnding)];
            if (folders.Length + files.Length == 0) return;
            using FileStream? alone = TryLock();
            if (alone is null) return;
            foreach (string folder in folders) VaultFolder.Wipe(folder);
            // Receipts are written without the lock, so a young one may be another command's.
            foreach (string file in files)
                if (File.GetLastWriteTimeUtc(file) < time.GetUtcNow().UtcDateTime.AddHours(-1)) File.Delete(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or DeviceException)
        {
            // A home that cannot be changed, or another command that sweeps too: the next command tries again.
        }
    }

    /// <summary>Writes a file that must not exist, mode 600; where it cannot be written whole, nothing of it stays.</summary>
    internal static void WriteNew(string file, ReadOnlySpan<byte> content)
    {
        using (FileStream stream = CreateNew(file))
        {
            try
            {
                stream.Write(content);
                stream.Flush(flushToDisk: true);
            }
            catch
            {
                File.Delete(file);
                throw;
            }
        }
        DirectorySync.Flush(Path.GetDirectoryName(Path.GetFullPath(file))!);
    }

    /// <summary>Creates a file that must not exist, mode 600.</summary>
    internal static FileStream CreateNew(string file)
    {
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnlyFile;
        return new FileStream(file, options);
    }

    /// <summary>
    /// One writer at a time; a second one waits for up to ten seconds, then says who is in the way. Held for work on the disk only, never while a server
    /// is waited for: `off` must not wait for a server either.
    /// </summary>
    internal FileStream Lock(TimeProvider time, CancellationToken cancel)
    {
        long start = time.GetTimestamp();
        while (true)
        {
            if (TryLock() is { } held) return held;
            if (time.GetElapsedTime(start) >= TimeSpan.FromSeconds(10))
                throw new DeviceException(DeviceFault.Failure, $"another offproof is changing {Root}", "wait until it has ended");
            cancel.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(50));
            cancel.ThrowIfCancellationRequested();
        }
    }

    /// <summary>For what must happen also where there is no lock to be had: another command holds it for long, or its file is not ours.</summary>
    internal FileStream? LockIfPossible(TimeProvider time)
    {
        try
        {
            return Lock(time, CancellationToken.None);
        }
        catch (Exception e) when (e is DeviceException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private FileStream? TryLock()
    {
        try
        {
            return new FileStream(LockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new DeviceException(DeviceFault.Failure, $"{LockFile} cannot be opened: {e.Message}", "it holds nothing: delete it, or give it back to whom this folder belongs to", e);
        }
        catch (IOException) when (File.Exists(LockFile)) // else it could not be made: a full disk is not another command
        {
            return null;
        }
    }
}
