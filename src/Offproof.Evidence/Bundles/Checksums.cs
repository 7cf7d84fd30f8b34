using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Offproof.Evidence;

/// <summary>SHA256SUMS: sixty-four digits, two blanks, a path; in the order of the paths' bytes, each once (evidence.md §1).</summary>
static class Checksums
{
    internal const int Limit = 4 << 20;

    const int Digits = 64;

    static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdef");

    internal static byte[] Write(IReadOnlyDictionary<string, string> files) =>
        Encoding.ASCII.GetBytes(string.Concat(files.OrderBy(static file => file.Key, StringComparer.Ordinal).Select(static file => $"{file.Value}  {file.Key}\n")));

    /// <summary>The files with their hashes. Whatever is not exactly of the form is told, with its line; the other lines count all the same, so that all that is wrong can be named.</summary>
    internal static SortedDictionary<string, string> Read(ReadOnlySpan<byte> list, Action<string> complain)
    {
        SortedDictionary<string, string> files = new(StringComparer.Ordinal);
        string last = "";
        int number = 0;
        foreach (string line in Lines(list, complain))
        {
            number++;
            if (line.Length < Digits + 3 || line[Digits] != ' ' || line[Digits + 1] != ' ' || line.AsSpan(0, Digits).ContainsAnyExcept(Hex))
            {
                complain($"line {number} is not 64 digits, two blanks and a path");
                continue;
            }
            string path = line[(Digits + 2)..];
            if (!BundlePath.IsGood(path) || path is BundlePath.List or BundlePath.Signature) complain($"line {number} names what cannot be in a bundle");
            else if (string.CompareOrdinal(path, last) <= 0) complain($"line {number} is out of order, or names a file again");
            else files.Add(last = path, line[..Digits]);
        }
        return files;
    }

    /// <summary>The lines without their ends; that the last one has none is told.</summary>
    internal static string[] Lines(ReadOnlySpan<byte> list, Action<string> complain)
    {
        bool isWhole = list.Length > 0 && list[^1] == (byte)'\n';
        if (!isWhole) complain("it does not end with a whole line");
        return Encoding.Latin1.GetString(isWhole ? list[..^1] : list).Split('\n');
    }

    internal static string Of(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>Of what is left of a stream.</summary>
    internal static string Of(Stream bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
