using System.Text.Json;

namespace Offproof.Interop.Pages;

/// <summary>The page of `audit --html` in Chromium, judged by axe (report.md): at three widths, light and dark, and on paper.</summary>
public sealed class PageTests
{
    static string Here => Path.Combine(ProgramUnderTest.Root, "tests", "Interop", "Pages");

    static string Vector(params string[] path) => Path.Combine([ProgramUnderTest.Root, "vectors", .. path]);

    [Fact]
    public async Task Four_pages_are_accessible_fit_every_screen_and_ask_nobody()
    {
        await using Scratch scratch = new();
        (await Processes.RunAsync("python3", Path.Combine(Here, "many-flows.py"), scratch["many.pcap"])).Is(0);
        string persona = Vector("phone", "persona.json");
        (string Name, int Exit, string[] Arguments)[] pages =
        [
            ("clean", 0, [Vector("audit", "stages", "stage-c.pcap"), "--lang", "de"]),
            ("inconclusive", 3, [Vector("audit", "stages", "stage-d.pcap"), "--lang", "zh"]),
            ("leak", 2, [Vector("audit", "receivers", "case.pcap"), "--sources", Vector("audit", "receivers", "case")]),
            ("many", 2, [scratch["many.pcap"]]),
        ];
        foreach ((string name, int exit, string[] arguments) in pages)
            (await Processes.RunAsync(await ProgramUnderTest.StartInfoAsync(["audit", .. arguments, "--persona", persona, "--html", scratch[$"{name}.html"]]))).Is(exit);
        await JudgeAsync([.. pages.Select(page => scratch[$"{page.Name}.html"])]);
    }

    [Fact] // case.md §6
    public async Task Two_cases_are_accessible_fit_every_screen_and_ask_nobody()
    {
        await using Scratch scratch = new();
        (string Name, string From)[] cases = [("story", Path.Combine(ProgramUnderTest.Root, "cases", "2014")), ("example", Vector("case", "example"))];
        foreach ((string name, string from) in cases)
        {
            // What is published is entered in its folder: that of a copy.
            (await Processes.RunAsync("cp", "-r", from, scratch[$"{name}-case"])).Is(0);
            (await Processes.RunAsync(await ProgramUnderTest.StartInfoAsync(["case", "publish", scratch[$"{name}-case"], "--to", scratch[name]]))).Is(0);
            (await Processes.RunAsync("xmllint", "--noout", Path.Combine(scratch[name], "feed.xml"))).Is(0);
        }
        await JudgeAsync([.. cases.Select(published => Path.Combine(scratch[published.Name], "index.html"))]);
    }

    static async Task JudgeAsync(string[] pages)
    {
        string packages = await NpmPackages.FolderAsync(Here, "axe");
        Ended seen = (await Processes.RunAsync("node", [Path.Combine(Here, "page.mjs"), "chromium", packages, .. pages])).Is(0);
        List<JsonElement> views = [.. seen.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(pages.Length * 7, views.Count);
        foreach (JsonElement view in views)
        {
            if (view.TryGetProperty("paper", out JsonElement paper))
            {
                Assert.InRange(paper.GetInt32(), 1, 60);
                continue;
            }
            Assert.Empty(view.GetProperty("violations").EnumerateArray().Select(static violation => violation.GetString()));
            Assert.Equal(0, view.GetProperty("overflow").GetInt32());
            Assert.Empty(view.GetProperty("asked").EnumerateArray().Select(static address => address.GetString()));
            Assert.Empty(view.GetProperty("said").EnumerateArray().Select(static line => line.GetString()));
            Assert.True(view.GetProperty("rules").GetInt32() > 20, view.ToString());
        }
    }

    [Fact]
    public async Task What_is_wrong_with_a_page_is_noticed()
    {
        await using Scratch scratch = new();
        await File.WriteAllTextAsync(scratch["wrong.html"], """
            <!doctype html><html><head><title>x</title></head><body style="margin:0"><p style="color:#999;background:#aaa">grey on grey</p><div style="width:5000px">wide</div>
            <img src="http://198.51.100.1/x.png"></body></html>
            """, TestContext.Current.CancellationToken);
        Ended seen = (await Processes.RunAsync("node", Path.Combine(Here, "page.mjs"), "chromium", await NpmPackages.FolderAsync(Here, "axe"), scratch["wrong.html"])).Is(0);
        JsonElement view = JsonDocument.Parse(seen.Output.Split('\n')[0]).RootElement;
        string violations = view.GetProperty("violations").ToString();
        Assert.Contains("color-contrast", violations, StringComparison.Ordinal);
        Assert.Contains("image-alt", violations, StringComparison.Ordinal);
        Assert.Contains("html-has-lang", violations, StringComparison.Ordinal);
        Assert.True(view.GetProperty("overflow").GetInt32() > 1000);
        Assert.Contains("198.51.100.1", view.GetProperty("asked").ToString(), StringComparison.Ordinal);
    }
}
