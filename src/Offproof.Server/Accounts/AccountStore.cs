using System.Text;
using Offproof.Consent;

namespace Offproof.Server;

/// <summary>Accounts and their devices: whose signature is believed.</summary>
sealed class AccountStore(Database database)
{
    // The sheet or the device with this thumbprint. A thumbprint is a hash of the key, so in whichever account it stands, the key is the same.
    internal VerifyingKey? FindKey(Thumbprint kid) => Read(database.First(
        "SELECT sheet FROM accounts WHERE account = $1 UNION ALL SELECT jwk FROM devices WHERE device = $1 LIMIT 1", row => row.GetString(0), kid.Text));

    internal VerifyingKey? FindSheet(Thumbprint account) =>
        Read(database.First("SELECT sheet FROM accounts WHERE account = $1", row => row.GetString(0), account.Text));

    internal bool HasDevice(Thumbprint account, Thumbprint device) =>
        database.First("SELECT 1 FROM devices WHERE account = $1 AND device = $2", row => row.GetString(0), account.Text, device.Text) is not null;

    internal void Add(VerifyingKey sheet, VerifyingKey device)
    {
        database.Execute("INSERT INTO accounts (account, sheet) VALUES ($1, $2)", sheet.Thumbprint.Text, Answers.JsonText(sheet.WriteJwk));
        database.Execute(
            "INSERT INTO devices (account, device, jwk) VALUES ($1, $2, $3)", sheet.Thumbprint.Text, device.Thumbprint.Text, Answers.JsonText(device.WriteJwk));
    }

    static VerifyingKey? Read(string? jwk) => jwk is null ? null
        : VerifyingKey.TryFromJwk(Encoding.UTF8.GetBytes(jwk), out var key) ? key
        : throw new InvalidDataException("a stored key cannot be read");
}
