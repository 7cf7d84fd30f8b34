namespace Offproof.Phone.Tests.Photos;

/// <summary>The pairing rules of phone.md §1.3, one case each.</summary>
public sealed class TakeoutSidecarTests
{
    const string Long = "PXL_20240203_181920123.PORTRAIT-01.COVER_and_more.jpg"; // 53 characters
    const string Forty = "Screenshot_20240101-120000_Some_App1.jpg"; // 40 characters

    public static TheoryData<string, string, string> Pairs => new()
    {
        { "the plain form", "IMG_1.jpg", "IMG_1.jpg.json" },
        { "the form since 2024", "IMG_1.jpg", "IMG_1.jpg.supplemental-metadata.json" },
        { "cut after some letters", "IMG_1.jpg", "IMG_1.jpg.supplemental-me.json" },
        { "cut after one letter", "IMG_1.jpg", "IMG_1.jpg.s.json" },
        { "cut after the dot", "IMG_1.jpg", "IMG_1.jpg..json" },
        { "51 characters with .json", Forty, Forty + ".suppl.json" },
        { "a media name cut at 46", Long, Long[..46] + ".json" },
        { "the counter behind the extension", "IMG(1).jpg", "IMG.jpg(1).json" },
        { "the counter behind the whole word", "IMG(2).jpg", "IMG.jpg.supplemental-metadata(2).json" },
        { "the counter behind a cut word", "IMG(12).jpg", "IMG.jpg.supplemental-met(12).json" },
        { "the counter kept in its place", "IMG(1).jpg", "IMG(1).jpg.json" },
        { "a media name cut at 46, with a counter", Long[..^4] + "(3).jpg", Long[..46] + "(3).json" },
        { "an edited copy", "IMG_1-edited.jpg", "IMG_1.jpg.json" },
        { "an edited copy, new form", "IMG_1-edited.jpg", "IMG_1.jpg.supplemental-metadata.json" },
        { "an edited copy of a duplicate", "IMG_1-edited(1).jpg", "IMG_1.jpg(1).json" },
        { "an edited copy with a sidecar of its own", "IMG_1-edited.jpg", "IMG_1-edited.jpg.json" },
        { "a name with an emoji", "Ferien 🏖️.jpg", "Ferien 🏖️.jpg.json" },
        { "upper case", "IMG_1.JPG", "IMG_1.JPG.json" },
        { "a video", "VID_1.mp4", "VID_1.mp4.json" },
    };

    [Theory]
    [MemberData(nameof(Pairs))]
    public void A_photo_finds_its_sidecar(string rule, string media, string sidecar)
    {
        using TempFolder folder = new();
        folder.Touch("Photos from 2024/" + media, "Photos from 2024/" + sidecar);

        PhotoScan scan = PhotoLibrary.Scan(folder.FullPath, TestContext.Current.CancellationToken);

        PhotoFile photo = scan.File("Photos from 2024/" + media);
        Assert.True(string.Equals(photo.SidecarPath, "Photos from 2024/" + sidecar, StringComparison.Ordinal), $"{rule}: {photo.SidecarPath ?? "none"}");
        Assert.Equal(PhotoKind.Sidecar, scan.File("Photos from 2024/" + sidecar).Kind);
    }

    public static TheoryData<string, string> Strangers => new()
    {
        { "IMG_1.jpg", "IMG_2.jpg.json" },
        { "IMG_1.jpg", "IMG_1.json" },
        { "IMG.jpg", "IMG.jpg(1).json" },
        { "IMG(1).jpg", "IMG.jpg.json" },
        { "IMG(1).jpg", "IMG.jpg(2).json" },
        { "IMG_1.jpg", "IMG_1.jpg.supplemental-metadatas.json" },
        { "IMG_1.jpg", "IMG_1.jpg.metadata.json" },
        { "-edited.jpg", ".jpg.json" },
        { "IMG_1.jpg", "metadata.json" },
        { Long, Long[..45] + ".json" },
    };

    [Theory]
    [MemberData(nameof(Strangers))]
    public void A_photo_does_not_take_a_strangers_sidecar(string media, string other)
    {
        using TempFolder folder = new();
        folder.Touch(media, other);
        PhotoScan scan = PhotoLibrary.Scan(folder.FullPath, TestContext.Current.CancellationToken);
        Assert.Null(scan.File(media).SidecarPath);
        Assert.Equal(2, scan.Files.Count);
    }

    [Theory]
    [InlineData("PXL_1.MP.jpg", "PXL_1.MP")]
    [InlineData("PXL_1.jpg", "PXL_1.MP")]
    [InlineData("IMG_1.HEIC", "IMG_1.MP4")]
    [InlineData("IMG_1.HEIC", "IMG_1.MOV")]
    public void The_moving_part_shares_the_sidecar_of_the_picture(string picture, string moving)
    {
        using TempFolder folder = new();
        folder.Touch(picture, moving, picture + ".supplemental-metadata.json");
        PhotoScan scan = PhotoLibrary.Scan(folder.FullPath, TestContext.Current.CancellationToken);
        Assert.All([picture, moving], name => Assert.Equal(picture + ".supplemental-metadata.json", scan.File(name).SidecarPath));
        Assert.Equal(PhotoKind.Video, scan.File(moving).Kind);
    }

    [Fact]
    public void A_sidecar_in_another_folder_is_not_taken()
    {
        using TempFolder folder = new();
        folder.Touch("a/IMG_1.jpg", "b/IMG_1.jpg.json");
        PhotoScan scan = PhotoLibrary.Scan(folder.FullPath, TestContext.Current.CancellationToken);
        Assert.Null(scan.Files[0].SidecarPath);
        Assert.Equal(PhotoKind.Sidecar, scan.Files[1].Kind);
    }

    [Theory]
    [InlineData("""{"photoTakenTime":{"timestamp":"1700000000"},"geoData":{"latitude":-33.9,"longitude":18.4,"altitude":12.5}}""", "2023-11-14T22:13:20+00:00", -33.9, 12.5)]
    [InlineData("""{"photoTakenTime":{"timestamp":-86400},"geoData":{"latitude":0.0,"longitude":0.0},"geoDataExif":{"latitude":1.5,"longitude":2}}""", "1969-12-31T00:00:00+00:00", 1.5, null)]
    [InlineData("""{"photoTakenTime":{"timestamp":"99999999999999999999"},"geoData":{"latitude":91,"longitude":0}}""", null, null, null)]
    [InlineData("""{"photoTakenTime":7,"geoData":[]}""", null, null, null)]
    [InlineData("[]", null, null, null)]
    public void The_sidecars_time_and_place_are_read(string json, string? taken, double? latitude, double? altitude)
    {
        using TempFolder folder = new();
        folder.Touch("IMG_1.jpg");
        folder.Write("IMG_1.jpg.json", System.Text.Encoding.UTF8.GetBytes(json));
        PhotoFacts facts = PhotoLibrary.Scan(folder.FullPath, TestContext.Current.CancellationToken).Files[0].ReadFacts();
        Assert.Equal(taken, facts.Taken?.Moment?.ToString("yyyy-MM-dd'T'HH:mm:sszzz", System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(taken is null ? null : CaptureOrigin.Sidecar, facts.Taken?.Origin);
        Assert.Equal(latitude, facts.Position?.Latitude);
        Assert.Equal(altitude, facts.Position?.Altitude);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("{\"photoTakenTime\":")]
    [InlineData("")]
    public void A_broken_sidecar_is_a_problem_and_not_an_exception(string json)
    {
        using TempFolder folder = new();
        folder.Touch("IMG_1.png");
        folder.Write("IMG_1.png.json", System.Text.Encoding.UTF8.GetBytes(json));
        PhotoFacts facts = PhotoLibrary.Scan(folder.FullPath, TestContext.Current.CancellationToken).Files[0].ReadFacts();
        Assert.Null(facts.Taken);
        Assert.Contains("sidecar is malformed", facts.Problem, StringComparison.Ordinal);
    }
}
