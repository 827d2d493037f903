namespace Nightwatch.Domain.Queries.LogQl;

/// <summary>Which function over time takes what. Source: Loki's documentation, "Metric queries".</summary>
public static class LogQlTypes
{
    /// <summary>Whether <c>by</c> and <c>without</c> may follow.</summary>
    public static bool TakesGrouping(RangeFunction function) => function is RangeFunction.AvgOverTime or RangeFunction.StddevOverTime or RangeFunction.StdvarOverTime
        or RangeFunction.QuantileOverTime or RangeFunction.MaxOverTime or RangeFunction.MinOverTime or RangeFunction.FirstOverTime or RangeFunction.LastOverTime;

    /// <summary>Whether it works on lines, without unwrap.</summary>
    public static bool TakesLines(RangeFunction function) => function is RangeFunction.BytesOverTime or RangeFunction.BytesRate or RangeFunction.CountOverTime
        or RangeFunction.Rate or RangeFunction.AbsentOverTime;

    /// <summary>Whether it works on unwrapped numbers.</summary>
    public static bool TakesUnwrap(RangeFunction function) =>
        function is not (RangeFunction.BytesOverTime or RangeFunction.BytesRate or RangeFunction.CountOverTime);
}
