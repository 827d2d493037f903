using System.Globalization;
using System.Text;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Adapters.Sqlite;

/// <summary>Turns a <see cref="DocumentQuery"/> into one statement that walks an index from where the page before ended.</summary>
internal static class SqliteQuery
{
    public static (string Sql, object?[] Parameters) Build<T>(string table, DocumentType<T> type, string partitionKey, DocumentQuery query, long now)
        where T : class
    {
        if (query.PageSize is < 1 or > DocumentQuery.MaxPageSize)
        {
            throw new ArgumentException($"The page size must be 1 to {DocumentQuery.MaxPageSize}; it is {query.PageSize}.", nameof(query));
        }

        var parameters = new List<object?> { partitionKey, now };
        var order = query.OrderBy is null ? "id" : Column(type, query.OrderBy);
        var sql = new StringBuilder($"SELECT id, etag, body, {order} FROM {table} WHERE pk = $1 AND (expires IS NULL OR expires > $2)");
        foreach (var filter in query.Where)
        {
            parameters.Add(SqliteTable<T>.ToSql(filter.Value));
            sql.Append(CultureInfo.InvariantCulture, $" AND {Column(type, filter.Field)} {Symbol(filter.Operator)} ${parameters.Count}");
        }

        if (query.OrderBy is not null)
        {
            sql.Append(CultureInfo.InvariantCulture, $" AND {order} IS NOT NULL");
        }

        if (query.ContinuationToken is not null)
        {
            AppendCursor(sql, parameters, order, query);
        }

        var direction = query.Descending ? "DESC" : "ASC";
        sql.Append(query.OrderBy is null ? $" ORDER BY id {direction}" : $" ORDER BY {order} {direction}, id {direction}");
        // One more than the page tells whether there is a next one.
        parameters.Add((long)query.PageSize + 1);
        sql.Append(CultureInfo.InvariantCulture, $" LIMIT ${parameters.Count}");
        return (sql.ToString(), [.. parameters]);
    }

    private static void AppendCursor(StringBuilder sql, List<object?> parameters, string order, DocumentQuery query)
    {
        var (value, id) = PageToken.Decode(query.ContinuationToken!);
        var comparison = query.Descending ? "<" : ">";
        parameters.Add(id);
        if (query.OrderBy is null)
        {
            sql.Append(CultureInfo.InvariantCulture, $" AND id {comparison} ${parameters.Count}");
            return;
        }

        parameters.Add(value);
        sql.Append(CultureInfo.InvariantCulture, $" AND ({order}, id) {comparison} (${parameters.Count}, ${parameters.Count - 1})");
    }

    private static string Column<T>(DocumentType<T> type, string field)
        where T : class =>
        type.Fields.Any(f => f.Name == field)
            ? SqliteTable<T>.Column(field)
            : throw new ArgumentException($"{type.Name} has no indexed field {field}.", nameof(field));

    private static string Symbol(FilterOperator filter) => filter switch
    {
        FilterOperator.Equal => "=",
        FilterOperator.GreaterOrEqual => ">=",
        FilterOperator.Less => "<",
        _ => throw new ArgumentOutOfRangeException(nameof(filter), filter, "Unknown operator."),
    };
}
