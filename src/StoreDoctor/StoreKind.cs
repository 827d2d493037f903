using System.Globalization;
using Nightwatch.LocalRuntime.DurableTask;
using Nightwatch.Sqlite;

namespace Nightwatch.StoreDoctor;

/// <summary>Which program part a file belongs to, and what keeps the doctor's hands off it.</summary>
internal sealed record StoreKind(bool IsDurable, string? Refusal)
{
    private const string Durable = "durable.db";
    private const string Host = "host.db";
    private const string Documents = "documents.db";

    private static readonly string[] Ours = [Durable, Host, Documents];

    /// <summary>True for files that Nightwatch makes.</summary>
    public static bool IsOurs(string name) => Ours.Contains(name, StringComparer.Ordinal);

    public static StoreKind Of(SqliteSession session, string name)
    {
        var tables = Tables(session);
        var isDurable = name == Durable;
        var version = Convert.ToInt64(session.Scalar("PRAGMA user_version"), CultureInfo.InvariantCulture);
        if (tables.Count == 0)
        {
            return new StoreKind(isDurable, "it is empty: restore a copy, or remove it to begin anew");
        }

        if (isDurable && version > DurableSchema.Version)
        {
            return new StoreKind(true, $"a newer program wrote it (schema {version}, this one knows {DurableSchema.Version}): examine it with that program");
        }

        return IsFamiliar(name, tables) ? new StoreKind(isDurable, null) : new StoreKind(
            isDurable, $"it is another application's (its tables are {string.Join(", ", tables.Take(5))}): put that elsewhere and restore a copy");
    }

    /// <summary>Files of an earlier version are brought to this one by the engine when it starts; until then their rows are not examined.</summary>
    public static bool IsOfThisVersion(SqliteSession session) =>
        Convert.ToInt64(session.Scalar("PRAGMA user_version"), CultureInfo.InvariantCulture) == DurableSchema.Version;

    /// <summary>Tables that a durable file lacks.</summary>
    public static IReadOnlyList<string> Missing(SqliteSession session) => [.. DurableSchema.Tables.Except(Tables(session))];

    public static List<string> Tables(SqliteSession session)
    {
        var names = new List<string>();
        using var reader = session.Query("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name");
        while (reader.Read())
        {
            names.Add(reader.GetString(0));
        }

        return names;
    }

    private static bool IsFamiliar(string name, List<string> tables) => name switch
    {
        Durable => tables.Exists(table => DurableSchema.Tables.Contains(table) && table != "timers"),
        Host => tables.Contains("timers") && !tables.Contains("instances"),
        Documents => tables.Exists(table => table.StartsWith("doc_", StringComparison.Ordinal) || table is "store_meta"),
        _ => true,
    };
}
