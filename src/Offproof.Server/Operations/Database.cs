using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Offproof.Server;

/// <summary>
/// The one connection to DIR/offproof.db, behind one lock: statements are short, and a server's files are written outside of it. What a transaction committed
/// survives the loss of power (WAL with synchronous=FULL). Values are bound to $1, $2, ... in order.
/// </summary>
sealed class Database : IDisposable
{
    // One file for each version; a released one never changes.
    static readonly string[] Migrations = ["schema.1.sql", "schema.2.sql", "schema.3.sql"];

    readonly Lock gate = new();
    readonly SqliteConnection connection;

    /// <param name="path">DIR/offproof.db</param>
    /// <param name="migrate">False beside a server that may be running: a database of another version is refused then.</param>
    internal Database(string path, bool migrate = true)
    {
        connection = new(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 10 }.ConnectionString);
        try
        {
            connection.Open();
            Execute("PRAGMA journal_mode = WAL");
            Execute("PRAGMA synchronous = FULL");
            Execute("PRAGMA foreign_keys = ON");
            Execute("PRAGMA busy_timeout = 10000");
            Migrate(migrate);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    internal int Execute(string sql, params ReadOnlySpan<object?> values)
    {
        lock (gate)
        {
            using var command = Command(sql, values);
            return command.ExecuteNonQuery();
        }
    }

    internal List<T> Query<T>(string sql, Func<SqliteDataReader, T> read, params ReadOnlySpan<object?> values)
    {
        lock (gate)
        {
            using var command = Command(sql, values);
            using var reader = command.ExecuteReader();
            List<T> rows = [];
            while (reader.Read()) rows.Add(read(reader));
            return rows;
        }
    }

    internal T? First<T>(string sql, Func<SqliteDataReader, T> read, params ReadOnlySpan<object?> values)
        where T : class => Query(sql, read, values) is [var first, ..] ? first : null;

    // All or nothing: what `work` did is undone when it throws, or answers something that is not to be kept.
    internal T InTransaction<T>(Func<T> work, Func<T, bool> keep)
    {
        lock (gate)
        {
            Execute("BEGIN IMMEDIATE");
            bool kept = false;
            try
            {
                var result = work();
                if (keep(result))
                {
                    Execute("COMMIT");
                    kept = true;
                }

                return result;
            }
            finally
            {
                // A failed COMMIT may have ended the transaction already.
                if (!kept && SQLitePCL.raw.sqlite3_get_autocommit(connection.Handle) == 0) Execute("ROLLBACK");
            }
        }
    }

    void Migrate(bool allowed)
    {
        int version = int.Parse(First("PRAGMA user_version", row => row.GetString(0))!, CultureInfo.InvariantCulture);
        if (version > Migrations.Length)
            throw new InvalidOperationException($"offproof.db has schema {version}, this program knows {Migrations.Length}: a newer version has written it");
        if (version < Migrations.Length && !allowed)
            throw new InvalidOperationException($"offproof.db has schema {version}, this program writes {Migrations.Length}: start the server of this version on it once");
        for (; version < Migrations.Length; version++)
        {
            int next = version + 1;
            string schema = Embedded(Migrations[version]);
            InTransaction(() => Execute(schema) + Execute($"PRAGMA user_version = {next}"), _ => true);
        }
    }

    SqliteCommand Command(string sql, ReadOnlySpan<object?> values)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // every caller passes a constant, a file of this assembly or a number of its own; what comes from outside is bound below
        command.CommandText = sql;
#pragma warning restore CA2100
        for (int i = 0; i < values.Length; i++)
            command.Parameters.AddWithValue(string.Create(CultureInfo.InvariantCulture, $"${i + 1}"), values[i] ?? DBNull.Value);
        return command;
    }

    static string Embedded(string name)
    {
        using var stream = typeof(Database).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"{name} is not part of this assembly");
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }

    public void Dispose()
    {
        lock (gate) connection.Dispose();
    }
}
