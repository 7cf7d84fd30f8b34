using System.Globalization;
using Offproof.Consent;

namespace Offproof.Device;

public sealed partial class DeviceHome
{
    private readonly List<string> notices = [];

    /// <summary>What came to light about the server since this home was opened, and cost nothing: that it had been set back.</summary>
    public IReadOnlyList<string> Notices => notices;

    /// <summary>Tells the server of categories that were turned off while it could not be told. Opens no connection where there are none.</summary>
    /// <returns>Why it could not be told; null where it knows.</returns>
    public async Task<string?> TellAsync(CancellationToken cancel)
    {
        RecordChain chain = Chain();
        if (chain.Links.All(static link => link.IsTold || link.Revocation is null)) return null;
        try
        {
            await TellAsync(chain, cancel).ConfigureAwait(false);
            return null;
        }
        catch (DeviceException e) when (e.Fault != DeviceFault.Forgery)
        {
            return e.Message;
        }
    }

    /// <summary>
    /// Sends the records that the server has not acknowledged yet, in order. The home's lock is not held: a record sent twice is acknowledged twice with the
    /// same receipt, and `off` must not wait for a server. Where the server's chain turns out to be another than ours, the two are brought together.
    /// </summary>
    /// <returns>The chain as it is then.</returns>
    private async Task<RecordChain> TellAsync(RecordChain chain, CancellationToken cancel)
    {
        try
        {
            await SendRecordsAsync(chain.Links.Where(static link => !link.IsTold), cancel).ConfigureAwait(false);
            return chain;
        }
        catch (DeviceException e) when (e.Problem is "not-next" or "epoch" or "not-accepted")
        {
            return await ReconcileAsync(cancel).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// After either side was restored from an older copy: the server gets everything again that this device holds (it is all idempotent), and the device
    /// takes over what the server holds beyond that and what verifies as this device's own (protocol.md §3). Nothing turns on by it: a grant whose key is
    /// not here is ended.
    /// </summary>
    private async Task<RecordChain> ReconcileAsync(CancellationToken cancel)
    {
        RecordChain chain = Chain();
        (_, bool accountForgotten) = await server.OpenAccountAsync(AccountRequest(Key(account.SheetKey, home.Account), chain.Certificate), cancel).ConfigureAwait(false);
        int forgotten = accountForgotten ? 1 : 0;
        try
        {
            forgotten += await SendRecordsAsync(chain.Links, cancel).ConfigureAwait(false);
        }
        catch (DeviceException e) when (e.Problem is "not-next" or "epoch")
        {
            // The server has another link in this place: which one, it says below.
        }
        if (forgotten > 0)
        {
            notices.Add(string.Create(CultureInfo.InvariantCulture,
                $"the server had forgotten {forgotten} {(forgotten == 1 ? "record" : "records")} that it had acknowledged: it was set back to an older state. All was sent again; ask its operator what happened"));
        }
        Token token = await TokenAsync(null, null, cancel).ConfigureAwait(false);
        RecoveryAnswer answer = await server.RecoveryAsync(AccountId, token, cancel).ConfigureAwait(false);
        using (home.Lock(time, cancel))
        {
            chain = Chain();
            if (chain.Adopt(answer.Records, deviceKey.Public, serverKey.Thumbprint))
                foreach (Category category in Categories.All) EndWhatHasNoKey(chain, category);
        }
        await SendRecordsAsync(chain.Links.Where(static link => !link.IsTold), cancel).ConfigureAwait(false);
        return chain;
    }

    /// <returns>How many of them the server had acknowledged and met for the first time now.</returns>
    private async Task<int> SendRecordsAsync(IEnumerable<Link> links, CancellationToken cancel)
    {
        int forgotten = 0;
        foreach (Link link in links)
        {
            (string receipt, bool first) = await server.SendRecordAsync(link.Record, cancel).ConfigureAwait(false);
            Receipt signed = RequireReceipt(receipt, link.Record, link.Grant is not null ? ReceiptState.On : ReceiptState.Kept);
            if (first) Anchors.RequireShown(ledger, signed.Ledger);
            if (!link.IsTold) RecordChain.Told(link, receipt);
            else if (first) forgotten++;
        }
        return forgotten;
    }

    private Receipt RequireReceipt(string compact, SignedRecord record, ReceiptState state)
    {
        if (!SignedRecord.TryParse(compact, out SignedRecord? signed)
            || !Receipt.TryVerify(signed, serverKey, deviceKey.Thumbprint, out Receipt? receipt)
            || receipt.Record != record.Hash || receipt.State != state)
        {
            throw new DeviceException(DeviceFault.Forgery, "the server's receipt is not for what was sent", "the record stays here and is sent again");
        }
        return receipt;
    }

    /// <summary>Whatever of a category is left here without a grant that it belongs to is destroyed, and a grant whose key is lost is revoked. The home's lock is held.</summary>
    private void EndWhatHasNoKey(RecordChain chain, Category category)
    {
        VaultFolder folder = Folder(category);
        if (chain.Newest(category) is { Grant: { } grant } granted)
        {
            if (folder.Holds(grant)) return;
            AppendRevocation(chain, granted);
        }
        folder.Destroy();
    }

    private void AppendRevocation(RecordChain chain, Link granted)
    {
        Revocation revocation = new()
        {
            Device = deviceKey.Thumbprint,
            Account = AccountId,
            Server = serverKey.Thumbprint,
            IssuedAt = time.GetUtcNow().ToUnixTimeSeconds(),
            Seq = chain.NextSeq,
            Prev = chain.LastHash,
            Category = granted.Grant!.Category,
            Epoch = granted.Grant.Epoch,
            Grant = granted.Record.Hash,
            RecordId = Guid.NewGuid(),
            EventTime = time.GetUtcNow(),
        };
        chain.Append(Revocation.Sign(deviceKey, revocation), null, revocation);
    }
}
