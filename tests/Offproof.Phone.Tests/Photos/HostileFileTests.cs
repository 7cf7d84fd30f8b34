using System.Buffers.Binary;
using System.Text;

namespace Offproof.Phone.Tests.Photos;

/// <summary>Files made to hurt a reader, and the small forms of each container.</summary>
public sealed class HostileFileTests
{
    static PhotoFacts Read(byte[] bytes, string name = "IMG_1.jpg")
    {
        using TempFolder folder = new();
        folder.Write(name, bytes);
        return Assert.Single(PhotoLibrary.Scan(folder.FullPath, TestContext.Current.CancellationToken).Files).ReadFacts();
    }

    static byte[] Jpeg(params byte[][] segments) => [0xFF, 0xD8, .. segments.SelectMany(segment => segment), 0xFF, 0xDA, 0, 2, 0xFF, 0xD9];

    static byte[] Xmp(string properties) => ExifBlock.App1("http://ns.adobe.com/xap/1.0/\0"u8, Encoding.UTF8.GetBytes(
        "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" xmlns:c=\"http://ns.google.com/photos/1.0/camera/\" "
        + "xmlns:d=\"http://ns.google.com/photos/1.0/container/\" xmlns:i=\"http://ns.google.com/photos/1.0/container/item/\" "
        + "xmlns:e=\"http://ns.adobe.com/exif/1.0/\">" + properties + "</rdf:RDF>"));

    static readonly byte[] Exif = ExifBlock.Segment(new ExifFacts("Maker", "Model", 6, 16, 16, new DateTimeOffset(2024, 5, 6, 7, 8, 9, TimeSpan.FromHours(-3)),
        new MicroPoint(-33_927_501, 18_416_502)));

    static void SaysWhatWasWritten(PhotoFacts facts)
    {
        Assert.Null(facts.Problem);
        Assert.Equal(new CaptureTime(new DateTime(2024, 5, 6, 7, 8, 9, DateTimeKind.Unspecified), TimeSpan.FromHours(-3), CaptureOrigin.Exif), facts.Taken);
        Assert.Equal(-33.927501, facts.Position!.Value.Latitude, 9);
        Assert.Equal(18.416502, facts.Position!.Value.Longitude, 9);
        Assert.Equal(6, facts.Orientation);
    }

    [Fact]
    public void A_JPEG_with_fill_bytes_is_read() => SaysWhatWasWritten(Read(Jpeg([0xFF, 0xFF, 0xFF], Exif)));

    [Fact]
    public void A_PNG_chunk_is_read()
    {
        byte[] tiff = Exif[10..];
        byte[] length = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, tiff.Length);
        SaysWhatWasWritten(Read([0x89, .. "PNG\r\n\x1A\n"u8, .. length, .. "eXIf"u8, .. tiff, 0, 0, 0, 0, 0, 0, 0, 0, .. "IEND"u8, 0, 0, 0, 0], "a.png"));
    }

    [Fact]
    public void A_WebP_chunk_is_read()
    {
        byte[] tiff = Exif[10..];
        byte[] length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, tiff.Length);
        SaysWhatWasWritten(Read([.. "RIFF"u8, 0, 0, 0, 0, .. "WEBPEXIF"u8, .. length, .. tiff], "a.webp"));
    }

    [Fact]
    public void A_TIFF_is_read() => SaysWhatWasWritten(Read(Exif[10..], "a.tif"));

    [Theory]
    [InlineData("", "empty")]
    [InlineData("FFD8", "ends before")]
    [InlineData("FFD8FFE10001", "impossible length")]
    [InlineData("FFD8FFE1FFFF00", "longer than the file")]
    [InlineData("FFD80000FFFF", "no JPEG marker")]
    public void A_malformed_file_has_no_capture_time_and_a_reason(string hex, string reason)
    {
        PhotoFacts facts = Read(Convert.FromHexString(hex));
        Assert.Null(facts.Taken);
        Assert.Contains(reason, facts.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Fill_bytes_without_end_are_given_up() =>
        Assert.Contains("too many", Read([0xFF, 0xD8, .. Enumerable.Repeat((byte)0xFF, 1_000_000)]).Problem, StringComparison.Ordinal);

    [Theory]
    [InlineData("2024:13:45 99:00:00", "is not a date")]
    [InlineData("    :  :     :  :  ", null)]
    [InlineData("0000:00:00 00:00:00", null)]
    public void A_capture_time_that_is_none_is_none(string text, string? reason)
    {
        byte[] exif = [.. Exif];
        byte[] old = Encoding.ASCII.GetBytes("2024:05:06 07:08:09");
        for (int at; (at = exif.AsSpan().IndexOf(old)) >= 0;) Encoding.ASCII.GetBytes(text).CopyTo(exif, at);
        PhotoFacts facts = Read(Jpeg(exif));
        Assert.Null(facts.Taken);
        Assert.Equal(6, facts.Orientation);
        if (reason is null) Assert.Null(facts.Problem);
        else Assert.Contains(reason, facts.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void An_offset_that_is_none_leaves_the_local_time()
    {
        byte[] exif = [.. Exif];
        byte[] old = Encoding.ASCII.GetBytes("-03:00");
        for (int at; (at = exif.AsSpan().IndexOf(old)) >= 0;) Encoding.ASCII.GetBytes("   :  ").CopyTo(exif, at);
        PhotoFacts facts = Read(Jpeg(exif));
        Assert.Equal(new CaptureTime(new DateTime(2024, 5, 6, 7, 8, 9, DateTimeKind.Unspecified), null, CaptureOrigin.Exif), facts.Taken);
        Assert.Null(facts.Taken!.Value.Moment);
    }

    [Fact] // Directories nested as deep as a block allows must not use up the stack.
    public void Directories_nested_thousands_deep_are_survived()
    {
        List<byte> tiff = [.. "MM\0*"u8, 0, 0, 0, 8];
        byte[] number = new byte[4];
        while (tiff.Count < MetadataBlocks.Limit - 64)
        {
            BinaryPrimitives.WriteInt32BigEndian(number, tiff.Count + 18);
            tiff.AddRange([0, 1, 0x01, 0x4A, 0, 4, 0, 0, 0, 1, .. number, 0, 0, 0, 0]);
        }
        Assert.Null(Read([.. tiff], "a.tif").Taken);
    }

    [Fact]
    public void XMP_that_declares_entities_is_refused()
    {
        byte[] packet = Encoding.UTF8.GetBytes("<!DOCTYPE x [<!ENTITY a \"aaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]><x>&b;</x>");
        Assert.Contains("XMP is malformed", Read(Jpeg(ExifBlock.App1("http://ns.adobe.com/xap/1.0/\0"u8, packet))).Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("00000008 66747970 00000000 6D657461")] // meta of length 0 to the end, with nothing in it
    [InlineData("00000010 66747970 68656963 00000000 00000001 6D657461 FFFFFFFFFFFFFFFF")]
    [InlineData("00000010 66747970 68656963 00000000 00000007 6D657461 00000000")]
    public void HEIF_boxes_of_impossible_length_end_the_reading(string hex)
    {
        PhotoFacts facts = Read(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)), "a.heic");
        Assert.Null(facts.Taken);
    }

    [Theory] // phone.md §1.4: nothing longer than 64 KiB is read
    [InlineData(65_536, false)]
    [InlineData(65_537, true)]
    public void HEIF_item_tables_beyond_the_limit_are_not_read(int length, bool refused)
    {
        byte[] size = new byte[4];
        byte[] infos = Box("iinf", new byte[length]), locations = Box("iloc", new byte[16]);
        byte[] file = [.. Box("ftyp", [.. "heic"u8, 0, 0, 0, 0]), .. Box("meta", [0, 0, 0, 0, .. infos, .. locations])];
        string? problem = Read(file, "a.heic").Problem;
        if (refused) Assert.Contains("item tables", problem, StringComparison.Ordinal);
        else Assert.Null(problem);

        byte[] Box(string name, byte[] body)
        {
            BinaryPrimitives.WriteInt32BigEndian(size, body.Length + 8);
            return [.. size, .. Encoding.ASCII.GetBytes(name), .. body];
        }
    }

    static readonly byte[] Video = [0, 0, 0, 16, .. "ftypisom"u8, 0, 0, 0, 0, 0, 0, 0, 8, .. "moov"u8];

    [Fact]
    public void A_motion_photo_of_the_new_form_is_found()
    {
        string items = "<d:Item i:Semantic=\"Primary\"/><d:Item i:Semantic=\"GainMap\" i:Length=\"5\"/><d:Item i:Semantic=\"MotionPhoto\" i:Length=\"24\"/>";
        byte[] still = [.. Jpeg(Xmp($"<rdf:Description c:MotionPhoto=\"1\">{items}</rdf:Description>")), 1, 2, 3, 4, 5];
        Assert.Equal(new MotionPhoto(still.Length, 24), Read([.. still, .. Video]).Motion);
    }

    [Fact]
    public void A_motion_photo_with_properties_as_elements_is_found()
    {
        string items = "<d:Item rdf:parseType=\"Resource\"><i:Semantic>Primary</i:Semantic></d:Item>"
            + "<d:Item rdf:parseType=\"Resource\"><i:Semantic>MotionPhoto</i:Semantic><i:Length>24</i:Length></d:Item>"
            + "<d:Item><i:Semantic>Later</i:Semantic><i:Length>3</i:Length></d:Item>";
        byte[] still = Jpeg(Xmp($"<rdf:Description><c:MotionPhoto>1</c:MotionPhoto>{items}</rdf:Description>"));
        Assert.Equal(new MotionPhoto(still.Length, 24), Read([.. still, .. Video, 1, 2, 3]).Motion);
    }

    [Fact]
    public void A_motion_photo_of_the_old_form_counts_from_the_end()
    {
        byte[] still = Jpeg(Xmp("<rdf:Description c:MicroVideo=\"1\" c:MicroVideoOffset=\"24\"/>"));
        Assert.Equal(new MotionPhoto(still.Length, 24), Read([.. still, .. Video]).Motion);
    }

    [Theory]
    [InlineData("c:MicroVideo=\"1\" c:MicroVideoOffset=\"25\"")]
    [InlineData("c:MicroVideo=\"1\" c:MicroVideoOffset=\"9223372036854775807\"")]
    [InlineData("c:MicroVideo=\"1\" c:MicroVideoOffset=\"4\"")]
    public void A_claim_without_a_video_is_a_problem(string claim)
    {
        PhotoFacts facts = Read([.. Jpeg(Xmp($"<rdf:Description {claim}/>")), .. Video]);
        Assert.Null(facts.Motion);
        Assert.Contains("none begins where it says", facts.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Sums_of_hostile_lengths_do_not_overflow()
    {
        string items = "<d:Item i:Semantic=\"Primary\"/><d:Item i:Semantic=\"MotionPhoto\" i:Length=\"9223372036854775807\" i:Padding=\"9223372036854775807\"/>";
        Assert.Null(Read(Jpeg(Xmp($"<rdf:Description c:MotionPhoto=\"1\">{items}</rdf:Description>"))).Motion);
    }

    [Fact]
    public void Mangled_pictures_never_throw_and_never_hang() =>
        Mangling.Survives([.. Jpeg(Exif, Xmp("<rdf:Description c:MicroVideo=\"1\" c:MicroVideoOffset=\"24\" e:DateTimeOriginal=\"2024-01-02T03:04:05Z\"/>")), .. Video],
            ".jpg", rounds: 1500);
}
