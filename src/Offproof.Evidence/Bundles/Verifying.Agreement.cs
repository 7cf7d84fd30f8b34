using System.Text;

namespace Offproof.Evidence;

/// <summary>Whether a bundle's own words agree with the files that they are about (evidence.md §4, <c>bad-list</c>): a signer can sign what is not so.</summary>
sealed partial class Verifying
{
    readonly List<string> remarks = [];

    /// <param name="sums">The list that was signed; a file is looked at where it is the one that stands there.</param>
    void Agree(About about, SortedDictionary<string, string> sums)
    {
        foreach (var file in about.Files)
            if (file.Role != RoleOf(file.Path)) Defect("bad-list", BundlePath.About, $"it says that {file.Path} is of the role {file.Role}");
        if (about.Form == About.Public)
        {
            foreach (string path in sums.Keys.Where(static path => path.Contains('/', StringComparison.Ordinal) && RoleOf(path) != "report")) Defect("bad-list", path, "bundle.json says that this is a public form, which has none");
            Committed(sums);
        }
        else if (sums.ContainsKey(BundlePath.Commitments)) Defect("bad-list", BundlePath.Commitments, "bundle.json says that this is no public form, and only that has commitments");
        if (about.Opens.Count == 0 && sums.Keys.FirstOrDefault(static path => RoleOf(path) == "keys") is { } keys) Defect("bad-list", BundlePath.About, $"it does not say what {keys} opens");
        Verdicts(about, sums);
        Page(about, sums);
    }

    static string RoleOf(string path) => path.Split('/') switch
    {
        ["captures", _] => "capture",
        ["receipts", _] => "receipt",
        ["reports", _] => "report",
        [var area, _] => area,
        [BundlePath.Commitments] => "commitments",
        _ => "about",
    };

    // evidence.md §6.1: with two lines of one id, one place of the persona could be opened to two values.
    void Committed(SortedDictionary<string, string> sums)
    {
        if (Found(BundlePath.Commitments, CommitmentsLimit, sums) is not { } list)
        {
            if (!sums.ContainsKey(BundlePath.Commitments)) Defect("bad-list", BundlePath.List, "it does not name commitments.txt");
            return;
        }
        string last = "";
        int number = 0;
        foreach (string line in Checksums.Lines(list, what => Defect("bad-list", BundlePath.Commitments, what)))
        {
            number++;
            if (!Opening.TryParseLine(line, out string? id)) Defect("bad-list", BundlePath.Commitments, $"line {number} is not 64 digits, two blanks and a path into a persona");
            else
            {
                if (id == last) Defect("bad-list", BundlePath.Commitments, $"{id} stands in it twice: it could be opened to two values");
                else if (string.CompareOrdinal(id, last) < 0) Defect("bad-list", BundlePath.Commitments, $"line {number} is out of order: whether each path stands there once cannot be seen");
                last = id;
            }
        }
    }

    void Verdicts(About about, SortedDictionary<string, string> sums)
    {
        Dictionary<string, AboutReport> told = new(StringComparer.Ordinal);
        foreach (var report in about.Reports)
            if (!told.TryAdd(report.Path, report)) Defect("bad-list", BundlePath.About, $"it says twice what {report.Path} says");
        List<string> limits = [];
        bool areRead = true;
        foreach (string path in sums.Keys.Where(static path => RoleOf(path) == "report"))
        {
            told.Remove(path, out var report);
            bool isTooLong = files.TryGetValue(path, out var entry) && entry.Length > ReportReading.Limit;
            if (isTooLong && about.Form != About.Public) limits.Add(ReportReading.TooLong(path));
            if (isTooLong && report is not null) Defect("bad-list", BundlePath.About, $"it says what {path} says, which is too long to be read");
            if (Found(path, ReportReading.Limit, sums) is not { } json)
            {
                areRead &= isTooLong;
                continue;
            }
            var read = about.Form == About.Public ? Published(path, json, limits) : ReportReading.Read(path, json, limits);
            if (read?.Verdict != report?.Verdict || read?.Schema != report?.Schema || !(read?.Reasons ?? []).SequenceEqual(report?.Reasons ?? [], StringComparer.Ordinal))
                Defect("bad-list", BundlePath.About, report is null ? $"it does not say what {path} says" : $"it says otherwise than {path} what that says");
        }
        foreach (string path in told.Keys.Where(path => !sums.ContainsKey(path) || RoleOf(path) != "report")) Defect("bad-list", BundlePath.About, $"it says what a report {path} says, and there is none");
        if (areRead) Limits(about, limits);
    }

    static AboutReport? Published(string path, byte[] json, List<string> limits)
    {
        if (PublicReport.Read(json) is not { } report) return null;
        limits.AddRange(report.Limits(path));
        return report.Told(path);
    }

    // The words are a version's own, as those of README.txt are.
    void Limits(About about, List<string> ofReports)
    {
        string? missing = ofReports.FirstOrDefault(limit => !about.Limits.Contains(limit, StringComparer.Ordinal));
        string? invented = about.Limits.FirstOrDefault(limit => limit.StartsWith("reports/", StringComparison.Ordinal) && !ofReports.Contains(limit, StringComparer.Ordinal));
        if (missing is null && invented is null) return;
        string what = missing is not null ? $"its limits lack one that follows from a report: {missing}" : $"one of its limits follows from no report: {invented}";
        if (about.Tool.Version == Surroundings.Version) Defect("bad-list", BundlePath.About, what);
        else remarks.Add($"bundle.json was written by another version than this one ({Surroundings.Version}), and {what}");
    }

    // README.txt is what a stranger reads, and follows from bundle.json and the key; another version may write another one.
    void Page(About about, SortedDictionary<string, string> sums)
    {
        if (!sums.TryGetValue(BundlePath.Readme, out string? sha256)) Defect("bad-list", BundlePath.List, "it does not name README.txt");
        else if (OwnKey() is { } key && sha256 != Checksums.Of(Encoding.UTF8.GetBytes(ReadmeText.Of(about with { Files = [.. about.Files.Where(static file => file.Path is not (BundlePath.Readme or BundlePath.Contents))] }, key))))
        {
            if (about.Tool.Version == Surroundings.Version) Defect("bad-list", BundlePath.Readme, "it is not the page that follows from bundle.json and signer.pub");
            else remarks.Add($"README.txt is not what this version ({Surroundings.Version}) writes of such a bundle, and it was packed by another: read docs/evidence.md of that one, or verify with it.");
        }
    }

    /// <summary>A file's bytes where they are those that were signed; else null, which is told elsewhere.</summary>
    byte[]? Found(string path, int limit, SortedDictionary<string, string> sums) => sums.TryGetValue(path, out string? sha256) && files.TryGetValue(path, out var entry) && entry.Length <= limit && Small(path, limit) is { } bytes && Checksums.Of(bytes) == sha256 ? bytes : null;
}
