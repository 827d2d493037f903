using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Nightwatch.Domain.Alerts;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Governance.Audit;
using Nightwatch.Domain.Incidents;
using Nightwatch.Domain.Investigations;
using Nightwatch.Domain.Storage;
using Nightwatch.Domain.Tools;
using Nightwatch.Support;

namespace Nightwatch.Domain.Tests.Tools;

/// <summary>What the tools do before and after they ask a source; what they ask is tested against the real sources in Adapters.Tests.</summary>
public sealed class SourceToolsTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 18, 12, 0, 0, TimeSpan.Zero);
    private readonly List<object> sources = [];

    [Theory]
    [InlineData(0, 1)]
    [InlineData(299, 1)]
    [InlineData(300, 2)]
    [InlineData(3600, 15)]
    [InlineData(86_400, 300)]
    [InlineData(604_800, 3600)]
    public async Task QueryMetricsRange_NoStep_IsTheShortestRoundOneWithAtMost300Points(int seconds, int expected)
    {
        var source = Add(new RecordedMetrics("a"));

        var result = await AskAsync("query_metrics_range", new { query = "up", start = Noon, end = Noon.AddSeconds(seconds) });

        Assert.Equal(ToolStatus.NoData, result.Status);
        Assert.Equal(TimeSpan.FromSeconds(expected), source.Step);
        Assert.True(seconds / expected < 300);
    }

    [Theory]
    [InlineData(-1, null, "start (2026-11-18T12:00:00Z) must not be after end (2026-11-18T11:00:00Z)")]
    [InlineData(169, null, "169 h apart; the most is 168 h")]
    [InlineData(168, 10, "step_seconds 10 gives more than 11000 points")]
    public async Task QueryMetricsRange_WindowOrStepOutOfBounds_IsAnErrorThatSaysTheBound(int hours, int? step, string expected)
    {
        var source = Add(new RecordedMetrics("a"));
        object arguments = step is { } given
            ? new { query = "up", start = Noon, end = Noon.AddHours(hours), step_seconds = given }
            : new { query = "up", start = Noon, end = Noon.AddHours(hours) };

        var result = await AskAsync("query_metrics_range", arguments);

        Assert.Equal((ToolStatus.Error, "up"), (result.Status, result.Invocation));
        Assert.Contains(expected, result.Message, StringComparison.Ordinal);
        Assert.Null(source.Step);
    }

    [Fact]
    public async Task QueryMetrics_SeveralSources_TheFirstIsTheDefault()
    {
        var first = Add(new RecordedMetrics("first"));
        var second = Add(new RecordedMetrics("second"));

        await AskAsync("query_metrics", new { query = "one" });
        await AskAsync("query_metrics", new { query = "two", source = "SECOND" });
        var unknown = await AskAsync("query_metrics", new { query = "three", source = "third" });

        Assert.Equal(["one"], first.Queries);
        Assert.Equal(["two"], second.Queries);
        Assert.Equal("There is no source of metrics with that name; there are first, second.", unknown.Message);
    }

    [Theory]
    [InlineData("query_metrics", """{"query":"up"}""", "PROMETHEUS_URL")]
    [InlineData("get_alert_rule", """{"alertname":"A"}""", "PROMETHEUS_URL")]
    [InlineData("list_alerts", "{}", "ALERTMANAGER_URL")]
    [InlineData("get_silences", "{}", "ALERTMANAGER_URL")]
    public async Task NoSource_IsAnErrorThatNamesTheSetting(string tool, string arguments, string setting)
    {
        var result = await AskAsync(tool, JsonDocument.Parse(arguments).RootElement);

        Assert.Equal((ToolStatus.Error, false), (result.Status, result.Transient));
        Assert.Contains(setting, result.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task QueryMetrics_NotesOfTheSource_AreKept()
    {
        Add(new RecordedMetrics("a") { Notes = ["a store is gone"] });

        Assert.Equal("No series matches at that time.; a store is gone", (await AskAsync("query_metrics", new { query = "up" })).Message);
    }

    [Theory]
    [InlineData("orders")]
    [InlineData("{__name__}")]
    [InlineData("{a=\"b\"} or up")]
    [InlineData("{a=\"b\"}) or (up{c=\"d\"}")]
    [InlineData("{a=\"b\",,}")]
    [InlineData("{a=\"b}")]
    public async Task FindChanges_SelectorThatIsMoreThanConditions_IsRefused(string selector)
    {
        var source = Add(new RecordedMetrics("a"));

        var result = await AskAsync("find_changes", new { start = Noon, end = Noon.AddHours(1), selector });

        Assert.Equal(ToolStatus.Error, result.Status);
        Assert.Empty(source.Queries);
    }

    [Fact]
    public async Task FindChanges_Selector_GoesIntoEveryQuery()
    {
        var source = Add(new RecordedMetrics("a"));

        var result = await AskAsync("find_changes", new { start = Noon, end = Noon.AddHours(1), selector = "{ a = \"b\\\"}\" , c=~'d|e' }" });

        Assert.Equal(ToolStatus.NoData, result.Status);
        Assert.Equal(
            [
                "last_over_time({__name__=~\"kube_.+_created\",a=\"b\\\"}\",c=~'d|e'}[3600s]) >= 1795003200",
                "max_over_time(process_start_time_seconds{a=\"b\\\"}\",c=~'d|e'}[3600s]) >= 1795003200",
                "{__name__=~\".+_build_info\",a=\"b\\\"}\",c=~'d|e'}",
            ],
            source.Queries.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task FindChanges_OneSourceDown_StillGivesWhatTheOthersKnow()
    {
        Add(new RecordedMetrics("prom") { Failure = new SourceException(SourceFailure.Timeout, "prom", "prom: no answer") });
        sources.Add(new RecordedChanges([Annotation("orders"), Annotation("payment"), Annotation(null)]));

        var result = await AskAsync("find_changes", new { start = Noon, end = Noon.AddHours(1), selector = "{service=\"orders\"}" });

        Assert.Equal(ToolStatus.Success, result.Status);
        Assert.Equal(["about nothing", "about orders"], result.Data!.Value.GetProperty("changes").EnumerateArray().Select(c => c.GetProperty("summary").GetString()));
        Assert.Contains("process starts not known: prom: no answer", result.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FindChanges_NothingFoundAndOneSourceDown_IsNoProofOfNoChange()
    {
        Add(new RecordedMetrics("prom") { Failure = new SourceException(SourceFailure.Unavailable, "prom", "prom: down") });
        sources.Add(new RecordedChanges([]));

        var result = await AskAsync("find_changes", new { start = Noon, end = Noon.AddHours(1) });

        Assert.Equal((ToolStatus.Error, true), (result.Status, result.Transient));
    }

    private static ChangeEvent Annotation(string? service) => new()
    {
        At = Noon.AddMinutes(1),
        Kind = "annotation",
        Summary = $"about {service ?? "nothing"}",
        Labels = service is null ? new Dictionary<string, string>() : new Dictionary<string, string> { ["service"] = service },
        Invocation = "GET /api/annotations",
    };

    private T Add<T>(T source)
        where T : notnull
    {
        sources.Add(source);
        return source;
    }

    private Task<ToolResult> AskAsync(string name, object arguments)
    {
        var services = new ServiceCollection()
            .AddLogging()
            .AddSingleton<IDocuments<AlertEpisode>>(new InMemoryDocuments<AlertEpisode>(AlertEpisode.Type))
            .AddSingleton<IDocuments<Incident>>(new InMemoryDocuments<Incident>(Incident.Type))
            .AddSingleton<IDocuments<Investigation>>(new InMemoryDocuments<Investigation>(Investigation.Type))
            .AddSingleton<IAuditTrail>(new RecordedAudit())
            .AddTools();
        foreach (var source in sources.OfType<IMetricSource>())
        {
            services.AddSingleton(source);
        }

        foreach (var source in sources.OfType<IChangeSource>())
        {
            services.AddSingleton(source);
        }

        return services.BuildServiceProvider().GetRequiredService<IToolCatalog>().InvokeAsync(
            new ToolRequest { Name = name, Caller = Callers.Everything(), Arguments = JsonSerializer.Serialize(arguments) },
            TestContext.Current.CancellationToken);
    }

    private sealed class RecordedChanges(IReadOnlyList<ChangeEvent> changes) : IChangeSource
    {
        public string Name => "recorded";

        public Task<IReadOnlyList<ChangeEvent>> FindChangesAsync(TimeWindow window, CancellationToken cancellationToken) => Task.FromResult(changes);
    }

    /// <summary>Knows no series; keeps what it was asked.</summary>
    private sealed class RecordedMetrics(string name) : IMetricSource
    {
        private readonly Lock gate = new();

        public string Name => name;

        public List<string> Queries { get; } = [];

        public TimeSpan? Step { get; private set; }

        public IReadOnlyList<string> Notes { get; init; } = [];

        public SourceException? Failure { get; init; }

        public Task<MetricAnswer<MetricSample>> QueryAsync(string promql, DateTimeOffset at, CancellationToken cancellationToken) => Answer<MetricSample>(promql);

        public Task<MetricAnswer<MetricSeries>> QueryRangeAsync(string promql, TimeWindow window, TimeSpan step, CancellationToken cancellationToken)
        {
            Step = step;
            return Answer<MetricSeries>(promql);
        }

        public Task<MetricAnswer<IReadOnlyDictionary<string, string>>> FindSeriesAsync(IReadOnlyList<string> selectors, TimeWindow window, int limit, CancellationToken cancellationToken) =>
            Answer<IReadOnlyDictionary<string, string>>(string.Join(',', selectors));

        public Task<long> CountSeriesAsync(string selector, DateTimeOffset at, CancellationToken cancellationToken) => Task.FromResult(1L);

        public Task<IReadOnlyList<MetricMetadata>> ListMetadataAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<MetricMetadata>>([]);

        public Task<IReadOnlyList<AlertingRule>> ListAlertingRulesAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<AlertingRule>>([]);

        public Uri LinkTo(string promql, TimeWindow window) => new($"http://{name}/graph");

        private Task<MetricAnswer<T>> Answer<T>(string query)
        {
            lock (gate)
            {
                Queries.Add(query);
            }

            return Failure is null ? Task.FromResult(new MetricAnswer<T>([], Notes)) : Task.FromException<MetricAnswer<T>>(Failure);
        }
    }
}
