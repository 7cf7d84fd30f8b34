using System.Globalization;
using System.Text;

namespace Offproof.Channel;

/// <summary>What stands in where an entry does not say its own, and how files are read (channel.md §9.2).</summary>
/// <param name="Language">As <see cref="Greeting.Language"/></param>
/// <param name="Kind">As <see cref="Greeting.Kind"/>; null: greeting</param>
/// <param name="Occasion">As <see cref="Greeting.Occasion"/></param>
/// <param name="Tone">As <see cref="Greeting.Tone"/></param>
/// <param name="Licence">As <see cref="Greeting.Licence"/></param>
/// <param name="Author">As <see cref="Greeting.Author"/></param>
/// <param name="Encoding">Its name; null: UTF-8, or what a byte order mark says</param>
/// <param name="IgnoreColumns">Columns of a CSV that say nothing here are passed over</param>
public sealed record GreetingDefaults(
    string? Language = null, string? Kind = null, string? Occasion = null, string? Tone = null, string? Licence = null, string? Author = null, string? Encoding = null, bool IgnoreColumns = false)
{
    internal const string AnyKind = "greeting";

    internal Greeting Apply(string text, string? author) =>
        new(Greeting.IdOf(Language ?? "", text), text, Kind ?? AnyKind, Language ?? "", Licence ?? "", Occasion, Tone, author ?? Author);

    internal string? Complaint() => (this with { Language = Language ?? "en", Licence = Licence ?? "-" }).Apply("-", null).Complaint();
}

/// <summary>A file that was read.</summary>
/// <param name="File">Its name</param>
/// <param name="Form">json, csv or fortunes</param>
/// <param name="Entries">Those that it holds, whether they were taken or not</param>
public sealed record BroughtFile(string File, string Form, int Entries);

/// <summary>An entry that cannot be staged.</summary>
/// <param name="File">Where</param>
/// <param name="Line">it begins</param>
/// <param name="Why">In words</param>
public sealed record LeftOutGreeting(string File, int Line, string Why);

/// <summary>What was brought.</summary>
/// <param name="Entries">To be staged, each once</param>
/// <param name="Files">In the order in which they were read</param>
/// <param name="Duplicates">Entries that were there already: the same text, language and id</param>
/// <param name="LeftOut">Fortunes that cannot be staged</param>
/// <param name="Remarks">In sentences: what was left out and passed over</param>
public sealed record BroughtGreetings(IReadOnlyList<Greeting> Entries, IReadOnlyList<BroughtFile> Files, int Duplicates, IReadOnlyList<LeftOutGreeting> LeftOut, IReadOnlyList<string> Remarks);

/// <summary>Files and folders of JSON, CSV and fortunes, as one collection (channel.md §9.2).</summary>
public sealed class GreetingImport
{
    private readonly GreetingDefaults _defaults;
    private readonly Encoding? _encoding;
    private readonly Dictionary<string, Greeting> _byId = new(StringComparer.Ordinal);
    private readonly List<Greeting> _entries = [];
    private readonly List<BroughtFile> _files = [];
    private readonly List<LeftOutGreeting> _leftOut = [];
    private readonly List<string> _remarks = [], _again = [];
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);
    private int _duplicates, _indexes;

    private GreetingImport(GreetingDefaults defaults)
    {
        if (defaults.Complaint() is { } wrong) throw new PublishingException(PublishingFault.Usage, $"what the options say makes no entry: {wrong}");
        _defaults = defaults;
        _encoding = defaults.Encoding is { } name ? BroughtText.Find(name) : null;
    }

    /// <summary>Every entry of these files, and of the files in these folders.</summary>
    /// <exception cref="PublishingException">A file cannot be read, a line of JSON or CSV is no entry, or nothing is left: nothing is to be staged.</exception>
    public static BroughtGreetings Read(IReadOnlyList<string> paths, GreetingDefaults defaults)
    {
        GreetingImport import = new(defaults);
        foreach (string path in paths)
        {
            if (Directory.Exists(path)) import.TakeFolder(path);
            else import.TakeFile(path, isNamed: true);
        }
        // An empty collection takes everything from the phones: it is brought as an empty list, and not by a slip.
        if (import._entries.Count == 0 && (import._leftOut.Count > 0 || import._files.Count == 0))
            throw new PublishingException(PublishingFault.Failure, $"there is nothing in {string.Join(", ", paths)} that can be staged: {(import.Counted().Concat(import._remarks).FirstOrDefault() ?? "no file is there")}");
        return new BroughtGreetings(import._entries, import._files, import._duplicates, import._leftOut, [.. import.Counted(), .. import._remarks]);
    }

    private void TakeFolder(string folder)
    {
        string[] inner = [.. Directory.EnumerateDirectories(folder).Select(static path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
        if (inner.Length > 0) _remarks.Add($"{folder}: the folders in it were passed over: {string.Join(", ", inner)}");
        string[] files = [.. Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal)];
        string[] hidden = [.. files.Select(static path => Path.GetFileName(path)).Where(static name => name[0] == '.')];
        if (hidden.Length > 0) _remarks.Add($"{folder}: passed over, because they begin with a dot: {string.Join(", ", hidden)}");
        foreach (string file in files)
        {
            if (Path.GetFileName(file)[0] != '.') TakeFile(file, isNamed: false);
        }
    }

    private void TakeFile(string file, bool isNamed)
    {
        const string index = ".dat";
        if (file.EndsWith(index, StringComparison.Ordinal) && File.Exists(file[..^index.Length]))
        {
            _indexes++;
            return;
        }
        string real = Path.GetFullPath(new FileInfo(file).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? file);
        if (!_read.Add(real))
        {
            _again.Add(Path.GetFileName(file));
            return;
        }
        byte[] bytes = BroughtText.ReadAll(file);
        string? beside = File.Exists(file + index) ? file + index : File.Exists(real + index) ? real + index : null;
        if (beside is not null)
        {
            FortuneIndex found = FortuneIndex.Read(beside, BroughtText.ReadAll(beside), bytes);
            if (found.IsRotated) FortuneFile.Rotate(bytes);
            TakeFortunes(file, BroughtText.Decode(file, bytes, _encoding), found);
            return;
        }
        string text = BroughtText.Decode(file, bytes, _encoding);
        bool isJson = GreetingFiles.IsJson(text), isCsv = !isJson && GreetingFiles.IsCsv(text);
        if (!isCsv && FortuneFile.HasDelimiter(text)) TakeFortunes(file, text, null);
        else if (isNamed || isJson || isCsv)
        {
            IReadOnlyList<Greeting> read = GreetingFiles.Read(file, text, _defaults);
            _files.Add(new BroughtFile(file, isJson ? "json" : "csv", read.Count));
            foreach (Greeting greeting in read) Take(greeting, file);
        }
        else _remarks.Add($"{file} was passed over: it is neither JSON nor CSV, nor fortunes apart by lines of %");
    }

    private void TakeFortunes(string file, string text, FortuneIndex? index)
    {
        if (_defaults.Language is null || _defaults.Licence is null)
            throw new PublishingException(PublishingFault.Usage, $"{file} is a file of fortunes, which does not say its {(_defaults.Language is not null ? "licence" : _defaults.Licence is not null ? "language" : "language and licence")}: nothing was staged", "--language TAG --licence TEXT");
        int count = 0;
        foreach (Fortune fortune in FortuneFile.Read(text, index is null ? '%' : (char)index.Delimiter, index?.HasComments ?? false))
        {
            count++;
            if (fortune.Text is { } one)
            {
                Take(_defaults.Apply(one, fortune.Author), file);
                continue;
            }
            if (_leftOut.Count == GreetingList.MostEntries) throw TooMany(file, "of what was brought cannot be greetings");
            _leftOut.Add(new LeftOutGreeting(file, fortune.Line, fortune.Why!));
        }
        _files.Add(new BroughtFile(file, "fortunes", count));
        if (index is not null && index.Entries != count)
            _remarks.Add(string.Create(CultureInfo.InvariantCulture, $"{file}: its index knows {Entries(index.Entries)}, and its lines make {count}{(text.Contains("\r\n", StringComparison.Ordinal) ? ": they end in CR LF" : "")}"));
    }

    // Two that share an id and are not the same stay two: the collection refuses them, with the id.
    private void Take(Greeting greeting, string file)
    {
        if (_byId.TryGetValue(greeting.Id, out Greeting? there) && there.Text == greeting.Text && there.Language == greeting.Language)
        {
            _duplicates++;
            return;
        }
        if (_entries.Count == GreetingList.MostEntries) throw TooMany(file, "were brought, and a collection holds no more");
        _byId.TryAdd(greeting.Id, greeting);
        _entries.Add(greeting);
    }

    private IEnumerable<string> Counted()
    {
        if (_leftOut.Count > 0)
        {
            string[] why = [.. _leftOut.GroupBy(static one => one.Why, StringComparer.Ordinal).OrderByDescending(static group => group.Count()).ThenBy(static group => group.Key, StringComparer.Ordinal)
                .Select(static group => string.Create(CultureInfo.InvariantCulture, $"{group.Count()}: {group.Key}"))];
            yield return $"{Entries(_leftOut.Count)} left out. {string.Join("; ", why)}. --json says which";
        }
        if (_duplicates > 0) yield return $"{Entries(_duplicates)} brought again, and counted once";
        if (_indexes > 0) yield return string.Create(CultureInfo.InvariantCulture, $"{_indexes} .dat beside their files: not read as texts");
        if (_again.Count > 0)
            yield return string.Create(CultureInfo.InvariantCulture, $"{_again.Count} further names of files that were read already: {string.Join(", ", _again.Take(3))}{(_again.Count > 3 ? ", ..." : "")}");
    }

    private static string Entries(int count) => count == 1 ? "1 entry" : string.Create(CultureInfo.InvariantCulture, $"{count} entries");

    private static PublishingException TooMany(string file, string what) =>
        new(PublishingFault.Failure, string.Create(CultureInfo.InvariantCulture, $"{file}: more than {GreetingList.MostEntries} entries {what}: nothing was staged"));
}
