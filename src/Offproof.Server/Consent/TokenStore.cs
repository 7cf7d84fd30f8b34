using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;
using Offproof.Consent;

namespace Offproof.Server;

/// <summary>What the bearer of a token may do. Vault is null in a recovery token.</summary>
sealed record Token(Thumbprint Account, Thumbprint Holder, VaultAddress? Vault, bool Adds)
{
    // Whichever of the account's sheets it is, it speaks for ACCOUNT: any other holder is a device. When the sheet changes, its tokens go.
    internal bool HeldBySheet => Holder == Account;

    // protocol.md §16
    internal bool Prunes { get; init; }
}

/// <summary>protocol.md §5: random tokens, known by their SHA-256 only.</summary>
sealed class TokenStore(Database database, Clerk clerk)
{
    const int Size = 32;

    // In the column `adds`, beside 0 and 1.
    const int Pruning = 2;

    // Inside the transaction that uses up the nonce.
    internal (string Text, long Expires) Issue(Token token, int seconds)
    {
        string text = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Size));
        long expires = clerk.Now + seconds;
        database.Execute("DELETE FROM tokens WHERE expires <= $1", clerk.Now);
        database.Execute(
            "INSERT INTO tokens (hash, account, holder, device, category, epoch, adds, expires) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            Hash(text),
            token.Account.Text,
            token.Holder.Text,
            token.Vault?.Device.Text,
            token.Vault?.Category.Name(),
            token.Vault?.Epoch.Value,
            token.Prunes ? Pruning : token.Adds ? 1 : 0,
            expires);
        return (text, expires);
    }

    internal Token? Find(HttpRequest request) => TextOf(request.Headers.Authorization.ToString()) is { } text
        ? database.First(
            "SELECT account, holder, device, category, epoch, adds FROM tokens WHERE hash = $1 AND expires > $2", Read, Hash(text), clerk.Now)
        : null;

    // Inside the transaction that removes the device, or changes the sheet (for which ACCOUNT is the holder).
    internal void Forget(Thumbprint account, Thumbprint holder) =>
        database.Execute("DELETE FROM tokens WHERE account = $1 AND holder = $2", account.Text, holder.Text);

    // Inside the transaction that cancels an erasure: until then the vault's state refused them, and from then on they are unknown.
    internal void Forget(VaultAddress vault) => database.Execute(
        "DELETE FROM tokens WHERE account = $1 AND device = $2 AND category = $3 AND epoch = $4",
        vault.Account.Text,
        vault.Device.Text,
        vault.Category.Name(),
        vault.Epoch.Value);

    // While there is one, the vault is in maintenance (protocol.md §16).
    internal bool IsPruned(VaultAddress vault) => database.First(
        "SELECT hash FROM tokens WHERE account = $1 AND device = $2 AND category = $3 AND epoch = $4 AND adds = $5 AND expires > $6",
        row => row.GetFieldValue<byte[]>(0),
        vault.Account.Text,
        vault.Device.Text,
        vault.Category.Name(),
        vault.Epoch.Value,
        Pruning,
        clerk.Now) is not null;

    // Whoever holds a token may end it.
    internal void End(HttpRequest request)
    {
        if (TextOf(request.Headers.Authorization.ToString()) is { } text) database.Execute("DELETE FROM tokens WHERE hash = $1", Hash(text));
    }

    // Bearer; or Basic with the token as password or, where that is empty, as name, so that it fits into the userinfo of a URL.
    internal static string? TextOf(string authorization)
    {
        if (authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)) return NotEmpty(authorization["Bearer ".Length..].Trim());
        if (!authorization.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase)) return null;
        byte[] bytes = new byte[authorization.Length];
        if (!Convert.TryFromBase64String(authorization["Basic ".Length..].Trim(), bytes, out int length)) return null;
        string pair = Encoding.Latin1.GetString(bytes, 0, length);
        int colon = pair.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0) return null;
        return NotEmpty(pair[(colon + 1)..]) ?? NotEmpty(pair[..colon]);
    }

    static string? NotEmpty(string text) => text.Length == 0 ? null : text;

    static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    static Token Read(SqliteDataReader row)
    {
        var account = Thumbprint.Parse(row.GetString(0));
        VaultAddress? vault = row.IsDBNull(3) ? null
            : VaultAddress.TryParse(row.GetString(0), row.GetString(2), row.GetString(3), row.GetString(4), out var address) ? address
            : throw new InvalidDataException("a stored token cannot be read");
        return new(account, Thumbprint.Parse(row.GetString(1)), vault, row.GetInt64(5) == 1) { Prunes = row.GetInt64(5) == Pruning };
    }
}
