using System.Text;
using Offproof.Consent;

namespace Offproof.Server;

/// <summary>Accounts and their devices: whose signature is believed.</summary>
sealed class AccountStore(Database database)
{
    // The sheet or the device with this thumbprint. A thumbprint is a hash of the key, so in whichever account it stands, the key is the same.
    internal VerifyingKey? FindKey(Thumbprint kid) => Read(database.First(
        "SELECT sheet FROM accounts WHERE account = $1 UNION ALL SELECT jwk FROM devices WHERE device = $1 LIMIT 1", row => row.GetString(0), kid.Text));

    // The key that a record names. One that names none of ours is verified all the same, in vain: the time tells nobody which keys are known here.
    internal VerifyingKey? FindSigner(SignedRecord record, VerifyingKey decoy)
    {
        if (FindKey(record.Kid) is { } key) return key;
        _ = record.IsSignedBy(decoy);
        return null;
    }

    internal VerifyingKey? FindSheet(Thumbprint account) =>
        Read(database.First("SELECT sheet FROM accounts WHERE account = $1", row => row.GetString(0), account.Text));

    internal bool HasDevice(Thumbprint account, Thumbprint device) =>
        database.First("SELECT 1 FROM devices WHERE account = $1 AND device = $2", row => row.GetString(0), account.Text, device.Text) is not null;

    // protocol.md §11.4; null where only the server's own limit counts.
    internal long? QuotaOf(Thumbprint account) =>
        database.First("SELECT quota FROM accounts WHERE account = $1 AND quota IS NOT NULL", row => new { Bytes = row.GetInt64(0) }, account.Text)?.Bytes;

    internal void Add(VerifyingKey sheet, VerifyingKey device, long? quota)
    {
        database.Execute("INSERT INTO accounts (account, sheet, quota) VALUES ($1, $2, $3)", sheet.Thumbprint.Text, Answers.JsonText(sheet.WriteJwk), quota);
        database.Execute(
            "INSERT INTO devices (account, device, jwk) VALUES ($1, $2, $3)", sheet.Thumbprint.Text, device.Thumbprint.Text, Answers.JsonText(device.WriteJwk));
    }

    static VerifyingKey? Read(string? jwk) => jwk is null ? null
        : VerifyingKey.TryFromJwk(Encoding.UTF8.GetBytes(jwk), out var key) ? key
        : throw new InvalidDataException("a stored key cannot be read");
}
