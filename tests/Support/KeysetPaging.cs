using System.Globalization;
using System.Text;
using System.Text.Json;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Support;

/// <summary>The order, the filters and the continuation tokens of a <see cref="DocumentQuery"/>, as the port describes them.</summary>
internal sealed class KeysetPaging : IComparer<KeysetPaging.Key>
{
    private readonly DocumentQuery query;
    private readonly Key? after;

    public KeysetPaging(DocumentQuery query, IReadOnlyCollection<string> declaredFields)
    {
        this.query = query;
        if (query.PageSize is < 1 or > DocumentQuery.MaxPageSize)
        {
            throw new ArgumentException($"A page holds 1 to {DocumentQuery.MaxPageSize} documents, not {query.PageSize}.", nameof(query));
        }

        foreach (var field in query.Where.Select(f => f.Field).Append(query.OrderBy).OfType<string>())
        {
            if (!declaredFields.Contains(field))
            {
                throw new ArgumentException($"'{field}' is not an indexed field.", nameof(query));
            }
        }

        after = query.ContinuationToken is { } token ? Parse(token) : null;
    }

    /// <summary>Position of a document: the value that it is ordered by, comparable with <see cref="CompareValues"/>, and its id.</summary>
    public sealed record Key(object? Value, string Id);

    public static bool Matches(FieldFilter filter, object? value)
    {
        if (value is null)
        {
            return false;
        }

        var order = CompareValues(Plain(value), Plain(filter.Value));
        return filter.Operator switch
        {
            FilterOperator.Equal => order == 0,
            FilterOperator.GreaterOrEqual => order >= 0,
            _ => order < 0,
        };
    }

    public Key KeyOf(string id, IReadOnlyDictionary<string, object?> fields) => new(query.OrderBy is { } field ? Plain(fields[field]) : null, id);

    public bool IsAfterToken(Key key) => after is null || Compare(key, after) > 0;

    public int Compare(Key? x, Key? y)
    {
        var order = CompareValues(x!.Value, y!.Value);
        order = order != 0 ? order : string.CompareOrdinal(x.Id, y.Id);
        return query.Descending ? -order : order;
    }

    public string TokenOf(Key key)
    {
        var value = key.Value switch
        {
            null => "",
            string s => "s" + s,
            double d => "d" + d.ToString("R", CultureInfo.InvariantCulture),
            var l => "l" + ((long)l).ToString(CultureInfo.InvariantCulture),
        };
        return Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes<string[]>([Shape(), value, key.Id]));
    }

    private static int CompareValues(object? x, object? y) => (x, y) switch
    {
        (null, null) => 0,
        (null, _) => -1,
        (_, null) => 1,
        (string a, string b) => string.CompareOrdinal(a, b),
        (long a, long b) => a.CompareTo(b),
        _ => Convert.ToDouble(x, CultureInfo.InvariantCulture).CompareTo(Convert.ToDouble(y, CultureInfo.InvariantCulture)),
    };

    private static object? Plain(object? value) => value switch
    {
        DateTimeOffset t => t.UtcTicks,
        bool b => b ? 1L : 0L,
        int i => (long)i,
        null or string or long or double => value,
        _ => throw new ArgumentException($"A field is a string, long, double, bool or DateTimeOffset, not {value.GetType().Name}."),
    };

    private Key Parse(string token)
    {
        try
        {
            var parts = JsonSerializer.Deserialize<string[]>(Encoding.UTF8.GetString(Convert.FromBase64String(token)));
            if (parts is [var shape, var value, var id] && shape == Shape())
            {
                return new Key(ValueOf(value), id);
            }
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            // Answered below.
        }

        throw new ArgumentException("The continuation token is not one of ours, or belongs to another query.");
    }

    private static object? ValueOf(string value) => value.Length == 0 ? null : value[0] switch
    {
        's' => value[1..],
        'd' => double.Parse(value[1..], CultureInfo.InvariantCulture),
        _ => long.Parse(value[1..], CultureInfo.InvariantCulture),
    };

    private string Shape() =>
        $"{query.OrderBy}|{query.Descending}|{string.Join('|', query.Where.Select(f => FormattableString.Invariant($"{f.Field}{f.Operator}{Plain(f.Value)}")))}";
}
