using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Queries.PromQl;
using Nightwatch.Domain.Tools;

namespace Nightwatch.Domain.Queries.History;

/// <summary>One number for each series over a whole window.</summary>
public enum WindowStatistic
{
    Avg,
    Min,
    Max,
    Sum,
    Count,
    P50,
    P95,
    P99,
    Stddev,
}

/// <summary>
/// Asks a statistic over a window as PromQL does it, with a subquery. A window that is longer than a query may be is put together from its parts where that gives the
/// same number: sums and counts add up, the lowest of the lowest is the lowest, an average is the sum over the count. A quantile or a deviation of parts says nothing
/// of the whole.
/// </summary>
internal static class WindowStatistics
{
    /// <summary>Prometheus 2 counts a point that stands on the beginning of a window, 3 does not; so none stands there.</summary>
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    public static bool Splits(WindowStatistic statistic) => statistic <= WindowStatistic.Count;

    /// <summary>The query over one part. Its times of evaluation are those after the part's start, up to and with its end.</summary>
    public static string Query(PromQlExpr expression, WindowStatistic statistic, TimeWindow part, TimeSpan step)
    {
        var over = PromQlBuild.Subquery(expression is BinaryExpr or UnaryExpr ? new ParenExpr(expression) : expression, part.Length - Moment, step);
        return (statistic switch
        {
            WindowStatistic.P50 => PromQlBuild.Call("quantile_over_time", PromQlBuild.Number(0.5), over),
            WindowStatistic.P95 => PromQlBuild.Call("quantile_over_time", PromQlBuild.Number(0.95), over),
            WindowStatistic.P99 => PromQlBuild.Call("quantile_over_time", PromQlBuild.Number(0.99), over),
            _ => PromQlBuild.Call($"{statistic.ToString().ToLowerInvariant()}_over_time", over),
        }).ToString();
    }

    /// <summary>The window in parts, each a whole number of steps long but the first, which may be shorter.</summary>
    public static IReadOnlyList<TimeWindow> Parts(TimeWindow window, TimeSpan step, TimeSpan most)
    {
        var length = TimeSpan.FromTicks(Math.Max(step.Ticks, most.Ticks / step.Ticks * step.Ticks));
        var parts = new List<TimeWindow>();
        for (var end = window.End; end > window.Start; end -= length)
        {
            parts.Add(new TimeWindow(end - window.Start > length ? end - length : window.Start, end));
        }

        parts.Reverse();
        return parts;
    }

    /// <summary>The number over all parts; null when no part has one.</summary>
    /// <param name="parts">Of each part its value and, for an average, how many points it is of.</param>
    public static double? Join(WindowStatistic statistic, IReadOnlyList<(double Value, double Count)> parts) => parts.Count == 0 ? null : statistic switch
    {
        WindowStatistic.Sum or WindowStatistic.Count => parts.Sum(p => p.Value),
        WindowStatistic.Min => parts.Min(p => p.Value),
        WindowStatistic.Max => parts.Max(p => p.Value),
        WindowStatistic.Avg => parts.Sum(p => p.Count) is > 0 and var count ? parts.Sum(p => p.Value * p.Count) / count : null,
        _ => parts is [var only] ? only.Value : throw new ArgumentOutOfRangeException(nameof(statistic), statistic, "It is not made of parts."),
    };

    public static ToolResult NotSplit(WindowStatistic statistic, TimeSpan most) => Outcome.Wrong(
        "statistic",
        $"{statistic.ToString().ToLowerInvariant()} over more than {most.TotalHours:0} h ({QueryLimits.MaxRangeKey}) cannot be put together from parts; ask for a shorter window, or for avg, min, max, sum or count.");
}
