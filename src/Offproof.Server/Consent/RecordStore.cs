using Offproof.Consent;

namespace Offproof.Server;

/// <summary>Everything that was signed and taken, with its receipt, in the order received.</summary>
sealed class RecordStore(Database database, Clerk clerk)
{
    internal string? FindReceipt(Thumbprint account, Thumbprint device, Digest hash) => database.First(
        "SELECT receipt FROM records WHERE account = $1 AND device = $2 AND hash = $3", row => row.GetString(0), account.Text, device.Text, hash.Text);

    // consent.md §3.2: seq is one more than the last, prev is its hash. UNIQUE (account, device, seq) is the second lock on the same door.
    internal bool IsNext(Thumbprint account, Thumbprint device, long seq, Digest prev) => database.First(
        "SELECT 1 FROM (SELECT seq, hash FROM records WHERE account = $1 AND device = $2 ORDER BY seq DESC LIMIT 1) WHERE seq + 1 = $3 AND hash = $4",
        row => row.GetString(0),
        account.Text,
        device.Text,
        seq,
        prev.Text) is not null;

    internal void Add(Thumbprint account, Thumbprint device, long seq, SignedRecord record, SignedRecord receipt) => database.Execute(
        "INSERT INTO records (account, device, seq, hash, compact, receipt, received) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        account.Text,
        device.Text,
        seq,
        record.Hash.Text,
        record.Compact,
        receipt.Compact,
        clerk.Now);

    internal List<(string Record, string Receipt)> All(Thumbprint account) => database.Query(
        "SELECT compact, receipt FROM records WHERE account = $1 ORDER BY number", row => (row.GetString(0), row.GetString(1)), account.Text);
}
