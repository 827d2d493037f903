namespace Nightwatch.Domain.Datasources;

/// <summary>How many series a source holds now, as far as it tells.</summary>
/// <param name="Total">Null when it does not tell.</param>
/// <param name="Largest">Series of the metrics with most of them; every other metric has at most as many as the smallest of these.</param>
public sealed record SeriesStatistics(long? Total, IReadOnlyDictionary<string, long> Largest)
{
    public static SeriesStatistics Unknown { get; } = new(null, new Dictionary<string, long>());

    /// <summary>At most so many series has the metric (any metric, for null); null when that cannot be told.</summary>
    public long? AtMost(string? metric) =>
        metric is null || Largest.Count == 0 ? Total
        : Largest.TryGetValue(metric, out var series) ? series
        : Math.Min(Largest.Values.Min(), Total ?? long.MaxValue);
}
