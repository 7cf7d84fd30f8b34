using System.Globalization;
using System.Text.Json;

namespace Offproof.Cli;

/// <summary>Reads the Markdown notes that a restore wrote, in the form in which the sample phone had them (persona.md §9).</summary>
internal static class RestoredNotes
{
    internal static IReadOnlyList<Facts> Read(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*.md", SearchOption.AllDirectories).Select(file => Note(folder, file))];

    private static Facts Note(string folder, string file)
    {
        FactSheet sheet = new();
        string text = File.ReadAllText(file);
        int end = text.IndexOf("\n---\n", StringComparison.Ordinal);
        foreach (string line in text[4..end].Split('\n')) Member(sheet, line);
        List<string> body = [.. text[(end + 5)..].Trim('\n').Split('\n')];
        // Attachments end the note, each after an empty line.
        while (body.Count > 0 && body[^1].StartsWith("![", StringComparison.Ordinal))
        {
            string path = body[^1][(body[^1].IndexOf("](", StringComparison.Ordinal) + 2)..^1];
            sheet.Add("attachment", $"notes/{path} {FactSheet.Hash(File.ReadAllBytes(Path.Combine(folder, path)))}");
            body.RemoveAt(body.Count - 1);
            if (body.Count > 0 && body[^1].Length == 0) body.RemoveAt(body.Count - 1);
        }
        bool isList = body.Count > 0 && body.TrueForAll(static l => l.StartsWith("- [", StringComparison.Ordinal));
        if (!isList) sheet.Add("text", string.Join('\n', body));
        else for (int i = 0; i < body.Count; i++) sheet.Add(string.Create(CultureInfo.InvariantCulture, $"item {i}"), body[i][2..]);
        return sheet.As("notes/" + Path.GetRelativePath(folder, file).Replace('\\', '/'));
    }

    private static void Member(FactSheet sheet, string line)
    {
        int colon = line.IndexOf(": ", StringComparison.Ordinal);
        (string name, string value) = (line[..colon], line[(colon + 2)..]);
        switch (name)
        {
            case "created": sheet.Add("created", Milliseconds(value)); break;
            case "updated": sheet.Add("edited", Milliseconds(value)); break;
            case "title": sheet.Add("title", Json(value).GetString()); break;
            case "labels": foreach (JsonElement label in Json(value).EnumerateArray()) sheet.Add("label", label.GetString()); break;
            default: sheet.Add(name, value); break;
        }
    }

    private static long Milliseconds(string time) => DateTimeOffset.Parse(time, CultureInfo.InvariantCulture).ToUnixTimeMilliseconds();

    private static JsonElement Json(string value)
    {
        using JsonDocument document = JsonDocument.Parse(value);
        return document.RootElement.Clone();
    }
}
