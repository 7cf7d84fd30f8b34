using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Offproof.Interop;

/// <summary>One line of docs/refusals.md: a request that must be refused, and how.</summary>
/// <param name="Asked">Method and path in short.</param>
/// <param name="Wrong">What is wrong with it.</param>
/// <param name="Status">The answer's.</param>
/// <param name="Problem">Its name; empty where the refusal is no request of the protocol (protocol.md §10).</param>
/// <param name="MakeAsync">The request.</param>
sealed record Row(string Asked, string Wrong, int Status, string Problem, Func<Task<Request>> MakeAsync);

/// <summary>Rows of one kind.</summary>
sealed record Group(string Title, IReadOnlyList<Row> Rows);

/// <summary>Changes to JSON as text: also such that no writer of JSON would make.</summary>
static class Forged
{
    /// <summary>Another value for the first member of this name; as it stands, so that it may be anything.</summary>
    internal static string With(this string json, string member, string value)
    {
        Regex first = new($"\"{Regex.Escape(member)}\":(\"[^\"]*\"|[0-9.]+)", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));
        Assert.Matches(first, json);
        return first.Replace(json, $"\"{member}\":{value.Replace("$", "$$", StringComparison.Ordinal)}", 1);
    }

    internal static string Text(string value) => $"\"{value}\"";

    /// <summary>One more member, as the first.</summary>
    internal static string Plus(this string json, string member) => "{" + member + "," + json[1..];

    /// <summary>Another character in a part of a record: 0 header, 1 payload, 2 signature.</summary>
    internal static string Flipped(string record, int part)
    {
        string[] parts = record.Split('.');
        int at = parts[part].Length / 2;
        parts[part] = $"{parts[part][..at]}{(parts[part][at] == 'A' ? 'B' : 'A')}{parts[part][(at + 1)..]}";
        return string.Join('.', parts);
    }

    internal static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    internal static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
