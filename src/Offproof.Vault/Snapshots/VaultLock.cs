using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Offproof.Vault;

/// <summary>A lock (vault.md §7.2): written, then the locks are listed again after 200 ms; rewritten every 5 minutes; anybody's is stale after 30.</summary>
[SuppressMessage("Usage", "VSTHRD003:Avoid awaiting foreign Tasks", Justification = "the refreshing loop is this object's own; no main thread is involved")]
sealed class VaultLock : IAsyncDisposable
{
    static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(200), Refresh = TimeSpan.FromMinutes(5), Stale = TimeSpan.FromMinutes(30), Leave = TimeSpan.FromSeconds(5);
    const int MostBytes = 1 << 20;

    readonly Repository _repository;
    readonly bool _exclusive;
    readonly CancellationTokenSource _stop = new();
    Task _refreshing = Task.CompletedTask;
    ContentId _name;
    long _writtenAt; // UTC ticks
    volatile bool _lost;

    VaultLock(Repository repository, bool exclusive) => (_repository, _exclusive) = (repository, exclusive);

    internal static async Task<VaultLock> TakeAsync(Repository repository, bool exclusive, CancellationToken ct)
    {
        VaultLock taken = new(repository, exclusive);
        await taken.RefuseOthersAsync(null, ct).ConfigureAwait(false);
        taken._name = await taken.WriteAsync(ct).ConfigureAwait(false);
        try
        {
            await Task.Delay(Settle, repository.Time, ct).ConfigureAwait(false);
            await taken.RefuseOthersAsync(taken._name, ct).ConfigureAwait(false);
        }
        catch
        {
            await taken.DisposeAsync().ConfigureAwait(false);
            throw;
        }
        taken._refreshing = taken.RefreshAsync();
        return taken;
    }

    /// <summary>Takes nothing: is anybody there, for whom a pruner would have to wait?</summary>
    internal static Task DemandAloneAsync(Repository repository, CancellationToken ct) => new VaultLock(repository, exclusive: true).RefuseOthersAsync(null, ct);

    async Task RefuseOthersAsync(ContentId? own, CancellationToken ct)
    {
        foreach (VaultEntry entry in await _repository.Storage.ListAsync(VaultFileKind.Locks, ct).ConfigureAwait(false))
        {
            if (!ContentId.TryParse(entry.Name, out ContentId name) || name == own) continue;
            try
            {
                byte[] json = await _repository.ReadUnpackedAsync(VaultFileKind.Locks, name, MostBytes, ct).ConfigureAwait(false);
                using JsonDocument document = JsonDocument.Parse(json);
                bool exclusive = document.RootElement.TryGetProperty("exclusive", out JsonElement flag) && flag.ValueKind == JsonValueKind.True;
                if (!exclusive && !_exclusive) continue;
                bool dated = GoTime.TryParse(document.RootElement.GetProperty("time").GetString(), out DateTimeOffset time);
                if (!dated || _repository.Time.GetUtcNow() - time <= Stale)
                    throw new VaultLockedException(exclusive
                        ? "another program holds an exclusive lock on this vault (pruning, most likely); nothing was done. Try again when it has ended"
                        : "another program is working on this vault (its lock is there); nothing was done. Try again when it has ended; a lock that was left behind counts no more after 30 minutes");
            }
            catch (Exception e) when (e is StorageFileMissingException or CorruptVaultException or JsonException or InvalidOperationException or KeyNotFoundException)
            {
                // Removed meanwhile, or not a lock made with this vault's key: it binds nobody who could hold the vault.
            }
        }
    }

    /// <summary>The last moment to stop (vault.md §7.3): for others this lock is stale, and whatever was read under it may be gone.</summary>
    /// <exception cref="VaultLockedException">It was not rewritten for 30 minutes: the machine slept, or the storage was away.</exception>
    internal void Demand()
    {
        if (_lost || IsStale) throw new VaultLockedException("this run could not keep its lock on the vault for 30 minutes (did the machine sleep?); others may have changed the vault meanwhile, so it ended. What was stored stays: run it again");
    }

    bool IsStale => _repository.Time.GetUtcNow().UtcTicks - Interlocked.Read(ref _writtenAt) > Stale.Ticks;

    async Task<ContentId> WriteAsync(CancellationToken ct)
    {
        DateTimeOffset now = _repository.Time.GetUtcNow();
        ArrayBufferWriter<byte> json = new();
        using (Utf8JsonWriter writer = new(json))
        {
            writer.WriteStartObject();
            writer.WriteString("time", GoTime.Format(now));
            writer.WriteBoolean("exclusive", _exclusive);
            writer.WriteString("hostname", Repository.HostName);
            writer.WriteString("username", "");
            writer.WriteNumber("pid", 0);
            writer.WriteEndObject();
        }
        byte[] file = _repository.SealUnpacked(json.WrittenSpan);
        ContentId name = ContentId.Of(file);
        try
        {
            await _repository.Storage.WriteAsync(new VaultFile(VaultFileKind.Locks, name.ToString()), file, ct).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await RemoveAsync(name).ConfigureAwait(false); // it may be there, and only its answer not here
            throw;
        }
        Interlocked.Exchange(ref _writtenAt, now.UtcTicks);
        return name;
    }

    async Task RefreshAsync()
    {
        using PeriodicTimer timer = new(Refresh, _repository.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
            {
                // A machine that wakes up must not hide by a new lock that for a while there was none.
                _lost |= IsStale;
                try
                {
                    ContentId old = _name;
                    _name = await WriteAsync(_stop.Token).ConfigureAwait(false);
                    await _repository.Storage.RemoveAsync(new VaultFile(VaultFileKind.Locks, old.ToString()), _stop.Token).ConfigureAwait(false);
                }
                catch (Exception e) when (e is StorageException or VaultLockedException)
                {
                    // The next tick tries again; five may fail before others call this lock stale.
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The end of the lock's life.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _refreshing.ConfigureAwait(false);
        _stop.Dispose();
        await RemoveAsync(_name).ConfigureAwait(false);
    }

    async Task RemoveAsync(ContentId name)
    {
        try
        {
            // Not for as long as a backup waits for its server: whoever waits here has been told to stop, or has just waited in vain.
            using CancellationTokenSource patience = new(Leave, _repository.Time);
            await _repository.Storage.RemoveAsync(new VaultFile(VaultFileKind.Locks, name.ToString()), patience.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is StorageException or VaultLockedException or OperationCanceledException)
        {
            // It goes stale by itself in 30 minutes; until then it keeps a pruner away, or everybody where it is a pruner's.
        }
    }
}
