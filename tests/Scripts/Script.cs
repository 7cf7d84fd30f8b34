namespace Offproof.Scripts;

internal sealed record ScriptLine(int Number, string Text);

/// <summary>A script: its command lines, and the files that stand below them after <c>-- NAME --</c>.</summary>
internal sealed record Script(string Name, IReadOnlyList<ScriptLine> Lines, IReadOnlyList<KeyValuePair<string, string>> Files)
{
    internal static Script Parse(string name, string text)
    {
        var lines = new List<ScriptLine>();
        var files = new List<KeyValuePair<string, string>>();
        string? file = null;
        var content = new List<string>();
        var number = 0;
        foreach (var line in text.ReplaceLineEndings("\n").Split('\n'))
        {
            number++;
            if (line is ['-', '-', ' ', .. var between, ' ', '-', '-'])
            {
                CloseFile();
                file = between.Trim();
            }
            else if (file is not null)
                content.Add(line);
            else if (line.AsSpan().Trim() is not [] and not ['#', ..])
                lines.Add(new ScriptLine(number, line.Trim()));
        }
        CloseFile();
        return new Script(name, lines, files);

        void CloseFile()
        {
            // The last line feed of the script ends its last file; it is not a line of it.
            if (file is not null)
                files.Add(new(file, string.Join('\n', content) + (content is [] or [.., ""] ? "" : "\n")));
            content.Clear();
        }
    }
}

/// <summary>What stopped a script; its message is complete, with the line and what the last command said.</summary>
internal sealed class ScriptFailedException(string message) : Exception(message);
