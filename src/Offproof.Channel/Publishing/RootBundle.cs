using System.Buffers;
using System.Buffers.Binary;

namespace Offproof.Channel;

/// <summary>All roots in one file (channel.md §3.2): every device fetches it whole, so that no request tells how old the root is that it knows.</summary>
static class RootBundle
{
    internal const string Name = "roots.bin.zst";

    internal const int MostRoots = 256;

    const int MostBytes = 4 << 20;
    const int Prefix = 4;

    internal static byte[] Write(IEnumerable<ReadOnlyMemory<byte>> roots)
    {
        ArrayBufferWriter<byte> content = new();
        foreach (ReadOnlyMemory<byte> root in roots)
        {
            BinaryPrimitives.WriteInt32BigEndian(content.GetSpan(Prefix), root.Length);
            content.Advance(Prefix);
            content.Write(root.Span);
        }
        return content.WrittenCount <= MostBytes ? Frame.Seal(content.WrittenSpan) : throw new ContentException("the roots are more than 4 MiB: no device takes them");
    }

    /// <summary>The files 1.root.json, 2.root.json, ..., as they are; nothing of them is checked but their lengths.</summary>
    /// <exception cref="ContentException">It is no such bundle.</exception>
    internal static IReadOnlyList<ReadOnlyMemory<byte>> Read(ReadOnlySpan<byte> file)
    {
        ReadOnlyMemory<byte> rest = Frame.Open(file, MostBytes);
        List<ReadOnlyMemory<byte>> roots = [];
        while (!rest.IsEmpty)
        {
            if (roots.Count == MostRoots) throw new ContentException($"there are more than {MostRoots} roots");
            if (rest.Length < Prefix) throw new ContentException("a root's length is cut off");
            uint length = BinaryPrimitives.ReadUInt32BigEndian(rest.Span);
            if (length > MetadataLimits.Root || length > rest.Length - Prefix) throw new ContentException("a root is longer than it may be, or cut off");
            roots.Add(rest.Slice(Prefix, (int)length));
            rest = rest[(Prefix + (int)length)..];
        }
        return roots.Count > 0 ? roots : throw new ContentException("there is no root in it");
    }
}
