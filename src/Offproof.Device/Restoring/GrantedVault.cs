using Offproof.Consent;

namespace Offproof.Device;

/// <summary>What the records say of a vault.</summary>
internal enum VaultState
{
    /// <summary>Its device may add to it.</summary>
    On,

    /// <summary>Over; what is stored stays.</summary>
    Kept,

    /// <summary>Nobody reads it, and it is deleted when <see cref="GrantedVault.Due"/> comes, unless the sheet cancels that; or the sheet asked, and the server has not signed yet that it did.</summary>
    Closed,

    /// <summary>The server signed that it deleted it.</summary>
    Erased,
}

/// <summary>One vault that the account's owner granted, as the records prove it.</summary>
/// <param name="Address">Whose, which category and epoch</param>
/// <param name="Hashes">What its grant ties it to</param>
/// <param name="Grant">The record hash of its grant</param>
/// <param name="State">What the records after it say</param>
internal sealed record GrantedVault(VaultAddress Address, VaultHashes Hashes, Digest Grant, VaultState State)
{
    /// <summary>The erasure that closed or erased it; null before.</summary>
    internal Digest? Erasure { get; init; }

    /// <summary>The sheet signed that: nothing cancels it.</summary>
    internal bool ErasedBySheet { get; init; }

    /// <summary>While closed: when it is deleted; null where the server shows no receipt. Erased: when that was done.</summary>
    internal DateTimeOffset? Due { get; init; }

    internal bool CanBeRead => State is VaultState.On or VaultState.Kept;
}
