using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Nightwatch.Domain.Alerts;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Datasources.Caching;
using Nightwatch.Domain.Governance.Audit;
using Nightwatch.Domain.Incidents;
using Nightwatch.Domain.Investigations;
using Nightwatch.Domain.Storage;
using Nightwatch.Domain.Tools;
using Nightwatch.Support;

namespace Nightwatch.Bench;

/// <summary>A hit in a cache of 10,000 entries, alone and as a whole direct query; and how many questions of people who look at dashboards are hits.</summary>
internal static class CacheBench
{
    private const int Entries = 10_000;
    private const int Hits = 20_000;

    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeWindow Past = new(Noon.AddHours(-3), Noon.AddHours(-2));

    public static async Task RunAsync(CancellationToken cancellationToken)
    {
        await HitsAsync(cancellationToken);
        await DashboardsAsync(ahead: false, cancellationToken);
        await DashboardsAsync(ahead: true, cancellationToken);
    }

    private static async Task HitsAsync(CancellationToken cancellationToken)
    {
        var source = new Answering();
        var cache = new QueryCache(QueryCacheOptions.Default with { Past = TimeSpan.FromHours(1) }, TimeProvider.System);
        var datasources = new CachedDatasources(new ConfiguredSources([source]), cache);
        var metrics = (await datasources.ListAsync<IMetricSource>("default", cancellationToken))[0];
        for (var i = 0; i < Entries; i++)
        {
            await metrics.QueryRangeAsync(Query(i), Past, TimeSpan.FromMinutes(1), cancellationToken);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {cache.Count} entries, {cache.Bytes / 1048576.0:0.0} MiB (estimated)"));
        foreach (var tasks in new[] { 1, 16 })
        {
            var times = new Samples();
            await Parallel.ForAsync(0, Hits, new ParallelOptions { MaxDegreeOfParallelism = tasks, CancellationToken = cancellationToken }, async (i, stop) =>
            {
                var began = Stopwatch.GetTimestamp();
                await metrics.QueryRangeAsync(Query(i * 7919 % Entries), Past, TimeSpan.FromMinutes(1), stop);
                times.AddSince(began);
            });
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  a hit, {tasks,2} at once: median {times.Percentile(.5) * 1000:0.0} us, p99 {times.Percentile(.99) * 1000:0.0} us ({Hits} hits; the source was asked {source.Asked} times)"));
        }

        await ToolAsync(datasources, cancellationToken);
    }

    /// <summary>Guard, estimate, cache, JSON, masking, audit in memory.</summary>
    private static async Task ToolAsync(IDatasources datasources, CancellationToken cancellationToken)
    {
        await using var services = new ServiceCollection()
            .AddLogging()
            .AddSingleton(datasources)
            .AddSingleton<IDocuments<AlertEpisode>>(new InMemoryDocuments<AlertEpisode>(AlertEpisode.Type))
            .AddSingleton<IDocuments<Incident>>(new InMemoryDocuments<Incident>(Incident.Type))
            .AddSingleton<IDocuments<Investigation>>(new InMemoryDocuments<Investigation>(Investigation.Type))
            .AddSingleton<IAuditTrail>(new RecordedAudit())
            .AddTools()
            .BuildServiceProvider();
        var catalog = services.GetRequiredService<IToolCatalog>();
        var times = new Samples();
        for (var i = -200; i < 2000; i++)
        {
            var request = new ToolRequest
            {
                Name = "query_metrics_range",
                Caller = Callers.Everything(),
                Arguments = JsonSerializer.Serialize(new { query = Query(i & 63), start = Past.Start, end = Past.End, step_seconds = 60 }),
            };
            var began = Stopwatch.GetTimestamp();
            var result = await catalog.InvokeAsync(request, cancellationToken);
            if (result.Status != ToolStatus.Success)
            {
                throw new InvalidOperationException(result.Message);
            }

            if (i >= 0)
            {
                times.AddSince(began);
            }
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  a whole direct query that hits: median {times.Percentile(.5):0.000} ms, p99 {times.Percentile(.99):0.000} ms"));
    }

    /// <summary>
    /// An hour of ten people who look at a system of 200 dashboards: each looks for dashboards and opens one, favourites more often, about every half minute; the
    /// page asks for the sources and the metrics' metadata beside it.
    /// </summary>
    private static async Task DashboardsAsync(bool ahead, CancellationToken cancellationToken)
    {
        var (source, time, random) = (new Answering(), new ManualTime(Noon), new Random(5));
        var cache = new QueryCache(QueryCacheOptions.Default, time);
        var datasources = new CachedDatasources(new ConfiguredSources([source]), cache);
        var dashboards = (await datasources.ListAsync<IDashboardSource>("default", cancellationToken))[0];
        var metrics = (await datasources.ListAsync<IMetricSource>("default", cancellationToken))[0];
        var fetch = new FetchAhead(cache, time);
        var (asked, missed) = (0, 0);
        for (var second = 0; second < 3600; second += 3)
        {
            time.Advance(TimeSpan.FromSeconds(3));
            if (ahead && second % 60 == 30)
            {
                await fetch.RunAsync(cancellationToken);
            }

            var before = source.Asked;
            string? search = random.Next(4) switch { 0 => "node", 1 => "shop", _ => null };
            await dashboards.SearchAsync(search, null, 100, cancellationToken);
            await dashboards.GetAsync($"d{(int)(200 * Math.Pow(random.NextDouble(), 4))}", cancellationToken);
            await dashboards.ListUpstreamAsync(cancellationToken);
            await metrics.ListMetadataAsync(cancellationToken);
            asked += 4;
            missed += source.Asked - before;
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  dashboards' metadata, {(ahead ? "fetched ahead" : "not fetched ahead")}: {asked} questions, {100.0 * (asked - missed) / asked:0.0} % hits; the source was asked {source.Asked} times"));
    }

    private static string Query(int i) => string.Create(CultureInfo.InvariantCulture, $"sum by (job) (rate(http_requests_total{{job=\"job-{i}\", code=~\"5..\"}}[5m]))");

    /// <summary>Answers at once, as a dashboard's panel would be answered.</summary>
    private sealed class Answering : IMetricSource, IDashboardSource
    {
        private int asked;

        public string Name => "bench";

        public int Asked => Volatile.Read(ref asked);

        public Task<MetricAnswer<MetricSample>> QueryAsync(string promql, DateTimeOffset at, CancellationToken cancellationToken) =>
            Answer(new MetricAnswer<MetricSample>([new MetricSample(new Dictionary<string, string>(), at, 10)]));

        public Task<MetricAnswer<MetricSeries>> QueryRangeAsync(string promql, TimeWindow window, TimeSpan step, CancellationToken cancellationToken) => Answer(
            new MetricAnswer<MetricSeries>([new MetricSeries(new Dictionary<string, string> { ["job"] = "api" }, [.. Enumerable.Range(0, 61).Select(i => new MetricPoint(window.Start + (i * step), i))])]));

        public Task<MetricAnswer<IReadOnlyDictionary<string, string>>> FindSeriesAsync(IReadOnlyList<string> selectors, TimeWindow window, int limit, CancellationToken cancellationToken) =>
            Answer(new MetricAnswer<IReadOnlyDictionary<string, string>>([]));

        public Task<IReadOnlyList<MetricMetadata>> ListMetadataAsync(CancellationToken cancellationToken) => Answer<IReadOnlyList<MetricMetadata>>([new("up", "gauge", "", "")]);

        public Task<IReadOnlyList<AlertingRule>> ListAlertingRulesAsync(CancellationToken cancellationToken) => Answer<IReadOnlyList<AlertingRule>>([]);

        public Task<IReadOnlyList<DashboardSummary>> SearchAsync(string? text, string? tag, int limit, CancellationToken cancellationToken) => Answer<IReadOnlyList<DashboardSummary>>([Summary]);

        public Task<Dashboard?> GetAsync(string uid, CancellationToken cancellationToken) => Answer<Dashboard?>(new Dashboard(Summary, 1, []));

        public Task<IReadOnlyList<UpstreamDatasource>> ListUpstreamAsync(CancellationToken cancellationToken) => Answer<IReadOnlyList<UpstreamDatasource>>([new("u", "x", "prometheus", true)]);

        public Uri LinkTo(string promql, TimeWindow window) => new("http://bench/");

        private static DashboardSummary Summary { get; } = new() { Uid = "d", Title = "Shop", Link = new Uri("http://bench/d") };

        private Task<T> Answer<T>(T value)
        {
            Interlocked.Increment(ref asked);
            return Task.FromResult(value);
        }
    }
}
