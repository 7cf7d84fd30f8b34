namespace Offproof.Vault;

/// <summary>What every failure of this engine derives from. Nothing that was stored before it happened is lost by it.</summary>
public abstract class VaultException : Exception
{
    private protected VaultException(string message, Exception? inner = null) : base(message, inner) { }
}

/// <summary>No key file opens with this password. The vault is untouched; another password may still open it.</summary>
public sealed class WrongPasswordException(string message) : VaultException(message);

/// <summary>There is no vault at this place: the file <c>config</c> is absent. Nothing was created.</summary>
public sealed class VaultNotFoundException(string message) : VaultException(message);

/// <summary>A different vault already lives at this place. It was not changed.</summary>
public sealed class VaultExistsException(string message) : VaultException(message);

/// <summary>Bytes do not match their name, their tag or their grammar. Never retried. Other files, blobs and snapshots can still be read.</summary>
public sealed class CorruptVaultException(string what, Exception? inner = null) : VaultException(what, inner);

/// <summary>The config or key file is genuine in form but is not the one that was pinned (<see cref="VaultOptions"/>): somebody swapped the vault.</summary>
public sealed class SubstitutedVaultException(string message) : VaultException(message);

/// <summary>A file asks for more memory or work than a reader may spend. Nothing was computed; other keys of the vault may still work.</summary>
public sealed class HostileParametersException(string message) : VaultException(message);

/// <summary>Another program holds an exclusive lock, or the server is in maintenance. Nothing was written; try again later.</summary>
public sealed class VaultLockedException(string message) : VaultException(message);

/// <summary>What the storage seam reports. The repository is as it was, apart from files that nothing refers to yet.</summary>
public abstract class StorageException : VaultException
{
    private protected StorageException(string message, Exception? inner = null) : base(message, inner) { }
}

/// <summary>Disk full or quota reached. Everything acknowledged before is safe; a backup resumes where the last saved index ends.</summary>
public sealed class StorageFullException(string message, Exception? inner = null) : StorageException(message, inner);

/// <summary>The storage gave no answer within the bounded retries. A later run resumes.</summary>
public sealed class StorageUnreachableException(string message, Exception? inner = null) : StorageException(message, inner);

/// <summary>The storage answered that it will not: no permission, or the vault was erased. Retrying does not help.</summary>
public sealed class StorageRefusedException(string message, int? status = null, Exception? inner = null) : StorageException(message, inner)
{
    /// <summary>The HTTP status, where there was one.</summary>
    public int? Status { get; } = status;

    /// <summary>The server says that the vault was erased (410).</summary>
    public bool Gone => Status == 410;
}

/// <summary>A file that should be there is not. For a whole vault see <see cref="VaultNotFoundException"/>.</summary>
public sealed class StorageFileMissingException(string message, Exception? inner = null) : StorageException(message, inner);
