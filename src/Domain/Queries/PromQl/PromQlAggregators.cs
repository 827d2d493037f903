namespace Nightwatch.Domain.Queries.PromQl;

/// <summary>The aggregation operators of each dialect.</summary>
public static class PromQlAggregators
{
    private static readonly string[] Old = ["avg", "bottomk", "count", "count_values", "group", "max", "min", "quantile", "stddev", "stdvar", "sum", "topk"];

    private static readonly string[] New = [.. Old, "limitk", "limit_ratio"];

    public static IReadOnlyList<string> All(PromQlDialect dialect) => dialect == PromQlDialect.V3 ? New : Old;

    /// <summary>The type of the parameter before the vector; null when there is none.</summary>
    public static PromQlType? ParameterType(string name) => name switch
    {
        "count_values" => PromQlType.Text,
        "topk" or "bottomk" or "quantile" or "limitk" or "limit_ratio" => PromQlType.Scalar,
        _ => null,
    };

    /// <summary>The operator of a word in any case, without a new string for it.</summary>
    internal static string Canonical(ReadOnlySpan<char> word)
    {
        foreach (var name in New)
        {
            if (word.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return name;
            }
        }

        throw new ArgumentException($"{word} is no aggregation operator");
    }
}
