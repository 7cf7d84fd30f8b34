using System.Text;

namespace Offproof.Vault;

/// <summary>What a tree's entry stands for.</summary>
enum NodeType { File, Directory, Symlink, Other }

/// <summary>One entry of a tree (vault.md §5.1).</summary>
sealed class Node
{
    static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The name, or null when <see cref="RawName"/> is not valid UTF-8.</summary>
    internal string? Name { get; private init; }

    internal byte[] RawName { get; private init; } = [];

    internal NodeType Type { get; init; }

    /// <summary>The type's word in the repository, for what this engine does not restore (devices, sockets, pipes).</summary>
    internal string TypeName { get; init; } = "";

    /// <summary>Go FileMode bits: 1&lt;&lt;31 directory, 1&lt;&lt;27 symlink, low nine bits permissions.</summary>
    internal uint Mode { get; init; }

    internal DateTimeOffset ModifiedAt { get; set; }
    internal ulong Size { get; set; }
    internal string LinkTarget { get; init; } = "";

    /// <summary>The blobs of a file, in order.</summary>
    internal IReadOnlyList<ContentId> Content { get; set; } = [];

    internal ContentId? Subtree { get; set; }

    internal static Node Named(string name, NodeType type, uint mode, DateTimeOffset modifiedAt, string linkTarget = "") =>
        new() { Name = name, Type = type, Mode = mode, ModifiedAt = modifiedAt, LinkTarget = linkTarget };

    internal static Node Read(byte[] rawName, NodeType type, string typeName, uint mode, DateTimeOffset modifiedAt, string linkTarget)
    {
        string? name = null;
        try
        {
            name = Strict.GetString(rawName);
        }
        catch (DecoderFallbackException)
        {
            // A name made of other bytes: kept raw, reported by whoever would have to create it.
        }
        return new Node { Name = name, RawName = rawName, Type = type, TypeName = typeName, Mode = mode, ModifiedAt = modifiedAt, LinkTarget = linkTarget };
    }

    /// <summary>For reports: the name, with what a terminal could misread escaped.</summary>
    internal string Shown => Name is null ? string.Concat(RawName.Select(static b => b is >= 0x20 and < 0x7F ? ((char)b).ToString() : $"\\x{b:x2}")) : GoText.Quote(Name);

    /// <summary>Order of UTF-8 bytes, for valid UTF-16: surrogates stand above everything else (vault.md §5.2).</summary>
    internal static int CompareNames(string a, string b)
    {
        int n = Math.Min(a.Length, b.Length);
        for (int i = 0; i < n; i++)
        {
            if (a[i] == b[i]) continue;
            bool highA = char.IsSurrogate(a[i]), highB = char.IsSurrogate(b[i]);
            return highA == highB ? a[i].CompareTo(b[i]) : highA ? 1 : -1;
        }
        return a.Length.CompareTo(b.Length);
    }
}
