using Offproof.Consent;

namespace Offproof.Server;

/// <summary>protocol.md §3: a grant turns a category on, a revocation turns it off.</summary>
sealed class SwitchRecords(Intake intake, VaultStore vaults, Clerk clerk)
{
    internal async Task<IResult?> TakeAsync(SignedRecord record, Signer signer) =>
        Grant.TryVerify(record, signer.Key, clerk.Server, out var grant) ? TakeGrant(record, signer, grant)
        : Revocation.TryVerify(record, signer.Key, clerk.Server, out var revocation) ? await TakeRevocationAsync(record, signer, revocation)
        : null;

    IResult TakeGrant(SignedRecord record, Signer signer, Grant grant) =>
        intake.Take(new(record, signer, grant.Account, new(grant.Seq, grant.Prev)), (_, _) =>
        {
            VaultAddress address = new(grant.Account, grant.Device, grant.Category, grant.Epoch);
            if (!vaults.CanOpen(address)) return Refusal.Epoch;
            if (!vaults.HasRoom(grant.Account)) return Refusal.Full;
            vaults.Add(address, record.Hash, grant.Vault);
            return ReceiptState.On;
        }).Answer!;

    // The gate keeps publishing out while the revocation is committed (protocol.md §7.7), so what is visible when the receipt leaves is all there will be.
    async Task<IResult> TakeRevocationAsync(SignedRecord record, Signer signer, Revocation revocation)
    {
        VaultAddress address = new(revocation.Account, revocation.Device, revocation.Category, revocation.Epoch);
        // Without a vault there is nothing to revoke, also if its grant is taken while this is being looked at: then the revocation came first. Were it
        // committed here, outside the gate, the vault that others found meanwhile would stay open.
        if (vaults.Find(address) is not { } vault) return Revoke(granted: false).Answer!;
        // Not cancelled with the request: a revocation that arrived takes effect also when its sender hangs up.
        using (await vault.EnterAsync(CancellationToken.None))
        {
            var taken = Revoke(granted: true);
            if (taken.Now) vault.Become(vaults.StateOf(address));
            return taken.Answer!;
        }

        Taken Revoke(bool granted) => intake.Take(
            new(record, signer, revocation.Account, new(revocation.Seq, revocation.Prev)),
            (_, _) => granted && vaults.TryRevoke(address, revocation.Grant) ? ReceiptState.Kept : Refusal.Epoch);
    }
}
