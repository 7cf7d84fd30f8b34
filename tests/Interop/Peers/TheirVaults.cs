namespace Offproof.Interop.Peers;

/// <summary>What stock restic wrote, restored by our program.</summary>
public sealed class TheirVaults
{
    // Two names with their children, and a link, whose bytes are no UTF-8; and a pipe.
    const string Unwritable = """
        printf raw > "$(printf 'raw\377')"; mkdir "$(printf 'dir\376')"; printf child > "$(printf 'dir\376')/child"; ln -s plain "$(printf 'link\375')"; mkfifo pipe

        """;

    [Theory]
    [InlineData(1, "auto")] // version 1 knows no compression
    [InlineData(2, "off")]
    [InlineData(2, "auto")]
    [InlineData(2, "max")]
    public async Task We_restore_every_snapshot_of_stock_restic(int version, string compression)
    {
        await using Scratch scratch = new();
        OwnVault vault = await OwnVault.CreateAsync(scratch.Root, scratch["repo"], make: false);
        await vault.Restic.GoodAsync("init", "--repository-version", $"{version}");
        string source = scratch["in"];
        await Sample.MakeAsync(source, seed: 3);
        SortedDictionary<string, Tree.Entry> first = await Tree.ReadAsync(source);
        await BackUpAsync(vault, compression, source);
        await Sample.ChangeAsync(source, seed: 4);
        SortedDictionary<string, Tree.Entry> second = await Tree.ReadAsync(source);
        await BackUpAsync(vault, compression, source);
        (await Processes.ShellAsync(source, Unwritable)).Is(0);
        await BackUpAsync(vault, compression, source);

        await vault.CheckAsync();
        string[] ids = [.. (await vault.GoodAsync("snapshots")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => line[..8])];
        Assert.Equal(3, ids.Length);
        await Tree.AssertSameAsync(first, await vault.RestoreAsync(ids[0], scratch["out"], source), Tree.Exactness.OfOurRestore);
        await scratch.ForgetAsync("out");
        await Tree.AssertSameAsync(second, await vault.RestoreAsync(ids[1], scratch["out"], source), Tree.Exactness.OfOurRestore);
        await scratch.ForgetAsync("out");

        // The third: all that can be restored is there, and every thing that is not is named.
        Ended third = (await vault.RunAsync("restore", "latest", "--to", scratch["out"])).Is(1);
        string[] named = [.. third.Errors.Split('\n').Where(static line => line.StartsWith("not restored: ", StringComparison.Ordinal))];
        Assert.Equal(4, named.Length);
        foreach (string name in (string[])[@"/raw\xff: the name is not valid UTF-8", @"/dir\xfe: the name is not valid UTF-8", @"/link\xfd: the name is not valid UTF-8", "/pipe: 'fifo' is not restored"])
            Assert.Single(named, line => line.Contains(name, StringComparison.Ordinal));
        IReadOnlyList<string> differences = Tree.Differences(await Tree.ReadAsync(source), await Tree.ReadAsync(scratch["out"] + source), Tree.Exactness.OfOurRestore);
        Assert.Equal(["./dir\u00FE is missing", "./dir\u00FE/child is missing", "./link\u00FD is missing", "./pipe is missing", "./raw\u00FF is missing"], differences.Order(StringComparer.Ordinal));
    }

    static async Task BackUpAsync(OwnVault vault, string compression, string source) => await vault.Restic.GoodAsync("--compression", compression, "backup", source);

    [Fact]
    public async Task What_our_backup_cannot_take_is_named_and_the_rest_is_taken()
    {
        await using Scratch scratch = new();
        OwnVault vault = await OwnVault.CreateAsync(scratch.Root, scratch["repo"]);
        string source = scratch.Folder("in");
        await File.WriteAllTextAsync(Path.Combine(source, "good"), "good");
        SortedDictionary<string, Tree.Entry> good = await Tree.ReadAsync(source);
        // Besides what TheirVaults has: a link to bytes that are no UTF-8, and two names that a lossy reading would take for one.
        (await Processes.ShellAsync(source, Unwritable + """
            ln -s "$(printf 'to\374')" odd-target; printf a > "$(printf 'same\377')"; printf b > "$(printf 'same\357\277\275')"; touch -r good .
            """)).Is(0);
        Ended ended = (await vault.RunAsync("backup", source)).Is(1);
        foreach (string name in (string[])["/raw", "/dir", "/link", "/pipe", "/odd-target", "/same"])
            Assert.Single(ended.Errors.Split('\n'), line => line.StartsWith("not backed up: ", StringComparison.Ordinal) && line.Contains(name, StringComparison.Ordinal));
        await vault.Restic.CheckAsync();
        string restored = await vault.Restic.RestoreAsync("latest", scratch["out"], source);
        IReadOnlyList<string> differences = Tree.Differences(good, await Tree.ReadAsync(restored), Tree.Exactness.OfOurBackup);
        Assert.Equal(["./same\u00EF\u00BF\u00BD is extra"], differences.Where(static d => !d.StartsWith(". is ", StringComparison.Ordinal)));
    }
}
