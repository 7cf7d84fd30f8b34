using System.Security.Cryptography;

namespace Offproof.Channel.Tests;

/// <summary>
/// Staging that is stopped before any of its files (channel.md §9.2): nothing public changed, what can be signed and released is what was staged before or what was to be staged, and the same
/// command goes on.
/// </summary>
public sealed class KilledStagingTests
{
    sealed class KilledException : Exception;

    static readonly CancellationToken None = CancellationToken.None;

    static ReleaseVersion Version(string text) => ReleaseVersion.TryParse(text, out ReleaseVersion? version) ? version : throw new FormatException(text);

    static UpdateDraft Draft(string version, string notes, bool hasDelta) => new("example-phone", Version(version), "stable", ContentVectors.Path("update/phone-1.1.bin"),
        new Dictionary<string, string>(StringComparer.Ordinal) { ["en"] = notes }, hasDelta ? [(Version("1.0"), ContentVectors.Path("update/phone-1.0.bin"))] : []);

    static void Stage(string verb, Publisher publisher, Bench bench)
    {
        switch (verb)
        {
            case "greetings": publisher.StageGreetings([Bench.Greeting("new"), Bench.Greeting("newer")]); break;
            case "update": publisher.StageUpdate(Draft("1.1", "Fixes.", hasDelta: true)); break;
            case "withdraw": publisher.StageWithdrawal("example-phone/1.0/stable"); break;
            case "renew": publisher.StageRenewal(); break;
            case "add root": publisher.AddKey("root", bench.Key("root-4"), 3); break;
            case "remove targets": publisher.RemoveKey("targets", KeyFile.KeyIdOf(bench.Key("targets-1"))!, null); break; // the published targets are signed by 1 and 2: they are staged as well
            default: publisher.ReplaceKey("timestamp"); break;
        }
    }

    /// <summary>A channel with a notice, and where it says so a draft that is signed and not released.</summary>
    static async Task<Bench> BeginAsync(bool isStaged)
    {
        Bench bench = new();
        using (Publisher publisher = bench.Open()) publisher.StageUpdate(Draft("1.0", "First.", hasDelta: false));
        await bench.ReleaseAsync("a");
        if (!isStaged) return bench;
        using Publisher again = bench.Open();
        again.StageGreetings([Bench.Greeting("a"), Bench.Greeting("staged before")]);
        again.Sign([bench.Key("targets-1"), bench.Key("targets-2")]);
        return bench;
    }

    static Dictionary<string, string> Contents(string folder) => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).ToDictionary(f => f, f => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(f))), StringComparer.Ordinal);

    /// <summary>What is staged, without what differs from run to run: keys that are drawn.</summary>
    static string Staged(Publisher publisher) => string.Join('\n', publisher.WhatToSign().SelectMany(s => s.Summary.Prepend($"{s.Role} {s.Version}")).Select(line => System.Text.RegularExpressions.Regex.Replace(line, "\\b[0-9a-f]{8,64}\\b", "KEY", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1))));

    [Theory]
    [InlineData("greetings", 2), InlineData("update", 6), InlineData("withdraw", 2), InlineData("renew", 5), InlineData("add root", 2), InlineData("remove targets", 5), InlineData("replace timestamp", 2)]
    public async Task Killed_before_any_file_what_was_staged_before_stands_or_what_was_to_be(string verb, int least)
    {
        foreach (bool isStaged in (bool[])[false, true])
        {
            string before, after;
            using (Bench whole = await BeginAsync(isStaged))
            using (Publisher publisher = whole.Open())
            {
                before = Staged(publisher);
                Stage(verb, publisher, whole);
                after = Staged(publisher);
                Assert.NotEqual(before, after);
            }
            int files = int.MaxValue;
            for (int kill = 0; kill < files; kill++)
            {
                // What is there is signed by all, and released; or the same command goes on.
                foreach (bool goesOn in (bool[])[false, true])
                {
                    using Bench bench = await BeginAsync(isStaged);
                    Dictionary<string, string> published = Contents(bench.Public);
                    if (!Kill(verb, bench, kill)) files = kill;
                    Assert.Equal(published, Contents(bench.Public));
                    using (Publisher publisher = bench.Open())
                    {
                        string there = Staged(publisher);
                        Assert.True(there == before || there == after, $"{verb}, stopped before file {kill}: {there}");
                        if (goesOn)
                        {
                            Stage(verb, publisher, bench);
                            Assert.Equal(after, Staged(publisher));
                        }
                        Assert.Empty(Directory.EnumerateFiles(Path.Combine(bench.Folder, "staged"), "*.tmp", SearchOption.AllDirectories));
                        if (publisher.WhatToSign().Count > 0) publisher.Sign(Signers(publisher, bench));
                        ReleaseReport report = await publisher.ReleaseAsync(null, None);
                        Assert.True(report.Release is null || report.IsPublished);
                        Assert.Empty(publisher.WhatToSign());
                    }
                    DeviceReport device = await bench.VerifyAsync(bench.FirstTrust);
                    Assert.Equal(goesOn || device.Release == 2 ? 2 : 1, device.Release);
                    if (goesOn && verb == "greetings") Assert.Equal(2, device.Greetings);
                    if (goesOn && verb is "update" or "withdraw") Assert.Equal(goesOn ? verb == "update" ? 2 : 0 : device.Notices, device.Notices);
                }
            }
            Assert.InRange(files, isStaged ? 1 : least, 12);
        }
    }

    static bool Kill(string verb, Bench bench, int kill)
    {
        int seen = 0;
        using Publisher publisher = bench.Open(_ =>
        {
            if (seen++ == kill) throw new KilledException();
        });
        try
        {
            Stage(verb, publisher, bench);
            return false; // there was no such file any more
        }
        catch (KilledException)
        {
            return true; // as if by SIGKILL: what lies there lies there
        }
    }

    static IEnumerable<string> Signers(Publisher publisher, Bench bench)
    {
        HashSet<string> roles = [.. publisher.WhatToSign().Select(s => s.Role)];
        foreach (string key in (string[])["root-1", "root-2", "root-4", "targets-2", "targets-3"])
            if (roles.Contains(key.Split('-')[0]) && File.Exists(bench.Key(key)) && (key != "root-4" || publisher.WhatToSign().Any(s => s.Needs.Any(need => need.Wanted == 3)))) yield return bench.Key(key);
    }

    [Fact] // a key that a killed run made is taken up; any other file is somebody's
    public async Task Only_a_key_that_was_made_for_this_and_never_used_is_taken_up()
    {
        using Bench bench = await BeginAsync(isStaged: false);
        Assert.True(Kill("add root", bench, 1));
        string made = KeyFile.KeyIdOf(bench.Key("root-4"))!;
        using Publisher publisher = bench.Open();
        Assert.Empty(publisher.WhatToSign());
        foreach ((string role, string file) in ((string, string)[])[("targets", "root-4"), ("root", "root-1"), ("targets", "targets-1")])
            Assert.Equal(PublishingFault.Refused, Assert.Throws<PublishingException>(() => publisher.AddKey(role, bench.Key(file), null)).Fault);
        await File.WriteAllTextAsync(bench.Key("mine"), "mine", None);
        Assert.Equal(PublishingFault.Refused, Assert.Throws<PublishingException>(() => publisher.AddKey("root", bench.Key("mine"), null)).Fault);
        Assert.Equal("mine", await File.ReadAllTextAsync(bench.Key("mine"), None));
        Assert.Equal(made, publisher.AddKey("root", bench.Key("root-4"), null));
        Assert.Equal(made, publisher.AddKey("root", bench.Key("root-4"), null)); // said again, it is once
        publisher.Sign([bench.Key("root-1"), bench.Key("root-2")]);
        Assert.True((await publisher.ReleaseAsync(null, None)).IsPublished);
        Assert.Equal(4, publisher.Status().Keys.Single(k => k.Role == "root").KeyIds.Count);

        // One that was removed may be in other hands: its file does not bring it back.
        publisher.RemoveKey("root", made, null);
        publisher.Sign([bench.Key("root-1"), bench.Key("root-2")]);
        Assert.True((await publisher.ReleaseAsync(null, None)).IsPublished);
        Assert.Equal(PublishingFault.Refused, Assert.Throws<PublishingException>(() => publisher.AddKey("root", bench.Key("root-4"), null)).Fault);
    }
}
