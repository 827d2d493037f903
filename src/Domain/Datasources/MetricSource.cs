namespace Nightwatch.Domain.Datasources;

/// <summary>A closed interval of time; <see cref="Start"/> is not after <see cref="End"/>.</summary>
public sealed record TimeWindow(DateTimeOffset Start, DateTimeOffset End)
{
    public TimeSpan Length => End - Start;

    public TimeWindow Shift(TimeSpan by) => new(Start + by, End + by);
}

/// <summary>One value of one series at one time.</summary>
public sealed record MetricSample(IReadOnlyDictionary<string, string> Labels, DateTimeOffset At, double Value);

/// <summary>A series over time; points are in order of time and may have gaps. NaN means that the source said NaN.</summary>
public sealed record MetricSeries(IReadOnlyDictionary<string, string> Labels, IReadOnlyList<MetricPoint> Points);

public readonly record struct MetricPoint(DateTimeOffset At, double Value);

/// <summary>An alerting rule as its source evaluates it. <see cref="Duration"/> is the time that the expression must hold ("for").</summary>
public sealed record AlertingRule(string Name, string Expression, TimeSpan Duration, IReadOnlyDictionary<string, string> Labels, string Group);

/// <summary>Name, type (counter, gauge, histogram, summary, unknown) and help of a metric.</summary>
public sealed record MetricMetadata(string Name, string Type, string Help, string Unit);

/// <summary>What a query gave, and what the source said beside it (warnings and infos, in its own words), which may mean that something is missing.</summary>
public sealed record MetricAnswer<T>(IReadOnlyList<T> Items, IReadOnlyList<string> Notes)
{
    public MetricAnswer(IReadOnlyList<T> items)
        : this(items, [])
    {
    }
}

/// <summary>A source of metrics that speaks PromQL. Every method throws <see cref="SourceException"/> for a failure of the source.</summary>
public interface IMetricSource : IDatasource
{
    /// <summary>Samples at one time: of a scalar one without labels; of a range selector every sample in its range.</summary>
    Task<MetricAnswer<MetricSample>> QueryAsync(string promql, DateTimeOffset at, CancellationToken cancellationToken);

    Task<MetricAnswer<MetricSeries>> QueryRangeAsync(string promql, TimeWindow window, TimeSpan step, CancellationToken cancellationToken);

    /// <summary>Label sets of the series that match any of the selectors within the window, at most <paramref name="limit"/>.</summary>
    Task<MetricAnswer<IReadOnlyDictionary<string, string>>> FindSeriesAsync(
        IReadOnlyList<string> selectors, TimeWindow window, int limit, CancellationToken cancellationToken);

    Task<IReadOnlyList<MetricMetadata>> ListMetadataAsync(CancellationToken cancellationToken);

    Task<IReadOnlyList<AlertingRule>> ListAlertingRulesAsync(CancellationToken cancellationToken);

    /// <summary>How many series a selector (without offset and @) selects at one time.</summary>
    async Task<long> CountSeriesAsync(string selector, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var counted = await QueryAsync($"count({selector})", at, cancellationToken).ConfigureAwait(false);
        return counted.Items is [{ Value: > 0 and < 1e15 } only] ? (long)only.Value : 0;
    }

    /// <summary>How many series there are; those that do not tell it say so in their answer.</summary>
    Task<SeriesStatistics> ReadStatisticsAsync(CancellationToken cancellationToken) => Task.FromResult(SeriesStatistics.Unknown);

    /// <summary>A page where a person can see the query over the window.</summary>
    Uri LinkTo(string promql, TimeWindow window);
}
