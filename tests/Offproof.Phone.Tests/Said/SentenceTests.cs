using System.Text;

namespace Offproof.Phone.Tests.Said;

/// <summary>phone.md §2.2: what is said is a sentence, whatever stands in the files that it is about.</summary>
public sealed class SentenceTests
{
    [Theory]
    [InlineData(1, "1 card was met; it is kept."), InlineData(2, "2 cards were met; they are kept."), InlineData(0, "0 cards were met; they are kept.")]
    public void One_is_one(long number, string said) => Assert.Equal(said, Sentence.Of(number, "{0} [card was|cards were] met; [it is|they are] kept."));

    [Fact] // every sentence of ours is one in both numbers
    public void No_mark_is_left_in_a_sentence()
    {
        string[] sentences = [.. Directory.EnumerateFiles(Path.Combine(Repository.Root, "src", "Offproof.Phone"), "*.cs", SearchOption.AllDirectories).SelectMany(File.ReadLines)
            .Select(line => line.IndexOf("\"{0} ", StringComparison.Ordinal) is var at and >= 0 && line[at + 5] is '[' or (>= 'a' and <= 'z') ? line[(at + 1)..line.IndexOf('"', at + 1)] : null).OfType<string>()];
        Assert.True(sentences.Length > 25);
        Assert.All(sentences, sentence => Assert.All([1L, 2L], number =>
        {
            string said = Sentence.Of(number, sentence);
            Assert.Equal(-1, said.AsSpan().IndexOfAny("[]|{}"));
            Assert.StartsWith(number == 1 ? "1 " : "2 ", said, StringComparison.Ordinal);
        }));
        Assert.All(sentences, sentence => Assert.NotEqual(Sentence.Of(1, sentence)[2..], Sentence.Of(2, sentence)[2..]));
    }

    [Theory]
    [InlineData("plain", "plain"), InlineData("a\nb\u001B[2J", "a\\x0ab\\x1b[2J"), InlineData("\u0085", "\\x85")]
    public void A_value_stays_on_its_line(string value, string shown) => Assert.Equal(shown, Sentence.Quote(value));

    [Fact]
    public void A_value_has_an_end()
    {
        Assert.Equal(new string('a', 60) + "\u2026" + new string('b', 60), Sentence.Quote(new string('a', 1000) + new string('b', 1000)));
        string faces = Sentence.Quote("x" + string.Concat(Enumerable.Repeat("\U0001F600", 1000)));
        Assert.Equal(faces, Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(faces)));
        Assert.InRange(faces.Length, 119, 122);
    }

    [Fact]
    public void A_cause_ends_with_one_full_stop_and_names_no_place_of_the_tree()
    {
        string tree = Path.Combine(Path.GetTempPath(), ".offproof-restore-1", "messages");
        Assert.Equal("It failed: it is not there.", Sentence.Because("It failed", new FileNotFoundException($"Could not find file '{tree}/a'.")));
        Assert.Equal("It failed: access is denied.", Sentence.Because("It failed", new UnauthorizedAccessException($"Access to the path '{tree}/a' is denied.")));
        Assert.Equal("It failed: Is a directory : 'a/b'.", Sentence.Because("It failed", new IOException($"Is a directory : '{tree}/a/b'"), tree));
        Assert.Equal("It failed: the tree is a/b.", Sentence.Because("It failed", new IOException("the tree is tree/a/b"), "tree"));
        Assert.Equal("It failed: the source changed.", Sentence.Because("It failed", new IOException("the source changed.")));
    }

    [Fact] // a name is text, and no form of a sentence
    public void Braces_and_brackets_in_the_name_of_a_file_stay()
    {
        using TempFolder folder = new();
        folder.Write("in/{9}[a|b].vcf", Encoding.UTF8.GetBytes("BEGIN:VCARD\r\nFN:a\r\nBEGIN:VCARD\r\nFN:b\r\nEND:VCARD\r\nEND:VCARD\r\n"));
        using Import import = ContactImport.Read([folder["in"]], CancellationToken.None);
        Assert.Equal(folder["in/{9}[a|b].vcf"] + ": 1 card stands inside of another; each is kept as a contact of its own.", Assert.Single(import.Report.Notices));
        folder.Write("tree/00/{9}[a|b].vcf", Encoding.UTF8.GetBytes("BEGIN:VCARD\r\nFN:a\r\nBEGIN:VCARD\r\nFN:b\r\nEND:VCARD\r\nEND:VCARD\r\n"));
        ExportReport report = ContactExport.Write(folder["tree"], folder["out"], ContactFormat.VCard3, Selection.All, CancellationToken.None);
        Assert.Equal("00/{9}[a|b].vcf: 1 card stands inside of another; each is kept as a contact of its own.", Assert.Single(report.Notices));
    }

    [Fact] // a name of 16 MB in a note, and ten thousand of them, is no report that anybody reads
    public void A_hostile_name_in_a_note_is_cut_in_what_is_said_and_kept_in_the_note()
    {
        using TempFolder folder = new();
        string name = new string('n', 100_000) + "\\n\\u001b[2J.png";
        folder.Write("in/n.json", Encoding.UTF8.GetBytes($"{{\"isTrashed\":false,\"userEditedTimestampUsec\":1690864183842000,\"attachments\":[{{\"filePath\":\"{name}\"}}]}}"));
        folder.Write("in/m.json", Encoding.UTF8.GetBytes($"{{\"isTrashed\":false,\"title\":\"m\",\"{new string('x', 250)}\":1,\"{new string('x', 250)}\":1}}"));
        using Import import = NoteImport.Read([("notes", folder["in"])], CancellationToken.None);
        string said = Assert.Single(import.Report.Notices)[folder["in"].Length..];
        Assert.InRange(said.Length, 100, 300);
        Assert.DoesNotContain(said, char.IsControl);
        Assert.True(Assert.Single(import.Files).Length > 100_000);
        Assert.InRange(Assert.Single(import.Report.Skipped).Reason.Length, 100, 200);
    }

    [Theory]
    [InlineData("chmod 0 tree/00/n.md", "00/n.md", "The note cannot be read: access is denied.")]
    [InlineData("rm tree/00/n.md; mkdir tree/00/n.md", "00/n.md", "The note cannot be read: access is denied.")]
    [InlineData("rm tree/00/attachments/*", "00/n.md", "'n.png' was not written: it is not there.")]
    [InlineData("mkdir out; mkdir out/n.png", "00/n.md", "'n.png' was not written: the target has something of that name that is no file.")]
    public void What_is_wrong_with_a_tree_is_said_in_the_names_of_the_tree(string damage, string file, string reason)
    {
        if (damage.StartsWith("chmod", StringComparison.Ordinal) && Environment.IsPrivilegedProcess) return; // nothing is denied to root
        using TempFolder folder = new();
        string hash = new('a', 64);
        folder.Write("tree/00/n.md", Encoding.UTF8.GetBytes($"---\noffproof: 1\nsource: \"file\"\nfolder: \"f\"\npath: \"n.png\"\nattachments:\n  - name: \"n.png\"\n    file: \"attachments/{hash}.png\"\n---\n"));
        folder.Write($"tree/00/attachments/{hash}.png", [1]);
        folder.Shell(damage);
        ExportReport report = NoteExport.Write(folder["tree"], folder["out"], NoteFormat.Markdown, Selection.All, CancellationToken.None);
        Assert.Contains((file, reason), report.Problems.Select(problem => (problem.File, problem.Reason)));
        Assert.All(report.Problems, problem => Assert.DoesNotContain(folder.FullPath, problem.Reason, StringComparison.Ordinal));
        Assert.All(report.Problems, problem => Assert.DoesNotContain("..", problem.Reason, StringComparison.Ordinal));
    }
}
