namespace Offproof.Auditor;

/// <summary>What was read, searched and asked, with what version; and what it cannot see.</summary>
internal static class MethodSection
{
    private const int MostTooShort = 8;

    internal static void Write(Page page)
    {
        PageWords words = page.Words;
        AuditReport report = page.Report;
        Html html = page.Section("method", words.Method, null).Element("p", words.MethodMeans);
        html.Open("pre", ("tabindex", "0"), ("role", "group"), ("aria-label", words.Method)).Text(page.Facts.Command).Close("pre");
        Captures(page);
        html.Open("ul");
        foreach ((string path, string hash) in page.Facts.Inputs) html.Open("li").Text(path).Text(" ").Open("code").Text(hash).Raw("</code>").Close("li");
        html.Close("ul");
        html.Element("p", words.Searched(words.Count(report.Persona.Canaries), words.Count(report.Persona.Forms)));
        if (report.Persona.TooShort.Count > 0)
        {
            html.Element("p", words.TooShort(words.Count(report.Persona.TooShort.Count))).Open("ul");
            foreach (TooShortReport value in report.Persona.TooShort.Take(MostTooShort)) html.Open("li").Open("code").Text(value.Canary).Raw("</code>").Text($" ({value.Form}): ").Open("span", ("lang", "en")).Text(value.Reason).Raw("</span>").Close("li");
            html.Close("ul");
            if (report.Persona.TooShort.Count > MostTooShort) html.Element("p", words.More(words.Count(report.Persona.TooShort.Count - MostTooShort)), ("class", "note"));
        }
        html.Element("p", report.Keys is { } keys ? words.Keys(words.Count(keys.Matched), words.Count(keys.Entries)) : words.NoKeys);
        Sources(page);
        if (report.Notes.Count > 0)
        {
            html.Element("h3", words.Notes).Open("ul");
            foreach (string note in report.Notes) html.Element("li", note + ".", ("lang", "en"));
            html.Close("ul");
        }
        html.Element("h3", words.Limits).Open("ul");
        foreach (string limit in words.LimitsAre) html.Element("li", limit);
        html.Close("ul").Element("p", $"{words.Version}: offproof {page.Facts.Version}, {report.Schema}", ("class", "note")).Close("section");
    }

    private static void Captures(Page page)
    {
        PageWords words = page.Words;
        Html html = page.Wide(words.Capture).Open("table").Open("thead").Open("tr");
        foreach (string title in (ReadOnlySpan<string>)[words.Capture, words.Format]) html.Element("th", title, ("scope", "col"));
        foreach (string title in (ReadOnlySpan<string>)[words.Packets, words.OnTheWire]) html.Element("th", title, ("scope", "col"), ("class", "n"));
        foreach (string title in (ReadOnlySpan<string>)["SHA-256", words.Damage]) html.Element("th", title, ("scope", "col"));
        html.Close("tr").Close("thead").Open("tbody");
        for (int i = 0; i < page.Report.Captures.Count; i++)
        {
            CaptureReport capture = page.Report.Captures[i];
            html.Open("tr").Element("td", capture.Path).Element("td", capture.Format).Element("td", words.Count(capture.Packets), ("class", "n")).Element("td", words.Count(capture.Bytes), ("class", "n"))
                .Open("td").Open("code").Text(i < page.Facts.Hashes.Count ? page.Facts.Hashes[i] : "\u2013").Raw("</code>").Close("td").Element("td", capture.Damage ?? "\u2013", ("lang", capture.Damage is null ? null : "en")).Close("tr");
        }
        html.Close("tbody").Close("table").Close("div");
    }

    private static void Sources(Page page)
    {
        if (page.Report.Sources.Count == 0) return;
        PageWords words = page.Words;
        Html html = page.Html.Element("h3", words.Sources);
        page.Wide(words.Sources).Open("table").Open("tbody");
        foreach (SourceReport source in page.Report.Sources)
        {
            html.Open("tr").Element("td", source.File).Element("td", $"{source.Kind}{(source.Publisher is { } publisher ? $" ({publisher})" : "")}").Element("td", source.Date is { } date ? words.AsOf(date) : words.Undated)
                .Open("td").Open("code").Text(source.Sha256).Raw("</code>").Close("td").Element("td", string.Join("; ", source.Problems), ("lang", "en")).Close("tr");
        }
        html.Close("tbody").Close("table").Close("div");
    }
}
