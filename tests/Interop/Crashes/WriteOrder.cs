using System.Text.RegularExpressions;

namespace Offproof.Interop.Crashes;

/// <summary>
/// Reads what strace saw of a program (-f -y) and knows what would be on the disk if the power failed at any line: a file's bytes after a completed fsync of
/// the file, a name after a completed fsync of its folder that began after the name was made.
/// </summary>
/// <param name="root">Only what happens below this folder counts.</param>
sealed partial class WriteOrder(string root)
{
    readonly HashSet<string> _unsynced = new(StringComparer.Ordinal);
    readonly Dictionary<string, List<(int Line, string Name)>> _names = new(StringComparer.Ordinal);
    readonly Dictionary<string, (int Line, string Text)> _underWay = new(StringComparer.Ordinal);
    readonly Dictionary<string, int> _published = new(StringComparer.Ordinal);
    int _line;

    [GeneratedRegex(@"^(?<pid>\d+)\s+(?<name>\w+)\((?<rest>.*)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Call();

    [GeneratedRegex(@"^(?<pid>\d+)\s+<\.\.\. (?<name>\w+) resumed>(?<rest>.*)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Resumed();

    [GeneratedRegex("\"(?<text>(?:[^\"\\\\]|\\\\.)*)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Quoted();

    [GeneratedRegex(@"^\d+<(?<path>/[^>]*)>", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Descriptor();

    /// <summary>What was done too early, one a line.</summary>
    internal List<string> Faults { get; } = [];

    /// <summary>Files renamed to their names, by the folder's name (`data`, `index`, ...).</summary>
    internal IReadOnlyDictionary<string, int> Published => _published;

    /// <summary>Answers with a status of 200 to 299.</summary>
    internal int Answers { get; private set; }

    internal static WriteOrder Of(string root, IEnumerable<string> trace)
    {
        WriteOrder order = new(root);
        foreach (string line in trace) order.Read(line);
        order.RequireNames("at the end");
        return order;
    }

    void Read(string line)
    {
        _line++;
        if (Resumed().Match(line) is { Success: true } resumed && _underWay.Remove(resumed.Groups["pid"].Value, out (int Line, string Text) begun))
            Ended(resumed.Groups["name"].Value, begun.Text + resumed.Groups["rest"].Value, begun.Line);
        else if (Call().Match(line) is { Success: true } call)
        {
            string name = call.Groups["name"].Value, rest = call.Groups["rest"].Value;
            Began(name, rest);
            const string unfinished = " <unfinished ...>";
            if (rest.EndsWith(unfinished, StringComparison.Ordinal)) _underWay[call.Groups["pid"].Value] = (_line, rest[..^unfinished.Length]);
            else Ended(name, rest, _line);
        }
    }

    void Began(string name, string arguments)
    {
        switch (name)
        {
            case "rename" or "renameat" or "renameat2" or "link" or "linkat" when Paths(arguments) is [var from, var to] && Counts(to):
                if (_unsynced.Contains(from)) Faults.Add($"line {_line}: {Short(to)} was published before its bytes were synced");
                // In a repository whatever an index or a snapshot names must be durable before it.
                if (Sort(to) is "index" or "snapshots") RequireNames($"before {Short(to)}");
                break;
            case "sendmsg" or "sendto" or "write" or "writev" when arguments.Contains("\"HTTP/1.1 2", StringComparison.Ordinal):
                Answers++;
                RequireNames("before the answer");
                break;
            case "write" or "pwrite64" or "pwritev" or "writev" or "ftruncate" when Open(arguments) is { } path && Counts(path):
                _unsynced.Add(path);
                break;
        }
    }

    void Ended(string name, string text, int began)
    {
        int equals = text.LastIndexOf(" = ", StringComparison.Ordinal);
        if (equals < 0 || text[(equals + 3)..].StartsWith('-')) return;
        switch (name)
        {
            case "open" or "openat" or "creat" when text.Contains("O_CREAT", StringComparison.Ordinal) && Paths(text) is [var made, ..] && Counts(made):
                _unsynced.Add(made);
                break;
            case "fsync" or "fdatasync" when Open(text) is { } path:
                _unsynced.Remove(path);
                if (_names.TryGetValue(path, out List<(int Line, string Name)>? waiting)) waiting.RemoveAll(w => w.Line < began);
                break;
            case "mkdir" or "mkdirat" when Paths(text) is [var folder, ..] && Counts(folder):
                Wait(folder);
                break;
            case "rename" or "renameat" or "renameat2" or "link" or "linkat" when Paths(text) is [var from, var to, ..] && Counts(to):
                if (_unsynced.Remove(from)) _unsynced.Add(to);
                _published[Sort(to)] = _published.GetValueOrDefault(Sort(to)) + 1;
                Wait(to);
                break;
        }
    }

    void Wait(string path)
    {
        string folder = Path.GetDirectoryName(path)!;
        if (!_names.TryGetValue(folder, out List<(int Line, string Name)>? waiting)) _names.Add(folder, waiting = []);
        waiting.Add((_line, path));
    }

    void RequireNames(string when)
    {
        foreach ((string folder, List<(int Line, string Name)> waiting) in _names)
        {
            if (waiting.Count > 0) Faults.Add($"line {_line}: {when}, {Short(folder)} was not synced after {Short(waiting[0].Name)} came into being");
            waiting.Clear();
        }
    }

    bool Counts(string path) => path.StartsWith(root + "/", StringComparison.Ordinal);

    string Short(string path) => Path.GetRelativePath(root, path);

    // data/HH/NAME: data; index/NAME: index; config: config. The server's own channel is no vault.
    string Sort(string path)
    {
        if (Short(path).StartsWith("channel", StringComparison.Ordinal)) return "channel";
        string name = Path.GetFileName(path), above = Path.GetFileName(Path.GetDirectoryName(path)!);
        return name.Length < 64 ? name : above.Length == 2 ? "data" : above;
    }

    static string[] Paths(string arguments) => [.. Quoted().Matches(arguments).Select(static m => m.Groups["text"].Value)];

    static string? Open(string arguments) => Descriptor().Match(arguments) is { Success: true } found ? found.Groups["path"].Value : null;
}
