using Offproof.Consent;

namespace Offproof.Server;

/// <summary>Whose token made a lock: only the same holder removes it (protocol.md §7.4).</summary>
sealed class LockStore(Database database)
{
    // Before the lock is published: a row without its file is harmless, a file without its row could never be removed.
    internal void Set(VaultAddress address, Digest name, Thumbprint holder) => database.Execute(
        "INSERT OR REPLACE INTO locks (account, device, category, epoch, name, holder) VALUES ($1, $2, $3, $4, $5, $6)",
        [.. Key(address, name), holder.Text]);

    internal bool IsHeldBy(VaultAddress address, Digest name, Thumbprint holder) => database.First(
        "SELECT 1 FROM locks WHERE account = $1 AND device = $2 AND category = $3 AND epoch = $4 AND name = $5 AND holder = $6",
        row => row.GetString(0),
        [.. Key(address, name), holder.Text]) is not null;

    internal void Forget(VaultAddress address, Digest name) => database.Execute(
        "DELETE FROM locks WHERE account = $1 AND device = $2 AND category = $3 AND epoch = $4 AND name = $5", Key(address, name));

    static object[] Key(VaultAddress address, Digest name) =>
        [address.Account.Text, address.Device.Text, address.Category.Name(), address.Epoch.Value, name.Text];
}
