using System.Globalization;
using Nightwatch.Sqlite;

namespace Nightwatch.StoreDoctor;

/// <summary>The tables of documents, "doc_" and the kind: a document that is no JSON stops whoever reads its page, so a repair moves it out of the way.</summary>
internal static class DocumentTables
{
    private const string Unreadable = "NOT json_valid(CAST(body AS TEXT))";

    public static IReadOnlyList<string> Examine(SqliteSession session) =>
    [
        .. from table in Tables(session)
           let count = Convert.ToInt64(session.Scalar($"SELECT COUNT(*) FROM {table} WHERE {Unreadable}"), CultureInfo.InvariantCulture)
           where count > 0
           select $"{count} documents of {table} are not readable (repair: moved to the table damaged)",
    ];

    public static void Repair(SqliteSession session, DateTimeOffset now)
    {
        session.Execute("CREATE TABLE IF NOT EXISTS damaged(source TEXT NOT NULL, pk TEXT, id TEXT, etag TEXT, body BLOB, found INTEGER NOT NULL)");
        foreach (var table in Tables(session))
        {
            session.Execute($"INSERT INTO damaged(source, pk, id, etag, body, found) SELECT '{table}', pk, id, etag, body, $1 FROM {table} WHERE {Unreadable}", now.UtcTicks);
            session.Execute($"DELETE FROM {table} WHERE {Unreadable}");
        }
    }

    private static List<string> Tables(SqliteSession session)
    {
        var names = new List<string>();
        using var reader = session.Query("SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB 'doc_[a-z]*'");
        while (reader.Read())
        {
            names.Add(reader.GetString(0));
        }

        return names.Where(name => name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')).ToList();
    }
}
