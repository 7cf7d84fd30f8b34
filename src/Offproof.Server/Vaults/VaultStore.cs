using System.Collections.Concurrent;
using Offproof.Consent;

namespace Offproof.Server;

/// <summary>Which vaults there are, in which state, and for each the gate between publishing and revoking. The database is the truth.</summary>
sealed class VaultStore(Database database)
{
    // protocol.md §3: what malware with a device's key can make of the account's records must stay small enough to be read.
    internal const int MaxGrants = 4096;

    const string Here = " account = $1 AND device = $2 AND category = $3 AND epoch = $4";

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
        // protocol.md §3: the first that this server sees has the number that the device had reached elsewhere (§18).
        return last is null || address.Epoch.Value == last.Epoch + 1 && last.State != VaultState.On;
    }

    internal bool HasRoom(Thumbprint account) =>
        database.Query("SELECT COUNT(*) FROM vaults WHERE account = $1", row => row.GetInt64(0), account.Text)[0] < MaxGrants;

    internal void Add(VaultAddress address, Digest grant, VaultHashes hashes) => database.Execute(
        "INSERT INTO vaults (account, device, category, epoch, state, grant_hash, config, key, sealed) VALUES ($1, $2, $3, $4, 'on', $5, $6, $7, $8)",
        [.. Key(address), grant.Text, hashes.Config.Text, hashes.Key.Text, hashes.Sealed.Text]);

    // False unless this grant is the newest one and was not revoked before. What the sheet erased while it was on stays erased.
    internal bool TryRevoke(VaultAddress address, Digest grant) => database.Execute(
        "UPDATE vaults SET revoked = 1, state = CASE state WHEN 'on' THEN 'kept' ELSE state END WHERE" + Here
        + " AND grant_hash = $5 AND revoked = 0 AND epoch = (SELECT MAX(epoch) FROM vaults WHERE account = $1 AND device = $2 AND category = $3)",
        [.. Key(address), grant.Text]) == 1;

    // The epochs of a device that is removed.
    internal List<VaultAddress> KeepAll(Thumbprint account, Thumbprint device) => database.Query(
        "UPDATE vaults SET state = 'kept' WHERE account = $1 AND device = $2 AND state = 'on' RETURNING account, device, category, epoch", Address, account.Text, device.Text);

    // consent.md §3.7, by the device: false unless it is this grant's and kept.
    internal bool TryClose(VaultAddress address, Digest grant, long erasure, long due) => database.Execute(
        "UPDATE vaults SET state = 'closed', closing = $6, due = $7 WHERE" + Here + " AND grant_hash = $5 AND state = 'kept'", [.. Key(address), grant.Text, erasure, due]) == 1;

    // consent.md §3.7, by the sheet: false unless it is this grant's and there is something left to decide.
    internal bool TryErase(VaultAddress address, Digest grant, long erasure) => database.Execute(
        "UPDATE vaults SET state = 'erasing', due = NULL, erasing = $6 WHERE" + Here + " AND grant_hash = $5 AND state IN ('on', 'kept', 'closed')",
        [.. Key(address), grant.Text, erasure]) == 1;

    // Whose access the erasure with this record hash closed, where that can still be taken back.
    internal VaultAddress? TryReopen(Thumbprint account, Digest erasure, long now) => database.Query(
        """
        UPDATE vaults SET state = 'kept', due = NULL, closing = NULL
        WHERE account = $1 AND closing = (SELECT number FROM records WHERE account = $1 AND hash = $2) AND state = 'closed' AND due > $3
        RETURNING account, device, category, epoch
        """,
        Address,
        account.Text,
        erasure.Text,
        now) is [var address] ? address : null;

    // Decides what is due, and lists what is to be deleted now: that, and what an interrupted server left half deleted. Of one account, or of all.
    internal List<VaultAddress> DecideDue(long now, Thumbprint? account = null)
    {
        if (database.First("SELECT 1 FROM vaults WHERE state = 'closed' AND due <= $1 LIMIT 1", row => row.GetString(0), now) is not null)
            database.Execute("UPDATE vaults SET state = 'erasing', due = NULL WHERE state = 'closed' AND due <= $1", now);
        return database.Query(
            "SELECT account, device, category, epoch FROM vaults WHERE state = 'erasing' AND ($1 IS NULL OR account = $1)", Address, account?.Text);
    }

    // Inside the transaction that signs the receipts, of the erasures that are returned; after everything was deleted. Empty where somebody else did it.
    internal List<long> Erased(VaultAddress address)
    {
        var erasures = database.Query(
            "UPDATE vaults SET state = 'erased' WHERE" + Here + " AND state = 'erasing' RETURNING closing, erasing",
            row => (long?[])[row.IsDBNull(0) ? null : row.GetInt64(0), row.IsDBNull(1) ? null : row.GetInt64(1)],
            Key(address));
        database.Execute("DELETE FROM locks WHERE" + Here, Key(address));
        return [.. erasures.SelectMany(pair => pair).OfType<long>()];
    }

    internal VaultState StateOf(VaultAddress address) =>
        Parse(database.First("SELECT state FROM vaults WHERE" + Here, row => row.GetString(0), Key(address)));

    // One object for each vault while the server runs. Misses are not kept: a stranger's guesses cost no memory.
    internal Vault? Find(VaultAddress address)
    {
        if (known.TryGetValue(address, out var vault)) return vault;
        var loaded = database.First(
            "SELECT state, config, key, sealed FROM vaults WHERE" + Here,
            row => new Vault(address, Parse(row.GetString(0)), new(Digest.Parse(row.GetString(1)), Digest.Parse(row.GetString(2)), Digest.Parse(row.GetString(3)))),
            Key(address));
        return loaded is null ? null : known.GetOrAdd(address, loaded);
    }

    // After a change of its state was committed: nothing that it refuses becomes visible once this has returned. Not cancelled with the request: what
    // arrived takes effect also when its sender hangs up.
    internal async Task ObeyAsync(VaultAddress address)
    {
        if (Find(address) is not { } vault) return;
        using (await vault.EnterAsync(CancellationToken.None)) vault.Become(StateOf(address));
    }

    // The locks of a sheet that is the account's no more, on their way in.
    internal void CutSheet(Thumbprint account)
    {
        foreach (var (address, vault) in known)
            if (address.Account == account) vault.CutSheet();
    }

    internal List<(VaultAddress Address, VaultState State)> All(Thumbprint account) => database.Query(
        "SELECT account, device, category, epoch, state FROM vaults WHERE account = $1 ORDER BY device, category, epoch",
        row => (Address(row), Parse(row.GetString(4))),
        account.Text);

    static object[] Key(VaultAddress address) => [address.Account.Text, address.Device.Text, address.Category.Name(), address.Epoch.Value];

    static VaultAddress Address(Microsoft.Data.Sqlite.SqliteDataReader row) =>
        VaultAddress.TryParse(row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), out var address)
            ? address
            : throw new InvalidDataException("a stored vault cannot be read");

    static VaultState Parse(string? state) => state switch
    {
        null => VaultState.None,
        "on" => VaultState.On,
        "kept" => VaultState.Kept,
        "closed" => VaultState.Closed,
        "erasing" => VaultState.Erasing,
        "erased" => VaultState.Erased,
        _ => throw new InvalidDataException("a stored vault has no state"),
    };
}
