using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace Offproof.Vault.Tests.Vectors;

/// <summary>vectors/vault: files made without this project's code, and a small repository kept as bytes.</summary>
public sealed class ByHandTests
{
    internal static string Folder([CallerFilePath] string here = "")
    {
        // PathMap hides the real place of the source, so the folder is looked for upwards.
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (Directory.Exists(Path.Combine(folder.FullName, "vectors", "vault"))) return Path.Combine(folder.FullName, "vectors", "vault");
        throw new DirectoryNotFoundException($"vectors/vault is nowhere above {AppContext.BaseDirectory} ({here})");
    }

    [Fact]
    public async Task Every_intermediate_value_of_the_worked_example_comes_out()
    {
        using JsonDocument document = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(Folder(), "by-hand.json")));
        JsonElement root = document.RootElement;
        using VaultPassword password = VaultPassword.FromText(root.GetProperty("password").GetString()!);

        byte[] keyFile = Encoding.UTF8.GetBytes(root.GetProperty("keyFile").GetProperty("text").GetString()!);
        Assert.Equal(root.GetProperty("keyFile").GetProperty("name").GetString(), ContentId.Of(keyFile).ToString());
        Assert.True(KeyFile.Parse(keyFile).TryOpen(password, out MasterKey? master));
        using MasterKey key = master!;
        Assert.Equal(root.GetProperty("masterKey").GetProperty("json").GetString(), Encoding.UTF8.GetString(key.ToJson()));

        JsonElement config = root.GetProperty("config");
        byte[] configFile = Convert.FromHexString(config.GetProperty("file").GetString()!);
        ConfigFile opened = ConfigFile.Open(configFile, key);
        Assert.Equal((2, "3da3358b4dc173"), (opened.Version, opened.Polynomial.ToString()));

        using Sealer sealer = key.NewSealer();
        byte[] json = Encoding.UTF8.GetBytes(config.GetProperty("json").GetString()!), again = new byte[json.Length + 32];
        sealer.SealWith(Convert.FromHexString(config.GetProperty("iv").GetString()!), json, again);
        Assert.Equal(configFile, again);

        JsonElement pack = root.GetProperty("pack");
        byte[] packFile = Convert.FromHexString(pack.GetProperty("file").GetString()!);
        Assert.Equal(pack.GetProperty("name").GetString(), ContentId.Of(packFile).ToString());
        BlobEntry[] entries = PackHeader.Open(packFile, sealer);
        byte[] header = new byte[PackHeader.SizeOf(entries)];
        PackHeader.Write(entries, header);
        Assert.Equal(pack.GetProperty("header").GetString(), Convert.ToHexStringLower(header));
        Assert.Equal(packFile.Length, PackHeader.PackSize(entries));
        int i = 0;
        foreach (JsonElement blob in pack.GetProperty("blobs").EnumerateArray())
        {
            Assert.Equal((blob.GetProperty("offset").GetUInt32(), blob.GetProperty("length").GetUInt32(), blob.GetProperty("id").GetString()), (entries[i].Offset, entries[i].Length, entries[i].Id.ToString()));
            using Workbench bench = new(key);
            byte[] plain = new byte[entries[i].ContentLength];
            bench.Open(entries[i], packFile.AsSpan((int)entries[i].Offset, (int)entries[i].Length), plain);
            Assert.Equal(blob.GetProperty("plain").GetString(), Convert.ToHexStringLower(plain));
            i++;
        }
        Assert.Equal(2, i);
    }

    [Fact]
    public async Task The_small_repository_opens_checks_and_restores()
    {
        using Scratch scratch = new();
        using VaultPassword password = VaultPassword.FromFile(Path.Combine(Folder(), "small.password.txt"));
        await using Repository repository = await Repository.OpenAsync(new FolderStorage(Path.Combine(Folder(), "small")), password, new VaultOptions { ReadWithoutLock = true });
        CheckReport report = await repository.CheckAsync(readData: true);
        Assert.True(report.Sound, string.Join('\n', report.Errors));
        Assert.Empty(report.Notices);
        Snapshot snapshot = Assert.Single(await repository.SnapshotsAsync());
        Assert.Equal("/photos", Assert.Single(snapshot.Paths));
        Assert.Equal(("offproof", ""), (snapshot.HostName, snapshot.UserName));
        Assert.True((await repository.RestoreAsync(snapshot, scratch.Path)).Complete);
        Assert.Equal("not really a photo\n", await File.ReadAllTextAsync(scratch["photos/camera/DCIM/IMG_0001.jpg"]));
        Assert.Equal("é😀", await File.ReadAllTextAsync(scratch["photos/camera/DCIM/\u200Dname é😀.jpg"]));
    }
}
