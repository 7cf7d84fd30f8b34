namespace Offproof.Phone;

/// <summary>What an import of contacts, messages or notes made of its sources: the files of the category's tree (phone.md §2), and an account of everything that was met.</summary>
/// <remarks>Streams of <see cref="Files"/> may read the sources again, or a spool that lives as long as this object: it is disposed last.</remarks>
public sealed class Import : IDisposable
{
    readonly IDisposable? _spool;

    internal Import(IReadOnlyList<TreeFile> files, ImportReport report, IDisposable? spool = null)
    {
        Files = files;
        Report = report;
        _spool = spool;
    }

    /// <summary>The tree, ordered by path, ordinal. No two have the same path.</summary>
    public IReadOnlyList<TreeFile> Files { get; }

    /// <summary>What was read, kept and skipped.</summary>
    public ImportReport Report { get; }

    /// <inheritdoc/>
    public void Dispose() => _spool?.Dispose();
}

/// <summary>One file of a category's tree. The same content has the same path, length and time in every import of it.</summary>
/// <param name="Path">Relative to the category, with '/' separators: <c>3f/9c1185a5c5e9fc54.vcf</c>.</param>
/// <param name="Length">Bytes; <see cref="Open"/> gives exactly as many.</param>
/// <param name="Modified">A time that the content names (of the newest entry), or 1970-01-01 where it names none; never the clock's.</param>
/// <param name="Open">Opens the content. May be called more than once, from one thread at a time. Throws <see cref="IOException"/> where a source changed or is gone.</param>
public sealed record TreeFile(string Path, long Length, DateTimeOffset Modified, Func<Stream> Open)
{
    /// <summary>The path holds the content's SHA-256: the same path is the same content, and need not be read again.</summary>
    public bool IsNamedByContent { get; init; }
}

/// <summary>The account of an import: <see cref="Read"/> = <see cref="Kept"/> + the number of <see cref="Skipped"/> entries. Nothing is dropped silently.</summary>
/// <param name="Read">Entries met: contacts, messages or notes, and each file or piece of a file that is none of them.</param>
/// <param name="Kept">Entries in the tree.</param>
/// <param name="Skipped">Entries that are not in the tree, in the order in which they were met.</param>
/// <param name="Notices">What was kept and is worth knowing, one sentence each: duplicates, a file that ends too early.</param>
/// <param name="KeptBySource"><see cref="Kept"/>, for each source in the order given.</param>
public sealed record ImportReport(
    long Read, long Kept, IReadOnlyList<SkippedEntry> Skipped, IReadOnlyList<string> Notices, IReadOnlyList<long> KeptBySource)
{
    /// <summary>Of <see cref="Kept"/>: files beside notes, which are no notes.</summary>
    public long OtherFiles { get; init; }
}

/// <summary>An entry that an import did not keep.</summary>
/// <param name="File">The file, as the source was given and with '/' separators below it; a ZIP's member follows after <c>!/</c>.</param>
/// <param name="Line">The line that it begins on, from 1; null where the whole file is meant.</param>
/// <param name="Reason">One sentence.</param>
public sealed record SkippedEntry(string File, long? Line, string Reason);
