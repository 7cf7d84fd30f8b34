using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using MetadataExtractor;
using MetadataExtractor.Formats.Exif;

namespace Offproof.Phone.Tests.Personas;

public sealed class PersonaTests(SamplePersona sample) : IClassFixture<SamplePersona>
{
    [Fact] // docs/persona.md: the same seed gives the same bytes on every machine
    public void The_vector_is_regenerated_byte_for_byte() =>
        Assert.Equal(File.ReadAllText(Path.Combine(Repository.Root, "vectors", "phone", "persona.json")), File.ReadAllText(sample.Summary.JsonPath));

    [Fact] // in the form that sha256sum -c reads
    public void So_is_every_other_file_in_every_format()
    {
        string[] files = [.. System.IO.Directory.EnumerateFiles(sample.FullPath, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(sample.FullPath, path).Replace('\\', '/'))
            .Where(path => path != "persona.json" && !path.StartsWith("photos/", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        Assert.Equal(
            File.ReadAllText(Path.Combine(Repository.Root, "vectors", "phone", "persona.sha256")),
            string.Concat(files.Select(path => $"{Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(sample.FullPath, path))))}  {path}\n")));
    }

    [Fact]
    public void A_second_run_gives_the_same_files_and_times()
    {
        using TempFolder folder = new();
        Persona.Create(folder["again"], SamplePersona.Options, TestContext.Current.CancellationToken);
        Assert.Equal(Listing(sample.FullPath), Listing(folder["again"]), StringComparer.Ordinal);

        static string[] Listing(string root) => [.. System.IO.Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(path => $"{Path.GetRelativePath(root, path)} {File.GetLastWriteTimeUtc(path):O} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)))}")];
    }

    [Fact]
    public void Another_seed_gives_another_phone()
    {
        using TempFolder folder = new();
        PersonaSummary other = Persona.Create(folder["other"], new PersonaOptions { Seed = 2, Photos = 1, Contacts = 1, Messages = 4, Notes = 1 }, TestContext.Current.CancellationToken);
        JsonElement json = JsonDocument.Parse(File.ReadAllBytes(other.JsonPath)).RootElement;
        foreach (string name in (string[])["imei", "imsi", "iccid", "androidId", "mac", "serial", "email"])
        {
            Assert.NotEqual(sample.Json.GetProperty("identifiers").GetProperty(name).GetString(),
                json.GetProperty("identifiers").GetProperty(name).GetString(), StringComparer.Ordinal);
        }
        Assert.NotEqual(sample.Photos[0].GetProperty("sha256").GetString(), json.GetProperty("photos")[0].GetProperty("sha256").GetString(),
            StringComparer.Ordinal);
    }

    [Fact]
    public void Each_photo_is_listed_with_its_hash_length_and_time()
    {
        string[] files = [.. PhotoLibrary.Scan(Path.Combine(sample.FullPath, "photos"), TestContext.Current.CancellationToken).Files.Select(file => "photos/" + file.Path)];
        Assert.Equal(files, sample.Photos.Select(photo => photo.GetProperty("path").GetString()!).Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.All(sample.Photos, photo =>
        {
            byte[] bytes = File.ReadAllBytes(sample.PathOf(photo));
            Assert.Equal(photo.GetProperty("sha256").GetString(), Convert.ToHexStringLower(SHA256.HashData(bytes)));
            Assert.Equal(photo.GetProperty("bytes").GetInt64(), bytes.Length);
            Assert.Equal(photo.GetProperty("taken").GetDateTimeOffset().UtcDateTime, File.GetLastWriteTimeUtc(sample.PathOf(photo)));
        });
        Assert.Equal((12, sample.Photos.Sum(photo => photo.GetProperty("bytes").GetInt64())), (sample.Summary.Photos, sample.Summary.PhotoBytes));
    }

    [Fact] // the whole reader of the metadata library, not the part that the product uses
    public void MetadataExtractor_reads_back_what_the_description_says() => Assert.All(sample.Photos, photo =>
    {
        IReadOnlyList<MetadataExtractor.Directory> directories = ImageMetadataReader.ReadMetadata(sample.PathOf(photo));
        Assert.All(directories, directory => Assert.Empty(directory.Errors));
        ExifIfd0Directory camera = directories.OfType<ExifIfd0Directory>().Single();
        ExifSubIfdDirectory exposure = directories.OfType<ExifSubIfdDirectory>().Single();
        DateTimeOffset taken = photo.GetProperty("taken").GetDateTimeOffset();
        Assert.Equal(photo.GetProperty("make").GetString(), camera.GetString(ExifDirectoryBase.TagMake));
        Assert.Equal(photo.GetProperty("model").GetString(), camera.GetString(ExifDirectoryBase.TagModel));
        Assert.Equal(photo.GetProperty("orientation").GetInt32(), camera.GetInt32(ExifDirectoryBase.TagOrientation));
        Assert.Equal(taken.ToString("yyyy:MM:dd HH:mm:ss", CultureInfo.InvariantCulture), exposure.GetString(ExifDirectoryBase.TagDateTimeOriginal));
        Assert.Equal(taken.ToString("zzz", CultureInfo.InvariantCulture), exposure.GetString(0x9011));
        Assert.Equal(photo.GetProperty("width").GetInt32(), exposure.GetInt32(ExifDirectoryBase.TagExifImageWidth));
        Assert.Equal(photo.GetProperty("height").GetInt32(), exposure.GetInt32(ExifDirectoryBase.TagExifImageHeight));
        GeoLocation? place = directories.OfType<GpsDirectory>().SingleOrDefault()?.GetGeoLocation();
        Assert.Equal(photo.GetProperty("gps").ValueKind == JsonValueKind.Null, place is null);
        if (place is null) return;
        Assert.Equal(photo.GetProperty("gps").GetProperty("lat").GetDouble(), place.Latitude, 9);
        Assert.Equal(photo.GetProperty("gps").GetProperty("lon").GetDouble(), place.Longitude, 9);
    });

    [Fact]
    public void The_photo_library_reads_back_what_the_description_says() => Assert.All(sample.Photos, photo =>
    {
        PhotoFile file = PhotoLibrary.Scan(Path.GetDirectoryName(sample.PathOf(photo))!, TestContext.Current.CancellationToken)
            .Files.Single(file => string.Equals(file.FullPath, sample.PathOf(photo), StringComparison.Ordinal));
        PhotoFacts facts = file.ReadFacts();
        Assert.Null(facts.Problem);
        Assert.Equal(photo.GetProperty("taken").GetDateTimeOffset(), facts.Taken!.Value.Moment);
        Assert.Equal(photo.GetProperty("taken").GetDateTimeOffset(), file.Modified);
        Assert.Equal(photo.GetProperty("orientation").GetInt32(), facts.Orientation);
        Assert.Equal(photo.GetProperty("motion").GetBoolean(), facts.Motion is not null);
        if (facts.Motion is { } motion) Assert.Equal(file.Length, motion.Offset + motion.Length);
    });

    [Fact]
    public void All_eight_orientations_occur_from_eight_photos_on() =>
        Assert.Equal(Enumerable.Range(1, 8), SamplePhoto.Plan(seed: 5, count: 8).Select(plan => plan.Orientation).Order());

    [Theory]
    [InlineData(20)]
    [InlineData(40)]
    [InlineData(200)]
    [InlineData(1999)]
    public void At_least_one_in_twenty_is_a_motion_photo(int count) =>
        Assert.True(SamplePhoto.Plan(seed: 3, count).Count(plan => plan.Motion) * 20 >= count);

    [Fact]
    public void The_middle_length_is_about_a_megabyte_and_the_ends_are_far_apart()
    {
        long[] lengths = [.. sample.Photos.Select(photo => photo.GetProperty("bytes").GetInt64()).Order()];
        Assert.InRange((lengths[5] + lengths[6]) / 2, 900_000, 1_100_000);
        Assert.InRange(lengths[0], 300_000, 600_000);
        Assert.InRange(lengths[^1], 1_700_000, 2_500_000);
    }

    [Fact]
    public void Names_are_distinct_and_tell_the_local_time()
    {
        PhotoPlan[] plans = SamplePhoto.Plan(seed: 9, count: 2000);
        Assert.Equal(2000, plans.Select(plan => plan.Path).Distinct(StringComparer.Ordinal).Count());
        Assert.All(plans, plan => Assert.Contains(plan.Taken.ToString("yyyyMMdd'_'HHmmss", CultureInfo.InvariantCulture), plan.Path, StringComparison.Ordinal));
    }

    [Fact] // persona.md §3
    public void Identifiers_keep_to_ranges_that_belong_to_nobody()
    {
        for (ulong seed = 0; seed < 200; seed++)
        {
            Identifiers ids = Identifiers.Draw(new SeededBits(seed, 0));
            Assert.Matches("^00[0-9]{13}$", ids.Imei);
            Assert.Matches("^00101[0-9]{10}$", ids.Imsi);
            Assert.Matches("^89999[0-9]{14}$", ids.Iccid);
            Assert.Matches("^[0-9a-f]{16}$", ids.AndroidId);
            Assert.Matches("^02(:[0-9a-f]{2}){5}$", ids.Mac);
            Assert.Matches("^LKF[0-9]{9}$", ids.Serial);
            Assert.Matches(@"^[a-z]+\.[a-z]+\.[0-9a-f]{6}@example\.org$", ids.Email);
            Assert.Matches(@"^\+447700900[0-9]{3}$", ids.Phone);
            Assert.Equal(0, Luhn(ids.Imei));
            Assert.Equal(0, Luhn(ids.Iccid));
        }
        Assert.Equal(0, Luhn("79927398713")); // the example of the standard's descriptions
        Assert.Equal("79927398713", Identifiers.WithLuhn("7992739871"));

        static int Luhn(string digits) => digits.Reverse().Select((c, i) => (c - '0') * (1 + (i % 2))).Sum(n => n > 9 ? n - 9 : n) % 10;
    }

    [Fact]
    public void A_folder_that_holds_something_is_refused_and_left_alone()
    {
        using TempFolder folder = new();
        folder.Write("mine.txt", [1, 2, 3]);
        Assert.Contains("not empty", Assert.Throws<IOException>(() => Persona.Create(folder.FullPath, SamplePersona.Options, default)).Message, StringComparison.Ordinal);
        Assert.Contains("is a file", Assert.Throws<IOException>(() => Persona.Create(folder["mine.txt"], SamplePersona.Options, default)).Message, StringComparison.Ordinal);
        Assert.Equal([folder["mine.txt"]], System.IO.Directory.EnumerateFileSystemEntries(folder.FullPath), StringComparer.Ordinal);
        Assert.Equal([1, 2, 3], File.ReadAllBytes(folder["mine.txt"]));
    }

    [Fact]
    public void An_empty_folder_will_do_and_no_photos_are_a_persona_too()
    {
        using TempFolder folder = new();
        PersonaSummary summary = Persona.Create(folder.FullPath, new PersonaOptions { Photos = 0 }, default);
        Assert.Equal((0, 0L), (summary.Photos, summary.PhotoBytes));
        Assert.Empty(JsonDocument.Parse(File.ReadAllBytes(summary.JsonPath)).RootElement.GetProperty("photos").EnumerateArray());
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        using TempFolder folder = new();
        Assert.Throws<ArgumentOutOfRangeException>(() => Persona.Create(folder.FullPath, new PersonaOptions { Seed = 1UL << 53 }, default));
        Assert.Throws<ArgumentOutOfRangeException>(() => Persona.Create(folder.FullPath, new PersonaOptions { Photos = -1 }, default));
    }

    [Fact] // docs/persona.md shows the beginning of the vector, and pieces of it
    public void The_documents_examples_are_the_vectors()
    {
        string document = File.ReadAllText(Path.Combine(Repository.Root, "docs", "persona.md"));
        string[] examples = [.. Regex.Matches(document, "```json\n(?<text>.*?)\n```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1))
            .Select(match => match.Groups["text"].Value)];
        string vector = File.ReadAllText(sample.Summary.JsonPath);
        Assert.Equal(4, examples.Length);
        Assert.EndsWith("\n  …", examples[0], StringComparison.Ordinal);
        Assert.StartsWith(examples[0][..^"\n  …".Length], vector, StringComparison.Ordinal);
        Assert.All(examples, example => Assert.True(example.Length > 300));
        Assert.All(examples[1..], example => Assert.Contains(("\n" + example).Replace("\n", "\n    ", StringComparison.Ordinal), vector, StringComparison.Ordinal));
    }
}
