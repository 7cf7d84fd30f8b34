using System.Text;

namespace Offproof.Auditor;

/// <summary>What the page says beside the report.</summary>
/// <param name="Language">en, zh or de.</param>
/// <param name="Version">The program's.</param>
/// <param name="Made">When.</param>
/// <param name="Hashes">SHA-256 of each capture's file, in hexadecimal, in the report's order; empty where they were not made.</param>
/// <param name="Command">What was typed, so that it can be done again.</param>
/// <param name="Inputs">The other files that were read, the persona and key logs, and their SHA-256.</param>
public sealed record PageFacts(string Language, string Version, DateTimeOffset Made, IReadOnlyList<string> Hashes, string Command, IReadOnlyList<(string Path, string Hash)> Inputs);

/// <summary>
/// The report as one page of HTML for people (report.md): readable without a script, in light and dark, on a telephone and on paper. Nothing in it is loaded from
/// anywhere, and its own policy forbids that.
/// </summary>
public static class ReportPage
{
    /// <summary>The languages that the page is written in.</summary>
    public static IReadOnlyList<string> Languages { get; } = ["en", "zh", "de"];

    /// <summary>Writes the page, as UTF-8.</summary>
    /// <exception cref="ArgumentException">The language is none of <see cref="Languages"/>.</exception>
    public static void Write(AuditReport report, PageFacts facts, Stream to)
    {
        PageWords words = PageWords.Of(facts.Language) ?? throw new ArgumentException("no words in this language", nameof(facts));
        using StreamWriter writer = new(to, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 1 << 16, leaveOpen: true) { NewLine = "\n" };
        Html html = new(writer);
        Page page = new(report, facts, words, html);
        html.Raw("<!doctype html>\n").Open("html", ("lang", words.Tag)).Raw("\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n")
            .Raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n")
            .Element("title", $"{report.Verdict}: {words.Title}")
            .Raw("<style>\n").Raw(Look.Style).Raw("\n</style>\n</head>\n<body>\n");
        page.Head();
        html.Raw("<main>\n");
        page.Columns();
        DiagramSection.Write(page);
        FindingsSection.Write(page);
        TimelineSection.Write(page);
        ReceiversSection.Write(page);
        CoverageSection.Write(page);
        MethodSection.Write(page);
        html.Raw("</main>\n").Open("footer").Element("p", words.Footer).Close("footer").Raw("</body>\n</html>\n");
    }
}
