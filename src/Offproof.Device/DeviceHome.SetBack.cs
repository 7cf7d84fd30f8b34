using Offproof.Consent;

namespace Offproof.Device;

/// <summary>Device and server after either side was set back to an older copy (protocol.md §3).</summary>
public sealed partial class DeviceHome
{
    /// <summary>
    /// Asks what the account is (<see cref="AskAsync"/>), and brings the two together where the server shows less than this device saw or has receipts for, or more of its own chain than
    /// lies here.
    /// </summary>
    private async Task<AccountLook> LookAtAccountAsync(CancellationToken cancel)
    {
        AccountLook? look = null;
        try
        {
            look = await AskAsync(cancel).ConfigureAwait(false);
        }
        catch (DeviceException e) when (e.Problem == "not-accepted")
        {
            // It knows neither device nor account: it is told of both.
        }
        if (look is null or { IsBehind: true } or { IsAhead: true }) (look, _) = await BringTogetherAsync(look, cancel).ConfigureAwait(false);
        KeepInMind(look);
        return look;
    }

    /// <summary>The same where the server did not take a record or a proof.</summary>
    /// <returns>The chain as it is then.</returns>
    /// <exception cref="DeviceException">A grant or a revocation is refused all the same.</exception>
    private async Task<RecordChain> ReconcileAsync(CancellationToken cancel)
    {
        (AccountLook look, DeviceException? stuck) = await BringTogetherAsync(null, cancel).ConfigureAwait(false);
        KeepInMind(look);
        return stuck is null ? Chain() : throw stuck;
    }

    /// <summary>
    /// The server gets again what it does not show (it is all idempotent), and the device takes over what the server holds beyond that and what verifies as this device's own. Nothing
    /// turns on by it: a grant whose key is not here is ended. A request that the server still does not take then is dropped, and its owner told.
    /// </summary>
    /// <param name="before">What the server showed; null where that is not known: then it gets everything</param>
    /// <param name="cancel">Stops</param>
    /// <returns>What it shows now, and why it does not take a grant or a revocation, if there is one.</returns>
    private async Task<(AccountLook Look, DeviceException? Stuck)> BringTogetherAsync(AccountLook? before, CancellationToken cancel)
    {
        ForgottenRecords forgotten = new(deviceKey.Thumbprint);
        try
        {
            await SendAgainAsync(before?.Hashes, forgotten, cancel).ConfigureAwait(false);
            AccountLook look = await AskAsync(cancel).ConfigureAwait(false);
            bool changed = TakeOver(look, cancel);
            (int sent, DeviceException? stuck) = await SendOrDropAsync(look.Hashes, forgotten, cancel).ConfigureAwait(false);
            if (changed || sent > 0) look = await AskAsync(cancel).ConfigureAwait(false);
            if (look.IsBehind) notices.Add($"the server does not show all that it had shown of this account or acknowledged: it was set back to an older state, or withholds the rest: {MissingOf(look)}. This device goes by what it knows; ask its operator what happened");
            return (look, stuck);
        }
        finally
        {
            if (forgotten.Count > 0)
            {
                notices.Add(forgotten.Notice());
                Note(new SetBackNote(time.GetUtcNow(), forgotten.Sentence(), IsBehind: false, forgotten.WasOpen));
            }
        }
    }

    private static string MissingOf(AccountLook look) =>
        look.Missing.Count == 0 ? "the sheet that this device seals to" : ForgottenRecords.Named([.. look.Missing.Select(static r => RecordWords.Of(r).Text)]);

    /// <summary>
    /// In the order in which the server had received it: a removal before the grants of who was removed would shut those out for good, and a link of ours may hang on another's record.
    /// What it does not take of others is its own affair: its records say.
    /// </summary>
    private async Task SendAgainAsync(HashSet<Digest>? shown, ForgottenRecords forgotten, CancellationToken cancel)
    {
        RecordChain chain = Chain();
        RecoveryAnswer? view = AccountView.Answer(home);
        List<SignedRecord> seen = [.. (view?.Records ?? []).Select(static compact => SignedRecord.TryParse(compact, out SignedRecord? record) ? record : null).OfType<SignedRecord>()];
        if (shown is null) await SendOpeningAsync(seen.Count > 0 ? seen[0] : chain.Origin, view, forgotten, cancel).ConfigureAwait(false);
        Dictionary<Digest, Link> own = chain.Links.ToDictionary(static link => link.Record.Hash);
        HashSet<Digest> inView = [.. seen.Select(static r => r.Hash)];
        bool follows = true; // nothing of our own chain is taken after a link that was not
        foreach (SignedRecord record in seen.Skip(1).Concat(chain.Links.Select(static link => link.Record).Where(r => !inView.Contains(r.Hash))))
        {
            Link? link = own.GetValueOrDefault(record.Hash);
            if (shown?.Contains(record.Hash) == true || (record.Kid == deviceKey.Thumbprint && (link is null || !follows))) continue;
            try
            {
                if (link is not null) await SendRecordsAsync([link], forgotten, cancel).ConfigureAwait(false);
                else if ((await server.SendRecordAsync(record, cancel).ConfigureAwait(false)).First) forgotten.Add(record);
            }
            catch (DeviceException e) when (e.Problem.Length > 0 && (link is null || IsAnotherChain(e)))
            {
                follows &= link is null;
            }
        }
    }

    private async Task SendOpeningAsync(SignedRecord opening, RecoveryAnswer? view, ForgottenRecords forgotten, CancellationToken cancel)
    {
        if (opening.Typ != RecordTyp.Certificate) return;
        // The first receipt of the account is the server's own word that it took this certificate once (protocol.md §11.3).
        string? receipt = view?.Receipts is [var oldest, ..] ? oldest : ChainOrigin.ReadReceipt(home);
        (_, bool first) = await OrRemovedAsync(() => server.OpenAccountAsync(AccountRequest(FirstSheetKey, opening, receipt: receipt), cancel)).ConfigureAwait(false);
        if (first) forgotten.AddAccount();
    }

    /// <summary>The server has another link in this place, or does not take ours: which of the two, its records say.</summary>
    private static bool IsAnotherChain(DeviceException e) => e.Problem is "not-next" or "epoch" or "devices" or "erased" or "not-accepted";

    /// <summary>Takes over the server's links where they go on beyond ours or differ; the requests among ours that they replace are signed again.</summary>
    private bool TakeOver(AccountLook look, CancellationToken cancel)
    {
        using FileStream _ = home.Lock(time, cancel);
        RecordChain chain = Chain();
        if (chain.Adopt(look.Answer.Records) is not { } replaced) return false;
        news.Add("the server has records that were signed with this device's key and did not lie here: this folder is an older copy, or somebody uses another. They were taken over, and what has no key here is off");
        foreach (Category category in Categories.All) EndWhatHasNoKey(chain, category);
        foreach (Link link in replaced)
        {
            switch (link)
            {
                case { Erasure: { } e } when chain.Grants(e.Category).Any(g => g.Record.Hash == e.Grant) && chain.ErasureOf(e.Category, e.Epoch) is null:
                    chain.Append(Erasure.Sign(deviceKey, e with { Place = chain.Next }));
                    break;
                case { Removal: { } r } when look.Shown.Devices.Any(d => d.Id == r.Device && d.Removed is null):
                    chain.Append(Removal.Sign(deviceKey, r with { Place = chain.Next }));
                    break;
                case { Admission: { } a } when look.Shown.Devices.All(d => d.Id != a.Device):
                    chain.Append(Admission.Sign(deviceKey, a with { Place = chain.Next }));
                    break;
                case { IsRequest: true } when chain.Links.All(l => l.Words != link.Words):
                    news.Add($"{link.Words} does not stand at the server any more, and is not asked for again");
                    break;
            }
        }
        return true;
    }

    /// <summary>Sends what the server does not show of this device's chain; a request that it does not take is dropped.</summary>
    /// <returns>How many it took or were dropped, and why it does not take a grant or a revocation.</returns>
    private async Task<(int Sent, DeviceException? Stuck)> SendOrDropAsync(HashSet<Digest> shown, ForgottenRecords forgotten, CancellationToken cancel)
    {
        HashSet<Digest> done = [.. shown];
        int sent = 0;
        while (Chain().Links.FirstOrDefault(link => !link.IsTold || !done.Contains(link.Record.Hash)) is { } link)
        {
            bool told = link.IsTold;
            sent++;
            try
            {
                await SendRecordsAsync([link], forgotten, cancel).ConfigureAwait(false);
                done.Add(link.Record.Hash);
            }
            catch (DeviceException e) when (link.IsRequest && IsAnotherChain(e))
            {
                using FileStream _ = home.Lock(time, cancel);
                if (!Drop(Chain(), link, told)) throw;
                news.Add($"the server did not take {link.Words}: {e.Message}. It is dropped");
            }
            catch (DeviceException e) when (e.Fault != DeviceFault.Unreachable && IsAnotherChain(e))
            {
                string what = link.Category is { } category && link.Grant is not null
                    ? $"it stays signed here, and nothing is collected by it: offproof on {category.Name()} tries again, offproof off {category.Name()} ends it"
                    : "it stays signed here, and is sent again with whatever is sent next";
                return (sent, new DeviceException(e.Fault, $"the server did not take {link.Words}: {e.Message}", what, e) { Problem = e.Problem });
            }
        }
        return (sent, null);
    }

    /// <summary>What `status` says of a server that was set back, without asking anybody.</summary>
    private void KeepInMind(AccountLook look)
    {
        if (look.IsBehind) Note(new SetBackNote(time.GetUtcNow(), MissingOf(look), IsBehind: true));
        else if (account.AllSetBacks.FirstOrDefault(static n => n.IsBehind) is { } over) Note(over with { IsBehind = false, What = $"it did not show {over.What}, and shows it again." }, over);
    }

    private void Note(SetBackNote note, SetBackNote? instead = null)
    {
        try
        {
            using FileStream _ = home.Lock(time, CancellationToken.None);
            ReadAccount();
            account = account with { SetBacks = note.Before(account.AllSetBacks.Where(n => n != instead), time.GetUtcNow()) };
            account.Write(home);
        }
        catch (IOException)
        {
            // On a full disk it is said, and not kept.
        }
    }
}
