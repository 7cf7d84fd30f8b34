using System.Runtime.CompilerServices;
using Offproof.Consent;
using Offproof.Vault;

namespace Offproof.Device;

/// <summary>What one backup of one category did.</summary>
/// <param name="Category">Which one</param>
/// <param name="Epoch">Into which epoch's vault</param>
/// <param name="Snapshot">The new snapshot's id, 64 hex digits; the server acknowledged it and everything it names</param>
/// <param name="Items">Files in the snapshot</param>
/// <param name="Bytes">Their bytes</param>
/// <param name="Unchanged">Files that were not read again, or are made anew each time and came out as the vault had them</param>
/// <param name="StoredBytes">Bytes that were uploaded</param>
/// <param name="Read">Entries met in the sources: contacts, messages, notes or photo files, and whatever else was there</param>
/// <param name="Kept">Those that were taken</param>
/// <param name="Skipped">What was not taken, with the reason; nothing is dropped silently</param>
/// <param name="Remarks">What was taken and is worth knowing: duplicates, a file that ends too early</param>
/// <param name="Alarms">Sources that hold less than half of what they held</param>
/// <param name="Notices">Damage at the server that cost time, not files: in the vault, or records that it had forgotten</param>
public sealed record BackupReport(
    Category Category, int Epoch, string Snapshot, long Items, long Bytes, long Unchanged, long StoredBytes, long Read, long Kept,
    IReadOnlyList<SkippedItem> Skipped, IReadOnlyList<string> Remarks, IReadOnlyList<Alarm> Alarms, IReadOnlyList<string> Notices)
{
    /// <summary>Of <see cref="Kept"/>: files beside notes, which are no notes.</summary>
    public long OtherFiles { get; init; }
}

/// <summary>Something that was found and not taken.</summary>
/// <param name="Path">The file</param>
/// <param name="Reason">One sentence</param>
/// <param name="Line">The line that the entry begins on, from 1; null where the whole file is meant</param>
public sealed record SkippedItem(string Path, string Reason, long? Line = null);

/// <summary>One snapshot of a category.</summary>
/// <param name="Id">64 hex digits</param>
/// <param name="Time">When it was begun, by the clock of whoever made it</param>
/// <param name="Epoch">In which epoch's vault it lies</param>
/// <param name="Own">Offproof's backup of this category, as it says of itself; not one that another program added</param>
/// <param name="Items">Files in it, as it says itself; null where it does not</param>
/// <param name="Bytes">Their bytes, likewise</param>
public sealed record SnapshotReport(string Id, DateTimeOffset Time, int Epoch, bool Own, long? Items, long? Bytes);

/// <summary>The snapshots of a category that can be read.</summary>
/// <param name="Snapshots">By epoch, oldest first</param>
/// <param name="Damage">What is wrong with another one, or with an epoch; null when all can be read</param>
public sealed record SnapshotsReport(IReadOnlyList<SnapshotReport> Snapshots, string? Damage);

/// <summary>What `vault env` hands to a shell: stock restic's own variables.</summary>
public sealed record VaultEnvironment(string Repository, string Password);

public sealed partial class DeviceHome
{
    private static readonly TimeSpan SwitchWatch = TimeSpan.FromMilliseconds(250);

    /// <summary>Adds a snapshot of a category. A category that is not on is refused before any of its files is opened, or even listed.</summary>
    public async Task<BackupReport> BackupAsync(Category category, IProgress<BackupProgress>? progress, CancellationToken cancel)
    {
        RequireMember();
        RecordChain chain = Chain();
        (Grant grant, VaultFolder folder) = RequireOn(chain, category);
        List<Source> sources = FoldersOf(category);
        if (sources.Count == 0) throw new DeviceException(DeviceFault.Usage, $"{category.Name()} has no source", $"offproof source add {category.Name()} PATH");
        foreach (Source source in sources)
        {
            // A folder that is gone is not an empty folder: a snapshot without it would look like a backup.
            if (!Path.Exists(source.Path))
                throw new DeviceException(DeviceFault.Failure, $"the source {source.Path} is not there", "earlier snapshots are unaffected; is the card in the phone?");
        }

        (int noticed, int told) = (notices.Count, news.Count);
        DateTimeOffset begun = time.GetUtcNow();
        using FileStream _ = folder.LockForBackup();
        (grant, folder) = RequireOn(await TellAsync(chain, cancel).ConfigureAwait(false), category);
        using VaultPassword password = folder.OpenPassword();
        using VaultAccess access = AccessForBackup(grant, folder.FirstFiles);
        await RequireKnownAsync(access, grant, folder.FirstFiles, cancel).ConfigureAwait(false);
        using HttpMessageInvoker vaultInvoker = new(access);
        RestStorage storage = new(vaultInvoker, Address(category, grant.Epoch).VaultUri(account.Server));
        // Another process may turn the category off: then this one stops reading, not only sending.
        using CancellationTokenSource off = new();
        using CancellationTokenSource on = CancellationTokenSource.CreateLinkedTokenSource(cancel, off.Token);
        using ITimer watch = time.CreateTimer(_ =>
        {
            if (!IsOn(category)) off.Cancel();
        }, null, SwitchWatch, SwitchWatch);
        BackupSummary summary;
        SourceReading? reading = null;
        try
        {
            summary = await VaultFaults.TranslateAsync(account.Server, async () =>
            {
                Repository repository = await OpenOrStoreAgainAsync(grant, folder, storage, password, on.Token).ConfigureAwait(false);
                await using ConfiguredAsyncDisposable closing = repository.ConfigureAwait(false);
                reading = SourceReading.Of(category, sources, on.Token);
                BackupOptions options = new()
                {
                    Roots = [$"/{category.Name()}"],
                    ExpectedFiles = reading.Items.Count,
                    ExpectedBytes = reading.Items.Sum(static i => i.Length),
                    Closed = off.Token,
                };
                return await repository.BackupAsync(reading.Items, options, progress, on.Token).ConfigureAwait(false);
            }).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancel.IsCancellationRequested)
        {
            throw new DeviceException(DeviceFault.Refused, $"{category.Name()} was turned off while it was backed up: reading stopped", "earlier snapshots are unaffected", e);
        }
        finally
        {
            reading?.Dispose();
        }

        DateTimeOffset now = time.GetUtcNow();
        IReadOnlyList<SourceCount> counts = Shrinking.Compare(folder.LastBackup?.Sources ?? [], sources, reading!.KeptBySource, now);
        folder.LastBackup = new LastBackup(LastBackup.CurrentSchema, grant.Epoch.Value, summary.SnapshotId, now, summary.Files, summary.Bytes, counts, begun);
        // A photo that could not be read after all is one that was not kept; elsewhere an item is a file of many entries.
        long kept = category == Category.Photos ? reading.Kept - summary.Unreadable.Count : reading.Kept;
        return new BackupReport(category, grant.Epoch.Value, summary.SnapshotId, summary.Files, summary.Bytes, summary.Unchanged, summary.BytesStored,
            reading.Read, kept, [.. reading.Skipped, .. summary.Unreadable.Select(static u => new SkippedItem(u.Path, u.Reason))],
            [.. reading.Remarks, .. await LookAsync(category, told, cancel).ConfigureAwait(false)], Shrinking.Alarms(counts, sources, now), [.. notices.Skip(noticed), .. summary.Notices]) { OtherFiles = reading.OtherFiles };
    }

    /// <summary>After a backup, whose files are safe by then, the device asks what the account is: who joined, whether the sheet changed. A server that does not answer that costs nothing.</summary>
    private async Task<IReadOnlyList<string>> LookAsync(Category category, int told, CancellationToken cancel)
    {
        try
        {
            await LearnAsync(cancel).ConfigureAwait(false);
        }
        catch (DeviceException e) when (e.Fault is DeviceFault.Forgery)
        {
            throw new DeviceException(e.Fault, $"the backup of {category.Name()} is stored; but {e.Message}", "nothing of those records was believed", e);
        }
        catch (Exception e) when (e is DeviceException or IOException)
        {
            news.Add($"what the account is now could not be read or kept: {e.Message}");
        }
        if (IsSheetLost(category))
            news.Add($"no sheet opens {category.Name()} any more: its key was sealed to one that was lost. `offproof on {category.Name()}` begins the next epoch, and uploads everything again");
        return [.. news.Skip(told)];
    }

    /// <summary>The snapshots of a category that is on or paused, oldest first.</summary>
    public async Task<SnapshotsReport> SnapshotsAsync(Category category, CancellationToken cancel)
    {
        (Grant grant, VaultFolder folder) = RequireKey(Chain(), category);
        using VaultPassword password = folder.OpenPassword();
        using VaultAccess access = AccessForReading(grant);
        using HttpMessageInvoker vaultInvoker = new(access);
        RestStorage storage = new(vaultInvoker, Address(category, grant.Epoch).VaultUri(account.Server));
        return await VaultFaults.TranslateAsync(account.Server, () => VaultRestore.ListAsync(
            new OpenableVault(storage, password, Pins(grant), grant.Epoch.Value), category, cancel)).ConfigureAwait(false);
    }

    /// <summary>A token of one hour for stock restic, with the vault's password. It reads; with <paramref name="write"/> it also adds.</summary>
    public async Task<VaultEnvironment> VaultEnvironmentAsync(Category category, bool write, CancellationToken cancel)
    {
        (Grant grant, VaultFolder folder) = write ? RequireOn(Chain(), category) : RequireKey(Chain(), category);
        Token token = await VaultTokenAsync(category, grant.Epoch, write ? VaultMode.Add : VaultMode.Read, seconds: 3600, cancel).ConfigureAwait(false);
        using VaultPassword password = folder.OpenPassword();
        ledger.HandedOut(LedgerPath.Host(account.Server), category, HashOf(grant), write, token.Expires);
        // The token is the URL's password, which restic masks in what it prints.
        UriBuilder url = new(Address(category, grant.Epoch).VaultUri(account.Server)) { UserName = "offproof", Password = token.Text };
        return new VaultEnvironment("rest:" + url.Uri.AbsoluteUri, password.Reveal());
    }

    /// <summary>A server that was set back to an older state does not know the grant any more: it gets records and first files again.</summary>
    private async Task RequireKnownAsync(VaultAccess access, Grant grant, FirstFiles files, CancellationToken cancel)
    {
        try
        {
            await access.TokenAsync(cancel).ConfigureAwait(false);
        }
        catch (DeviceException e) when (e.Problem is "not-accepted" or "revoked")
        {
            RequireOn(await ReconcileAsync(cancel).ConfigureAwait(false), grant.Category);
            await StoreFirstFilesAsync(grant, files, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>A server that was set back to before the grant, and was told of it again by another command, has no vault there yet (protocol.md §3).</summary>
    private async Task<Repository> OpenOrStoreAgainAsync(Grant grant, VaultFolder folder, RestStorage storage, VaultPassword password, CancellationToken cancel)
    {
        try
        {
            return await Repository.OpenAsync(storage, password, Pins(grant), cancel).ConfigureAwait(false);
        }
        catch (VaultNotFoundException)
        {
            notices.Add($"the server had nothing of {grant.Category.Name()} (epoch {grant.Epoch}): its vault was begun again, and all is uploaded again");
            await StoreFirstFilesAsync(grant, folder.FirstFiles, cancel).ConfigureAwait(false);
            return await Repository.OpenAsync(storage, password, Pins(grant), cancel).ConfigureAwait(false);
        }
    }

    private VaultAccess AccessForReading(Grant grant) => new(invoker, new Purpose.Reading(grant.Category, HashOf(grant)),
        cancel => VaultTokenAsync(grant.Category, grant.Epoch, VaultMode.Read, seconds: 900, cancel), time);

    private VaultOptions Pins(Grant grant) => new() { Time = time, ExpectedConfigSha256 = grant.Vault.Config.Text, ExpectedKeyName = grant.Vault.Key.Text };

    private (Grant Grant, VaultFolder Folder) RequireOn(RecordChain chain, Category category)
    {
        (Grant grant, VaultFolder folder) = RequireKey(chain, category);
        if (folder.IsPaused) throw new DeviceException(DeviceFault.Refused, $"{category.Name()} is paused", $"offproof on {category.Name()}");
        return (grant, folder);
    }

    private (Grant Grant, VaultFolder Folder) RequireKey(RecordChain chain, Category category)
    {
        DestroyIfRevoked(chain, category);
        VaultFolder folder = Folder(category);
        return chain.Newest(category) is { Grant: { } grant } && folder.IsReady ? (grant, folder) : throw IsOff(category);
    }
}
