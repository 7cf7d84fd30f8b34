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
        Directory.CreateDirectory(server.Photos);
        await server.GoodAsync("init", "--server", forwarder.Url, "--sheet", scratch["sheet"]);
        await server.GoodAsync("sheet", "confirm", "--sheet", scratch["sheet"]);
        await server.GoodAsync("source", "add", "photos", server.Photos);
        await server.GoodAsync("on", "photos", "--yes");
        Seeded random = new(11);
        await File.WriteAllBytesAsync(Path.Combine(server.Photos, "IMG_1.jpg"), random.Bytes(2_000_000), TestContext.Current.CancellationToken);
        string home = scratch["home"];
        string password = (await File.ReadAllTextAsync(Path.Combine(home, "vaults", "photos", "password"), TestContext.Current.CancellationToken)).Trim();
        Assert.Matches("^[0-9a-f]{64}$", password);

        await using BackgroundRun run = await BackgroundRun.StartAsync(server);
        await run.UntilSaidAsync("photos: snapshot ");
        byte[][] secrets = await SecretsAsync(home, password, forwarder);
        AssertClean(run, secrets, "while photos is on");

        // A backup that cannot go on holds them: the eyes work. `run` beside it does not.
        forwarder.Hold();
        await File.WriteAllBytesAsync(Path.Combine(server.Photos, "IMG_2.jpg"), random.Bytes(40_000_000), TestContext.Current.CancellationToken);
        for (int i = 0; forwarder.Held == 0; i++)
        {
            Assert.True(i < 600, $"no upload came:\n{run.Said}");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
        secrets = await SecretsAsync(home, password, forwarder);
        int child = Assert.Single(BackgroundRun.Children(run.Id));
        foreach (string held in (string[])[password, forwarder.LastToken])
        {
            (int found, long searched) = Memory.Search(child, Memory.FormsOf(held));
            Tell($"the backup's process: {found} places in {searched} bytes");
            Assert.True(found > 0, "a backup that is running holds what it works with");
        }
        string[] arguments = (await File.ReadAllTextAsync(string.Create(CultureInfo.InvariantCulture, $"/proc/{child}/cmdline"), TestContext.Current.CancellationToken)).Split('\0');
        Assert.Equal(["backup", "photos", "--json", "--tied", "--home", home], arguments[1..7]);
        AssertClean(run, secrets, "beside a backup");
        Assert.True(Memory.SearchFolder(home, Memory.FormsOf(password)) > 0);

        await server.GoodAsync("off", "photos", "--yes");
        await run.UntilSaidAsync("everything is off");
        Assert.Contains("photos: stopped, it is not on any more", run.Said, StringComparison.Ordinal);
        Assert.Empty(BackgroundRun.Children(run.Id));
        secrets = await SecretsAsync(home, password, forwarder);
        AssertClean(run, secrets, "after off");
        Assert.Equal(0, Memory.SearchFolder(home, [.. Memory.FormsOf(password), .. forwarder.Tokens.Keys.SelectMany(Memory.FormsOf)]));
        await run.StopAsync();
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

    static void Tell(string what) => TestContext.Current.TestOutputHelper!.WriteLine(what);
}
