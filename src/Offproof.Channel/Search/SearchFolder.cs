namespace Offproof.Channel;

/// <summary>HOME/channel/search/HASH: the index of the collection with that hash (greetings.md §6). What is lost of it is made again, and searching never fails for it.</summary>
internal sealed class SearchFolder(string folder)
{
    // The folded texts are not much longer than the collection, which is at most 64 MiB.
    private const int MostBytes = 512 << 20;

    internal GreetingSearch Open(string hash, byte[] content)
    {
        string file = Path.Combine(folder, hash);
        if (TryRead(file, content) is { } index) return GreetingSearch.Of(content, index);
        GreetingSearch made = GreetingSearch.Of(content);
        TryKeep(file, made.IndexBytes);
        return made;
    }

    private static SearchIndex? TryRead(string file, byte[] content)
    {
        try
        {
            return DurableFile.Read(file, MostBytes) is { } bytes ? SearchIndex.Read(bytes, content) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return null;
        }
    }

    private void TryKeep(string file, ReadOnlySpan<byte> bytes)
    {
        try
        {
            DurableFile.Write(Path.GetFullPath(file), bytes, DurableFile.Private);
            // Those of collections that are not held any more.
            foreach (string other in Directory.EnumerateFiles(folder).Where(other => Hex.Is(Path.GetFileName(other)) && Path.GetFileName(other) != Path.GetFileName(file))) File.Delete(other);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A full disk, or one that cannot be written: the next search makes it again.
        }
    }
}
