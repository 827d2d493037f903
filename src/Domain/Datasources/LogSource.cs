namespace Nightwatch.Domain.Datasources;

public sealed record LogEntry(DateTimeOffset At, IReadOnlyDictionary<string, string> Labels, string Line);

/// <summary>A source of logs that speaks LogQL. Every method throws <see cref="SourceException"/> for a failure of the source.</summary>
public interface ILogSource : IDatasource
{
    /// <summary>Newest first, at most <paramref name="limit"/> lines.</summary>
    Task<IReadOnlyList<LogEntry>> QueryRangeAsync(string logql, TimeWindow window, int limit, CancellationToken cancellationToken);

    /// <summary>Oldest first, at most <paramref name="limit"/> lines.</summary>
    Task<IReadOnlyList<LogEntry>> QueryForwardAsync(string logql, TimeWindow window, int limit, CancellationToken cancellationToken) =>
        throw new SourceException(SourceFailure.BadRequest, Name, $"{Name}: logs can be asked for from the newest only");

    /// <summary>Series of a query that gives numbers, such as count_over_time({app="shop"}[1h]), at each step from start to end.</summary>
    Task<MetricAnswer<MetricSeries>> QuerySeriesAsync(string logql, TimeWindow window, TimeSpan step, CancellationToken cancellationToken) =>
        throw new SourceException(SourceFailure.BadRequest, Name, $"{Name}: numbers cannot be asked of these logs, only lines");

    /// <summary>Samples of a query that gives numbers, at one time.</summary>
    Task<MetricAnswer<MetricSample>> QuerySamplesAsync(string logql, DateTimeOffset at, CancellationToken cancellationToken) =>
        throw new SourceException(SourceFailure.BadRequest, Name, $"{Name}: numbers cannot be asked of these logs, only lines");

    Task<IReadOnlyList<string>> ListLabelsAsync(TimeWindow window, CancellationToken cancellationToken);

    Task<IReadOnlyList<string>> ListLabelValuesAsync(string label, TimeWindow window, CancellationToken cancellationToken);

    /// <summary>Values of a label in the streams that a selector selects.</summary>
    Task<IReadOnlyList<string>> ListLabelValuesAsync(string label, string selector, TimeWindow window, CancellationToken cancellationToken) =>
        throw new SourceException(SourceFailure.BadRequest, Name, $"{Name}: the values of a label can be asked for of all streams only");

    Uri LinkTo(string logql, TimeWindow window);
}
