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
            html.Open("article", ("class", "card"), ("id", claim.Id)).Open("h3");
            if (verdict is not null) html.Inline("span", verdict["outcome"], ("class", $"badge {ClassOf(verdict.Entry.Need("outcome"))}")).Text(" ");
            html.Inline("span", "Claim:", ("class", "date")).Text(" ").Inline("bdi", claim["plain"]).Close("h3").Element("p", verdict?["says"] ?? "No verdict yet.", ("dir", "auto"));
            Quotation(claim);
            Cite(claim.Entry.All("source"), $"Said by {claim["who"]}, {claim["date"]}. ");
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
            html.Open("article", ("class", "card"), ("id", evidence.Id)).Element("h3", evidence["title"], ("dir", "auto")).Element("p", $"{evidence["who"]}, {evidence["date"]}.", ("class", "note")).Paragraphs(evidence.Entry.All("text"));
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
        string at = bundle.TrimEnd('/');
        bool isHere = !bundle.Contains("://", StringComparison.Ordinal);
        html.Open("p").Text("In a bundle: ").Link($"{at}/{evidence["file"]}", evidence["file"]).Text(isHere
            ? ". When this was published, the list of its files had the hash below, and this file that of the list. To check again, in the bundle's folder:"
            : ". It was not fetched for this page. To check it, in the bundle's folder:").Close("p")
            .Open("pre", ("tabindex", "0"), ("role", "region"), ("aria-label", $"How to check the bundle of {evidence.Id}")).Text($"echo '{evidence["sums"]}  SHA256SUMS' | sha256sum -c\nsha256sum -c SHA256SUMS").Close("pre");
    }

    void Concerned()
    {
        Heading("concerned", "Those concerned");
        foreach (Placed party in dossier.Standing("party"))
        {
            html.Open("article", ("class", "card"), ("id", party.Id)).Element("h3", party["name"]).Element("p", party["role"], ("dir", "auto"));
            html.Open("p", ("class", "note")).Text(party["asked"] ?? "Nothing is recorded of a reply having been asked for.").Close("p");
            if (party["key"] is { } key) html.Open("p", ("class", "note")).Text("Key: ").Link(key, key).Text($". {party["obtained"]}").Close("p");
            Placed[] replies = [.. dossier.Standing("reply").Where(reply => reply["from"] == party.Id)];
            foreach (Placed reply in replies)
            {
                html.Element("h4", $"Reply, received {reply.Entry.Added[..10]}", ("id", reply.Id));
                Letter(reply);
            }
            if (replies.Length == 0) html.Element("p", "No signed reply has come.");
            Corrected(party);
            html.Close("article");
        }
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

    // case.md §5: letters, and nothing else. The signature is there for whoever does not believe us.
    void Letter(Placed placed)
    {
        string key = CaseFolder.KeyPath(dossier, placed), file = $"replies/{placed.Id}.txt", text = letters[placed.Id];
        html.Open("div", ("class", "letter"), ("tabindex", "0"), ("role", "region"), ("aria-label", $"The text of {placed.Id}")).Paragraphs(PlainText.Paragraphs(text)).Close("div");
        if (!text.Contains(dossier.Head.Id.AsSpan(9, 8), StringComparison.OrdinalIgnoreCase)) html.Element("p", "The text does not name this case: it could have been written about something else.", ("class", "note"));
        html.Open("p", ("class", "note")).Text("As it came: ").Link(file, "text").Text(", ").Link($"{file}.minisig", "signature").Text($", by the key {placed["key-id"]}");
        if (placed["trusted-comment"] is { } said) html.Text(". Signed with it: ").Inline("bdi", said);
        html.Text(". To check:").Close("p").Open("pre", ("tabindex", "0"), ("role", "region"), ("aria-label", $"How to check {placed.Id}")).Text($"minisign -V -p {key} -m {file}").Close("pre");
    }

    IEnumerable<Placed> Changes() => dossier.All.Where(static placed => placed.Entry.Corrects || placed.Entry.Kind.Name == "withdrawal");

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
                .Element("h3", $"{change.Published![..10]}: {old.Entry.Kind.Name} {old.Id} {(isWithdrawal ? "was taken back" : "was corrected")}").Element("p", isWithdrawal ? change["why"] : change.Entry.Why, ("dir", "auto"));
            if (old.Entry.Kind.Name is "reply" or "comment") html.Element("p", "What came from others is no longer shown; its hash stays in the history.", ("class", "note"));
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

    void Checking()
    {
        Heading("check", "How to check this page");
        html.Element("p", "Everything that this page is made of lies beside it: case.json, entries/, replies/ and keys/. history.ndjson has the SHA-256 and the day of each file that was ever published; each of its lines names the one before. Where something was changed without a correction, it no longer fits.")
            .Open("dl", ("class", "facts")).Element("dt", "Lines of the history").Element("dd", dossier.History.Lines.Count.ToString(CultureInfo.InvariantCulture)).Element("dt", "SHA-256 of its last line").Open("dd").Inline("code", dossier.History.Head).Close("dd").Element("dt", "Case").Open("dd").Inline("code", dossier.Head.Id).Close("dd").Close("dl")
            .Element("p", "Keep the second line: a history that does not come by it later was rewritten. Comments that wait or were refused are in the history by their hash alone.")
            .Open("pre", ("tabindex", "0"), ("role", "region"), ("aria-label", "How to check the history")).Text("tail -n 1 history.ndjson | tr -d '\\n' | sha256sum\njq -r '.sha256 + \"  \" + .file' history.ndjson | sha256sum -c --ignore-missing").Close("pre")
            .Open("p").Text("What is added and corrected is also in the ").Link("feed.xml", "feed").Text(".").Close("p");
    }
}
