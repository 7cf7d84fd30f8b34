namespace Offproof.Device;

/// <summary>A file that must not exist before: whole under its name or not there at all, its owner's alone, and never over another one.</summary>
internal static class NewFile
{
    private const string Ending = ".tmp";

    /// <exception cref="IOException">It exists, or the disk is full.</exception>
    internal static void Write(string file, ReadOnlySpan<byte> content)
    {
        string full = Path.GetFullPath(file), folder = Path.GetDirectoryName(full)!;
        if (Path.Exists(full)) throw new IOException($"{file} exists");
        Sweep(folder, Path.GetFileName(full));
        string temporary = $"{full}.{Guid.NewGuid():N}{Ending}";
        try
        {
            using (FileStream stream = HomeFolder.CreateNew(temporary))
            {
                stream.Write(content);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, full, overwrite: false);
        }
        catch
        {
            File.Delete(temporary); // half a sheet would pass for one until the day it is needed
            throw;
        }
        DirectorySync.Flush(folder);
    }

    // What a killed run left never had its name, so nobody was ever told of it.
    private static void Sweep(string folder, string name)
    {
        foreach (string left in Directory.GetFiles(folder, $"{name}.*{Ending}"))
        {
            string middle = Path.GetFileName(left)[(name.Length + 1)..^Ending.Length];
            if (middle.Length == 32 && middle.All(char.IsAsciiHexDigitLower)) File.Delete(left);
        }
    }
}
