using System.Text;
using Offproof.Consent;

namespace Offproof.Server;

/// <summary>protocol.md §3: grants and revocations. The record authenticates itself.</summary>
sealed class RecordEndpoints(AccountStore accounts, RecordStore records, VaultStore vaults, Throttle throttle, Database database, Clerk clerk)
{
    // consent.md §1.1
    internal const int MaxRecord = 65_536;

    internal void Map(IEndpointRouteBuilder routes) => routes.MapPost("/v1/records", Answers.Route(TakeAsync));

    async Task<IResult> TakeAsync(HttpContext context)
    {
        byte[]? body = await Answers.ReadBodyAsync(context, MaxRecord);
        if (body is null) return Answers.Refuse(Refusal.TooLarge);
        if (!SignedRecord.TryParse(Encoding.Latin1.GetString(body), out var record)) return Answers.Refuse(Refusal.Malformed);
        if (accounts.FindSigner(record, clerk.Public) is not { } key) return Answers.Refuse(Refusal.NotAccepted);

        if (Grant.TryVerify(record, key, clerk.Server, out var grant)) return TakeGrant(context, record, grant);
        if (Revocation.TryVerify(record, key, clerk.Server, out var revocation)) return await TakeRevocationAsync(context, record, revocation);
        return Answers.Refuse(Refusal.NotAccepted);
    }

    IResult TakeGrant(HttpContext context, SignedRecord record, Grant grant)
    {
        VaultAddress address = new(grant.Account, grant.Device, grant.Category, grant.Epoch);
        KnowCaller(context, address);
        // Also of a suspended account (protocol.md §12): a link that is refused keeps out the revocations behind it.
        return Take(record, grant.Account, grant.Device, grant.Seq, grant.Prev, ReceiptState.On, () =>
        {
            if (!vaults.CanOpen(address)) return Answers.Refuse(Refusal.Epoch);
            if (throttle.TakeGrant(context, grant.Account) is { } slow) return slow;
            vaults.Add(address, record.Hash, grant.Vault);
            return null;
        }).Answer;
    }

    // It verified, and its signer is of that account: what is refused from here on is the owner's to see (protocol.md §13).
    void KnowCaller(HttpContext context, VaultAddress address)
    {
        if (accounts.HasDevice(address.Account, address.Device)) new Caller(address.Account, address.Device, address.Category, address.Epoch).Sign(context);
    }

    // The gate keeps publishing out while the revocation is committed (protocol.md §7.7), so what is visible when the receipt leaves is all there will be.
    async Task<IResult> TakeRevocationAsync(HttpContext context, SignedRecord record, Revocation revocation)
    {
        VaultAddress address = new(revocation.Account, revocation.Device, revocation.Category, revocation.Epoch);
        KnowCaller(context, address);
        // Without a vault there is nothing to revoke, also if its grant is taken while this is being looked at: then the revocation came first. Were it
        // committed here, outside the gate, the vault that others found meanwhile would stay open.
        if (vaults.Find(address) is not { } vault) return Revoke(granted: false).Answer;
        // Not cancelled with the request: a revocation that arrived takes effect also when its sender hangs up.
        using (await vault.EnterAsync(CancellationToken.None))
        {
            var (answer, taken) = Revoke(granted: true);
            if (taken) vault.Close();
            return answer;
        }

        (IResult Answer, bool Taken) Revoke(bool granted) => Take(
            record,
            revocation.Account,
            revocation.Device,
            revocation.Seq,
            revocation.Prev,
            ReceiptState.Kept,
            () => granted && vaults.TryKeep(address, revocation.Grant) ? null : Answers.Refuse(Refusal.Epoch));
    }

    (IResult Answer, bool Taken) Take(
        SignedRecord record, Thumbprint account, Thumbprint device, long seq, Digest prev, ReceiptState state, Func<IResult?> apply)
    {
        var receipt = clerk.Receipt(record, account, device, state);
        return database.InTransaction<(IResult Answer, bool Taken)>(
            () =>
            {
                if (!accounts.HasDevice(account, device)) return (Answers.Refuse(Refusal.NotAccepted), false);
                if (records.FindReceipt(account, device, record.Hash) is { } first) return (Answers.Record(first, first: false), false);
                if (!records.IsNext(account, device, seq, prev)) return (Answers.Refuse(Refusal.NotNext), false);
                if (apply() is { } refused) return (refused, false);
                records.Add(account, device, seq, record, receipt);
                return (Answers.Record(receipt.Compact, first: true), true);
            },
            result => result.Taken);
    }
}
