using System.Diagnostics;
using Offproof.Vault;

namespace Offproof.Interop;

/// <summary>What our engine writes, judged by stock restic. A missing restic is a failure.</summary>
public sealed class OurVaultsTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("offproof-interop-").FullName;

    [Fact] // README: "what is stored can be restored without us"
    public async Task Stock_restic_checks_and_restores_several_snapshots_of_ours()
    {
        string source = Path.Combine(root, "source"), repository = Path.Combine(root, "repository"), password = Path.Combine(root, "password");
        Directory.CreateDirectory(Path.Combine(source, "deep", "er"));
        await File.WriteAllTextAsync(password, "geheim\n");
        await File.WriteAllBytesAsync(Path.Combine(source, "empty"), []);
        await File.WriteAllTextAsync(Path.Combine(source, "deep", "\u200dname \u00e9\U0001F600 \"quoted\".txt"), "one");
        byte[] large = new byte[12_000_000];
        for (int i = 0; i < large.Length; i++) large[i] = (byte)((i * 2654435761L >> 11) & 0xff);
        await File.WriteAllBytesAsync(Path.Combine(source, "deep", "er", "large.bin"), large);
        File.CreateSymbolicLink(Path.Combine(source, "link"), "deep/er");

        using VaultPassword secret = VaultPassword.FromFile(password);
        FolderStorage storage = new(repository);
        await NewVault.Create(secret, TimeProvider.System).WriteAsync(storage);
        await BackUpAsync(storage, secret, source);
        large[6_000_000] ^= 1;
        await File.WriteAllBytesAsync(Path.Combine(source, "deep", "er", "large.bin"), large);
        BackupSummary second = await BackUpAsync(storage, secret, source);
        Assert.True(second.BytesAdded is > 0 and < 10_000_000, $"{second.BytesAdded} bytes added for one changed byte");

        await ResticAsync(repository, password, "check", "--read-data");
        await ResticAsync(repository, password, "restore", "latest", "--target", Path.Combine(root, "restored"));
        Assert.Equal(0, (await RunAsync("diff", ["-r", source, Path.Combine(root, "restored", source.TrimStart('/'))], [])).Exit);
        Assert.Equal(2, System.Text.Json.JsonDocument.Parse(await ResticAsync(repository, password, "snapshots", "--json")).RootElement.GetArrayLength());
    }

    public void Dispose() => Directory.Delete(root, recursive: true);

    private static async Task<BackupSummary> BackUpAsync(FolderStorage storage, VaultPassword secret, string source)
    {
        await using Repository vault = await Repository.OpenAsync(storage, secret);
        return await vault.BackupAsync(FolderSource.Walk([source]), new BackupOptions { Roots = FolderSource.Roots([source]) });
    }

    private static async Task<string> ResticAsync(string repository, string password, params string[] arguments)
    {
        (int exit, string output) = await RunAsync("restic", ["--no-cache", .. arguments], new() { ["RESTIC_REPOSITORY"] = repository, ["RESTIC_PASSWORD_FILE"] = password });
        Assert.True(exit == 0, output);
        return output;
    }

    private static async Task<(int Exit, string Out)> RunAsync(string tool, string[] arguments, Dictionary<string, string> environment)
    {
        ProcessStartInfo start = new(tool, arguments) { RedirectStandardOutput = true };
        foreach ((string name, string value) in environment) start.Environment[name] = value;
        using Process process = Process.Start(start)!;
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output);
    }
}
