using Offproof.Consent;

namespace Offproof.Server;

/// <summary>Everything that was signed and taken, in the order received, and the receipts, in the order signed.</summary>
sealed class RecordStore(Database database, Clerk clerk)
{
    const int PageSize = 100;

    // Null where it was never taken.
    internal long? Find(Thumbprint account, Digest hash) =>
        database.Query("SELECT number FROM records WHERE account = $1 AND hash = $2", row => row.GetInt64(0), account.Text, hash.Text) is [var number] ? number : null;

    // consent.md §3.2: seq is one more than the last, prev is its hash; before the first stands what made it a device. UNIQUE (account, signer, seq) is the
    // second lock on the same door.
    internal bool IsNext(Thumbprint account, Thumbprint device, ChainPlace place) => database.First(
        """
        SELECT 1 FROM (
            SELECT seq, hash FROM (
                SELECT seq, hash FROM records WHERE account = $1 AND signer = $2 AND seq IS NOT NULL
                UNION ALL SELECT 0, root FROM devices WHERE account = $1 AND device = $2)
            ORDER BY seq DESC LIMIT 1)
        WHERE seq + 1 = $3 AND hash = $4
        """,
        row => row.GetString(0),
        account.Text,
        device.Text,
        place.Seq,
        place.Prev.Text) is not null;

    internal long Add(SignedRecord record, Thumbprint account, Thumbprint signer, long? seq, long now) => database.Query(
        "INSERT INTO records (account, signer, seq, hash, compact, received) VALUES ($1, $2, $3, $4, $5, $6) RETURNING number",
        row => row.GetInt64(0),
        account.Text,
        signer.Text,
        seq,
        record.Hash.Text,
        record.Compact,
        now)[0];

    // Signs a receipt and keeps it.
    internal string Acknowledge(long number, ReceiptState state, long? due, long now)
    {
        var (account, signer, compact) = database.Query(
            "SELECT account, signer, compact FROM records WHERE number = $1",
            row => (Thumbprint.Parse(row.GetString(0)), Thumbprint.Parse(row.GetString(1)), row.GetString(2)),
            number)[0];
        if (!SignedRecord.TryParse(compact, out var record)) throw new InvalidDataException("a stored record cannot be read");
        string receipt = clerk.Receipt(record, account, signer, state, due, now).Compact;
        database.Execute("INSERT INTO receipts (record, compact) VALUES ($1, $2)", number, receipt);
        return receipt;
    }

    // Null for an erasure by the sheet that was taken and is not finished.
    internal string? NewestReceipt(long number) =>
        database.First("SELECT compact FROM receipts WHERE record = $1 ORDER BY number DESC LIMIT 1", row => row.GetString(0), number);

    // Page by page: an account may have thousands.
    internal IEnumerable<List<string>> All(Thumbprint account) =>
        Pages("SELECT number, compact FROM records WHERE account = $1 AND number > $2 ORDER BY number LIMIT $3", account);

    internal IEnumerable<List<string>> AllReceipts(Thumbprint account) => Pages(
        "SELECT receipts.number, receipts.compact FROM receipts JOIN records ON records.number = receipts.record WHERE account = $1 AND receipts.number > $2 ORDER BY receipts.number LIMIT $3",
        account);

    IEnumerable<List<string>> Pages(string sql, Thumbprint account)
    {
        long last = 0;
        while (database.Query(sql, row => (Number: row.GetInt64(0), Compact: row.GetString(1)), account.Text, last, PageSize) is [.., var end] page)
        {
            last = end.Number;
            yield return page.ConvertAll(item => item.Compact);
        }
    }
}
