namespace Offproof.Auditor;

/// <summary>Each receiver with its layers, each claim with who makes it and when (receivers.md).</summary>
internal static class ReceiversSection
{
    private const int Most = 20;

    internal static void Write(Page page)
    {
        PageWords words = page.Words;
        Html html = page.Section("receivers", words.Receivers, words.ReceiversMean);
        List<ReceiverReport> listed = [.. page.Report.Receivers.OrderByDescending(static receiver => receiver.Findings > 0).ThenByDescending(static receiver => receiver.Sent).Take(Most)];
        if (page.Report.Sources.Count == 0) html.Element("p", words.NoSources);
        foreach (ReceiverReport receiver in listed) One(page, receiver);
        if (page.Report.ReceiversTotal > listed.Count) html.Element("p", words.More(words.Count(page.Report.ReceiversTotal - listed.Count)), ("class", "note"));
        html.Close("section");
    }

    private static void One(Page page, ReceiverReport receiver)
    {
        PageWords words = page.Words;
        string title = receiver.Address ?? (receiver.Names is [var first, ..] ? first.Name : words.NotRecorded);
        Html html = page.Html.Open("article", ("class", "card finding")).Element("h3", title).Element("p", words.ToThis(words.Count(receiver.Findings), words.Size(receiver.Sent)), ("class", "note"));
        if (receiver.Scope is { } scope) html.Open("p").Text(words.Nobody + words.Colon).Open("span", ("lang", "en")).Text(scope).Raw("</span>").Close("p");
        if (receiver.Names.Count + receiver.Claims.Count > 0)
        {
            page.Wide(title).Open("table").Open("thead").Open("tr");
            foreach (string head in (ReadOnlySpan<string>)[words.Layer, words.Claim, words.Source]) html.Element("th", head, ("scope", "col"));
            html.Close("tr").Close("thead").Open("tbody");
            foreach (ObservedName name in receiver.Names)
            {
                html.Open("tr").Element("td", words.Layers["name"]).Open("td").Foreign(name.Name).Close("td")
                    .Element("td", string.Join(words.Comma, (string[])[words.SeenBy.GetValueOrDefault(name.By, name.By), words.InPacket(words.Count(name.Packet)), .. name.Time is { } time ? [FindingsSection.Time(time)] : (string[])[]])).Close("tr");
            }
            foreach (ClaimReport claim in receiver.Claims.GroupBy(static claim => claim.Layer, StringComparer.Ordinal).SelectMany(static layer => layer.OrderBy(static claim => claim.AsOf, StringComparer.Ordinal)))
            {
                html.Open("tr").Element("td", words.Layers.GetValueOrDefault(claim.Layer, claim.Layer)).Open("td").Foreign(claim.Value);
                if (claim.Name is { } known) html.Text(" ").Foreign(known);
                if (claim.Range is { } range && range != claim.Value) html.Text($" ({range})");
                html.Close("td").Open("td").Open("span", ("lang", "en")).Text(claim.What).Raw("</span>").Text($"{words.Comma}{claim.File}{words.Comma}{(claim.AsOf is { } date ? words.AsOf(date) : words.Undated)}");
                if (claim.Since is { } since) html.Text(words.Comma + words.Since(since));
                html.Close("td").Close("tr");
            }
            html.Close("tbody").Close("table").Close("div");
        }
        foreach (string layer in receiver.Differ) html.Element("p", words.Differ(words.Layers.GetValueOrDefault(layer, layer)));
        foreach (string remark in receiver.Remarks) html.Element("p", remark + ".", ("lang", "en"), ("class", "note"));
        html.Close("article");
    }
}
