using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Offproof.Vault;

/// <summary>
/// A non-exclusive lock (vault.md §7.2): written, then the locks are listed again after 200 ms; rewritten every 5 minutes; anybody's is stale after 30.
/// </summary>
[SuppressMessage("Usage", "VSTHRD003:Avoid awaiting foreign Tasks", Justification = "the refreshing loop is this object's own; no main thread is involved")]
sealed class VaultLock : IAsyncDisposable
{
    static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(200), Refresh = TimeSpan.FromMinutes(5), Stale = TimeSpan.FromMinutes(30), Leave = TimeSpan.FromSeconds(5);
    const int MostBytes = 1 << 20;

    readonly Repository _repository;
    readonly CancellationTokenSource _stop = new();
    Task _refreshing = Task.CompletedTask;
    ContentId _name;

    VaultLock(Repository repository) => _repository = repository;

    internal static async Task<VaultLock> TakeAsync(Repository repository, CancellationToken ct)
    {
        await RefuseExclusiveAsync(repository, null, ct).ConfigureAwait(false);
        VaultLock taken = new(repository);
        taken._name = await taken.WriteAsync(ct).ConfigureAwait(false);
        try
        {
            await Task.Delay(Settle, repository.Time, ct).ConfigureAwait(false);
            await RefuseExclusiveAsync(repository, taken._name, ct).ConfigureAwait(false);
        }
        catch
        {
            await taken.DisposeAsync().ConfigureAwait(false);
            throw;
        }
        taken._refreshing = taken.RefreshAsync();
        return taken;
    }

    static async Task RefuseExclusiveAsync(Repository repository, ContentId? own, CancellationToken ct)
    {
        foreach (VaultEntry entry in await repository.Storage.ListAsync(VaultFileKind.Locks, ct).ConfigureAwait(false))
        {
            if (!ContentId.TryParse(entry.Name, out ContentId name) || name == own) continue;
            try
            {
                byte[] json = await repository.ReadUnpackedAsync(VaultFileKind.Locks, name, MostBytes, ct).ConfigureAwait(false);
                using JsonDocument document = JsonDocument.Parse(json);
                bool exclusive = document.RootElement.TryGetProperty("exclusive", out JsonElement flag) && flag.ValueKind == JsonValueKind.True;
                if (!exclusive) continue;
                bool dated = GoTime.TryParse(document.RootElement.GetProperty("time").GetString(), out DateTimeOffset time);
                if (!dated || repository.Time.GetUtcNow() - time <= Stale)
                    throw new VaultLockedException("another program holds an exclusive lock on this vault (pruning, most likely); nothing was done. Try again when it has ended");
            }
            catch (Exception e) when (e is StorageFileMissingException or CorruptVaultException or JsonException or InvalidOperationException or KeyNotFoundException)
            {
                // Removed meanwhile, or not a lock made with this vault's key: it binds nobody who could hold the vault.
            }
        }
    }

    async Task<ContentId> WriteAsync(CancellationToken ct)
    {
        ArrayBufferWriter<byte> json = new();
        using (Utf8JsonWriter writer = new(json))
        {
            writer.WriteStartObject();
            writer.WriteString("time", GoTime.Format(_repository.Time.GetUtcNow()));
            writer.WriteBoolean("exclusive", false);
            writer.WriteString("hostname", Repository.HostName);
            writer.WriteString("username", "");
            writer.WriteNumber("pid", 0);
            writer.WriteEndObject();
        }
        return await _repository.WriteUnpackedAsync(VaultFileKind.Locks, json.WrittenMemory, ct).ConfigureAwait(false);
    }

    async Task RefreshAsync()
    {
        using PeriodicTimer timer = new(Refresh, _repository.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
            {
                try
                {
                    ContentId old = _name;
                    _name = await WriteAsync(_stop.Token).ConfigureAwait(false);
                    await _repository.Storage.RemoveLockAsync(old.ToString(), _stop.Token).ConfigureAwait(false);
                }
                catch (StorageException)
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
        try
        {
            // Not for as long as a backup waits for its server: whoever waits here has been told to stop, or has just waited in vain.
            using CancellationTokenSource patience = new(Leave, _repository.Time);
            await _repository.Storage.RemoveLockAsync(_name.ToString(), patience.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is StorageException or OperationCanceledException)
        {
            // It goes stale by itself in 30 minutes, and it keeps nobody but a pruner away.
        }
    }
}
