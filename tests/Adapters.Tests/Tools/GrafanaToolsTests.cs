using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Nightwatch.Adapters.Grafana;
using Nightwatch.Adapters.Tests.Datasources;
using Nightwatch.Adapters.Tests.Fakes;
using Nightwatch.Domain.Alerts;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Datasources.Stored;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Governance.Audit;
using Nightwatch.Domain.Incidents;
using Nightwatch.Domain.Investigations;
using Nightwatch.Domain.Storage;
using Nightwatch.Domain.Tools;
using Nightwatch.Support;

namespace Nightwatch.Adapters.Tests.Tools;

/// <summary>Dashboards and sources behind a Grafana, through the catalogue.</summary>
public sealed class GrafanaToolsTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 18, 12, 0, 0, TimeSpan.Zero);

    private FakeGrafana? fake;
    private Stored? stored;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private FakeGrafana Grafana => fake!;

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
    public async Task ListDashboards_Search_GivesWhatGrafanaFinds()
    {
        var result = await AskAsync("list_dashboards", new { search = "prod", tag = "shop" });

        Assert.Equal((ToolStatus.Success, "grafana"), (result.Status, result.Source));
        Assert.Equal("GET /api/search?type=dash-db&query=prod&tag=shop&limit=50", result.Invocation);
        var found = Assert.Single(result.Data!.Value.GetProperty("dashboards").EnumerateArray());
        Assert.Equal(("cIBgcSjkk", "Production Overview", "Shop"), (Text(found, "uid"), Text(found, "title"), Text(found, "folder")));
        Assert.EndsWith("/d/cIBgcSjkk", Text(found, "link"), StringComparison.Ordinal);
        Assert.Equal("/api/search?type=dash-db&limit=50&query=prod&tag=shop", Grafana.Requests.Single().PathAndQuery);
    }

    [Fact]
    public async Task GetDashboard_Known_GivesItsPanelsAndUnknownIsNoData()
    {
        var result = await AskAsync("get_dashboard", new { uid = "cIBgcSjkk" });
        var none = await AskAsync("get_dashboard", new { uid = "../../admin" });

        Assert.Equal(ToolStatus.Success, result.Status);
        Assert.EndsWith("/d/cIBgcSjkk", result.Link, StringComparison.Ordinal);
        Assert.Equal(3, result.Data!.Value.GetProperty("total").GetInt32());
        var panel = result.Data.Value.GetProperty("panels")[0];
        Assert.Equal(("Errors", "P1", "rate(errors_total[5m])"), (Text(panel, "title"), Text(panel, "datasource_uid"), panel.GetProperty("queries")[0].GetString()));
        Assert.Equal(ToolStatus.NoData, none.Status);
        Assert.All(Grafana.Requests, r => Assert.StartsWith("/api/dashboards/uid/", r.PathAndQuery, StringComparison.Ordinal));
    }

    [Fact]
    public async Task GetDashboard_SecretInATitle_IsMasked()
    {
        Grafana.DashboardTitle = "password=hunter2horse";

        var result = await AskAsync("get_dashboard", new { uid = "cIBgcSjkk" });

        Assert.DoesNotContain("hunter2horse", result.Data!.Value.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task QuerySource_Series_HaveTheDocumentedShape()
    {
        Grafana.Query = (
            """
            {"results":{"A":{"frames":[{"schema":{"fields":[{"name":"time","type":"time"},{"name":"usage","type":"number","labels":{"host":"a"}}]},"data":{"values":[[1795003200000,1795003260000],[1.5,null]]}}]}}}
            """, 200);

        var result = await AskAsync("query_source", new { query = "from(bucket: \"b\")", start = Noon.AddHours(-1), end = Noon, source = "flux" });

        Assert.Equal((ToolStatus.Success, "flux"), (result.Status, result.Source));
        Assert.Equal("from(bucket: \"b\")", result.Invocation);
        Assert.Equal((1, 15), (result.Data!.Value.GetProperty("total").GetInt32(), result.Data.Value.GetProperty("step_seconds").GetInt32()));
        var series = result.Data.Value.GetProperty("series")[0];
        Assert.Equal("a", Text(series.GetProperty("labels"), "host"));
        Assert.Equal("[1795003200,1.5]", series.GetProperty("points")[0].GetRawText());
        Assert.Equal(15_000, Grafana.Asked.GetProperty("queries")[0].GetProperty("intervalMs").GetInt64());
    }

    [Fact]
    public async Task QuerySource_Lines_AreCappedAndNeedTheRightToReadLogs()
    {
        Grafana.Query = (
            """
            {"results":{"A":{"frames":[{"schema":{"fields":[{"name":"@timestamp","type":"time"},{"name":"line","type":"string"}]},"data":{"values":[[1795003200000,1795003260000],["first","second token=abcdefgh12345678"]]}}]}}}
            """, 200);
        var question = new { query = "level:error", start = Noon.AddHours(-1), end = Noon, form = "lines", limit = 1, source = "logs" };

        var result = await AskAsync("query_source", question);
        var metricsOnly = await AskAsync("query_source", question, Callers.With(Tenants.Default, Scope.Everywhere, Permission.ReadMetrics));

        Assert.Equal(ToolStatus.Success, result.Status);
        Assert.StartsWith("second", Text(Assert.Single(result.Data!.Value.GetProperty("lines").EnumerateArray()), "line"), StringComparison.Ordinal);
        Assert.DoesNotContain("abcdefgh12345678", result.Data.Value.GetRawText(), StringComparison.Ordinal);
        Assert.Contains("newest 1 lines", result.Message, StringComparison.Ordinal);
        Assert.Equal(ToolStatus.Error, metricsOnly.Status);
        Assert.Contains("read:logs", metricsOnly.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("from(bucket: \"b\") |> to(bucket: \"c\")", 1, null, "to writes")]
    [InlineData("from(bucket: \"b\")", 200, null, "the most is 168 h")]
    [InlineData("from(bucket: \"b\")", 100, 1, "more than 11000 points")]
    public async Task QuerySource_TooMuchOrNotReading_IsNotAsked(string query, int hours, int? step, string reason)
    {
        object question = step is null
            ? new { query, start = Noon.AddHours(-hours), end = Noon }
            : new { query, start = Noon.AddHours(-hours), end = Noon, step_seconds = step };

        var result = await AskAsync("query_source", question);

        Assert.Equal(ToolStatus.Error, result.Status);
        Assert.Contains(reason, result.Message, StringComparison.Ordinal);
        Assert.Empty(Grafana.Requests);
    }

    [Theory]
    [InlineData("list_dashboards", Permission.ReadMetrics)]
    [InlineData("get_dashboard", Permission.ReadMetrics)]
    [InlineData("query_source", Permission.ReadDashboards)]
    public async Task Tools_WithoutTheirPermission_AreRefused(string tool, Permission other)
    {
        var result = await AskAsync(tool, new { uid = "x" }, Callers.With(Tenants.Default, Scope.Everywhere, other));

        Assert.Contains("needs the permission", result.Message, StringComparison.Ordinal);
        Assert.Empty(Grafana.Requests);
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private Task<ToolResult> AskAsync(string name, object arguments, Caller? caller = null)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["GRAFANA_URL"] = Grafana.Url.AbsoluteUri, ["GRAFANA_TOKEN"] = FakeGrafana.Token })
            .Build();
        var services = new ServiceCollection()
            .AddLogging()
            .AddGrafana(configuration)
            .AddSingleton(Behind("flux", "influxdb", "I1"))
            .AddSingleton(Behind("logs", "elasticsearch", "E1"))
            .AddSingleton<IDocuments<AlertEpisode>>(new InMemoryDocuments<AlertEpisode>(AlertEpisode.Type))
            .AddSingleton<IDocuments<Incident>>(new InMemoryDocuments<Incident>(Incident.Type))
            .AddSingleton<IDocuments<Investigation>>(new InMemoryDocuments<Investigation>(Investigation.Type))
            .AddSingleton<IAuditTrail>(new RecordedAudit())
            .AddTools()
            .BuildServiceProvider();
        return services.GetRequiredService<IToolCatalog>().InvokeAsync(
            new ToolRequest { Name = name, Caller = caller ?? Callers.Everything(), Arguments = JsonSerializer.Serialize(arguments) }, Stop);
    }

    private IQuerySource Behind(string name, string type, string uid)
    {
        var grafana = Stored.Open(Stored.Settings("grafana", Grafana.Url) with { Auth = new DatasourceAuth { Kind = DatasourceAuthKind.Bearer } }, ("token", FakeGrafana.Token));
        return stored!.Get<IQuerySource>(Stored.Open(Stored.Settings(type, null) with { Name = name, Through = new("g", uid) }) with { Through = grafana });
    }
}
