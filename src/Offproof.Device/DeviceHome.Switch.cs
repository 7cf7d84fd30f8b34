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
}

/// <summary>What a switch is now.</summary>
/// <param name="Category">Which one</param>
/// <param name="State">Its state</param>
/// <param name="Epoch">The epoch that this state belongs to; 0 when it was never on</param>
/// <param name="ServerTold">False while a record about it has no receipt yet</param>
/// <param name="WhyNotTold">Why the server could not be told just now, where it was tried</param>
public sealed record SwitchReport(Category Category, SwitchState State, int Epoch, bool ServerTold, string? WhyNotTold = null);

/// <summary>What a person is told before a category is turned on.</summary>
/// <param name="Category">What would be collected</param>
/// <param name="Folders">From which folders</param>
/// <param name="Server">Where it would go</param>
/// <param name="Epoch">Which epoch would begin; above 1, everything is uploaded again</param>
/// <param name="Policy">The policy text whose hash the grant carries</param>
public sealed record Disclosure(Category Category, IReadOnlyList<string> Folders, Uri Server, int Epoch, string Policy);

public sealed partial class DeviceHome
{
    /// <summary>The state of one switch, from the records and the vault's folder alone.</summary>
    public SwitchReport Switch(Category category) => Switch(Chain(), category);

    /// <summary>What `on` would mean, before anything is done.</summary>
    public Disclosure Disclose(Category category)
    {
        Link? newest = Chain().Newest(category);
        int epoch = newest?.Revocation is { } ended ? ended.Epoch.Value + 1 : newest?.Grant?.Epoch.Value ?? 1;
        return new Disclosure(category, [.. FoldersOf(category).Select(static s => s.Path)], account.Server, epoch, Policy.Text);
    }

    /// <summary>
    /// Turns a category on, ends a pause, or finishes a turning-on that was interrupted. Order (each step is found done after a crash): vault
    /// files on this device, grant signed, grant acknowledged, sealed password stored, config and key file stored, ready.
    /// </summary>
    /// <exception cref="DeviceException">The sheet is not confirmed, or the server refuses or cannot be reached: then nothing was collected.</exception>
    public async Task<SwitchReport> TurnOnAsync(Category category, CancellationToken cancel)
    {
        if (account.SheetConfirmed is null)
        {
            throw new DeviceException(DeviceFault.Refused, "the sheet is not confirmed: without it a backup could never be opened",
                "offproof sheet confirm --sheet FILE");
        }
        using FileStream _ = home.Lock(time, cancel);
        RecordChain chain = Chain();
        VaultFolder folder = Folder(category);
        DestroyIfRevoked(chain, category);
        if (folder.IsReady)
        {
            folder.IsPaused = false;
            return Switch(chain, category);
        }

        await CheckServerKeyAsync(cancel).ConfigureAwait(false);
        if (!folder.Exists)
        {
            if (!AgeRecipient.TryParse(account.Recipient, out AgeRecipient? recipient))
                throw new DeviceException(DeviceFault.Forgery, $"{home.Account} holds a recipient that is not one");
            folder.Create(recipient, time);
        }
        Link link = chain.Newest(category) is { Grant: not null } granted ? granted : SignGrant(chain, category, folder);
        await TellAsync(chain, cancel).ConfigureAwait(false);
        await StoreFirstFilesAsync(link.Grant!, folder, cancel).ConfigureAwait(false);
        folder.MarkReady();
        return Switch(chain, category);
    }

    /// <summary>Stops a category; the key stays, nothing is read or sent until `on`.</summary>
    public SwitchReport Pause(Category category)
    {
        using FileStream _ = home.Lock(time, CancellationToken.None);
        RecordChain chain = Chain();
        DestroyIfRevoked(chain, category);
        VaultFolder folder = Folder(category);
        if (!folder.IsReady) throw IsOff(category);
        folder.IsPaused = true;
        return Switch(chain, category);
    }

    /// <summary>
    /// Turns a category off; what was stored is kept and opens with the sheet. The revocation is on the disk before the password is destroyed, and
    /// both happen whether or not the server can be told now.
    /// </summary>
    public async Task<SwitchReport> TurnOffAsync(Category category, CancellationToken cancel)
    {
        using FileStream _ = home.Lock(time, cancel);
        RecordChain chain = ChainOrDestroy(category);
        if (chain.Newest(category) is { Grant: { } grant } granted)
        {
            Revocation revocation = new()
            {
                Device = deviceKey.Thumbprint,
                Account = AccountId,
                Server = serverKey.Thumbprint,
                IssuedAt = time.GetUtcNow().ToUnixTimeSeconds(),
                Seq = chain.NextSeq,
                Prev = chain.LastHash,
                Category = category,
                Epoch = grant.Epoch,
                Grant = granted.Record.Hash,
                RecordId = Guid.NewGuid(),
                EventTime = time.GetUtcNow(),
            };
            chain.Append(Revocation.Sign(deviceKey, revocation), null, revocation);
        }
        Folder(category).Destroy();
        try
        {
            await TellAsync(chain, cancel).ConfigureAwait(false);
        }
        catch (DeviceException e) when (e.Fault != DeviceFault.Forgery)
        {
            // Off holds on this device whatever the server says; every later contact tells it first.
            return Switch(chain, category) with { WhyNotTold = e.Message };
        }
        return Switch(chain, category);
    }

    /// <summary>A damaged record must not keep a key alive: the key goes first, then the damage is said.</summary>
    private RecordChain ChainOrDestroy(Category category)
    {
        try
        {
            return Chain();
        }
        catch (DeviceException e)
        {
            Folder(category).Destroy();
            throw new DeviceException(e.Fault, $"{e.Message}. The key of {category.Name()} on this device is destroyed; the server could not be told", e.Hint, e);
        }
    }

    private Link SignGrant(RecordChain chain, Category category, VaultFolder folder)
    {
        Epoch epoch = chain.Newest(category)?.Revocation is { } ended ? ended.Epoch.Next() : Epoch.First;
        Grant grant = new()
        {
            Device = deviceKey.Thumbprint,
            Account = AccountId,
            Server = serverKey.Thumbprint,
            IssuedAt = time.GetUtcNow().ToUnixTimeSeconds(),
            Seq = chain.NextSeq,
            Prev = chain.LastHash,
            Category = category,
            Epoch = epoch,
            Vault = new VaultHashes(Digest.Of(folder.Config), Digest.Of(folder.Key), Digest.Of(folder.SealedPassword)),
            Policy = Policy.Sha256,
            Consent = GrantConsent.For(category, account.Server.AbsoluteUri, Guid.NewGuid(), time.GetUtcNow()),
        };
        return chain.Append(Grant.Sign(deviceKey, grant), grant, null);
    }

    private async Task StoreFirstFilesAsync(Grant grant, VaultFolder folder, CancellationToken cancel)
    {
        VaultAddress address = Address(grant.Category, grant.Epoch);
        using VaultAccess access = AccessForBackup(grant);
        // The sealed password first: no vault on the server that its owner could not open with the sheet.
        Token token = await access.TokenAsync(cancel).ConfigureAwait(false);
        await server.PutSealedAsync(address, folder.SealedPassword, token, cancel).ConfigureAwait(false);
        using HttpMessageInvoker vaultInvoker = new(access);
        RestStorage storage = new(vaultInvoker, address.VaultUri(account.Server));
        await VaultFaults.TranslateAsync(account.Server, () => NewVault.FromSaved(folder.Config, folder.Key).WriteAsync(storage, cancel)).ConfigureAwait(false);
    }

    private VaultAccess AccessForBackup(Grant grant) => new(invoker, new Purpose.Backup(grant.Category),
        cancel => VaultTokenAsync(grant.Category, grant.Epoch, VaultMode.Add, seconds: 900, cancel), time);

    /// <summary>A crash between signing a revocation and destroying the password is finished by whoever comes next.</summary>
    private void DestroyIfRevoked(RecordChain chain, Category category)
    {
        if (chain.Newest(category) is { Revocation: not null }) Folder(category).Destroy();
    }

    private SwitchReport Switch(RecordChain chain, Category category)
    {
        Link? newest = chain.Newest(category);
        VaultFolder folder = Folder(category);
        bool told = chain.Links.All(link => link.Category != category || link.IsTold);
        return newest switch
        {
            { Revocation: { } ended } => new SwitchReport(category, SwitchState.Kept, ended.Epoch.Value, told),
            { Grant: { } grant } when folder.IsReady =>
                new SwitchReport(category, folder.IsPaused ? SwitchState.Paused : SwitchState.On, grant.Epoch.Value, told),
            // Granted, but its turning-on did not finish: nothing can be collected yet, so it is off.
            { Grant: { } grant } => new SwitchReport(category, SwitchState.Off, grant.Epoch.Value, told),
            _ => new SwitchReport(category, SwitchState.Off, 0, told),
        };
    }

    private List<Source> FoldersOf(Category category) =>
        [.. SourcesFile.Read(home).Sources.Where(s => s.Category == category.Name())];

    private static DeviceException IsOff(Category category) =>
        new(DeviceFault.Refused, $"{category.Name()} is off", $"offproof on {category.Name()}");
}
