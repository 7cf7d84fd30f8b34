namespace Offproof.Device;

/// <summary>The files of a device's folder: where each lies, and how it is written so that a crash leaves the old or the new one, whole.</summary>
internal sealed class HomeFolder(string path)
{
    private const UnixFileMode OwnerOnlyFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerOnlyFolder = OwnerOnlyFile | UnixFileMode.UserExecute;

    internal string Root { get; } = Path.GetFullPath(path);

    internal string Account => Path.Combine(Root, "account.json");

    internal string DeviceKey => Path.Combine(Root, "device.key");

    internal string Sources => Path.Combine(Root, "sources.json");

    internal string Records => Path.Combine(Root, "records");

    internal string Vaults => Path.Combine(Root, "vaults");

    internal bool Exists => File.Exists(Account);

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
    internal void Undo(List<string> made)
    {
        if (Exists) return; // another init finished here: that device is not ours to remove
        File.Delete(DeviceKey);
        foreach (string folder in made)
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    internal static void CreatePrivateFolder(string folder)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, OwnerOnlyFolder);
    }

    /// <summary>Readable by the owner alone from its first byte, on the disk before it has its name.</summary>
    internal static void Write(string file, ReadOnlySpan<byte> content)
    {
        string temporary = file + ".tmp";
        File.Delete(temporary);
        using (FileStream stream = CreateNew(temporary))
        {
            stream.Write(content);
            stream.Flush(flushToDisk: true);
        }
        File.Move(temporary, file, overwrite: true);
    }

    /// <summary>Creates a file that must not exist, mode 600.</summary>
    internal static FileStream CreateNew(string file)
    {
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnlyFile;
        return new FileStream(file, options);
    }

    /// <summary>One writer at a time; a second one waits for up to ten seconds, then says who is in the way.</summary>
    internal FileStream Lock(TimeProvider time, CancellationToken cancel)
    {
        string file = Path.Combine(Root, ".lock");
        long start = time.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (time.GetElapsedTime(start) < TimeSpan.FromSeconds(10))
            {
                cancel.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(50));
                cancel.ThrowIfCancellationRequested();
            }
            catch (IOException e)
            {
                throw new DeviceException(DeviceFault.Failure, $"another offproof is changing {Root}", "wait until it has ended", e);
            }
        }
    }
}
