using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Datasources.Stored;
using Nightwatch.Support;
using static Nightwatch.Domain.Tests.Datasources.DatasourceWorld;

namespace Nightwatch.Domain.Tests.Datasources;

/// <summary>Which sources a question gets, when changes are seen, and what a question costs.</summary>
public sealed class DatasourceRegistryTests : IDisposable
{
    private readonly DatasourceWorld world = new(null, new SettingSource("lab", "prometheus"), new SettingSource("theirs", "prometheus", "other"));

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => world.Dispose();

    [Fact]
    public async Task List_ConfiguredFirstThenStoredByName_OfTheTenantOnly()
    {
        await world.AddAsync(Wish("b"));
        await world.AddAsync(Wish("a"));
        await world.AddAsync(Wish("foreign"), Callers.Everything("other"));

        Assert.Equal(["lab", "a", "b"], await NamesAsync(world, Tenant));
        Assert.Equal(["theirs", "foreign"], await NamesAsync(world, "other"));
        Assert.Empty(await NamesAsync(world, "third"));
        Assert.All(await world.Registry.ListAsync<IDescribedSource>("other", Stop), s => Assert.Equal("other", s.Tenant));
    }

    [Fact]
    public async Task List_ChangeOfAnotherProcess_IsSeenAfterTheTimeAndOwnOnesAtOnce()
    {
        using var second = new DatasourceWorld(world);
        Assert.Empty(await NamesAsync(second, Tenant));

        await world.AddAsync(Wish("a"));

        Assert.Equal(["lab", "a"], await NamesAsync(world, Tenant));
        Assert.Empty(await NamesAsync(second, Tenant));
        second.Time.Advance(DatasourceRegistry.KeepFor);
        Assert.Equal(["a"], await NamesAsync(second, Tenant));
    }

    [Fact]
    public async Task List_AskedAThousandTimes_ReadsTheStoreOnceAndMakesEachSourceOnce()
    {
        await world.AddAsync(Wish("a"));
        var before = world.Documents.Faults.Reads;

        for (var i = 0; i < 1000; i++)
        {
            await world.Registry.ListAsync<IDescribedSource>(Tenant, Stop);
        }

        Assert.Equal(before + 1, world.Documents.Faults.Reads);
        world.Time.Advance(DatasourceRegistry.KeepFor);
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => world.Registry.ListAsync<IDescribedSource>(Tenant, Stop).AsTask()));
        Assert.Equal(before + 2, world.Documents.Faults.Reads);
        Assert.Single(world.Factory.Made);
    }

    [Fact]
    public async Task List_AfterAChange_OldSourceIsDisposedAndOthersStay()
    {
        await world.AddAsync(Wish("a"));
        await world.AddAsync(Wish("b"));
        await NamesAsync(world, Tenant);
        var before = world.Factory.Made.ToList();

        await world.PutAsync("a", Wish("a") with { TimeoutSeconds = 20 });
        await NamesAsync(world, Tenant);

        Assert.Equal((true, false), (before.Single(s => s.Name == "a").IsDisposed, before.Single(s => s.Name == "b").IsDisposed));
        Assert.Equal(3, world.Factory.Made.Count);
    }

    [Fact]
    public async Task List_RemovedAndMadeAnewUnderTheSameName_IsAnotherSource()
    {
        await world.AddAsync(WithPassword());
        await NamesAsync(world, Tenant);
        await world.Manage.DeleteAsync(Callers.Everything(Tenant), "prom", null, Stop);
        Assert.Equal(["lab"], await NamesAsync(world, Tenant));
        await world.AddAsync(Wish(url: "https://else.example"));

        var source = (FakeSource)(await world.Registry.ListAsync<IDescribedSource>(Tenant, Stop))[1];

        Assert.Equal(new Uri("https://else.example/"), source.Opened.Settings.Url);
        Assert.Empty(source.Secrets);
    }

    [Fact]
    public async Task List_GrafanaThatAnotherGoesThroughChanges_BothAreMadeAnew()
    {
        await world.AddAsync(Wish("g") with { Type = "grafana" });
        await world.AddAsync(new DatasourceWish { Name = "flux", Type = "influxdb", Through = new("g", "uid1") });
        await NamesAsync(world, Tenant);

        await world.PutAsync("g", Wish("g", "https://new.example") with { Type = "grafana" });
        await NamesAsync(world, Tenant);

        Assert.Equal(new Uri("https://new.example/"), world.Factory.Made.Last(s => s.Name == "flux").Opened.Through!.Settings.Url);
    }

    [Fact]
    public async Task List_StoreDown_KeepsWhatIsKnown()
    {
        await world.AddAsync(Wish("a"));
        await NamesAsync(world, Tenant);
        world.Documents.Faults.Unavailable = true;
        world.Time.Advance(DatasourceRegistry.KeepFor);

        Assert.Equal(["lab", "a"], await NamesAsync(world, Tenant));
    }

    [Fact]
    public async Task Health_FollowsFromUse_WithFewWrites()
    {
        await world.AddAsync(Wish("a"));
        await NamesAsync(world, Tenant);
        var observer = Assert.Single(world.Factory.Made).Observer!;
        var down = new SourceException(SourceFailure.Unavailable, "a", "a: connection refused");

        await observer.UsedAsync(null);
        Assert.Equal(DatasourceState.Healthy, (await StateAsync("a")).State);
        await observer.UsedAsync(new SourceException(SourceFailure.BadRequest, "a", "a: parse error"));
        Assert.Equal(DatasourceState.Healthy, (await StateAsync("a")).State);
        await observer.UsedAsync(down);
        var failed = await StateAsync("a");
        Assert.Equal((DatasourceState.Unhealthy, "a: connection refused", world.Time.GetUtcNow()), (failed.State, failed.LastFailure, failed.LastFailureAt));
        world.Time.Advance(TimeSpan.FromSeconds(5));
        await observer.UsedAsync(down);
        Assert.Equal(failed.LastFailureAt, (await StateAsync("a")).LastFailureAt);
        await observer.UsedAsync(null);
        var well = await StateAsync("a");
        Assert.Equal((DatasourceState.Healthy, null, "a: connection refused"), (well.State, well.Message, well.LastFailure));
    }

    [Fact]
    public async Task Health_StoreDown_TheQuestionIsNotDisturbed()
    {
        var observer = world.Health.For(Tenant, "a");
        world.States.Faults.Unavailable = true;

        await observer.UsedAsync(null);
    }

    [Fact]
    public async Task Get_Test_AsksTheSourceAndKeepsWhatItSaid()
    {
        await world.AddAsync(Wish("a"));

        var tested = await world.Read.GetAsync(Callers.Everything(Tenant), "a", test: true, Stop);
        var later = await world.Read.GetAsync(Callers.Everything(Tenant), "a", test: false, Stop);

        Assert.Equal((DatasourceState.Healthy, "2.42.0"), (tested!.Entry.Health.State, tested.Entry.Health.Version));
        Assert.Equal(tested.Entry.Health, later!.Entry.Health);
    }

    private async Task<DatasourceHealth> StateAsync(string id) => (await world.Read.GetAsync(Callers.Everything(Tenant), id, false, Stop))!.Entry.Health;

    private static async Task<IEnumerable<string>> NamesAsync(DatasourceWorld world, string tenant) =>
        (await world.Registry.ListAsync<IDescribedSource>(tenant, Stop)).Select(s => s.Name).ToList();
}
