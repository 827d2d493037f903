namespace Nightwatch.Domain.Datasources.Caching;

/// <summary>A source of metrics with what it answered before.</summary>
internal sealed class CachedMetricSource(IMetricSource inner, CacheAccess access) : IMetricSource, ICachedSource<IMetricSource>
{
    public string Name => inner.Name;

    public string Tenant => inner.Tenant;

    public IMetricSource ForJudgement { get; } = access.Use == CacheUse.Judgement ? inner : new CachedMetricSource(inner, access.ForJudgement());

    public Task<MetricAnswer<MetricSample>> QueryAsync(string promql, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var query = CanonicalQuery.PromQl(promql);
        return access.AnswerAsync(
            new CacheKey("instant", query.Text, End: at.UtcTicks), access.KindOf(query, at), SizeEstimates.Of, token => inner.QueryAsync(promql, at, token), cancellationToken);
    }

    public Task<MetricAnswer<MetricSeries>> QueryRangeAsync(string promql, TimeWindow window, TimeSpan step, CancellationToken cancellationToken)
    {
        var query = CanonicalQuery.PromQl(promql);
        return access.AnswerAsync(
            new CacheKey("range", query.Text, window.Start.UtcTicks, window.End.UtcTicks, step.Ticks),
            access.KindOf(query, window.End),
            SizeEstimates.Of,
            token => inner.QueryRangeAsync(promql, window, step, token),
            cancellationToken);
    }

    public Task<MetricAnswer<IReadOnlyDictionary<string, string>>> FindSeriesAsync(
        IReadOnlyList<string> selectors, TimeWindow window, int limit, CancellationToken cancellationToken)
    {
        var (start, end, kind) = access.MetadataWindow(window);
        var text = string.Join('\n', selectors.Select(s => CanonicalQuery.PromQl(s).Text));
        return access.AnswerAsync(
            new CacheKey("series", text, start, end, limit), kind, SizeEstimates.Of, token => inner.FindSeriesAsync(selectors, window, limit, token), cancellationToken);
    }

    public Task<IReadOnlyList<MetricMetadata>> ListMetadataAsync(CancellationToken cancellationToken) =>
        access.ListAsync(new CacheKey("metadata", ""), CacheKind.Metadata, SizeEstimates.Of, inner.ListMetadataAsync, cancellationToken);

    public Task<IReadOnlyList<AlertingRule>> ListAlertingRulesAsync(CancellationToken cancellationToken) =>
        access.ListAsync(new CacheKey("rules", ""), CacheKind.Rules, SizeEstimates.Of, inner.ListAlertingRulesAsync, cancellationToken);

    /// <summary>To the nearest ten minutes before: it is for telling much from little.</summary>
    public async Task<long> CountSeriesAsync(string selector, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var (count, _) = await access.GetAsync(
            new CacheKey("count", CanonicalQuery.PromQl(selector).Text, End: at.UtcTicks - (at.UtcTicks % TimeSpan.FromMinutes(10).Ticks)),
            CacheKind.Metadata,
            static _ => new ValueSize(sizeof(long), true),
            token => inner.CountSeriesAsync(selector, at, token),
            cancellationToken).ConfigureAwait(false);
        return count;
    }

    public async Task<SeriesStatistics> ReadStatisticsAsync(CancellationToken cancellationToken)
    {
        var (statistics, _) = await access.GetAsync(
            new CacheKey("statistics", ""), CacheKind.Metadata, SizeEstimates.Of, inner.ReadStatisticsAsync, cancellationToken).ConfigureAwait(false);
        return statistics;
    }

    public Uri LinkTo(string promql, TimeWindow window) => inner.LinkTo(promql, window);
}
