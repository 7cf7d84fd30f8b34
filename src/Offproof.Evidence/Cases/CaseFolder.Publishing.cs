using System.Text;

namespace Offproof.Evidence;

/// <summary>What was published.</summary>
/// <param name="Folder">Where</param>
/// <param name="Claims">How many claims</param>
/// <param name="Entries">How many files were published for the first time</param>
/// <param name="Held">Comments that wait for a decision</param>
/// <param name="Lines">Lines of the history</param>
/// <param name="Head">The SHA-256 of its last line: to be kept elsewhere</param>
/// <param name="Sums">The SHA-256 of SHA256SUMS, which lists every file of the folder: of this state, also of the page and the feed</param>
/// <param name="Open">Claims without a verdict</param>
public sealed record PublishedCase(string Folder, int Claims, int Entries, int Held, int Lines, string Head, string Sums, IReadOnlyList<string> Open);

public sealed partial class CaseFolder
{
    /// <summary>Enters what is new into the history, and writes the page, the feed and what they rest on. The same folder gives the same bytes.</summary>
    /// <param name="to">A folder that is not there, or holds an earlier state of this case</param>
    /// <exception cref="EvidenceException">What was published was changed (4), or the folder is somebody else's (5): nothing was written.</exception>
    public PublishedCase Publish(string to)
    {
        string target = Path.GetFullPath(to);
        if (Path.TrimEndingDirectorySeparator(target) is var bare && (bare == root || root.StartsWith(bare + Path.DirectorySeparatorChar, StringComparison.Ordinal)))
            throw new EvidenceException(EvidenceFault.Usage, $"{to} is the case's own folder, or around it", "name another one");
        Dossier dossier = Read();
        if (!dossier.All.Any(static placed => placed.Entry.Kind.Name == "claim")) throw new EvidenceException(EvidenceFault.Failure, "the case makes no claim yet", "offproof case add DIR claim");
        int before = dossier.History.Lines.Count;
        Seal(dossier);
        if (Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any())
        {
            byte[] earlier = FileKind.TryReadAll(Path.Combine(target, History.FileName), History.FileLimit) ?? throw new EvidenceException(EvidenceFault.Refused, $"{to} holds something else than a published case: it was not touched", "name a folder that does not exist");
            if (!History.Parse(earlier, $"{to}/{History.FileName}").IsBeginningOf(dossier.History))
                throw new EvidenceException(EvidenceFault.Forgery, $"{to} was published with another history, or a longer one: this folder would take back what was said there", "publish from the folder that it came from; nothing was written");
        }
        Dictionary<string, CaseBundle> bundles = Bundles(dossier);
        List<(string File, byte[] Bytes)> files = Files(dossier, bundles);
        string made = $"{Path.TrimEndingDirectorySeparator(target)}.offproof-{Guid.NewGuid():N}"[..^24];
        string sums;
        Directory.CreateDirectory(made);
        try
        {
            foreach ((string file, byte[] bytes) in files)
            {
                string path = Path.Combine(made, file);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.WriteAllBytes(path, bytes);
            }
            CopyBundles(bundles.Values, made);
            sums = List(made);
            // The history first: what is seen outside was written down before.
            if (dossier.History.Lines.Count > before) Put(History.FileName, dossier.History.Write(), isAnew: true);
            Swap(made, target);
        }
        finally
        {
            if (Directory.Exists(made)) Directory.Delete(made, recursive: true);
        }
        return new PublishedCase(target, dossier.Standing("claim").Count(), dossier.History.Lines.Count - before, dossier.Standing("comment").Count(comment => dossier.StateOf(comment) == "held"), dossier.History.Lines.Count, dossier.History.Head, sums,
            [.. dossier.Standing("claim").Where(claim => !dossier.Standing("verdict").Any(verdict => verdict["claim"] == claim.Id)).Select(static claim => claim.Id)]);
    }

    void Seal(Dossier dossier)
    {
        string now = Entry.Time(clock.GetUtcNow());
        HashSet<string> known = new(dossier.History.Lines.Select(static line => line.File), StringComparer.Ordinal);
        void Once(string file, ReadOnlySpan<byte> bytes)
        {
            if (known.Add(file)) dossier.History.Append(now, file, Checksums.Of(bytes));
        }
        Once(HeadFile, Inside(HeadFile, Entry.FileLimit)!);
        foreach (Placed placed in dossier.All)
        {
            foreach (string file in Beside(placed)) Once(file, Inside(file, MostReply) ?? throw new EvidenceException(EvidenceFault.Failure, $"{file} is missing"));
            Once(placed.File, placed.Bytes);
            placed.Published ??= dossier.History.Of(placed.File)!.Time;
        }
    }

    // Everything that lies there, the page and the feed too: one hash for a whole state (case.md §2).
    static string List(string made)
    {
        StringBuilder list = new();
        foreach (string file in Directory.EnumerateFiles(made, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(made, file).Replace(Path.DirectorySeparatorChar, '/')).Order(StringComparer.Ordinal))
        {
            using FileStream from = File.OpenRead(Path.Combine(made, file));
            list.Append(Checksums.Of(from)).Append("  ").Append(file).Append('\n');
        }
        byte[] bytes = Encoding.ASCII.GetBytes(list.ToString());
        File.WriteAllBytes(Path.Combine(made, CaseBundle.ListName), bytes);
        return Checksums.Of(bytes);
    }

    List<(string File, byte[] Bytes)> Files(Dossier dossier, IReadOnlyDictionary<string, CaseBundle> bundles)
    {
        List<(string File, byte[] Bytes)> files = [(HeadFile, Inside(HeadFile, Entry.FileLimit)!), (History.FileName, dossier.History.Write())];
        Dictionary<string, string> letters = new(StringComparer.Ordinal);
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (Placed placed in dossier.All)
        {
            string kind = placed.Entry.Kind.Name;
            if (kind == "comment" && (!placed.Stands || dossier.StateOf(placed) != "accepted")) continue;
            files.Add((placed.File, placed.Bytes));
            foreach (string file in Beside(placed))
            {
                // Of a reply that its author took back the entry stays: what was signed, and when it came.
                if (kind == "reply" && !placed.Stands) continue;
                byte[] bytes = Inside(file, MostReply)!;
                if (names.Add(file)) files.Add((file, bytes));
                if (file.EndsWith(".txt", StringComparison.Ordinal)) letters.Add(placed.Id, Encoding.UTF8.GetString(bytes));
            }
        }
        files.Add(("index.html", CasePage.Write(dossier, letters, bundles)));
        files.Add(("feed.xml", CaseFeed.Write(dossier)));
        return files;
    }

    // A reader finds the old state or the new one; a kill between leaves the new one beside it.
    static void Swap(string made, string target)
    {
        string old = made + ".old";
        if (Directory.Exists(target)) Directory.Move(target, old);
        Directory.Move(made, target);
        if (Directory.Exists(old)) Directory.Delete(old, recursive: true);
    }
}
