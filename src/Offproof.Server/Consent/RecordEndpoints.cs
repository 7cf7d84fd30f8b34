using System.Text;
using Offproof.Consent;

namespace Offproof.Server;

/// <summary>protocol.md §3: grants and revocations. The record authenticates itself.</summary>
sealed class RecordEndpoints(AccountStore accounts, RecordStore records, VaultStore vaults, Database database, Clerk clerk)
{
    // consent.md §1.1
    internal const int MaxRecord = 65_536;

    internal void Map(IEndpointRouteBuilder routes) => routes.MapPost("/v1/records", Answers.Route(TakeAsync));

    async Task<IResult> TakeAsync(HttpContext context)
    {
        byte[]? body = await Answers.ReadBodyAsync(context, MaxRecord);
        if (body is null) return Answers.Refuse(Refusal.TooLarge);
        if (!SignedRecord.TryParse(Encoding.Latin1.GetString(body), out var record) || !Answers.TryReadLedger(context.Request, out var ledger))
            return Answers.Refuse(Refusal.Malformed);
        if (accounts.FindKey(record.Kid) is not { } key) return Answers.Refuse(Refusal.NotAccepted);

        if (Grant.TryVerify(record, key, clerk.Server, out var grant)) return TakeGrant(new(record, ledger), grant);
        if (Revocation.TryVerify(record, key, clerk.Server, out var revocation)) return await TakeRevocationAsync(new(record, ledger), revocation);
        return Answers.Refuse(Refusal.NotAccepted);
    }

    IResult TakeGrant(Arrival arrival, Grant grant) => Take(arrival, grant.Account, grant.Device, grant.Seq, grant.Prev, ReceiptState.On, () =>
    {
        VaultAddress address = new(grant.Account, grant.Device, grant.Category, grant.Epoch);
        if (!vaults.CanOpen(address)) return Refusal.Epoch;
        vaults.Add(address, arrival.Record.Hash, grant.Vault);
        return null;
    }).Answer;

    // The gate keeps publishing out while the revocation is committed (protocol.md §7.7), so what is visible when the receipt leaves is all there will be.
    async Task<IResult> TakeRevocationAsync(Arrival arrival, Revocation revocation)
    {
        VaultAddress address = new(revocation.Account, revocation.Device, revocation.Category, revocation.Epoch);
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
            arrival,
            revocation.Account,
            revocation.Device,
            revocation.Seq,
            revocation.Prev,
            ReceiptState.Kept,
            () => granted && vaults.TryKeep(address, revocation.Grant) ? null : Refusal.Epoch);
    }

    (IResult Answer, bool Taken) Take(
        Arrival arrival, Thumbprint account, Thumbprint device, long seq, Digest prev, ReceiptState state, Func<Refusal?> apply)
    {
        var record = arrival.Record;
        var receipt = clerk.Receipt(record, account, device, state, arrival.Ledger);
        return database.InTransaction<(IResult Answer, bool Taken)>(
            () =>
            {
                if (!accounts.HasDevice(account, device)) return (Answers.Refuse(Refusal.NotAccepted), false);
                if (records.FindReceipt(account, device, record.Hash) is { } first) return (Answers.Record(first, first: false), false);
                if (!records.IsNext(account, device, seq, prev)) return (Answers.Refuse(Refusal.NotNext), false);
                if (apply() is { } why) return (Answers.Refuse(why), false);
                records.Add(account, device, seq, record, receipt);
                return (Answers.Record(receipt.Compact, first: true), true);
            },
            result => result.Taken);
    }
}

/// <summary>A record, and the head of the ledger that came with it.</summary>
readonly record struct Arrival(SignedRecord Record, LedgerHead? Ledger);
