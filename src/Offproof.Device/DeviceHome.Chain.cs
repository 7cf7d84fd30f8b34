using Offproof.Consent;

namespace Offproof.Device;

public sealed partial class DeviceHome
{
    private readonly List<string> notices = [];

    /// <summary>What came to light about the server since this home was opened: that it had been set back.</summary>
    public IReadOnlyList<string> Notices => notices;

    /// <summary>Tells the server of what was turned off, or asked for, while it could not be told. Opens no connection where there is none.</summary>
    /// <returns>Why it could not be told; null where it knows.</returns>
    public async Task<string?> TellAsync(CancellationToken cancel)
    {
        RecordChain chain = Chain();
        if (chain.Links.All(static link => link.IsTold || link.Grant is not null)) return null;
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
            await SendRecordsAsync(chain.Links.Where(static link => !link.IsTold), new ForgottenRecords(deviceKey.Thumbprint), cancel).ConfigureAwait(false);
            return chain;
        }
        catch (DeviceException e) when (IsAnotherChain(e))
        {
            return await ReconcileAsync(cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Takes a request out of the chain; what came after it is signed again in its new place. The home's lock is held.</summary>
    private bool Drop(RecordChain chain, Link refused, bool wasTold)
    {
        int at = chain.Links.ToList().FindIndex(link => link.Record.Hash == refused.Record.Hash && (wasTold || !link.IsTold));
        if (at < 0) return false;
        Dictionary<Digest, Digest> renamed = [];
        foreach (Link link in chain.Supersede(at).Skip(1))
        {
            SignedRecord again = link switch
            {
                { Grant: { } g } => Grant.Sign(deviceKey, g with { Seq = chain.Next.Seq, Prev = chain.Next.Prev }),
                { Revocation: { } r } => Revocation.Sign(deviceKey, r with { Seq = chain.Next.Seq, Prev = chain.Next.Prev, Grant = renamed.GetValueOrDefault(r.Grant, r.Grant) }),
                { Erasure: { } e } => Erasure.Sign(deviceKey, e with { Place = chain.Next, Grant = renamed.GetValueOrDefault(e.Grant, e.Grant) }),
                { Admission: { } a } => Admission.Sign(deviceKey, a with { Place = chain.Next }),
                { Removal: { } r } => Removal.Sign(deviceKey, r with { Place = chain.Next }),
                _ => Replacement.Sign(deviceKey, link.Replacement! with { Place = chain.Next }),
            };
            chain.Append(again);
            renamed[link.Record.Hash] = again.Hash;
        }
        return true;
    }

    /// <param name="links">In their order</param>
    /// <param name="forgotten">Gets those that the server had acknowledged and met for the first time now</param>
    /// <param name="cancel">Stops</param>
    private async Task SendRecordsAsync(IEnumerable<Link> links, ForgottenRecords forgotten, CancellationToken cancel)
    {
        foreach (Link link in links)
        {
            (string receipt, bool first) = await OrRemovedAsync(() => server.SendRecordAsync(link.Record, cancel)).ConfigureAwait(false);
            bool told = link.IsTold;
            KeepReceipt(link, receipt, first);
            if (told && first) forgotten.Add(link.Record);
        }
    }

    /// <summary>The first receipt of a link says that it was taken; a second one, of an erasure or a replacement, that it was done.</summary>
    /// <param name="link">Whose</param>
    /// <param name="compact">The receipt</param>
    /// <param name="first">True where it was signed just now: then it returns the head that was shown (ledger.md §5)</param>
    private void KeepReceipt(Link link, string compact, bool first = false)
    {
        if (!SignedRecord.TryParse(compact, out SignedRecord? signed)
            || !Receipt.TryVerify(signed, serverKey, deviceKey.Thumbprint, out Receipt? receipt)
            || receipt.Record != link.Record.Hash || !link.MayBe(receipt.State))
        {
            throw new DeviceException(DeviceFault.Forgery, "the server's receipt is not for what was sent", "the record stays here and is sent again");
        }
        if (first) Anchors.RequireShown(ledger, receipt.Ledger);
        if (!link.IsTold) RecordChain.Told(link, compact);
        else if (first) RecordChain.ToldAgain(link, compact);
        else if (receipt.State is ReceiptState.Erased or ReceiptState.Replaced && !File.Exists(link.OutcomeFile)) HomeFolder.Write(link.OutcomeFile, System.Text.Encoding.ASCII.GetBytes(compact));
    }

    /// <summary>The newest word of the server about a link that this home keeps; null where it was not told, or what lies here does not verify.</summary>
    private Receipt? ReceiptOf(Link link)
    {
        foreach (string file in (string[])[link.OutcomeFile, link.ReceiptFile])
        {
            if (File.Exists(file) && SignedRecord.TryParse(File.ReadAllText(file).Trim(), out SignedRecord? signed)
                && Receipt.TryVerify(signed, serverKey, deviceKey.Thumbprint, out Receipt? receipt) && receipt.Record == link.Record.Hash) return receipt;
        }
        return null;
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
        folder.Clear();
    }

    private void AppendRevocation(RecordChain chain, Link granted) => chain.Append(Revocation.Sign(deviceKey, new Revocation
    {
        Device = deviceKey.Thumbprint,
        Account = AccountId,
        Server = serverKey.Thumbprint,
        IssuedAt = time.GetUtcNow().ToUnixTimeSeconds(),
        Seq = chain.Next.Seq,
        Prev = chain.Next.Prev,
        Category = granted.Grant!.Category,
        Epoch = granted.Grant.Epoch,
        Grant = granted.Record.Hash,
        RecordId = Guid.NewGuid(),
        EventTime = time.GetUtcNow(),
    }));
}
