using System.Globalization;
using System.Text;

namespace Offproof.Auditor;

/// <summary>Each finding with its place, its chance, and its bytes step by step.</summary>
internal static class FindingsSection
{
    private const int MostCards = 24;
    private const int MostRows = 1000;
    private const int Row = 8;

    internal static void Write(Page page)
    {
        PageWords words = page.Words;
        Html html = page.Section("findings", words.Findings, words.StandingsMean);
        if (page.Groups.Count == 0) html.Element("p", words.NoFindings);
        foreach (FindingGroup group in page.Groups.Take(MostCards)) Card(page, group);
        if (page.Groups.Count > MostCards) Table(page);
        html.Close("section");
    }

    private static void Card(Page page, FindingGroup group)
    {
        PageWords words = page.Words;
        Html html = page.Html;
        FindingReport first = group.First;
        FlowReport? flow = page.Flow(first.Flow);
        html.Open("article", ("class", "card finding")).Open("h3").Text(words.Kind(first.Kind)).Text(": ").Foreign(Page.Short(first.Value, 120)).Text(" ")
            .Element("span", words.Standings[first.Standing], ("class", $"badge small {first.Standing}")).Close("h3").Open("dl");
        html.Element("dt", words.How).Open("dd");
        Chain(words, html, first, flow);
        html.Close("dd");
        html.Element("dt", words.Written).Element("dd", first.Form, ("lang", "en"));
        html.Element("dt", Page.IsArriving(first, flow) ? words.From : words.To).Element("dd", page.Name(first));
        html.Element("dt", words.When).Element("dd", first.Time is { } time ? Time(time) : words.NoTime);
        string where = first.Field is { } field ? words.Field(field) : words.Carriers.GetValueOrDefault(first.Carrier, first.Carrier);
        html.Element("dt", words.Where).Element("dd", words.Place(words.Count(first.Packet), words.Count(first.Flow), where, $"{words.Count(first.Offset)}\u2013{words.Count(first.Offset + first.Length - 1)}")
            + (page.Report.Captures.Count > 1 ? $" ({page.Report.Captures[first.Capture - 1].Path})" : ""));
        html.Element("dt", words.Chance).Element("dd", words.ChanceIs(Chance(words, first.Chance))).Close("dl");
        if (group.Findings.Count > 1) html.Element("p", words.Again(words.Count(group.Findings.Count - 1)), ("class", "note"));
        Layers(page, first);
        html.Close("article");
    }

    private static void Chain(PageWords words, Html html, FindingReport finding, FlowReport? flow)
    {
        if (finding.Chain.Count == 0)
        {
            // The name in a hello is not encrypted.
            html.Text(flow?.Protocol.StartsWith("tls", StringComparison.Ordinal) == true && finding.Carrier != "server-name" ? words.InClearInside : words.InClear);
            return;
        }
        html.Open("ol", ("class", "chain"));
        foreach (string step in finding.Chain) html.Element("li", words.Step(step));
        html.Close("ol");
    }

    // Less than a million millionth is as good as nothing.
    private static string Chance(PageWords words, double chance) => chance < 1e-12 ? "< 10\u207B\u00B9\u00B2" : chance < 0.0001 ? $"{words.Decimal(chance / Math.Pow(10, Math.Floor(Math.Log10(chance))), "0.#")} \u00D7 10{Raised((int)Math.Floor(Math.Log10(chance)))}" : words.Decimal(chance, "0.####");

    private static string Raised(int power) => string.Concat(power.ToString(CultureInfo.InvariantCulture).Select(static c => c == '-' ? '\u207B' : c switch { '1' => '\u00B9', '2' => '\u00B2', '3' => '\u00B3', _ => (char)('\u2070' + (c - '0')) }));

    internal static string Time(string rfc3339) => rfc3339.Length > 19 ? $"{rfc3339[..10]} {rfc3339[11..19]} UTC" : rfc3339;

    private static void Layers(Page page, FindingReport finding)
    {
        PageWords words = page.Words;
        Html html = page.Html;
        if (finding.Layers.Count == 0)
        {
            html.Element("p", words.NotUnrolled, ("class", "note"));
            return;
        }
        html.Element("p", words.Unrolled, ("class", "note")).Open("ol", ("class", "layers"));
        for (int i = 0; i < finding.Layers.Count; i++)
        {
            LayerReport layer = finding.Layers[i];
            string title = layer.Step is { } step ? words.After(words.Step(step)) : words.Captured;
            html.Open("li").Element("h4", $"{title} ({words.Count(layer.Size)} B)");
            html.Open("pre", ("tabindex", "0"), ("role", "group"), ("aria-label", $"{words.Kind(finding.Kind)}, {title}"));
            Dump(html, layer);
            html.Close("pre").Close("li");
        }
        html.Close("ol");
        if (finding.Chain.Count > 0 && Unrolling.IsHash(finding.Chain[^1])) html.Element("p", words.MatchOfHash, ("class", "note"));
    }

    // Eight bytes in a row: offset, hexadecimal, characters. What leads on is marked.
    private static void Dump(Html html, LayerReport layer)
    {
        byte[] bytes = Convert.FromBase64String(layer.Bytes);
        for (int row = 0; row < bytes.Length; row += Row)
        {
            ReadOnlySpan<byte> part = bytes.AsSpan(row, Math.Min(Row, bytes.Length - row));
            int at = layer.From + row;
            int from = Math.Clamp(layer.At - at, 0, part.Length), to = Math.Clamp(layer.At + layer.Length - at, 0, part.Length);
            html.Text(string.Create(CultureInfo.InvariantCulture, $"{at,6} "));
            Marked(html, part, from, to, static b => b.ToString("x2", CultureInfo.InvariantCulture), " ");
            html.Raw(new string(' ', ((Row - part.Length) * 3) + 1));
            Marked(html, part, from, to, static b => b is >= 0x20 and < 0x7f ? ((char)b).ToString() : "\u00B7", "");
            html.Raw("\n");
        }
        if (layer.At + layer.Length > layer.From + bytes.Length || (layer.Step is not null && layer.From + bytes.Length < layer.Size)) html.Raw("     \u2026\n");
    }

    private static void Marked(Html html, ReadOnlySpan<byte> bytes, int from, int to, Func<byte, string> write, string between)
    {
        StringBuilder text = new();
        for (int i = 0; i < bytes.Length; i++)
        {
            if (i == from && from < to)
            {
                html.Text(text.ToString()).Raw("<mark>");
                text.Clear();
            }
            text.Append(write(bytes[i]));
            bool isLast = i == to - 1 && from < to;
            if (isLast)
            {
                html.Text(text.ToString()).Raw("</mark>");
                text.Clear();
            }
            text.Append(between);
        }
        html.Text(text.ToString());
    }

    private static void Table(Page page)
    {
        PageWords words = page.Words;
        Html html = page.Html;
        if (page.Groups.Count > MostCards + MostRows) html.Element("p", words.Shown(words.Count(MostCards + MostRows), words.Count(page.Groups.Count)), ("class", "note"));
        page.Wide(words.Findings).Open("table").Open("thead").Open("tr");
        foreach (string title in (ReadOnlySpan<string>)[words.Data, words.How, words.Receiver, words.When, words.Packet]) html.Element("th", title, ("scope", "col"));
        html.Close("tr").Close("thead").Open("tbody");
        foreach (FindingGroup group in page.Groups.Skip(MostCards).Take(MostRows))
        {
            FindingReport first = group.First;
            html.Open("tr").Open("td").Text(words.Kind(first.Kind)).Text(" ").Foreign(Page.Short(first.Value)).Close("td")
                .Element("td", first.Chain.Count == 0 ? words.InClear : string.Join(" \u2192 ", first.Chain.Select(words.Step))).Element("td", page.Name(first))
                .Element("td", first.Time is { } time ? Time(time) : "\u2013").Element("td", words.Count(first.Packet), ("class", "n")).Close("tr");
        }
        html.Close("tbody").Close("table").Close("div");
    }
}
