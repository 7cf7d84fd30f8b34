using Offproof.Vault;

namespace Offproof.Device;

/// <summary>A vault, and all that it takes to open it. Password and storage are the caller's.</summary>
internal sealed record OpenableVault(IVaultStorage Storage, VaultPassword Password, VaultOptions Pins, int Epoch)
{
    /// <summary>Which other epochs hold snapshots: asked where this one has none. Null where nobody here can tell, as without the sheet.</summary>
    internal Func<CancellationToken, Task<IReadOnlyList<int>>>? Elsewhere { get; init; }
}
