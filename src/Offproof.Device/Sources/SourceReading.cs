using System.Security;
using Offproof.Consent;
using Offproof.Phone;
using Offproof.Vault;

namespace Offproof.Device;

/// <summary>What the sources of one category held when they were read: what goes into the vault, and the account of everything that was met (phone.md §2.2).</summary>
internal sealed class SourceReading : IDisposable
{
    private readonly Import? import;

    private SourceReading(IReadOnlyList<BackupItem> items, IReadOnlyList<SkippedItem> skipped, IReadOnlyList<long> keptBySource)
    {
        Items = items;
        Skipped = skipped;
        KeptBySource = keptBySource;
        Kept = keptBySource.Sum();
        Read = Kept + skipped.Count;
    }

    private SourceReading(Category category, Import import)
        : this([.. import.Files.Select(file => Item(category, file))], [.. import.Report.Skipped.Select(Skip)], import.Report.KeptBySource)
    {
        this.import = import;
        Read = import.Report.Read;
        Remarks = import.Report.Notices;
        OtherFiles = import.Report.OtherFiles;
    }

    internal IReadOnlyList<BackupItem> Items { get; }

    internal IReadOnlyList<SkippedItem> Skipped { get; }

    /// <summary>What was kept and is worth knowing.</summary>
    internal IReadOnlyList<string> Remarks { get; } = [];

    internal long Read { get; }

    internal long Kept { get; }

    internal IReadOnlyList<long> KeptBySource { get; }

    /// <summary>Of what was kept: files beside notes.</summary>
    internal long OtherFiles { get; }

    /// <exception cref="DeviceException">A password file cannot be read.</exception>
    internal static SourceReading Of(Category category, IReadOnlyList<Source> sources, CancellationToken cancel) => category switch
    {
        Category.Contacts => new(category, ContactImport.Read(Paths(sources), cancel)),
        Category.Messages => new(category, MessageImport.Read(Paths(sources), name => PasswordOf(sources, name), cancel)),
        Category.Notes => new(category, NoteImport.Read([.. sources.Select(static s => (s.Name, s.Path))], cancel)),
        Category.Photos => Photos(sources, cancel),
        _ => throw new ArgumentOutOfRangeException(nameof(category)),
    };

    public void Dispose() => import?.Dispose();

    private static string[] Paths(IReadOnlyList<Source> sources) => [.. sources.Select(static s => s.Path)];

    private static BackupItem Item(Category category, TreeFile file) => new($"/{category.Name()}/{file.Path}", BackupItemKind.File)
    {
        Length = file.Length,
        ModifiedAt = file.Modified,
        Open = file.Open,
        ReadAlways = !file.IsNamedByContent,
    };

    private static SkippedItem Skip(SkippedEntry entry) => new(entry.File, entry.Reason, entry.Line);

    /// <summary><c>/photos/SOURCE/PATH</c> for every file of every source.</summary>
    private static SourceReading Photos(IReadOnlyList<Source> sources, CancellationToken cancel)
    {
        List<BackupItem> items = [];
        List<SkippedItem> skipped = [];
        List<long> kept = [];
        foreach (Source source in sources)
        {
            PhotoScan scan = PhotoLibrary.Scan(source.Path, cancel);
            skipped.AddRange(scan.Skipped.Select(s => new SkippedItem($"{source.Path}/{s.Path}", s.Detail)));
            kept.Add(scan.Files.Count);
            foreach (PhotoFile photo in scan.Files)
            {
                string path = $"/photos/{source.Name}/{photo.Path}";
                items.Add(new BackupItem(path, BackupItemKind.File) { Length = photo.Length, ModifiedAt = photo.Modified, Open = photo.OpenRead });
            }
        }
        return new SourceReading(items, skipped, kept);
    }

    /// <summary>The first line of the password file of the source that a file belongs to; null where the source has none.</summary>
    private static string? PasswordOf(IReadOnlyList<Source> sources, string file)
    {
        // A source below another one is the nearer of the two.
        Source? source = sources.Where(s => file == s.Path || file.StartsWith(s.Path.TrimEnd('/') + "/", StringComparison.Ordinal)).MaxBy(static s => s.Path.Length);
        if (source?.PasswordFile is not { } path) return null;
        try
        {
            using StreamReader reader = new(path);
            return reader.ReadLine() is { Length: > 0 } password ? password
                : throw new DeviceException(DeviceFault.WrongSheet, $"the password file {path} of {source.Name} is empty", "nothing was read; earlier snapshots are unaffected");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SecurityException)
        {
            throw new DeviceException(DeviceFault.Failure, $"the password file {path} of {source.Name} cannot be read: {e.Message}", "earlier snapshots are unaffected", e);
        }
    }
}
