using System.Buffers.Binary;

namespace Offproof.Vault;

/// <summary>Where indexes are damaged or gone, the packs' own tables say the same (vault.md §4.7).</summary>
sealed class PackTables(Repository repository)
{
    /// <summary>
    /// The tables of the packs in <paramref name="listing"/> that <paramref name="index"/> does not name and that hold a blob which is nowhere else: copies of
    /// a pack under other names, any number of them, take no memory. Packs whose table does not open are left out: check names them.
    /// </summary>
    internal async Task<List<PackRecord>> ReadAsync(VaultIndex index, IReadOnlyList<VaultEntry> listing, CancellationToken ct)
    {
        HashSet<ContentId> known = [.. index.Packs.Select(static p => p.Id)];
        HashSet<(ContentId Id, bool Tree)> met = [];
        List<PackRecord> found = [];
        foreach (VaultEntry entry in listing)
        {
            if (!ContentId.TryParse(entry.Name, out ContentId id) || known.Contains(id)) continue;
            try
            {
                BlobEntry[] blobs = await ReadAsync(entry, ct).ConfigureAwait(false);
                bool isNew = false;
                foreach (BlobEntry blob in blobs) isNew |= !index.Contains(blob.Id, blob.Tree) && met.Add((blob.Id, blob.Tree));
                if (isNew) found.Add(new PackRecord(id, blobs));
            }
            catch (Exception e) when (e is CorruptVaultException or StorageFileMissingException)
            {
                // Cut off, damaged, or removed meanwhile: it has nothing to say.
            }
        }
        return found;
    }

    // From the end, so that of a pack only its table is fetched.
    async Task<BlobEntry[]> ReadAsync(VaultEntry pack, CancellationToken ct)
    {
        VaultFile file = new(VaultFileKind.Data, pack.Name);
        if (pack.Size is < PackHeader.LengthSize + Sealer.Overhead or > uint.MaxValue) throw new CorruptVaultException($"{file} cannot be a pack");
        byte[] length = new byte[PackHeader.LengthSize];
        await repository.Storage.ReadRangeAsync(file, pack.Size - length.Length, length, ct).ConfigureAwait(false);
        uint size = BinaryPrimitives.ReadUInt32LittleEndian(length);
        if (size < Sealer.Overhead || size > pack.Size - length.Length || size > PackHeader.MostBytes) throw new CorruptVaultException($"{file}: the table cannot be that long");
        byte[] tail = new byte[size + length.Length];
        await repository.Storage.ReadRangeAsync(file, pack.Size - tail.Length, tail, ct).ConfigureAwait(false);
        Workbench bench = repository.Rent();
        try
        {
            return PackHeader.Open(tail, pack.Size, bench.Sealer);
        }
        finally
        {
            repository.Return(bench);
        }
    }
}
