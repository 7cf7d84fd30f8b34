using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Offproof.Consent;
using Offproof.Vault;

namespace Offproof.Device;

/// <summary>
/// <c>vaults/CATEGORY/</c>: there only while the category is on or paused. Holds the password, the vault's first two files until the server has
/// them, the sealed password, the mark <c>ready</c> and what the last backup did. Destroying it is what `off` does on this device.
/// </summary>
internal sealed class VaultFolder(HomeFolder home, Category category)
{
    internal string Root { get; } = System.IO.Path.Combine(home.Vaults, category.Name());

    internal bool Exists => Directory.Exists(Root);

    /// <summary>True once grant, sealed password, config and key file are all acknowledged by the server.</summary>
    internal bool IsReady => File.Exists(PathOf("ready"));

    internal bool IsPaused
    {
        get => File.Exists(PathOf("paused"));
        set
        {
            if (value) HomeFolder.Write(PathOf("paused"), []);
            else File.Delete(PathOf("paused"));
        }
    }

    internal void MarkReady() => HomeFolder.Write(PathOf("ready"), []);

    internal VaultPassword OpenPassword() => VaultPassword.FromFile(PathOf("password"));

    internal byte[] Config => File.ReadAllBytes(PathOf("config"));

    internal byte[] Key => File.ReadAllBytes(PathOf("key"));

    internal byte[] SealedPassword => File.ReadAllBytes(PathOf("password.age"));

    internal LastBackup? LastBackup
    {
        get => File.Exists(PathOf("last.json")) ? HomeJson.Read(PathOf("last.json"), HomeJson.Default.LastBackup) : null;
        set => HomeFolder.Write(PathOf("last.json"), JsonSerializer.SerializeToUtf8Bytes(value, HomeJson.Default.LastBackup!));
    }

    /// <summary>Makes a password and a vault's first two files, under another name until all are whole.</summary>
    internal void Create(AgeRecipient recipient, TimeProvider time)
    {
        string temporary = Root + ".new";
        if (Directory.Exists(temporary)) Directory.Delete(temporary, recursive: true);
        HomeFolder.CreatePrivateFolder(temporary);
        using VaultPassword password = VaultPassword.Random();
        NewVault vault = NewVault.Create(password, time);
        byte[] plain = Encoding.ASCII.GetBytes(password.Reveal());
        try
        {
            HomeFolder.Write(System.IO.Path.Combine(temporary, "password"), plain);
            HomeFolder.Write(System.IO.Path.Combine(temporary, "password.age"), AgeFile.Seal(plain, recipient));
            HomeFolder.Write(System.IO.Path.Combine(temporary, "config"), vault.ConfigFile);
            HomeFolder.Write(System.IO.Path.Combine(temporary, "key"), vault.KeyFile);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
        Directory.Move(temporary, Root);
    }

    /// <summary>
    /// Overwrites the password, then deletes everything. On flash storage the overwriting is not certain to reach the old cells; what
    /// makes the vault unreadable for this device is that its grant is revoked as well.
    /// </summary>
    internal void Destroy()
    {
        if (!Exists) return;
        string password = PathOf("password");
        if (File.Exists(password))
        {
            using FileStream stream = new(password, FileMode.Open, FileAccess.Write);
            stream.Write(new byte[stream.Length]);
            stream.Flush(flushToDisk: true);
        }
        Directory.Delete(Root, recursive: true);
    }

    /// <summary>Only one backup of a category runs at a time.</summary>
    internal FileStream LockForBackup()
    {
        try
        {
            return new FileStream(PathOf("backup.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (Exists)
        {
            throw new DeviceException(DeviceFault.Failure, $"a backup of {category.Name()} is already running", "wait until it has ended", e);
        }
    }

    private string PathOf(string name) => System.IO.Path.Combine(Root, name);
}
