using System.Buffers;
using System.Text;

namespace Offproof.Vault;

/// <summary>Which names out of a tree may become a file on this machine (vault.md §9.2). A tree is hostile until shown otherwise.</summary>
static class SafeName
{
    const int MostBytes = 255;
    static readonly SearchValues<char> WindowsForbidden = SearchValues.Create("\\/:*?\"<>|");

    /// <summary>Why not, or null.</summary>
    internal static string? Refusal(Node node, bool windows)
    {
        if (node.Name is not { } name) return "the name is not valid UTF-8";
        if (name.Length == 0) return "the name is empty";
        if (name is "." or "..") return "the name leads out of its folder";
        if (name.Contains('/', StringComparison.Ordinal)) return "the name contains a path separator";
        if (name.Contains('\0', StringComparison.Ordinal)) return "the name contains a zero byte";
        if (Encoding.UTF8.GetByteCount(name) > MostBytes) return "the name is longer than 255 bytes";
        return windows ? WindowsRefusal(name) : null;
    }

    static string? WindowsRefusal(string name)
    {
        if (name.AsSpan().ContainsAny(WindowsForbidden) || name.Any(static c => c < ' ')) return "Windows does not allow a character of the name";
        if (name[^1] is '.' or ' ') return "Windows does not keep a dot or space at the end of a name";
        string stem = name.Split('.')[0].TrimEnd(' ').ToUpperInvariant();
        bool numbered = stem.Length == 4 && (stem.StartsWith("COM", StringComparison.Ordinal) || stem.StartsWith("LPT", StringComparison.Ordinal)) && (char.IsDigit(stem[3]) || stem[3] is '¹' or '²' or '³');
        return numbered || stem is "CON" or "PRN" or "AUX" or "NUL" or "CONIN$" or "CONOUT$" ? "the name is a device on Windows" : null;
    }
}
