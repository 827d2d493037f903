using Nightwatch.Sqlite;

namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>
/// Payloads too long for a line of history or of the inbox. A key is composed of the instance that owns the payload and a number, so that an instance's
/// payloads lie together and go with it. All statements run inside a transaction of the caller.
/// </summary>
internal static class PayloadTable
{
    /// <summary>The longest payload, in UTF-16 units, that a line carries itself.</summary>
    public const int InlineLength = 16 * 1024;

    /// <summary>The line as it is stored: a long payload lies in the table and the line has its key.</summary>
    public static HistoryEvent Store(SqliteSession session, long instance, HistoryEvent line) => line.Data is { Length: > InlineLength } data
        ? line with { Data = null, Payload = Add(session, instance, data) }
        : line;

    public static IReadOnlyList<HistoryEvent> Store(SqliteSession session, long instance, IReadOnlyList<HistoryEvent> lines) =>
        lines.Any(line => line.Data is { Length: > InlineLength }) ? [.. lines.Select(line => Store(session, instance, line))] : lines;

    /// <summary>Returns the payload's key.</summary>
    public static long Add(SqliteSession session, long instance, string data) => (long)session.Scalar(
        "INSERT INTO payloads(key, data) SELECT COALESCE(MAX(key) + 1, $1), $3 FROM payloads WHERE key >= $1 AND key < $2 RETURNING key",
        First(instance), First(instance + 1), data)!;

    /// <exception cref="HistoryUnreadableException">There is no such payload.</exception>
    public static string Read(SqliteSession session, long key) => (string?)session.Scalar("SELECT data FROM payloads WHERE key = $1", key)
        ?? throw new HistoryUnreadableException($"Payload {key} is missing.");

    public static void Delete(SqliteSession session, long key) => session.Execute("DELETE FROM payloads WHERE key = $1", key);

    public static void DeleteAll(SqliteSession session, long instance) =>
        session.Execute("DELETE FROM payloads WHERE key >= $1 AND key < $2", First(instance), First(instance + 1));

    /// <summary>Removes the payloads of messages that nobody will take.</summary>
    public static void DeleteOfInbox(SqliteSession session, long instance) =>
        session.Execute("DELETE FROM payloads WHERE key IN (SELECT payload FROM inbox WHERE instance = $1 AND payload IS NOT NULL)", instance);

    /// <summary>Removes an instance's payloads but those of waiting messages and of the given lines.</summary>
    public static void DeleteUnused(SqliteSession session, long instance, IEnumerable<HistoryEvent> used)
    {
        var kept = string.Join(',', used.Where(line => line.Payload != 0).Select(line => line.Payload));
        session.Execute(
            """
            DELETE FROM payloads WHERE key >= $1 AND key < $2 AND key NOT IN (SELECT value FROM json_each($3))
              AND key NOT IN (SELECT payload FROM inbox WHERE instance = $4 AND payload IS NOT NULL)
            """,
            First(instance), First(instance + 1), $"[{kept}]", instance);
    }

    // Numbers begin at 1, so that no key is 0.
    private static long First(long instance) => DurableSchema.Key(instance, 1);
}
