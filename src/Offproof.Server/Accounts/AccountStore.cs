using System.Text;
using Offproof.Consent;

namespace Offproof.Server;

/// <summary>A key that may sign, and the <c>iss</c> for which it speaks: a device for itself, a sheet for its account (consent.md §2). Whether it still may is <see cref="AccountStore"/>'s to say.</summary>
sealed record Signer(VerifyingKey Key, Thumbprint Issuer);

/// <summary>Accounts, their devices and their sheets: whose signature is believed.</summary>
sealed class AccountStore(Database database)
{
    // protocol.md §3.2, removed ones counted.
    internal const int MaxDevices = 32;

    // The sheet or the device that a record names, also one that is refused by now: what it signed before is still acknowledged. A thumbprint is a hash of
    // the key, so in whichever account it stands, the key is the same. A record that names none of ours is verified all the same, in vain: the time tells
    // nobody which keys are known here.
    internal Signer? FindSigner(SignedRecord record, VerifyingKey decoy)
    {
        if (FindSigner(record.Kid) is { } signer) return signer;
        _ = record.IsSignedBy(decoy);
        return null;
    }

    Signer? FindSigner(Thumbprint kid) => database.First(
        """
        SELECT 1 AS place, sheet AS jwk, account AS issuer FROM accounts WHERE account = $1
        UNION ALL SELECT 2, jwk, account FROM sheets WHERE sheet = $1
        UNION ALL SELECT 3, jwk, device FROM devices WHERE device = $1
        ORDER BY place LIMIT 1
        """,
        row => new Signer(Read(row.GetString(1)), Thumbprint.Parse(row.GetString(2))),
        kid.Text);

    internal VerifyingKey? FindFirstSheet(Thumbprint account) =>
        database.First("SELECT sheet FROM accounts WHERE account = $1", row => Read(row.GetString(0)), account.Text);

    // Null for the sheet in force (consent.md §3.10); an old one is nobody.
    internal Refusal? RefuseSheet(Thumbprint account, VerifyingKey sheet) => database.First(
        """
        SELECT 1 FROM (
            SELECT sheet FROM (SELECT 0 AS number, account AS sheet FROM accounts WHERE account = $1 UNION ALL SELECT number, sheet FROM sheets WHERE account = $1)
            ORDER BY number DESC LIMIT 1)
        WHERE sheet = $2
        """,
        row => row.GetString(0),
        account.Text,
        sheet.Thumbprint.Text) is null ? Refusal.NotAccepted : null;

    // Null for a device of the account.
    internal Refusal? RefuseDevice(Thumbprint account, Thumbprint device) => database.First(
        "SELECT removed IS NOT NULL FROM devices WHERE account = $1 AND device = $2", row => row.GetString(0), account.Text, device.Text) switch
        {
            null => Refusal.NotAccepted,
            "0" => null,
            _ => Refusal.Removed,
        };

    // protocol.md §3.2, §3.3: a key has one role in one account, once. A sheet that is pending counts, except in the account whose sheet rotates to it.
    internal bool IsTaken(VerifyingKey key, Thumbprint? pendingIn = null) => database.First(
        """
        SELECT 1 FROM accounts WHERE account = $1 UNION ALL SELECT 1 FROM sheets WHERE sheet = $1 UNION ALL SELECT 1 FROM devices WHERE device = $1
        UNION ALL SELECT 1 FROM replacements WHERE sheet = $1 AND account IS NOT $2 LIMIT 1
        """,
        row => row.GetString(0),
        key.Thumbprint.Text,
        pendingIn?.Text) is not null;

    // protocol.md §11.4; null where only the server's own limit counts.
    internal long? QuotaOf(Thumbprint account) =>
        database.First("SELECT quota FROM accounts WHERE account = $1 AND quota IS NOT NULL", row => new { Bytes = row.GetInt64(0) }, account.Text)?.Bytes;

    internal void Open(VerifyingKey sheet, VerifyingKey device, Digest certificate, long? quota)
    {
        database.Execute("INSERT INTO accounts (account, sheet, quota) VALUES ($1, $2, $3)", sheet.Thumbprint.Text, Answers.JsonText(sheet.WriteJwk), quota);
        AddDevice(sheet.Thumbprint, device, certificate);
    }

    // Null where it is one now. The record is what made it one: its chain hangs from it.
    internal Refusal? TryAddDevice(Thumbprint account, VerifyingKey device, Digest record)
    {
        if (IsTaken(device)) return Refusal.NotAccepted;
        long devices = database.Query("SELECT COUNT(*) FROM devices WHERE account = $1", row => row.GetInt64(0), account.Text)[0];
        if (devices >= MaxDevices) return Refusal.Devices;
        AddDevice(account, device, record);
        return null;
    }

    // False for one that is not there, or is removed already.
    internal bool TryRemoveDevice(Thumbprint account, Thumbprint device, long now) =>
        database.Execute("UPDATE devices SET removed = $3 WHERE account = $1 AND device = $2 AND removed IS NULL", account.Text, device.Text, now) == 1;

    void AddDevice(Thumbprint account, VerifyingKey device, Digest record) => database.Execute(
        "INSERT INTO devices (account, device, jwk, root) VALUES ($1, $2, $3, $4)", account.Text, device.Thumbprint.Text, Answers.JsonText(device.WriteJwk), record.Text);

    static VerifyingKey Read(string jwk) => VerifyingKey.TryFromJwk(Encoding.UTF8.GetBytes(jwk), out var key)
        ? key
        : throw new InvalidDataException("a stored key cannot be read");
}
