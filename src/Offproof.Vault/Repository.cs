using System.Collections.Concurrent;
using System.Numerics;
using System.Security.Cryptography;

namespace Offproof.Vault;

/// <summary>How a repository is opened.</summary>
public sealed record VaultOptions
{
    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Only a config of this SHA-256 (64 lower-case hexadecimal digits) is accepted.</summary>
    public string? ExpectedConfigSha256 { get; init; }

    /// <summary>Only the key file of this name is tried.</summary>
    public string? ExpectedKeyName { get; init; }

    /// <summary>Reads without taking a lock, for storage that cannot be written. Backups always lock.</summary>
    public bool ReadWithoutLock { get; init; }
}

/// <summary>An opened repository of the restic format, version 1 or 2 (docs/vault.md). Start here: <see cref="OpenAsync"/>.</summary>
public sealed partial class Repository : IAsyncDisposable
{
    internal const string HostName = "offproof";
    const int MostKeys = 20;
    internal const int MostUnpacked = 128 << 20;

    readonly MasterKey _master;
    readonly ConcurrentBag<Workbench> _benches = [];
    readonly VaultOptions _options;

    Repository(IVaultStorage storage, MasterKey master, ConfigFile config, string keyName, VaultOptions options)
    {
        Storage = storage;
        Config = config;
        KeyName = keyName;
        _master = master;
        _options = options;
    }

    internal IVaultStorage Storage { get; }

    internal ConfigFile Config { get; }

    internal TimeProvider Time => _options.Time;

    /// <summary>The repository's own id, 64 lower-case hexadecimal digits.</summary>
    public string Id => Config.Id.ToString();

    /// <summary>1 or 2. Version 1 is read only.</summary>
    public int Version => Config.Version;

    /// <summary>The key file that the password opened.</summary>
    public string KeyName { get; }

    /// <summary>Reads config and key files and derives the key.</summary>
    /// <exception cref="VaultNotFoundException">No config at this place.</exception>
    /// <exception cref="WrongPasswordException">No key opens.</exception>
    /// <exception cref="SubstitutedVaultException">Config or key are not the pinned ones.</exception>
    /// <exception cref="HostileParametersException">A key file wants too much memory or work.</exception>
    /// <exception cref="CorruptVaultException">Config or key file damaged.</exception>
    public static async Task<Repository> OpenAsync(IVaultStorage storage, VaultPassword password, VaultOptions? options = null, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(storage);
        options ??= new VaultOptions();
        byte[] config;
        try
        {
            config = await storage.ReadAsync(VaultFile.Config, ConfigFile.MostBytes, ct).ConfigureAwait(false);
        }
        catch (StorageFileMissingException e)
        {
            throw new VaultNotFoundException($"there is no vault here: {e.Message}");
        }
        if (options.ExpectedConfigSha256 is { } expected && !string.Equals(ContentId.Of(config).ToString(), expected, StringComparison.Ordinal))
            throw new SubstitutedVaultException("the vault's config is not the one that was signed for; nothing was read from it");

        (MasterKey master, string name) = await FindKeyAsync(storage, password, options, ct).ConfigureAwait(false);
        try
        {
            return new Repository(storage, master, ConfigFile.Open(config, master), name, options);
        }
        catch
        {
            master.Dispose();
            throw;
        }
    }

    static async Task<(MasterKey Key, string Name)> FindKeyAsync(IVaultStorage storage, VaultPassword password, VaultOptions options, CancellationToken ct)
    {
        List<string> names = options.ExpectedKeyName is { } pinned ? [pinned] : [.. (await storage.ListAsync(VaultFileKind.Keys, ct).ConfigureAwait(false)).Select(static e => e.Name)];
        if (names.Count == 0) throw new CorruptVaultException("the vault has no key file: without one no password opens it");
        // A damaged or hostile key must not hide a good one: its failure is told only when none opens.
        VaultException? failure = null;
        foreach (string name in names.Take(MostKeys))
        {
            try
            {
                byte[] file = await storage.ReadAsync(new VaultFile(VaultFileKind.Keys, name), ConfigFile.MostBytes, ct).ConfigureAwait(false);
                if (!string.Equals(ContentId.Of(file).ToString(), name, StringComparison.Ordinal))
                    throw options.ExpectedKeyName is null ? new CorruptVaultException($"key file {name[..8]} does not match its name") : new SubstitutedVaultException("the key file is not the one that was signed for");
                if (KeyFile.Parse(file).TryOpen(password, out MasterKey? master)) return (master!, name);
            }
            catch (StorageFileMissingException) when (options.ExpectedKeyName is not null)
            {
                throw new SubstitutedVaultException("the key file that was signed for is not there");
            }
            catch (VaultException e) when (e is CorruptVaultException or HostileParametersException or StorageFileMissingException)
            {
                failure ??= e;
            }
        }
        throw failure ?? new WrongPasswordException("wrong password: it opens no key file of this vault");
    }

    /// <summary>All snapshots, oldest first.</summary>
    /// <exception cref="CorruptVaultException">One of them is damaged or not there. <see cref="ListSnapshotsAsync"/> says which, and gives the others.</exception>
    public Task<IReadOnlyList<Snapshot>> SnapshotsAsync(CancellationToken ct = default) => SnapshotsAsync(skipDamaged: false, ct);

    /// <summary>All snapshots, oldest first; damaged ones left out when so asked.</summary>
    public async Task<IReadOnlyList<Snapshot>> SnapshotsAsync(bool skipDamaged, CancellationToken ct = default)
    {
        SnapshotList list = await ListSnapshotsAsync(ct).ConfigureAwait(false);
        return skipDamaged || list.Damage is null ? list.Readable : throw new CorruptVaultException(list.Damage);
    }

    /// <summary>All snapshots, those that cannot be read apart: one damaged file, or one that is listed and not there, does not close the rest of the vault.</summary>
    public async Task<SnapshotList> ListSnapshotsAsync(CancellationToken ct = default)
    {
        List<Snapshot> readable = [];
        List<DamagedSnapshot> damaged = [];
        foreach (VaultEntry entry in await Storage.ListAsync(VaultFileKind.Snapshots, ct).ConfigureAwait(false))
        {
            if (!ContentId.TryParse(entry.Name, out ContentId id)) continue;
            try
            {
                readable.Add(await ReadSnapshotAsync(id, ct).ConfigureAwait(false) with { Received = entry.Received });
            }
            catch (Exception e) when (e is CorruptVaultException or StorageFileMissingException)
            {
                damaged.Add(new DamagedSnapshot(entry.Name, e.Message));
            }
        }
        readable.Sort(static (a, b) => a.Time != b.Time ? a.Time.CompareTo(b.Time) : a.FileId.CompareTo(b.FileId));
        return new SnapshotList(readable, damaged);
    }

    async Task<Snapshot> ReadSnapshotAsync(ContentId id, CancellationToken ct) =>
        Snapshot.Read(id, await ReadUnpackedAsync(VaultFileKind.Snapshots, id, MostUnpacked, ct).ConfigureAwait(false));

    /// <summary>Forgets the keys.</summary>
    public ValueTask DisposeAsync()
    {
        while (_benches.TryTake(out Workbench? bench)) bench.Dispose();
        _master.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>A file outside packs, opened: hash, tag, compression (vault.md §4.6).</summary>
    internal async Task<byte[]> ReadUnpackedAsync(VaultFileKind kind, ContentId id, int most, CancellationToken ct)
    {
        VaultFile file = new(kind, id.ToString());
        byte[] content = await Storage.ReadAsync(file, most, ct).ConfigureAwait(false);
        if (ContentId.Of(content) != id) throw new CorruptVaultException($"{file} does not match its name");
        if (content.Length < Sealer.Overhead + 1) throw new CorruptVaultException($"{file} is too short");
        byte[] plain = new byte[content.Length - Sealer.Overhead];
        Workbench bench = Rent();
        try
        {
            if (!bench.Sealer.TryOpen(content, plain)) throw new CorruptVaultException($"{file} does not authenticate");
        }
        finally
        {
            Return(bench);
        }
        return plain[0] switch
        {
            (byte)'{' or (byte)'[' => plain,
            2 => Compression.DecompressUnknown(plain.AsMemory(1), MostUnpacked),
            _ => throw new CorruptVaultException($"{file} begins with neither JSON nor a known compression mark"),
        };
    }

    internal async Task<ContentId> WriteUnpackedAsync(VaultFileKind kind, ReadOnlyMemory<byte> json, CancellationToken ct)
    {
        byte[] file = SealUnpacked(json.Span);
        ContentId id = ContentId.Of(file);
        await Storage.WriteAsync(new VaultFile(kind, id.ToString()), file, ct).ConfigureAwait(false);
        return id;
    }

    internal byte[] SealUnpacked(ReadOnlySpan<byte> json)
    {
        Workbench bench = Rent();
        try
        {
            byte[] frame = new byte[1 + Compression.Bound(json.Length)];
            frame[0] = 2;
            int compressed = bench.Compression.Compress(json, frame.AsSpan(1));
            // Version 1 knows no mark, and what does not shrink needs none: both begin with the JSON itself.
            ReadOnlySpan<byte> plain = compressed > 0 && Version >= 2 ? frame.AsSpan(0, compressed + 1) : json;
            byte[] file = new byte[plain.Length + Sealer.Overhead];
            bench.Sealer.Seal(plain, file);
            return file;
        }
        finally
        {
            Return(bench);
        }
    }

    /// <summary>All indexes; of a damaged one the name goes to <paramref name="damaged"/>, and the caller decides what takes its place.</summary>
    internal async Task<VaultIndex> LoadIndexAsync(List<string> damaged, CancellationToken ct)
    {
        VaultIndex index = new();
        foreach (VaultEntry entry in await Storage.ListAsync(VaultFileKind.Index, ct).ConfigureAwait(false))
        {
            if (!ContentId.TryParse(entry.Name, out ContentId id)) continue;
            try
            {
                foreach (PackRecord pack in IndexFile.Read(await ReadUnpackedAsync(VaultFileKind.Index, id, MostUnpacked, ct).ConfigureAwait(false))) index.Add(pack);
            }
            catch (Exception e) when (e is CorruptVaultException or StorageFileMissingException)
            {
                damaged.Add($"index/{id.Short} cannot be read: {e.Message}");
            }
        }
        return index;
    }

    /// <summary>A tree, from whichever copy is intact.</summary>
    internal async Task<List<Node>> ReadTreeAsync(VaultIndex index, ContentId id, CancellationToken ct) =>
        TreeFile.Read(await ReadBlobAsync(index, id, tree: true, ct).ConfigureAwait(false));

    internal async Task<byte[]> ReadBlobAsync(VaultIndex index, ContentId id, bool tree, CancellationToken ct)
    {
        if (!index.TryFind(id, tree, out BlobPlace first)) throw new CorruptVaultException($"{(tree ? "tree" : "blob")} {id} is in no index");
        try
        {
            return await ReadPlaceAsync(first, ct).ConfigureAwait(false);
        }
        catch (Exception e) when (e is CorruptVaultException or StorageFileMissingException)
        {
            foreach (BlobPlace other in index.AllPlaces(id, tree).Where(p => p != first))
            {
                try
                {
                    return await ReadPlaceAsync(other, ct).ConfigureAwait(false);
                }
                catch (Exception again) when (again is CorruptVaultException or StorageFileMissingException)
                {
                    // The next copy may be whole; the first failure is the one that is told.
                }
            }
            throw e as CorruptVaultException ?? new CorruptVaultException(e.Message, e);
        }
    }

    async Task<byte[]> ReadPlaceAsync(BlobPlace place, CancellationToken ct)
    {
        if (place.Entry.ClaimsTooMuch) throw new CorruptVaultException($"blob {place.Entry.Id} claims more than 128 MiB");
        byte[] stored = new byte[place.Entry.Length];
        await Storage.ReadRangeAsync(new VaultFile(VaultFileKind.Data, place.Pack.ToString()), place.Entry.Offset, stored, ct).ConfigureAwait(false);
        byte[] plain = new byte[place.Entry.ContentLength];
        Workbench bench = Rent();
        try
        {
            bench.Open(place.Entry, stored, plain);
        }
        finally
        {
            Return(bench);
        }
        return plain;
    }

    internal Workbench Rent() => _benches.TryTake(out Workbench? bench) ? bench : new Workbench(_master);

    internal void Return(Workbench bench) => _benches.Add(bench);
}

/// <summary>What one thread needs to seal and open: never shared, returned after use.</summary>
sealed class Workbench(MasterKey master) : IDisposable
{
    byte[] _scratch = [], _pack = [], _plain = [];

    internal Sealer Sealer { get; } = master.NewSealer();

    internal Compression Compression { get; } = new();

    /// <summary>The bench's own room for a whole pack: kept, because a pool would keep one for every thread that ever returned one.</summary>
    internal Memory<byte> RoomForPack(int length)
    {
        if (_pack.Length < length) _pack = GC.AllocateUninitializedArray<byte>(Math.Max(length, PackBuilder.BufferSize));
        return _pack.AsMemory(0, length);
    }

    /// <summary>The bench's own room for a blob's content.</summary>
    internal Span<byte> RoomForContent(int length)
    {
        if (_plain.Length < length) _plain = GC.AllocateUninitializedArray<byte>((int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(length, 1 << 20)));
        return _plain.AsSpan(0, length);
    }

    /// <summary>Opens a stored blob: tag, then compression within the declared length, then SHA-256 against the id (vault.md §4.4).</summary>
    /// <param name="entry">What the index or the pack header says.</param>
    /// <param name="stored">entry.Length bytes.</param>
    /// <param name="plain">entry.ContentLength bytes.</param>
    internal void Open(in BlobEntry entry, ReadOnlySpan<byte> stored, Span<byte> plain)
    {
        if (entry.Compressed)
        {
            int length = stored.Length - Sealer.Overhead;
            if (_scratch.Length < length) _scratch = new byte[Math.Max(length, 1 << 20)];
            if (!Sealer.TryOpen(stored, _scratch.AsSpan(0, length))) throw new CorruptVaultException($"blob {entry.Id} does not authenticate");
            Compression.Decompress(_scratch.AsSpan(0, length), plain);
        }
        else if (!Sealer.TryOpen(stored, plain))
            throw new CorruptVaultException($"blob {entry.Id} does not authenticate");
        if (ContentId.Of(plain) != entry.Id) throw new CorruptVaultException($"blob {entry.Id} opens, but its content is another one");
    }

    public void Dispose()
    {
        Sealer.Dispose();
        Compression.Dispose();
        CryptographicOperations.ZeroMemory(_scratch);
        CryptographicOperations.ZeroMemory(_plain);
    }
}
