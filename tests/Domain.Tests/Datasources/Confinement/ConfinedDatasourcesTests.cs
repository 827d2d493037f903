using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Datasources.Confinement;
using Nightwatch.Domain.Queries.Guard;
using Nightwatch.Domain.Tests.Datasources.Caching;

namespace Nightwatch.Domain.Tests.Datasources.Confinement;

/// <summary>The last thing between a query and its source: what goes out carries the forced labels in every selector, whoever built it.</summary>
public sealed class ConfinedDatasourcesTests
{
    private static readonly DateTimeOffset Noon = CacheWorld.Noon;
    private static readonly TimeWindow Hour = CacheWorld.Recent;

    private static readonly QueryPolicies Policies = new(
        new QueryPolicy { ForcedLabels = new Dictionary<string, IReadOnlyList<string>> { ["namespace"] = ["shop"] } },
        new Dictionary<string, IReadOnlyDictionary<string, IReadOnlyList<string>>>
        {
            ["other"] = new Dictionary<string, IReadOnlyList<string>> { ["namespace"] = ["a", "b.c"], ["cluster"] = ["eu"] },
        });

    private readonly Heard source = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("up", "up{namespace=\"shop\"}")]
    [InlineData("up{namespace=\"shop\"}", "up{namespace=\"shop\"}")]
    [InlineData("{__name__=~\".+\"}", "{__name__=~\".+\",namespace=\"shop\"}")]
    [InlineData("up{namespace=~\".*\"}", "up{namespace=~\".*\",namespace=\"shop\"}")]
    [InlineData("up{namespace!=\"x\"}", "up{namespace!=\"x\",namespace=\"shop\"}")]
    [InlineData("{\"name with spaces\", \"k8s.pod\"=\"p\"}", "{__name__=\"name with spaces\",\"k8s.pod\"=\"p\",namespace=\"shop\"}")]
    [InlineData("max_over_time(rate(up[5m])[1h:1m])", "max_over_time(rate(up{namespace=\"shop\"}[5m])[1h:1m])")]
    [InlineData("a and on(job) b unless c", "a{namespace=\"shop\"} and on (job) b{namespace=\"shop\"} unless c{namespace=\"shop\"}")]
    [InlineData("up or vector(0)", "up{namespace=\"shop\"} or vector(0)")]
    [InlineData("absent(up)", "absent(up{namespace=\"shop\"})")]
    [InlineData("up @ 0 offset -5m", "up{namespace=\"shop\"} @ 0 offset -5m")]
    [InlineData("topk(scalar(count(other)), up)", "topk(scalar(count(other{namespace=\"shop\"})), up{namespace=\"shop\"})")]
    [InlineData("last_over_time({__name__=~\"kube_.+_created\"}[60s]) >= 1", "last_over_time({__name__=~\"kube_.+_created\",namespace=\"shop\"}[1m]) >= 1")]
    [InlineData("label_replace(up, \"team\", \"$1\", \"job\", \"(.*)\")", "label_replace(up{namespace=\"shop\"}, \"team\", \"$1\", \"job\", \"(.*)\")")]
    public async Task PromQl_EverySelector_GoesOutWithTheForcedLabels(string query, string sent)
    {
        var metrics = await OfAsync<IMetricSource>();

        await metrics.QueryAsync(query, Noon, Stop);
        await metrics.QueryRangeAsync(query, Hour, TimeSpan.FromMinutes(1), Stop);

        Assert.Equal([sent, sent], source.Queries);
    }

    [Theory]
    [InlineData("up{namespace=\"other\"}")]
    [InlineData("up{namespace=\"shop\"} or up{namespace=\"other\"}")]
    [InlineData("up{namespace=\"\"}")]
    [InlineData("up{namespace!=\"shop\"}")]
    [InlineData("up{\"namespace\"=\"other\"}")]
    [InlineData("up{'\\x6eamespace'=\"other\"}")]
    [InlineData("{\"up\", namespace=~\"other\"}")]
    [InlineData("sum_over_time(up{namespace=\"other\"}[1h:1m])")]
    [InlineData("absent(up{namespace=\"other\"})")]
    [InlineData("label_replace(up, \"namespace\", \"other\", \"\", \"\")")]
    [InlineData("label_join(up, \"namespace\", \"\", \"job\")")]
    [InlineData("count_values(\"namespace\", up)")]
    [InlineData("info(up)")]
    [InlineData("up{namespace=\"shop\"")]
    [InlineData("rate(up) keep_metric_names")]
    public async Task PromQl_WhatWouldReadOrPretendOthers_DoesNotGoOut(string query)
    {
        var metrics = await OfAsync<IMetricSource>();

        await RefusedAsync(() => metrics.QueryAsync(query, Noon, Stop));
        await RefusedAsync(() => metrics.QueryRangeAsync(query, Hour, TimeSpan.FromMinutes(1), Stop));
        await RefusedAsync(() => metrics.FindSeriesAsync(["up", query], Hour, 10, Stop));
        await RefusedAsync(() => metrics.CountSeriesAsync(query, Noon, Stop));
        Assert.Empty(source.Queries);
    }

    [Theory]
    [InlineData("{app=\"a\"} |= \"x\" | json | unwrap y", null)]
    [InlineData("sum(sum_over_time({app=\"a\"} | json | unwrap took [5m])) / sum(rate({app=\"b\"}[5m]))",
        "(sum(sum_over_time({app=\"a\", namespace=\"shop\"} | json | unwrap took[5m])) / sum(rate({app=\"b\", namespace=\"shop\"}[5m])))")]
    [InlineData("{namespace=~\".+\"}", "{namespace=~\".+\", namespace=\"shop\"}")]
    [InlineData("{app=\"a\"} | namespace=\"other\"", "{app=\"a\", namespace=\"shop\"} | namespace=\"other\"")]
    [InlineData("{namespace=\"other\"}", null)]
    [InlineData("{app=\"a\", namespace!=\"shop\"}", null)]
    [InlineData("{app=\"a\"} | label_format namespace=\"other\"", null)]
    [InlineData("{app=\"a\"} | label_format namespace=app", null)]
    [InlineData("label_replace(rate({app=\"a\"}[1m]), \"namespace\", \"other\", \"\", \"\")", null)]
    [InlineData("rate({app=\"a\"}[1m]) or rate({namespace=\"other\"}[1m])", null)]
    [InlineData("{app=\"a\"", null)]
    public async Task LogQl_EverySelector_GoesOutWithTheForcedLabelsOrNotAtAll(string query, string? sent)
    {
        var logs = await OfAsync<ILogSource>();
        if (sent is null)
        {
            await RefusedAsync(() => logs.QueryRangeAsync(query, Hour, 10, Stop));
            await RefusedAsync(() => logs.QueryForwardAsync(query, Hour, 10, Stop));
            await RefusedAsync(() => logs.QuerySeriesAsync(query, Hour, TimeSpan.FromMinutes(1), Stop));
            await RefusedAsync(() => logs.QuerySamplesAsync(query, Noon, Stop));
            Assert.Empty(source.Queries);
            return;
        }

        await logs.QueryRangeAsync(query, Hour, 10, Stop);
        await logs.QueryForwardAsync(query, Hour, 10, Stop);
        await logs.QuerySeriesAsync(query, Hour, TimeSpan.FromMinutes(1), Stop);
        await logs.QuerySamplesAsync(query, Noon, Stop);
        Assert.Equal([Same(sent), Same(sent), Same(sent), Same(sent)], source.Queries.Select(Same));
    }

    [Fact]
    public async Task FindSeries_EverySelector_GoesOutWithTheForcedLabels()
    {
        await (await OfAsync<IMetricSource>()).FindSeriesAsync(["up", "{job=\"a\"}"], Hour, 10, Stop);

        Assert.Equal(["up{namespace=\"shop\"}", "{job=\"a\",namespace=\"shop\"}"], source.Queries);
    }

    [Fact]
    public async Task Metadata_OnlyMetricsWithASeriesThatMayBeRead()
    {
        var found = await (await OfAsync<IMetricSource>()).ListMetadataAsync(Stop);

        Assert.Equal(["group by (__name__) ({namespace=\"shop\"})"], source.Queries);
        Assert.Equal(["up", "http_request_duration_seconds"], found.Select(m => m.Name));
    }

    [Fact]
    public async Task Rules_ThatSayTheyAreAboutOthers_AreLeftOut() =>
        Assert.Equal(["Ours", "Everybodys"], (await (await OfAsync<IMetricSource>()).ListAlertingRulesAsync(Stop)).Select(r => r.Name));

    [Fact]
    public async Task LabelValues_AreAskedForWithTheForcedLabels()
    {
        var logs = await OfAsync<ILogSource>();

        Assert.Equal(["shop"], await logs.ListLabelValuesAsync("namespace", Hour, Stop));
        Assert.Equal(["shop", "other"], await logs.ListLabelValuesAsync("app", "{app=~\".+\"}", Hour, Stop));
        Assert.Equal(["{namespace=\"shop\"}", "{app=~\".+\", namespace=\"shop\"}"], source.Queries);
    }

    [Fact]
    public async Task OtherLanguages_CannotBeConfinedAndAreNotAsked()
    {
        var influx = await OfAsync<IQuerySource>();

        await RefusedAsync(() => influx.QuerySeriesAsync("from(bucket: 1)", Hour, TimeSpan.FromMinutes(1), Stop));
        await RefusedAsync(() => influx.QueryLinesAsync("*", Hour, 10, Stop));
    }

    [Fact]
    public async Task Tenant_WithItsOwnLabels_IsHeldToThoseAndTheCommonOnes()
    {
        source.Tenant = "other";
        await (await OfAsync<IMetricSource>("other")).QueryAsync("up", Noon, Stop);

        Assert.Equal(["up{cluster=\"eu\",namespace=~\"a|b\\\\.c\"}"], source.Queries);
    }

    [Fact]
    public async Task List_NothingForced_GivesTheSourcesThemselves()
    {
        var open = new ConfinedDatasources(new ConfiguredSources([source]), new QueryPolicies(new QueryPolicy()), TimeProvider.System);

        Assert.Same(source, (await open.ListAsync<IMetricSource>("acme", Stop))[0]);
    }

    [Fact]
    public async Task List_SameSource_IsTheSameOne()
    {
        var confined = new ConfinedDatasources(new ConfiguredSources([source]), Policies, TimeProvider.System);

        Assert.Same((await confined.ListAsync<ILogSource>("acme", Stop))[0], (await confined.ListAsync<ILogSource>("acme", Stop))[0]);
    }

    private static string Same(string query) => query.Replace(" ", "", StringComparison.Ordinal).Trim('(', ')');

    private static async Task RefusedAsync(Func<Task> ask)
    {
        var refused = await Assert.ThrowsAsync<SourceException>(ask);
        Assert.Equal(SourceFailure.NotAllowed, refused.Failure);
        Assert.StartsWith("heard: only part of it may be read here, and ", refused.Message, StringComparison.Ordinal);
    }

    private async Task<T> OfAsync<T>(string tenant = "acme")
        where T : class, IDatasource => (await new ConfinedDatasources(new ConfiguredSources([source]), Policies, TimeProvider.System).ListAsync<T>(tenant, Stop))[0];

    private sealed class Heard : IMetricSource, ILogSource, IQuerySource
    {
        public string Name => "heard";

        public string Tenant { get; set; } = "acme";

        public string Type => "influxdb";

        public List<string> Queries { get; } = [];

        public Task<MetricAnswer<MetricSample>> QueryAsync(string promql, DateTimeOffset at, CancellationToken cancellationToken) => Hear(
            promql,
            new MetricAnswer<MetricSample>([.. new[] { "up", "http_request_duration_seconds_bucket" }.Select(n => new MetricSample(new Dictionary<string, string> { ["__name__"] = n }, at, 1))]));

        public Task<MetricAnswer<MetricSeries>> QueryRangeAsync(string promql, TimeWindow window, TimeSpan step, CancellationToken cancellationToken) =>
            Hear(promql, new MetricAnswer<MetricSeries>([]));

        public Task<MetricAnswer<IReadOnlyDictionary<string, string>>> FindSeriesAsync(IReadOnlyList<string> selectors, TimeWindow window, int limit, CancellationToken cancellationToken)
        {
            Queries.AddRange(selectors);
            return Task.FromResult(new MetricAnswer<IReadOnlyDictionary<string, string>>([]));
        }

        public Task<IReadOnlyList<MetricMetadata>> ListMetadataAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<MetricMetadata>>(
            [.. new[] { "up", "secret_of_others", "http_request_duration_seconds" }.Select(n => new MetricMetadata(n, "gauge", "", ""))]);

        public Task<IReadOnlyList<AlertingRule>> ListAlertingRulesAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<AlertingRule>>(
            [Rule("Ours", ("namespace", "shop")), Rule("Others", ("namespace", "other")), Rule("Everybodys", ("severity", "page"))]);

        public Task<IReadOnlyList<LogEntry>> QueryRangeAsync(string logql, TimeWindow window, int limit, CancellationToken cancellationToken) => Hear<IReadOnlyList<LogEntry>>(logql, []);

        public Task<IReadOnlyList<LogEntry>> QueryForwardAsync(string logql, TimeWindow window, int limit, CancellationToken cancellationToken) => Hear<IReadOnlyList<LogEntry>>(logql, []);

        public Task<MetricAnswer<MetricSeries>> QuerySeriesAsync(string logql, TimeWindow window, TimeSpan step, CancellationToken cancellationToken) => QueryRangeAsync(logql, window, step, cancellationToken);

        public Task<MetricAnswer<MetricSample>> QuerySamplesAsync(string logql, DateTimeOffset at, CancellationToken cancellationToken) => QueryAsync(logql, at, cancellationToken);

        public Task<IReadOnlyList<string>> ListLabelsAsync(TimeWindow window, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>>(["app"]);

        public Task<IReadOnlyList<string>> ListLabelValuesAsync(string label, TimeWindow window, CancellationToken cancellationToken) => throw new InvalidOperationException();

        public Task<IReadOnlyList<string>> ListLabelValuesAsync(string label, string selector, TimeWindow window, CancellationToken cancellationToken) =>
            Hear<IReadOnlyList<string>>(selector, ["shop", "other"]);

        public Task<IReadOnlyList<LogEntry>> QueryLinesAsync(string query, TimeWindow window, int limit, CancellationToken cancellationToken) => throw new InvalidOperationException();

        public Uri LinkTo(string promql, TimeWindow window) => new("http://heard/");

        private static AlertingRule Rule(string name, params (string Label, string Value)[] labels) => new(name, "up == 0", TimeSpan.Zero, labels.ToDictionary(l => l.Label, l => l.Value), "g");

        private Task<T> Hear<T>(string query, T answer)
        {
            Queries.Add(query);
            return Task.FromResult(answer);
        }
    }
}
