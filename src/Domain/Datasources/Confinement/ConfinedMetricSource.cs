namespace Nightwatch.Domain.Datasources.Confinement;

/// <summary>A source of metrics of which only what carries the forced labels can be read.</summary>
internal sealed class ConfinedMetricSource(IMetricSource inner, SourceConfinement confinement, TimeProvider time) : IMetricSource
{
    private static readonly string[] FamilyEndings = ["_bucket", "_sum", "_count", "_total"];

    public string Name => inner.Name;

    public string Tenant => inner.Tenant;

    public async Task<MetricAnswer<MetricSample>> QueryAsync(string promql, DateTimeOffset at, CancellationToken cancellationToken) =>
        await inner.QueryAsync(confinement.PromQl(promql, Name), at, cancellationToken).ConfigureAwait(false);

    public async Task<MetricAnswer<MetricSeries>> QueryRangeAsync(string promql, TimeWindow window, TimeSpan step, CancellationToken cancellationToken) =>
        await inner.QueryRangeAsync(confinement.PromQl(promql, Name), window, step, cancellationToken).ConfigureAwait(false);

    public async Task<MetricAnswer<IReadOnlyDictionary<string, string>>> FindSeriesAsync(
        IReadOnlyList<string> selectors, TimeWindow window, int limit, CancellationToken cancellationToken) =>
        await inner.FindSeriesAsync([.. selectors.Select(s => confinement.PromQl(s, Name))], window, limit, cancellationToken).ConfigureAwait(false);

    public async Task<long> CountSeriesAsync(string selector, DateTimeOffset at, CancellationToken cancellationToken) =>
        await inner.CountSeriesAsync(confinement.PromQl(selector, Name), at, cancellationToken).ConfigureAwait(false);

    public Task<SeriesStatistics> ReadStatisticsAsync(CancellationToken cancellationToken) => inner.ReadStatisticsAsync(cancellationToken);

    /// <summary>Of metrics with a series now that may be read: metadata itself carries no labels.</summary>
    public async Task<IReadOnlyList<MetricMetadata>> ListMetadataAsync(CancellationToken cancellationToken)
    {
        var listing = inner.ListMetadataAsync(cancellationToken);
        var found = await inner.QueryAsync($"group by (__name__) ({confinement.Everything})", time.GetUtcNow(), cancellationToken).ConfigureAwait(false);
        var names = found.Items.Select(s => s.Labels.GetValueOrDefault("__name__", "")).ToHashSet(StringComparer.Ordinal);
        return [.. (await listing.ConfigureAwait(false)).Where(m => names.Contains(m.Name) || FamilyEndings.Any(e => names.Contains(m.Name + e)))];
    }

    /// <summary>Without those whose own labels say that they are about something else.</summary>
    public async Task<IReadOnlyList<AlertingRule>> ListAlertingRulesAsync(CancellationToken cancellationToken) =>
        [.. (await inner.ListAlertingRulesAsync(cancellationToken).ConfigureAwait(false)).Where(r => r.Labels.All(l => confinement.Allows(l.Key, l.Value)))];

    public Uri LinkTo(string promql, TimeWindow window) => inner.LinkTo(promql, window);
}
