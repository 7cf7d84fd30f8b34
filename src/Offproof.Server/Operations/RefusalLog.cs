using Offproof.Consent;

namespace Offproof.Server;

/// <summary>Who was refused, where a good token or a verified record says so (protocol.md §13).</summary>
sealed record Caller(Thumbprint Account, Thumbprint Holder, Category? Category, Epoch? Epoch)
{
    internal static Caller Of(Token token) => new(token.Account, token.Holder, token.Vault?.Category, token.Vault?.Epoch);

    internal void Sign(HttpContext context) => context.Items[typeof(Caller)] = this;

    internal static Caller? Of(HttpContext context) => context.Items.TryGetValue(typeof(Caller), out object? caller) ? (Caller)caller! : null;
}

/// <summary>One line of the log.</summary>
sealed record RefusalLine(long Minute, long Count, string Problem, string Request, string Holder, string Category, long Epoch);

/// <summary>
/// protocol.md §13: the refusals that the owner of an account sees. Gathered in memory, since a caller who is refused a thousand times in a minute must not
/// cost a thousand writes.
/// </summary>
sealed class RefusalLog(Database database, Clerk clerk)
{
    internal const int MostLines = 1000;

    // Of one account, until the next flush.
    const int MostGathered = 200;

    readonly Lock gate = new();
    readonly Lock writing = new();
    readonly Dictionary<Thumbprint, Dictionary<RefusalLine, long>> gathered = [];

    static bool IsKept(Refusal why) => why is not (Refusal.NotFound or Refusal.Method or Refusal.Range or Refusal.Failed);

    internal void Add(Caller caller, Refusal why, string request)
    {
        if (!IsKept(why)) return;
        RefusalLine line = new(clerk.Now / 60 * 60, 0, Problem.Of(why).Name, request, caller.Holder.Text, caller.Category?.Name() ?? "", caller.Epoch?.Value ?? 0);
        lock (gate)
        {
            if (!gathered.TryGetValue(caller.Account, out var lines)) gathered.Add(caller.Account, lines = []);
            if (lines.TryGetValue(line, out long count)) lines[line] = count + 1;
            else if (lines.Count < MostGathered) lines.Add(line, 1);
        }
    }

    // When it returns, all is written that was added before: also what another call had taken to write.
    internal void Flush()
    {
        lock (writing) Write();
    }

    void Write()
    {
        KeyValuePair<Thumbprint, Dictionary<RefusalLine, long>>[] now;
        lock (gate)
        {
            if (gathered.Count == 0) return;
            now = [.. gathered];
            gathered.Clear();
        }

        database.InTransaction(
            () =>
            {
                foreach (var (account, lines) in now) Write(account, lines);
                return true;
            },
            static _ => true);
    }

    void Write(Thumbprint account, Dictionary<RefusalLine, long> lines)
    {
        foreach (var (line, count) in lines)
        {
            database.Execute(
                "INSERT INTO refusals (account, minute, problem, request, holder, category, epoch, count) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
                + " ON CONFLICT (account, minute, problem, request, holder, category, epoch) DO UPDATE SET count = count + $8",
                account.Text,
                line.Minute,
                line.Problem,
                line.Request,
                line.Holder,
                line.Category,
                line.Epoch,
                count);
        }

        database.Execute(
            "DELETE FROM refusals WHERE account = $1 AND number <= (SELECT number FROM refusals WHERE account = $1 ORDER BY number DESC LIMIT 1 OFFSET $2)",
            account.Text,
            MostLines);
    }

    internal List<RefusalLine> Of(Thumbprint account)
    {
        Flush();
        return database.Query(
            "SELECT minute, count, problem, request, holder, category, epoch FROM refusals WHERE account = $1 ORDER BY minute DESC, number DESC",
            row => new RefusalLine(row.GetInt64(0), row.GetInt64(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetString(5), row.GetInt64(6)),
            account.Text);
    }
}
