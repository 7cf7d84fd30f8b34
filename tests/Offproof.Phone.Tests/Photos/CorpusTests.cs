using System.Globalization;
using System.Text.RegularExpressions;

namespace Offproof.Phone.Tests.Photos;

/// <summary>Real cameras' and phones' files, and broken ones, against what ExifTool found in them (the table of the corpus' SOURCES.md).</summary>
public sealed partial class CorpusTests
{
    static readonly string? Corpus = Repository.Corpus("photos");

    [Fact]
    public void Each_file_of_the_corpus_says_what_its_table_says()
    {
        if (Corpus is null) Assert.Skip("the photo corpus (shared/corpus/photos beside the repository) is not on this machine");
        Dictionary<string, PhotoFile> files = PhotoLibrary.Scan(Corpus, TestContext.Current.CancellationToken).Files.ToDictionary(file => file.Path, StringComparer.Ordinal);
        string[][] rows = [.. File.ReadLines(Path.Combine(Corpus, "SOURCES.md")).Where(line => Row().IsMatch(line))
            .Select(line => line.Trim('|', ' ').Split(" | "))];
        Assert.True(rows.Length >= 50, $"only {rows.Length} rows: the table's form has changed");

        List<string> differences = [];
        foreach (string[] row in rows)
        {
            PhotoFile file = files[row[0]];
            PhotoFacts facts = file.ReadFacts();
            Compare(row[0], "bytes", row[1], file.Length.ToString(CultureInfo.InvariantCulture));
            Compare(row[0], "orientation", row[2], facts.Orientation?.ToString(CultureInfo.InvariantCulture) ?? "-");
            Compare(row[0], "taken", row[4], Taken(facts.Taken));
            if (!SamePlace(row[5], facts.Position)) differences.Add($"{row[0]}: position {row[5]}, read {facts.Position}");
            if (facts.Problem is not null) differences.Add($"{row[0]}: {facts.Problem}");
        }
        Assert.Empty(differences);

        void Compare(string path, string what, string expected, string read)
        {
            if (!string.Equals(expected, read, StringComparison.Ordinal)) differences.Add($"{path}: {what} {expected}, read {read}");
        }
    }

    [Fact]
    public void Mangled_files_of_the_corpus_never_throw_and_never_hang()
    {
        if (Corpus is null) Assert.Skip("the photo corpus (shared/corpus/photos beside the repository) is not on this machine");
        string[] samples = ["heic/IMG_5195.HEIC", "heic/samplefilehub.heif", "jpg/gps/DSCN0010.jpg", "jpg/tests/87_OSError.jpg", "jpg/tests/36-memory_error.jpg",
            "jpg/tests/30-type_error.jpg", "tiff/Arbitro.tiff", "jpg/Canon_40D.jpg"];
        foreach (string sample in samples) Mangling.Survives(File.ReadAllBytes(Path.Combine(Corpus, sample)), Path.GetExtension(sample), rounds: 120);
    }

    static string Taken(CaptureTime? taken) => taken is not { } time ? "-"
        : time.Local.ToString("yyyy:MM:dd HH:mm:ss", CultureInfo.InvariantCulture) + time.Offset switch
        {
            null => "",
            { Ticks: 0 } => "Z",
            { } offset => (offset < TimeSpan.Zero ? " -" : " +") + offset.ToString(@"hh\:mm", CultureInfo.InvariantCulture),
        };

    static bool SamePlace(string expected, GeoPoint? read)
    {
        if (expected is "-" || read is not { } point) return expected is "-" && read is null;
        double[] numbers = [.. expected.Split(", ").Select(number => double.Parse(number, CultureInfo.InvariantCulture))];
        return Math.Abs(numbers[0] - point.Latitude) < 1e-8 && Math.Abs(numbers[1] - point.Longitude) < 1e-8
            && (numbers.Length < 3 ? point.Altitude is null : Math.Abs(numbers[2] - (point.Altitude ?? 0)) < 1e-4);
    }

    [GeneratedRegex(@"^\| (heic|jpg|tiff)/", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Row();
}
