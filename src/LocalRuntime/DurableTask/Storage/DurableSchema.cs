using Nightwatch.Sqlite;

namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>
/// The tables of durable.db. Times are UTC ticks. A row of history is one turn; its key is the instance's key and the turn's number in one integer, so
/// that an instance's history lies together. Activities and timers are keyed by instance and call number in the same way.
/// "pending" means that messages wait in the inbox (or that the first turn has not run); "owner" is the worker that will see to it.
/// </summary>
internal static class DurableSchema
{
    public const int Version = 2;

    /// <summary>Bits of a composed key that number turns or calls within an instance.</summary>
    public const int MinorBits = 24;

    /// <summary>The call number under which a delayed start waits among the timers.</summary>
    public const int StartTimer = (1 << MinorBits) - 1;

    /// <summary>All tables, for the doctor.</summary>
    public static readonly IReadOnlyList<string> Tables = ["workers", "instances", "history", "inbox", "activities", "timers", "payloads", "entities", "operations"];

    private static readonly string[] Statements =
    [
        "CREATE TABLE IF NOT EXISTS workers(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, expires INTEGER NOT NULL)",
        """
        CREATE TABLE IF NOT EXISTS instances(
          key INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, version TEXT NOT NULL, status INTEGER NOT NULL,
          execution INTEGER NOT NULL, turn INTEGER NOT NULL, rows INTEGER NOT NULL, pending INTEGER NOT NULL, owner INTEGER,
          tries INTEGER NOT NULL DEFAULT 0, created INTEGER NOT NULL, updated INTEGER NOT NULL, completed INTEGER,
          parent INTEGER, parent_id TEXT, parent_name TEXT, parent_execution INTEGER, parent_task INTEGER,
          tags TEXT, custom TEXT, failure TEXT, aside TEXT, output TEXT)
        """,
        "CREATE INDEX IF NOT EXISTS instances_pending ON instances(key) WHERE pending = 1",
        "CREATE INDEX IF NOT EXISTS instances_running ON instances(key) WHERE completed IS NULL AND execution > 0",
        "CREATE INDEX IF NOT EXISTS instances_parent ON instances(parent) WHERE parent IS NOT NULL",
        "CREATE TABLE IF NOT EXISTS history(key INTEGER PRIMARY KEY, lines BLOB NOT NULL)",
        """
        CREATE TABLE IF NOT EXISTS inbox(
          seq INTEGER PRIMARY KEY, instance INTEGER NOT NULL, execution INTEGER NOT NULL, line BLOB NOT NULL)
        """,
        "CREATE INDEX IF NOT EXISTS inbox_instance ON inbox(instance)",
        """
        CREATE TABLE IF NOT EXISTS activities(
          key INTEGER PRIMARY KEY, execution INTEGER NOT NULL, name TEXT NOT NULL, version TEXT NOT NULL, owner INTEGER,
          tries INTEGER NOT NULL DEFAULT 0, input TEXT)
        """,
        "CREATE INDEX IF NOT EXISTS activities_free ON activities(key) WHERE owner IS NULL",
        "CREATE TABLE IF NOT EXISTS timers(key INTEGER PRIMARY KEY, execution INTEGER NOT NULL, due INTEGER NOT NULL)",
        "CREATE INDEX IF NOT EXISTS timers_due ON timers(due)",
    ];

    /// <exception cref="InvalidOperationException">A newer program has written the file.</exception>
    public static void Create(SqliteSession session)
    {
        var found = Convert.ToInt64(session.Scalar("PRAGMA user_version"), System.Globalization.CultureInfo.InvariantCulture);
        if (found > Version)
        {
            throw new InvalidOperationException($"The durable state has schema {found}; this program knows {Version}. Start the newer program.");
        }

        foreach (var statement in Statements)
        {
            session.Execute(statement);
        }

        foreach (var statement in EntitySchema.Statements)
        {
            session.Execute(statement);
        }

        AddLargePayloads(session);
        session.Execute($"PRAGMA user_version = {Version}");
    }

    // Version 2: payloads outside the history. Lines of version 1 carry theirs themselves and stay as they are.
    private static void AddLargePayloads(SqliteSession session)
    {
        session.Execute("CREATE TABLE IF NOT EXISTS payloads(key INTEGER PRIMARY KEY, data TEXT NOT NULL)");
        AddColumn(session, "inbox", "payload");
        AddColumn(session, "instances", "output_payload");
    }

    private static void AddColumn(SqliteSession session, string table, string column)
    {
        if (session.Scalar("SELECT 1 FROM pragma_table_info($1) WHERE name = $2", table, column) is null)
        {
            session.Execute($"ALTER TABLE {table} ADD COLUMN {column} INTEGER");
        }
    }

    public static long Key(long instance, int minor) => (instance << MinorBits) + minor;
}
