using Nightwatch.Sqlite;

namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>
/// SQLite stores any value in any column, so a damaged page can give a number where a text belongs, which whoever reads the row does not expect. This says
/// it as a condition of SQL, from the types that the table declares.
/// </summary>
internal static class ColumnTypes
{
    /// <summary>A condition that is true for rows "t" with a value of a wrong type; null when the table declares no types.</summary>
    public static string? Broken(SqliteSession session, string table)
    {
        var conditions = new List<string>();
        using var reader = session.Query("SELECT name, type, \"notnull\", pk FROM pragma_table_info($1)", table);
        while (reader.Read())
        {
            var type = reader.GetString(1);
            if (type is "INTEGER" or "TEXT" or "BLOB")
            {
                var nullable = reader.GetInt64(2) == 0 && reader.GetInt64(3) == 0;

                // Text reads as bytes too.
                var allowed = type == "BLOB" ? "'blob', 'text'" : $"'{type.ToLowerInvariant()}'";
                conditions.Add($"typeof(t.\"{reader.GetString(0)}\") NOT IN ({allowed}{(nullable ? ", 'null'" : "")})");
            }
        }

        return conditions.Count == 0 ? null : $"({string.Join(" OR ", conditions)})";
    }
}
