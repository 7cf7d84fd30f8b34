using Offproof.Consent;

namespace Offproof.Server;

/// <summary>What protocol.md §12 leaves of an account.</summary>
enum Standing
{
    Good,
    ReadOnly,
    Closed,
}

/// <summary>
/// protocol.md §12. Asked of the database at each request: the operator's verbs write there from another process.
/// </summary>
sealed class Suspensions(Database database, Clerk clerk)
{
    internal const long ReadableSeconds = 30 * 24 * 3600;

    internal Standing Of(Thumbprint account) => database.First(
        "SELECT suspended FROM accounts WHERE account = $1 AND suspended IS NOT NULL", row => new { Since = row.GetInt64(0) }, account.Text) switch
    {
        null => Standing.Good,
        { Since: var since } when clerk.Now < since + ReadableSeconds => Standing.ReadOnly,
        _ => Standing.Closed,
    };
}
