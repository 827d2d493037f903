namespace Nightwatch.Domain.Datasources;

/// <summary>
/// A source with a language of its own (Flux, InfluxQL or SQL of InfluxDB; Lucene of Elasticsearch), asked in that language. Every method throws
/// <see cref="SourceException"/> for a failure of the source.
/// </summary>
public interface IQuerySource : IDatasource
{
    /// <summary>Name of the type: influxdb, elasticsearch, ...</summary>
    string Type { get; }

    Task<MetricAnswer<MetricSeries>> QuerySeriesAsync(string query, TimeWindow window, TimeSpan step, CancellationToken cancellationToken);

    /// <summary>Newest first, at most <paramref name="limit"/> lines.</summary>
    Task<IReadOnlyList<LogEntry>> QueryLinesAsync(string query, TimeWindow window, int limit, CancellationToken cancellationToken);

    Uri LinkTo(string query, TimeWindow window);
}
