using System.Globalization;

namespace Offproof.Auditor;

/// <summary>When it happened: traffic as bars, findings as marks in a row for each receiver.</summary>
internal static class TimelineSection
{
    private const int MostRows = 8;
    private const int MostMarks = 2000;
    private const double Left = 230;
    private const double Width = 730;
    private const double Bars = 70;
    private const double Row = 24;

    internal static void Write(Page page)
    {
        PageWords words = page.Words;
        Html html = page.Section("timeline", words.Timeline, page.Report.Timeline is null ? words.NoTimes : words.TimelineMeans);
        if (page.Report.Timeline is { } timeline && DateTimeOffset.TryParse(timeline.From, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset from)) Draw(page, timeline, from);
        html.Close("section");
    }

    private static void Draw(Page page, TimelineReport timeline, DateTimeOffset from)
    {
        PageWords words = page.Words;
        Html html = page.Html;
        double spans = Math.Max(1, timeline.Bytes.Count);
        double seconds = spans * timeline.Seconds;
        List<IGrouping<string, FindingReport>> rows =
        [
            .. page.Groups.SelectMany(static group => group.Findings).Where(static finding => finding is { Time: not null, Standing: "evidence" }).GroupBy(finding => page.Name(finding), StringComparer.Ordinal)
                .OrderByDescending(static row => row.Count()).Take(MostRows),
        ];
        double height = Bars + 30 + (rows.Count * Row) + 28;
        string format = seconds < 60 ? "yyyy-MM-dd HH:mm:ss.fff 'UTC'" : "yyyy-MM-dd HH:mm:ss 'UTC'";
        string start = from.UtcDateTime.ToString(format, CultureInfo.InvariantCulture), end = from.AddSeconds(seconds).UtcDateTime.ToString(format, CultureInfo.InvariantCulture);
        page.Wide(words.Timeline).Open("svg", ("viewBox", $"0 0 980 {Html.Number(height)}"), ("role", "img"), ("aria-labelledby", "timeline-title timeline-text"));
        html.Element("title", words.Timeline, ("id", "timeline-title")).Element("desc", words.Spans(start, end), ("id", "timeline-text"));
        html.Element("text", words.Traffic, ("x", "0"), ("y", Html.Number(Bars)), ("class", "s"));
        long most = Math.Max(1, timeline.Bytes.DefaultIfEmpty().Max());
        for (int i = 0; i < timeline.Bytes.Count; i++)
        {
            if (timeline.Bytes[i] == 0) continue;
            double tall = Math.Max(1, Bars * timeline.Bytes[i] / most);
            html.Open("rect", ("x", Html.Number(Left + (Width * i / spans))), ("y", Html.Number(Bars - tall + 4)), ("width", Html.Number(Math.Max(1, (Width / spans) - 0.5))), ("height", Html.Number(tall)), ("class", "structural")).Raw("</rect>");
        }
        html.Element("text", $"{words.Size(most)} / {words.Decimal(timeline.Seconds, "0.##")} s", ("x", Html.Number(Left - 8)), ("y", "14"), ("class", "s"), ("text-anchor", "end"));
        double y = Bars + 24;
        int marks = 0;
        foreach (IGrouping<string, FindingReport> row in rows)
        {
            html.Element("text", Page.Short(row.Key, 34), ("x", "0"), ("y", Html.Number(y + 4)), ("class", "s"));
            html.Open("line", ("x1", Html.Number(Left)), ("x2", Html.Number(Left + Width)), ("y1", Html.Number(y)), ("y2", Html.Number(y)), ("class", "rule")).Raw("</line>");
            foreach (FindingReport finding in row)
            {
                if (++marks > MostMarks || !DateTimeOffset.TryParse(finding.Time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)) break;
                double x = Left + (Width * Math.Clamp((time - from).TotalSeconds / seconds, 0, 1));
                html.Open("rect", ("x", Html.Number(x - 1.5)), ("y", Html.Number(y - 8)), ("width", "3"), ("height", "16"), ("class", "tick")).Element("title", $"{words.Kind(finding.Kind)} {FindingsSection.Time(finding.Time!)}").Raw("</rect>");
            }
            y += Row;
        }
        html.Element("text", start, ("x", Html.Number(Left)), ("y", Html.Number(height - 6)), ("class", "s"));
        html.Element("text", end, ("x", Html.Number(Left + Width)), ("y", Html.Number(height - 6)), ("class", "s"), ("text-anchor", "end"));
        html.Close("svg").Close("div");
        html.Element("p", words.Spans(start, end), ("class", "note"));
    }
}
