using System.Collections.Concurrent;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Queries;
using Nightwatch.Domain.Queries.Cardinality;
using Nightwatch.Domain.Queries.Guard;
using Nightwatch.Domain.Queries.PromQl;

namespace Nightwatch.Domain.Tests.Queries.Cardinality;

public sealed class EstimateQueryTests
{
    private static readonly Caller Person = Caller.ForSystem("default", [Permission.ReadMetrics]) with { Kind = CallerKind.Person };
    private static readonly QueryRange Day = new(TimeSpan.FromDays(1), TimeSpan.FromMinutes(5));
    private readonly Counts source = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Samples of each series: the windows of all evaluations, but no more than there are in the whole time.</summary>
    [Theory]
    [InlineData("up", "up", 289)]
    [InlineData("rate(up[5m])", "up", 5780)]
    [InlineData("rate(up[1h])", "up", 6000)]
    [InlineData("up offset 1w", "up", 289)]
    [InlineData("max_over_time(rate(up[1m])[1h:1m])", "up", 6020)]
    public void Touched_Selectors_AreFoundWithWhatIsReadOfThem(string query, string selector, double samples)
    {
        var found = Assert.Single(TouchedSelectors.Of(PromQlQuery.Parse(query), Day));

        Assert.Equal((selector, "up", false), (found.Selector, found.Metric, found.IsNarrow));
        Assert.Equal(samples, found.SamplesPerSeries, 1.0);
    }

    [Fact]
    public void Touched_WholeTree_IsWalked()
    {
        var found = TouchedSelectors.Of(PromQlQuery.Parse("sum(rate(a{job=\"x\"}[5m])) / (-b{pod=\"p\"} > bool label_replace({__name__=\"c\"}, \"d\", \"\", \"\", \"\")) or vector(1)"), null);

        Assert.Equal(["a{job=\"x\"}", "b{pod=\"p\"}", "{__name__=\"c\"}"], found.Select(f => f.Selector));
        Assert.Equal([false, true, false], found.Select(f => f.IsNarrow));
        Assert.Equal(["a", "b", "c"], found.Select(f => f.Metric));
    }

    [Fact]
    public async Task Check_MoreSeriesThanTheLimit_IsRefusedWithSelectorEstimateAndLimit()
    {
        source.Series["big{job=\"x\"}"] = 60_000;

        var refusal = (await CheckAsync("sum(big{job='x'})")).Refusal;

        Assert.Equal(
            "The query is not sent: it would read about 60000 series; at most 50000 are read at once (QUERY_MAX_SERIES). "
            + "big{job=\"x\"} alone has about 60000 series: fix a label of it, as in job=\"...\", or ask for a shorter time or longer steps.",
            refusal);
    }

    [Fact]
    public async Task Check_MoreSamplesThanTheLimit_IsRefused()
    {
        source.Series["big"] = 10_000;

        var refusal = (await CheckAsync("rate(big[5m])", Day)).Refusal;

        Assert.Contains("about 57800000 samples; at most 50000000 are read at once (QUERY_MAX_SAMPLES)", refusal, StringComparison.Ordinal);
        Assert.Null((await CheckAsync("big", Day)).Refusal);
    }

    [Fact]
    public async Task Check_SeveralSelectors_CountTogetherAndTheSameOneOnce()
    {
        source.Series["a"] = 30_000;
        source.Series["b"] = 30_000;

        Assert.NotNull((await CheckAsync("a / b")).Refusal);
        Assert.Null((await CheckAsync("a / (a + 1)")).Refusal);
    }

    [Fact]
    public async Task Check_LargestMetricsAreKnown_CountsOnlyWhatMayBeTooLarge()
    {
        source.Statistics = new SeriesStatistics(1_000_000, new Dictionary<string, long> { ["big"] = 90_000, ["medium"] = 20_000 });
        source.Series["big"] = 90_000;

        Assert.Null((await CheckAsync("medium + unlisted")).Refusal);
        Assert.Empty(source.Counted);
        Assert.NotNull((await CheckAsync("big")).Refusal);
        Assert.Null((await CheckAsync("{job=~\"a.*\"}")).Refusal);
        Assert.Equal(["big", "{job=~\"a.*\"}"], source.Counted);
    }

    /// <summary>What a source tells is about its newest block.</summary>
    [Fact]
    public async Task Check_WindowOfTheWeekBefore_IsCountedAtBothEnds()
    {
        source.Statistics = new SeriesStatistics(0, new Dictionary<string, long>());
        source.Series["gone"] = 60_000;

        Assert.NotNull((await CheckAsync("gone", Day)).Refusal);
        Assert.Equal(["gone", "gone"], source.Counted);
    }

    [Theory]
    [InlineData("big{instance=\"a:1\"}")]
    [InlineData("vector(1)")]
    [InlineData("not promql (")]
    public async Task Check_NarrowOrWithoutSelector_AsksNothing(string query)
    {
        Assert.Equal(QueryCost.Unremarkable, await CheckAsync(query));
        Assert.Empty(source.Counted);
    }

    [Fact]
    public async Task Check_NightwatchItselfOrSwitchedOff_AsksNothing()
    {
        source.Series["big"] = 60_000;

        Assert.Equal(QueryCost.Unremarkable, await CheckAsync("big", caller: Caller.ForSystem("default", [Permission.ReadMetrics])));
        Assert.Equal(QueryCost.Unremarkable, await CheckAsync("big", limits: new QueryLimits { MaxSeries = 0 }));
        Assert.Empty(source.Counted);
    }

    [Fact]
    public async Task Check_EstimateFails_LetsTheQueryGoWithANote()
    {
        source.Failure = new SourceException(SourceFailure.Unavailable, "c", "c: gone");

        Assert.Equal(new QueryCost(null, "how many series it reads could not be estimated"), await CheckAsync("big"));
    }

    [Fact]
    public async Task Check_EstimateTakesTooLong_LetsTheQueryGoWithANote()
    {
        source.Hangs = true;

        Assert.Equal(new QueryCost(null, "how many series it reads could not be estimated within 2 s"), await CheckAsync("big"));
    }

    [Fact]
    public async Task Check_CallerGivesUp_IsCancelled()
    {
        source.Hangs = true;
        using var impatience = new CancellationTokenSource();
        await impatience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => CheckAsync("big", cancellationToken: impatience.Token));
    }

    private Task<QueryCost> CheckAsync(string query, QueryRange? range = null, Caller? caller = null, QueryLimits? limits = null, CancellationToken? cancellationToken = null)
    {
        var now = TimeProvider.System.GetUtcNow();
        return new EstimateQuery(limits ?? QueryLimits.Default, TimeProvider.System)
            .CheckAsync(source, query, new TimeWindow(now - (range?.Length ?? TimeSpan.Zero), now), range, caller ?? Person, cancellationToken ?? Stop);
    }

    private sealed class Counts : IMetricSource
    {
        private readonly ConcurrentQueue<string> counted = new();

        public string Name => "c";

        public Dictionary<string, long> Series { get; } = [];

        public IReadOnlyList<string> Counted => [.. counted];

        public SeriesStatistics Statistics { get; set; } = SeriesStatistics.Unknown;

        public SourceException? Failure { get; set; }

        public bool Hangs { get; set; }

        public async Task<SeriesStatistics> ReadStatisticsAsync(CancellationToken cancellationToken)
        {
            await Task.Delay(Hangs ? Timeout.InfiniteTimeSpan : TimeSpan.Zero, cancellationToken);
            return Failure is { } failure ? throw failure : Statistics;
        }

        public Task<long> CountSeriesAsync(string selector, DateTimeOffset at, CancellationToken cancellationToken)
        {
            counted.Enqueue(selector);
            return Task.FromResult(Series.GetValueOrDefault(selector, 10));
        }

        public Task<MetricAnswer<MetricSample>> QueryAsync(string promql, DateTimeOffset at, CancellationToken cancellationToken) => throw new InvalidOperationException();

        public Task<MetricAnswer<MetricSeries>> QueryRangeAsync(string promql, TimeWindow window, TimeSpan step, CancellationToken cancellationToken) => throw new InvalidOperationException();

        public Task<MetricAnswer<IReadOnlyDictionary<string, string>>> FindSeriesAsync(IReadOnlyList<string> selectors, TimeWindow window, int limit, CancellationToken cancellationToken) =>
            throw new InvalidOperationException();

        public Task<IReadOnlyList<MetricMetadata>> ListMetadataAsync(CancellationToken cancellationToken) => throw new InvalidOperationException();

        public Task<IReadOnlyList<AlertingRule>> ListAlertingRulesAsync(CancellationToken cancellationToken) => throw new InvalidOperationException();

        public Uri LinkTo(string promql, TimeWindow window) => throw new InvalidOperationException();
    }
}
