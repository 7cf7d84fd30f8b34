using System.IO.Compression;

namespace Offproof.Fuzz;

/// <summary>Files around an input.</summary>
static class Wrapping
{
    /// <summary>A ZIP whose checksums are right, whatever its lines are, with two attachments.</summary>
    internal static byte[] Zip(byte[] lines)
    {
        using MemoryStream file = new();
        using (ZipArchive zip = new(file, ZipArchiveMode.Create))
        {
            Add(zip, "messages.ndjson", lines);
            Add(zip, "data/PART_1", [1, 2, 3]);
            Add(zip, "data/PART_2.png", []);
        }
        return file.ToArray();
    }

    static void Add(ZipArchive zip, string name, byte[] bytes)
    {
        using Stream member = zip.CreateEntry(name, CompressionLevel.NoCompression).Open();
        member.Write(bytes);
    }
}
