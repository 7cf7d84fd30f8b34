namespace Offproof.Phone.Tests.Notes;

/// <summary>docs/notes.md §3.1 and §4: a folder of Markdown and text comes back byte for byte.</summary>
public sealed class FolderTests
{
    [Fact]
    public void A_folder_comes_back_byte_for_byte_with_names_and_times()
    {
        using TempFolder folder = new();
        folder.Write("in/Plain.md", "# Title\r\n\r\nText\r\n"u8.ToArray());
        folder.Write("in/BOM.txt", [0xEF, 0xBB, 0xBF, (byte)'x']);
        folder.Write("in/Own front.md", "---\ntitle: mine\n---\n---\nBody"u8.ToArray());
        folder.Write("in/Sub/Deep er/Kein UTF-8.markdown", [0xE4, 0xF6, 0xFC, 0, 0xFF]);
        folder.Write("in/Sub/UTF-16.txt", [0xFF, 0xFE, (byte)'a', 0, (byte)'\n', 0]);
        folder.Write("in/Empty.md", []);
        folder.Write("in/attachments/pic.png", [1, 2, 3]);
        folder.Write("in/.obsidian/app.json", "{}"u8.ToArray());
        folder.Write("in/.obsidian/broken.json", "{\"a\": e5"u8.ToArray());
        folder.Write("in/empty.bin", []);
        folder.Write("in/\u7b14\u8bb0 \U0001F600.md", "\u7b14"u8.ToArray());
        DateTime time = new(2019, 2, 3, 4, 5, 6, DateTimeKind.Utc);
        foreach (string path in Directory.EnumerateFiles(folder["in"], "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None }))
            File.SetLastWriteTimeUtc(path, time = time.AddTicks(36_000_000_001));

        using Import import = NoteTrees.Read(folder["in"]);
        Assert.Equal((11L, 11L), (import.Report.Read, import.Report.Kept));
        Messages.Trees.Store(import, folder["tree"]);
        ExportReport report = NoteTrees.Write(folder["tree"], folder["out"]);
        Assert.Empty(report.Problems);
        Assert.Empty(report.Notices);
        Assert.Equal((11L, 11), (report.Entries, report.Files.Count));
        Assert.Equal(NoteTrees.Everything(folder["in"]), NoteTrees.Everything(folder["out"]));
    }
}
