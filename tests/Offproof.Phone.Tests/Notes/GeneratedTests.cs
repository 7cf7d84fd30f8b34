using System.Globalization;
using System.Text;
using System.Text.Json;
using CsCheck;

namespace Offproof.Phone.Tests.Notes;

/// <summary>Notes and folders that nobody would write by hand, there and back.</summary>
public sealed class GeneratedTests
{
    static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(index => texts[index]);

    static readonly Gen<string> Text = OneOf("milk", " ", "\n", "#", "- [ ] ", "**", "a_b", "\\", "\"", "<b>", "&amp;", "\u2028", "\u7b14", "\U0001F600", "\t", "https://example.org/?a=1&b=*", "\0", "\r\n", "\u0085", "]", "    ", "1. ").Array[0, 8].Select(string.Concat);

    sealed record Keep(string Title, string? Body, (string Text, bool IsChecked)[]? Items, string[] Labels, (bool Pinned, bool Archived, bool Trashed) State, string Color, long Created, long Modified, string[] Files, bool AsText);

    static readonly Gen<Keep> Note = Gen.Select(Gen.Select(Text, Text, Gen.Select(Text, Gen.Bool).Array[0, 5], Text.Array[0, 3]), Gen.Select(Gen.Bool, Gen.Bool, Gen.Bool), Gen.Select(Text, Gen.Long[1, 253_402_300_799_999_999], Gen.Long[1, 253_402_300_799_999_999]),
        Gen.Int[0, 3], OneOf("a.png", "a.jpeg", "b.3gp", "gone.png").Array[0, 3], Gen.Bool).Select((texts, state, facts, kind, files, asText) =>
            new Keep(texts.Item1, kind == 0 ? null : texts.Item2, kind is 1 or 3 ? null : texts.Item3, texts.Item4, state, facts.Item1, facts.Item2, facts.Item3, files, asText));

    /// <summary>Every fact of a generated note, read back out of the tree by readers of their own.</summary>
    [Fact]
    public void A_generated_note_of_Keep_keeps_every_fact()
    {
        using TempFolder folder = new();
        folder.Write("in/a.png", [1]);
        folder.Write("in/a.jpg", [2]);
        folder.Write("in/b.amr", [3]);
        Note.Sample(
            keep =>
            {
                folder.Write("in/note.json", Json(keep));
                using Import import = NoteTrees.Read(folder["in"]);
                NoteText note = Assert.Single(NoteTrees.Notes(import).Select(NoteTrees.Note), note => note["source"] == "\"keep\"");
                Assert.Equal(keep.Title.Length == 0 ? null : keep.Title, Unquote(note["title"]));
                Assert.Equal(keep.Color, Unquote(note["color"]));
                Assert.Equal(keep.State, (note["pinned"] == "true", note["archived"] == "true", note["trashed"] == "true"));
                Assert.Equal(keep.Labels, note.List("tags").Select(tag => Unquote(tag)));
                Assert.Equal((keep.Created, keep.Modified), (Microseconds(note["created"]), Microseconds(note["modified"])));
                Assert.Null(note["extra"]);
                Assert.Equal(keep.Files, note.List("attachments").Where(row => row.StartsWith("name: ", StringComparison.Ordinal)).Select(row => Unquote(row[6..])));
                string[] links = [.. note.List("attachments").Where(row => row.StartsWith("file: ", StringComparison.Ordinal)).Select(row => Unquote(row[6..])!)];
                Assert.Equal(keep.Files.Where(file => file != "gone.png").Select(file => (byte)(file switch { "a.png" => 1, "a.jpeg" => 2, _ => 3 })),
                    links.Select(link => Assert.Single(Messages.Trees.Bytes(Assert.Single(import.Files, file => file.Path.EndsWith(link, StringComparison.Ordinal) && file.Path[..2] == Place(import))))));
                Assert.Equal(Body(keep, note), note.Body);
            },
            iter: 300, threads: 1);
    }

    static string Place(Import import) => Assert.Single(NoteTrees.Notes(import), file => NoteTrees.Note(file)["source"] == "\"keep\"").Path[..2];

    // PeerTests judge the text itself; here its pieces are all there, in their order.
    static string Body(Keep keep, NoteText note)
    {
        List<string> blocks = [];
        if (keep.Body is { Length: > 0 }) blocks.Add(Markdown(keep.Body, ""));
        if (keep.Items is { Length: > 0 }) blocks.Add(string.Join('\n', keep.Items.Select(item => (item.IsChecked ? "- [x] " : "- [ ] ") + Markdown(item.Text, "  "))));
        string[] rows = note.List("attachments");
        List<string> links = [];
        for (int at = 0; at < rows.Length; at++)
        {
            if (rows[at].StartsWith("name: ", StringComparison.Ordinal)) links.Add($"![{Unquote(rows[at][6..])}]({Unquote(rows.Skip(at + 1).TakeWhile(row => !row.StartsWith("name: ", StringComparison.Ordinal)).FirstOrDefault(row => row.StartsWith("file: ", StringComparison.Ordinal), rows[at])[6..])})");
        }
        if (links.Count > 0) blocks.Add(string.Join("  \n", links));
        string body = string.Join("\n\n", blocks);
        return body.Length == 0 || body.EndsWith('\n') ? body : body + "\n";
    }

    static string Markdown(string text, string indent)
    {
        StringBuilder markdown = new();
        MarkdownText.Add(text, markdown, indent);
        return markdown.ToString();
    }

    static byte[] Json(Keep keep)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream))
        {
            json.WriteStartObject();
            json.WriteString("color", keep.Color);
            json.WriteBoolean("isPinned", keep.State.Pinned);
            json.WriteBoolean("isArchived", keep.State.Archived);
            json.WriteBoolean("isTrashed", keep.State.Trashed);
            json.WriteString("title", keep.Title);
            if (keep.Body is not null) json.WriteString("textContent", keep.Body);
            if (keep.Items is not null)
            {
                json.WriteStartArray("listContent");
                foreach ((string text, bool isChecked) in keep.Items)
                {
                    json.WriteStartObject();
                    json.WriteString("text", text);
                    json.WriteBoolean("isChecked", isChecked);
                    json.WriteEndObject();
                }
                json.WriteEndArray();
            }
            json.WriteStartArray("labels");
            foreach (string label in keep.Labels)
            {
                json.WriteStartObject();
                json.WriteString("name", label);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteStartArray("attachments");
            foreach (string file in keep.Files)
            {
                json.WriteStartObject();
                json.WriteString("filePath", file);
                json.WriteString("mimetype", "image/png");
                json.WriteEndObject();
            }
            json.WriteEndArray();
            if (keep.AsText) json.WriteString("createdTimestampUsec", keep.Created.ToString(CultureInfo.InvariantCulture));
            else json.WriteNumber("createdTimestampUsec", keep.Created);
            json.WriteNumber("userEditedTimestampUsec", keep.Modified);
            json.WriteEndObject();
        }
        return stream.ToArray();
    }

    static string? Unquote(string? quoted)
    {
        if (quoted is null) return null;
        StringBuilder text = new();
        for (int at = 1; at < quoted.Length - 1; at++)
        {
            if (quoted[at] != '\\')
            {
                text.Append(quoted[at]);
                continue;
            }
            int digits = quoted[++at] switch { 'x' => 2, 'u' => 4, _ => 0 };
            text.Append(digits == 0 ? quoted[at] switch { 'n' => '\n', 'r' => '\r', 't' => '\t', char c => c } : (char)int.Parse(quoted.AsSpan(at + 1, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
            at += digits;
        }
        return text.ToString();
    }

    static long Microseconds(string? time) => (DateTimeOffset.Parse(time!.Trim('"'), CultureInfo.InvariantCulture) - DateTimeOffset.UnixEpoch).Ticks / 10;

    static readonly Gen<string> Name = Gen.Select(OneOf("a", "B", " x ", "...", "\u7b14\u8bb0", "\U0001F600", "e\u0301", "\u00e9", "CON", "a:b?", "q\"'\\", "#[x]", "\n", "-", ".hidden", "x".PadRight(90, 'y')), OneOf(".md", ".MD", ".markdown", ".txt", ".png", "", ".json", ".html"), (name, ending) => name + ending);

    static readonly Gen<(string[] Path, byte[] Bytes, long Ticks)[]> Folder = Gen.Select(Name.Array[1, 3], Gen.OneOf(Gen.Byte.Array[0, 40], OneOf("---\n", "---\ntitle: x\n---\n", "{\"a\":1}", "\r\n", "\ufeff", "[").Select(Encoding.UTF8.GetBytes)), Gen.Long[-10_000_000_000_000_000, 40_000_000_000_000_000]).Array[1, 8];

    [Fact]
    public void A_generated_folder_comes_back_byte_for_byte() =>
        Folder.Sample(
            files =>
            {
                using TempFolder folder = new();
                folder.Write("in/A note.md", []);
                foreach ((string[] path, byte[] bytes, long ticks) in files)
                {
                    string[] parts = [.. path[..^1].Select(part => "d" + part), path[^1]];
                    try
                    {
                        string file = folder.Write("in/" + string.Join('/', parts), bytes);
                        File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch.AddTicks(ticks));
                    }
                    catch (Exception taken) when (taken is IOException or UnauthorizedAccessException)
                    {
                        // a folder of that name
                    }
                }
                SortedDictionary<string, (string, DateTime)> before = NoteTrees.Everything(folder["in"]);
                using Import import = NoteTrees.Read(folder["in"]);
                Assert.Equal(before.Count, import.Report.Kept);
                Messages.Trees.Store(import, folder["tree"]);
                ExportReport report = NoteTrees.Write(folder["tree"], folder["out"]);
                Assert.Empty(report.Problems);
                Assert.Equal(before, NoteTrees.Everything(folder["out"]));
                Assert.Equal(before, NoteTrees.Everything(folder["in"]));
            },
            iter: 150, threads: 1);
}
