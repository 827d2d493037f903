namespace Nightwatch.Domain.Datasources.Caching;

/// <summary>A source with a language of its own, with what it answered before. The language is not read, so that each text is another question.</summary>
internal sealed class CachedQuerySource(IQuerySource inner, CacheAccess access) : IQuerySource, ICachedSource<IQuerySource>
{
    public string Name => inner.Name;

    public string Tenant => inner.Tenant;

    public string Type => inner.Type;

    public IQuerySource ForJudgement { get; } = access.Use == CacheUse.Judgement ? inner : new CachedQuerySource(inner, access.ForJudgement());

    public Task<MetricAnswer<MetricSeries>> QuerySeriesAsync(string query, TimeWindow window, TimeSpan step, CancellationToken cancellationToken) => access.AnswerAsync(
        new CacheKey("source series", query, window.Start.UtcTicks, window.End.UtcTicks, step.Ticks),
        CacheKind.Present,
        SizeEstimates.Of,
        token => inner.QuerySeriesAsync(query, window, step, token),
        cancellationToken);

    public Task<IReadOnlyList<LogEntry>> QueryLinesAsync(string query, TimeWindow window, int limit, CancellationToken cancellationToken) => access.ListAsync(
        new CacheKey("source lines", query, window.Start.UtcTicks, window.End.UtcTicks, limit),
        CacheKind.Present,
        SizeEstimates.Of,
        token => inner.QueryLinesAsync(query, window, limit, token),
        cancellationToken);

    public Uri LinkTo(string query, TimeWindow window) => inner.LinkTo(query, window);
}
