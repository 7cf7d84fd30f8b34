using System.Formats.Tar;
using System.IO.Compression;
using System.Net;
using Offproof.Consent;

namespace Offproof.Server.Tests;

/// <summary>protocol.md §9: a folder of an earlier version is gone on with, one of a later version is refused. vectors/server/ holds what earlier programs left.</summary>
public sealed class MigrationTests
{
    [Fact]
    public async Task A_folder_of_version_1_is_gone_on_with()
    {
        string folder = Unpack("version-1.tar.gz");
        string data = Path.Combine(folder, "server");
        var refused = Assert.Throws<InvalidOperationException>(() => ServerOperator.Open(data, TimeProvider.System));
        Assert.Contains("schema 1", refused.Message, StringComparison.Ordinal);
        var before = Tree(data);

        await using var bench = await Bench.StartAsync(folder: data);
        Assert.True(SigningKey.TryFromPem(await File.ReadAllTextAsync(Path.Combine(folder, "device.key")), out var device));
        using var _ = device;
        var account = Thumbprint.Parse((await File.ReadAllLinesAsync(Path.Combine(folder, "sheet.txt"))).Single(line => line.StartsWith("# account: ", StringComparison.Ordinal))[11..]);
        string recovery = await TokenAsync(bench, device, account, null);
        var told = (await bench.SendAsync(HttpMethod.Get, $"v1/recovery/{account}/", token: recovery)).Is(HttpStatusCode.OK).Json;
        Assert.Equal(4, told.GetProperty("records").GetArrayLength()); // certificate, grant, revocation, grant
        Assert.Equal([("kept", 6L), ("on", 6L)], told.GetProperty("vaults").EnumerateArray().Select(v => (v.GetProperty("state").GetString()!, v.GetProperty("objects").GetInt64())));
        string path = $"v1/vaults/{account}/{device.Thumbprint}/notes/2/";
        string add = await TokenAsync(bench, device, account, new(device.Thumbprint, Category.Notes, new(2), VaultMode.Add));
        Assert.Equal(1, (await bench.SendAsync(HttpMethod.Get, path + "snapshots/", token: add)).Is(HttpStatusCode.OK).Json.GetArrayLength());
        (await bench.SendAsync(HttpMethod.Post, path + "data/" + Digest.Of([1]), [1], add)).Is(HttpStatusCode.OK);

        // What is new: no quota and no suspension came with it; invitations and refusals can be written.
        var line = Assert.Single(bench.AsOperator(server => server.Accounts()));
        Assert.Equal((account.Text, 1, (long?)null, (DateTimeOffset?)null), (line.Account, line.Devices, line.QuotaBytes, line.Suspended));
        using var invited = await Owner.OpenAsync(bench, bench.AsOperator(server => server.Invite(1, 14)).Code);
        (await bench.SendAsync(HttpMethod.Delete, path + "data/" + Digest.Of([1]), token: add)).Refuses(403, "read-only");
        Assert.Equal(1, (await bench.SendAsync(HttpMethod.Get, $"v1/recovery/{account}/refusals", token: recovery)).Is(HttpStatusCode.OK).Json.GetProperty("refusals").GetArrayLength());
        await bench.RestartAsync();
        foreach (var (name, bytes) in before) Assert.Equal(bytes, await File.ReadAllBytesAsync(Path.Combine(data, name)));
    }

    [Fact]
    public async Task A_folder_of_a_later_version_is_refused_and_left_as_it_is()
    {
        await using var bench = await Bench.StartAsync();
        await bench.WithDatabaseAsync(database =>
        {
            database.Execute("PRAGMA user_version = 999");
            string path = Path.Combine(bench.Folder, "offproof.db");
            Assert.Contains("newer version", Assert.Throws<InvalidOperationException>(() => new Database(path)).Message, StringComparison.Ordinal);
            Assert.Contains("newer version", Assert.Throws<InvalidOperationException>(() => ServerOperator.Open(bench.Folder, TimeProvider.System)).Message, StringComparison.Ordinal);
            database.Execute("PRAGMA user_version = 3");
        });
        (await bench.SendAsync(HttpMethod.Get, "v1/server")).Is(HttpStatusCode.OK);
    }

    [Fact]
    public void Where_no_server_is_the_operator_makes_none()
    {
        string folder = Directory.CreateTempSubdirectory("offproof-none-").FullName;
        Assert.Throws<InvalidOperationException>(() => ServerOperator.Open(folder, TimeProvider.System));
        Assert.Empty(Directory.GetFileSystemEntries(folder));
        Directory.Delete(folder);
    }

    static async Task<string> TokenAsync(Bench bench, SigningKey device, Thumbprint account, VaultAsk? vault)
    {
        string nonce = (await bench.SendAsync(HttpMethod.Post, "v1/nonces")).Is(HttpStatusCode.OK).Json.GetProperty("nonce").GetString()!;
        Proof proof = new() { Signer = device.Thumbprint, Account = account, Server = bench.Server.Key, IssuedAt = bench.Now, Nonce = nonce, Vault = vault };
        return (await bench.PostAsync("v1/tokens", Proof.Sign(device, proof))).Is(HttpStatusCode.OK).Json.GetProperty("token").GetString()!;
    }

    static string Unpack(string name)
    {
        string folder = Directory.CreateTempSubdirectory("offproof-old-").FullName;
        using var packed = File.OpenRead(Path.Combine(FindRoot(), "vectors", "server", name));
        using GZipStream tar = new(packed, CompressionMode.Decompress);
        TarFile.ExtractToDirectory(tar, folder, overwriteFiles: false);
        return folder;
    }

    // Everything but the database, which goes on, and the lock of who runs.
    static List<(string Name, byte[] Bytes)> Tree(string folder) =>
        [.. Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Where(path => !Path.GetFileName(path).StartsWith("offproof.db", StringComparison.Ordinal) && Path.GetFileName(path) is not "server.lock").Select(path => (Path.GetRelativePath(folder, path), File.ReadAllBytes(path)))];

    static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Offproof.slnx"))) folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("no Offproof.slnx above the tests");
    }
}
