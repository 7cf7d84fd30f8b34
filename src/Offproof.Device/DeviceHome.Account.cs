using Offproof.Consent;

namespace Offproof.Device;

public sealed partial class DeviceHome
{
    private readonly List<string> news = [];

    /// <summary>What became of the account since this home last asked, and of this device's requests.</summary>
    public IReadOnlyList<string> News => news;

    private (DateTime Written, AccountHistory? History) seen;

    private VerifyingKey FirstSheetKey => Key(account.FirstSheetKey ?? account.SheetKey, home.Account);

    private VerifyingKey SheetInForce => Key(account.SheetKey, home.Account);

    /// <summary>The account as the server last showed it; null before it was asked, or where what lies here does not verify.</summary>
    private AccountHistory? Seen
    {
        get
        {
            DateTime written = File.GetLastWriteTimeUtc(home.View);
            if (seen.Written != written) seen = (written, AccountView.Read(home, AccountId, serverKey));
            return seen.History;
        }
    }

    /// <summary>
    /// Asks the server what the account is now and takes over what follows from it: the sheet that is in force, devices, what was erased elsewhere, the outcomes of what was
    /// asked for. The device believes it as a restore does (consent.md §4). A server that was set back is told again what others signed, as this device saw it; the device never
    /// goes back to a sheet that it knows to be over.
    /// </summary>
    private async Task<(AccountHistory History, RecoveryAnswer Answer)> LearnAsync(CancellationToken cancel)
    {
        AccountLook look = await LookAtAccountAsync(cancel).ConfigureAwait(false);
        return (look.History, look.Answer);
    }

    private async Task<AccountLook> AskAsync(CancellationToken cancel)
    {
        // Of what was told while the answer was on its way, nothing can be missing in it.
        Link[] told = [.. Chain().Links.Where(static link => link.IsTold)];
        Token token = await TokenAsync(null, null, cancel).ConfigureAwait(false);
        RecoveryAnswer answer = await server.RecoveryAsync(AccountId, token, cancel).ConfigureAwait(false);
        AccountHistory shown = AccountHistory.Verify(answer, AccountId, serverKey);
        using FileStream _ = home.Lock(time, cancel);
        ReadAccount();
        RecordChain chain = Chain();
        HashSet<Digest> own = [.. chain.Links.Select(static link => link.Record.Hash)];
        AccountLook look = new(shown, answer, shown, Missing(shown, told.Where(link => own.Contains(link.Record.Hash))),
            SheetInForce.Equals(shown.FirstSheet) || shown.SheetChanges.Any(c => c.Sheet.Key.Equals(SheetInForce)),
            shown.Records.Any(r => r.Kid == deviceKey.Thumbprint && !own.Contains(r.Hash)));
        if (look.IsBehind) return look with { History = Seen ?? shown };
        TakeOverSheet(shown);
        AccountView.Write(home, answer);
        if (look.IsAhead) return look;
        KeepOutcomes(chain, shown);
        foreach (Category category in Categories.All) EndWhatIsOver(chain, shown, category);
        return look;
    }

    /// <summary>What others signed and this device has seen, and what it signed itself and has a receipt for, must be among what is shown (protocol.md §3).</summary>
    private List<SignedRecord> Missing(AccountHistory shown, IEnumerable<Link> told)
    {
        HashSet<Digest> hashes = [.. shown.Records.Select(static r => r.Hash)];
        IEnumerable<SignedRecord> others = Seen?.Records.Where(r => r.Kid != deviceKey.Thumbprint) ?? [];
        return [.. others.Concat(told.Select(static link => link.Record)).Where(r => !hashes.Contains(r.Hash))];
    }

    /// <summary>
    /// A new sheet is one that the old one signed, or that a device of the account put in its place 14 days ago. A finder of the old one signs as well as its owner (consent.md §3.10):
    /// nothing is sealed to it before it was proven here.
    /// </summary>
    private void TakeOverSheet(AccountHistory history)
    {
        if (history.Sheet.Equals(SheetInForce)) return;
        SheetChange newest = history.SheetChanges[^1];
        if (!AgeRecipient.TryParse(newest.Sheet.Recipient, out AgeRecipient? recipient))
            throw new DeviceException(DeviceFault.Forgery, "the account's new sheet has a recipient that is none", "nothing was sealed to it");
        int known = history.SheetChanges.ToList().FindIndex(c => c.Sheet.Key.Equals(SheetInForce));
        bool replaced = history.SheetChanges.Skip(known + 1).Any(static c => c.IsReplacement);
        DateTimeOffset since = history.Since(newest);
        account = account with
        {
            FirstSheetKey = Jwk(history.FirstSheet),
            SheetKey = Jwk(newest.Sheet.Key),
            Recipient = recipient.ToString(),
            SheetConfirmed = account.PendingConfirmed == newest.Sheet.Key.Thumbprint.Text ? since : null,
            PendingConfirmed = null,
        };
        account.Write(home);
        news.Add(replaced
            ? $"the account has a new sheet since {AccountHistory.Day(since)}, in the place of one that was lost"
            : $"the account's sheet was rotated on {AccountHistory.Day(since)}: nothing is turned on here before the new one is confirmed");
    }

    /// <summary>What became of this device's own requests.</summary>
    private void KeepOutcomes(RecordChain chain, AccountHistory history)
    {
        foreach (Link link in chain.Links.Where(static link => link.IsRequest && link.IsTold && !File.Exists(link.OutcomeFile)))
        {
            ReceiptState state = link.Erasure is not null ? ReceiptState.Erased : ReceiptState.Replaced;
            if (link.MayBe(state) && history.Receipt(link.Record.Hash, deviceKey.Thumbprint, state) is { } receipt) KeepReceipt(link, receipt.Compact);
        }
    }

    /// <summary>What the sheet erased elsewhere, while it was on here: the key is destroyed, and the grant ended. The home's lock is held.</summary>
    private void EndWhatIsOver(RecordChain chain, AccountHistory history, Category category)
    {
        if (chain.Newest(category) is not { Grant: { } grant } granted) return;
        if (!history.Vaults.Any(v => v.Grant == granted.Record.Hash && v.State is VaultState.Erased or VaultState.Closed)) return;
        bool held = Folder(category).Exists;
        AppendRevocation(chain, granted);
        Folder(category).Destroy();
        if (held) news.Add($"{category.Name()} (epoch {grant.Epoch}) was erased with the sheet: it is off, and its key on this device is destroyed");
    }

    /// <summary>A server that calls a vault erased takes nothing of it any more (protocol.md §3.1): its key here serves nobody.</summary>
    private DeviceException IsErased(Category category, Epoch epoch, DeviceException said)
    {
        using FileStream _ = home.Lock(time, CancellationToken.None);
        RecordChain chain = Chain();
        if (chain.Newest(category) is not { Grant: { } grant } granted || grant.Epoch != epoch) return said;
        try
        {
            AppendRevocation(chain, granted);
        }
        finally
        {
            Folder(category).Destroy();
        }
        return new DeviceException(DeviceFault.Refused, $"{category.Name()} (epoch {epoch}) was erased at the server: it is off now, and its key on this device is destroyed",
            $"offproof on {category.Name()} begins the next epoch, and uploads everything again", said);
    }

    /// <summary>Runs what a removed device is refused; then no key stays here (protocol.md §3.2).</summary>
    private async Task<T> OrRemovedAsync<T>(Func<Task<T>> request)
    {
        try
        {
            return await request().ConfigureAwait(false);
        }
        catch (DeviceException e) when (e.Problem == "removed")
        {
            using FileStream _ = home.Lock(time, CancellationToken.None);
            foreach (Category category in Categories.All) Folder(category).Destroy();
            ReadAccount();
            if (account.Removed is null)
            {
                account = account with { Removed = time.GetUtcNow() };
                account.Write(home);
            }
            throw WasRemoved(e);
        }
    }

    /// <summary>A removed device turns nothing on; what it had is off.</summary>
    private void RequireMember()
    {
        if (account.Removed is not null) throw WasRemoved(null);
    }

    /// <summary>In what a device was at a server that it left, nothing begins; what is stored there can be erased.</summary>
    private void RequireNotLeft()
    {
        if (account.MovedTo is { } to)
            throw new DeviceException(DeviceFault.Refused, $"this is what the device was at {account.Server}: it moved to {to}, and turns nothing on here", "use its own home folder");
    }

    private DeviceException WasRemoved(Exception? inner) => new(DeviceFault.Refused,
        $"this device was removed from the account: the server takes nothing from it any more (noticed on {AccountHistory.Day(account.Removed!.Value)}), and its keys are destroyed",
        "what it stored is kept and opens with the sheet; a removed device never comes back: use another home folder", inner);
}
