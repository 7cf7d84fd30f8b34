using System.Security.Cryptography;
using System.Text;

namespace Offproof.Server;

/// <summary>protocol.md §11: codes that are good once, known by their SHA-256 only.</summary>
sealed class InvitationStore(Database database)
{
    const string Alphabet = "abcdefghijklmnopqrstuvwxyz234567";
    const int Length = 28; // 140 bits
    const int Group = 4;

    internal string Issue(long? quota, long expires)
    {
        string code = RandomNumberGenerator.GetString(Alphabet, Length);
        database.Execute("INSERT INTO invitations (hash, quota, expires) VALUES ($1, $2, $3)", Hash(code), quota, expires);
        return string.Join('-', code.Chunk(Group).Select(static group => new string(group)));
    }

    // Inside the transaction that opens the account. One answer for what is unknown, used or expired.
    internal bool TryUse(string text, string account, long now, out long? quota)
    {
        quota = null;
        if (Normal(text) is not { } code) return false;
        byte[] hash = Hash(code);
        if (database.Execute("UPDATE invitations SET account = $1 WHERE hash = $2 AND account IS NULL AND expires > $3", account, hash, now) != 1) return false;
        quota = database.First("SELECT quota FROM invitations WHERE hash = $1", row => new { Quota = row.IsDBNull(0) ? (long?)null : row.GetInt64(0) }, hash)!.Quota;
        return true;
    }

    /// <returns>How many were open.</returns>
    internal int Withdraw(long now) => database.Execute("DELETE FROM invitations WHERE account IS NULL AND expires > $1", now);

    static string? Normal(string text)
    {
        if (text.Length > 2 * Length) return null;
        string code = string.Concat(text.Where(static c => c is not ('-' or ' '))).ToLowerInvariant();
        return code.Length == Length && code.All(static c => Alphabet.Contains(c, StringComparison.Ordinal)) ? code : null;
    }

    static byte[] Hash(string code) => SHA256.HashData(Encoding.ASCII.GetBytes(code));
}
