namespace Offproof.Interop.Crashes;

/// <summary>The beginning or the end of one write; ended means acknowledged, which means durable (IVaultStorage).</summary>
/// <param name="Operation">Its number.</param>
/// <param name="Ends">End, or beginning.</param>
/// <param name="File">What is written or, without content, removed.</param>
/// <param name="Content">The whole file.</param>
sealed record Step(int Operation, bool Ends, VaultFile File, byte[]? Content);

/// <summary>A repository in memory that writes down, step by step, what it was asked to make durable and when it said that it had.</summary>
sealed class LoggedStorage : IVaultStorage
{
    readonly Lock _lock = new();
    readonly Dictionary<VaultFile, byte[]> _files = [];
    readonly List<Step> _log = [];
    int _operations;

    internal IReadOnlyList<Step> Log => _log;

    public Task CreateAsync(CancellationToken ct = default) => Task.CompletedTask;

    public Task<long?> FindAsync(VaultFile file, CancellationToken ct = default)
    {
        lock (_lock) return Task.FromResult(_files.TryGetValue(file, out byte[]? content) ? content.Length : (long?)null);
    }

    public Task<byte[]> ReadAsync(VaultFile file, int most, CancellationToken ct = default)
    {
        lock (_lock) return _files.TryGetValue(file, out byte[]? content) ? Task.FromResult<byte[]>([.. content]) : throw new StorageFileMissingException($"{file} does not exist");
    }

    public Task ReadRangeAsync(VaultFile file, long offset, Memory<byte> destination, CancellationToken ct = default)
    {
        lock (_lock) _files[file].AsSpan((int)offset, destination.Length).CopyTo(destination.Span);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<VaultEntry>> ListAsync(VaultFileKind kind, CancellationToken ct = default)
    {
        lock (_lock) return Task.FromResult<IReadOnlyList<VaultEntry>>([.. _files.Where(f => f.Key.Kind == kind).Select(static f => new VaultEntry(f.Key.Name, f.Value.Length))]);
    }

    // Long enough that the other storing stage begins meanwhile: a crash may find two writes under way.
    public Task WriteAsync(VaultFile file, ReadOnlyMemory<byte> content, CancellationToken ct = default) => DoAsync(file, content.ToArray(), TimeSpan.FromMilliseconds(20));

    public Task RemoveAsync(VaultFile file, CancellationToken ct = default) => DoAsync(file, null, TimeSpan.Zero);

    async Task DoAsync(VaultFile file, byte[]? content, TimeSpan takes)
    {
        int operation;
        lock (_lock) _log.Add(new Step(operation = _operations++, false, file, content));
        await Task.Delay(takes, CancellationToken.None);
        lock (_lock)
        {
            if (content is null) _files.Remove(file);
            else _files[file] = content;
            _log.Add(new Step(operation, true, file, content));
        }
    }
}

/// <summary>A clock that goes on by itself at each look, so that indexes are saved while a backup runs; what is waited for comes at once, or never.</summary>
sealed class HurryingTime : TimeProvider
{
    DateTimeOffset _now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    internal TimeSpan PerLook { get; set; }

    public override DateTimeOffset GetUtcNow() => _now += PerLook;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        System.CreateTimer(callback, state, dueTime < TimeSpan.FromSeconds(2) ? TimeSpan.Zero : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
}
