using Offproof.Consent;
using Offproof.Vault;

namespace Offproof.Device;

/// <summary>A category's state on a device (docs/consent.md, cli.md).</summary>
public enum SwitchState
{
    /// <summary>Never turned on, or nothing was ever stored.</summary>
    Off,

    /// <summary>Granted, with a key on this device.</summary>
    On,

    /// <summary>Granted, with a key, but nothing is read or sent.</summary>
    Paused,

    /// <summary>Off; what was stored is kept and opens with the sheet.</summary>
    Kept,

    /// <summary>Off; nobody can read what was stored any more, and the server deletes it when <see cref="SwitchReport.Due"/> comes, unless the sheet cancels that.</summary>
    Closed,

    /// <summary>Off; the server signed that it deleted what was stored.</summary>
    Erased,
}

/// <summary>What a switch is now.</summary>
/// <param name="Category">Which one</param>
/// <param name="State">Its state</param>
/// <param name="Epoch">The epoch that this state belongs to; 0 when it was never on</param>
/// <param name="ServerTold">False while a record about it has no receipt yet</param>
/// <param name="WhyNotTold">Why the server could not be told just now, where it was tried</param>
/// <param name="KeyLost">True where the newest grant has no key here and no revocation: the server takes it for on, until `off` signs one</param>
/// <param name="Due">Closed: when it will be deleted, null before the server has said; erased: when that was done, null where no receipt says</param>
/// <param name="SheetLost">True where it is on or paused and its key was sealed to a sheet that was lost: no sheet opens it, `on` begins the next epoch</param>
/// <param name="KeyLeft">Where a password of it still lies although it is off, because it could not be destroyed; null where none does</param>
public sealed record SwitchReport(
    Category Category, SwitchState State, int Epoch, bool ServerTold, string? WhyNotTold = null, bool KeyLost = false, DateTimeOffset? Due = null, bool SheetLost = false,
    string? KeyLeft = null)
{
    /// <summary>True where it is kept and the server, as it last showed the account, holds nothing of it: there is nothing that the sheet could open.</summary>
    public bool NothingStored { get; init; }
}

/// <summary>What a person is told before a category is turned on.</summary>
/// <param name="Category">What would be collected</param>
/// <param name="Folders">From which folders</param>
/// <param name="Server">Where it would go</param>
/// <param name="Epoch">Which epoch would begin; above 1, everything is uploaded again</param>
/// <param name="Policy">The policy text whose hash the grant carries</param>
/// <param name="SheetLost">True where it is on, and the next epoch begins because no sheet opens this one any more</param>
public sealed record Disclosure(Category Category, IReadOnlyList<string> Folders, Uri Server, int Epoch, string Policy, bool SheetLost = false);

public sealed partial class DeviceHome
{
    /// <summary>How long `off` waits to tell the server: what it is for has happened by then.</summary>
    private static readonly TimeSpan PatienceOfOff = TimeSpan.FromSeconds(10);

    /// <summary>The state of one switch, from the records and the vault's folder alone.</summary>
    public SwitchReport Switch(Category category) => Switch(Chain(), category);

    /// <summary>What `on` would mean, before anything is done.</summary>
    public Disclosure Disclose(Category category)
    {
        Link? newest = Chain().Newest(category);
        int epoch = newest switch
        {
            { Revocation: { } ended } => ended.Epoch.Value + 1,
            { Grant: { } grant } => Folder(category).Holds(grant) && !IsSheetLost(category) ? grant.Epoch.Value : grant.Epoch.Value + 1,
            _ => FirstEpoch(category).Value,
        };
        return new Disclosure(category, [.. FoldersOf(category).Select(static s => s.Path)], account.Server, epoch, Policy.Text, IsSheetLost(category));
    }

    /// <summary>
    /// Turns a category on, ends a pause, or finishes a turning-on that was interrupted. One that is on and that no sheet opens any more (consent.md §3.11) is ended, and begins
    /// its next epoch. Order (each step is found done after a crash): the account's sheet asked for, vault files on this device, grant signed, grant acknowledged, sealed password stored, config and key file stored, ready.
    /// </summary>
    /// <exception cref="DeviceException">The sheet is not confirmed, or the server refuses or cannot be reached: then nothing was collected.</exception>
    public Task<SwitchReport> TurnOnAsync(Category category, CancellationToken cancel) => TurnOnAsync(category, paused: false, cancel);

    private async Task<SwitchReport> TurnOnAsync(Category category, bool paused, CancellationToken cancel)
    {
        RequireMember();
        RequireNotLeft();
        RequireConfirmedSheet();
        bool wasOn = Switch(category) is { State: SwitchState.On or SwitchState.Paused, SheetLost: false };
        if (wasOn) await AskBeforeResumingAsync(cancel).ConfigureAwait(false);
        if (TryResume(category, paused, cancel) is { } resumed) return resumed;
        if (wasOn) throw NotOnAnyMore(category);
        await CheckServerKeyAsync(cancel).ConfigureAwait(false);
        await LearnBeforeSealingAsync(cancel).ConfigureAwait(false);
        // A second round where the server knew more of this device's records than this home did.
        for (int round = 0; round < 2; round++)
        {
            (Link granted, FirstFiles files, RecordChain chain) = SignGrant(category, cancel);
            chain = await TellAsync(chain, cancel).ConfigureAwait(false);
            if (!chain.Links.Any(link => link.Record.Hash == granted.Record.Hash)) continue;
            await StoreFirstFilesAsync(granted.Grant!, files, cancel).ConfigureAwait(false);
            using FileStream _ = home.Lock(time, cancel);
            chain = Chain();
            if (chain.Newest(category)?.Record.Hash != granted.Record.Hash)
                throw new DeviceException(DeviceFault.Refused, $"{category.Name()} was turned off while it was being turned on: nothing was collected");
            Folder(category).IsPaused = paused;
            Folder(category).MarkReady();
            MoveFile.Drop(home, category);
            return Switch(chain, category);
        }
        throw new DeviceException(DeviceFault.Failure, $"the records of this device and those of {account.Server} could not be brought together", "nothing was collected; try again");
    }

    /// <summary>
    /// Before its owner is asked: whether a turning-on could be sealed to a sheet that was proven on this device (consent.md §3.10). Nothing is changed by it but what the server's records say.
    /// </summary>
    /// <exception cref="DeviceException">The sheet is not confirmed, or was changed since.</exception>
    public async Task PrepareOnAsync(CancellationToken cancel)
    {
        RequireMember();
        RequireNotLeft();
        RequireConfirmedSheet();
        await CheckServerKeyAsync(cancel).ConfigureAwait(false);
        await LearnBeforeSealingAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>What is sealed has to open with the sheet of now, and that has to be its owner's. A server that has forgotten the account is told first.</summary>
    private async Task LearnBeforeSealingAsync(CancellationToken cancel)
    {
        await TellAsync(Chain(), cancel).ConfigureAwait(false);
        AccountLook look = await LookAtAccountAsync(cancel).ConfigureAwait(false);
        RequireConfirmedSheet();
        if (!look.KnowsSheet)
            throw new DeviceException(DeviceFault.Refused, "the server does not know the account's sheet any more: what it stored then would not be given out to it, so nothing is turned on", "ask its operator what happened; or move to another server: offproof move");
    }

    /// <summary>True where the key of what is on was sealed to a sheet that was lost since: the sheets of now do not lead to it.</summary>
    private bool IsSheetLost(Category category)
    {
        if (!Folder(category).Exists || Seen is not { } history) return false;
        int replaced = history.SheetChanges.ToList().FindLastIndex(static c => c.IsReplacement);
        return replaced >= 0 && history.SheetChanges.Skip(replaced).All(c => c.Sheet.Recipient != Folder(category).Recipient);
    }

    /// <summary>No category turns on before.</summary>
    public void RequireConfirmedSheet()
    {
        if (account.SheetConfirmed is not null) return;
        if (UnconfirmedSince() is { } since)
            throw new DeviceException(DeviceFault.Refused, $"the account's sheet was changed on {AccountHistory.Day(since)}, and the new one is not confirmed on this device: nothing is sealed to it", UnconfirmedHint);
        if (account.FirstSheetKey is not null)
            throw new DeviceException(DeviceFault.Refused, "the account's new sheet is not confirmed on this device: nothing is sealed to it", UnconfirmedHint);
        throw new DeviceException(DeviceFault.Refused, "the sheet is not confirmed: without it a backup could never be opened", "offproof sheet confirm --sheet FILE");
    }

    private const string UnconfirmedHint =
        "if it was you: offproof sheet confirm --sheet FILE, with the new sheet. If not, somebody else has your sheet: turn off what is on, and begin a new account";

    /// <summary>Since when the account has a sheet that was not proven on this device; null where it is, or where none was changed.</summary>
    private DateTimeOffset? UnconfirmedSince() =>
        account.SheetConfirmed is null && account.FirstSheetKey is not null && Seen is { SheetChanges.Count: > 0 } history ? history.Since(history.SheetChanges[^1]) : null;

    /// <summary>An older copy of this home holds to be on what is off in truth: the server's records say so, and what is ended there has its key destroyed here (protocol.md §3).</summary>
    private async Task AskBeforeResumingAsync(CancellationToken cancel)
    {
        using CancellationTokenSource late = new(PatienceOfOff, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancel);
        try
        {
            await LearnAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            news.Add($"whether the server holds it to be on as well could not be asked: no answer within {PatienceOfOff.TotalSeconds} s");
        }
        catch (DeviceException e) when (e.Fault != DeviceFault.Forgery && account.Removed is null)
        {
            news.Add($"whether the server holds it to be on as well could not be asked: {e.Message}");
        }
    }

    private DeviceException NotOnAnyMore(Category category) => Switch(category) switch
    {
        { SheetLost: true } => new DeviceException(DeviceFault.Refused, $"no sheet opens {category.Name()} any more: nothing was changed", $"offproof on {category.Name()} begins the next epoch"),
        { KeyLeft: { } left } => new DeviceException(DeviceFault.Refused, $"{category.Name()} is off, as the server's records say. {CannotDestroy(category, left)}", KeyLeftHint(category)),
        _ => new DeviceException(DeviceFault.Refused, $"{category.Name()} is off: the server's records say so, and its key on this device is destroyed", $"offproof on {category.Name()} begins the next epoch, and uploads everything again"),
    };

    /// <summary>A category that is on already, or paused.</summary>
    private SwitchReport? TryResume(Category category, bool paused, CancellationToken cancel)
    {
        using FileStream _ = home.Lock(time, cancel);
        RecordChain chain = Chain();
        VaultFolder folder = Folder(category);
        if (!folder.IsReady || chain.Newest(category) is not { Grant: { } grant } || !folder.Holds(grant) || IsSheetLost(category)) return null;
        folder.IsPaused = paused;
        MoveFile.Drop(home, category);
        return Switch(chain, category);
    }

    /// <summary>Stops a category; the key stays, nothing is read or sent until `on`.</summary>
    public SwitchReport Pause(Category category)
    {
        using FileStream _ = home.Lock(time, CancellationToken.None);
        RecordChain chain = Chain();
        VaultFolder folder = Folder(category);
        if (chain.Newest(category) is { Revocation: not null }) folder.Destroy();
        if (!folder.IsReady) throw IsOff(category);
        folder.IsPaused = true;
        return Switch(chain, category);
    }

    /// <summary>
    /// Turns a category off; what was stored is kept and opens with the sheet. The revocation is on the disk before the password is destroyed, and
    /// both happen before the server is told, whether or not it can be.
    /// </summary>
    public Task<SwitchReport> TurnOffAsync(Category category, CancellationToken cancel) => TurnOffAsync(category, erase: false, static _ => { }, cancel);

    /// <inheritdoc cref="TurnOffAsync(Category, bool, Action{SwitchReport}, CancellationToken)"/>
    public Task<SwitchReport> TurnOffAsync(Category category, Action<SwitchReport> holds, CancellationToken cancel) => TurnOffAsync(category, erase: false, holds, cancel);

    /// <param name="category">Which one</param>
    /// <param name="erase">Also asks that the epoch be deleted (consent.md §3.7): the record stands in the chain before the key is gone, and is sent like the revocation</param>
    /// <param name="holds">Told what holds on this device, before the server is waited for: from then on cancelling only leaves the server untold</param>
    /// <param name="cancel">Stops</param>
    public async Task<SwitchReport> TurnOffAsync(Category category, bool erase, Action<SwitchReport> holds, CancellationToken cancel)
    {
        RecordChain chain;
        bool wasOff;
        using (LockOrDestroy(category, cancel))
        {
            chain = ChainOrDestroy(category);
            wasOff = chain.Newest(category) is { Revocation: not null };
            Exception? unwritten = null;
            string? left;
            try
            {
                MoveFile.Drop(home, category); // also what a move was still to turn on
                if (chain.Newest(category) is { Grant: not null } granted) AppendRevocation(chain, granted);
                if (erase && account.Removed is null && chain.Newest(category)?.Revocation is { } ended) AppendErasure(chain, category, ended.Epoch);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or DeviceException)
            {
                unwritten = e;
            }
            finally
            {
                left = Folder(category).Destroy(); // also when a full disk takes no record: then the next `off` signs it
            }
            if (unwritten is not null)
            {
                throw new DeviceException((unwritten as DeviceException)?.Fault ?? DeviceFault.Failure,
                    $"{(left is null ? $"the key of {category.Name()} on this device is destroyed, but its" : $"{CannotDestroy(category, left)}, and its")} revocation{(erase ? " or erasure" : "")} could not be written, so the server could not be told: {unwritten.Message}",
                    left is null ? $"make room, then: offproof off {category.Name()}{(erase ? " --erase" : "")}" : KeyLeftHint(category), unwritten);
            }
        }
        holds(Switch(chain, category));
        using CancellationTokenSource late = new(PatienceOfOff, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancel);
        try
        {
            await TellAsync(chain, either.Token).ConfigureAwait(false);
            // Whoever says it twice wants to be sure: a server that was set back would hold it to be on (protocol.md §3).
            if (wasOff) await LookAtAccountAsync(either.Token).ConfigureAwait(false);
            chain = Chain();
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return Switch(Chain(), category) with { WhyNotTold = $"no answer from {account.Server} within {PatienceOfOff.TotalSeconds} s" };
        }
        catch (DeviceException e) when (e.Fault == DeviceFault.Forgery)
        {
            throw new DeviceException(e.Fault, $"{category.Name()} is off, and its key on this device is destroyed; but {e.Message}", e.Hint, e);
        }
        catch (DeviceException e)
        {
            // Off holds on this device whatever the server says; the next `off`, `on` or `backup` tells it first.
            if (erase && account.Removed is not null) news.Add($"the server takes no erasure from a device that was removed: offproof erase {category.Name()} --sheet FILE");
            return Switch(Chain(), category) with { WhyNotTold = e.Message };
        }
        return Switch(chain, category);
    }

    /// <summary>
    /// A vault's first files on this disk and its grant in the chain: those of a turning-on that was interrupted, or new ones. A grant whose vault is
    /// lost here is ended first: nobody could ever write to it, and its epoch cannot be granted again.
    /// </summary>
    private (Link Granted, FirstFiles Files, RecordChain Chain) SignGrant(Category category, CancellationToken cancel)
    {
        if (!AgeRecipient.TryParse(account.Recipient, out AgeRecipient? recipient))
            throw new DeviceException(DeviceFault.Forgery, $"{home.Account} holds a recipient that is not one");
        using FileStream _ = home.Lock(time, cancel);
        RecordChain chain = Chain();
        VaultFolder folder = Folder(category);
        if (chain.Newest(category) is { Grant: not null } closed && IsSheetLost(category))
        {
            AppendRevocation(chain, closed);
            folder.Clear();
        }
        if (chain.Newest(category) is not null) EndWhatHasNoKey(chain, category);
        if (folder.Exists && chain.Newest(category) is not { Grant: not null } && folder.Recipient != recipient.ToString()) folder.Clear();
        if (!folder.Exists) folder.Create(recipient, time);
        FirstFiles files = folder.FirstFiles;
        if (chain.Newest(category) is { Grant: not null } granted) return (granted, files, chain);
        Grant grant = new()
        {
            Device = deviceKey.Thumbprint,
            Account = AccountId,
            Server = serverKey.Thumbprint,
            IssuedAt = time.GetUtcNow().ToUnixTimeSeconds(),
            Seq = chain.Next.Seq,
            Prev = chain.Next.Prev,
            Category = category,
            Epoch = chain.Newest(category)?.Revocation is { } ended ? ended.Epoch.Next() : FirstEpoch(category),
            Vault = files.Hashes,
            Policy = Policy.Sha256,
            Consent = GrantConsent.For(category, account.Server.AbsoluteUri, Guid.NewGuid(), time.GetUtcNow()),
        };
        return (chain.Append(Grant.Sign(deviceKey, grant)), files, chain);
    }

    private async Task StoreFirstFilesAsync(Grant grant, FirstFiles files, CancellationToken cancel)
    {
        VaultAddress address = Address(grant.Category, grant.Epoch);
        using VaultAccess access = AccessForBackup(grant, files);
        // The sealed password first: no vault on the server that its owner could not open with the sheet.
        Token token = await access.TokenAsync(cancel).ConfigureAwait(false);
        await server.PutSealedAsync(address, HashOf(grant), files.SealedPassword, token, cancel).ConfigureAwait(false);
        using HttpMessageInvoker vaultInvoker = new(access);
        RestStorage storage = new(vaultInvoker, address.VaultUri(account.Server));
        await VaultFaults.TranslateAsync(account.Server, () => NewVault.FromSaved(files.Config, files.Key).WriteAsync(storage, cancel)).ConfigureAwait(false);
    }

    private VaultAccess AccessForBackup(Grant grant, FirstFiles files) => new(
        invoker, new Purpose.Backup(grant.Category, HashOf(grant)), cancel => VaultTokenAsync(grant.Category, grant.Epoch, VaultMode.Add, seconds: 900, cancel), time)
    {
        SealedFirst = (token, cancel) => server.PutSealedAsync(Address(grant.Category, grant.Epoch), HashOf(grant), files.SealedPassword, token, cancel),
    };

    private SwitchReport Switch(RecordChain chain, Category category)
    {
        SwitchReport report = SwitchAsRecorded(chain, category);
        bool isOver = chain.Newest(category) is { Revocation: not null } || report.KeyLost;
        // What was stored is not only the sheet's then: whoever has that folder has its key.
        return isOver && Folder(category).KeyLeft is { } left ? report with { State = SwitchState.Off, KeyLeft = left } : report;
    }

    private SwitchReport SwitchAsRecorded(RecordChain chain, Category category)
    {
        Link? newest = chain.Newest(category);
        VaultFolder folder = Folder(category);
        bool told = chain.Links.All(link => link.About != category || link.IsTold);
        return newest switch
        {
            { Revocation: { } ended } => Over(chain, ended, told),
            // A disk that was full when `off` destroyed the key, or a folder that was lost.
            { Grant: { } grant } when !folder.Holds(grant) => new SwitchReport(category, SwitchState.Off, grant.Epoch.Value, ServerTold: false, KeyLost: true),
            { Grant: { } grant } when folder.IsReady =>
                new SwitchReport(category, folder.IsPaused ? SwitchState.Paused : SwitchState.On, grant.Epoch.Value, told, SheetLost: IsSheetLost(category)),
            // Granted, but its turning-on did not finish: nothing can be collected yet, so it is off.
            { Grant: { } grant } => new SwitchReport(category, SwitchState.Off, grant.Epoch.Value, told),
            _ => new SwitchReport(category, SwitchState.Off, 0, told),
        };
    }

    private SwitchReport Over(RecordChain chain, Revocation ended, bool told)
    {
        EpochReport epoch = EpochOf(chain, ended.Category, ended.Epoch, ended.Grant);
        return new SwitchReport(ended.Category, epoch.State, ended.Epoch.Value, told, Due: epoch.Due)
        {
            NothingStored = epoch.State == SwitchState.Kept && ShowsNothingOf(ended.Category, ended.Epoch, ended.Grant),
        };
    }

    /// <summary>A server that was set back to before a vault began takes its records again, and has none of its bytes.</summary>
    private bool ShowsNothingOf(Category category, Epoch epoch, Digest grant) =>
        Seen?.Vaults.Any(v => v.Grant == grant) == true && AccountView.Answer(home) is { } shown
        && !shown.Vaults.Any(v => v.Device == Device && v.Category == category.Name() && v.Epoch == epoch.Value && v.Objects > 0);

    private List<Source> FoldersOf(Category category) =>
        [.. SourcesFile.Read(home).Sources.Where(s => s.Category == category.Name())];

    private static DeviceException IsOff(Category category) =>
        new(DeviceFault.Refused, $"{category.Name()} is off", $"offproof on {category.Name()}");
}
