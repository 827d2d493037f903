using System.Collections.Frozen;
using Nightwatch.Domain.Queries.Syntax;

namespace Nightwatch.Domain.Queries.PromQl;

/// <summary>
/// The functions of each dialect, experimental ones included. Source: Prometheus documentation, "Query functions", and the parser's own table for arity.
/// </summary>
public static class PromQlFunctions
{
    // One line for each signature: arguments > result : names. v vector, r range vector, s scalar, t text; ? the last may be left out, * it may be repeated.
    private static readonly string[] Shared =
    [
        "v>v: abs absent acos acosh asin asinh atan atanh ceil cos cosh deg exp floor histogram_count histogram_sum ln log10 log2 rad sgn sin sinh sort sort_desc sqrt tan tanh timestamp",
        "r>v: absent_over_time avg_over_time changes count_over_time delta deriv idelta increase irate last_over_time max_over_time min_over_time present_over_time rate resets "
            + "stddev_over_time stdvar_over_time sum_over_time",
        "v?>v: day_of_month day_of_week day_of_year days_in_month hour minute month year",
        "vss>v: clamp",
        "vs>v: clamp_max clamp_min",
        "vs?>v: round",
        "sv>v: histogram_quantile",
        "ssv>v: histogram_fraction",
        "rs>v: predict_linear",
        "sr>v: quantile_over_time",
        "vtttt>v: label_replace",
        "vttt*>v: label_join",
        ">s: pi time",
        "v>s: scalar",
        "s>v: vector",
    ];

    private static readonly string[] OnlyV242 = ["rss>v: holt_winters"];

    private static readonly string[] OnlyV3 =
    [
        "v>v: histogram_avg histogram_stddev histogram_stdvar start_timestamp",
        "r>v: first_over_time mad_over_time ts_of_first_over_time ts_of_last_over_time ts_of_max_over_time ts_of_min_over_time",
        "rss>v: double_exponential_smoothing",
        "vv?>v: info",
        "vt*>v: sort_by_label sort_by_label_desc",
        ">s: end range start step",
        "ss>s: max_of min_of",
    ];

    private static readonly FrozenDictionary<string, PromQlFunction> Old = Read([.. Shared, .. OnlyV242]);

    private static readonly FrozenDictionary<string, PromQlFunction> New = Read(
        [.. Shared, .. OnlyV3],
        new PromQlFunction("histogram_quantiles", [PromQlType.InstantVector, PromQlType.Text, PromQlType.Scalar, PromQlType.Scalar], 3, 12, PromQlType.InstantVector));

    private static readonly FrozenDictionary<string, PromQlFunction>.AlternateLookup<ReadOnlySpan<char>> OldLookup = Old.GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly FrozenDictionary<string, PromQlFunction>.AlternateLookup<ReadOnlySpan<char>> NewLookup = New.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>All functions of a dialect.</summary>
    public static IReadOnlyCollection<PromQlFunction> All(PromQlDialect dialect) => dialect == PromQlDialect.V3 ? New.Values : Old.Values;

    /// <summary>The function of that name; null when the dialect has none. Names are case-sensitive.</summary>
    public static PromQlFunction? Find(ReadOnlySpan<char> name, PromQlDialect dialect) =>
        (dialect == PromQlDialect.V3 ? NewLookup : OldLookup).TryGetValue(name, out var function) ? function : null;

    /// <summary>The known name nearest to a wrong one, for a message; null when none is near.</summary>
    internal static string? Nearest(string name, PromQlDialect dialect) => PromQlSpelling.Nearest(name, All(dialect).Select(f => f.Name).Concat(PromQlAggregators.All(dialect)));

    private static FrozenDictionary<string, PromQlFunction> Read(string[] lines, params PromQlFunction[] others)
    {
        var functions = others.ToDictionary(f => f.Name, StringComparer.Ordinal);
        foreach (var line in lines)
        {
            var (left, names) = (line[..line.IndexOf(':', StringComparison.Ordinal)], line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..]);
            var arguments = left[..left.IndexOf('>', StringComparison.Ordinal)];
            SyntaxList<PromQlType> types = [.. arguments.Where(char.IsAsciiLetter).Select(TypeOf)];
            var required = types.Count - (arguments.EndsWith('?') || arguments.EndsWith('*') ? 1 : 0);
            var most = arguments.EndsWith('*') ? int.MaxValue : types.Count;
            foreach (var name in names.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                functions.Add(name, new PromQlFunction(name, types, required, most, TypeOf(left[^1])));
            }
        }

        return functions.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static PromQlType TypeOf(char letter) => letter switch
    {
        'v' => PromQlType.InstantVector,
        'r' => PromQlType.RangeVector,
        's' => PromQlType.Scalar,
        _ => PromQlType.Text,
    };
}
