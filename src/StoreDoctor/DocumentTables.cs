using System.Globalization;
using Nightwatch.LocalRuntime.DurableTask;
using Nightwatch.Sqlite;

namespace Nightwatch.StoreDoctor;

/// <summary>
/// The tables of documents, "doc_" and the kind: a document that is no JSON object stops whoever reads its page, so a repair moves it out of the way. Rows of
/// other tables with values of a wrong type are removed; what writes them makes them anew.
/// </summary>
internal static class DocumentTables
{
    private const string NoObject = "NOT (CASE WHEN json_valid(CAST(t.body AS TEXT)) THEN json_type(CAST(t.body AS TEXT)) = 'object' ELSE 0 END)";

    public static IReadOnlyList<string> Examine(SqliteSession session) =>
    [
        .. from table in Tables(session)
           let broken = Broken(session, table)
           where broken is not null
           let count = Convert.ToInt64(session.Scalar($"SELECT COUNT(*) FROM {table} t WHERE {broken}"), CultureInfo.InvariantCulture)
           where count > 0
           select IsDocuments(table)
               ? $"{count} documents of {table} are not readable (repair: moved to the table damaged)"
               : $"{count} rows of {table} have values of a wrong type (repair: removed)",
    ];

    public static void Repair(SqliteSession session, DateTimeOffset now)
    {
        session.Execute("CREATE TABLE IF NOT EXISTS damaged(source TEXT NOT NULL, pk TEXT, id TEXT, etag TEXT, body BLOB, found INTEGER NOT NULL)");
        foreach (var table in Tables(session))
        {
            if (Broken(session, table) is not { } broken)
            {
                continue;
            }

            if (IsDocuments(table))
            {
                session.Execute(
                    $"INSERT INTO damaged(source, pk, id, etag, body, found) SELECT '{table}', pk, id, etag, body, $1 FROM {table} t WHERE {broken}", now.UtcTicks);
            }

            session.Execute($"DELETE FROM {table} AS t WHERE {broken}");
        }
    }

    private static string? Broken(SqliteSession session, string table) => (IsDocuments(table), ColumnTypes.Broken(session, table)) switch
    {
        (true, var types) => types is null ? NoObject : $"({types} OR {NoObject})",
        (false, var types) => types,
    };

    private static bool IsDocuments(string table) => table.StartsWith("doc_", StringComparison.Ordinal);

    // What was moved out of the way is what it is.
    private static List<string> Tables(SqliteSession session) =>
        StoreKind.Tables(session).Where(name => name != "damaged" && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')).ToList();
}
