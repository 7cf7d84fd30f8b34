using System.Globalization;

namespace Offproof.Evidence;

sealed partial class CasePage
{
    void Party(Placed party)
    {
        html.Open("article", ("class", "card"), ("id", party.Id)).Open("div", ("class", "together")).Element("h3", party["name"]).Element("p", party["role"], ("dir", "auto"));
        html.Open("p", ("class", "note")).Text(party["asked"] ?? "Nothing is recorded of a reply having been asked for.").Close("p").Close("div");
        Placed[] replies = [.. dossier.All.Where(placed => placed.Entry.Kind.Name == "reply" && placed["from"] == party.Id)];
        Keys(party, replies);
        foreach (Placed reply in replies)
        {
            html.Element("h4", $"Reply, received {reply.Entry.Added[..10]}", ("id", reply.Id));
            if (reply.Successor is { } retraction)
            {
                html.Element("p", $"It was taken back on {retraction.Published![..10]}, by this statement, signed under the same key:");
                Letter(retraction);
            }
            else
            {
                Letter(reply);
            }
            Notes(reply);
        }
        if (replies.Length == 0) html.Element("p", "No signed reply has come.");
        Corrected(party);
        html.Close("article");
    }

    // Whoever exchanges a key could sign in another's name from then on: each is shown, with what came under it.
    void Keys(Placed party, Placed[] replies)
    {
        Placed[] recorded = [.. dossier.All.Where(placed => placed.Entry.Kind.Name == "party" && placed.Id == party.Id && placed["key"] is not null).DistinctBy(static placed => placed["key"], StringComparer.Ordinal)];
        if (recorded.Length == 0) return;
        if (recorded.Length > 1) html.Element("p", $"The key was exchanged {(recorded.Length == 2 ? "once" : string.Create(CultureInfo.InvariantCulture, $"{recorded.Length - 1} times"))}. That the same party holds them is what is said of how each was had, and nothing more.");
        html.Raw("<ul>\n");
        foreach (Placed one in recorded)
        {
            string key = one["key"]!;
            string[] under = [.. replies.Where(reply => CaseFolder.KeyPath(dossier, reply) == key).Select(static reply => reply.Id)];
            html.Open("li", ("class", "note")).Text("Key: ").Link(key, key).Text($", published {one.Published![..10]}. ").Inline("bdi", one["obtained"]);
            if (recorded.Length > 1 && one == recorded[^1]) html.Text(" It is the one that replies are compared with now.");
            html.Text(under.Length == 0 ? " No reply came under it." : $" Under it: {string.Join(", ", under)}.").Raw("</li>\n");
        }
        html.Raw("</ul>\n");
    }

    void Notes(Placed placed)
    {
        foreach (Placed note in dossier.Standing("note").Where(note => note["of"] == placed.Id))
        {
            html.Element("p", $"Note of the publisher, {note.Published![..10]}:", ("class", "note")).Paragraphs(note.Entry.All("text"));
            Corrected(note);
        }
    }

    // case.md §5: letters, and nothing else. The signature is there for whoever does not believe us.
    void Letter(Placed placed)
    {
        string key = CaseFolder.KeyPath(dossier, placed), file = $"replies/{placed.Id}.txt", text = letters[placed.Id];
        html.Open("div", ("class", "letter"), ("tabindex", "0"), ("role", "region"), ("aria-label", $"The text of {placed.Id}")).Paragraphs(PlainText.Paragraphs(text)).Close("div");
        if (placed.Entry.Kind.Name != "retraction" && !text.Contains(dossier.Head.Id.AsSpan(9, 8), StringComparison.OrdinalIgnoreCase)) html.Element("p", "The text does not name this case: it could have been written about something else.", ("class", "note"));
        html.Open("p", ("class", "note")).Text("As it came: ").Link(file, "text").Text(", ").Link($"{file}.minisig", "signature").Text($", by the key {placed["key-id"]}");
        if (placed["trusted-comment"] is { } said) html.Text(". Signed with it: ").Inline("bdi", said);
        html.Text(". To check:").Close("p");
        Commands($"How to check {placed.Id}", $"minisign -V -p {key} -m {file}");
    }

    void Step(string says, string of, string lines)
    {
        html.Open("div", ("class", "together")).Element("p", says);
        Commands(of, lines);
        html.Close("div");
    }

    void Commands(string of, string lines) => html.Open("pre", ("tabindex", "0"), ("role", "region"), ("aria-label", of)).Text(lines).Close("pre");

    /// <summary>Follows `previous` from line to line, and ends with the hash of the last one (case.md §2).</summary>
    internal const string Chain = """
        p=$(printf '%064d' 0)
        while IFS= read -r line; do
          [ "$(printf '%s' "$line" | jq -r .previous)" = "$p" ] ||
            { echo "REWRITTEN before: $line"; break; }
          p=$(printf '%s' "$line" | sha256sum | cut -c1-64)
        done <history.ndjson
        echo "$p"
        """;

    void Checking()
    {
        Heading("check", "How to check this page");
        string[] gone = [.. dossier.All.Where(static placed => placed.Entry.Kind.Name == "reply" && !placed.Stands).Select(static reply => $"|replies/{reply.Id}[.]txt")];
        html.Element("p", "Everything that this page is made of lies beside it. history.ndjson has the SHA-256 and the day of each file that was ever published, and each of its lines names the SHA-256 of the one before. SHA256SUMS has those of all files that lie here now, this page and the feed among them.")
            .Open("dl", ("class", "facts")).Element("dt", "Lines of the history").Element("dd", dossier.History.Lines.Count.ToString(CultureInfo.InvariantCulture)).Element("dt", "SHA-256 of its last line").Open("dd").Inline("code", dossier.History.Head).Close("dd").Element("dt", "Case").Open("dd").Inline("code", dossier.Head.Id).Close("dd").Close("dl");
        Step("The chain: this prints the SHA-256 of the last line, as above, or the first line that does not follow from the one before.", "How to check the chain", Chain);
        Step($"What was published and should be here: this says nothing, or names each file that was changed or is missing. Files of comments are left out, since those that wait or were refused are in the history by their hash alone{(gone.Length > 0 ? "; so is the text of a reply that was taken back by a signed statement" : "")}.",
            "How to compare what was published", $"jq -r 'select(.file | test(\"^(entries/[0-9]+-comment-|keys/comment-|replies/comment-{string.Concat(gone)})\") | not)\n  | .sha256 + \"  \" + .file' history.ndjson | sha256sum -c --quiet");
        Step("What lies here: this compares every file, this page and the feed too. The last line prints the one hash that stands for all of it.", "How to compare every file", "sha256sum -c --quiet SHA256SUMS\nsha256sum SHA256SUMS");
        Step("All three hold also where the publisher rewrote everything at once. So keep two hashes elsewhere: that of SHA256SUMS, which shows whether this state, the page included, is the one that you read; and that of the last line. In a later state, whose chain must hold too, the latter is found again unless something of before was rewritten:",
            "How to find a hash that was kept", "jq -r .previous history.ndjson | grep -x HASH-THAT-YOU-KEPT");
        html.Element("p", "Files that SHA256SUMS does not name, and what the history never had, are covered by nothing.", ("class", "note"))
            .Open("p").Text("What is added and corrected is also in the ").Link("feed.xml", "feed").Text(".").Close("p");
    }
}
