using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace Offproof.Vault;

/// <summary>A stretch of a file on its way: bytes until it is hashed, an id afterwards.</summary>
sealed class Chunk(byte[] buffer, int length)
{
    /// <summary>Where a buffer of a large file begins to grow, in bytes.</summary>
    internal const int Usual = 1 << 20;

    internal byte[]? Buffer { get; set; } = buffer;
    internal int Length { get; } = length;
    internal ContentId Id { get; set; }

    /// <summary>Set with the id: the vault held it before this run.</summary>
    internal bool WasStored { get; set; }
}

/// <summary>
/// The write path (vault.md §8.2): one thread reads and cuts, two hash, compress, seal and pack, two store. Bounded channels and buffers between them keep the
/// memory the same whatever the size of the backup.
/// </summary>
[SuppressMessage("Usage", "VSTHRD003:Avoid awaiting foreign Tasks", Justification = "the stages are this object's own; no main thread is involved")]
sealed class BackupRun : IAsyncDisposable
{
    const int Sealers = 2, Storers = 2, PackBuffers = 3, ChunksWaiting = 3;
    static readonly TimeSpan Leave = TimeSpan.FromSeconds(5);

    readonly Repository _repository;
    readonly VaultIndex _index;
    readonly IndexWriter _indexes;
    readonly Channel<Chunk> _chunks = Channel.CreateBounded<Chunk>(new BoundedChannelOptions(ChunksWaiting) { SingleWriter = true });
    readonly Channel<FinishedPack> _packs = Channel.CreateBounded<FinishedPack>(1);
    readonly Channel<byte[]?> _buffers = Channel.CreateUnbounded<byte[]?>();
    readonly CancellationTokenSource _stop;
    readonly CancellationToken _closed;
    readonly Task _sealing, _storing;
    long _bytesNew, _bytesStored;

    internal BackupRun(Repository repository, VaultIndex index, CancellationToken closed, CancellationToken ct)
    {
        (_repository, _index, _closed) = (repository, index, closed);
        _indexes = new IndexWriter(repository);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        // Null stands for a buffer that was not needed so far.
        for (int i = 0; i < PackBuffers; i++) _buffers.Writer.TryWrite(null);
        _sealing = StageAsync(Sealers, SealAsync);
        _storing = StageAsync(Storers, StoreAsync);
    }

    /// <summary>For chunks. Few arrays per size: what waits is bounded, so what is kept for reuse need not be more.</summary>
    internal ArrayPool<byte> Buffers { get; } = ArrayPool<byte>.Create(RabinCutter.Most, ChunksWaiting + 2);

    internal long BytesNew => Interlocked.Read(ref _bytesNew);

    internal long BytesStored => Interlocked.Read(ref _bytesStored);

    internal CancellationToken Stopping => _stop.Token;

    internal ValueTask PutAsync(Chunk chunk) => _chunks.Writer.WriteAsync(chunk, _stop.Token);

    /// <summary>For a pack that was stored before this run: an index of this run will name it.</summary>
    internal Task IndexAsync(PackRecord stored) => _indexes.AddAsync(stored, _stop.Token);

    /// <summary>The failure that stopped the stages, when one did: better than the cancellation that it caused elsewhere.</summary>
    internal async Task ThrowIfStageFailedAsync()
    {
        // A stage counts as failed only when its last worker has ended: wait, or the reason would be lost to a race.
        await EndAsync().ConfigureAwait(false);
        foreach (Task stage in (Task[])[_sealing, _storing])
            if (stage.IsFaulted) await stage.ConfigureAwait(false);
    }

    /// <summary>Waits until every chunk that was put lies in a stored pack or is known to; then chunk ids are final.</summary>
    internal async Task<ContentId> FinishAsync(TreeDraft draft)
    {
        _chunks.Writer.Complete();
        await _sealing.ConfigureAwait(false);
        ContentId root = await StoreTreesAsync(draft).ConfigureAwait(false);
        _packs.Writer.Complete();
        await _storing.ConfigureAwait(false);
        await _indexes.FlushAsync(_stop.Token).ConfigureAwait(false);
        return root;
    }

    Task StageAsync(int workers, Func<Task> work) => Task.WhenAll(Enumerable.Range(0, workers).Select(_ => Task.Run(async () =>
    {
        try
        {
            await work().ConfigureAwait(false);
        }
        catch
        {
            // The other stages must not wait for this one.
            await _stop.CancelAsync().ConfigureAwait(false);
            throw;
        }
    })));

    async Task SealAsync()
    {
        Workbench bench = _repository.Rent();
        using PackBuilder pack = new(bench.Sealer, bench.Compression, trees: false);
        try
        {
            await foreach (Chunk chunk in _chunks.Reader.ReadAllAsync(_stop.Token).ConfigureAwait(false))
            {
                chunk.Id = ContentId.Of(chunk.Buffer.AsSpan(0, chunk.Length));
                if (_index.TryClaim(chunk.Id, tree: false))
                {
                    await AddAsync(pack, chunk.Id, chunk.Buffer.AsMemory(0, chunk.Length)).ConfigureAwait(false);
                    Interlocked.Add(ref _bytesNew, chunk.Length);
                }
                else chunk.WasStored = !_index.IsClaimed(chunk.Id);
                Buffers.Return(chunk.Buffer!);
                chunk.Buffer = null;
            }
            await SendAsync(pack).ConfigureAwait(false);
        }
        finally
        {
            _repository.Return(bench);
        }
    }

    async Task<ContentId> StoreTreesAsync(TreeDraft draft)
    {
        Workbench bench = _repository.Rent();
        using PackBuilder pack = new(bench.Sealer, bench.Compression, trees: true);
        _index.ForgetClaims();
        try
        {
            ContentId root = await draft.StoreAsync(async json =>
            {
                ContentId id = ContentId.Of(json);
                if (_index.TryClaim(id, tree: true)) await AddAsync(pack, id, json).ConfigureAwait(false);
                return id;
            }).ConfigureAwait(false);
            await SendAsync(pack).ConfigureAwait(false);
            return root;
        }
        finally
        {
            _repository.Return(bench);
        }
    }

    async Task AddAsync(PackBuilder pack, ContentId id, ReadOnlyMemory<byte> plain)
    {
        if (!pack.NeedsBuffer && !pack.Fits(plain.Length)) await SendAsync(pack).ConfigureAwait(false);
        if (pack.NeedsBuffer)
        {
            byte[]? buffer = await _buffers.Reader.ReadAsync(_stop.Token).ConfigureAwait(false);
            int needed = Math.Max(PackBuilder.BufferSize, plain.Length + PackBuilder.BufferSize - PackBuilder.TargetSize);
            pack.Take(buffer is not null && buffer.Length >= needed ? buffer : GC.AllocateUninitializedArray<byte>(needed));
        }
        pack.Add(id, plain.Span);
    }

    async Task SendAsync(PackBuilder pack)
    {
        if (!pack.IsEmpty) await _packs.Writer.WriteAsync(pack.Finish(), _stop.Token).ConfigureAwait(false);
    }

    async Task StoreAsync()
    {
        await foreach (FinishedPack pack in _packs.Reader.ReadAllAsync(_stop.Token).ConfigureAwait(false))
        {
            await _repository.Storage.WriteAsync(new VaultFile(VaultFileKind.Data, pack.Id.ToString()), pack.Buffer.AsMemory(0, pack.Length), _stop.Token).ConfigureAwait(false);
            Interlocked.Add(ref _bytesStored, pack.Length);
            // A buffer made for one huge tree is not kept.
            _buffers.Writer.TryWrite(pack.Buffer.Length == PackBuilder.BufferSize ? pack.Buffer : null);
            PackRecord stored = new(pack.Id, pack.Entries);
            _index.Add(stored);
            await _indexes.AddAsync(stored, _stop.Token).ConfigureAwait(false);
        }
    }

    async Task EndAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_sealing, _storing).ContinueWith(static _ => { }, TaskScheduler.Default).ConfigureAwait(false);
    }

    /// <summary>
    /// A run that was stopped still says what it stored (vault.md §8.3), briefly, with a token of its own. Where that fails, the next run reads the packs' tables;
    /// what stopped the run is what is told.
    /// </summary>
    async Task SaveWhatIsStoredAsync()
    {
        if (_closed.IsCancellationRequested) return;
        using CancellationTokenSource patience = new(Leave, _repository.Time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, _closed);
        await _indexes.FlushAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync().ConfigureAwait(false);
        await SaveWhatIsStoredAsync().ConfigureAwait(false);
        _indexes.Dispose();
        _stop.Dispose();
    }
}

/// <summary>Saves index files while packs arrive, so that an interrupted run is resumed from the last one (vault.md §8.3).</summary>
sealed class IndexWriter(Repository repository) : IDisposable
{
    static readonly TimeSpan SaveEvery = TimeSpan.FromMinutes(2);
    const int MostPacks = 32;

    readonly SemaphoreSlim _gate = new(1);
    readonly List<PackRecord> _unsaved = [];
    DateTimeOffset _saved = repository.Time.GetUtcNow();

    /// <summary>For packs that the storage has acknowledged. They are taken also when <paramref name="ct"/>, which stops the saving, is cancelled already.</summary>
    internal async Task AddAsync(PackRecord pack, CancellationToken ct)
    {
        await _gate.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            _unsaved.Add(pack);
            bool due = _unsaved.Count >= MostPacks || repository.Time.GetUtcNow() - _saved >= SaveEvery || _unsaved.Sum(static p => p.Blobs.Length) >= IndexFile.MostBlobs - PackBuilder.MostBlobs;
            if (due) await SaveAsync(ct).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    internal async Task FlushAsync(CancellationToken ct)
    {
        await _gate.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            if (_unsaved.Count > 0) await SaveAsync(ct).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    async Task SaveAsync(CancellationToken ct)
    {
        await repository.WriteUnpackedAsync(VaultFileKind.Index, IndexFile.Write(_unsaved), ct).ConfigureAwait(false);
        _unsaved.Clear();
        _saved = repository.Time.GetUtcNow();
    }

    public void Dispose() => _gate.Dispose();
}
