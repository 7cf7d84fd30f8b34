using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Offproof.Channel;

/// <summary>A hash in the log's tree: of a leaf, of a node, or of all. SHA-256 with the prefixes of RFC 6962 §2.1, so that no leaf passes for a node.</summary>
readonly record struct TreeHash(UInt128 High, UInt128 Low)
{
    internal const int Size = 32;

    const byte LeafPrefix = 0;
    const byte NodePrefix = 1;

    // What is hashed without an array of its own: a release's entry.
    const int Short = 1024;

    /// <summary>The root of a tree without entries.</summary>
    internal static TreeHash Empty { get; } = Read(SHA256.HashData([]));

    internal static TreeHash OfLeaf(ReadOnlySpan<byte> entry)
    {
        Span<byte> bytes = entry.Length < Short ? stackalloc byte[Short] : new byte[1 + entry.Length];
        bytes[0] = LeafPrefix;
        entry.CopyTo(bytes[1..]);
        Span<byte> hash = stackalloc byte[Size];
        SHA256.HashData(bytes[..(1 + entry.Length)], hash);
        return Read(hash);
    }

    internal static TreeHash OfNode(TreeHash left, TreeHash right)
    {
        Span<byte> bytes = stackalloc byte[1 + Size + Size];
        bytes[0] = NodePrefix;
        left.Write(bytes[1..]);
        right.Write(bytes[(1 + Size)..]);
        Span<byte> hash = stackalloc byte[Size];
        SHA256.HashData(bytes, hash);
        return Read(hash);
    }

    /// <param name="bytes">At least 32.</param>
    internal static TreeHash Read(ReadOnlySpan<byte> bytes) => new(BinaryPrimitives.ReadUInt128BigEndian(bytes), BinaryPrimitives.ReadUInt128BigEndian(bytes[16..]));

    internal void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt128BigEndian(bytes, High);
        BinaryPrimitives.WriteUInt128BigEndian(bytes[16..], Low);
    }

    internal static bool TryParse(string text, [NotNullWhen(true)] out TreeHash? hash)
    {
        hash = StrictBase64.TryDecode(text, out byte[]? bytes) && bytes.Length == Size ? Read(bytes) : null;
        return hash is not null;
    }

    /// <summary>Base64, as notes and requests have it.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Size];
        Write(bytes);
        return Convert.ToBase64String(bytes);
    }
}

/// <summary>Base64 of RFC 4648 §4 with one text for each sequence of bytes: no white space, no missing padding, no loose bits. Otherwise one note would have many forms.</summary>
static class StrictBase64
{
    internal static bool TryDecode(string text, [NotNullWhen(true)] out byte[]? bytes)
    {
        byte[] buffer = new byte[(text.Length / 4 * 3) + 3];
        bytes = Convert.TryFromBase64String(text, buffer, out int length) && Convert.ToBase64String(buffer.AsSpan(0, length)) == text ? buffer[..length] : null;
        return bytes is not null;
    }
}
