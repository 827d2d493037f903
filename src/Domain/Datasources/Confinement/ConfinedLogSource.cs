namespace Nightwatch.Domain.Datasources.Confinement;

/// <summary>A source of logs of which only the streams with the forced labels can be read.</summary>
internal sealed class ConfinedLogSource(ILogSource inner, SourceConfinement confinement) : ILogSource
{
    public string Name => inner.Name;

    public string Tenant => inner.Tenant;

    public async Task<IReadOnlyList<LogEntry>> QueryRangeAsync(string logql, TimeWindow window, int limit, CancellationToken cancellationToken) =>
        await inner.QueryRangeAsync(confinement.LogQl(logql, Name), window, limit, cancellationToken).ConfigureAwait(false);

    public async Task<IReadOnlyList<LogEntry>> QueryForwardAsync(string logql, TimeWindow window, int limit, CancellationToken cancellationToken) =>
        await inner.QueryForwardAsync(confinement.LogQl(logql, Name), window, limit, cancellationToken).ConfigureAwait(false);

    public async Task<MetricAnswer<MetricSeries>> QuerySeriesAsync(string logql, TimeWindow window, TimeSpan step, CancellationToken cancellationToken) =>
        await inner.QuerySeriesAsync(confinement.LogQl(logql, Name), window, step, cancellationToken).ConfigureAwait(false);

    public async Task<MetricAnswer<MetricSample>> QuerySamplesAsync(string logql, DateTimeOffset at, CancellationToken cancellationToken) =>
        await inner.QuerySamplesAsync(confinement.LogQl(logql, Name), at, cancellationToken).ConfigureAwait(false);

    /// <summary>Names of labels are no one's alone.</summary>
    public Task<IReadOnlyList<string>> ListLabelsAsync(TimeWindow window, CancellationToken cancellationToken) => inner.ListLabelsAsync(window, cancellationToken);

    public async Task<IReadOnlyList<string>> ListLabelValuesAsync(string label, TimeWindow window, CancellationToken cancellationToken) =>
        [.. (await inner.ListLabelValuesAsync(label, confinement.Everything, window, cancellationToken).ConfigureAwait(false)).Where(v => confinement.Allows(label, v))];

    public async Task<IReadOnlyList<string>> ListLabelValuesAsync(string label, string selector, TimeWindow window, CancellationToken cancellationToken) =>
        [.. (await inner.ListLabelValuesAsync(label, confinement.LogQl(selector, Name), window, cancellationToken).ConfigureAwait(false)).Where(v => confinement.Allows(label, v))];

    public Uri LinkTo(string logql, TimeWindow window) => inner.LinkTo(logql, window);
}
