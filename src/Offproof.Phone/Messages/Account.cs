using System.Globalization;

namespace Offproof.Phone;

/// <summary>What was met in the sources: read = kept + skipped.</summary>
sealed class Account(int sources)
{
    // A file of nothing but damage may not fill the memory with complaints.
    internal const int MostSkipped = 100_000;

    readonly List<SkippedEntry> _skipped = [];
    readonly List<string> _notices = [];
    readonly long[] _kept = new long[sources];
    readonly HashSet<SourceFile> _notText = [];
    int _source;
    int _before;
    long _unsaid;
    long _marks;
    long _otherFiles;

    internal void Begin(int source) => _source = source;

    internal void BeginFile() => _before = _skipped.Count;

    internal void Keep() => _kept[_source]++;

    /// <summary>A file that stands beside the entries, and is kept like one.</summary>
    internal void KeepFile()
    {
        Keep();
        _otherFiles++;
    }

    /// <summary>An empty .nomedia: nothing that could be lost (phone.md §2.2).</summary>
    internal void Mark() => _marks++;

    internal void Skip(string file, long? line, string reason) => _skipped.Add(new SkippedEntry(file, line, reason));

    internal void Notice(string sentence)
    {
        if (_notices.Count < MostSkipped) _notices.Add(sentence);
        else _unsaid++;
    }

    /// <summary>Text of this file held bytes that are no UTF-8.</summary>
    internal void NotText(SourceFile file)
    {
        if (_notText.Add(file)) Notice($"{file.Name} holds bytes that are no text; U+FFFD stands for them.");
    }

    /// <summary>True when so much of a file was skipped that the rest of it is not read.</summary>
    internal bool IsFull(SourceFile file)
    {
        if (_skipped.Count - _before < MostSkipped) return false;
        if (_skipped.Count - _before == MostSkipped)
            Skip(file.Name, null, string.Create(CultureInfo.InvariantCulture, $"More than {MostSkipped} entries of the file are damaged; the rest of it was not read."));
        return true;
    }

    /// <summary>A notice about a number of things (<see cref="Sentence.Of"/>), of a file where one is given; none where the number is 0.</summary>
    internal void Count(long number, string sentence, SourceFile? file = null)
    {
        if (number > 0) Notice((file is null ? "" : file.Name + ": ") + Sentence.Of(number, sentence));
    }

    internal ImportReport Report()
    {
        Count(_marks, "{0} empty [file|files] .nomedia, by which galleries pass over a folder, [is|are] not kept.");
        if (_unsaid > 0) _notices.Add(Sentence.Of(_unsaid, "{0} more [notice of this kind is|notices of this kind are] not listed."));
        long kept = _kept.Sum();
        return new ImportReport(kept + _skipped.Count, kept, _skipped, _notices, _kept) { OtherFiles = _otherFiles };
    }
}
