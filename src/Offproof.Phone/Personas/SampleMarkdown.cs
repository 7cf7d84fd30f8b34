using System.Globalization;
using System.Text;

namespace Offproof.Phone;

/// <summary>Notes as Markdown files (persona.md §9).</summary>
static class SampleMarkdown
{
    internal static void Write(string folder, SampleNote note)
    {
        string attachments = Path.Combine(folder, "attachments");
        foreach (SampleFile attachment in note.Attachments)
        {
            Directory.CreateDirectory(attachments);
            PersonaFiles.Write(Path.Combine(attachments, attachment.Name), attachment.Data, DateTimeOffset.FromUnixTimeSeconds(note.Created));
        }
        PersonaFiles.Write(Path.Combine(folder, note.FileName + ".md"), Encoding.UTF8.GetBytes(Text(note)), DateTimeOffset.FromUnixTimeSeconds(note.Edited));
    }

    internal static string Text(SampleNote note)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"---\ntitle: {Quoted(note.Title)}\ncreated: {Time(note.Created)}\nupdated: {Time(note.Edited)}\n");
        text.Append(CultureInfo.InvariantCulture, $"labels: [{string.Join(", ", note.Labels.Select(Quoted))}]\npinned: {(note.Pinned ? "true" : "false")}\narchived: {(note.Archived ? "true" : "false")}\n---\n\n");
        if (note.Text is { } prose) text.Append(prose).Append('\n');
        foreach (SampleItem item in note.Items ?? []) text.Append(item.Checked ? "- [x] " : "- [ ] ").Append(item.Text).Append('\n');
        foreach (SampleFile attachment in note.Attachments) text.Append(CultureInfo.InvariantCulture, $"\n![{attachment.Name}](attachments/{attachment.Name})\n");
        return text.ToString();
    }

    static string Quoted(string text) => "\"" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";

    static string Time(long seconds) => DateTimeOffset.FromUnixTimeSeconds(seconds).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
