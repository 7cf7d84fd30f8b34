using Offproof.Consent;

namespace Offproof.Server;

/// <summary>An invitation as it is shown, once.</summary>
/// <param name="Code">28 letters and digits in groups of four: a secret</param>
/// <param name="Expires">It is good before</param>
/// <param name="QuotaBytes">The quota of the account that it opens; the server's where null</param>
public sealed record Invitation(string Code, DateTimeOffset Expires, long? QuotaBytes);

/// <summary>An account as its operator sees it.</summary>
/// <param name="Account">ACCOUNT</param>
/// <param name="Devices">How many</param>
/// <param name="Bytes">Of its files</param>
/// <param name="QuotaBytes">Its own quota; the server's where null</param>
/// <param name="Suspended">Since when; null where it is not</param>
public sealed record AccountLine(string Account, int Devices, long Bytes, long? QuotaBytes, DateTimeOffset? Suspended);

/// <summary>
/// The operator's side of protocol.md §11 and §12: writes into the database of a server's folder, also while the server runs, which it holds from the next
/// request on.
/// </summary>
public sealed class ServerOperator : IDisposable
{
    /// <summary>The days that an invitation is good for where nothing else is said.</summary>
    public const int DefaultDays = 14;

    /// <summary>The most days that one may be good for.</summary>
    public const int MaxDays = 365;

    const int LeastDigits = 8;

    readonly string folder;
    readonly TimeProvider time;
    readonly Database database;

    ServerOperator(string folder, TimeProvider time, Database database) => (this.folder, this.time, this.database) = (folder, time, database);

    /// <summary>
    /// Opens a server's folder. Throws <see cref="InvalidOperationException"/> where there is none yet, or one of another version; the database's own errors pass through.
    /// </summary>
    public static ServerOperator Open(string dataDirectory, TimeProvider time)
    {
        string path = Path.Combine(dataDirectory, "offproof.db");
        if (!File.Exists(path)) throw new InvalidOperationException($"there is no server in {dataDirectory}: start it once");
        return new(Path.GetFullPath(dataDirectory), time, new(path, migrate: false));
    }

    /// <summary>Makes an invitation. Nothing but its hash is kept. Throws <see cref="ArgumentOutOfRangeException"/> for days that are not 1 to 365, or a quota below zero.</summary>
    public Invitation Invite(long? quotaBytes, int days)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(days, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(days, MaxDays);
        if (quotaBytes is { } bytes) ArgumentOutOfRangeException.ThrowIfNegative(bytes, nameof(quotaBytes));
        long expires = Now + (long)days * 24 * 3600;
        return new(new InvitationStore(database).Issue(quotaBytes, expires), DateTimeOffset.FromUnixTimeSeconds(expires), quotaBytes);
    }

    /// <summary>Ends all invitations that are open.</summary>
    /// <returns>How many there were.</returns>
    public int WithdrawInvitations() => new InvitationStore(database).Withdraw(Now);

    /// <summary>All accounts, by name.</summary>
    public IReadOnlyList<AccountLine> Accounts() => database.Query(
        "SELECT account, (SELECT count(*) FROM devices WHERE devices.account = accounts.account), quota, suspended FROM accounts ORDER BY account",
        row => new AccountLine(
            row.GetString(0),
            row.GetInt32(1),
            BytesOf(row.GetString(0)),
            row.IsDBNull(2) ? null : row.GetInt64(2),
            row.IsDBNull(3) ? null : DateTimeOffset.FromUnixTimeSeconds(row.GetInt64(3))));

    /// <summary>Suspends from now on; one that is suspended stays so since when it was.</summary>
    /// <returns>Its full name; null where no account, or more than one, begins with these digits.</returns>
    public string? Suspend(string account) => Change(account, "UPDATE accounts SET suspended = $2 WHERE account = $1 AND suspended IS NULL", Now);

    /// <summary>Lifts a suspension.</summary>
    /// <returns>As <see cref="Suspend"/>.</returns>
    public string? Resume(string account) => Change(account, "UPDATE accounts SET suspended = $2 WHERE account = $1", null);

    /// <summary>Sets the quota; that of the server where null.</summary>
    /// <returns>As <see cref="Suspend"/>.</returns>
    public string? SetQuota(string account, long? bytes) => Change(account, "UPDATE accounts SET quota = $2 WHERE account = $1", bytes);

    /// <inheritdoc/>
    public void Dispose() => database.Dispose();

    long Now => time.GetUtcNow().ToUnixTimeSeconds();

    string? Change(string digits, string sql, long? value)
    {
        // Only hex digits, so that nothing in it is a wildcard.
        if (digits.Length < LeastDigits || !digits.All(static c => char.IsAsciiDigit(c) || c is >= 'a' and <= 'f')) return null;
        if (database.Query("SELECT account FROM accounts WHERE account LIKE $1 || '%'", row => row.GetString(0), digits) is not [var account]) return null;
        database.Execute(sql, account, value);
        return account;
    }

    long BytesOf(string account)
    {
        long bytes = 0;
        foreach (string room in (string[])["vaults", "recovery"])
        {
            DirectoryInfo files = new(Path.Combine(folder, room, Thumbprint.Parse(account).Text));
            if (!files.Exists) continue;
            foreach (var file in files.EnumerateFiles("*", SearchOption.AllDirectories)) bytes += file.Length;
        }

        return bytes;
    }
}
