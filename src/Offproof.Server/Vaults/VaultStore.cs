using System.Collections.Concurrent;
using Offproof.Consent;

namespace Offproof.Server;

enum VaultState
{
    None,
    On,
    Kept,
    Erased,
}

/// <summary>Which vaults there are, in which state, and for each the gate between publishing and revoking. The database is the truth.</summary>
sealed class VaultStore(Database database)
{
    readonly ConcurrentDictionary<VaultAddress, Vault> known = new();

    // protocol.md §3: the next epoch of that device and category, the one before being over.
    internal bool CanOpen(VaultAddress address)
    {
        var last = database.First(
            "SELECT epoch, state FROM vaults WHERE account = $1 AND device = $2 AND category = $3 ORDER BY epoch DESC LIMIT 1",
            row => new { Epoch = row.GetInt32(0), State = Parse(row.GetString(1)) },
            address.Account.Text,
            address.Device.Text,
            address.Category.Name());
        return last is null ? address.Epoch == Epoch.First : address.Epoch.Value == last.Epoch + 1 && last.State != VaultState.On;
    }

    internal void Add(VaultAddress address, Digest grant, VaultHashes hashes) => database.Execute(
        "INSERT INTO vaults (account, device, category, epoch, state, grant_hash, config, key, sealed) VALUES ($1, $2, $3, $4, 'on', $5, $6, $7, $8)",
        address.Account.Text,
        address.Device.Text,
        address.Category.Name(),
        address.Epoch.Value,
        grant.Text,
        hashes.Config.Text,
        hashes.Key.Text,
        hashes.Sealed.Text);

    // False unless this grant is the one that is on.
    internal bool TryKeep(VaultAddress address, Digest grant) => database.Execute(
        "UPDATE vaults SET state = 'kept' WHERE account = $1 AND device = $2 AND category = $3 AND epoch = $4 AND state = 'on' AND grant_hash = $5",
        address.Account.Text,
        address.Device.Text,
        address.Category.Name(),
        address.Epoch.Value,
        grant.Text) == 1;

    internal VaultState StateOf(VaultAddress address) => Parse(database.First(
        "SELECT state FROM vaults WHERE account = $1 AND device = $2 AND category = $3 AND epoch = $4", row => row.GetString(0), Key(address)));

    // One object for each vault while the server runs. Misses are not kept: a stranger's guesses cost no memory.
    internal Vault? Find(VaultAddress address)
    {
        if (known.TryGetValue(address, out var vault)) return vault;
        var loaded = database.First(
            "SELECT state, config, key, sealed FROM vaults WHERE account = $1 AND device = $2 AND category = $3 AND epoch = $4",
            row => new Vault(address, Parse(row.GetString(0)), new(Digest.Parse(row.GetString(1)), Digest.Parse(row.GetString(2)), Digest.Parse(row.GetString(3)))),
            Key(address));
        return loaded is null ? null : known.GetOrAdd(address, loaded);
    }

    internal List<(VaultAddress Address, VaultState State)> All(Thumbprint account) => database.Query(
        "SELECT device, category, epoch, state FROM vaults WHERE account = $1 ORDER BY device, category, epoch",
        row => VaultAddress.TryParse(account.Text, row.GetString(0), row.GetString(1), row.GetString(2), out var address)
            ? (address, Parse(row.GetString(3)))
            : throw new InvalidDataException("a stored vault cannot be read"),
        account.Text);

    static object[] Key(VaultAddress address) => [address.Account.Text, address.Device.Text, address.Category.Name(), address.Epoch.Value];

    static VaultState Parse(string? state) => state switch
    {
        null => VaultState.None,
        "on" => VaultState.On,
        "kept" => VaultState.Kept,
        "erased" => VaultState.Erased,
        _ => throw new InvalidDataException("a stored vault has no state"),
    };
}
