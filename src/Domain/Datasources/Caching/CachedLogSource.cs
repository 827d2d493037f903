namespace Nightwatch.Domain.Datasources.Caching;

/// <summary>A source of logs with what it answered before.</summary>
internal sealed class CachedLogSource(ILogSource inner, CacheAccess access) : ILogSource, ICachedSource<ILogSource>
{
    public string Name => inner.Name;

    public string Tenant => inner.Tenant;

    public ILogSource ForJudgement { get; } = access.Use == CacheUse.Judgement ? inner : new CachedLogSource(inner, access.ForJudgement());

    public Task<IReadOnlyList<LogEntry>> QueryRangeAsync(string logql, TimeWindow window, int limit, CancellationToken cancellationToken) =>
        LinesAsync("lines", logql, window, limit, token => inner.QueryRangeAsync(logql, window, limit, token), cancellationToken);

    public Task<IReadOnlyList<LogEntry>> QueryForwardAsync(string logql, TimeWindow window, int limit, CancellationToken cancellationToken) =>
        LinesAsync("lines forward", logql, window, limit, token => inner.QueryForwardAsync(logql, window, limit, token), cancellationToken);

    public Task<MetricAnswer<MetricSeries>> QuerySeriesAsync(string logql, TimeWindow window, TimeSpan step, CancellationToken cancellationToken)
    {
        var query = CanonicalQuery.LogQl(logql);
        return access.AnswerAsync(
            new CacheKey("log series", query.Text, window.Start.UtcTicks, window.End.UtcTicks, step.Ticks),
            access.KindOf(query, window.End),
            SizeEstimates.Of,
            token => inner.QuerySeriesAsync(logql, window, step, token),
            cancellationToken);
    }

    public Task<MetricAnswer<MetricSample>> QuerySamplesAsync(string logql, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var query = CanonicalQuery.LogQl(logql);
        return access.AnswerAsync(
            new CacheKey("log samples", query.Text, End: at.UtcTicks), access.KindOf(query, at), SizeEstimates.Of, token => inner.QuerySamplesAsync(logql, at, token), cancellationToken);
    }

    public Task<IReadOnlyList<string>> ListLabelsAsync(TimeWindow window, CancellationToken cancellationToken)
    {
        var (start, end, kind) = access.MetadataWindow(window);
        return access.ListAsync(new CacheKey("labels", "", start, end), kind, SizeEstimates.Of, token => inner.ListLabelsAsync(window, token), cancellationToken);
    }

    public Task<IReadOnlyList<string>> ListLabelValuesAsync(string label, TimeWindow window, CancellationToken cancellationToken)
    {
        var (start, end, kind) = access.MetadataWindow(window);
        return access.ListAsync(new CacheKey("values", label, start, end), kind, SizeEstimates.Of, token => inner.ListLabelValuesAsync(label, window, token), cancellationToken);
    }

    public Task<IReadOnlyList<string>> ListLabelValuesAsync(string label, string selector, TimeWindow window, CancellationToken cancellationToken)
    {
        var (start, end, kind) = access.MetadataWindow(window);
        return access.ListAsync(
            new CacheKey("values within", $"{label}\n{CanonicalQuery.LogQl(selector).Text}", start, end),
            kind,
            SizeEstimates.Of,
            token => inner.ListLabelValuesAsync(label, selector, window, token),
            cancellationToken);
    }

    public Uri LinkTo(string logql, TimeWindow window) => inner.LinkTo(logql, window);

    private Task<IReadOnlyList<LogEntry>> LinesAsync(
        string call, string logql, TimeWindow window, int limit, Func<CancellationToken, Task<IReadOnlyList<LogEntry>>> load, CancellationToken cancellationToken)
    {
        var query = CanonicalQuery.LogQl(logql);
        return access.ListAsync(
            new CacheKey(call, query.Text, window.Start.UtcTicks, window.End.UtcTicks, limit), access.KindOf(query, window.End), SizeEstimates.Of, load, cancellationToken);
    }
}
