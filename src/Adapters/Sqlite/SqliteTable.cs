using System.Globalization;
using System.Text.Json;
using Nightwatch.Domain.Storage;
using Nightwatch.Sqlite;

namespace Nightwatch.Adapters.Sqlite;

/// <summary>The table of one kind of document: its SQL, and how its schema follows the <see cref="DocumentType{T}"/>.</summary>
internal sealed class SqliteTable<T>
    where T : class
{
    private readonly DocumentType<T> type;
    private readonly Func<byte[], T> deserialise;

    public SqliteTable(DocumentType<T> type, Func<byte[], T> deserialise)
    {
        this.type = type;
        this.deserialise = deserialise;
        Name = "doc_" + type.Name;
        var columns = string.Concat(type.Fields.Select(f => ", " + Column(f.Name)));
        var values = string.Concat(type.Fields.Select((_, i) => ", $" + (i + FirstField).ToString(CultureInfo.InvariantCulture)));
        var assignments = "etag = $3, body = $4, expires = $5"
            + string.Concat(type.Fields.Select((f, i) => $", {Column(f.Name)} = ${(i + FirstField).ToString(CultureInfo.InvariantCulture)}"));
        var insert = $"INSERT INTO {Name}(pk, id, etag, body, expires{columns}) VALUES ($1, $2, $3, $4, $5{values}) ON CONFLICT(pk, id) DO UPDATE SET {assignments}";
        Upsert = insert;
        // A document whose time is over does not exist, whether or not it was already removed.
        Create = $"{insert} WHERE {Name}.expires <= ${NowParameter}";
        Replace = $"UPDATE {Name} SET {assignments} WHERE pk = $1 AND id = $2 AND etag = ${NowParameter} AND (expires IS NULL OR expires > ${NowParameter + 1})";
    }

    private const int FirstField = 6;

    public string Name { get; }

    public string Upsert { get; }

    /// <summary>The last parameter is the time now.</summary>
    public string Create { get; }

    /// <summary>The last parameters are the etag that must match, and the time now.</summary>
    public string Replace { get; }

    private int NowParameter => FirstField + type.Fields.Count;

    public static string Column(string field) => "f_" + field;

    public static object? ToSql(object? value) => value switch
    {
        null => null,
        string text => text,
        bool flag => flag ? 1L : 0L,
        int number => (long)number,
        long number => number,
        double number => number,
        DateTimeOffset time => time.UtcTicks,
        _ => throw new ArgumentException($"An indexed field cannot be a {value.GetType().Name}."),
    };

    /// <summary>Creates the table, adds columns for new fields and fills them from the stored documents, and creates missing indexes.</summary>
    public void Migrate(SqliteSession session)
    {
        session.Execute($"CREATE TABLE IF NOT EXISTS {Name}(pk TEXT NOT NULL, id TEXT NOT NULL, etag TEXT NOT NULL, body BLOB NOT NULL, expires INTEGER, UNIQUE(pk, id))");
        var existing = Columns(session);
        var added = type.Fields.Where(f => !existing.Contains(Column(f.Name))).ToList();
        foreach (var field in added)
        {
            session.Execute($"ALTER TABLE {Name} ADD COLUMN {Column(field.Name)}");
        }

        if (added.Count > 0)
        {
            Fill(session, added);
        }

        session.Execute($"CREATE INDEX IF NOT EXISTS ix_{Name}_expires ON {Name}(expires) WHERE expires IS NOT NULL");
        foreach (var index in type.Indexes)
        {
            // No query finds a document by a field that it does not have, so such documents cost the index nothing.
            session.Execute($"CREATE INDEX IF NOT EXISTS ix_{Name}_{string.Join('_', index)} ON {Name}(pk, {string.Join(", ", index.Select(Column))}, id) WHERE {Column(index[0])} IS NOT NULL");
        }
    }

    private HashSet<string> Columns(SqliteSession session)
    {
        var columns = new HashSet<string>(StringComparer.Ordinal);
        using var reader = session.Query($"SELECT name FROM pragma_table_info('{Name}')");
        while (reader.Read())
        {
            columns.Add(reader.GetString(0));
        }

        return columns;
    }

    private void Fill(SqliteSession session, List<DocumentField<T>> fields)
    {
        var set = string.Join(", ", fields.Select((f, i) => $"{Column(f.Name)} = ${(i + 2).ToString(CultureInfo.InvariantCulture)}"));
        var last = 0L;
        while (true)
        {
            var rows = new List<(long RowId, byte[] Body)>();
            using (var reader = session.Query($"SELECT rowid, body FROM {Name} WHERE rowid > $1 ORDER BY rowid LIMIT 500", last))
            {
                while (reader.Read())
                {
                    rows.Add((reader.GetInt64(0), reader.GetFieldValue<byte[]>(1)));
                }
            }

            if (rows.Count == 0)
            {
                return;
            }

            foreach (var (rowId, body) in rows)
            {
                last = rowId;

                // One that cannot be read is found by no new field, and keeps nobody else from being.
                if (TryDeserialise(body) is { } value)
                {
                    session.Execute($"UPDATE {Name} SET {set} WHERE rowid = $1", [rowId, .. fields.Select(f => ToSql(f.Value(value)))]);
                }
            }
        }
    }

    private T? TryDeserialise(byte[] body)
    {
        try
        {
            return deserialise(body);
        }
        catch (Exception failure) when (failure is JsonException or NotSupportedException or InvalidOperationException or ArgumentException or FormatException)
        {
            return null;
        }
    }
}
