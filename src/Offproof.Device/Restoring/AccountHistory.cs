using Offproof.Consent;

namespace Offproof.Device;

/// <summary>One vault that the account's owner granted, as the records prove it; and the record hash of its grant.</summary>
internal sealed record GrantedVault(VaultAddress Address, VaultHashes Hashes, Digest Grant);

/// <summary>
/// The records of an account, believed only as far as they verify from the sheet: sheet -> certificate -> device's chain -> grants (consent.md §4). The
/// server hands them over; it cannot add a vault, change one, or leave out a link before one that it shows.
/// </summary>
internal sealed class AccountHistory
{
    private readonly List<GrantedVault> vaults = [];

    private AccountHistory()
    {
    }

    internal IReadOnlyList<GrantedVault> Vaults => vaults;

    /// <exception cref="DeviceException">A record does not verify, or a link is missing (<see cref="DeviceFault.Forgery"/>).</exception>
    internal static AccountHistory Verify(IReadOnlyList<string> records, VerifyingKey sheet, Thumbprint account, Thumbprint server)
    {
        AccountHistory history = new();
        Dictionary<Thumbprint, Head> devices = [];
        foreach (string compact in records)
        {
            if (!SignedRecord.TryParse(compact, out SignedRecord? record)) throw Forged("a record is malformed");
            if (record.Typ == RecordTyp.Certificate)
            {
                if (!Certificate.TryVerify(record, sheet, account, server, out Certificate? certificate))
                    throw Forged("a certificate is not signed by this sheet for this server");
                devices.TryAdd(certificate.Device, new Head(certificate.DeviceKey, record.Hash));
                continue;
            }
            if (!devices.TryGetValue(record.Kid, out Head? head)) throw Forged("a record is signed by a device that the sheet never certified");
            history.Follow(record, head, account, server);
        }
        return history;
    }

    /// <summary>The vaults of a category, in the order of their records.</summary>
    internal IEnumerable<GrantedVault> All(Category category) => vaults.Where(v => v.Address.Category == category);

    /// <summary>The newest granted vault of a category, or that of one epoch.</summary>
    internal GrantedVault Choose(Category category, int? epoch) =>
        vaults.FindLast(v => v.Address.Category == category && (epoch is null || v.Address.Epoch.Value == epoch)) // by place: clocks lie
        ?? throw new DeviceException(DeviceFault.Failure, epoch is null
            ? $"the server shows no record that this account turned {category.Name()} on; if it did, the server withholds them"
            : $"the server shows no record of an epoch {epoch} of {category.Name()}");

    /// <summary>The newest granted vault of a category on one device; null where the server shows none.</summary>
    internal GrantedVault? NewestOf(Category category, Thumbprint device) =>
        vaults.FindLast(v => v.Address.Category == category && v.Address.Device == device);

    private void Follow(SignedRecord record, Head head, Thumbprint account, Thumbprint server)
    {
        if (!ChainLink.TryVerify(record, head.Key, account, server, out ChainLink? link)) throw Forged("a record is not signed by the device that it names");
        if (link.Seq != head.NextSeq || link.Prev != head.LastHash) throw Forged("a record of a device's chain is missing, or they are out of order");
        head.NextSeq++;
        head.LastHash = record.Hash;
        if (record.Typ != RecordTyp.Grant) return; // revocations, and types of later versions, are links that grant nothing
        if (!Grant.TryVerify(record, head.Key, server, out Grant? grant)) throw Forged("a grant contradicts itself");
        vaults.Add(new GrantedVault(new VaultAddress(account, grant.Device, grant.Category, grant.Epoch), grant.Vault, record.Hash));
    }

    private static DeviceException Forged(string what) =>
        new(DeviceFault.Forgery, $"the server's records cannot be believed: {what}", "nothing was opened or written");

    private sealed class Head(VerifyingKey key, Digest certificate)
    {
        internal VerifyingKey Key { get; } = key;

        internal long NextSeq { get; set; } = 1;

        internal Digest LastHash { get; set; } = certificate;
    }
}
