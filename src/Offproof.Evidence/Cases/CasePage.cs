using System.Globalization;
using System.Text;

namespace Offproof.Evidence;

/// <summary>The page of a case (case.md §6): first what is shown and what is not, then everything that it rests on. Nothing in it runs or is loaded.</summary>
sealed partial class CasePage(Dossier dossier, IReadOnlyDictionary<string, string> letters, IReadOnlyDictionary<string, CaseBundle> bundles, CaseHtml html)
{
    internal static readonly (string Outcome, string Class, string Heading)[] Outcomes =
    [
        ("supported", "supported", "Said, and supported"),
        ("contradicted", "contradicted", "Said, and contradicted"),
        ("not shown", "not-shown", "Said, and not shown"),
        ("unknown", "unknown", "Unknown"),
    ];

    /// <summary>The page as UTF-8.</summary>
    /// <param name="dossier">The case, published: every entry has its time</param>
    /// <param name="letters">The texts of replies and comments, by id</param>
    /// <param name="bundles">Those that are published with it, by their folder</param>
    internal static byte[] Write(Dossier dossier, IReadOnlyDictionary<string, string> letters, IReadOnlyDictionary<string, CaseBundle> bundles)
    {
        using StringWriter to = new(CultureInfo.InvariantCulture) { NewLine = "\n" };
        CaseHtml html = new(to);
        html.Raw("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n")
            .Open("meta", ("http-equiv", "Content-Security-Policy"), ("content", $"default-src 'none'; style-src '{CaseLook.Hash}'; base-uri 'none'; form-action 'none'")).Raw("\n<meta name=\"referrer\" content=\"no-referrer\">\n")
            .Element("title", dossier.Head.Title)
            .Raw("<link rel=\"alternate\" type=\"application/atom+xml\" href=\"feed.xml\" title=\"What was added and corrected\">\n<style>").Raw(CaseLook.Style).Raw("</style>\n</head>\n<body>\n");
        new CasePage(dossier, letters, bundles, html).Write();
        html.Raw("</body>\n</html>\n");
        return Encoding.UTF8.GetBytes(to.ToString());
    }

    void Write()
    {
        Head();
        html.Raw("<main>\n");
        Story();
        Claims();
        Evidence();
        Concerned();
        Comments();
        Corrections();
        Sources();
        Checking();
        html.Raw("</main>\n<footer>\n").Element("p", $"Published by {dossier.Head.Publisher}, who answers for it. Verdicts are the publisher's reading of what is listed here; a signature shows who holds a key.").Raw("</footer>\n");
    }

    void Head()
    {
        html.Raw("<header>\n").Open("p", ("class", "kind")).Text($"A case, published by {dossier.Head.Publisher}. Begun {dossier.Head.Begun}, last changed {dossier.History.Lines[^1].Time[..10]}.").Close("p")
            .Element("h1", dossier.Head.Title).Element("p", dossier.Head.Lead, ("class", "lead"), ("dir", "auto"));
        html.Raw("<div class=\"outcomes\">\n");
        Placed[] verdicts = [.. dossier.Standing("verdict")];
        foreach ((string outcome, string name, string heading) in Outcomes)
        {
            Placed[] these = [.. verdicts.Where(verdict => verdict["outcome"] == outcome)];
            html.Open("section", ("class", name)).Element("h2", heading);
            if (these.Length == 0) html.Element("p", "Nothing.");
            else
            {
                html.Raw("<ul>\n");
                foreach (Placed verdict in these) html.Raw("<li>").Link($"#{verdict.Entry.Need("claim")}", verdict["says"]).Raw("</li>\n");
                html.Raw("</ul>\n");
            }
            html.Close("section");
        }
        html.Raw("</div>\n");
        Placed[] open = [.. dossier.Standing("claim").Where(claim => VerdictOf(claim) is null)];
        if (open.Length > 0) html.Element("p", $"{Count(open.Length, "claim has", "claims have")} no verdict yet.", ("class", "note"));
        html.Raw("<nav aria-label=\"On this page\">\n<ul>\n");
        foreach ((string at, string title) in Contents()) html.Raw("<li>").Link($"#{at}", title).Raw("</li>\n");
        html.Raw("</ul>\n</nav>\n</header>\n");
    }

    IEnumerable<(string, string)> Contents()
    {
        if (dossier.Standing("chapter").Any()) yield return ("story", "The story");
        yield return ("claims", "Claims");
        yield return ("evidence", "Evidence");
        yield return ("concerned", "Those concerned");
        yield return ("comments", "Comments");
        yield return ("corrections", $"Corrections ({Changes().Count().ToString(CultureInfo.InvariantCulture)})");
        yield return ("sources", "Sources");
        yield return ("check", "How to check this page");
    }

    Placed? VerdictOf(Placed claim) => dossier.Standing("verdict").FirstOrDefault(verdict => verdict["claim"] == claim.Id);

    static string ClassOf(string outcome) => Outcomes.First(known => known.Outcome == outcome).Class;

    static string Count(int number, string one, string many) => string.Create(CultureInfo.InvariantCulture, $"{number} {(number == 1 ? one : many)}");

    void Heading(string at, string text) => html.Element("h2", text, ("id", at));

    // A reader who looks something up finds the source at once; its address stands in the list.
    void Cite(IEnumerable<string> sources, string before = "")
    {
        string[] ids = [.. sources];
        if (ids.Length == 0) return;
        html.Open("p", ("class", "note")).Text(before).Text(ids.Length == 1 ? "Source: " : "Sources: ");
        for (int i = 0; i < ids.Length; i++)
        {
            Placed source = dossier.Need(ids[i]);
            if (i > 0) html.Text("; ");
            html.Link($"#{source.Id}", $"{source["publisher"]}, {source["date"]}");
            if (source["known-from"] is not null) html.Text(" (not read here)");
        }
        html.Text(".").Close("p");
    }

    void Quotation(Placed placed)
    {
        if (placed["quote"] is not { } quote) return;
        html.Raw("<blockquote>\n").Open("p", ("dir", "auto"), ("lang", placed["language"])).Text($"\u201C{quote}\u201D").Close("p");
        if (placed["translation"] is { } translation) html.Open("p", ("dir", "auto")).Text($"In English, by us: \u201C{translation}\u201D").Close("p");
        html.Raw("</blockquote>\n");
    }

    void Limits(string title, IReadOnlyList<string> limits)
    {
        html.Element("h4", title).Open("ul", ("class", "limits"));
        foreach (string limit in limits) html.Element("li", limit, ("dir", "auto"));
        html.Close("ul");
    }

    void Corrected(Placed placed)
    {
        if (placed.Entry.Corrects) html.Open("p", ("class", "note")).Text($"Corrected {placed.Published![..10]}: ").Link($"#change-{placed.Number.ToString(CultureInfo.InvariantCulture)}", "what, and why").Text(".").Close("p");
    }
}
