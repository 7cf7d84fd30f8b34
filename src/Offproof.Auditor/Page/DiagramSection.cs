namespace Offproof.Auditor;

/// <summary>Data, protocols and receivers, joined by lines as thick as there are findings; the same as a table.</summary>
internal static class DiagramSection
{
    private const int MostKinds = 9;
    private const int MostProtocols = 6;
    private const int MostReceivers = 7;
    private const int MostClaims = 9;
    private const double Line = 18;
    private const double Gap = 14;

    private sealed record Box(string Title, IReadOnlyList<string> Lines, double Y, double Height)
    {
        internal double Middle => Y + (Height / 2);
    }

    internal static void Write(Page page)
    {
        PageWords words = page.Words;
        List<FindingReport> left = [.. page.Leaving];
        if (left.Count == 0) return;
        Html html = page.Section("diagram", words.Diagram, words.DiagramMeans);
        var paths = left.GroupBy(finding => (finding.Kind, Protocol: Protocol(page.Flow(finding.Flow)), Receiver: Key(page, finding)))
            .Select(group => (group.Key.Kind, group.Key.Protocol, group.Key.Receiver, Count: group.Count())).OrderByDescending(static path => path.Count).ToList();
        Dictionary<string, Box> kinds = Stack(paths.GroupBy(static path => path.Kind, StringComparer.Ordinal), MostKinds, kind => (words.Kind(kind.Key), [words.InBrackets(words.Number, words.Count(kind.Sum(static path => path.Count)))]));
        Dictionary<string, Box> protocols = Stack(paths.GroupBy(static path => path.Protocol, StringComparer.Ordinal), MostProtocols, static protocol => (protocol.Key, []));
        Dictionary<string, Box> receivers = Stack(paths.GroupBy(static path => path.Receiver, StringComparer.Ordinal), MostReceivers, receiver => (receiver.Key, Claims(words, page, left, receiver.Key)));
        double height = new[] { kinds, protocols, receivers }.Max(static boxes => boxes.Values.Max(static box => box.Y + box.Height)) + 6;
        page.Wide(words.Diagram).Open("svg", ("viewBox", $"0 0 1000 {Html.Number(height)}"), ("role", "img"), ("aria-labelledby", "diagram-title"), ("aria-describedby", "diagram-table"));
        html.Element("title", words.Diagram, ("id", "diagram-title"));
        html.Element("text", words.Data, ("x", "0"), ("y", "16"), ("class", "s")).Element("text", words.Protocol, ("x", "350"), ("y", "16"), ("class", "s")).Element("text", words.Receiver, ("x", "620"), ("y", "16"), ("class", "s"));
        List<(Box From, Box To, int Count)> first = [.. paths.Where(path => kinds.ContainsKey(path.Kind) && protocols.ContainsKey(path.Protocol)).GroupBy(static path => (path.Kind, path.Protocol))
            .Select(group => (kinds[group.Key.Kind], protocols[group.Key.Protocol], group.Sum(static path => path.Count)))];
        List<(Box From, Box To, int Count)> second = [.. paths.Where(path => protocols.ContainsKey(path.Protocol) && receivers.ContainsKey(path.Receiver)).GroupBy(static path => (path.Protocol, path.Receiver))
            .Select(group => (protocols[group.Key.Protocol], receivers[group.Key.Receiver], group.Sum(static path => path.Count)))];
        int most = first.Concat(second).Max(static line => line.Count);
        foreach ((Box from, Box to, int count) in first) Join(html, 230, from.Middle, 350, to.Middle, count, most);
        foreach ((Box from, Box to, int count) in second) Join(html, 510, from.Middle, 620, to.Middle, count, most);
        foreach (Box box in kinds.Values) Draw(html, box, 0, 230, 30);
        foreach (Box box in protocols.Values) Draw(html, box, 350, 160, 20);
        foreach (Box box in receivers.Values) Draw(html, box, 620, 378, 52);
        html.Close("svg").Close("div");
        int others = paths.Select(static path => path.Receiver).Distinct(StringComparer.Ordinal).Count() - receivers.Count;
        if (others > 0) html.Element("p", words.NotDrawn(words.Count(others)), ("class", "note"));
        page.Wide(words.InWords).Open("table", ("id", "diagram-table")).Element("caption", words.InWords).Open("thead").Open("tr");
        foreach (string title in (ReadOnlySpan<string>)[words.Data, words.Protocol, words.Receiver]) html.Element("th", title, ("scope", "col"));
        html.Element("th", words.Number, ("scope", "col"), ("class", "n")).Close("tr").Close("thead").Open("tbody");
        foreach ((string kind, string protocol, string receiver, int count) in paths.Take(40))
            html.Open("tr").Element("td", words.Kind(kind)).Element("td", protocol).Element("td", receiver).Element("td", words.Count(count), ("class", "n")).Close("tr");
        html.Close("tbody").Close("table").Close("div");
        if (paths.Count > 40) html.Element("p", words.More(words.Count(paths.Count - 40)), ("class", "note"));
        html.Close("section");
    }

    private static string Protocol(FlowReport? flow) => flow?.Spoken ?? "?";

    private static string Key(Page page, FindingReport finding) => page.Name(finding);

    private static List<string> Claims(PageWords words, Page page, List<FindingReport> left, string name)
    {
        ReceiverReport? receiver = left.Where(finding => Key(page, finding) == name).Select(finding => page.Receiver(finding.Flow)).FirstOrDefault();
        // Never one without its day; the section about receivers has who says so.
        return receiver is null ? [] : [.. receiver.Claims.Where(static claim => claim.Layer != "asHolder").GroupBy(static claim => claim.Layer, StringComparer.Ordinal)
            .SelectMany(layer => layer.OrderBy(static claim => claim.AsOf, StringComparer.Ordinal).DistinctBy(static claim => claim.Value, StringComparer.Ordinal)
                .Select(claim => $"{words.Layers.GetValueOrDefault(layer.Key, layer.Key)}{words.Colon}{words.InBrackets(Page.Short(claim.Value, 32), claim.AsOf ?? words.Undated)}")).Take(MostClaims)];
    }

    private static Dictionary<string, Box> Stack<T>(IEnumerable<IGrouping<string, T>> groups, int most, Func<IGrouping<string, T>, (string Title, IReadOnlyList<string> Lines)> of)
    {
        Dictionary<string, Box> boxes = new(StringComparer.Ordinal);
        double y = 28;
        foreach (IGrouping<string, T> group in groups.OrderByDescending(static group => group.Count()).Take(most))
        {
            (string title, IReadOnlyList<string> lines) = of(group);
            double height = 12 + (Line * (1 + lines.Count));
            boxes.Add(group.Key, new Box(title, lines, y, height));
            y += height + Gap;
        }
        return boxes;
    }

    private static void Draw(Html html, Box box, double x, double width, int letters)
    {
        html.Open("rect", ("x", Html.Number(x + 1)), ("y", Html.Number(box.Y)), ("width", Html.Number(width - 2)), ("height", Html.Number(box.Height)), ("rx", "6"), ("class", "box")).Raw("</rect>");
        double y = box.Y + Line + 2;
        html.Element("text", Page.Short(box.Title, letters), ("x", Html.Number(x + 10)), ("y", Html.Number(y)), ("class", "b"));
        foreach (string line in box.Lines)
        {
            y += Line;
            html.Element("text", Page.Short(line, letters + 4), ("x", Html.Number(x + 10)), ("y", Html.Number(y)), ("class", "s"));
        }
    }

    private static void Join(Html html, double x1, double y1, double x2, double y2, int count, int most)
    {
        double middle = (x1 + x2) / 2;
        html.Open("path", ("d", $"M{Html.Number(x1)} {Html.Number(y1)}C{Html.Number(middle)} {Html.Number(y1)} {Html.Number(middle)} {Html.Number(y2)} {Html.Number(x2)} {Html.Number(y2)}"), ("class", "flow"),
            ("stroke-width", Html.Number(1.5 + (10.0 * count / most)))).Raw("</path>");
    }
}
