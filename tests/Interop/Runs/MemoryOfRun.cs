using System.Globalization;
using System.Security.Cryptography;

namespace Offproof.Interop.Runs;

/// <summary>run.md §1.2: keys and tokens live in the backup's process and end with it; after `off` neither is anywhere on the device.</summary>
public sealed class MemoryOfRun
{
    [Fact]
    public async Task Neither_password_nor_token_nor_key_is_in_the_memory_of_run_and_after_off_none_is_in_the_home_folder()
    {
        await using Scratch scratch = new();
        await using OwnServer server = await OwnServer.StartUnderAsync(scratch);
        await using Forwarder forwarder = new(server.Url);
        string home = scratch["home"], password = await TurnOnAsync(scratch, server, forwarder);
        await using BackgroundRun run = await BackgroundRun.StartAsync(server);
        await run.UntilSaidAsync("photos: snapshot ");
        AssertClean(run, await SecretsAsync(home, password, forwarder), "while photos is on");

        // A backup that cannot go on holds them: the eyes work. `run` beside it does not.
        int child = await HeldBackupAsync(server, forwarder, run);
        foreach (string held in (string[])[password, forwarder.LastToken])
        {
            (int found, long searched) = Memory.Search(child, Memory.FormsOf(held));
            Tell($"the backup's process: {found} places in {searched} bytes");
            Assert.True(found > 0, "a backup that is running holds what it works with");
        }
        string[] arguments = (await File.ReadAllTextAsync(string.Create(CultureInfo.InvariantCulture, $"/proc/{child}/cmdline"), TestContext.Current.CancellationToken)).Split('\0');
        Assert.Equal(["backup", "photos", "--json", "--tied", "--home", home], arguments[1..7]);
        AssertClean(run, await SecretsAsync(home, password, forwarder), "beside a backup");
        Assert.True(Memory.SearchFolder(home, Memory.FormsOf(password)) > 0);

        await server.GoodAsync("off", "photos", "--yes");
        await run.UntilSaidAsync("everything is off");
        Assert.Contains("photos: stopped, it is not on any more", run.Said, StringComparison.Ordinal);
        Assert.Empty(BackgroundRun.Children(run.Id));
        AssertClean(run, await SecretsAsync(home, password, forwarder), "after off");
        Assert.Equal(0, Memory.SearchFolder(home, [.. Memory.FormsOf(password), .. forwarder.Tokens.Keys.SelectMany(Memory.FormsOf)]));
        await run.StopAsync();
    }

    [Fact]
    public async Task A_backup_does_not_outlive_a_run_that_was_killed()
    {
        await using Scratch scratch = new();
        await using OwnServer server = await OwnServer.StartUnderAsync(scratch);
        await using Forwarder forwarder = new(server.Url);
        await TurnOnAsync(scratch, server, forwarder);
        await using BackgroundRun run = await BackgroundRun.StartAsync(server);
        await run.UntilSaidAsync("photos: snapshot ");
        int child = await HeldBackupAsync(server, forwarder, run);
        (await Processes.RunAsync("kill", "-KILL", run.Id.ToString(CultureInfo.InvariantCulture))).Is(0);
        for (int i = 0; IsAlive(child); i++)
        {
            Assert.True(i < 300, "the backup goes on");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Photos on, through the forwarder, with one file to store.</summary>
    /// <returns>The vault's password.</returns>
    static async Task<string> TurnOnAsync(Scratch scratch, OwnServer server, Forwarder forwarder)
    {
        Directory.CreateDirectory(server.Photos);
        await server.GoodAsync("init", "--server", forwarder.Url, "--sheet", scratch["sheet"]);
        await server.GoodAsync("sheet", "confirm", "--sheet", scratch["sheet"]);
        await server.GoodAsync("source", "add", "photos", server.Photos);
        await server.GoodAsync("on", "photos", "--yes");
        await File.WriteAllBytesAsync(Path.Combine(server.Photos, "IMG_1.jpg"), new Seeded(11).Bytes(2_000_000), TestContext.Current.CancellationToken);
        string password = (await File.ReadAllTextAsync(scratch["home/vaults/photos/password"], TestContext.Current.CancellationToken)).Trim();
        Assert.Matches("^[0-9a-f]{64}$", password);
        return password;
    }

    /// <summary>A backup in the middle of its uploads, whose server does not answer.</summary>
    /// <returns>Its process.</returns>
    static async Task<int> HeldBackupAsync(OwnServer server, Forwarder forwarder, BackgroundRun run)
    {
        forwarder.Hold();
        await File.WriteAllBytesAsync(Path.Combine(server.Photos, "IMG_2.jpg"), new Seeded(12).Bytes(40_000_000), TestContext.Current.CancellationToken);
        for (int i = 0; forwarder.Held == 0; i++)
        {
            Assert.True(i < 1200, $"no upload came:\n{run.Said}");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
        return Assert.Single(BackgroundRun.Children(run.Id));
    }

    /// <summary>The vault's password, every token that passed, and the private part of the device's key.</summary>
    static async Task<byte[][]> SecretsAsync(string home, string password, Forwarder forwarder)
    {
        Assert.NotEmpty(forwarder.Tokens);
        using ECDsa key = ECDsa.Create();
        key.ImportFromPem(await File.ReadAllTextAsync(Path.Combine(home, "device.key"), TestContext.Current.CancellationToken));
        return [.. Memory.FormsOf(password), .. forwarder.Tokens.Keys.SelectMany(Memory.FormsOf), key.ExportParameters(includePrivateParameters: true).D!];
    }

    static void AssertClean(BackgroundRun run, byte[][] secrets, string when)
    {
        (int found, long searched) = Memory.Search(run.Id, secrets);
        Tell($"run, {when}: {found} places in {searched} bytes, of {secrets.Length} forms of secrets");
        Assert.Equal(0, found);
        Assert.True(searched > 10_000_000, $"only {searched} bytes could be read");
    }

    /// <summary>One that ended and that nobody has asked about yet does not count.</summary>
    static bool IsAlive(int process)
    {
        try
        {
            return !File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/stat")).Contains(") Z ", StringComparison.Ordinal);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or IOException)
        {
            return false;
        }
    }

    static void Tell(string what) => TestContext.Current.TestOutputHelper!.WriteLine(what);
}
