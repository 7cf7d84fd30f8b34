namespace Offproof.Channel.Tests;

/// <summary>A publisher that is stopped before any of its files (channel.md §3.3): whoever reads meanwhile finds the old release or the new one whole, and the same command goes on.</summary>
public sealed class KilledTests
{
    sealed class KilledException : Exception;

    /// <summary>The order of channel.md §3.3, as names; what differs from run to run is left out.</summary>
    static string Kind(string name) => name switch
    {
        _ when name.StartsWith("targets/", StringComparison.Ordinal) => "target",
        _ when name.EndsWith(".targets.json", StringComparison.Ordinal) => "targets",
        _ when name.EndsWith(".snapshot.json", StringComparison.Ordinal) => "snapshot",
        _ when name.EndsWith(".root.json", StringComparison.Ordinal) => "root",
        "log/checkpoint" => "checkpoint",
        _ when name.StartsWith("log/", StringComparison.Ordinal) => "log",
        _ => name,
    };

    [Fact]
    public async Task A_release_is_put_in_place_in_the_order_of_the_page()
    {
        using Bench bench = new();
        await bench.ReleaseAsync("a");
        List<string> order = [];
        using Publisher publisher = bench.Open();
        Stage(publisher, bench);
        publisher.BeforeWriting = name => order.Add(Kind(name));
        Assert.True((await publisher.ReleaseAsync(null, TestContext.Current.CancellationToken)).IsPublished);
        Assert.Equal(["target", "release", "targets", "snapshot", "log", "checkpoint", "root", "roots.bin.zst", "timestamp.json", "trust.json", "release.done"], order.Where((kind, i) => i == 0 || kind != order[i - 1]));
    }

    static void Stage(Publisher publisher, Bench bench)
    {
        publisher.StageGreetings([Bench.Greeting("a"), Bench.Greeting("b")]);
        publisher.AddKey("root", bench.Key("root-4"), null);
        publisher.Sign([bench.Key("root-1"), bench.Key("root-2"), bench.Key("targets-1"), bench.Key("targets-2")]);
    }

    [Fact]
    public async Task Killed_before_any_file_the_old_release_or_the_new_one_stands_whole_and_the_same_command_goes_on()
    {
        int files = int.MaxValue;
        for (int kill = 0; kill < files; kill++)
        {
            using Bench bench = new();
            await bench.ReleaseAsync("a");
            int seen = 0;
            using (Publisher publisher = bench.Open())
            {
                Stage(publisher, bench);
                publisher.BeforeWriting = _ =>
                {
                    if (seen++ == kill) throw new KilledException();
                };
                try
                {
                    await publisher.ReleaseAsync(null, TestContext.Current.CancellationToken);
                    files = kill; // there was no such file any more
                }
                catch (KilledException)
                {
                    // as if by SIGKILL: what lies there lies there
                }
            }
            DeviceReport meanwhile = (await bench.VerifyAsync(bench.FirstTrust));
            Assert.True((meanwhile.Release, meanwhile.Greetings) is (1, 1) or (2, 2), $"{meanwhile}");
            using (Publisher publisher = bench.Open())
            {
                await publisher.ReleaseAsync(null, TestContext.Current.CancellationToken);
                Assert.Null(publisher.Status().Waiting);
                Assert.Empty(publisher.WhatToSign());
                LogReport log = await publisher.LogAsync(null, [], TestContext.Current.CancellationToken);
                Assert.Equal((2L, 2L), (log.Size, log.Shown)); // logged once
            }
            Assert.Equal((2L, 2), ((await bench.VerifyAsync(bench.FirstTrust)).Release, (await bench.VerifyAsync()).Greetings));
            Assert.Empty(Directory.EnumerateFiles(bench.Folder, "*.tmp", SearchOption.AllDirectories));
        }
        Assert.InRange(files, 12, 40);
    }

    [Fact] // without cosignatures nothing of it is shown, and what is published stays good
    public async Task A_release_waits_for_its_quorum()
    {
        using NoteSigner witness = NoteSigner.Create("witness.example.org", NoteKeyKind.Witness);
        using Bench bench = new(quorum: 1, witnesses: [(witness.Key.ToString(), null)]);
        ReleaseReport report = await bench.ReleaseAsync("a");
        Assert.Equal((1L, false), (report.Release!.Value, report.IsPublished));
        Assert.Contains("no address is known", Assert.Single(report.Remarks), StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(bench.Public, "timestamp.json")));
        Assert.False(File.Exists(Path.Combine(bench.Public, "log", "checkpoint")));

        SignedNote Signed()
        {
            Assert.True(SignedNote.TryParse(File.ReadAllBytes(Path.Combine(bench.Folder, "log", "log-signed")), out SignedNote? note));
            return note;
        }
        using Publisher publisher = bench.Open();
        // A line that is another's, or over something else, is none.
        using NoteSigner stranger = NoteSigner.Create("witness.example.org", NoteKeyKind.Witness);
        foreach (string line in (string[])[stranger.Sign(Signed().Text, Bench.Start).Line, witness.Sign(Signed().Text + "more\n", Bench.Start).Line, "nothing"])
        {
            await File.WriteAllTextAsync(bench["line"], line + "\n", TestContext.Current.CancellationToken);
            Assert.Equal(PublishingFault.Forgery, (await Assert.ThrowsAsync<PublishingException>(() => publisher.LogAsync(null, [bench["line"]], TestContext.Current.CancellationToken))).Fault);
        }
        await File.WriteAllTextAsync(bench["line"], witness.Sign(Signed().Text, Bench.Start).Line + "\n", TestContext.Current.CancellationToken);
        Assert.Equal("witness.example.org", Assert.Single((await publisher.LogAsync(null, [bench["line"]], TestContext.Current.CancellationToken)).Cosigned).Witness);
        report = await publisher.ReleaseAsync(null, TestContext.Current.CancellationToken);
        Assert.True(report.IsPublished);
        Assert.Equal("signed by 1 of 1 witnesses", (await bench.VerifyAsync()).Wording);

        report = await publisher.TimestampAsync(null, TestContext.Current.CancellationToken);
        Assert.Equal("witness.example.org", Assert.Single(report.Cosigned)); // what devices find is cosigned as before

        // The next one waits again; the timestamp of this one goes on meanwhile.
        publisher.StageGreetings([Bench.Greeting("b")]);
        publisher.Sign([bench.Key("targets-1"), bench.Key("targets-2")]);
        Assert.False((await publisher.ReleaseAsync(null, TestContext.Current.CancellationToken)).IsPublished);
        bench.Time.Advance(TimeSpan.FromDays(2));
        Assert.False((await publisher.TimestampAsync(null, TestContext.Current.CancellationToken)).IsPublished);
        Assert.Equal((1L, 1), ((await bench.VerifyAsync()).Release, (await bench.VerifyAsync()).Greetings));
        Assert.Equal(2, publisher.Status().Waiting);

        // What is staged and signed while it waits follows it with the same command; each wants its own cosignature.
        publisher.StageGreetings([Bench.Greeting("c"), Bench.Greeting("d")]);
        publisher.Sign([bench.Key("targets-1"), bench.Key("targets-2")]);
        await File.WriteAllTextAsync(bench["line"], witness.Sign(Signed().Text, Bench.Start).Line + "\n", TestContext.Current.CancellationToken);
        await publisher.LogAsync(null, [bench["line"]], TestContext.Current.CancellationToken);
        report = await publisher.ReleaseAsync(null, TestContext.Current.CancellationToken);
        Assert.Equal((3L, false), (report.Release!.Value, report.IsPublished));
        Assert.Equal((2L, 1), ((await bench.VerifyAsync()).Release, (await bench.VerifyAsync()).Greetings));
    }
}
