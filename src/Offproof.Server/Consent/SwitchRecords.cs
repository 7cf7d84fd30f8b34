using Offproof.Consent;

namespace Offproof.Server;

/// <summary>protocol.md §3: a grant turns a category on, a revocation turns it off.</summary>
sealed class SwitchRecords(Intake intake, VaultStore vaults, Suspensions suspensions, Throttle throttle, Clerk clerk)
{
    internal async Task<IResult?> TakeAsync(Letter letter) =>
        Grant.TryVerify(letter.Record, letter.Signer.Key, clerk.Server, out var grant) ? TakeGrant(letter, grant)
        : Revocation.TryVerify(letter.Record, letter.Signer.Key, clerk.Server, out var revocation) ? await TakeRevocationAsync(letter, revocation)
        : null;

    IResult TakeGrant(Letter letter, Grant grant)
    {
        VaultAddress address = new(grant.Account, grant.Device, grant.Category, grant.Epoch);
        return intake.Take(new(letter, grant.Account, new(grant.Seq, grant.Prev)) { About = address }, (_, _) =>
        {
            if (suspensions.Of(grant.Account) != Standing.Good) return Refusal.Suspended;
            if (!vaults.CanOpen(address)) return Refusal.Epoch;
            if (!vaults.HasRoom(grant.Account)) return Refusal.Full;
            if (throttle.TakeGrant(letter.Context, grant.Account) is { } slow) return Outcome.Refused(slow);
            vaults.Add(address, letter.Record.Hash, grant.Vault);
            return ReceiptState.On;
        }).Answer!;
    }

    // The gate keeps publishing out while the revocation is committed (protocol.md §7.7), so what is visible when the receipt leaves is all there will be.
    async Task<IResult> TakeRevocationAsync(Letter letter, Revocation revocation)
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
            new(letter, revocation.Account, new(revocation.Seq, revocation.Prev)) { About = address },
            (_, _) => granted && vaults.TryRevoke(address, revocation.Grant) ? ReceiptState.Kept : Refusal.Epoch);
    }
}
