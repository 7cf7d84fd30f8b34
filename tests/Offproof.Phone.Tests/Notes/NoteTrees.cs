using System.Text;
using System.Text.RegularExpressions;

namespace Offproof.Phone.Tests.Notes;

/// <summary>Imports and exports of test folders.</summary>
static class NoteTrees
{
    /// <summary>Sources with the names of their folders.</summary>
    internal static Import Read(params string[] sources) => Read([.. sources.Select(source => (Path.GetFileName(source), source))]);

    internal static Import Read(params (string Name, string Path)[] sources)
    {
        Import import = NoteImport.Read(sources, CancellationToken.None);
        Messages.Trees.Balances(import);
        return import;
    }

    internal static ExportReport Write(string tree, string target, Selection? selection = null) =>
        NoteExport.Write(tree, target, NoteFormat.Markdown, selection ?? Selection.All, CancellationToken.None);

    /// <summary>What a note is, taken apart by a reader of its own.</summary>
    internal static NoteText Note(TreeFile file) => new(Messages.Trees.Text(file));

    internal static IEnumerable<TreeFile> Notes(Import import) => import.Files.Where(file => file.Path.EndsWith(".md", StringComparison.Ordinal));

    /// <summary>Every file below a folder, with its bytes and its time.</summary>
    internal static SortedDictionary<string, (string Bytes, DateTime Time)> Everything(string folder) => new(
        Directory.EnumerateFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None }).ToDictionary(
            path => Path.GetRelativePath(folder, path).Replace(Path.DirectorySeparatorChar, '/'),
            path => (Encoding.Latin1.GetString(File.ReadAllBytes(path)), File.GetLastWriteTimeUtc(path))), StringComparer.Ordinal);
}

/// <summary>A note of the tree: its members as they are written, and its text.</summary>
sealed partial class NoteText
{
    readonly string[] _front;

    internal NoteText(string text)
    {
        Assert.StartsWith("---\n", text, StringComparison.Ordinal);
        int end = text.IndexOf("\n---\n", StringComparison.Ordinal);
        _front = text[4..(end + 1)].Split('\n');
        Body = text[(end + 5)..];
    }

    internal string Body { get; }

    internal string? this[string name] => _front.FirstOrDefault(line => line.StartsWith(name + ": ", StringComparison.Ordinal))?[(name.Length + 2)..];

    internal string[] List(string name)
    {
        int at = Array.IndexOf(_front, name + ":");
        return at < 0 ? [] : [.. _front.Skip(at + 1).TakeWhile(line => line.StartsWith("  ", StringComparison.Ordinal)).Select(line => line[4..])];
    }

    /// <summary>The text that the person wrote, out of Markdown: the inverse of notes.md §3.4.</summary>
    internal static string Plain(string markdown)
    {
        string[] lines = markdown.Split('\n');
        for (int at = 0; at + 1 < lines.Length; at++)
        {
            if (lines[at].Trim(' ', '\t').Length > 0 && lines[at + 1].Trim(' ', '\t').Length > 0)
            {
                Assert.EndsWith("  ", lines[at], StringComparison.Ordinal);
                lines[at] = lines[at][..^2];
            }
        }
        StringBuilder text = new();
        string joined = string.Join('\n', lines);
        for (int at = 0; at < joined.Length; at++)
        {
            int address = AddressLength(joined, at);
            if (address > 0)
            {
                text.Append(joined, at, address);
                at += address - 1;
            }
            else if (joined.AsSpan(at).StartsWith("<!-- -->", StringComparison.Ordinal)) at += 7;
            else if (joined[at] == '\\' && at + 1 < joined.Length && char.IsAscii(joined[at + 1]) && (char.IsPunctuation(joined[at + 1]) || char.IsSymbol(joined[at + 1]))) text.Append(joined[++at]);
            else if (joined[at] == '&' && joined.AsSpan(at) is var rest && (rest.StartsWith("&#32;") || rest.StartsWith("&#9;") || rest.StartsWith("&#13;") || rest.StartsWith("&#0;")))
            {
                text.Append((char)int.Parse(rest[2..rest.IndexOf(';')], System.Globalization.CultureInfo.InvariantCulture));
                at += rest.IndexOf(';');
            }
            else text.Append(joined[at]);
        }
        return text.ToString();
    }

    // notes.md §3.4: what a reader of GitHub's kind makes a link of.
    static int AddressLength(string text, int at)
    {
        Match match = Beginning().Match(text[at..(text.IndexOfAny([' ', '\t', '\n'], at) is var end and >= 0 ? end : text.Length)]);
        if (!match.Success) return 0;
        bool isPage = match.Groups["www"].Success;
        if (at > 0 && (isPage ? !" \t\n*_~(".Contains(text[at - 1], StringComparison.Ordinal) : char.IsAsciiLetter(text[at - 1]))) return 0;
        if (match.Groups["host"].Value.Split('.').TakeLast(2).Any(part => part.Contains('_', StringComparison.Ordinal))) return 0;
        return match.Length;
    }

    [GeneratedRegex("^(?:(?i:https?|ftp)://(?=[A-Za-z0-9])|(?<www>(?=www\\.)))(?<host>[A-Za-z0-9._\\-\u0080-\uffff]*)[^\\0- <]*", RegexOptions.None, 10_000)]
    private static partial Regex Beginning();
}
