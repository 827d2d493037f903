using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Nightwatch.Support.Cosmos;

/// <summary>
/// The part of Cosmos DB's SQL that our adapter sends: SELECT [TOP n] paths FROM c WHERE condition [ORDER BY path ASC|DESC], and what a query plan makes of it
/// (objects and arrays of paths AS names). Conditions have three values as there: a comparison with something that is not there, or is of another type, is
/// undefined and not true.
/// </summary>
internal sealed partial class CosmosSql
{
    private readonly List<string> tokens;
    private readonly IReadOnlyDictionary<string, string> parameters;
    private int at;

    private CosmosSql(string sql, IReadOnlyDictionary<string, string> parameters)
    {
        this.parameters = parameters;
        tokens = [.. Token().Matches(sql).Select(m => m.Value)];
        if (string.Concat(tokens) != Blank().Replace(sql, ""))
        {
            throw new FormatException("incorrect syntax");
        }
    }

    public int? Top { get; private set; }

    public List<(string Name, Func<JsonElement, JsonNode?> Value)> Columns { get; } = [];

    public Func<JsonElement, bool?> Where { get; private set; } = static _ => true;

    public IReadOnlyList<string>? OrderBy { get; private set; }

    public bool Descending { get; private set; }

    /// <exception cref="FormatException">It is not of that part.</exception>
    public static CosmosSql Parse(string text, IReadOnlyDictionary<string, string> parameters)
    {
        var sql = new CosmosSql(text, parameters);
        sql.Expect("SELECT");
        if (sql.Take("TOP"))
        {
            sql.Top = int.Parse(sql.Next(), CultureInfo.InvariantCulture);
        }

        do
        {
            sql.Columns.Add(sql.Column());
        }
        while (sql.Take(","));
        sql.Expect("FROM");
        sql.Expect("c");
        if (sql.Take("WHERE"))
        {
            sql.Where = sql.Or();
        }

        if (sql.Take("ORDER"))
        {
            sql.Expect("BY");
            sql.OrderBy = sql.Path();
            sql.Descending = sql.Take("DESC") || (sql.Take("ASC") && false);
        }

        return sql.at == sql.tokens.Count ? sql : throw new FormatException($"incorrect syntax near '{sql.tokens[sql.at]}'");
    }

    public IEnumerable<JsonNode> Run(IEnumerable<JsonElement> documents)
    {
        var found = documents.Where(d => Where(d) == true);
        if (OrderBy is { } path)
        {
            // Those without the property are not in the index that gives the order.
            var keyed = found.Select(d => (Document: d, Key: Text(Resolve(d, path)))).Where(d => d.Key is not null);
            found = (Descending ? keyed.OrderByDescending(d => d.Key, StringComparer.Ordinal) : keyed.OrderBy(d => d.Key, StringComparer.Ordinal)).Select(d => d.Document);
        }

        return (Top is { } most ? found.Take(most) : found).Select(Project);
    }

    private JsonObject Project(JsonElement document)
    {
        var projected = new JsonObject();
        foreach (var (name, value) in Columns)
        {
            if (value(document) is { } present)
            {
                projected[name] = present;
            }
        }

        return projected;
    }

    private (string Name, Func<JsonElement, JsonNode?> Value) Column()
    {
        var start = at;
        var value = Value();
        return Take("AS") ? (Next(), value) : (tokens[at - 1] == "]" ? tokens[at - 2].Trim('"') : at > start ? tokens[at - 1] : "", value);
    }

    private Func<JsonElement, JsonNode?> Value()
    {
        if (Take("["))
        {
            var inner = Value();
            Expect("]");
            return d => new JsonArray(inner(d));
        }

        if (!Take("{"))
        {
            var path = Path();
            return d => Resolve(d, path) is { } found ? JsonNode.Parse(found.GetRawText()) : null;
        }

        var members = new List<(string Name, Func<JsonElement, JsonNode?> Value)>();
        do
        {
            var name = Next().Trim('"');
            Expect(":");
            members.Add((name, Value()));
        }
        while (Take(","));
        Expect("}");
        return d => new JsonObject(members.Select(m => KeyValuePair.Create(m.Name, m.Value(d))).Where(m => m.Value is not null));
    }

    private Func<JsonElement, bool?> Or()
    {
        var left = And();
        while (Take("OR"))
        {
            var (one, other) = (left, And());
            left = d => (one(d), other(d)) switch { (true, _) or (_, true) => true, (false, false) => false, _ => null };
        }

        return left;
    }

    private Func<JsonElement, bool?> And()
    {
        var left = Not();
        while (Take("AND"))
        {
            var (one, other) = (left, Not());
            left = d => (one(d), other(d)) switch { (false, _) or (_, false) => false, (true, true) => true, _ => null };
        }

        return left;
    }

    private Func<JsonElement, bool?> Not()
    {
        if (Take("NOT"))
        {
            var inner = Not();
            return d => !inner(d);
        }

        if (Take("("))
        {
            var inner = Or();
            Expect(")");
            return inner;
        }

        if (Take("true"))
        {
            return static _ => true;
        }

        if (Take("IS_DEFINED"))
        {
            Expect("(");
            var defined = Path();
            Expect(")");
            return d => Resolve(d, defined) is not null;
        }

        var path = Path();
        return Take("IN") ? In(path) : Comparison(path, Next(), Parameter());
    }

    private Func<JsonElement, bool?> In(IReadOnlyList<string> path)
    {
        Expect("(");
        var values = new HashSet<string>(StringComparer.Ordinal);
        do
        {
            values.Add(Parameter());
        }
        while (Take(","));
        Expect(")");
        return d => Text(Resolve(d, path)) is { } value ? values.Contains(value) : null;
    }

    private static Func<JsonElement, bool?> Comparison(IReadOnlyList<string> path, string symbol, string value) => d =>
        Text(Resolve(d, path)) is not { } text ? null : symbol switch
        {
            "=" => text == value,
            "<" => string.CompareOrdinal(text, value) < 0,
            ">" => string.CompareOrdinal(text, value) > 0,
            ">=" => string.CompareOrdinal(text, value) >= 0,
            _ => throw new FormatException($"incorrect syntax near '{symbol}'"),
        };

    private List<string> Path()
    {
        Expect("c");
        var path = new List<string>();
        while (true)
        {
            if (Take("."))
            {
                path.Add(Next());
            }
            else if (Take("["))
            {
                path.Add(Next().Trim('"'));
                Expect("]");
            }
            else
            {
                return path.Count > 0 ? path : throw new FormatException("incorrect syntax near 'c'");
            }
        }
    }

    private string Parameter() => parameters.TryGetValue(Next(), out var value) ? value : throw new FormatException($"incorrect syntax near '{tokens[at - 1]}'");

    private static JsonElement? Resolve(JsonElement document, IReadOnlyList<string> path)
    {
        foreach (var name in path)
        {
            if (document.ValueKind != JsonValueKind.Object || !document.TryGetProperty(name, out document))
            {
                return null;
            }
        }

        return document;
    }

    private static string? Text(JsonElement? value) => value is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private string Next() => at < tokens.Count ? tokens[at++] : throw new FormatException("incorrect syntax at the end");

    private bool Take(string token)
    {
        var isIt = at < tokens.Count && tokens[at] == token;
        at += isIt ? 1 : 0;
        return isIt;
    }

    private void Expect(string token)
    {
        if (!Take(token))
        {
            throw new FormatException($"incorrect syntax, '{token}' is missing");
        }
    }

    [GeneratedRegex("""@?[A-Za-z_][A-Za-z0-9_]*|\d+|"[^"\\]*"|>=|[<>=.,:()\[\]{}]""")]
    private static partial Regex Token();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blank();
}
