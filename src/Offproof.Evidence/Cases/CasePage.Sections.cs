using System.Globalization;

namespace Offproof.Evidence;

sealed partial class CasePage
{
    void Story()
    {
        Placed[] chapters = [.. dossier.Standing("chapter").OrderBy(static chapter => chapter["date"], StringComparer.Ordinal)];
        if (chapters.Length == 0) return;
        Heading("story", "The story");
        html.Raw("<ol class=\"story\">\n");
        foreach (Placed chapter in chapters)
        {
            html.Open("li", ("id", chapter.Id)).Open("h3").Inline("span", chapter["date"], ("class", "date")).Text($" {chapter["title"]}").Close("h3").Paragraphs(chapter.Entry.All("text"));
            Cite(chapter.Entry.All("source"));
            Corrected(chapter);
            html.Close("li");
        }
        html.Close("ol");
    }

    void Claims()
    {
        Heading("claims", "Claims, and what is to be said of each");
        foreach (Placed claim in dossier.Standing("claim"))
        {
            Placed? verdict = VerdictOf(claim);
            // A claim in bold letters is read as a fact: its verdict stands before it, and the word that it is one.
            html.Open("article", ("class", "card"), ("id", claim.Id)).Open("div", ("class", "together")).Open("h3");
            if (verdict is not null) html.Inline("span", verdict["outcome"], ("class", $"badge {ClassOf(verdict.Entry.Need("outcome"))}")).Text(" ");
            html.Inline("span", "Claim:", ("class", "date")).Text(" ").Inline("bdi", claim["plain"]).Close("h3").Element("p", verdict?["says"] ?? "No verdict yet.", ("dir", "auto"));
            Quotation(claim);
            Cite(claim.Entry.All("source"), $"Said by {claim["who"]}, {claim["date"]}. ");
            html.Close("div");
            html.Raw("<div class=\"sides\">\n");
            Side("For", "for", claim);
            Side("Against", "against", claim);
            html.Raw("</div>\n");
            if (verdict is not null)
            {
                html.Element("h4", "Why").Paragraphs(verdict.Entry.All("why"));
                Limits("Where this ends", verdict.Entry.All("limits"));
                Corrected(verdict);
            }
            Corrected(claim);
            html.Close("article");
        }
    }

    void Side(string title, string side, Placed claim)
    {
        Placed[] these = [.. dossier.Standing("evidence").Where(evidence => evidence.Entry.All(side).Contains(claim.Id, StringComparer.Ordinal))];
        html.Raw("<div>\n").Element("h4", title);
        if (these.Length == 0) html.Element("p", "Nothing is listed.", ("class", "note"));
        else
        {
            html.Raw("<ul>\n");
            foreach (Placed evidence in these) html.Raw("<li>").Link($"#{evidence.Id}", evidence["title"]).Text($" ({evidence["who"]}, ").Inline("span", evidence["date"], ("class", "when")).Text(")").Raw("</li>\n");
            html.Raw("</ul>\n");
        }
        html.Raw("</div>\n");
    }

    void Evidence()
    {
        Heading("evidence", "Evidence");
        foreach (Placed evidence in dossier.Standing("evidence"))
        {
            html.Open("article", ("class", "card"), ("id", evidence.Id)).Open("div", ("class", "together")).Element("h3", evidence["title"], ("dir", "auto")).Element("p", $"{evidence["who"]}, {evidence["date"]}.", ("class", "note")).Close("div").Paragraphs(evidence.Entry.All("text"));
            Limits("What it does not show", evidence.Entry.All("limits"));
            Bearing("Speaks for: ", evidence.Entry.All("for"));
            Bearing("Speaks against: ", evidence.Entry.All("against"));
            Cite(evidence.Entry.All("source"));
            if (evidence["bundle"] is { } bundle) Bundle(evidence, bundle);
            Corrected(evidence);
            html.Close("article");
        }
        if (!dossier.Standing("evidence").Any()) html.Element("p", "None yet.", ("class", "note"));
    }

    void Bearing(string says, IReadOnlyList<string> claims)
    {
        if (claims.Count == 0) return;
        html.Open("p", ("class", "note")).Text(says);
        for (int i = 0; i < claims.Count; i++)
        {
            if (i > 0) html.Text("; ");
            html.Text("\u201C").Link($"#{claims[i]}", dossier.Need(claims[i])["plain"]).Text("\u201D");
        }
        html.Close("p");
    }

    // case.md §4.
    void Bundle(Placed evidence, string bundle)
    {
        string at = bundle.TrimEnd('/'), file = evidence["file"]!;
        CaseBundle? here = bundles.GetValueOrDefault(bundle);
        html.Open("p").Text("In a bundle: ").Link($"{at}/{(here is null ? file : CaseBundle.NameOf(file))}", file).Text(here is not null
            ? ". When this was published, the list of its files had the hash below, and this file that of the list. To check again, in the bundle's folder:"
            : ". It was not fetched for this page. To check it, in the bundle's folder:").Close("p");
        Commands($"How to check the bundle of {evidence.Id}", $"echo '{evidence["sums"]}  SHA256SUMS' | sha256sum -c\n{here?.Check ?? "sha256sum -c SHA256SUMS"}");
        if (here is { HasOthers: true }) html.Element("p", "Files that a browser might run lie there with .txt behind their names; the second line compares them under these.", ("class", "note"));
        if (evidence["opens"] is { } opens) html.Element("p", $"The bundle is not of the public form. What everybody sees by it: {opens}", ("dir", "auto"));
    }

    void Concerned()
    {
        Heading("concerned", "Those concerned");
        foreach (Placed party in dossier.Standing("party")) Party(party);
        if (!dossier.Standing("party").Any()) html.Element("p", "None is recorded yet.", ("class", "note"));
        Placed[] statements = [.. dossier.Standing("statement").OrderBy(static statement => statement["date"], StringComparer.Ordinal)];
        if (statements.Length == 0) return;
        html.Element("h3", "Said in public");
        foreach (Placed statement in statements)
        {
            html.Open("article", ("class", "card"), ("id", statement.Id)).Element("h4", $"{statement["who"]}, {statement["date"]}").Paragraphs(statement.Entry.All("plain"));
            Quotation(statement);
            Cite(statement.Entry.All("source"));
            Corrected(statement);
            html.Close("article");
        }
    }

    void Comments()
    {
        Heading("comments", "Comments");
        Placed[] comments = [.. dossier.Standing("comment")], shown = [.. comments.Where(comment => dossier.StateOf(comment) == "accepted")];
        foreach (Placed comment in shown)
        {
            html.Open("article", ("class", "card"), ("id", comment.Id)).Open("h3").Inline("bdi", comment["name"]).Close("h3")
                .Element("p", $"Received {comment.Entry.Added[..10]}. The name is what was given with it: the key shows which comments have one author, not who that is.", ("class", "note"));
            Letter(comment);
            Notes(comment);
            html.Close("article");
        }
        int held = comments.Count(comment => dossier.StateOf(comment) == "held");
        Placed[] refused = [.. comments.Where(comment => dossier.StateOf(comment) == "refused")];
        html.Element("p", $"{Count(shown.Length, "comment is", "comments are")} shown, {Count(held, "waits", "wait")} for a decision, {Count(refused.Length, "was", "were")} refused{(refused.Length > 0 ? ":" : ".")}", ("class", "note"));
        if (refused.Length == 0) return;
        html.Raw("<ul>\n");
        foreach (Placed comment in refused) html.Element("li", $"{comment.Id}, received {comment.Entry.Added[..10]}: {dossier.Decision(comment)!["reason"]}", ("dir", "auto"));
        html.Raw("</ul>\n");
    }

    IEnumerable<Placed> Changes() => dossier.All.Where(static placed => placed.Entry.Corrects || placed.Entry.Kind.Name is "withdrawal" or "retraction");

    void Corrections()
    {
        Heading("corrections", "Corrections");
        Placed[] changes = [.. Changes().Reverse()];
        if (changes.Length == 0) html.Element("p", "None so far. What is corrected stands here with its old text, the day and the reason.", ("class", "note"));
        foreach (Placed change in changes)
        {
            Placed old = dossier.All.First(placed => placed.Successor == change);
            bool isWithdrawal = !change.Entry.Corrects;
            html.Open("article", ("class", "card"), ("id", string.Create(CultureInfo.InvariantCulture, $"change-{change.Number}")))
                .Element("h3", $"{change.Published![..10]}: {old.Entry.Kind.Name} {old.Id} {(isWithdrawal ? "was taken back" : "was corrected")}");
            if (change.Entry.Kind.Name == "retraction") html.Element("p", "By whoever wrote it: the statement, signed under the same key, stands where the reply stood.");
            else html.Element("p", isWithdrawal ? change["why"] : change.Entry.Why, ("dir", "auto"));
            if (old.Entry.Kind.Name == "reply") html.Element("p", "Its text is no longer shown; its entry and its hash stay.", ("class", "note"));
            else Versions(old, isWithdrawal ? null : change);
            html.Close("article");
        }
    }

    // Only what differs: a reader looks for the change.
    void Versions(Placed old, Placed? now)
    {
        foreach (CaseMember member in old.Entry.Kind.Members)
        {
            IReadOnlyList<string> before = old.Entry.All(member.Name), after = now?.Entry.All(member.Name) ?? [];
            if (before.SequenceEqual(after, StringComparer.Ordinal)) continue;
            html.Element("h4", member.Name).Raw("<div class=\"versions\">\n<div>\n");
            if (now is not null) html.Element("p", "Before", ("class", "note"));
            html.Open("del").Paragraphs(before.Count > 0 ? before : ["\u2013"]).Close("del").Raw("</div>\n");
            if (now is not null) html.Raw("<div>\n").Element("p", "After", ("class", "note")).Open("ins").Paragraphs(after.Count > 0 ? after : ["\u2013"]).Close("ins").Raw("</div>\n");
            html.Raw("</div>\n");
        }
    }

    void Sources()
    {
        Heading("sources", "Sources");
        html.Open("ol", ("class", "sources"));
        foreach (Placed source in dossier.Standing("source").OrderBy(static source => source["date"], StringComparer.Ordinal))
        {
            html.Open("li", ("id", source.Id)).Inline("bdi", source["publisher"]).Text(": ").Inline("cite", source["title"], ("dir", "auto")).Text($". {source["date"]}. ");
            if (source["url"] is { } url) html.Link(url, url).Text(". ");
            if (source["read"] is { } day) html.Text($"Read {day}.");
            else html.Text("Not read here; known from ").Link($"#{source["known-from"]}", dossier.Need(source.Entry.Need("known-from"))["publisher"]).Text(".");
            foreach (string note in source.Entry.All("note")) html.Text($" {note}");
            Corrected(source);
            html.Close("li");
        }
        html.Close("ol");
    }
}
