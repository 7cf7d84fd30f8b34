using System.Diagnostics;
using System.Net;
using System.Text;
using Offproof.Consent;

namespace Offproof.Server.Tests;

/// <summary>README: "restic and curl speak to our server": the program that we did not write, against the real server.</summary>
public sealed class StockResticTests
{
    const string Password = "00000000000000000000000000000000000000000000000000000000000000aa";

    [Fact]
    public async Task Stock_restic_backs_up_checks_and_restores_through_the_server()
    {
        Assert.SkipUnless(Restic.IsInstalled, "restic is not installed");
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        string folder = Directory.CreateTempSubdirectory("offproof-restic-").FullName;
        try
        {
            // The vault is made in a local folder, where nobody sees its password, and the grant names its two files.
            string local = Path.Combine(folder, "local");
            await Restic.RunAsync(folder, 0, "-r", local, "init");
            byte[] config = await File.ReadAllBytesAsync(Path.Combine(local, "config"));
            byte[] key = await File.ReadAllBytesAsync(Assert.Single(Directory.GetFiles(Path.Combine(local, "keys"))));
            byte[] sealedPassword = Encoding.ASCII.GetBytes("stands for an age file");
            var grant = owner.SignGrant(new(Digest.Of(config), Digest.Of(key), Digest.Of(sealedPassword)));
            await owner.TakeAsync(grant);
            string path = $"v1/vaults/{owner.Account}/{owner.Device.Thumbprint}/photos/1/";
            VaultAsk add = new(owner.Device.Thumbprint, Category.Photos, Epoch.First, VaultMode.Add);
            string token = await owner.TokenAsync(owner.Device, add);
            (await bench.SendAsync(HttpMethod.Put, path.Replace("vaults", "recovery", StringComparison.Ordinal).TrimEnd('/'), sealedPassword, token)).Is(HttpStatusCode.Created);
            (await bench.SendAsync(HttpMethod.Post, path + "config", config, token)).Is(HttpStatusCode.OK);
            (await bench.SendAsync(HttpMethod.Post, path + "keys/" + Digest.Of(key), key, token)).Is(HttpStatusCode.OK);

            string source = Path.Combine(folder, "source");
            Directory.CreateDirectory(Path.Combine(source, "nested"));
            byte[] photo = new byte[3_000_000];
            new Span<byte>(photo).Fill(7);
            System.Security.Cryptography.RandomNumberGenerator.Fill(photo.AsSpan(1000, 2_000_000));
            await File.WriteAllBytesAsync(Path.Combine(source, "nested", "IMG_0001.jpg"), photo);
            await File.WriteAllTextAsync(Path.Combine(source, "grüße 🎉.txt"), "hello");

            string remote = $"rest:http://offproof:{token}@127.0.0.1:{bench.Server.Url.Port}/{path}";
            await Restic.RunAsync(folder, 0, "-r", remote, "backup", source);
            await Restic.RunAsync(folder, 0, "-r", remote, "check", "--read-data");
            await Restic.RunAsync(folder, 0, "-r", remote, "backup", source);

            // The sheet reads it with the token as the name of the user and no password, after the device turned it off.
            await owner.TakeAsync(owner.SignRevocation(grant.Hash));
            string after = await Restic.RunAsync(folder, null, "-r", remote, "snapshots");
            Assert.Contains("403", after, StringComparison.Ordinal);
            string sheet = await owner.TokenAsync(owner.Sheet, add with { Mode = VaultMode.Read });
            string kept = $"rest:http://{sheet}:@127.0.0.1:{bench.Server.Url.Port}/{path}";
            string target = Path.Combine(folder, "target");
            await Restic.RunAsync(folder, 0, "-r", kept, "restore", "latest", "--target", target);
            Assert.Equal(photo, await File.ReadAllBytesAsync(Path.Combine(target + source, "nested", "IMG_0001.jpg")));
            Assert.Equal("hello", await File.ReadAllTextAsync(Path.Combine(target + source, "grüße 🎉.txt")));

            // protocol.md §7.4: restic removed its locks itself. §9: the folder of the server is a restic repository as it is.
            string stored = Path.Combine(bench.Folder, path.Replace("v1/", "", StringComparison.Ordinal));
            Assert.Empty(Directory.GetFiles(Path.Combine(stored, "locks")));
            await Restic.RunAsync(folder, 0, "-r", stored, "check", "--read-data");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact] // protocol.md §7.2: config and key must be the granted ones, so a vault cannot be made through the server.
    public async Task Stock_restic_cannot_init_or_delete_through_the_server()
    {
        Assert.SkipUnless(Restic.IsInstalled, "restic is not installed");
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        var vault = await OpenVault.GrantAsync(owner);
        string token = await vault.AddTokenAsync();
        (await bench.SendAsync(HttpMethod.Put, vault.SealedPath, vault.Sealed, token)).Is(HttpStatusCode.Created);
        string folder = Directory.CreateTempSubdirectory("offproof-restic-").FullName;
        try
        {
            string remote = $"rest:http://offproof:{token}@127.0.0.1:{bench.Server.Url.Port}/{vault.Path}";
            await Restic.RunAsync(folder, 1, "-r", remote, "init");
            Assert.Single(bench.Stored()); // the sealed password
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static class Restic
    {
        internal static bool IsInstalled { get; } = Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "restic")));

        // Both streams. `expected` null: any exit code but 0.
        internal static async Task<string> RunAsync(string folder, int? expected, params string[] arguments)
        {
            ProcessStartInfo start = new("restic", arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
            start.Environment["RESTIC_PASSWORD"] = Password;
            start.Environment["RESTIC_CACHE_DIR"] = Path.Combine(folder, "cache");
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEndAsync();
            var error = process.StandardError.ReadToEndAsync();
            using CancellationTokenSource limit = new(TimeSpan.FromMinutes(2));
            await process.WaitForExitAsync(limit.Token);
            string both = await output + await error;
            Assert.True(expected is null ? process.ExitCode != 0 : process.ExitCode == expected, $"restic {arguments[2]}: exit {process.ExitCode}\n{both}");
            return both;
        }
    }
}
