using Nightwatch.Adapters.Tests.Fakes;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Datasources.Stored;

namespace Nightwatch.Adapters.Tests.Datasources;

/// <summary>Grafana's dashboards, and sources that are asked through it.</summary>
public sealed class ThroughGrafanaTests : IAsyncLifetime
{
    private static readonly TimeWindow Hour = new(new DateTimeOffset(2026, 11, 18, 11, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 11, 18, 12, 0, 0, TimeSpan.Zero));

    private FakeGrafana? fake;
    private Stored? stored;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private FakeGrafana Grafana => fake!;

    private OpenedDatasource Itself => Stored.Open(
        Stored.Settings("grafana", Grafana.Url) with { Auth = new DatasourceAuth { Kind = DatasourceAuthKind.Bearer }, OrgId = "3", ExternalUrl = new Uri("https://grafana.example/") },
        ("token", FakeGrafana.Token));

    public async ValueTask InitializeAsync()
    {
        fake = await FakeGrafana.StartAsync(Stop);
        stored = new Stored(Grafana.Url.Authority);
    }

    public async ValueTask DisposeAsync()
    {
        stored!.Dispose();
        await Grafana.DisposeAsync();
    }

    [Fact]
    public async Task Dashboards_AreFoundAndReadWithTheirPanels()
    {
        var source = stored!.Get<IDashboardSource>(Itself);

        var found = Assert.Single(await source.SearchAsync("prod & more", "a/b", 10, Stop));
        var dashboard = (await source.GetAsync("cIBgcSjkk", Stop))!;
        var none = await source.GetAsync("nothing", Stop);

        Assert.Equal(("Production Overview", "Shop", "https://grafana.example/d/cIBgcSjkk"), (found.Title, found.Folder, found.Link.AbsoluteUri));
        Assert.Equal("/api/search?type=dash-db&limit=10&query=prod%20%26%20more&tag=a%2Fb", Grafana.Requests.First().PathAndQuery);
        Assert.Equal("3", Grafana.Requests.First().Headers["X-Grafana-Org-Id"]);
        Assert.Equal(7, dashboard.Version);
        Assert.Equal([(2, "Errors", "P1"), (4, "Free", null), (5, "", null)], dashboard.Panels.Select(p => ((int)p.Id, p.Title, p.DatasourceUid)));
        Assert.Equal([["rate(errors_total[5m])"], ["select 1"], []], dashboard.Panels.Select(p => p.Queries.ToArray()));
        Assert.Null(none);
    }

    [Fact]
    public async Task Upstream_SourcesOfTheGrafana_AreListed() => Assert.Equal(
        [new UpstreamDatasource("P1", "Prom", "prometheus", true), new UpstreamDatasource("I1", "flux", "influxdb", false)],
        await stored!.Get<IDashboardSource>(Itself).ListUpstreamAsync(Stop));

    [Fact]
    public async Task Check_TellsTheVersion_AndAWrongTokenIsRefusedAlthoughHealthIsOpen()
    {
        Assert.Equal("11.2.0", await stored!.Get<IDescribedSource>(Itself).CheckAsync(Stop));
        var wrong = stored.Get<IDescribedSource>(Stored.Open(Itself.Settings, ("token", "wrong")));

        Assert.Equal(SourceFailure.Unauthorized, (await Assert.ThrowsAsync<SourceException>(() => wrong.CheckAsync(Stop))).Failure);
    }

    [Fact]
    public async Task Prometheus_ThroughTheProxy_AnswersWithALinkToExplore()
    {
        var source = stored!.Get<IMetricSource>(Through("prometheus", "P1"));

        var sample = Assert.Single((await source.QueryAsync("up", Hour.End, Stop)).Items);
        var version = await ((IDescribedSource)source).CheckAsync(Stop);

        Assert.Equal((7, "a", "3.1.0"), (sample.Value, sample.Labels["job"], version));
        Assert.StartsWith("https://grafana.example/explore?", source.LinkTo("up", Hour).AbsoluteUri, StringComparison.Ordinal);
        Assert.Contains("P1", source.LinkTo("up", Hour).AbsoluteUri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Loki_ThroughTheProxy_Answers()
    {
        var line = Assert.Single(await stored!.Get<ILogSource>(Through("loki", "L1")).QueryForwardAsync("{app=\"a\"}", Hour, 10, Stop));

        Assert.Equal(("hello", "a"), (line.Line, line.Labels["app"]));
        Assert.Contains("direction=forward", Grafana.Requests.Single().PathAndQuery, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Influx_WideFrames_AreSeries()
    {
        Grafana.Query = (
            """
            {"results":{"A":{"status":200,"frames":[
              {"schema":{"refId":"A","name":"cpu","meta":{"notices":[{"severity":"warning","text":"results were cut"}]},"fields":[
                 {"name":"Time","type":"time","typeInfo":{"frame":"time.Time"}},
                 {"name":"Value","type":"number","typeInfo":{"frame":"float64","nullable":true},"labels":{"host":"a"}},
                 {"name":"Value","type":"number","labels":{"host":"b"}}]},
               "data":{"values":[[1795003200000,1795003260000,1795003320000],[1.5,null,null],[2,3,4]],"entities":[null,{"NaN":[1]},null]}}]}}}
            """, 200);

        var answer = await stored!.Get<IQuerySource>(Through("influxdb", "I1")).QuerySeriesAsync("from(bucket: \"b\")", Hour, TimeSpan.FromSeconds(15), Stop);

        Assert.Equal(["a", "b"], answer.Items.Select(s => s.Labels["host"]));
        Assert.Equal([1.5, double.NaN], answer.Items[0].Points.Select(p => p.Value));
        Assert.Equal([2d, 3, 4], answer.Items[1].Points.Select(p => p.Value));
        Assert.Equal(new DateTimeOffset(2026, 11, 18, 12, 0, 0, TimeSpan.Zero), answer.Items[0].Points[0].At);
        Assert.Equal(["results were cut"], answer.Notes);
        var asked = Grafana.Asked.GetProperty("queries")[0];
        Assert.Equal(("I1", "influxdb"), (asked.GetProperty("datasource").GetProperty("uid").GetString(), asked.GetProperty("datasource").GetProperty("type").GetString()));
        Assert.Equal(("from(bucket: \"b\")", 15_000), (asked.GetProperty("query").GetString(), asked.GetProperty("intervalMs").GetInt64()));
        Assert.Equal(("1794999600000", "1795003200000"), (Grafana.Asked.GetProperty("from").GetString(), Grafana.Asked.GetProperty("to").GetString()));
    }

    [Fact]
    public async Task Influx_LongFrame_IsASeriesForEachCombinationOfTexts()
    {
        Grafana.Query = (
            """
            {"results":{"A":{"frames":[{"schema":{"fields":[{"name":"time","type":"time"},{"name":"host","type":"string"},{"name":"usage","type":"number"}]},
              "data":{"values":[[1795003260000,1795003200000,1795003200000],["a","a","b"],[2,1,9]]}}]}}}
            """, 200);

        var answer = await stored!.Get<IQuerySource>(Through("influxdb", "I1")).QuerySeriesAsync("SELECT", Hour, TimeSpan.FromMinutes(1), Stop);

        Assert.Equal([("a", "1,2"), ("b", "9")], answer.Items.Select(s => (s.Labels["host"], string.Join(',', s.Points.Select(p => p.Value)))));
    }

    [Fact]
    public async Task Elasticsearch_Documents_AreLinesAndTheirCountIsASeries()
    {
        Grafana.Query = (
            """
            {"results":{"A":{"frames":[{"schema":{"fields":[{"name":"@timestamp","type":"time"},{"name":"line","type":"string"},{"name":"level","type":"string"}]},
              "data":{"values":[[1795003200000,1795003260000],["first","second"],["info",null]]}}]}}}
            """, 200);
        var source = stored!.Get<IQuerySource>(Through("elasticsearch", "E1"));

        var lines = await source.QueryLinesAsync("level:error", Hour, 5, Stop);
        var asked = Grafana.Asked.GetProperty("queries")[0];
        await source.QuerySeriesAsync("level:error", Hour, TimeSpan.FromMinutes(1), Stop);
        var counted = Grafana.Asked.GetProperty("queries")[0];

        Assert.Equal([("second", false), ("first", true)], lines.Select(l => (l.Line, l.Labels.ContainsKey("level"))));
        Assert.Equal("logs", asked.GetProperty("metrics")[0].GetProperty("type").GetString());
        Assert.Equal(("count", "60s"), (counted.GetProperty("metrics")[0].GetProperty("type").GetString(), counted.GetProperty("bucketAggs")[0].GetProperty("settings").GetProperty("interval").GetString()));
    }

    [Theory]
    [InlineData("""{"results":{"A":{"error":"InfluxDB returned error: unknown bucket","status":400,"frames":[]}}}""", 400, SourceFailure.BadRequest, "unknown bucket")]
    [InlineData("""{"results":{"A":{"error":"error parsing query","frames":[]}}}""", 207, SourceFailure.BadRequest, "error parsing query")]
    [InlineData("""{"message":"Data source not found"}""", 404, SourceFailure.BadRequest, "Data source not found")]
    [InlineData("""{"results":{}}""", 200, SourceFailure.BadAnswer, "no result")]
    [InlineData("""{"results":{"A":{"frames":[{"schema":{"fields":[{"name":"t","type":"time"}]},"data":{"values":[[1],[2]]}}]}}}""", 200, SourceFailure.BadAnswer, "do not fit")]
    [InlineData("""{"results":{"A":{"frames":[{"schema":{"fields":[{"name":"t","type":"time"},{"name":"v","type":"number"}]},"data":{"values":[[1],[2,3]]}}]}}}""", 200, SourceFailure.BadAnswer, "do not fit")]
    public async Task Query_Fails_WithTheSourcesOwnMessage(string json, int status, SourceFailure failure, string message)
    {
        Grafana.Query = (json, status);

        var met = await Assert.ThrowsAsync<SourceException>(
            () => stored!.Get<IQuerySource>(Through("influxdb", "I1")).QuerySeriesAsync("x", Hour, TimeSpan.FromMinutes(1), Stop));

        Assert.Equal(failure, met.Failure);
        Assert.Contains(message, met.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_IsGrafanasOwnTestOfTheSource()
    {
        Assert.Null(await stored!.Get<IDescribedSource>(Through("influxdb", "I1")).CheckAsync(Stop));
        var failure = await Assert.ThrowsAsync<SourceException>(() => stored.Get<IDescribedSource>(Through("elasticsearch", "E1")).CheckAsync(Stop));

        Assert.Contains("index not found", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Through_TheOperatorsOwnGrafana_GoesWhereTheSettingsSay()
    {
        using var inside = new Stored("elsewhere.example:1", ("GRAFANA_URL", Grafana.Url.AbsoluteUri), ("GRAFANA_TOKEN", FakeGrafana.Token));
        var settings = Stored.Settings("prometheus", null) with { Through = new("configured:grafana:grafana", "P1") };

        Assert.Single((await inside.Get<IMetricSource>(Stored.Open(settings)).QueryAsync("up", Hour.End, Stop)).Items);
        var gone = inside.Get<IMetricSource>(Stored.Open(settings with { Through = new("configured:grafana:other", "P1") }));
        Assert.Contains("is not there", (await Assert.ThrowsAsync<SourceException>(() => gone.QueryAsync("up", Hour.End, Stop))).Message, StringComparison.Ordinal);
    }

    private OpenedDatasource Through(string type, string uid) =>
        Stored.Open(Stored.Settings(type, null) with { Through = new("g", uid) }) with { Through = Itself };
}
