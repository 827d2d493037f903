namespace Nightwatch.Domain.Datasources.Confinement;

/// <summary>A source whose language we do not read: nothing can be forced into its queries, so that none goes out.</summary>
internal sealed class ConfinedQuerySource(IQuerySource inner) : IQuerySource
{
    public string Name => inner.Name;

    public string Tenant => inner.Tenant;

    public string Type => inner.Type;

    public Task<MetricAnswer<MetricSeries>> QuerySeriesAsync(string query, TimeWindow window, TimeSpan step, CancellationToken cancellationToken) =>
        Task.FromException<MetricAnswer<MetricSeries>>(Refused());

    public Task<IReadOnlyList<LogEntry>> QueryLinesAsync(string query, TimeWindow window, int limit, CancellationToken cancellationToken) =>
        Task.FromException<IReadOnlyList<LogEntry>>(Refused());

    public Uri LinkTo(string query, TimeWindow window) => inner.LinkTo(query, window);

    private SourceException Refused() => SourceConfinement.Refused(Name, $"a query in the language of {Type} cannot be held to that");
}
