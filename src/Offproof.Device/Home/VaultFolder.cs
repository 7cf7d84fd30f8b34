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

    /// <summary>What the server gets before anything else.</summary>
    internal FirstFiles FirstFiles => new(File.ReadAllBytes(PathOf("config")), File.ReadAllBytes(PathOf("key")), File.ReadAllBytes(PathOf("password.age")));

    /// <summary>True if this is the vault of that grant, whole. It is not after the folder was lost, or taken from an older copy of the home.</summary>
    internal bool Holds(Grant grant)
    {
        try
        {
            return File.Exists(PathOf("password")) && FirstFiles.Hashes == grant.Vault;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
    }

    /// <summary>Whom its password was sealed to; null where an earlier version made it, which knew one sheet alone.</summary>
    internal string? Recipient => File.Exists(PathOf("recipient")) ? File.ReadAllText(PathOf("recipient")).Trim() : null;

    internal LastBackup? LastBackup
    {
        get => File.Exists(PathOf("last.json")) ? HomeJson.Read(PathOf("last.json"), HomeJson.Default.LastBackup) : null;
        set => HomeFolder.Write(PathOf("last.json"), JsonSerializer.SerializeToUtf8Bytes(value, HomeJson.Default.LastBackup!));
    }

    /// <summary>When the last backup ended well; null where there was none, or what says so cannot be read.</summary>
    internal DateTimeOffset? LastGood
    {
        get
        {
            try
            {
                return LastBackup?.Time;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or DeviceException)
            {
                return null; // gone in between, or damaged: the next backup writes it anew
            }
        }
    }

    /// <summary>When the turning on was complete; the year 1601 where it is not on.</summary>
    internal DateTime TurnedOn => File.GetLastWriteTimeUtc(PathOf("ready"));

    internal DateTimeOffset? LastGoodOrTurnedOn => LastGood ?? (IsReady ? new DateTimeOffset(TurnedOn) : null);

    internal RunState? RunState
    {
        get
        {
            try
            {
                return File.Exists(PathOf("run.json")) ? HomeJson.Read(PathOf("run.json"), HomeJson.Default.RunState) : null;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or DeviceException)
            {
                return null;
            }
        }
        set => HomeFolder.Write(PathOf("run.json"), JsonSerializer.SerializeToUtf8Bytes(value, HomeJson.Default.RunState!));
    }

    /// <summary>Makes a password and a vault's first two files, under another name until all are whole.</summary>
    internal void Create(AgeRecipient recipient, TimeProvider time)
    {
        string temporary = InPassing("new");
        HomeFolder.CreatePrivateFolder(temporary);
        using VaultPassword password = VaultPassword.Random();
        NewVault vault = NewVault.Create(password, time);
        byte[] plain = Encoding.ASCII.GetBytes(password.Reveal());
        try
        {
            HomeFolder.Write(System.IO.Path.Combine(temporary, "password"), plain);
            HomeFolder.Write(System.IO.Path.Combine(temporary, "password.age"), AgeFile.Seal(plain, recipient));
            HomeFolder.Write(System.IO.Path.Combine(temporary, "recipient"), Encoding.ASCII.GetBytes(recipient.ToString() + "\n"));
            HomeFolder.Write(System.IO.Path.Combine(temporary, "config"), vault.ConfigFile);
            HomeFolder.Write(System.IO.Path.Combine(temporary, "key"), vault.KeyFile);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
        Directory.Move(temporary, Root);
        DirectorySync.Flush(home.Vaults);
    }

    /// <summary>
    /// Takes the folder's name away first, in one step, so that from then on the category is off for every command, then overwrites the password and
    /// deletes everything. A crash in between leaves a folder that the next command removes. On flash storage the overwriting is not certain to reach
    /// the old cells; what makes the vault unreadable for this device is that its grant is revoked as well. The home's lock is held, where it can be.
    /// </summary>
    /// <returns>Where the password still lies, which could not be destroyed; null where none is left.</returns>
    internal string? Destroy()
    {
        if (Exists)
        {
            string gone = InPassing("gone");
            try
            {
                Directory.Move(Root, gone);
                DirectorySync.Flush(home.Vaults);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                if (!Directory.Exists(gone)) gone = Root; // a folder that cannot be renamed keeps no key either
            }
            TryWipe(gone);
        }
        foreach (string earlier in Gone()) TryWipe(earlier);
        return KeyLeft;
    }

    /// <summary>The same where something of its place is to be made next: a key that stays would be taken for the new one.</summary>
    internal void Clear()
    {
        if (Destroy() is { } left) throw new DeviceException(DeviceFault.Failure, $"an earlier key of {category.Name()} could not be destroyed: it lies in {left}", "delete that folder as the user whom it belongs to, then try again");
    }

    /// <summary>Where a password lies that was to be destroyed, or may: in a folder that cannot be looked into, it does as far as anybody can tell.</summary>
    internal string? KeyLeft => ((string[])[Root, .. Gone()]).Where(MayHoldKey).Select(static folder => System.IO.Path.Combine(folder, "password")).FirstOrDefault();

    /// <summary>Overwrites the password in a folder and deletes the folder. A folder that is a link elsewhere loses the password there.</summary>
    internal static void Wipe(string folder)
    {
        string password = System.IO.Path.Combine(folder, "password");
        if (File.Exists(password))
        {
            try
            {
                using FileStream stream = new(password, FileMode.Open, FileAccess.Write);
                stream.Write(new byte[stream.Length]);
                stream.Flush(flushToDisk: true);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // What may not be written can still be deleted: that needs the folder alone.
            }
            File.Delete(password);
        }
        Directory.Delete(folder, recursive: true);
    }

    private static void TryWipe(string folder)
    {
        try
        {
            Wipe(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Whether a password is left is what counts: KeyLeft looks.
        }
    }

    private static bool MayHoldKey(string folder)
    {
        try
        {
            return Directory.EnumerateFileSystemEntries(folder, "password").Any();
        }
        catch (DirectoryNotFoundException)
        {
            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    private string[] Gone()
    {
        try
        {
            return Directory.GetDirectories(home.Vaults, $".gone-{category.Name()}-*");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Only one backup of a category runs at a time.</summary>
    internal FileStream LockForBackup()
    {
        try
        {
            // Beside the folders, so that `off` can take one away under a backup that is running.
            return new FileStream(System.IO.Path.Combine(home.Root, $".backup-{category.Name()}"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new DeviceException(DeviceFault.Failure, $"a backup of {category.Name()} is already running", "wait until it has ended", e);
        }
    }

    private string InPassing(string way) => System.IO.Path.Combine(home.Vaults, $".{way}-{category.Name()}-{Guid.NewGuid():N}");

    private string PathOf(string name) => System.IO.Path.Combine(Root, name);
}

/// <summary>A vault's config and key file, and its password sealed to the sheet: what a grant names by their hashes.</summary>
internal sealed record FirstFiles(byte[] Config, byte[] Key, byte[] SealedPassword)
{
    internal VaultHashes Hashes => new(Digest.Of(Config), Digest.Of(Key), Digest.Of(SealedPassword));
}
