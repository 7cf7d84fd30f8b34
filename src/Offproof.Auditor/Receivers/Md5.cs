using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Offproof.Auditor;

/// <summary>The MD5 that registries put beside their statistics. It finds a download that went wrong, and no forgery: who changes one changes both.</summary>
internal static class Md5
{
    private const int MostBytes = 4096;

    private static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdefABCDEF");

    internal static void Check(SourceFile file)
    {
        FileInfo beside = new(file.Path + ".md5");
        if (!beside.Exists || beside.Length > MostBytes) return;
        if (Find(File.ReadAllBytes(beside.FullName)) is not { } expected)
        {
            file.Lacks($"{beside.Name} holds no MD5");
            return;
        }
        using FileStream stream = File.OpenRead(file.Path);
        if (!CryptographicOperations.HashData(HashAlgorithmName.MD5, stream).AsSpan().SequenceEqual(expected)) file.Damaged($"its MD5 is not that of {beside.Name}");
    }

    // "MD5 (NAME) = HEX" or "HEX  NAME": the first 32 hex digits that stand alone.
    internal static byte[]? Find(ReadOnlySpan<byte> text)
    {
        string words = Encoding.Latin1.GetString(text);
        int begin = 0;
        for (int at = 0; at <= words.Length; at++)
        {
            if (at < words.Length && char.IsAsciiLetterOrDigit(words[at])) continue;
            if (at - begin == 32 && words.AsSpan(begin, 32).IndexOfAnyExcept(Hex) < 0) return Convert.FromHexString(words.AsSpan(begin, 32));
            begin = at + 1;
        }
        return null;
    }
}
