using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Offproof.Consent;

namespace Offproof.Server.Tests;

/// <summary>Quotas, full disks, callers that hang up, servers that were killed (protocol.md §7.5, §9).</summary>
public sealed class FoldersAndFailuresTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_quota_is_kept_with_and_without_an_announced_length(bool chunked)
    {
        await using var bench = await Bench.StartAsync(quota: 100_000);
        using var owner = await Owner.OpenAsync(bench);
        var vault = await OpenVault.FilledAsync(bench, owner);
        string token = await vault.AddTokenAsync();
        int used = vault.Config.Length + vault.KeyFile.Length + vault.Sealed.Length;
        byte[] exact = RandomNumberGenerator.GetBytes(90_000 - used); // a tenth is the sheet's: QuotaTests
        byte[] over = RandomNumberGenerator.GetBytes(exact.Length + 1);
        var before = bench.Stored();
        (await AddAsync(over)).Refuses(507, "full");
        Assert.Equal(before, bench.Stored());
        (await bench.SendAsync(HttpMethod.Post, vault.Path + "data/" + Digest.Of("x"u8), exact, token)).Refuses(400, "hash");
        (await AddAsync(exact)).Is(HttpStatusCode.OK);
        (await AddAsync([1])).Refuses(507, "full");

        // The files are what is counted after a restart too; another account has its own room.
        await bench.RestartAsync();
        (await AddAsync([1])).Refuses(507, "full");
        using var another = await Owner.OpenAsync(bench);
        var theirs = await OpenVault.FilledAsync(bench, another);
        (await theirs.AddAsync(bench, [1], await theirs.AddTokenAsync())).Is(HttpStatusCode.OK);

        Task<Answer> AddAsync(byte[] bytes) => bench.SendAsync(
            HttpMethod.Post, vault.Path + "data/" + Digest.Of(bytes), bytes, token, request => request.Headers.TransferEncodingChunked = chunked);
    }

    [Fact]
    public async Task Removed_locks_and_uploads_at_once_leave_the_count_right()
    {
        await using var bench = await Bench.StartAsync(quota: 100_000);
        using var owner = await Owner.OpenAsync(bench);
        var vault = await OpenVault.FilledAsync(bench, owner);
        string token = await vault.AddTokenAsync();
        for (int i = 0; i < 5; i++)
        {
            byte[] held = RandomNumberGenerator.GetBytes(50_000);
            (await vault.AddAsync(bench, held, token, "locks")).Is(HttpStatusCode.OK);
            (await bench.SendAsync(HttpMethod.Delete, vault.Path + "locks/" + Digest.Of(held), token: token)).Is(HttpStatusCode.OK);
        }

        byte[][] rivals = [.. Enumerable.Range(0, 8).Select(_ => RandomNumberGenerator.GetBytes(30_000))];
        var answers = await Task.WhenAll(rivals.Select(bytes => vault.AddAsync(bench, bytes, token)));
        int stored = answers.Count(answer => answer.Status == HttpStatusCode.OK);
        Assert.All(answers.Where(answer => answer.Status != HttpStatusCode.OK), answer => answer.Refuses(507, "full"));
        Assert.InRange(stored, 1, 3);
        Assert.True(bench.Stored().Values.Sum() <= 90_000);
        // What was refused gave its room back: the rest fits, to the byte.
        byte[] rest = RandomNumberGenerator.GetBytes((int)(90_000 - bench.Stored().Values.Sum()));
        (await vault.AddAsync(bench, rest, token)).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_full_disk_is_507_and_leaves_nothing_of_the_object()
    {
        string mount = Directory.CreateTempSubdirectory("offproof-small-").FullName;
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess && Run("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", mount), "no small disk can be mounted here");
        try
        {
            await using var bench = await Bench.StartAsync(folder: Path.Combine(mount, "inner", "data"));
            using var owner = await Owner.OpenAsync(bench);
            var vault = await OpenVault.FilledAsync(bench, owner);
            string token = await vault.AddTokenAsync();
            byte[] kept = RandomNumberGenerator.GetBytes(100_000);
            (await vault.AddAsync(bench, kept, token)).Is(HttpStatusCode.OK);
            var before = bench.Stored();
            (await vault.AddAsync(bench, RandomNumberGenerator.GetBytes(8_000_000), token)).Refuses(507, "full");
            Assert.Equal(before, bench.Stored());
            Assert.Equal(kept, (await bench.SendAsync(HttpMethod.Get, vault.Path + "data/" + Digest.Of(kept), token: token)).Is(HttpStatusCode.OK).Body);
            (await vault.AddAsync(bench, [1], token)).Is(HttpStatusCode.OK);
        }
        finally
        {
            Run("umount", mount);
            Directory.Delete(mount);
        }
    }

    [Fact] // The same error where nothing can be mounted: Linux has a device that is always full.
    public void The_error_of_a_full_disk_is_recognized()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "no /dev/full here");
        var e = Assert.Throws<IOException>(() =>
        {
            using FileStream full = new("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            full.Write([1]);
        });
        Assert.Equal(Refusal.Full, RequestFrame.Classify(e));
        Assert.Equal(Refusal.Failed, RequestFrame.Classify(new IOException("another")));
    }

    [Fact]
    public async Task A_caller_who_hangs_up_leaves_nothing()
    {
        await using var bench = await Bench.StartAsync(quota: 1_000_000);
        using var owner = await Owner.OpenAsync(bench);
        var vault = await OpenVault.FilledAsync(bench, owner);
        string token = await vault.AddTokenAsync();
        var before = bench.Stored();
        byte[] pack = RandomNumberGenerator.GetBytes(800_000);
        using (TcpClient caller = new())
        {
            await caller.ConnectAsync(IPAddress.Loopback, bench.Server.Url.Port);
            var stream = caller.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes(
                $"POST /{vault.Path}data/{Digest.Of(pack)} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\nContent-Length: {pack.Length}\r\n\r\n"));
            await stream.WriteAsync(pack.AsMemory(0, 500_000));
            while (bench.Stored().Count == before.Count) await Task.Delay(5);
        }

        long start = Stopwatch.GetTimestamp();
        while (bench.Stored().Count != before.Count)
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(5), "what was half sent is still there");
            await Task.Delay(5);
        }

        Assert.Equal(before, bench.Stored());
        // Its room came back: 800,000 of 900,000 fit again.
        (await vault.AddAsync(bench, pack, token)).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task What_a_killed_server_left_half_is_removed_at_start_and_what_was_whole_stays()
    {
        await using var bench = await Bench.StartAsync(quota: 1_000_000);
        using var owner = await Owner.OpenAsync(bench);
        var vault = await OpenVault.FilledAsync(bench, owner);
        string token = await vault.AddTokenAsync();
        byte[] published = RandomNumberGenerator.GetBytes(1000);
        await bench.WithDatabaseAsync(_ =>
        {
            if (OperatingSystem.IsWindows()) return;
            File.WriteAllBytes(Path.Combine(bench.Folder, "tmp", Guid.NewGuid().ToString("N")), new byte[500]);
            // Killed between the rename and the answer: the object is there, its sender does not know.
            string folder = Path.Combine(bench.Folder, vault.Path.Replace("v1/", "", StringComparison.Ordinal), "data", Digest.Of(published).Text[..2]);
            Directory.CreateDirectory(folder);
            File.WriteAllBytes(Path.Combine(folder, Digest.Of(published).Text), published);
        });
        Assert.DoesNotContain(bench.Stored().Keys, path => path.StartsWith("tmp/", StringComparison.Ordinal));
        (await vault.AddAsync(bench, published, token)).Refuses(403, "exists");
        Assert.Equal(published, (await bench.SendAsync(HttpMethod.Get, vault.Path + "data/" + Digest.Of(published), token: token)).Is(HttpStatusCode.OK).Body);
        byte[] rest = RandomNumberGenerator.GetBytes((int)(900_000 - bench.Stored().Values.Sum()));
        (await vault.AddAsync(bench, rest, token)).Is(HttpStatusCode.OK);
        (await vault.AddAsync(bench, [1], token)).Refuses(507, "full");
    }

    [Fact]
    public async Task Files_and_folders_are_for_the_owner_only()
    {
        if (OperatingSystem.IsWindows()) return; // no such modes there
        await using var bench = await Bench.StartAsync();
        using var owner = await Owner.OpenAsync(bench);
        await OpenVault.FilledAsync(bench, owner);
        const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(bench.Folder, "server.key")));
        Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(bench.Folder) & Others);
        foreach (string path in Directory.GetFiles(Path.Combine(bench.Folder, "vaults"), "*", SearchOption.AllDirectories)) Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(path) & Others);
        string[] database = Directory.GetFiles(bench.Folder, "offproof.db*");
        Assert.Contains(Path.Combine(bench.Folder, "offproof.db-wal"), database);
        foreach (string path in database) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));

        // What an earlier version, or a person's mkdir, left open is closed at the next start.
        await bench.WithDatabaseAsync(_ =>
        {
            if (OperatingSystem.IsWindows()) return;
            File.SetUnixFileMode(bench.Folder, File.GetUnixFileMode(bench.Folder) | UnixFileMode.GroupRead | UnixFileMode.OtherExecute);
            File.SetUnixFileMode(Path.Combine(bench.Folder, "offproof.db"), File.GetUnixFileMode(Path.Combine(bench.Folder, "offproof.db")) | UnixFileMode.OtherRead);
        });
        Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(bench.Folder) & Others);
        foreach (string path in Directory.GetFiles(bench.Folder, "offproof.db*")) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }

    static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
