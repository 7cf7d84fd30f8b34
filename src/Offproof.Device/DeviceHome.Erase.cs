using Offproof.Consent;

namespace Offproof.Device;

/// <summary>One epoch of a category on this device.</summary>
/// <param name="Category">Of what</param>
/// <param name="Epoch">Which turning-on</param>
/// <param name="State">On, paused, kept, closed or erased</param>
/// <param name="Due">Closed: when it will be deleted, null before the server has said; erased: when that was done, null where no receipt says</param>
public sealed record EpochReport(Category Category, int Epoch, SwitchState State, DateTimeOffset? Due);

/// <summary>What the server signed about one erasure, or why it did not.</summary>
/// <param name="Epoch">Which epoch, and what holds of it</param>
/// <param name="Device">Whose: DEVICE</param>
/// <param name="ReceiptFile">Where the receipt lies; null where there is none yet, or no home folder</param>
/// <param name="Receipt">The receipt, a compact JWS; null where there is none yet</param>
public sealed record ErasureReport(EpochReport Epoch, string Device, string? ReceiptFile, string? Receipt)
{
    /// <summary>False while the server has not acknowledged what this device signed: it is told with whatever it is told next.</summary>
    public bool ServerTold { get; init; } = true;

    /// <summary>Why the server could not be told or asked just now; null where it could.</summary>
    public string? WhyNotTold { get; init; }
}

public sealed partial class DeviceHome
{
    /// <summary>Every epoch that this device began of a category, the first one first.</summary>
    public IReadOnlyList<EpochReport> Epochs(Category category) => Epochs(Chain(), category);

    private IReadOnlyList<EpochReport> Epochs(RecordChain chain, Category category)
    {
        SwitchReport now = SwitchAsRecorded(chain, category); // a key that was left here changes nothing of what can be erased there
        return [.. chain.Grants(category).Select(link => link.Grant!.Epoch.Value == now.Epoch
            ? new EpochReport(category, now.Epoch, now.State, now.Due)
            : EpochOf(chain, category, link.Grant.Epoch, link.Record.Hash))];
    }

    /// <summary>The epochs that `erase` would ask the server to delete: those of this device that are kept.</summary>
    /// <param name="category">Of what</param>
    /// <param name="epoch">One alone; all that are kept where null</param>
    /// <exception cref="DeviceException">It is on, erased already, or none.</exception>
    public IReadOnlyList<EpochReport> Erasable(Category category, int? epoch)
    {
        IReadOnlyList<EpochReport> all = Epochs(category);
        if (epoch is { } wanted)
        {
            EpochReport one = all.FirstOrDefault(e => e.Epoch == wanted) ?? throw new DeviceException(DeviceFault.Failure, $"this device has no epoch {wanted} of {category.Name()}", "offproof status");
            if (one.State is SwitchState.On or SwitchState.Paused or SwitchState.Off)
                throw new DeviceException(DeviceFault.Refused, $"{category.Name()} (epoch {wanted}) is {(one.State == SwitchState.Paused ? "paused" : "on")}: nothing was changed", $"offproof off {category.Name()} --erase");
            return [one];
        }
        EpochReport[] kept = [.. all.Where(static e => e.State is SwitchState.Kept or SwitchState.Closed)];
        if (kept.Length > 0) return kept;
        throw all.Any(static e => e.State is SwitchState.On or SwitchState.Paused)
            ? new DeviceException(DeviceFault.Refused, $"{category.Name()} is on, and nothing earlier is kept: nothing was changed", $"offproof off {category.Name()} --erase")
            : new DeviceException(DeviceFault.Failure, $"nothing of {category.Name()} is kept that this device stored", "offproof status");
    }

    /// <summary>
    /// Asks the server to delete epochs of this device that are kept: closed at once, deleted after 14 days. The records stand in the chain before the server is told, so a
    /// run that ends in between is finished by the next command; of what was asked before, the server is asked how it stands. A server that cannot be told changes nothing of that.
    /// </summary>
    public async Task<IReadOnlyList<ErasureReport>> EraseAsync(Category category, int? epoch, CancellationToken cancel)
    {
        RequireMember();
        IReadOnlyList<EpochReport> meant = Erasable(category, epoch);
        RecordChain chain;
        using (home.Lock(time, cancel))
        {
            chain = Chain();
            foreach (EpochReport one in meant.Where(static e => e.State == SwitchState.Kept)) AppendErasure(chain, category, new Epoch(one.Epoch));
        }
        string? why = null;
        try
        {
            await TellAsync(chain, cancel).ConfigureAwait(false);
            await LearnAsync(cancel).ConfigureAwait(false); // whether it is done by now: the server deletes at the latest when somebody looks (protocol.md §3.1)
        }
        catch (DeviceException e) when (e.Fault != DeviceFault.Forgery && account.Removed is null)
        {
            why = e.Message; // what is signed stays signed
        }
        chain = Chain();
        return [.. meant.Select(one => ReportOf(chain, category, new Epoch(one.Epoch)) with { WhyNotTold = why })];
    }

    /// <summary>
    /// After an erasure, or the cancelling of one, with the sheet, beside this home: what was on here of it is ended, and the receipts are kept in <c>records/</c>.
    /// </summary>
    /// <param name="sheet">The sheet that signed</param>
    /// <param name="at">The server: where this device left it, what it was there learns of it</param>
    /// <param name="reports">What was erased</param>
    /// <param name="cancel">Stops</param>
    /// <returns>The reports with the receipts' files; null where the home is another account's.</returns>
    public async Task<IReadOnlyList<ErasureReport>?> TakeOverErasuresAsync(Sheet sheet, Thumbprint at, IReadOnlyList<ErasureReport> reports, CancellationToken cancel)
    {
        if (at != serverKey.Thumbprint)
        {
            IReadOnlyList<ErasureReport>? there = null;
            foreach (string folder in EarlierFolders())
            {
                using DeviceHome earlier = Open(folder, time);
                if (earlier.serverKey.Thumbprint == at && earlier.SealsTo(sheet)) there = await earlier.TakeOverErasuresAsync(reports, cancel).ConfigureAwait(false);
            }
            return there;
        }
        return sheet.Account == AccountId ? await TakeOverErasuresAsync(reports, cancel).ConfigureAwait(false) : null;
    }

    private async Task<IReadOnlyList<ErasureReport>> TakeOverErasuresAsync(IReadOnlyList<ErasureReport> reports, CancellationToken cancel)
    {
        List<ErasureReport> kept = [];
        foreach (ErasureReport report in reports)
        {
            string name = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"sheet-erasure-{report.Device[..8]}-{report.Epoch.Category.Name()}-{report.Epoch.Epoch}.receipt.jws");
            string file = Path.Combine(home.Records, name);
            HomeFolder.Write(file, System.Text.Encoding.ASCII.GetBytes(report.Receipt!));
            kept.Add(report with { ReceiptFile = file });
        }
        try
        {
            await LearnAsync(cancel).ConfigureAwait(false);
            await TellAsync(Chain(), cancel).ConfigureAwait(false);
        }
        catch (DeviceException e) when (e.Fault != DeviceFault.Forgery)
        {
            news.Add($"the receipts are kept here, but what the account is now is not known: {e.Message}");
        }
        return kept;
    }

    /// <summary>What the receipts say of an erasure that this device asked for.</summary>
    public ErasureReport? ErasureReportOf(Category category, int epoch)
    {
        RecordChain chain = Chain();
        return chain.ErasureOf(category, new Epoch(epoch)) is null ? null : ReportOf(chain, category, new Epoch(epoch));
    }

    /// <summary>Of what this device asked for, the newest receipt that lies here; of what the sheet erased, that which the server shows.</summary>
    private ErasureReport ReportOf(RecordChain chain, Category category, Epoch epoch)
    {
        Digest grant = chain.Grants(category).Last(g => g.Grant!.Epoch == epoch).Record.Hash;
        EpochReport now = EpochOf(chain, category, epoch, grant);
        if (now.State == SwitchState.Erased && Seen?.ErasedReceipt(grant) is { } shown && shown.Signer != deviceKey.Thumbprint) return new ErasureReport(now, Device, null, shown.Receipt.Compact);
        Link? link = chain.ErasureOf(category, epoch);
        string? file = link is null ? null : File.Exists(link.OutcomeFile) ? link.OutcomeFile : link.IsTold ? link.ReceiptFile : null;
        return new ErasureReport(now, Device, file, file is null ? null : File.ReadAllText(file).Trim()) { ServerTold = link?.IsTold != false };
    }

    private void AppendErasure(RecordChain chain, Category category, Epoch epoch)
    {
        Link grant = chain.Grants(category).Last(link => link.Grant!.Epoch == epoch);
        if (EpochOf(chain, category, epoch, grant.Record.Hash).State != SwitchState.Kept) return; // asked for already
        chain.Append(Erasure.Sign(deviceKey, new Erasure
        {
            Issuer = deviceKey.Thumbprint,
            Account = AccountId,
            Server = serverKey.Thumbprint,
            IssuedAt = time.GetUtcNow().ToUnixTimeSeconds(),
            Place = chain.Next,
            Device = deviceKey.Thumbprint,
            Category = category,
            Epoch = epoch,
            Grant = grant.Record.Hash,
            RecordId = Guid.NewGuid(),
            EventTime = time.GetUtcNow(),
        }));
    }

    /// <summary>An epoch that is over: kept, unless this device asked for its erasure or the account's records, as they were last seen, say that it was erased or that the sheet cancelled that.</summary>
    private EpochReport EpochOf(RecordChain chain, Category category, Epoch epoch, Digest grant)
    {
        Link? asked = chain.ErasureOf(category, epoch);
        GrantedVault? vault = Seen?.Vaults.FirstOrDefault(v => v.Grant == grant);
        bool seenAsked = asked is null || Seen?.Records.Any(r => r.Hash == asked.Record.Hash) == true;
        if (vault is not null && seenAsked && vault.State is VaultState.Kept or VaultState.On) return new EpochReport(category, epoch.Value, SwitchState.Kept, null);
        if (vault?.State is VaultState.Erased) return new EpochReport(category, epoch.Value, SwitchState.Erased, vault.Due);
        // From a device that was removed it takes no request any more (consent.md §3.9): what was not told is never done.
        if (asked is null || (account.Removed is not null && !asked.IsTold)) return new EpochReport(category, epoch.Value, vault?.State is VaultState.Closed ? SwitchState.Closed : SwitchState.Kept, vault?.Due);
        Receipt? receipt = ReceiptOf(asked);
        return receipt?.State is ReceiptState.Erased
            ? new EpochReport(category, epoch.Value, SwitchState.Erased, DateTimeOffset.FromUnixTimeSeconds(receipt.IssuedAt))
            : new EpochReport(category, epoch.Value, SwitchState.Closed, receipt?.Due is { } due ? DateTimeOffset.FromUnixTimeSeconds(due) : null);
    }
}
