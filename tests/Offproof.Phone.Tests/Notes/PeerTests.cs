using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using CsCheck;

namespace Offproof.Phone.Tests.Notes;

/// <summary>What we write, judged by readers that we did not write: PyYAML for front matters, GitHub's cmark-gfm for texts.</summary>
public sealed partial class PeerTests
{
    const string ReadYaml = """
        import json, os, sys, yaml
        for name in sorted(os.listdir(sys.argv[1])):
            text = open(os.path.join(sys.argv[1], name), "rb").read()
            head = text[: text.index(b"\n---\n", 3) + 1]
            print(json.dumps(yaml.safe_load(head.decode("utf-8")), ensure_ascii=True))
        """;

    static readonly Gen<string> Strange = Gen.OneOf(
        Gen.String[Gen.Char["\0\a\b\t\n\r\u001b \"'\\#:-{}[]&*!|>%@`,?~\u007f\u0080\u0085\u009f\u00a0\u00e9\u0301\u2028\u2029\ufeff\ufffd\ufffe\uffff\u7b14nxu0"], 0, 12],
        OneOf("---", "...", "true", "null", "~", "1", "1.5", "2023-07-28", "0x1f", "yes", "- a", "a: b", "\U0001F600", "\\x41", new string('x', 5000)));

    static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(index => texts[index]);

    [Fact]
    public async Task A_YAML_reader_reads_every_front_matter_to_the_same_values()
    {
        using TempFolder folder = new();
        List<FrontMatter> written = [];
        Gen<FrontMatter> front = Gen.Select(Strange, Strange.Array[0, 3], Gen.Select(Strange, Strange).Array[0, 3], Gen.Bool, Gen.Long).Select((text, texts, rows, flag, number) =>
        {
            FrontMatter made = new();
            made.Add("offproof", number);
            made.Add("title", text);
            made.Add("pinned", flag);
            made.Add("tags", [.. texts]);
            made.Add("attachments", [.. rows.Select(row => new List<(string, string)> { ("name", row.Item1), ("file", row.Item2) })]);
            return made;
        });
        front.Sample(written.Add, iter: 2000, threads: 1);
        foreach (string tree in (string[])["folder", "vaults", "keep", "xiaomi"])
        {
            foreach (string path in Directory.EnumerateFiles(Path.Combine(Repository.Root, "vectors", "phone", "notes", tree, "tree"), "*.md", SearchOption.AllDirectories))
            {
                using FileStream stream = File.OpenRead(path);
                written.Add(FrontMatter.Read(stream));
            }
        }
        for (int index = 0; index < written.Count; index++) folder.Write($"{index:D6}.md", [.. written[index].Write(), .. "\n---\nbody: [\n"u8]);

        string[] lines = (await Tool.RunAsync("/usr/bin/python3", ["-c", ReadYaml, folder.FullPath])).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(written.Count, lines.Length);
        for (int index = 0; index < lines.Length; index++)
        {
            Assert.Equal(written[index].Members.Select(member => member.Name + "=" + Show(member.Value)), JsonDocument.Parse(lines[index]).RootElement.EnumerateObject().Select(member => member.Name + "=" + Show(member.Value)));
            using MemoryStream ours = new([.. written[index].Write(), .. "rest"u8]);
            Assert.Equal(written[index].Members.Select(member => member.Name + "=" + Show(member.Value)), FrontMatter.Read(ours).Members.Select(member => member.Name + "=" + Show(member.Value)));
            Assert.Equal(4, ours.Length - ours.Position);
        }
    }

    // A type before each value: the text "1" is not the number.
    static string Show(object value) => value switch
    {
        string text => "text " + string.Join(' ', text.Select(c => ((int)c).ToString("x", System.Globalization.CultureInfo.InvariantCulture))),
        bool flag => "flag " + (flag ? "true" : "false"),
        long number => "number " + number.ToString(System.Globalization.CultureInfo.InvariantCulture),
        List<string> texts => "[" + string.Join(", ", texts.Select(Show)) + "]",
        List<List<(string Name, string Value)>> rows => "[" + string.Join(", ", rows.Select(row => "{" + string.Join(", ", row.Select(part => part.Name + "=" + Show(part.Value))) + "}")) + "]",
        JsonElement { ValueKind: JsonValueKind.String } json => Show(json.GetString()!),
        JsonElement { ValueKind: JsonValueKind.Number } json => "number " + json.GetRawText(),
        JsonElement { ValueKind: JsonValueKind.Array } json => "[" + string.Join(", ", json.EnumerateArray().Select(item => Show(item))) + "]",
        JsonElement { ValueKind: JsonValueKind.Object } json => "{" + string.Join(", ", json.EnumerateObject().Select(part => part.Name + "=" + Show(part.Value))) + "}",
        JsonElement json => "flag " + json.GetRawText(),
        _ => throw new InvalidOperationException(),
    };

    static readonly Gen<string> Accidents = OneOf("# ", "#", "> ", "- ", "+ ", "* ", "1. ", "12) ", "---", "===", "- - -", "***", "___", "`", "```", "~~", "~", "*", "**", "_", "__", "a", "b1", " ", "    ", "  ", "\t", "\\", "[", "]", "(x)",
        "](y)", "![", "<", ">", "<b>", "<!-- ", "-->", "<div>", "&amp;", "&#65;", "&copy", "&", "|", "|-|", ":-", "http://example.org/a_b?x=1&y=2", "https://example.org/*", "www.example.org", "ann@example.org", ".", "!", "\u7b14", "\u201c", "\n", "\n", "\n\n", "[x]: y", "[ ] ", "$", "=", "\U0001F600");

    static readonly Gen<string> Accident = Accidents.Array[1, 14].Select(string.Concat);

    /// <summary>The page shows the words that were written, in lines as they were written, and no markup but paragraphs, line breaks and links to addresses.</summary>
    [Fact]
    public async Task A_Markdown_reader_shows_what_was_written()
    {
        List<string> texts = [];
        Accident.Sample(texts.Add, iter: 4000, threads: 1);
        StringBuilder markdown = new();
        for (int index = 0; index < texts.Count; index++)
        {
            MarkdownText.Add(texts[index], markdown);
            markdown.Append("\n\nNEXT\n\n");
        }
        string html = await Tool.RunAsync("cmark-gfm", Cmark, markdown.ToString());
        string[] pages = html.Split("<p>NEXT</p>");
        Assert.Equal(texts.Count + 1, pages.Length);
        for (int index = 0; index < texts.Count; index++)
        {
            Assert.DoesNotMatch(OtherTags(), pages[index]);
            Assert.Equal(Words(texts[index]), Words(WebUtility.HtmlDecode(Tags().Replace(pages[index], ""))));
        }
    }

    static readonly string[] Cmark = ["--unsafe", "-e", "table", "-e", "strikethrough", "-e", "autolink", "-e", "tasklist"];

    [Fact]
    public async Task A_Markdown_reader_draws_checklists_lists_and_headings_as_such()
    {
        string note = await File.ReadAllTextAsync(Assert.Single(Directory.EnumerateFiles(Path.Combine(Repository.Root, "vectors", "phone", "notes", "xiaomi", "tree"), "Packing*.md", SearchOption.AllDirectories)));
        string html = await Tool.RunAsync("cmark-gfm", Cmark, new NoteText(note).Body);
        foreach ((string tag, int count) in ((string, int)[])[("<h1>", 1), ("<ul>", 3), ("<ol>", 1), ("<ol start=\"5\">", 1), ("<li>", 8), ("<input type=\"checkbox\" disabled=\"\" />", 3), ("<input type=\"checkbox\" checked=\"\" disabled=\"\" />", 1),
            ("<hr />", 1), ("<blockquote>", 1), ("<b>", 2), ("<img ", 1), ("<pre>", 0)]) Assert.Equal((tag, count), (tag, html.Split(tag).Length - 1));
    }

    static readonly Gen<(int Kind, int Indent, string Text)[]> Lines = Gen.Select(Gen.Int[0, 6], Gen.Int[1, 4], Accidents.Where(text => !text.Contains('\n', StringComparison.Ordinal) && text.Trim().Length > 0)).Array[1, 10];

    /// <summary>As many items, boxes, headings and rules as were written, in their order, and no block of code.</summary>
    [Fact]
    public async Task A_Markdown_reader_draws_every_item_of_generated_notes()
    {
        List<(int Kind, int Indent, string Text)[]> notes = [];
        Lines.Sample(notes.Add, iter: 2000, threads: 1);
        StringBuilder markdown = new();
        foreach ((int Kind, int Indent, string Text)[] note in notes)
        {
            string content = string.Join('\n', note.Select(line => Tag(line.Kind, line.Indent, "x" + WebUtility.HtmlEncode(line.Text) + "x")));
            new XiaomiText((_, _, _, _) => { }).Write(content, markdown);
            markdown.Append("\n\nNEXT\n\n");
        }
        string[] pages = (await Tool.RunAsync("cmark-gfm", Cmark, markdown.ToString())).Split("<p>NEXT</p>");
        Assert.Equal(notes.Count + 1, pages.Length);
        for (int index = 0; index < notes.Count; index++)
        {
            Assert.Equal((notes[index].Count(line => line.Kind is >= 1 and <= 4), notes[index].Count(line => line.Kind == 1), notes[index].Count(line => line.Kind == 2), notes[index].Count(line => line.Kind == 5), notes[index].Count(line => line.Kind == 6)),
                (Count(pages[index], "<li>"), Count(pages[index], "<input type=\"checkbox\" checked=\"\" disabled=\"\" />"), Count(pages[index], "<input type=\"checkbox\" disabled=\"\" />"), Count(pages[index], "<h2>"), Count(pages[index], "<hr />")));
            Assert.Equal(0, Count(pages[index], "<pre>"));
            Assert.Equal(notes[index].Where(line => line.Kind != 6).SelectMany(line => Words("x" + line.Text + "x")), Words(WebUtility.HtmlDecode(Tags().Replace(pages[index], "")).Replace("\u2003", "", StringComparison.Ordinal)));
        }
    }

    static int Count(string page, string tag) => page.Split(tag).Length - 1;

    static string Tag(int kind, int indent, string text) => kind switch
    {
        1 => $"<input type=\"checkbox\" indent=\"{indent}\" level=\"3\" checked=\"true\" />{text}",
        2 => $"<input type=\"checkbox\" indent=\"{indent}\" level=\"3\" />{text}",
        3 => $"<bullet indent=\"{indent}\" />{text}",
        4 => $"<order indent=\"{indent}\" inputNumber=\"{text.Length % 3}\" />{text}",
        5 => $"<text indent=\"{indent}\"><mid-size>{text}</mid-size></text>",
        6 => "<hr />",
        _ => $"<text indent=\"{indent}\">{text}</text>",
    };

    [Fact]
    public void Taking_the_signs_away_gives_the_text_back() =>
        Gen.OneOf(Accident, Strange.Select(text => text.Replace("\ud800", "", StringComparison.Ordinal))).Sample(
            text =>
            {
                StringBuilder markdown = new();
                MarkdownText.Add(text, markdown);
                Assert.Equal(text, NoteText.Plain(markdown.ToString()));
            },
            iter: 20_000, threads: 1);

    // Lines, without the blanks that Markdown does not draw.
    static string[] Words(string text) => [.. text.Split('\n').Select(line => string.Join(' ', line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries))).Where(line => line.Length > 0)];

    [GeneratedRegex("<[^>]*>", RegexOptions.None, 10_000)]
    private static partial Regex Tags();

    [GeneratedRegex("<(?!/?p>|br />|a href=|/a>|!-- -->)", RegexOptions.None, 10_000)]
    private static partial Regex OtherTags();
}
