namespace Offproof.Phone;

/// <summary>The files of a persona's folder, except photos, and their times.</summary>
static class PersonaFiles
{
    /// <summary>When the phone is said to have exported its contacts and messages.</summary>
    internal static readonly DateTimeOffset Exported = new(2025, 12, 31, 20, 0, 0, TimeSpan.Zero);

    internal const string MessagesName = "sms-20251231200000.xml";
    internal const string ContactsName = "contacts.vcf";

    internal static void Write(string path, ReadOnlySpan<byte> content, DateTimeOffset time)
    {
        using (FileStream output = new(path, FileMode.CreateNew, FileAccess.Write)) output.Write(content);
        File.SetLastWriteTimeUtc(path, time.UtcDateTime);
    }

    /// <summary>Makes the folder, and the file in it by <paramref name="write"/>, with the time of the export.</summary>
    internal static void Write(string folder, string name, Action<Stream> write)
    {
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, name);
        using (FileStream output = new(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16)) write(output);
        File.SetLastWriteTimeUtc(path, Exported.UtcDateTime);
    }
}
