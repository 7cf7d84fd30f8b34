using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Offproof.Phone;

/// <summary>Notes as Google Takeout (Keep) and Xiaomi's cloud hand them out, one JSON file each, attachments beside them (persona.md §10).</summary>
static class SampleNoteJson
{
    static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal static void WriteKeep(string folder, SampleNote note)
    {
        foreach (SampleFile attachment in note.Attachments) PersonaFiles.Write(folder, attachment.Name, output => output.Write(attachment.Data));
        PersonaFiles.Write(folder, note.FileName + ".json", output =>
        {
            using Utf8JsonWriter json = new(output, Options);
            json.WriteStartObject();
            if (note.Attachments.Length > 0)
            {
                json.WriteStartArray("attachments");
                foreach (SampleFile attachment in note.Attachments)
                {
                    json.WriteStartObject();
                    json.WriteString("filePath", attachment.Name);
                    json.WriteString("mimetype", attachment.ContentType);
                    json.WriteEndObject();
                }
                json.WriteEndArray();
            }
            json.WriteString("color", "DEFAULT");
            json.WriteBoolean("isTrashed", false);
            json.WriteBoolean("isPinned", note.Pinned);
            json.WriteBoolean("isArchived", note.Archived);
            if (note.Text is { } text) json.WriteString("textContent", text);
            if (note.Items is { } items)
            {
                json.WriteStartArray("listContent");
                foreach (SampleItem item in items)
                {
                    json.WriteStartObject();
                    json.WriteString("text", item.Text);
                    json.WriteBoolean("isChecked", item.Checked);
                    json.WriteEndObject();
                }
                json.WriteEndArray();
            }
            json.WriteString("title", note.Title);
            json.WriteNumber("userEditedTimestampUsec", note.Edited * 1_000_000);
            json.WriteNumber("createdTimestampUsec", note.Created * 1_000_000);
            if (note.Labels.Length > 0)
            {
                json.WriteStartArray("labels");
                foreach (string label in note.Labels)
                {
                    json.WriteStartObject();
                    json.WriteString("name", label);
                    json.WriteEndObject();
                }
                json.WriteEndArray();
            }
            json.WriteEndObject();
        });
    }

    internal static void WriteXiaomi(string folder, SampleNote note)
    {
        (SampleFile File, string Digest, string FileId)[] attachments = [.. note.Attachments.Select((file, i) =>
        {
            string hash = file.Sha256;
            return (file, hash[..40] + Path.GetExtension(file.Name), string.Create(CultureInfo.InvariantCulture, $"1000000001.{hash[40..62]}"));
        })];
        string content = string.Join('\n', Lines(note).Concat(attachments.Select(attachment => $"<img fileid=\"{attachment.FileId}\" imgshow=\"0\" imgdes=\"\" />")));
        foreach ((SampleFile file, string digest, _) in attachments) PersonaFiles.Write(folder, digest, output => output.Write(file.Data));
        PersonaFiles.Write(folder, note.FileName + ".json", output =>
        {
            string id = string.Create(CultureInfo.InvariantCulture, $"{40_000_000_000_000_000 + note.Index}");
            using Utf8JsonWriter json = new(output, Options);
            json.WriteStartObject();
            json.WriteString("result", "ok");
            json.WriteNumber("code", 0);
            json.WriteStartObject("data");
            json.WriteStartObject("entry");
            json.WriteString("snippet", content.Length > 60 ? content[..Whole(content, 60)] : content);
            json.WriteNumber("modifyDate", note.Edited * 1000);
            json.WriteNumber("colorId", 0);
            json.WriteString("subject", "");
            json.WriteNumber("alertDate", 0);
            json.WriteString("type", "note");
            json.WriteNumber("folderId", 0);
            json.WriteString("content", content);
            json.WriteStartObject("setting");
            json.WriteStartArray("data");
            foreach ((SampleFile file, string digest, string fileId) in attachments)
            {
                json.WriteStartObject();
                json.WriteString("digest", digest);
                json.WriteString("mimeType", file.ContentType);
                json.WriteString("fileId", fileId);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteNumber("themeId", 0);
            json.WriteNumber("stickyTime", note.Pinned ? note.Edited * 1000 : 0);
            json.WriteNumber("version", 0);
            json.WriteEndObject();
            json.WriteNumber("deleteTime", 0);
            json.WriteString("id", id);
            json.WriteString("tag", id);
            json.WriteNumber("createDate", note.Created * 1000);
            json.WriteString("status", "normal");
            json.WriteString("extraInfo", Extra(note));
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
        });
    }

    static IEnumerable<string> Lines(SampleNote note)
    {
        foreach (SampleItem item in note.Items ?? [])
        {
            yield return $"<input type=\"checkbox\" indent=\"1\" level=\"3\"{(item.Checked ? " checked=\"true\"" : "")} />{Escaped(item.Text)}";
        }
        foreach (string line in note.Text?.Split('\n') ?? []) yield return $"<text indent=\"1\">{Escaped(line)}</text>";
    }

    static string Extra(SampleNote note)
    {
        using MemoryStream text = new();
        using (Utf8JsonWriter json = new(text, Options))
        {
            json.WriteStartObject();
            json.WriteString("note_content_type", "common");
            json.WriteString("title", note.Title);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(text.ToArray());
    }

    static int Whole(string text, int length) => char.IsLowSurrogate(text[length]) ? length - 1 : length;

    static string Escaped(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);
}
