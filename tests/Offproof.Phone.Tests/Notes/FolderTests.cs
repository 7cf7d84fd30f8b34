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

    /// <summary>Equal and other bytes, equal and other times at the same paths; the picture that a note shows is that of its own vault.</summary>
    [Fact]
    public void Two_folders_with_the_same_paths_come_back_as_two()
    {
        using TempFolder folder = new();
        foreach (string vault in (string[])["Home", "Work"])
        {
            folder.Write($"in/{vault}/Note.md", "![](img/1.png)"u8.ToArray());
            folder.Write($"in/{vault}/Same.txt", "same"u8.ToArray());
            folder.Write($"in/{vault}/img/1.png", [(byte)vault[0]]);
            folder.Write($"in/{vault}/img/same.png", [5]);
            foreach (string file in (string[])["Note.md", "Same.txt", "img/1.png", "img/same.png"]) File.SetLastWriteTimeUtc(folder[$"in/{vault}/{file}"], new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        }
        folder.Write("in/Work/Later.md", "![](img/1.png)"u8.ToArray());
        File.SetLastWriteTimeUtc(folder["in/Work/Same.txt"], new DateTime(2025, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        using Import import = NoteTrees.Read(folder["in/Home"], folder["in/Work"]);
        Assert.Equal("4,5", string.Join(',', import.Report.KeptBySource));
        Assert.Empty(import.Report.Notices);
        Messages.Trees.Store(import, folder["tree"]);
        ExportReport report = NoteTrees.Write(folder["tree"], folder["out"]);
        Assert.Empty(report.Problems);
        Assert.Empty(report.Notices);
        Assert.Equal(9L, report.Entries);
        Assert.Equal(NoteTrees.Everything(folder["in"]), NoteTrees.Everything(folder["out"]));
        Assert.Equal("H"u8.ToArray(), File.ReadAllBytes(folder["out/Home/img/1.png"]));

        // Where a file stands does not hang on what else was chosen: of Home no note is left.
        ExportReport later = NoteTrees.Write(folder["tree"], folder["later"], Selection.All with { Since = new DateTimeOffset(2024, 6, 1, 0, 0, 0, TimeSpan.Zero) });
        Assert.Equal(["Home/img/1.png", "Home/img/same.png", "Work/Later.md", "Work/Same.txt", "Work/img/1.png", "Work/img/same.png"], later.Files.Order(StringComparer.Ordinal));

        // The same folder under its name from somewhere else is the same; alone it needs no folder.
        Directory.Move(folder["in/Work"], folder["moved"]);
        using Import moved = NoteTrees.Read(("Work", folder["moved"]));
        Assert.Subset(import.Files.Select(file => file.Path).ToHashSet(StringComparer.Ordinal), moved.Files.Select(file => file.Path).ToHashSet(StringComparer.Ordinal));
        Messages.Trees.Store(moved, folder["one"]);
        NoteTrees.Write(folder["one"], folder["alone"]);
        Assert.Equal(NoteTrees.Everything(folder["moved"]), NoteTrees.Everything(folder["alone"]));
    }
}
