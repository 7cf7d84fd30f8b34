using System.Globalization;
using Offproof.Consent;

namespace Offproof.Device;

/// <summary>What is wrong with a ledger.</summary>
/// <param name="Line">Which line, from 1; null where it is about no line</param>
/// <param name="Problem">One sentence</param>
public sealed record LedgerProblem(long? Line, string Problem);

/// <summary>What `ledger verify` found (ledger.md §6).</summary>
/// <param name="Lines">Lines in the file</param>
/// <param name="Anchored">Those that a receipt of the server names, or a later one, up to the first that is wrong</param>
/// <param name="Unfinished">Requests without an outcome</param>
/// <param name="Torn">Lines that an interruption left, and that are accounted for</param>
/// <param name="Problems">Empty where all holds</param>
public sealed record LedgerVerdict(long Lines, long Anchored, long Unfinished, long Torn, IReadOnlyList<LedgerProblem> Problems)
{
    /// <summary>Lines that no receipt names.</summary>
    public long Unanchored => Lines - Anchored;

    /// <summary>True where nothing is wrong.</summary>
    public bool Verified => Problems.Count == 0;
}

/// <summary>Reads a ledger from its first line to its last and believes nothing of it that does not follow from the line before, the head or a receipt.</summary>
internal sealed class LedgerCheck
{
    private const int MostProblems = 100;
    // One append writes a torn line's end and up to three lines before it writes the head.
    private const int MostBehindTheHead = 4;

    private readonly List<LedgerProblem> problems = [];
    private readonly HashSet<long> open = [];
    private readonly Dictionary<long, List<Anchor>> anchors = [];
    private readonly LedgerHead? head;
    private string prev = LedgerLine.NoLineBefore;
    private long next = 1;
    private long anchored;
    private long? firstTorn;
    private long torn;

    private LedgerCheck(LedgerHead? head, IReadOnlyList<Anchor> anchors)
    {
        this.head = head;
        foreach (Anchor anchor in anchors)
        {
            if (!this.anchors.TryGetValue(anchor.Head.Seq, out List<Anchor>? there)) this.anchors.Add(anchor.Head.Seq, there = []);
            there.Add(anchor);
        }
    }

    /// <summary>The lines of a ledger as they stand there.</summary>
    internal static IEnumerable<LedgerLine> Lines(LedgerFile file)
    {
        using LedgerReader reader = new(file.Read, file.Measure().Length);
        while (reader.Next()) yield return LedgerLine.TryRead(reader.Bytes, out LedgerLine? line) ? line : new LedgerLine(reader.Number);
    }

    internal static LedgerVerdict Run(LedgerFile file, IReadOnlyList<Anchor> anchors)
    {
        (long length, string? headText) = file.Measure();
        LedgerCheck check = new(LedgerHead.TryParse(headText, out LedgerHead head) ? head : null, anchors);
        using LedgerReader reader = new(file.Read, length);
        while (reader.Next()) check.Look(reader);
        return check.End(reader.Number, headText);
    }

    private void Look(LedgerReader reader)
    {
        long number = reader.Number;
        if (LedgerLine.TryRead(reader.Bytes, out LedgerLine? line) && reader.IsEnded)
        {
            Settle(number, line);
            Follow(number, line);
            Kind(number, line);
        }
        else
        {
            firstTorn ??= number;
            next++;
        }
        prev = reader.Hash.Text;
        Compare(number, reader.Hash);
    }

    /// <summary>A line that cannot be read is accounted for by the next one that can, and by nothing else.</summary>
    private void Settle(long number, LedgerLine line)
    {
        if (line.Torn is { } from && (firstTorn ?? number - 1) != from) Add(number, $"line {number} speaks of a torn line {from}, which is not there");
        else if (firstTorn is { } first && line.Torn is null) Add(first, $"line {first} is no line of a ledger, and none behind it says that it was torn");
        else if (firstTorn is not null) torn += number - firstTorn.Value;
        firstTorn = null;
    }

    private void Follow(long number, LedgerLine line)
    {
        if (line.Seq > next) Add(number, $"line {number} has the number {line.Seq} where {next} follows: a line before it was removed, or moved");
        else if (line.Seq < next) Add(number, $"line {number} has the number {line.Seq} where {next} follows: it was put in here, or moved");
        else if (line.Prev != prev && number == 1) Add(1, $"line 1 names a line before it: the beginning was removed");
        else if (line.Prev != prev) Add(number - 1, $"line {number - 1} is not the one that line {number} was written after: it was altered, or line {number} was");
        next = line.Seq + 1;
    }

    private void Kind(long number, LedgerLine line)
    {
        if (line.Method is not null) open.Add(line.Seq);
        if (line.Of is { } of && !open.Remove(of)) Add(number, $"line {number} tells the outcome of line {of}, which is no request that lacks one");
        if (line.Gap is not null) Add(number, $"line {number} was written where the ledger did not end as it should have: {line.Gap} had been its head; lines were lost or changed before it");
    }

    /// <summary>Where the chain is broken already, a receipt that does not fit says nothing new.</summary>
    private void Compare(long number, Digest hash)
    {
        if (head is { } last && last.Seq == number && last.Hash != hash && problems.Count == 0)
            Add(number, $"line {number} is not the one that ledger.head names");
        if (!anchors.Remove(number, out List<Anchor>? named)) return;
        foreach (Anchor anchor in named)
        {
            if (anchor.Head.Hash == hash) anchored = number;
            else if (problems.Count == 0) Add(number, $"line {number} is not the one that the server's receipt {anchor.File} names: one of the lines {anchored + 1} to {number} was altered, and those behind it written anew");
        }
    }

    private LedgerVerdict End(long lines, string? headText)
    {
        if (firstTorn is { } from) torn += lines - from + 1; // the next line will say so
        if (head is { } last && last.Seq > lines) Add(lines + 1, $"the ledger ends with line {lines}, and ledger.head names line {last.Seq}: the end is missing");
        else if (head is { } early && lines - early.Seq > MostBehindTheHead) Add(early.Seq + 1, $"ledger.head names line {early.Seq}, and {lines - early.Seq} lines follow it");
        else if (head is null && (lines > MostBehindTheHead || headText is not null)) Add(null, $"ledger.head is {(headText is null ? "missing" : "not readable")}");
        foreach (Anchor anchor in anchors.Values.SelectMany(static a => a).OrderBy(static a => a.Head.Seq))
            Add(lines + 1, $"the server's receipt {anchor.File} names line {anchor.Head.Seq}, and the ledger ends with line {lines}: the end is missing");
        long wrong = problems.Count == 0 ? long.MaxValue : problems.Min(static p => p.Line ?? long.MaxValue);
        return new LedgerVerdict(lines, Math.Min(anchored, wrong - 1), open.Count, torn, [.. problems.OrderBy(static p => p.Line ?? long.MaxValue)]);
    }

    private void Add(long? line, FormattableString problem)
    {
        if (problems.Count < MostProblems) problems.Add(new LedgerProblem(line, problem.ToString(CultureInfo.InvariantCulture)));
    }
}
