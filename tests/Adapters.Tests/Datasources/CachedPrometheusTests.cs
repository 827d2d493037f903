using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Nightwatch.Adapters.Tests.Fakes;
using Nightwatch.Adapters.Tests.Prometheus;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Datasources.Caching;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Queries;
using Nightwatch.Domain.Queries.Cardinality;
using Nightwatch.Domain.Queries.Guard;
using Nightwatch.Domain.Tools;
using Nightwatch.Support;

namespace Nightwatch.Adapters.Tests.Datasources;

/// <summary>The cache and the estimate before a real Prometheus, which is stopped in the middle.</summary>
public sealed class CachedPrometheusTests : IAsyncLifetime
{
    private const int Many = 600;

    private static readonly DateTimeOffset Noon = new(2026, 11, 18, 12, 0, 0, TimeSpan.Zero);
    private static readonly Caller Person = Callers.Everything();

    private PrometheusServer? server;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private PrometheusServer Prometheus => server!;

    public async ValueTask InitializeAsync() => server = await PrometheusServer.StartAsync("global: {scrape_interval: 1h}", Fill, Stop);

    public async ValueTask DisposeAsync()
    {
        if (server is { } running)
        {
            server = null;
            await running.DisposeAsync();
        }
    }

    [Fact]
    public async Task Tools_SourceStopped_ShowTheOldAnswerWithItsMarkAndTellAnInvestigationThatItIsDown()
    {
        var catalog = Catalog();
        var range = new { query = "many{job='a'}", start = Noon.AddMinutes(-10), end = Noon, step_seconds = 60 };
        var first = await AskAsync(catalog, "query_metrics_range", range);
        Assert.Equal(ToolStatus.Success, first.Status);
        Assert.Null(first.Message);

        await DisposeAsync();
        time.Advance(TimeSpan.FromHours(1));
        var stale = await AskAsync(catalog, "query_metrics_range", range);
        var other = await AskAsync(catalog, "query_metrics_range", range with { query = "many{job='b'}" });
        var investigation = await AskAsync(catalog, "query_metrics_range", range, Caller.ForSystem(Tenants.Default, [Permission.ReadMetrics]));

        Assert.Equal(ToolStatus.Success, stale.Status);
        Assert.Equal(first.Data!.Value.GetRawText(), stale.Data!.Value.GetRawText());
        Assert.Equal("from the cache of 2026-11-21 12:00:00Z: prometheus cannot be reached", stale.Message);
        Assert.Equal((ToolStatus.Error, true), (other.Status, other.Transient));
        Assert.Equal((ToolStatus.Error, true), (investigation.Status, investigation.Transient));
    }

    [Fact]
    public async Task Estimate_RealSeries_AreCountedAndTooManyAreRefused()
    {
        var catalog = Catalog(new QueryLimits { MaxSeries = 500 });
        var range = new { query = "sum(rate(many[5m]))", start = Noon.AddMinutes(-30), end = Noon };

        var refused = await AskAsync(catalog, "query_metrics_range", range);
        var narrowed = await AskAsync(catalog, "query_metrics_range", range with { query = "sum(rate(many{job='a'}[5m]))" });
        var instant = await AskAsync(catalog, "query_metrics", new { query = "count(many)", time = Noon });
        var investigation = await AskAsync(catalog, "query_metrics_range", range, Caller.ForSystem(Tenants.Default, [Permission.ReadMetrics]));

        Assert.Equal((ToolStatus.Error, ToolFaultKind.Argument, "query"), (refused.Status, refused.Fault!.Kind, refused.Fault.Argument));
        Assert.Contains("about 600 series; at most 500 are read at once (QUERY_MAX_SERIES). many alone has about 600 series", refused.Message, StringComparison.Ordinal);
        Assert.Equal(ToolStatus.Success, narrowed.Status);
        Assert.Equal(ToolStatus.Error, instant.Status);
        Assert.Equal(ToolStatus.Success, investigation.Status);
    }

    [Fact]
    public async Task Statistics_OfARealPrometheus_AreRead()
    {
        var statistics = await Source().ReadStatisticsAsync(Stop);

        Assert.NotNull(statistics.Total);
        Assert.Equal(Many, await Source().CountSeriesAsync("many", Noon, Stop));
        Assert.Equal(0, await Source().CountSeriesAsync("nothing", Noon, Stop));
        Assert.Equal(QueryCost.Unremarkable, await new EstimateQuery(QueryLimits.Default, TimeProvider.System)
            .CheckAsync(Source(), "many", new TimeWindow(Noon.AddHours(-1), Noon), new QueryRange(TimeSpan.FromHours(1), TimeSpan.FromMinutes(1)), Person, Stop));
    }

    private readonly ManualTime time = new(new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero));

    private IMetricSource Source() => Sources.Get<IMetricSource>(("PROMETHEUS_URL", Prometheus.Url.AbsoluteUri));

    /// <summary>The catalogue with its sources behind the cache, as the product has it.</summary>
    private IToolCatalog Catalog(QueryLimits? limits = null) => Sources.Build(
        services => services
            .AddSingleton(limits ?? QueryLimits.Default)
            .AddSingleton<IDatasources>(new CachedDatasources(new ConfiguredSources([Source()]), new QueryCache(QueryCacheOptions.Default, time))),
        ("PROMETHEUS_URL", Prometheus.Url.AbsoluteUri)).GetRequiredService<IToolCatalog>();

    private static Task<ToolResult> AskAsync(IToolCatalog catalog, string name, object arguments, Caller? caller = null) =>
        catalog.InvokeAsync(new ToolRequest { Name = name, Caller = caller ?? Person, Arguments = JsonSerializer.Serialize(arguments) }, Stop);

    private static void Fill(string folder)
    {
        var text = new StringBuilder("# TYPE many gauge\n");
        for (var i = 0; i < Many; i++)
        {
            for (var minute = -40; minute <= 0; minute += 5)
            {
                text.Append(CultureInfo.InvariantCulture, $"many{{job=\"{(i < 100 ? 'a' : 'b')}\",n=\"{i}\"}} {i} {Noon.AddMinutes(minute).ToUnixTimeSeconds()}\n");
            }
        }

        KnownData.BackFill(folder, text.Append("# EOF\n").ToString());
    }
}
