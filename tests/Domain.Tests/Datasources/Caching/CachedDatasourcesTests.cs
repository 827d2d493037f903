using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Datasources.Caching;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Access;

namespace Nightwatch.Domain.Tests.Datasources.Caching;

public sealed class CachedDatasourcesTests
{
    private static readonly DateTimeOffset Noon = CacheWorld.Noon;
    private readonly CountedMetrics source = new();
    private readonly CacheWorld world;

    public CachedDatasourcesTests() => world = new CacheWorld(null, source);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Query_SameMeaningInOtherWords_IsAskedOnce()
    {
        var metrics = await world.FirstAsync<IMetricSource>();

        var first = await metrics.QueryRangeAsync("sum by(job)( rate(http_requests_total{job='api'}[5m]) )", CacheWorld.Past, TimeSpan.FromMinutes(1), Stop);
        var second = await metrics.QueryRangeAsync("sum by (job) (rate(http_requests_total{job=\"api\"}[300s]))", CacheWorld.Past, TimeSpan.FromMinutes(1), Stop);

        Assert.Same(first, second);
        Assert.Equal(1, source.Asked);
    }

    [Fact]
    public async Task Query_OtherTextWindowStepOrTime_IsAskedAnew()
    {
        var metrics = await world.FirstAsync<IMetricSource>();
        var minute = TimeSpan.FromMinutes(1);

        await metrics.QueryRangeAsync("up", CacheWorld.Past, minute, Stop);
        await metrics.QueryRangeAsync("up{}", CacheWorld.Past with { Start = CacheWorld.Past.Start.AddSeconds(1) }, minute, Stop);
        await metrics.QueryRangeAsync("up", CacheWorld.Past with { End = CacheWorld.Past.End.AddSeconds(1) }, minute, Stop);
        await metrics.QueryRangeAsync("up", CacheWorld.Past, 2 * minute, Stop);
        await metrics.QueryRangeAsync("down", CacheWorld.Past, minute, Stop);
        await metrics.QueryAsync("up", CacheWorld.Past.End, Stop);
        await metrics.QueryAsync("not ( promql", CacheWorld.Past.End, Stop);
        await metrics.QueryAsync("not ( promql ", CacheWorld.Past.End, Stop);

        Assert.Equal(8, source.Asked);
    }

    /// <summary>Seconds that a value may be old; one second later it is asked for anew.</summary>
    [Theory]
    [InlineData("past range", 299)]
    [InlineData("past instant", 299)]
    [InlineData("past lines", 299)]
    [InlineData("present range", 9)]
    [InlineData("present instant", 9)]
    [InlineData("present lines", 9)]
    [InlineData("past that looks ahead", 9)]
    [InlineData("past at a time", 9)]
    [InlineData("past unread", 9)]
    [InlineData("series", 239)]
    [InlineData("past series", 599)]
    [InlineData("metadata", 599)]
    [InlineData("rules", 599)]
    [InlineData("label values", 239)]
    [InlineData("dashboards", 599)]
    [InlineData("dashboard", 599)]
    [InlineData("upstream", 599)]
    [InlineData("source series", 9)]
    [InlineData("past numbers of logs", 299)]
    [InlineData("past number of logs", 299)]
    [InlineData("present numbers of logs", 9)]
    public async Task Ask_AgainWithinItsTimeToLive_IsNotAskedAgain(string what, int seconds)
    {
        // What has a window ends at the same five minutes until 12:05.
        world.Time.Advance(TimeSpan.FromSeconds(60));
        await AskAsync(what);
        world.Time.Advance(TimeSpan.FromSeconds(seconds));
        await AskAsync(what);
        Assert.Equal(1, source.Asked);

        world.Time.Advance(TimeSpan.FromSeconds(1));
        await AskAsync(what);
        Assert.Equal(2, source.Asked);
    }

    [Theory]
    [InlineData("metadata")]
    [InlineData("dashboards")]
    [InlineData("past range")]
    public async Task Ask_NothingFound_IsAskedAgainSoon(string what)
    {
        source.IsEmpty = true;
        await AskAsync(what);
        world.Time.Advance(TimeSpan.FromSeconds(10));
        await AskAsync(what);

        Assert.Equal(2, source.Asked);
    }

    [Fact]
    public async Task Ask_AnswerWithAWarning_IsAskedAgainSoon()
    {
        source.Notes = ["a store is gone"];
        await AskAsync("past range");
        world.Time.Advance(TimeSpan.FromSeconds(10));
        await AskAsync("past range");

        Assert.Equal(2, source.Asked);
    }

    [Fact]
    public async Task Dashboard_ThatIsNotThere_IsAskedForEachTime()
    {
        source.IsEmpty = true;
        await AskAsync("dashboard");
        await AskAsync("dashboard");

        Assert.Equal(2, source.Asked);
    }

    [Fact]
    public async Task Search_TextAndTag_AreNotMixedUp()
    {
        var dashboards = await world.FirstAsync<IDashboardSource>();
        foreach (var (text, tag) in new[] { (null, null), ("", null), (null, ""), ("a", "b"), ("ab", null), ("ab", ""), ("a:b", null), (null, "ab"), ("1:a", "b") })
        {
            await dashboards.SearchAsync(text, tag, 10, Stop);
        }

        await dashboards.SearchAsync("a", "b", 11, Stop);
        Assert.Equal(10, source.Asked);
    }

    [Theory]
    [InlineData(SourceFailure.Unavailable)]
    [InlineData(SourceFailure.Timeout)]
    public async Task Ask_SourceDown_GetsTheOldValueWithAMark(SourceFailure failure)
    {
        var metrics = await world.FirstAsync<IMetricSource>();
        var logs = await world.FirstAsync<ILogSource>();
        var dashboards = await world.FirstAsync<IDashboardSource>();
        var before = await metrics.QueryAsync("up", CacheWorld.Past.End, Stop);
        var lines = await logs.QueryRangeAsync("{a=\"b\"}", CacheWorld.Past, 10, Stop);
        await dashboards.GetAsync("d", Stop);
        await metrics.ListMetadataAsync(Stop);
        source.Failure = new SourceException(failure, "prom", "prom: gone");
        world.Time.Advance(TimeSpan.FromHours(23));

        const string Mark = "from the cache of 2026-11-21 12:00:00Z: prom cannot be reached";
        var stale = await metrics.QueryAsync("up", CacheWorld.Past.End, Stop);
        Assert.Equal([Mark], stale.Notes);
        Assert.Equal(before.Items, stale.Items);
        var staleLines = await logs.QueryRangeAsync("{a=\"b\"}", CacheWorld.Past, 10, Stop);
        Assert.Equal(lines, staleLines);
        Assert.Equal(Mark, CacheMark.Of(staleLines));
        Assert.Null(CacheMark.Of(lines));
        Assert.Equal([Mark], (await dashboards.GetAsync("d", Stop))!.Notes);
        Assert.Equal(Mark, CacheMark.Of(await metrics.ListMetadataAsync(Stop)));

        // Another question is not what was asked then, and a day is the end of it.
        await Assert.ThrowsAsync<SourceException>(() => metrics.QueryAsync("up", CacheWorld.Past.End.AddSeconds(5), Stop));
        world.Time.Advance(TimeSpan.FromHours(1.1));
        await Assert.ThrowsAsync<SourceException>(() => metrics.QueryAsync("up", CacheWorld.Past.End, Stop));
    }

    [Theory]
    [InlineData(SourceFailure.BadRequest)]
    [InlineData(SourceFailure.Unauthorized)]
    [InlineData(SourceFailure.BadAnswer)]
    [InlineData(SourceFailure.NotAllowed)]
    public async Task Ask_SourceRefuses_GetsTheRefusal(SourceFailure failure)
    {
        await AskAsync("past range");
        source.Failure = new SourceException(failure, "prom", "prom: no");
        world.Time.Advance(TimeSpan.FromHours(1));

        Assert.Equal("prom: no", (await Assert.ThrowsAsync<SourceException>(() => AskAsync("past range"))).Message);
    }

    [Fact]
    public async Task Failure_IsNotKept()
    {
        source.Failure = new SourceException(SourceFailure.Unavailable, "prom", "prom: gone");
        await Assert.ThrowsAsync<SourceException>(() => AskAsync("metadata"));
        source.Failure = null;
        await AskAsync("metadata");

        Assert.Equal(2, source.Asked);
    }

    /// <summary>An investigation rather sees that a source is down than what it said earlier, and asks for the present itself.</summary>
    [Theory]
    [InlineData("past range", 1)]
    [InlineData("metadata", 1)]
    [InlineData("present range", 2)]
    [InlineData("present instant", 2)]
    [InlineData("present lines", 2)]
    [InlineData("rules", 2)]
    [InlineData("series", 2)]
    public async Task Judgement_OfThePresent_AsksTheSourceAndNeverGetsOldValues(string what, int asked)
    {
        await AskAsync(what);
        await AskAsync(what, judges: true);
        Assert.Equal(asked, source.Asked);

        source.Failure = new SourceException(SourceFailure.Unavailable, "prom", "prom: gone");
        world.Time.Advance(TimeSpan.FromHours(1));
        await Assert.ThrowsAsync<SourceException>(() => AskAsync(what, judges: true));
    }

    [Fact]
    public async Task Judgement_FillsTheCacheForOthers()
    {
        await AskAsync("present range", judges: true);
        await AskAsync("present range");

        Assert.Equal(1, source.Asked);
    }

    [Fact]
    public async Task For_SystemCaller_IsTheSourceForJudgement()
    {
        var metrics = await world.FirstAsync<IMetricSource>();
        var system = Caller.ForSystem("acme", [Permission.ReadMetrics]);

        Assert.Same(metrics, metrics.For(system with { Kind = CallerKind.Person }));
        Assert.Same(((ICachedSource<IMetricSource>)metrics).ForJudgement, metrics.For(system));
        Assert.NotSame(metrics, metrics.For(system));
    }

    [Fact]
    public async Task List_SourceThatChanged_StartsEmptyAndTheOldOneIsForgotten()
    {
        await AskAsync("metadata");
        var changed = new CountedMetrics();
        world.Sources.All[0] = changed;
        await AskAsync("metadata");

        Assert.Equal((1, 1, 1), (source.Asked, changed.Asked, world.Cache.Count));
    }

    [Fact]
    public async Task List_SameSources_GivesTheSameOnes()
    {
        Assert.Same(await world.FirstAsync<IMetricSource>(), await world.FirstAsync<IMetricSource>());
        Assert.NotSame(await world.FirstAsync<IMetricSource>(), (object)await world.FirstAsync<ILogSource>());
    }

    [Fact]
    public async Task List_TwoTenantsWithTheSameName_ShareNothing()
    {
        var other = new CountedMetrics(tenant: "other");
        world.Sources.All.Add(other);
        await (await world.FirstAsync<IMetricSource>()).ListMetadataAsync(Stop);
        await (await world.FirstAsync<IMetricSource>("other")).ListMetadataAsync(Stop);

        Assert.Equal((1, 1), (source.Asked, other.Asked));
    }

    [Fact]
    public async Task List_CacheSwitchedOff_GivesTheSourcesThemselves()
    {
        var off = new CacheWorld(new QueryCacheOptions { Past = TimeSpan.Zero }, source);

        Assert.Same(source, await off.FirstAsync<IMetricSource>());
    }

    [Fact]
    public async Task List_AlertSources_AreNeverCached()
    {
        var alerts = new Alerts();
        world.Sources.All.Add(alerts);

        Assert.Same(alerts, await world.FirstAsync<IAlertSource>());
    }

    /// <summary>A member with a default, added to a port later, would ask nobody if a wrapper forgot it.</summary>
    [Theory]
    [InlineData("CachedMetricSource")]
    [InlineData("CachedLogSource")]
    [InlineData("CachedDashboardSource")]
    [InlineData("CachedQuerySource")]
    [InlineData("ConfinedMetricSource")]
    [InlineData("ConfinedLogSource")]
    [InlineData("ConfinedQuerySource")]
    public void Wrapper_EveryMemberOfItsPort_IsItsOwn(string name)
    {
        var wrapper = Assert.Single(typeof(QueryCache).Assembly.GetTypes(), t => t.Name == name);
        foreach (var port in wrapper.GetInterfaces())
        {
            Assert.All(wrapper.GetInterfaceMap(port).TargetMethods, m => Assert.True(m.DeclaringType == wrapper, $"{name} does not pass on {m.Name}"));
        }
    }

    private async Task AskAsync(string what, bool judges = false)
    {
        var metrics = await OfAsync<IMetricSource>(judges);
        var logs = await OfAsync<ILogSource>(judges);
        var dashboards = await OfAsync<IDashboardSource>(judges);
        var minute = TimeSpan.FromMinutes(1);
        await (what switch
        {
            "past range" => metrics.QueryRangeAsync("up", CacheWorld.Past, minute, Stop),
            "past instant" => metrics.QueryAsync("up", CacheWorld.Past.End, Stop),
            "past lines" => logs.QueryForwardAsync("{a=\"b\"}", CacheWorld.Past, 10, Stop),
            "present range" => metrics.QueryRangeAsync("up", CacheWorld.Recent, minute, Stop),
            "present instant" => metrics.QueryAsync("up", Noon.AddMinutes(-4), Stop),
            "present lines" => logs.QueryRangeAsync("{a=\"b\"}", CacheWorld.Recent, 10, Stop),
            "past numbers of logs" => logs.QuerySeriesAsync("rate({a=\"b\"}[5m])", CacheWorld.Past, minute, Stop),
            "past number of logs" => logs.QuerySamplesAsync("rate({a=\"b\"}[5m])", CacheWorld.Past.End, Stop),
            "present numbers of logs" => logs.QuerySeriesAsync("rate({a=\"b\"}[5m])", CacheWorld.Recent, minute, Stop),
            "past that looks ahead" => metrics.QueryRangeAsync("up offset -2h", CacheWorld.Past, minute, Stop),
            "past at a time" => metrics.QueryRangeAsync("up @ 1795262400", CacheWorld.Past, minute, Stop),
            "past unread" => metrics.QueryRangeAsync("rate(up) keep_metric_names", CacheWorld.Past, minute, Stop),
            "series" => metrics.FindSeriesAsync(["up"], new TimeWindow(Noon, world.Time.GetUtcNow()), 10, Stop),
            "past series" => metrics.FindSeriesAsync(["up"], CacheWorld.Past, 10, Stop),
            "metadata" => metrics.ListMetadataAsync(Stop),
            "rules" => metrics.ListAlertingRulesAsync(Stop),
            "label values" => logs.ListLabelValuesAsync("app", new TimeWindow(Noon, world.Time.GetUtcNow()), Stop),
            "dashboards" => dashboards.SearchAsync("shop", null, 10, Stop),
            "dashboard" => dashboards.GetAsync("d", Stop),
            "upstream" => dashboards.ListUpstreamAsync(Stop),
            "source series" => (Task)(await OfAsync<IQuerySource>(judges)).QuerySeriesAsync("from(bucket: 1)", CacheWorld.Past, minute, Stop),
            _ => throw new ArgumentException(what),
        });
    }

    private async Task<T> OfAsync<T>(bool judges)
        where T : class, IDatasource
    {
        var given = await world.FirstAsync<T>();
        return judges ? ((ICachedSource<T>)given).ForJudgement : given;
    }

    private sealed class Alerts : IAlertSource
    {
        public string Name => "am";

        public string Tenant => "acme";

        public Task<IReadOnlyList<ActiveAlert>> ListAlertsAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<ActiveAlert>>([]);

        public Task<IReadOnlyList<AlertSilence>> ListSilencesAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<AlertSilence>>([]);
    }
}
