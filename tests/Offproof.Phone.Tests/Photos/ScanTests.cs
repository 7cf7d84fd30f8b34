namespace Offproof.Phone.Tests.Photos;

public sealed class ScanTests
{
    static PhotoScan Scan(TempFolder folder) => PhotoLibrary.Scan(folder.FullPath, TestContext.Current.CancellationToken);

    [Fact]
    public void Every_regular_file_is_an_item_whatever_it_is()
    {
        using TempFolder folder = new();
        string[] paths = [".nomedia", ".trashed-1700000000-IMG_3.jpg", "DCIM/.thumbnails/1.jpg", "DCIM/Camera/IMG_1.jpg", "DCIM/Camera/VID_1.mp4",
            "DCIM/Camera/empty.jpg", "Thumbs.db", "album/metadata.json", "noextension", "notes.txt~"];
        folder.Touch(paths);
        folder.Write("DCIM/Camera/empty.jpg", []);

        PhotoScan scan = Scan(folder);

        Assert.Equal(paths, scan.Files.Select(file => file.Path), StringComparer.Ordinal);
        Assert.Empty(scan.Skipped);
        Assert.Equal([PhotoKind.Other, PhotoKind.Photo, PhotoKind.Photo, PhotoKind.Photo, PhotoKind.Video, PhotoKind.Photo, PhotoKind.Other, PhotoKind.Other,
            PhotoKind.Other, PhotoKind.Other], scan.Files.Select(file => file.Kind));
    }

    [Fact]
    public void Length_time_and_bytes_are_the_files_own()
    {
        using TempFolder folder = new();
        byte[] bytes = [.. Enumerable.Range(0, 1000).Select(i => (byte)(i % 251))];
        DateTime changed = new(2021, 2, 3, 4, 5, 6, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(folder.Write("a.jpg", bytes), changed);

        PhotoFile file = Assert.Single(Scan(folder).Files);

        Assert.Equal((1000, new DateTimeOffset(changed)), (file.Length, file.Modified));
        using MemoryStream copy = new();
        using (Stream stream = file.OpenRead()) stream.CopyTo(copy);
        Assert.Equal(bytes, copy.ToArray());
    }

    [Fact] // phone.md §1.1: listing opens nothing
    public void Listing_opens_no_file()
    {
        using TempFolder folder = new();
        folder.Touch("IMG_1.jpg", "IMG_1.jpg.json", "VID.mp4", "empty.jpg");
        folder.Write("empty.jpg", []);
        // Held like this, a second opening fails; reading the facts shows that it would.
        using FileStream a = Hold("IMG_1.jpg"), b = Hold("IMG_1.jpg.json"), c = Hold("VID.mp4"), d = Hold("empty.jpg");

        PhotoScan scan = Scan(folder);

        Assert.Equal(4, scan.Files.Count);
        Assert.Empty(scan.Skipped);
        Assert.All(scan.Files, file => Assert.Throws<IOException>(file.OpenRead));
        PhotoFacts facts = scan.Files[0].ReadFacts();
        Assert.Contains("file cannot be read", facts.Problem, StringComparison.Ordinal);
        Assert.Contains("sidecar cannot be read", facts.Problem, StringComparison.Ordinal);

        FileStream Hold(string name) => new(folder[name], FileMode.Open, FileAccess.ReadWrite, FileShare.None);
    }

    [Fact]
    public void Links_are_reported_and_not_followed()
    {
        using TempFolder outside = new();
        outside.Touch("secret.jpg");
        using TempFolder folder = new();
        folder.Touch("a/IMG_1.jpg");
        File.CreateSymbolicLink(folder["a/outside.jpg"], outside["secret.jpg"]);
        File.CreateSymbolicLink(folder["a/broken.jpg"], "nowhere");
        Directory.CreateSymbolicLink(folder["a/up"], "..");
        File.CreateSymbolicLink(folder["self"], "self");
        Directory.CreateSymbolicLink(folder["folder"], outside.FullPath);

        PhotoScan scan = Scan(folder);

        Assert.Equal(["a/IMG_1.jpg"], scan.Files.Select(file => file.Path), StringComparer.Ordinal);
        Assert.Equal(["a/broken.jpg", "a/outside.jpg", "a/up", "folder", "self"], scan.Skipped.Select(skipped => skipped.Path), StringComparer.Ordinal);
        Assert.All(scan.Skipped, skipped => Assert.Equal(SkipReason.Link, skipped.Reason));
        Assert.Contains(outside["secret.jpg"], scan.Skipped[1].Detail, StringComparison.Ordinal);
    }

    [Fact] // Termux reaches the camera folder through a link.
    public void A_root_that_is_a_link_is_followed()
    {
        using TempFolder folder = new();
        folder.Touch("real/IMG_1.jpg");
        Directory.CreateSymbolicLink(folder["link"], "real");
        Assert.Equal("IMG_1.jpg", Assert.Single(PhotoLibrary.Scan(folder["link"], TestContext.Current.CancellationToken).Files).Path);
    }

    [Fact]
    public void Names_are_kept_as_they_are()
    {
        using TempFolder folder = new();
        string[] names = ["a\nb.jpg", "e\u0301te\u0301.jpg", "replaced \uFFFD.jpg", "\u00E9t\u00E9.jpg", "🏖️.jpg"];
        folder.Touch(names);
        Assert.Equal(names.Order(StringComparer.Ordinal), Scan(folder).Files.Select(file => file.Path), StringComparer.Ordinal);
        Assert.Empty(Scan(folder).Skipped);
    }

    [Fact]
    public void A_name_that_is_not_Unicode_is_reported()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("only Linux file systems take such names");
        using TempFolder folder = new();
        folder.Touch("good.jpg");
        folder.Shell("touch \"$(printf 'a\\377.jpg')\" \"$(printf 'a\\376.jpg')\"");

        PhotoScan scan = Scan(folder);
        folder.Shell("rm -- a*"); // .NET cannot name them, not even to remove them

        Assert.Equal("good.jpg", Assert.Single(scan.Files).Path);
        Assert.Equal([SkipReason.Name, SkipReason.Name], scan.Skipped.Select(skipped => skipped.Reason));
    }

    [Fact]
    public void Pipes_and_sockets_are_reported_and_never_waited_for()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("told apart by statx(2)");
        using TempFolder folder = new();
        folder.Shell("mkfifo IMG_1.jpg");
        PhotoScan scan = Scan(folder);
        Assert.Empty(scan.Files);
        Assert.Equal(SkipReason.Special, Assert.Single(scan.Skipped).Reason);
    }

    [Fact]
    public void A_folder_named_like_a_photo_is_a_folder()
    {
        using TempFolder folder = new();
        folder.Touch("IMG_1.jpg/IMG_2.jpg");
        Assert.Equal("IMG_1.jpg/IMG_2.jpg", Assert.Single(Scan(folder).Files).Path);
    }

    [Fact]
    public void A_file_that_went_away_is_a_problem_of_its_own()
    {
        using TempFolder folder = new();
        folder.Touch("IMG_1.jpg");
        PhotoFile file = Assert.Single(Scan(folder).Files);
        File.Delete(file.FullPath);
        Assert.Contains("file cannot be read", file.ReadFacts().Problem, StringComparison.Ordinal);
        Assert.Throws<FileNotFoundException>(file.OpenRead);
    }

    [Fact]
    public void A_source_that_is_no_folder_is_refused()
    {
        using TempFolder folder = new();
        folder.Touch("file");
        Assert.Throws<DirectoryNotFoundException>(() => PhotoLibrary.Scan(folder["missing"], TestContext.Current.CancellationToken));
        Assert.Throws<DirectoryNotFoundException>(() => PhotoLibrary.Scan(folder["file"], TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Listing_can_be_cancelled()
    {
        using TempFolder folder = new();
        folder.Touch("a.jpg");
        Assert.Throws<OperationCanceledException>(() => PhotoLibrary.Scan(folder.FullPath, new CancellationToken(canceled: true)));
    }
}
