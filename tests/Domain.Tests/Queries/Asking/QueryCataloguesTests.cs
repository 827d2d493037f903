using Microsoft.Extensions.Logging.Abstractions;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Queries.Asking.Catalogues;
using Nightwatch.Domain.Queries.PromQl;
using Nightwatch.Domain.Queries.Syntax;
using Nightwatch.Support;

namespace Nightwatch.Domain.Tests.Queries.Asking;

public sealed class QueryCataloguesTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 18, 12, 0, 0, TimeSpan.Zero);
    private readonly ManualTime time = new(Noon);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private QueryCatalogues Catalogues() => new(time, NullLogger<QueryCatalogues>.Instance);

    [Fact]
    public async Task Of_ManyAtOnce_ReadsTheSourceOnce()
    {
        var source = new ListedMetrics { Hold = true };
        source.Add("up", 3);
        var catalogues = Catalogues();

        var all = Enumerable.Range(0, 20).Select(_ => catalogues.OfAsync(source, Cancel)).ToList();
        source.Release();
        await Task.WhenAll(all);
        await catalogues.OfAsync(source, Cancel);

        Assert.Equal(1, source.MetadataReads);
        Assert.Equal(["instance"], (await all[0]).Catalogue.Find("up")!.Labels);
    }

    [Fact]
    public async Task Of_Old_IsServedWhileItIsReadAnew()
    {
        var source = new ListedMetrics();
        source.Add("up", 1);
        var catalogues = Catalogues();
        var first = await catalogues.OfAsync(source, Cancel);
        source.Add("later_metric", 1);
        time.Advance(QueryCatalogues.TimeToLive);

        var old = await catalogues.OfAsync(source, Cancel);
        var renewed = await Eventually.GetAsync(() => catalogues.OfAsync(source, Cancel), v => v.Catalogue.Find("later_metric") is not null);

        Assert.Null(old.Catalogue.Find("later_metric"));
        Assert.NotEqual(first.Version, renewed.Version);
        Assert.Equal(2, source.MetadataReads);
    }

    [Fact]
    public async Task Of_SourceDown_ServesTheOldAndSaysSo()
    {
        var source = new ListedMetrics();
        source.Add("up", 1);
        var catalogues = Catalogues();
        await catalogues.OfAsync(source, Cancel);
        source.Failure = new SourceException(SourceFailure.Unavailable, "m", "m: connection refused");
        time.Advance(QueryCatalogues.TimeToLive);

        var served = await Eventually.GetAsync(() => catalogues.OfAsync(source, Cancel), v => v.Stale is not null);
        source.Failure = null;
        time.Advance(TimeSpan.FromMinutes(1));
        var again = await Eventually.GetAsync(() => catalogues.OfAsync(source, Cancel), v => v.Stale is null);

        Assert.NotNull(served.Catalogue.Find("up"));
        Assert.Contains("2026-11-18T12:00:00Z", served.Stale, StringComparison.Ordinal);
        Assert.Contains("connection refused", served.Stale, StringComparison.Ordinal);
        Assert.True(again.ReadAt > Noon);
    }

    [Fact]
    public async Task Of_SourceDownFromTheStart_FailsAndIsAskedAgain()
    {
        var source = new ListedMetrics { Failure = new SourceException(SourceFailure.Unavailable, "m", "m: connection refused") };
        var catalogues = Catalogues();

        await Assert.ThrowsAsync<SourceException>(() => catalogues.OfAsync(source, Cancel));
        source.Failure = null;
        source.Add("up", 1);

        Assert.NotNull((await catalogues.OfAsync(source, Cancel)).Catalogue.Find("up"));
    }

    [Fact]
    public async Task Of_SameNameInAnotherTenant_IsAnotherCatalogue()
    {
        var (one, two) = (new ListedMetrics { Tenant = "one" }, new ListedMetrics { Tenant = "two" });
        one.Add("secret_of_one", 1);
        two.Add("up", 1);
        var catalogues = Catalogues();

        await catalogues.OfAsync(one, Cancel);

        Assert.Null((await catalogues.OfAsync(two, Cancel)).Catalogue.Find("secret_of_one"));
    }

    [Fact]
    public async Task Of_SourceThatWasChanged_IsReadAnew()
    {
        var (before, after) = (new ListedMetrics(), new ListedMetrics());
        before.Add("gone", 1);
        after.Add("up", 1);
        var catalogues = Catalogues();

        await catalogues.OfAsync(before, Cancel);
        var view = await catalogues.OfAsync(after, Cancel);

        Assert.Null(view.Catalogue.Find("gone"));
        Assert.NotNull(view.Catalogue.Find("up"));
    }

    [Fact]
    public async Task Of_ManySources_KeepsABoundedNumber()
    {
        var cache = new CatalogueCache<string>(time, TimeSpan.FromMinutes(5), capacity: 3);
        var reads = 0;
        async Task<CatalogueView<string>> Read(CancellationToken stop)
        {
            await Task.Yield();
            reads++;
            return new("c", "v", time.GetUtcNow(), []);
        }

        foreach (var key in new[] { "a", "b", "c", "a", "d", "a", "b" })
        {
            await cache.GetAsync(key, Read, Cancel);
        }

        Assert.Equal(3, cache.Count);
        // a, b, c, d, and b again, which was the longest unused when d came.
        Assert.Equal(5, reads);
    }

    [Fact]
    public async Task Read_LargeSource_AsksForABoundedNumberOfSeriesAndKnowsEveryMetric()
    {
        var source = new ListedMetrics();
        for (var i = 0; i < 600; i++)
        {
            source.Add($"small_{i}", 30);
        }

        source.Add("huge", 500_000);
        source.Add("request_seconds_bucket", 120);

        var view = await MetricCatalogueReader.ReadAsync(source, Noon, Cancel);

        Assert.True(source.SeriesGiven <= MetricCatalogueReader.MaxSeries, $"{source.SeriesGiven}");
        Assert.All(source.Limits, l => Assert.InRange(l, 1, MetricCatalogueReader.MaxSeries));
        Assert.NotNull(view.Catalogue.Find("huge"));
        Assert.Contains("instance", view.Catalogue.Find("huge")!.Labels);
        Assert.NotNull(view.Catalogue.Find("request_seconds"));
        Assert.All(Enumerable.Range(0, 600), i => Assert.Contains("instance", view.Catalogue.Find($"small_{i}")!.Labels));
        Assert.Contains(view.Gaps, n => n.Contains("very many series", StringComparison.Ordinal));
    }

    /// <summary>Metrics without metadata, with so many series each, told apart by instance.</summary>
    private sealed class ListedMetrics : IMetricSource
    {
        private readonly Dictionary<string, int> counts = new(StringComparer.Ordinal);
        private readonly TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int metadataReads;

        public string Name => "m";

        public string Tenant { get; init; } = "default";

        public bool Hold { get; init; }

        public SourceException? Failure { get; set; }

        public int MetadataReads => metadataReads;

        public int SeriesGiven { get; private set; }

        public List<int> Limits { get; } = [];

        public void Add(string name, int series) => counts[name] = series;

        public void Release() => released.SetResult();

        public async Task<IReadOnlyList<MetricMetadata>> ListMetadataAsync(CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref metadataReads);
            if (Hold)
            {
                await released.Task;
            }

            return Failure is null ? [] : throw Failure;
        }

        public Task<MetricAnswer<MetricSample>> QueryAsync(string promql, DateTimeOffset at, CancellationToken cancellationToken)
        {
            var expression = (AggregateExpr)PromQlQuery.Parse(promql, PromQlDialect.V242);
            return Task.FromResult(expression.Operator == "count"
                ? new MetricAnswer<MetricSample>([.. counts.Select(c => new MetricSample(Named(c.Key), at, c.Value))])
                : new MetricAnswer<MetricSample>([.. SeriesOf(((VectorSelector)expression.Inner).Metric!).Take(100).Select(l => new MetricSample(l, at, 1))]));
        }

        public Task<MetricAnswer<IReadOnlyDictionary<string, string>>> FindSeriesAsync(IReadOnlyList<string> selectors, TimeWindow window, int limit, CancellationToken cancellationToken)
        {
            Limits.Add(limit);
            var selector = (VectorSelector)PromQlQuery.Parse(selectors.Single(), PromQlDialect.V242);
            var name = selector.Matchers.First(m => m.Label == VectorSelector.NameLabel);
            var wanted = name.Operator == MatchOperator.Equal ? [name.Value] : name.Value.Split('|');
            var found = counts.Keys.Where(wanted.Contains).SelectMany(SeriesOf).Take(limit).ToList();
            SeriesGiven += found.Count;
            return Task.FromResult(new MetricAnswer<IReadOnlyDictionary<string, string>>(found));
        }

        public Task<MetricAnswer<MetricSeries>> QueryRangeAsync(string promql, TimeWindow window, TimeSpan step, CancellationToken cancellationToken) => throw new InvalidOperationException();

        public Task<IReadOnlyList<AlertingRule>> ListAlertingRulesAsync(CancellationToken cancellationToken) => throw new InvalidOperationException();

        public Uri LinkTo(string promql, TimeWindow window) => new("http://m.example/");

        private static Dictionary<string, string> Named(string name) => new() { ["__name__"] = name };

        private IEnumerable<IReadOnlyDictionary<string, string>> SeriesOf(string name) =>
            Enumerable.Range(0, counts[name]).Select(i => new Dictionary<string, string> { ["__name__"] = name, ["instance"] = $"i{i}" });
    }
}
