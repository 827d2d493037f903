using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Queries.Catalogue;

namespace Nightwatch.Domain.Queries.Asking.Catalogues;

/// <summary>What each source exposes, kept in memory for <see cref="TimeToLive"/> per tenant and source.</summary>
public sealed partial class QueryCatalogues(TimeProvider time, ILogger<QueryCatalogues> logger)
{
    public static readonly TimeSpan TimeToLive = TimeSpan.FromMinutes(5);

    /// <summary>Catalogues of metrics, and as many of logs.</summary>
    public const int Capacity = 32;

    private readonly CatalogueCache<MetricCatalogue> metrics = new(time, TimeToLive, Capacity);
    private readonly CatalogueCache<LogCatalogue> logs = new(time, TimeToLive, Capacity);
    private readonly ConditionalWeakTable<IDatasource, string> keys = [];
    private long lastKey;

    /// <exception cref="SourceException">The source failed, and nothing is known of it yet.</exception>
    public Task<CatalogueView<MetricCatalogue>> OfAsync(IMetricSource source, CancellationToken cancellationToken) => metrics.GetAsync(
        KeyOf(source),
        async stop =>
        {
            var began = time.GetTimestamp();
            var view = await MetricCatalogueReader.ReadAsync(source, time.GetUtcNow(), stop).ConfigureAwait(false);
            LogRead(source.Name, source.Tenant, view.Catalogue.Count, time.GetElapsedTime(began).TotalMilliseconds);
            return view;
        },
        cancellationToken);

    /// <exception cref="SourceException">The source failed, and nothing is known of it yet.</exception>
    public Task<CatalogueView<LogCatalogue>> OfAsync(ILogSource source, CancellationToken cancellationToken) => logs.GetAsync(
        KeyOf(source),
        async stop =>
        {
            var began = time.GetTimestamp();
            var view = await LogCatalogueReader.ReadAsync(source, time.GetUtcNow(), stop).ConfigureAwait(false);
            LogRead(source.Name, source.Tenant, view.Catalogue.Labels.Count(), time.GetElapsedTime(began).TotalMilliseconds);
            return view;
        },
        cancellationToken);

    /// <summary>A source that was changed is another one, as the registry gives it.</summary>
    private string KeyOf(IDatasource source) =>
        keys.GetValue(source, s => string.Create(CultureInfo.InvariantCulture, $"{s.Tenant} {s.Name} {Interlocked.Increment(ref lastKey)}"));

    [LoggerMessage(Level = LogLevel.Debug, Message = "What {Source} of tenant {Tenant} exposes was read: {Count} names in {Milliseconds:0} ms.")]
    private partial void LogRead(string source, string tenant, int count, double milliseconds);
}
