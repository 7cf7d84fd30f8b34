namespace Offproof.Auditor;

/// <summary>How much could be read, in all and of which flows; and the budget.</summary>
internal static class CoverageSection
{
    private const int MostFlows = 40;
    private const double Width = 1000;

    internal static void Write(Page page)
    {
        PageWords words = page.Words;
        ByteCounts bytes = page.Report.Bytes;
        Html html = page.Section("coverage", words.Coverage, words.CoverageMeans);
        (string Kind, long Bytes)[] parts = [("decoded", bytes.Decoded), ("structural", bytes.Structural), ("opaque", bytes.Opaque), ("missing", bytes.Missing)];
        Bar(page, words.Coverage, [.. parts.Select(part => (part.Kind, words.Kinds[part.Kind], part.Bytes))]);
        page.Wide(words.Coverage).Open("table").Open("tbody");
        foreach ((string kind, long count) in parts)
        {
            html.Open("tr").Open("th", ("scope", "row")).Open("span", ("class", $"key {kind}"), ("aria-hidden", "true")).Raw("</span>").Text(words.Kinds[kind]).Close("th").Element("td", words.KindsMean[kind])
                .Element("td", words.Size(count), ("class", "n")).Element("td", words.Share(count, bytes.Total), ("class", "n")).Close("tr");
        }
        html.Close("tbody").Close("table").Close("div");
        Budget(page);
        Flows(page);
        html.Close("section");
    }

    private static void Budget(Page page)
    {
        PageWords words = page.Words;
        ByteBudget budget = page.Report.Budget;
        page.Html.Element("h3", words.Budget).Element("p", $"{words.Most(words.Size(budget.Most))} {words.BudgetMeans}");
        (string Kind, string Name, long Bytes)[] parts = [("opaque", words.Kinds["opaque"], budget.Opaque), ("missing", words.Kinds["missing"], budget.Missing), ("structural", words.Capacity, budget.Capacity)];
        Bar(page, words.Budget, parts);
        page.Html.Open("ul");
        foreach ((string kind, string name, long count) in parts)
            page.Html.Open("li").Open("span", ("class", $"key {kind}"), ("aria-hidden", "true")).Raw("</span>").Text($"{name}: {words.Size(count)}").Close("li");
        page.Html.Close("ul");
    }

    // Parts of one bar; the smallest that is there can still be seen.
    private static void Bar(Page page, string name, (string Kind, string Name, long Bytes)[] parts)
    {
        PageWords words = page.Words;
        long total = parts.Sum(static part => part.Bytes);
        if (total == 0) return;
        string text = string.Join(words.Comma, parts.Where(static part => part.Bytes > 0).Select(part => $"{part.Name} {words.Share(part.Bytes, total)}"));
        page.Html.Open("svg", ("viewBox", $"0 0 {Html.Number(Width)} 28"), ("role", "img"), ("aria-label", $"{name}: {text}"), ("preserveAspectRatio", "none"), ("height", "28"));
        double least = Width * 0.004;
        double room = Width - (least * parts.Count(static part => part.Bytes > 0));
        double x = 0;
        foreach ((string kind, string _, long count) in parts)
        {
            if (count == 0) continue;
            double width = least + (room * count / total);
            page.Html.Open("rect", ("x", Html.Number(x)), ("y", "0"), ("width", Html.Number(width)), ("height", "28"), ("class", kind)).Raw("</rect>");
            x += width;
        }
        page.Html.Close("svg");
    }

    private static void Flows(Page page)
    {
        PageWords words = page.Words;
        Html html = page.Html;
        List<FlowReport> unread = [.. page.Report.Flows.Where(static flow => flow.Unread > 0).OrderByDescending(static flow => flow.Unread)];
        if (unread.Count == 0) return;
        html.Element("h3", words.UnreadFlows);
        page.Wide(words.UnreadFlows).Open("table").Open("thead").Open("tr").Element("th", words.Flow, ("scope", "col"), ("class", "n"));
        foreach (string title in (ReadOnlySpan<string>)[words.Ends, words.Protocol]) html.Element("th", title, ("scope", "col"));
        html.Element("th", words.Unread, ("scope", "col"), ("class", "n")).Element("th", words.Remarks, ("scope", "col")).Close("tr").Close("thead").Open("tbody");
        foreach (FlowReport flow in unread.Take(MostFlows))
        {
            html.Open("tr").Element("td", words.Count(flow.Flow), ("class", "n")).Element("td", $"{flow.Client} \u2192 {flow.End}").Element("td", flow.Spoken)
                .Element("td", $"{words.Size(flow.Unread)} / {words.Size(flow.Sent.Total + flow.Received.Total)}", ("class", "n")).Element("td", flow.Remarks.Count > 0 ? string.Join("; ", flow.Remarks) : words.NoProtocol, ("lang", flow.Remarks.Count > 0 ? "en" : null)).Close("tr");
        }
        html.Close("tbody").Close("table").Close("div");
        if (unread.Count > MostFlows) html.Element("p", words.More(words.Count(unread.Count - MostFlows)), ("class", "note"));
    }
}
