using System.Diagnostics;

namespace Offproof.Evidence.Tests.Cases;

/// <summary>case.md §1.1, §2: what was published is never changed in silence.</summary>
public sealed class HistoryTests
{
    [Fact]
    public void What_was_not_published_yet_may_be_edited()
    {
        using CaseScratch scratch = new();
        string file = Path.Combine(scratch.Folder, "entries", "0003-evidence-e1.json");
        File.WriteAllText(file, File.ReadAllText(file).Replace("One phone.", "One phone of many.", StringComparison.Ordinal));
        scratch.Publish();
        Assert.Contains("One phone of many.", scratch.Page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_published_file_that_is_changed_or_gone_is_named_and_nothing_is_written()
    {
        using CaseScratch scratch = new();
        scratch.Case.Reply("maker", scratch.Signed("We are sorry.", scratch.Maker));
        scratch.Publish();
        Dictionary<string, string> published = CaseScratch.Hashes(scratch.Out);
        string[] files = [.. Directory.EnumerateFiles(scratch.Folder, "*", SearchOption.AllDirectories)];
        Assert.Equal(11, files.Length);
        foreach (string file in files)
        {
            byte[] bytes = File.ReadAllBytes(file);
            byte[] changed = [.. bytes];
            changed[^2] ^= 1;
            File.WriteAllBytes(file, changed);
            EvidenceException e = scratch.Refuses(EvidenceFault.Forgery, () => scratch.Publish());
            Assert.Contains(Path.GetFileName(file), e.Message, StringComparison.Ordinal);
            // No other door is open either.
            Assert.Equal(EvidenceFault.Forgery, Assert.Throws<EvidenceException>(() => scratch.Add("chapter", null, ("title", "x"), ("date", "2026"), ("text", "x"), ("source", "s1"))).Fault);
            File.Delete(file);
            if (!file.EndsWith("case.json", StringComparison.Ordinal) && !file.EndsWith(".ndjson", StringComparison.Ordinal)) scratch.Refuses(EvidenceFault.Forgery, () => scratch.Publish());
            File.WriteAllBytes(file, bytes);
        }
        Assert.Equal(published, CaseScratch.Hashes(scratch.Out));
        scratch.Publish();
    }

    [Fact]
    public void A_history_that_starts_anew_does_not_write_over_what_was_published()
    {
        using CaseScratch scratch = new();
        scratch.Publish();
        File.Delete(Path.Combine(scratch.Folder, History.FileName));
        scratch.Clock.Now = scratch.Clock.Now.AddDays(1);
        Assert.Contains("take back", scratch.Refuses(EvidenceFault.Forgery, () => scratch.Publish()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_older_copy_of_the_case_does_not_take_back_what_was_published()
    {
        using CaseScratch scratch = new();
        scratch.Publish();
        string copy = Path.Combine(scratch.Root, "copy");
        foreach (string file in Directory.EnumerateFiles(scratch.Folder, "*", SearchOption.AllDirectories))
        {
            string to = Path.Combine(copy, Path.GetRelativePath(scratch.Folder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(file, to);
        }
        scratch.Correct("verdict", "v1", "The number was another one.", ("outcome", "not shown"));
        scratch.Publish();
        Assert.Equal(EvidenceFault.Forgery, Assert.Throws<EvidenceException>(() => CaseFolder.Open(copy, scratch.Clock).Publish(scratch.Out)).Fault);
    }

    [Fact]
    public void Nothing_is_slipped_in_before_what_was_published()
    {
        using CaseScratch scratch = new();
        scratch.Publish();
        string entries = Path.Combine(scratch.Folder, "entries");
        File.WriteAllText(Path.Combine(entries, "0000-evidence-e0.json"), File.ReadAllText(Path.Combine(entries, "0003-evidence-e1.json")).Replace("\"e1\"", "\"e0\"", StringComparison.Ordinal));
        scratch.Refuses(EvidenceFault.Forgery, () => scratch.Publish());
    }

    [Fact]
    public void The_same_folder_gives_the_same_bytes()
    {
        using CaseScratch scratch = new();
        scratch.Publish();
        Dictionary<string, string> first = CaseScratch.Hashes(scratch.Out);
        scratch.Clock.Now = scratch.Clock.Now.AddDays(40);
        Assert.Equal(0, scratch.Publish().Entries);
        Assert.Equal(first, CaseScratch.Hashes(scratch.Out));
        string elsewhere = Path.Combine(scratch.Root, "elsewhere");
        scratch.Case.Publish(elsewhere);
        Assert.Equal(first, CaseScratch.Hashes(elsewhere));
    }

    [Fact]
    public void A_folder_of_somebody_else_is_not_touched()
    {
        using CaseScratch scratch = new();
        Directory.CreateDirectory(scratch.Out);
        File.WriteAllText(Path.Combine(scratch.Out, "diary.txt"), "mine");
        scratch.Refuses(EvidenceFault.Refused, () => scratch.Publish());
        Assert.Equal("mine", File.ReadAllText(Path.Combine(scratch.Out, "diary.txt")));
        scratch.Refuses(EvidenceFault.Usage, () => scratch.Case.Publish(scratch.Folder));
        scratch.Refuses(EvidenceFault.Usage, () => scratch.Case.Publish(scratch.Root));
        Assert.Equal(EvidenceFault.Refused, Assert.Throws<EvidenceException>(() => CaseFolder.Create(scratch.Out, "t", null, "p", scratch.Clock)).Fault);
    }

    [Fact]
    public void A_clock_that_was_set_back_does_not_make_yesterday_of_today()
    {
        using CaseScratch scratch = new();
        scratch.Publish();
        scratch.Clock.Now = scratch.Clock.Now.AddYears(-3);
        scratch.Add("chapter", null, ("title", "Later"), ("date", "2026-06"), ("text", "It went on."), ("source", "s1"));
        scratch.Publish();
        Assert.DoesNotContain("\"time\":\"2023", File.ReadAllText(Path.Combine(scratch.Out, History.FileName)), StringComparison.Ordinal);
    }

    /// <summary>Runs what the page tells its reader, in the published folder, and returns what it printed.</summary>
    static string[] Told(CaseScratch scratch, string page)
    {
        string[] commands = [.. page.Split("<pre ")[1..].Where(static part => part.Contains("How to check the chain", StringComparison.Ordinal) || part.Contains("How to compare", StringComparison.Ordinal))
            .Select(static part => System.Net.WebUtility.HtmlDecode(part[(part.IndexOf('>', StringComparison.Ordinal) + 1)..part.IndexOf("</pre>", StringComparison.Ordinal)]))];
        Assert.Equal(3, commands.Length);
        return [.. commands.Select(command =>
        {
            using Process shell = Process.Start(new ProcessStartInfo("sh", ["-c", $"exec 2>&1\n{command}"]) { WorkingDirectory = scratch.Out, RedirectStandardOutput = true })!;
            return shell.StandardOutput.ReadToEnd();
        })];
    }

    [Fact]
    public void What_the_page_tells_its_reader_finds_a_rewritten_middle_a_changed_page_and_what_is_missing()
    {
        using CaseScratch scratch = new();
        scratch.Case.Reply("maker", scratch.Signed("No.", scratch.Maker));
        scratch.Case.Comment("Ann", scratch.Signed("Held.", scratch.Stranger));
        PublishedCase done = scratch.Publish();
        string page = scratch.Page, all = Path.Combine(scratch.Out, "SHA256SUMS");
        Dictionary<string, byte[]> good = Directory.EnumerateFiles(scratch.Out, "*", SearchOption.AllDirectories).ToDictionary(static file => file, File.ReadAllBytes);
        Assert.Equal([$"{done.Head}\n", "", $"{done.Sums}  SHA256SUMS\n"], Told(scratch, page));
        Assert.Contains(done.Head, page, StringComparison.Ordinal);
        string entry = Path.Combine(scratch.Out, "entries", "0003-evidence-e1.json"), history = Path.Combine(scratch.Out, History.FileName);
        foreach (string gone in (string[])["entries/0003-evidence-e1.json", "replies/maker-1.txt", "keys/maker.pub"])
        {
            File.Delete(Path.Combine(scratch.Out, gone));
            Assert.Contains(gone, Told(scratch, page)[1], StringComparison.Ordinal);
            Restore();
        }
        foreach (string changed in (string[])["index.html", "feed.xml"])
        {
            File.AppendAllText(Path.Combine(scratch.Out, changed), " ");
            Assert.Contains($"{changed}: FAILED", Told(scratch, page)[2], StringComparison.Ordinal);
            Restore();
        }
        // An entry of the middle with its line made to fit, and the list too: the chain breaks, and the one hash is another.
        string before = Checksums.Of(File.ReadAllBytes(entry));
        File.AppendAllText(entry, "\n");
        File.WriteAllText(history, File.ReadAllText(history).Replace(before, Checksums.Of(File.ReadAllBytes(entry)), StringComparison.Ordinal));
        string[] files = [.. File.ReadAllLines(all).Select(static line => line[66..])];
        File.WriteAllLines(all, files.Select(file => $"{Checksums.Of(File.ReadAllBytes(Path.Combine(scratch.Out, file)))}  {file}"));
        string[] told = Told(scratch, page);
        Assert.Contains("REWRITTEN", told[0], StringComparison.Ordinal);
        Assert.DoesNotContain(done.Sums, told[2], StringComparison.Ordinal);
        void Restore()
        {
            foreach ((string file, byte[] bytes) in good) File.WriteAllBytes(file, bytes);
        }
    }

    [Fact]
    public void SHA256SUMS_lists_everything_but_itself()
    {
        using CaseScratch scratch = new();
        PublishedCase done = scratch.Publish();
        string list = Path.Combine(scratch.Out, "SHA256SUMS");
        Assert.Equal(CaseScratch.Hashes(scratch.Out).Keys.Where(static file => file != "SHA256SUMS").Order(StringComparer.Ordinal), File.ReadAllLines(list).Select(static line => line[66..]));
        Assert.Equal(Checksums.Of(File.ReadAllBytes(list)), done.Sums);
    }
}
