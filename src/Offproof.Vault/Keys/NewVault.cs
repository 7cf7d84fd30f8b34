namespace Offproof.Vault;

/// <summary>
/// A vault that exists in memory only, so that a record can carry the hashes of its two first files before a server has seen them (vault.md §2.4).
/// </summary>
public sealed class NewVault
{
    NewVault(byte[] configFile, byte[] keyFile)
    {
        ConfigFile = configFile;
        KeyFile = keyFile;
        ConfigSha256 = ContentId.Of(configFile).ToString();
        KeyName = ContentId.Of(keyFile).ToString();
    }

    /// <summary>Random master key, id and polynomial; the key file opens with the password.</summary>
    public static NewVault Create(VaultPassword password, TimeProvider time)
    {
        using MasterKey master = MasterKey.Random();
        return new NewVault(Offproof.Vault.ConfigFile.Random().Seal(master), Offproof.Vault.KeyFile.Create(master, password, time.GetUtcNow()));
    }

    /// <summary>From bytes saved earlier, to resume <see cref="WriteAsync"/>. Nothing is opened; the hashes are those of the bytes.</summary>
    public static NewVault FromSaved(byte[] configFile, byte[] keyFile) => new([.. configFile], [.. keyFile]);

    /// <summary>The bytes of <c>config</c>.</summary>
    public byte[] ConfigFile { get; }

    /// <summary>Their SHA-256, 64 lower-case hexadecimal digits.</summary>
    public string ConfigSha256 { get; }

    /// <summary>The bytes of the first key file.</summary>
    public byte[] KeyFile { get; }

    /// <summary>Its name: the SHA-256 of its bytes, 64 lower-case hexadecimal digits.</summary>
    public string KeyName { get; }

    /// <summary>
    /// Stores key file and config, the config last: a place without one is not a vault yet. Identical files that are already there count as written, so it
    /// can be repeated after any failure.
    /// </summary>
    /// <exception cref="VaultExistsException">Another config lies there.</exception>
    public async Task WriteAsync(IVaultStorage storage, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(storage);
        await storage.CreateAsync(ct).ConfigureAwait(false);
        if (await storage.FindAsync(VaultFile.Config, ct).ConfigureAwait(false) is not null)
        {
            byte[] there = await storage.ReadAsync(VaultFile.Config, Offproof.Vault.ConfigFile.MostBytes, ct).ConfigureAwait(false);
            if (!there.AsSpan().SequenceEqual(ConfigFile)) throw new VaultExistsException("another vault already lives at this place; it was not changed");
        }
        await storage.WriteAsync(new VaultFile(VaultFileKind.Keys, KeyName), KeyFile, ct).ConfigureAwait(false);
        await storage.WriteAsync(VaultFile.Config, ConfigFile, ct).ConfigureAwait(false);
    }
}
