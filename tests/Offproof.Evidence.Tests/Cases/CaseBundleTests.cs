using System.Diagnostics;

namespace Offproof.Evidence.Tests.Cases;

/// <summary>case.md §4: what is published of a bundle, and what is not.</summary>
public sealed class CaseBundleTests
{
    const string Public = """{"form":"public","files":[{"role":"report"}]}""";

    /// <summary>A bundle in the case's folder, named by an evidence.</summary>
    static string Bundle(CaseScratch scratch, string? opens, params (string File, string Text)[] files)
    {
        string bundle = Path.Combine(scratch.Folder, "bundles", "one");
        foreach ((string file, string text) in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(bundle, file))!);
            File.WriteAllText(Path.Combine(bundle, file), text);
        }
        string list = Path.Combine(bundle, "SHA256SUMS");
        File.WriteAllLines(list, files.Select(static file => $"{Checksums.Of(System.Text.Encoding.UTF8.GetBytes(file.Text))}  {file.File}"));
        (string, string)[] values = [("title", "t"), ("who", "w"), ("date", "2026"), ("text", "x"), ("bundle", "bundles/one"), ("sums", Checksums.Of(File.ReadAllBytes(list))), ("file", files[0].File), ("against", "c1"), ("limits", "l")];
        scratch.Add("evidence", "e2", opens is null ? values : [.. values, ("opens", opens)]);
        return bundle;
    }

    [Fact]
    public void A_bundle_is_compared_with_what_was_noted_and_comes_along()
    {
        using CaseScratch scratch = new();
        string bundle = Bundle(scratch, null, ("reports/audit.json", "{}"), ("bundle.json", Public));
        scratch.Publish();
        Assert.Equal("{}", File.ReadAllText(Path.Combine(scratch.Out, "bundles", "one", "reports", "audit.json")));
        Assert.Contains("href=\"bundles/one/reports/audit.json\"", scratch.Page, StringComparison.Ordinal);
        Assert.Contains(Checksums.Of(File.ReadAllBytes(Path.Combine(bundle, "SHA256SUMS"))), scratch.Page, StringComparison.Ordinal);
        Dictionary<string, string> published = CaseScratch.Hashes(scratch.Out);
        File.WriteAllText(Path.Combine(bundle, "reports", "audit.json"), "{ }");
        Assert.Contains("reports/audit.json", scratch.Refuses(EvidenceFault.Forgery, () => scratch.Publish()).Message, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(bundle, "SHA256SUMS"), $"{Checksums.Of("{ }"u8)}  reports/audit.json\n");
        scratch.Refuses(EvidenceFault.Forgery, () => scratch.Publish());
        Assert.Equal(published, CaseScratch.Hashes(scratch.Out));
    }

    [Theory]
    [InlineData(null, "has no bundle.json")]
    [InlineData("""{"form":"private","files":[]}""", "is not of the public form")]
    [InlineData("""{"form":"public","files":[{"role":"report"},{"role":"keys"}]}""", "role 'keys'")]
    [InlineData("""{"form":"public","files":[{"role":"persona"}]}""", "role 'persona'")]
    [InlineData("""{"form":"public","files":[{"role":"capture"}]}""", "role 'capture'")]
    [InlineData("""{"form":"public"}""", "cannot be read")]
    [InlineData("no JSON", "cannot be read")]
    public void What_not_everybody_may_see_is_not_published_without_a_word(string? about, string complaint)
    {
        (string, string)[] files = about is null ? [("audit.json", "{}"), ("keys.log", "secret")] : [("audit.json", "{}"), ("keys.log", "secret"), ("bundle.json", about)];
        using CaseScratch scratch = new();
        Bundle(scratch, null, files);
        Assert.Contains(complaint, scratch.Refuses(EvidenceFault.Refused, () => scratch.Publish()).Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(scratch.Out));
        using CaseScratch said = new();
        Bundle(said, "All that the planted phone sent.", files);
        said.Publish();
        Assert.Contains("All that the planted phone sent.", said.Page, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(said.Out, "bundles", "one", "keys.log")));
    }

    [Fact]
    public void A_bundle_json_that_is_not_listed_says_nothing()
    {
        using CaseScratch scratch = new();
        string bundle = Bundle(scratch, null, ("audit.json", "{}"));
        File.WriteAllText(Path.Combine(bundle, "bundle.json"), Public);
        scratch.Refuses(EvidenceFault.Refused, () => scratch.Publish());
    }

    [Theory]
    [InlineData("bundles"), InlineData("bundles/one"), InlineData("bundles/one/reports"), InlineData("bundles/one/reports/audit.json"), InlineData("bundles/one/SHA256SUMS"), InlineData("entries")]
    public void A_link_is_refused_wherever_it_stands(string which)
    {
        using CaseScratch scratch = new();
        Bundle(scratch, null, ("reports/audit.json", "{}"), ("bundle.json", Public));
        string at = Path.Combine(scratch.Folder, which), elsewhere = Path.Combine(scratch.Root, "elsewhere");
        if (Directory.Exists(at))
        {
            Directory.Move(at, elsewhere);
            Directory.CreateSymbolicLink(at, elsewhere);
        }
        else
        {
            File.Move(at, elsewhere);
            File.CreateSymbolicLink(at, elsewhere);
        }
        EvidenceException e = Assert.Throws<EvidenceException>(() => scratch.Publish());
        Assert.Equal((EvidenceFault.Refused, true), (e.Fault, e.Message.StartsWith($"{which} is a link", StringComparison.Ordinal)));
        Assert.False(Directory.Exists(scratch.Out));
    }

    [Theory]
    [InlineData("reports/audit.json", EvidenceFault.Forgery), InlineData("SHA256SUMS", EvidenceFault.Failure)]
    public async Task A_pipe_is_not_waited_for(string which, EvidenceFault fault)
    {
        using CaseScratch scratch = new();
        string at = Path.Combine(Bundle(scratch, null, ("reports/audit.json", "{}"), ("bundle.json", Public)), which);
        File.Delete(at);
        Assert.True(Process.Start("mkfifo", at).WaitForExit(10_000));
        Task<EvidenceException> said = Task.Run(() => Assert.Throws<EvidenceException>(() => scratch.Publish()), TestContext.Current.CancellationToken);
        Assert.Equal(fault, (await said.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken)).Fault);
    }

    [Fact]
    public void Nothing_of_a_bundle_runs_in_a_browser()
    {
        using CaseScratch scratch = new();
        Bundle(scratch, null, ("page.html", "<script>1</script>"), ("bundle.json", Public), ("x/picture.SVG", "<svg/>"), ("CONTENTS", "x"), ("noending", "<html>"));
        scratch.Publish();
        string at = Path.Combine(scratch.Out, "bundles", "one");
        Assert.Equal(["CONTENTS", "SHA256SUMS", "bundle.json", "noending.txt", "page.html.txt", "x/picture.SVG.txt"], CaseScratch.Hashes(at).Keys.Order(StringComparer.Ordinal));
        Assert.DoesNotContain("page.html\"", scratch.Page, StringComparison.Ordinal);
        Assert.Contains("href=\"bundles/one/page.html.txt\"", scratch.Page, StringComparison.Ordinal);
        // The line that the page gives compares them under their new names.
        string line = System.Net.WebUtility.HtmlDecode(scratch.Page[scratch.Page.IndexOf("sed -E", StringComparison.Ordinal)..]).Split('<')[0];
        Assert.True(Runs());
        File.AppendAllText(Path.Combine(at, "page.html.txt"), " ");
        Assert.False(Runs());
        bool Runs()
        {
            using Process shell = Process.Start(new ProcessStartInfo("sh", [scratch.Write("check.sh", line)]) { WorkingDirectory = at, RedirectStandardOutput = true, RedirectStandardError = true })!;
            shell.StandardOutput.ReadToEnd();
            shell.WaitForExit();
            return shell.ExitCode == 0;
        }
    }

    [Fact]
    public void Two_files_that_would_have_one_name_are_refused()
    {
        using CaseScratch scratch = new();
        Bundle(scratch, null, ("a.html", "x"), ("a.html.txt", "y"), ("bundle.json", Public));
        scratch.Refuses(EvidenceFault.Forgery, () => scratch.Publish());
    }
}
