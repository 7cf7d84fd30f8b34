using System.Buffers.Binary;

namespace Offproof.Channel;

/// <summary>All roots in one file (channel.md §3.2): whoever fetches it does not say which ones were known.</summary>
internal static class RootChain
{
    internal const string Name = "roots.bin.zst";

    /// <summary>The most roots, from 1 on.</summary>
    internal const int MostRoots = 256;

    /// <summary>Of the file as it is served.</summary>
    internal const int MostFile = 4 << 20;

    /// <summary>Of all roots, each with its length.</summary>
    internal const int MostContent = 4 << 20;

    internal const int LengthSize = 4;

    /// <param name="roots">Root 1, 2, 3, ... byte for byte</param>
    internal static byte[] Write(IReadOnlyCollection<ReadOnlyMemory<byte>> roots)
    {
        if (roots.Count is 0 or > MostRoots || roots.Any(static root => root.Length > MetadataLimits.Root)) throw new ArgumentException("no chain of roots", nameof(roots));
        using MemoryStream content = new();
        Span<byte> length = stackalloc byte[LengthSize];
        foreach (ReadOnlyMemory<byte> root in roots)
        {
            BinaryPrimitives.WriteInt32BigEndian(length, root.Length);
            content.Write(length);
            content.Write(root.Span);
        }
        return content.Length <= MostContent ? Frame.Seal(content.ToArray()) : throw new ArgumentException("roots of more than 4 MiB", nameof(roots));
    }

    /// <summary>The roots, of which nothing is believed yet.</summary>
    /// <exception cref="TufException">It is no such file.</exception>
    internal static IReadOnlyList<ReadOnlyMemory<byte>> Read(ReadOnlySpan<byte> file)
    {
        byte[] content;
        try
        {
            content = Frame.Open(file, MostContent);
        }
        catch (ContentException e)
        {
            throw new TufException(Refusal.Malformed, "5.3.3", $"{Name}: {e.Message}", e);
        }
        List<ReadOnlyMemory<byte>> roots = [];
        for (int at = 0; at < content.Length;)
        {
            int length = content.Length - at >= LengthSize ? BinaryPrimitives.ReadInt32BigEndian(content.AsSpan(at)) : -1;
            at += LengthSize;
            if (length is < 1 or > MetadataLimits.Root || length > content.Length - at || roots.Count == MostRoots) throw new TufException(Refusal.Malformed, "5.3.3", $"{Name} is no chain of roots");
            roots.Add(content.AsMemory(at, length));
            at += length;
        }
        return roots.Count > 0 ? roots : throw new TufException(Refusal.Malformed, "5.3.3", $"{Name} holds no root");
    }
}
