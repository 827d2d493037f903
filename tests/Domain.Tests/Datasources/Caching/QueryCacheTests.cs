using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Datasources.Caching;
using Nightwatch.Support;

namespace Nightwatch.Domain.Tests.Datasources.Caching;

/// <summary>One question at a time, and room for everybody.</summary>
public sealed class QueryCacheTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ask_ManyAtOnce_AsksTheSourceOnce()
    {
        var source = new CountedMetrics { Gate = new() };
        var metrics = await new CacheWorld(null, source).FirstAsync<IMetricSource>();
        var asking = Enumerable.Range(0, 50).Select(_ => Task.Run(() => metrics.ListMetadataAsync(Stop), Stop)).ToList();
        await Eventually.TrueAsync(() => source.Asked == 1, "the source is asked");

        source.Gate.SetResult();
        var answers = await Task.WhenAll(asking);

        Assert.Equal(1, source.Asked);
        Assert.Single(answers.Distinct());
    }

    [Fact]
    public async Task Ask_FirstAskerGivesUp_TheOthersGetTheirAnswer()
    {
        var source = new CountedMetrics { Gate = new() };
        var metrics = await new CacheWorld(null, source).FirstAsync<IMetricSource>();
        using var impatience = new CancellationTokenSource();
        var first = metrics.ListMetadataAsync(impatience.Token);
        var second = metrics.ListMetadataAsync(Stop);
        await Eventually.TrueAsync(() => source.Asked == 1, "the source is asked");

        await impatience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.False(second.IsCompleted);
        source.Gate.SetResult();

        Assert.Single(await second);
        Assert.Equal(1, source.Asked);
        Assert.False(source.CalledOff.Task.IsCompleted);
    }

    [Fact]
    public async Task Ask_EverybodyGivesUp_TheQuestionIsCalledOffAndTheNextOneAsksAnew()
    {
        var source = new CountedMetrics { Gate = new() };
        var metrics = await new CacheWorld(null, source).FirstAsync<IMetricSource>();
        using var impatience = new CancellationTokenSource();
        var (first, second) = (metrics.ListMetadataAsync(impatience.Token), metrics.ListMetadataAsync(impatience.Token));
        await Eventually.TrueAsync(() => source.Asked == 1, "the source is asked");

        await impatience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        await source.CalledOff.Task.WaitAsync(Stop);

        source.Gate.SetResult();
        Assert.Single(await metrics.ListMetadataAsync(Stop));
        Assert.Equal(2, source.Asked);
    }

    [Fact]
    public async Task Ask_FailsForSeveral_AllAreToldAndTheNextOneAsksAnew()
    {
        var source = new CountedMetrics { Gate = new(), Failure = new SourceException(SourceFailure.Unavailable, "prom", "prom: gone") };
        var metrics = await new CacheWorld(null, source).FirstAsync<IMetricSource>();
        var asking = Enumerable.Range(0, 10).Select(_ => metrics.ListMetadataAsync(Stop)).ToList();

        source.Gate.SetResult();
        foreach (var one in asking)
        {
            await Assert.ThrowsAsync<SourceException>(() => one);
        }

        Assert.Equal(1, source.Asked);
        await Assert.ThrowsAsync<SourceException>(() => metrics.ListMetadataAsync(Stop));
        Assert.Equal(2, source.Asked);
    }

    [Fact]
    public async Task Ask_SourceGoneWhileAsked_KeepsNothing()
    {
        var source = new CountedMetrics { Gate = new() };
        var world = new CacheWorld(null, source);
        var asking = (await world.FirstAsync<IMetricSource>()).ListMetadataAsync(Stop);
        world.Sources.All[0] = new CountedMetrics();
        await world.FirstAsync<IMetricSource>();

        source.Gate.SetResult();
        await asking;

        Assert.Equal((0, 0L), (world.Cache.Count, world.Cache.Bytes));
    }

    [Fact]
    public async Task Put_MoreThanThereIsRoomFor_LosesWhatWasUsedLongestAgo()
    {
        var source = new CountedMetrics { Weight = 1000 };
        var world = new CacheWorld(new QueryCacheOptions { MaxBytes = 30_000 }, source);
        var metrics = await world.FirstAsync<IMetricSource>();
        await metrics.QueryAsync("first", CacheWorld.Past.End, Stop);
        for (var i = 0; i < 50; i++)
        {
            await metrics.QueryAsync($"metric_{i}", CacheWorld.Past.End, Stop);
            await metrics.QueryAsync("first", CacheWorld.Past.End, Stop);
            Assert.InRange(world.Cache.Bytes, 1, 30_000);
        }

        Assert.Equal(51, source.Asked);
        Assert.InRange(world.Cache.Count, 5, 15);
        await metrics.QueryAsync("metric_0", CacheWorld.Past.End, Stop);
        Assert.Equal(52, source.Asked);
    }

    [Fact]
    public async Task Put_GreedyTenant_TakesNothingFromOneWithinItsShare()
    {
        var (modest, greedy) = (new CountedMetrics(tenant: "modest") { Weight = 1000 }, new CountedMetrics(tenant: "greedy") { Weight = 1000 });
        var world = new CacheWorld(new QueryCacheOptions { MaxBytes = 60_000 }, modest, greedy);
        var (its, others) = (await world.FirstAsync<IMetricSource>("modest"), await world.FirstAsync<IMetricSource>("greedy"));
        for (var i = 0; i < 5; i++)
        {
            await its.QueryAsync($"m{i}", CacheWorld.Past.End, Stop);
        }

        for (var i = 0; i < 500; i++)
        {
            await others.QueryAsync($"m{i}", CacheWorld.Past.End, Stop);
        }

        for (var i = 0; i < 5; i++)
        {
            await its.QueryAsync($"m{i}", CacheWorld.Past.End, Stop);
        }

        Assert.Equal(5, modest.Asked);
        Assert.InRange(world.Cache.Bytes, 1, 60_000);
    }

    [Fact]
    public async Task Put_ValueThatWouldTakeMostOfIt_IsNotKept()
    {
        var source = new CountedMetrics { Weight = 10_000 };
        var world = new CacheWorld(new QueryCacheOptions { MaxBytes = 30_000 }, source);
        var metrics = await world.FirstAsync<IMetricSource>();

        await metrics.QueryAsync("up", CacheWorld.Past.End, Stop);

        Assert.Equal(0, world.Cache.Count);
    }

    [Fact]
    public async Task FetchAhead_MetadataInUse_IsLoadedBeforeItEnds()
    {
        var source = new CountedMetrics();
        var world = new CacheWorld(null, source);
        var dashboards = await world.FirstAsync<IDashboardSource>();
        var ahead = new FetchAhead(world.Cache, world.Time);
        await dashboards.SearchAsync(null, null, 100, Stop);
        Assert.Equal(0, await ahead.RunAsync(Stop));

        world.Time.Advance(TimeSpan.FromSeconds(520));
        Assert.Equal(1, await ahead.RunAsync(Stop));
        world.Time.Advance(TimeSpan.FromSeconds(100));
        await dashboards.SearchAsync(null, null, 100, Stop);
        Assert.Equal(2, source.Asked);

        // Nobody asks any more: after an hour it is left to end.
        world.Time.Advance(TimeSpan.FromMinutes(61));
        Assert.Equal(0, await ahead.RunAsync(Stop));
    }

    [Fact]
    public async Task FetchAhead_RangesAskedOnceOrOfThePresent_AreLeftToEnd()
    {
        var source = new CountedMetrics();
        var world = new CacheWorld(null, source);
        var metrics = await world.FirstAsync<IMetricSource>();
        var ahead = new FetchAhead(world.Cache, world.Time);
        for (var i = 0; i < 3; i++)
        {
            await metrics.QueryAsync("often", CacheWorld.Past.End, Stop);
            await metrics.QueryAsync("present", CacheWorld.Noon, Stop);
        }

        await metrics.QueryAsync("once", CacheWorld.Past.End, Stop);
        world.Time.Advance(TimeSpan.FromSeconds(250));

        Assert.Equal(1, await ahead.RunAsync(Stop));
        world.Time.Advance(TimeSpan.FromSeconds(250));
        Assert.Equal(0, await ahead.RunAsync(Stop));
    }

    [Fact]
    public async Task FetchAhead_SourceDown_LeavesItAloneAndGoesOnWithTheOthers()
    {
        var (down, well) = (new CountedMetrics(), new CountedMetrics("second"));
        var world = new CacheWorld(null, down, well);
        foreach (var source in await world.Datasources.ListAsync<IMetricSource>("acme", Stop))
        {
            await source.ListMetadataAsync(Stop);
            await source.ListAlertingRulesAsync(Stop);
        }

        down.Failure = new SourceException(SourceFailure.Timeout, "prom", "prom: slow");
        world.Time.Advance(TimeSpan.FromSeconds(590));

        Assert.Equal(2, await new FetchAhead(world.Cache, world.Time).RunAsync(Stop));
        Assert.Equal((3, 4), (down.Asked, well.Asked));
    }

    [Fact]
    public async Task FetchAhead_VeryMuchIsDue_IsBounded()
    {
        var world = new CacheWorld(null, new CountedMetrics());
        var dashboards = await world.FirstAsync<IDashboardSource>();
        for (var i = 0; i < FetchAhead.MaxPerRun + 10; i++)
        {
            await dashboards.GetAsync($"d{i}", Stop);
        }

        world.Time.Advance(TimeSpan.FromSeconds(590));

        Assert.Equal(FetchAhead.MaxPerRun, await new FetchAhead(world.Cache, world.Time).RunAsync(Stop));
        Assert.Equal(10, await new FetchAhead(world.Cache, world.Time).RunAsync(Stop));
    }
}
