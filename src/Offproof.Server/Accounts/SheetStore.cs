using Offproof.Consent;

namespace Offproof.Server;

/// <summary>How an account's sheet changes: at once by a rotation, when it is due by a replacement (consent.md §3.10, §3.11).</summary>
sealed class SheetStore(Database database, RecordStore records, TokenStore tokens, VaultStore vaults)
{
    // consent.md §3.11: long enough for whoever holds the old sheet to notice and to say no.
    internal const long WaitSeconds = 14 * 24 * 3600;

    // consent.md §3.10: the next number, and the change before; for the first, ACCOUNT.
    internal bool IsNext(Thumbprint account, Succession succession) => (database.First(
        "SELECT number, change FROM sheets WHERE account = $1 ORDER BY number DESC LIMIT 1",
        row => new Change(new(row.GetInt64(0), Digest.Parse(row.GetString(1)))),
        account.Text)?.Place is { } last ? last.After(last.Succeeds) : Succession.First(account)) == succession;

    internal bool IsPending(Thumbprint account) =>
        database.First("SELECT 1 FROM replacements WHERE account = $1", row => row.GetString(0), account.Text) is not null;

    internal void Await(Replacement replacement, long record, long due) => database.Execute(
        "INSERT INTO replacements (account, record, device, sheet, jwk, due) VALUES ($1, $2, $3, $4, $5, $6)",
        replacement.Account.Text,
        record,
        replacement.Device.Text,
        replacement.Sheet.Key.Thumbprint.Text,
        Answers.JsonText(replacement.Sheet.Key.WriteJwk),
        due);

    // Inside the transaction that takes a rotation. What was pending is over: its sheet never becomes the account's.
    internal void Change(Thumbprint account, VerifyingKey sheet, Digest record)
    {
        database.Execute("DELETE FROM replacements WHERE account = $1", account.Text);
        Add(account, sheet.Thumbprint.Text, Answers.JsonText(sheet.WriteJwk), record);
    }

    // False where nothing of that record is pending.
    internal bool TryCancel(Thumbprint account, Digest record) => database.Execute(
        "DELETE FROM replacements WHERE account = $1 AND record = (SELECT number FROM records WHERE account = $1 AND hash = $2)", account.Text, record.Text) == 1;

    // consent.md §3.11: what a device asked for that is removed meanwhile does not happen.
    internal void Drop(Thumbprint account, Thumbprint device) =>
        database.Execute("DELETE FROM replacements WHERE account = $1 AND device = $2", account.Text, device.Text);

    // Before anybody's signature or token is looked at: whose `due` has passed by this clock is the account's sheet, also if nobody looked when it came.
    internal void Settle(long now)
    {
        if (database.First("SELECT 1 FROM replacements WHERE due <= $1 LIMIT 1", row => row.GetString(0), now) is null) return;
        database.InTransaction<bool>(
            () =>
            {
                SettleInside(now);
                return true;
            },
            _ => true);
    }

    // The same inside a transaction of the caller's.
    internal void SettleInside(long now)
    {
        foreach (var due in database.Query(
            "SELECT r.account, r.record, r.sheet, r.jwk, records.hash FROM replacements r JOIN records ON records.number = r.record WHERE r.due <= $1 ORDER BY r.due, r.record",
            row => (Account: Thumbprint.Parse(row.GetString(0)), Record: row.GetInt64(1), Sheet: row.GetString(2), Jwk: row.GetString(3), Hash: Digest.Parse(row.GetString(4))),
            now))
        {
            database.Execute("DELETE FROM replacements WHERE account = $1", due.Account.Text);
            Add(due.Account, due.Sheet, due.Jwk, due.Hash);
            records.Acknowledge(due.Record, new(ReceiptState.Replaced, now));
        }
    }

    // The tokens of the sheet before die with it; its locks on their way in are cut.
    void Add(Thumbprint account, string sheet, string jwk, Digest change)
    {
        database.Execute(
            "INSERT INTO sheets (account, number, sheet, jwk, change) SELECT $1, 1 + COALESCE(MAX(number), 0), $2, $3, $4 FROM sheets WHERE account = $1",
            account.Text,
            sheet,
            jwk,
            change.Text);
        tokens.Forget(account, account);
        vaults.CutSheet(account);
    }
}

// A class, as Database.First wants one.
sealed record Change(Succession Place);
