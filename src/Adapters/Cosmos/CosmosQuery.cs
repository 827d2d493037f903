using System.Globalization;
using System.Text;
using Microsoft.Azure.Cosmos;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Adapters.Cosmos;

/// <summary>Turns a <see cref="DocumentQuery"/> into SQL that walks one range index from where the page before ended. Values are parameters, never text.</summary>
internal sealed class CosmosQuery
{
    public const string Columns = "c.id, c.pk, c.name, c._etag, c.body, c.text, c.expires, c.fields";

    /// <summary>What a document must be to exist: TTL removes late and by another clock.</summary>
    public const string Alive = "(NOT IS_DEFINED(c.expires) OR c.expires > @now)";

    private readonly StringBuilder where = new(Alive);
    private readonly List<(string Name, string Value)> parameters = [];
    private string order = "c.id";

    private CosmosQuery(string now) => parameters.Add(("@now", now));

    /// <exception cref="ArgumentException">The query asks for what the port does not give.</exception>
    public static QueryDefinition Build<T>(CosmosIndex<T> index, DocumentQuery query, CosmosPageToken? after, DateTimeOffset now)
        where T : class
    {
        if (query.PageSize is < 1 or > DocumentQuery.MaxPageSize)
        {
            throw new ArgumentException($"The page size must be 1 to {DocumentQuery.MaxPageSize}; it is {query.PageSize}.", nameof(query));
        }

        foreach (var filter in query.Where)
        {
            index.Check(filter.Field);
        }

        var sql = new CosmosQuery(CosmosKey.Moment(now));
        if (query.OrderBy is { } field)
        {
            index.Check(field);
            sql.WalkIndex(index, query, field, after);
        }
        else
        {
            sql.WalkIds(query, after);
        }

        return sql.ToDefinition(query);
    }

    private void WalkIds(DocumentQuery query, CosmosPageToken? after)
    {
        foreach (var filter in query.Where)
        {
            Residual(filter);
        }

        if (after is not null)
        {
            Compare("c.id", query.Descending ? "<" : ">", after.Id);
        }
    }

    private void WalkIndex<T>(CosmosIndex<T> index, DocumentQuery query, string orderBy, CosmosPageToken? after)
        where T : class
    {
        var equal = query.Where.Where(f => f.Operator == FilterOperator.Equal && f.Field != orderBy).ToLookup(f => f.Field);
        var best = index.Best(orderBy, [.. equal.Select(g => g.Key)]);
        order = $"c[\"keys\"][\"{best.Name}\"]";
        var leading = best.Fields.SkipLast(1).Select(f => equal[f].First()).ToList();
        var prefix = string.Concat(leading.Select(f => CosmosKey.Part(f.Value) + " "));
        // DEL is after every character that a key can hold.
        var (low, high) = (prefix, prefix + "\u007f");
        foreach (var filter in query.Where.Where(f => !leading.Contains(f, ReferenceEqualityComparer.Instance)))
        {
            if (filter.Field != orderBy)
            {
                Residual(filter);
                continue;
            }

            var part = prefix + CosmosKey.Part(filter.Value);
            // What has this very value goes on with a blank, and '!' is the next character after the blank.
            low = filter.Operator switch { FilterOperator.Less => low, FilterOperator.Equal => Max(low, part + " "), _ => Max(low, part) };
            high = filter.Operator switch { FilterOperator.Less => Min(high, part), FilterOperator.Equal => Min(high, part + "!"), _ => high };
        }

        var position = after is null ? null : $"{prefix}{after.Order} {after.Id}";
        Compare(order, query.Descending || position is null ? ">=" : ">", query.Descending || position is null ? low : Max(low, position));
        Compare(order, "<", query.Descending && position is not null ? Min(high, position) : high);
    }

    private void Residual(FieldFilter filter) => Compare($"c[\"fields\"][\"{filter.Field}\"]", Symbol(filter.Operator), CosmosKey.Part(filter.Value));

    private void Compare(string path, string symbol, string value)
    {
        var name = "@p" + parameters.Count.ToString(CultureInfo.InvariantCulture);
        parameters.Add((name, value));
        where.Append(CultureInfo.InvariantCulture, $" AND {path} {symbol} {name}");
    }

    private QueryDefinition ToDefinition(DocumentQuery query)
    {
        // One more than the page tells whether there is a next one.
        var definition = new QueryDefinition(string.Create(
            CultureInfo.InvariantCulture, $"SELECT TOP {query.PageSize + 1} {Columns} FROM c WHERE {where} ORDER BY {order} {(query.Descending ? "DESC" : "ASC")}"));
        foreach (var (name, value) in parameters)
        {
            definition = definition.WithParameter(name, value);
        }

        return definition;
    }

    private static string Max(string a, string b) => string.CompareOrdinal(a, b) >= 0 ? a : b;

    private static string Min(string a, string b) => string.CompareOrdinal(a, b) <= 0 ? a : b;

    private static string Symbol(FilterOperator filter) => filter switch
    {
        FilterOperator.Equal => "=",
        FilterOperator.GreaterOrEqual => ">=",
        FilterOperator.Less => "<",
        _ => throw new ArgumentOutOfRangeException(nameof(filter), filter, "Unknown operator."),
    };
}
