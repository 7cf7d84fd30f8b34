namespace Offproof.Interop.Evidence;

/// <summary>docs/evidence.md §4: a bundle verifies on a machine that has only minisign and coreutils, by the commands that stand in its README.txt.</summary>
public sealed class StockTools
{
    // What the commands name, and a shell to type them into; no other program can be reached.
    static readonly string[] Tools = ["minisign", "sha256sum", "du", "cut", "sort", "comm"];

    [Theory]
    [InlineData("bundle"), InlineData("public")]
    public async Task A_bundle_verifies_where_only_minisign_and_coreutils_are(string name)
    {
        await using Scratch scratch = new();
        string folder = await CopyAsync(scratch, name);
        await VerifyAsync(scratch, folder, isGood: true);
    }

    [Fact]
    public async Task What_was_altered_is_refused_by_one_of_the_three_commands()
    {
        await using Scratch scratch = new();
        string folder = await CopyAsync(scratch, "bundle");
        foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            byte[] bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
            bytes[^10] ^= 1;
            await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);
            await VerifyAsync(scratch, folder, isGood: false);
            bytes[^10] ^= 1;
            await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);
        }
        await VerifyAsync(scratch, folder, isGood: true);

        await AlteredAsync("added", at => File.WriteAllText(Path.Combine(at, "captures", "more.pcap"), "x"));
        await AlteredAsync("hidden", at => File.WriteAllText(Path.Combine(at, ".x"), "x"));
        await AlteredAsync("folder", at => Directory.CreateDirectory(Path.Combine(at, "keys")));
        await AlteredAsync("removed", at => File.Delete(Path.Combine(at, "scenario", "steps.txt")));
        await AlteredAsync("swapped", at =>
        {
            File.Move(Path.Combine(at, "captures", "case.pcap"), Path.Combine(at, "x"));
            File.Move(Path.Combine(at, "scenario", "steps.txt"), Path.Combine(at, "captures", "case.pcap"));
            File.Move(Path.Combine(at, "x"), Path.Combine(at, "scenario", "steps.txt"));
        });

        async Task AlteredAsync(string what, Action<string> alter)
        {
            (await Processes.ShellAsync(scratch.Root, $"cp -r '{folder}' {what}")).Is(0);
            alter(scratch[what]);
            await VerifyAsync(scratch, scratch[what], isGood: false);
        }
    }

    [Fact]
    public async Task A_foreign_key_is_refused_by_minisign()
    {
        await using Scratch scratch = new();
        string folder = await CopyAsync(scratch, "bundle");
        (await Processes.ShellAsync(scratch.Root, "minisign -G -W -p other.pub -s other.key")).Is(0);
        Assert.NotEqual(0, (await Processes.ShellAsync(folder, "minisign -Vm SHA256SUMS -p ../other.pub")).Exit);
    }

    [Fact] // docs/evidence.md §3: keys and signatures of minisign's, both ways.
    public async Task Keys_made_here_sign_with_minisign_and_the_other_way_round()
    {
        await using Scratch scratch = new();
        System.Diagnostics.ProcessStartInfo make = await ProgramUnderTest.StartInfoAsync("evidence", "keygen", scratch["ours.key"]);
        (await Processes.RunAsync(make)).Is(0);
        await File.WriteAllTextAsync(scratch["steps.txt"], "1.\n", TestContext.Current.CancellationToken);
        (await Processes.ShellAsync(scratch.Root, "minisign -S -s ours.key -m steps.txt -t c && minisign -V -p ours.key.pub -m steps.txt")).Is(0);
        (await Processes.ShellAsync(scratch.Root, "minisign -G -W -p theirs.pub -s theirs.key")).Is(0);
        (await Processes.RunAsync(await ProgramUnderTest.StartInfoAsync("evidence", "pack", scratch["b"], "--scenario", scratch["steps.txt"], "--key", scratch["theirs.key"]))).Is(0);
        (await Processes.ShellAsync(scratch["b"], "minisign -Vm SHA256SUMS -p ../theirs.pub")).Is(0);

        // Whoever has the key elsewhere signs the list himself, in either way that minisign has.
        foreach (string way in (string[])["-H", "-l"])
        {
            (await Processes.ShellAsync(scratch["b"], $"rm SHA256SUMS.minisig; minisign -S {way} -s ../theirs.key -m SHA256SUMS")).Is(0);
            (await Processes.RunAsync(await ProgramUnderTest.StartInfoAsync("evidence", "verify", scratch["b"], "--key", scratch["theirs.pub"]))).Is(0);
        }
    }

    static async Task<string> CopyAsync(Scratch scratch, string name)
    {
        string vectors = Path.Combine(ProgramUnderTest.Root, "vectors", "evidence");
        (await Processes.ShellAsync(scratch.Root, $"cp -r '{vectors}/{name}' '{vectors}/test.key.pub' . && mkdir path && for tool in {string.Join(' ', Tools)}; do ln -s \"$(command -v $tool)\" path/$tool; done")).Is(0);
        return scratch[name];
    }

    static async Task VerifyAsync(Scratch scratch, string folder, bool isGood)
    {
        string key = (await File.ReadAllLinesAsync(scratch["test.key.pub"], TestContext.Current.CancellationToken))[1];
        // From the true bundle's page: what an altered one says to do is its author's.
        string[] commands = [.. (await File.ReadAllLinesAsync(Path.Combine(ProgramUnderTest.Root, "vectors", "evidence", "bundle", "README.txt"), TestContext.Current.CancellationToken))
            .SkipWhile(static line => !line.StartsWith("HOW TO VERIFY", StringComparison.Ordinal)).TakeWhile(static line => !line.StartsWith("KEY is", StringComparison.Ordinal)).Where(static line => line.StartsWith("  ", StringComparison.Ordinal)).Select(static line => line.Trim())];
        Assert.Equal(3, commands.Length);
        List<bool> good = [];
        foreach (string command in commands)
        {
            System.Diagnostics.ProcessStartInfo start = Processes.StartInfo("/bin/sh", "-c", command.Replace("KEY", key, StringComparison.Ordinal));
            start.WorkingDirectory = folder;
            start.Environment.Clear();
            start.Environment["PATH"] = scratch["path"];
            Ended ended = await Processes.RunAsync(start);
            good.Add(good.Count == 0 ? ended.Exit == 0 && ended.Output.Contains("Signature and comment signature verified", StringComparison.Ordinal) : ended.Exit == 0 && ended.Both.Length == 0);
        }
        Assert.True(good.TrueForAll(static one => one) == isGood, $"{folder}: {string.Join(' ', good)}");
    }
}
