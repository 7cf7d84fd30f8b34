using System.Text.Json;

namespace Offproof.Phone.Tests.Notes;

/// <summary>Real notes of Google Keep, against the corpus' SOURCES.md and the facts in what another importer made of them.</summary>
public sealed class KeepCorpusTests
{
    static readonly string? Corpus = Repository.Corpus("notes");

    static string At(string name)
    {
        if (Corpus is null) Assert.Skip("the corpus of notes (shared/corpus/notes beside the repository) is not on this machine");
        return Path.Combine(Corpus, name);
    }

    static Dictionary<string, NoteText> Read(string name, out Import import)
    {
        import = NoteTrees.Read(At(name));
        return NoteTrees.Notes(import).Select(NoteTrees.Note).ToDictionary(note => note["title"] ?? "", note => note, StringComparer.Ordinal);
    }

    // Title; pinned, archived, trashed; colour; labels; attachments; created; modified.
    public static TheoryData<string, string, string, string, string, string, string, string> Facts => new()
    {
        { "2023-08-01T14_29_43.842+10_00.json", "", "", "DEFAULT", "", "1690514441523.1361766539.png image/png", "2023-07-28T03:21:07.15Z", "2023-08-01T04:29:43.842Z" },
        { "Archived note.json", "Archived note", "archived", "DEFAULT", "", "", "2023-07-28T03:27:38.197Z", "2023-08-01T05:05:17.287Z" },
        { "Background colour note.json", "Background colour note", "", "RED", "", "", "2023-07-27T05:46:22.242Z", "2023-08-01T05:05:03.436Z" },
        { "Checklist note.json", "Checklist note", "", "DEFAULT", "labelWith!'@:$\"Symbols", "", "2023-07-26T11:58:12.755Z", "2023-08-01T05:05:08.447Z" },
        { "Deleted note.json", "Deleted note", "trashed", "DEFAULT", "", "", "2023-08-11T01:47:19.97Z", "2023-08-11T01:47:34.836Z" },
        { "Drawings (multiple) note.json", "Drawings (multiple) note", "", "DEFAULT", "", "1690514342456.1074605235.png image/png, 1690514400167.1149307624.png image/png", "2023-07-28T03:20:25.701Z", "2023-08-01T05:03:39.519Z" },
        { "Hashtags _ labels note.json", "Hashtags & labels note", "", "DEFAULT", "!'@:$\"LabelStartingWithSymbols, 92labelStartingWithNumber, hyphenated-label, label with spaces, labelWith!'@:$\"Symbols, camelCaseLabel, LabelWith#Inside, label with !'@:$\" Symbols and spaces", "", "2023-07-27T02:56:36.429Z", "2023-08-01T05:04:13.292Z" },
        { "Image, label, and body text note.json", "Image, label, and body text note", "", "BLUE", "label", "1690514572032.76900194.png image/png", "2023-07-28T03:22:52.858Z", "2023-08-01T05:03:56.591Z" },
        { "Invalid title characters note !@#$_^_()_+~`{}[]_.json", "Invalid title characters note !@#$%^&*()_+~`{}[]\\|;:'<>',./?/*-+", "", "DEFAULT", "", "", "2023-07-29T02:32:09.959Z", "2023-08-01T05:02:25.478Z" },
        { "Labelled note.json", "Labelled note", "", "DEFAULT", "label with !'@:$\" Symbols, Underscored_Label, hyphenated-label, label with spaces, label, camelCaseLabel", "", "2023-07-27T02:45:37.272Z", "2023-08-01T05:04:33.284Z" },
        { "Multiline title note_Second line.json", "Multiline title note\nSecond line", "", "DEFAULT", "", "", "2023-07-27T05:47:39.97Z", "2023-08-01T05:03:06.278Z" },
        { "Pinned text note.json", "Pinned text note", "pinned", "DEFAULT", "", "", "2023-07-27T02:45:09.718Z", "2023-08-01T04:42:07.36Z" },
        { "Voice recording.json", "Voice recording", "", "DEFAULT", "", "1690859067849.259766.1353747803.3gp audio/3gp", "2023-08-01T03:04:20.579Z", "2023-08-01T05:00:32.18Z" },
    };

    [Theory, MemberData(nameof(Facts))]
    public void A_note_keeps_its_facts(string file, string title, string state, string color, string labels, string attachments, string created, string modified)
    {
        Dictionary<string, NoteText> notes = Read("notes/" + file, out Import import);
        using (import)
        {
            NoteText note = Assert.Single(notes).Value;
            Assert.Equal((1L, 1L), (import.Report.Read, import.Report.Kept));
            Assert.Equal(title.Length == 0 ? null : JsonSerializer.Serialize(title, Relaxed), note["title"]);
            foreach (string flag in (string[])["pinned", "archived", "trashed"]) Assert.Equal(flag == state ? "true" : "false", note[flag]);
            Assert.Equal('"' + color + '"', note["color"]);
            Assert.Equal(labels, string.Join(", ", note.List("tags").Select(tag => JsonSerializer.Deserialize<string>(tag))));
            Assert.Equal(('"' + created + '"', '"' + modified + '"'), (note["created"], note["modified"]));
            Assert.Equal(attachments.Replace(" ", ", ", StringComparison.Ordinal).Replace(",,", ",", StringComparison.Ordinal), string.Join(", ", note.List("attachments").Select(row => row[(row.IndexOf('"', StringComparison.Ordinal) + 1)..^1])));
            Assert.Equal(attachments.Length == 0 ? 0 : attachments.Split(", ").Length, import.Report.Notices.Count(notice => notice.Contains("is missing", StringComparison.Ordinal)));
            Assert.Equal(modified.TrimEnd('Z'), Assert.Single(import.Files).Modified.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF", System.Globalization.CultureInfo.InvariantCulture));

            using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(At("notes/" + file)));
            string text = json.RootElement.TryGetProperty("textContent", out JsonElement content) ? content.GetString()! : "";
            string[] links = [.. note.List("attachments").Where(row => row.StartsWith("name:", StringComparison.Ordinal)).Select(row => row[7..^1])];
            string expected = text;
            if (links.Length > 0) expected += "\n\n" + string.Join("\n", links.Select(link => (link.EndsWith("png", StringComparison.Ordinal) ? "!" : "") + $"[{link}]({link})"));
            if (json.RootElement.TryGetProperty("listContent", out JsonElement items)) expected = string.Join("\n", items.EnumerateArray().Select(item => (item.GetProperty("isChecked").GetBoolean() ? "- [x] " : "- [ ] ") + item.GetProperty("text").GetString()));
            Assert.Equal(expected.EndsWith('\n') ? expected : expected + "\n", items.ValueKind is JsonValueKind.Array ? note.Body.Replace("\\_", "_", StringComparison.Ordinal) : NoteText.Plain(note.Body));
        }
    }

    /// <summary>What another importer says of the same note: its tags, its attachments, and the words of its text.</summary>
    [Theory, MemberData(nameof(Facts))]
    public void What_another_importer_found_is_there(string file, string title, string state, string color, string labels, string attachments, string created, string modified)
    {
        Assert.NotEqual(created, modified);
        NoteText note = Assert.Single(Read("notes/" + file, out Import import)).Value;
        import.Dispose();
        string[] expected = File.ReadAllLines(Assert.Single(Directory.EnumerateFiles(At("notes/expected/" + file[..^5]))));
        List<string> found = [];
        if (note["pinned"] == "true") found.Add("Keep/Pinned");
        if (note["archived"] == "true") found.Add("Keep/Archived");
        if (note["trashed"] == "true") found.Add("Keep/Deleted");
        if (note["color"] != "\"DEFAULT\"") found.Add("Keep/Color/" + note["color"]![1] + note["color"]![2..^1].ToLowerInvariant());
        if (note.List("attachments").Length > 0) found.Add("Keep/Attachment");
        found.AddRange(note.List("tags").Select(tag => "Keep/Label/" + string.Concat(JsonSerializer.Deserialize<string>(tag)!.Where(c => !"!'@:$\"#".Contains(c, StringComparison.Ordinal))).Replace(' ', '-')));
        Assert.Equal(expected.Where(line => line.StartsWith("  - Keep/", StringComparison.Ordinal)).Select(line => line[4..]).Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
        Assert.Equal((state.Length > 0 ? 1 : 0) + (color == "DEFAULT" ? 0 : 1) + (attachments.Length > 0 ? 1 : 0) + labels.Split(", ", StringSplitOptions.RemoveEmptyEntries).Length, found.Count);
        string[] aliases = [.. expected.SkipWhile(line => line != "aliases:").Skip(1).TakeWhile(line => line.StartsWith("  - ", StringComparison.Ordinal)).Select(line => line[4..])];
        if (aliases.Length > 0) Assert.Equal(aliases, title.Split('\n'));
        string[] lines = [.. expected.SkipWhile((line, at) => at == 0 || line != "---").Skip(1)];
        Assert.Contains(lines, line => line.Length > 0);
        string[] links = [.. string.Concat(lines).Split("![[")[1..].Select(link => link[..link.IndexOf("]]", StringComparison.Ordinal)])];
        Assert.Equal(attachments.Length == 0 ? 0 : attachments.Split(", ").Length, links.Length);
        Assert.All(links, link => Assert.Contains("name: \"" + link + "\"", note.List("attachments")));
        string plain = NoteText.Plain(note.Body.Replace("\n- [", "  \n- [", StringComparison.Ordinal));
        // It rewrites hashtags and some symbols; every other word is the same.
        string[] missing = [.. lines.SelectMany(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(word => !plain.Contains(word, StringComparison.Ordinal) && !word.StartsWith('#') && !word.StartsWith("![[", StringComparison.Ordinal))];
        Assert.All(missing, word => Assert.Contains("!@#^&*()_+~", word, StringComparison.Ordinal));
    }

    static readonly JsonSerializerOptions Relaxed = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public void Broken_JSON_is_refused_with_its_line_and_takes_nothing_with_it()
    {
        Read("broken-json-note.json", out Import import);
        using (import)
        {
            Assert.Equal((1L, 0L), (import.Report.Read, import.Report.Kept));
            SkippedEntry skipped = Assert.Single(import.Report.Skipped);
            Assert.Equal(1, skipped.Line);
            Assert.Contains("line 8", skipped.Reason, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_note_without_the_time_of_its_last_change_is_kept_and_said()
    {
        Dictionary<string, NoteText> notes = Read("invalid-keep-json-note.json", out Import import);
        using (import)
        {
            Assert.Null(notes["\"_Text note\""]["modified"]);
            Assert.Equal("\"2023-07-27T02:51:47.496Z\"", notes["\"_Text note\""]["created"]);
            Assert.Contains("no time of its last change", Assert.Single(import.Report.Notices), StringComparison.Ordinal);
        }
    }

    /// <summary>13 notes and the 13 Markdown files beside them; of the corpus as a whole also its own two texts and one more note.</summary>
    [Theory]
    [InlineData("notes", 26, 26), InlineData("", 30, 29)]
    public void A_folder_has_all_of_them(string folder, int read, int kept)
    {
        using Import import = NoteTrees.Read(At(folder));
        Assert.Equal(((long)read, (long)kept), (import.Report.Read, import.Report.Kept));
        Assert.Equal(kept, NoteTrees.Notes(import).Count());
        Assert.Equal(folder.Length == 0 ? ["broken-json-note.json"] : [], import.Report.Skipped.Select(entry => Path.GetFileName(entry.File)));
    }
}
