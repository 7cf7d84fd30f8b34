using System.Globalization;

namespace Offproof.Evidence;

/// <summary>An entry with its place in the case, and what became of it.</summary>
sealed record Placed(int Number, string File, Entry Entry, byte[] Bytes)
{
    /// <summary>When it was published; null before.</summary>
    internal string? Published { get; set; }

    /// <summary>What took its place, or took it back.</summary>
    internal Placed? Successor { get; set; }

    internal bool Stands => Successor is null;

    /// <summary>What stands in its place now; null where that was taken back.</summary>
    internal Placed? Current => Successor is null ? this : Successor.Entry.Corrects ? Successor.Current : null;

    internal string Id => Entry.Id;

    internal string? this[string name] => Entry.One(name);
}

/// <summary>What case.json says: fixed once it is published.</summary>
sealed record CaseHead(string Id, string Title, string Lead, string Publisher, string Begun);

/// <summary>A case as it was read: its entries in order, which of them stand, and that each names only what is there.</summary>
sealed class Dossier
{
    internal const int MostEntries = 2000;

    internal CaseHead Head { get; }

    internal History History { get; }

    /// <summary>In the order in which they were added, also those that no longer stand.</summary>
    internal IReadOnlyList<Placed> All { get; }

    Dossier(CaseHead head, History history, List<Placed> all) => (Head, History, All) = (head, history, all);

    /// <summary>Those of a kind that stand, each where the one that it corrects stood.</summary>
    internal IEnumerable<Placed> Standing(string kind) => All.Where(placed => placed.Entry.Kind.Name == kind && !placed.Entry.Corrects).Select(static placed => placed.Current).OfType<Placed>();

    internal Placed? Find(string id) => All.FirstOrDefault(placed => placed.Stands && placed.Id == id && placed.Entry.Kind.Name is not ("withdrawal" or "moderation" or "retraction"));

    internal Placed Need(string id) => Find(id) ?? throw new InvalidOperationException(id);

    /// <summary>accepted, refused, or held.</summary>
    internal string StateOf(Placed comment) => Decision(comment)?["decision"] ?? "held";

    internal Placed? Decision(Placed comment) => Standing("moderation").LastOrDefault(placed => placed["of"] == comment.Id);

    internal static Dossier Build(CaseHead head, History history, IEnumerable<(int Number, string File, Entry Entry, byte[] Bytes)> entries)
    {
        Dictionary<string, Placed> standing = new(StringComparer.Ordinal);
        HashSet<string> seen = new(StringComparer.Ordinal);
        List<Placed> all = [];
        bool isPublished = true;
        foreach ((int number, string file, Entry entry, byte[] bytes) in entries)
        {
            Placed placed = new(number, file, entry, bytes) { Published = history.Of(file)?.Time };
            // What is new comes after what was published: nothing is slipped in between.
            if (placed.Published is not null && !isPublished) throw new EvidenceException(EvidenceFault.Forgery, $"{all[^1].File} stands before {file}, which was published before it", "give it a number after all that was published; nothing was written");
            isPublished = placed.Published is not null;
            if (all.Count > 0 && all[^1].Number == number) throw Bad(file, "another entry has this number");
            if (entry.Corrects)
            {
                if (!standing.TryGetValue(entry.Id, out Placed? old) || old.Entry.Kind != entry.Kind) throw Bad(file, $"there is no {entry.Kind.Name} '{entry.Id}' to correct");
                old.Successor = placed;
            }
            else if (!seen.Add(entry.Id))
            {
                throw Bad(file, $"the id '{entry.Id}' was given before");
            }
            if (entry.Kind.Name is "withdrawal" or "retraction")
            {
                string? taken = standing.GetValueOrDefault(entry.Need("of"))?.Entry.Kind.Name;
                // Taken back by the publisher it would read as if whoever wrote it had changed their mind.
                if (entry.Kind.Name == "withdrawal" && taken is ("reply" or "comment"))
                {
                    throw new EvidenceException(EvidenceFault.Refused, $"{file}: '{entry.Need("of")}' came from others, and the publisher does not take it back",
                        taken == "reply" ? "case reply DIR FILE --withdraws ID takes in a statement signed under its own key; case add DIR note --of ID --text TEXT says something beside it" : "case reply DIR --refuse ID --reason TEXT");
                }
                if (entry.Kind.Name == "retraction" && taken != "reply") throw Bad(file, $"there is no reply '{entry.Need("of")}' to take back");
                if (!standing.Remove(entry.Need("of"), out Placed? old) || old.Entry.Kind.Name is "withdrawal" or "moderation" or "retraction") throw Bad(file, $"there is no '{entry.Need("of")}' to take back");
                old.Successor = placed;
            }
            standing[entry.Id] = placed;
            all.Add(placed);
        }
        if (all.Count > MostEntries) throw new EvidenceException(EvidenceFault.Refused, string.Create(CultureInfo.InvariantCulture, $"the case has {all.Count} entries, and {MostEntries} are the most"));
        Dossier dossier = new(head, history, all);
        foreach (Placed placed in standing.Values) dossier.RequireNames(placed);
        dossier.RequireOneVerdictEach();
        dossier.RequireShortQuotations();
        dossier.RequireGrounds();
        dossier.RequireOwnNames();
        return dossier;
    }

    void RequireNames(Placed placed)
    {
        foreach (CaseMember member in placed.Entry.Kind.Members.Where(static member => member.Form == Form.Entry && member.Of.Length > 0))
        {
            foreach (string id in placed.Entry.All(member.Name))
            {
                // What was decided about a comment that was taken back since stays decided.
                if (Find(id) is { } named ? !member.Of.Contains(named.Entry.Kind.Name) || named == placed : placed.Entry.Kind.Name is not ("moderation" or "note"))
                    throw Bad(placed.File, $"'{member.Name}' names '{id}', and there is no such {string.Join(" or ", member.Of)}");
            }
        }
    }

    void RequireOneVerdictEach()
    {
        foreach (IGrouping<string, Placed> verdicts in Standing("verdict").GroupBy(static verdict => verdict.Entry.Need("claim"), StringComparer.Ordinal))
        {
            if (verdicts.Count() > 1) throw Bad(verdicts.Last().File, $"'{verdicts.Key}' has a verdict, '{verdicts.First().Id}'; correct that one");
        }
    }

    // case.md §3: whoever quotes a page in small pieces has quoted the page.
    void RequireShortQuotations()
    {
        foreach (IGrouping<string, Placed> quoting in All.Where(static placed => placed.Stands && placed["quote"] is not null).GroupBy(static placed => placed.Entry.Need("source"), StringComparer.Ordinal))
        {
            int words = quoting.Sum(static placed => PlainText.Words(placed.Entry.Need("quote")));
            if (words > MostOfOneSource)
                throw new EvidenceException(EvidenceFault.Refused, string.Create(CultureInfo.InvariantCulture, $"{words} words are quoted of '{quoting.Key}', and {MostOfOneSource} are the most of one source"), $"shorten one of {string.Join(", ", quoting.Select(static placed => placed.Id))} (case.md §3)");
        }
    }

    // A verdict with nothing on its side reads as if there were something (case.md §1.4).
    void RequireGrounds()
    {
        foreach (Placed verdict in Standing("verdict"))
        {
            string? side = verdict["outcome"] switch { "supported" => "for", "contradicted" => "against", _ => null };
            if (side is not null && !Standing("evidence").Any(evidence => evidence.Entry.All(side).Contains(verdict["claim"], StringComparer.Ordinal)))
                throw new EvidenceException(EvidenceFault.Refused, $"{verdict.File}: '{verdict["claim"]}' is said to be {verdict["outcome"]}, and no evidence speaks {side} it", "add the evidence first, or correct the verdict first");
        }
    }

    // Also where the party came after the comment, or a file was written by hand.
    void RequireOwnNames()
    {
        foreach (Placed comment in Standing("comment").Where(comment => StateOf(comment) != "refused"))
        {
            if (PenName.Objection(comment.Entry.Need("name"), this) is { } objection)
                throw new EvidenceException(EvidenceFault.Refused, $"{comment.File}: a comment is not shown as '{PlainText.Visible(comment.Entry.Need("name"))}': {objection}", $"offproof case reply DIR --refuse {comment.Id} --reason TEXT comes first");
        }
    }

    const int MostOfOneSource = 250;

    static EvidenceException Bad(string file, string what) => new(EvidenceFault.Failure, $"{file}: {what}");
}
