using Offproof.Consent;

namespace Offproof.Server;

/// <summary>
/// Deletes what was decided to be erased, in the order of protocol.md §9. Interrupted anywhere, it begins again: a file that is gone already is no error, and
/// the receipt is signed when nothing is left.
/// </summary>
sealed class Eraser(VaultStore vaults, RecordStore records, Database database, (DataFolder Data, Quota Quota) stored, Clerk clerk)
{
    // What tests interrupt.
    internal Action<string>? Before { get; init; }

    // An I/O error passes through; the vault stays closed, and the next sweep tries again.
    internal async Task FinishAsync(VaultAddress address)
    {
        if (vaults.Find(address) is not { } vault) return;
        // Whoever was uploading is cut before the gate is asked for; whoever waits for the gate is refused inside of it.
        vault.Become(VaultState.Erasing);
        using (await vault.EnterAsync(CancellationToken.None))
        {
            vault.Become(vaults.StateOf(address));
            if (vault.State != VaultState.Erasing) return; // somebody else was first
            Delete(new VaultFolder(stored.Data, address));
            Step("receipt");
            long now = clerk.Now;
            database.InTransaction<bool>(
                () =>
                {
                    foreach (long erasure in vaults.Erased(address)) records.Acknowledge(erasure, ReceiptState.Erased, due: null, now);
                    return true;
                },
                _ => true);
            vault.Become(VaultState.Erased);
        }
    }

    // What is due by the clock, of one account or of all. What could not be deleted, and why, is returned: it does not keep the others.
    internal async Task<IReadOnlyList<Exception>> FinishDueAsync(Thumbprint? account = null)
    {
        List<Exception> failed = [];
        foreach (var address in vaults.DecideDue(clerk.Now, account))
        {
            try
            {
                await FinishAsync(address);
            }
            catch (Exception e)
            {
                failed.Add(e);
            }
        }

        return failed;
    }

    // The sealed password first: without it, nobody opens what is left.
    void Delete(VaultFolder folder)
    {
        Step("sealed");
        DeleteFile(folder.Address.Account, new(folder.Sealed));
        SyncIfThere(Path.GetDirectoryName(folder.Sealed)!);
        foreach (var type in (ReadOnlySpan<ObjectType>)[ObjectType.Keys, ObjectType.Snapshots, ObjectType.Index, ObjectType.Locks, ObjectType.Data])
        {
            Step(type.Name());
            DeleteFolder(folder.Address.Account, new(folder.FolderOf(type)));
        }

        Step("config");
        DeleteFolder(folder.Address.Account, new(folder.Root));
        SyncIfThere(Path.GetDirectoryName(folder.Root)!);
    }

    // Each folder is synced after its names were removed, so that no crash brings one back.
    void DeleteFolder(Thumbprint account, DirectoryInfo folder)
    {
        if (!folder.Exists) return;
        foreach (var inner in folder.EnumerateDirectories())
        {
            if (inner.LinkTarget is null) DeleteFolder(account, inner);
            else inner.Delete();
        }

        foreach (var file in folder.EnumerateFiles()) DeleteFile(account, file);
        DataFolder.SyncFolder(folder.FullName);
        folder.Delete();
    }

    void DeleteFile(Thumbprint account, FileInfo file)
    {
        if (!file.Exists) return;
        Step(file.Name);
        long length = file.Length;
        file.Delete();
        stored.Quota.Release(account, length);
    }

    static void SyncIfThere(string folder)
    {
        if (Directory.Exists(folder)) DataFolder.SyncFolder(folder);
    }

    void Step(string next) => Before?.Invoke(next);
}
