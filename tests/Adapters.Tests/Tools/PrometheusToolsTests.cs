using System.Text.Json;
using Nightwatch.Adapters.Tests.Fakes;
using Nightwatch.Adapters.Tests.Prometheus;
using Nightwatch.Domain.Tools;
using Nightwatch.Support;

namespace Nightwatch.Adapters.Tests.Tools;

/// <summary>The tools through the catalogue, against a real Prometheus whose past is known.</summary>
[Collection(KnownDataSet.Name)]
public sealed class PrometheusToolsTests(KnownData data)
{
    private readonly IToolCatalog catalog = Sources.Get<IToolCatalog>(("PROMETHEUS_URL", data.Url.AbsoluteUri));

    [Fact]
    public async Task QueryMetrics_NanAndNumbers_HaveTheDocumentedShape()
    {
        var result = await AskAsync("query_metrics", new { query = "odd{kind=\"nan\"} or cpu{instance=\"a\"}", time = KnownData.Noon });

        Assert.Equal(ToolStatus.Success, result.Status);
        Assert.Equal("odd{kind=\"nan\"} or cpu{instance=\"a\"}", result.Invocation);
        Assert.Contains("/graph?g0.expr=odd", result.Link, StringComparison.Ordinal);
        Assert.Equal(2, result.Data!.Value.GetProperty("total").GetInt32());
        var samples = result.Data.Value.GetProperty("samples").EnumerateArray().ToDictionary(s => s.GetProperty("labels").GetProperty("__name__").GetString()!);
        Assert.Equal(JsonValueKind.Null, samples["odd"].GetProperty("value").ValueKind);
        Assert.Equal(0.25, samples["cpu"].GetProperty("value").GetDouble());
        Assert.Equal(KnownData.Noon, samples["cpu"].GetProperty("at").GetDateTimeOffset());
    }

    [Fact]
    public async Task QueryMetrics_NothingMatches_IsNoDataAndASyntaxErrorIsAnError()
    {
        var nothing = await AskAsync("query_metrics", new { query = "nothing_here", time = KnownData.Noon });
        var wrong = await AskAsync("query_metrics", new { query = "sum(" });

        Assert.Equal(ToolStatus.NoData, nothing.Status);
        Assert.Null(nothing.Data);
        Assert.Equal((ToolStatus.Error, false), (wrong.Status, wrong.Transient));
        Assert.Contains("1:5: the query ends here", wrong.Message, StringComparison.Ordinal);
        Assert.Equal("sum(", wrong.Invocation);
    }

    [Fact]
    public async Task QueryMetricsRange_NoStep_GivesAtMost300Points()
    {
        var result = await AskAsync("query_metrics_range", new { query = "cpu", start = KnownData.Noon.AddHours(-1), end = KnownData.Noon.AddHours(1) });

        Assert.Equal(30, result.Data!.Value.GetProperty("step_seconds").GetInt32());
        var points = result.Data.Value.GetProperty("series")[0].GetProperty("points");
        Assert.Equal(241, points.GetArrayLength());
        Assert.Equal([KnownData.Noon.AddHours(-1).ToUnixTimeSeconds(), 0.25], points[0].EnumerateArray().Select(p => p.GetDouble()));
    }

    [Fact]
    public async Task ListMetrics_Selector_GivesNamesWithTheirLabels()
    {
        var result = await AskAsync("list_metrics", new { selector = "{service=\"orders\"}", start = KnownData.Noon.AddHours(-1), end = KnownData.Noon });

        var names = result.Data!.Value.GetProperty("metrics").EnumerateArray().Select(m => m.GetProperty("name").GetString());
        Assert.Equal(["cpu", "process_start_time_seconds", "shop_build_info"], names);
        Assert.Equal("[\"a\",\"b\"]", result.Data.Value.GetProperty("metrics")[0].GetProperty("labels").GetProperty("instance").GetRawText());
        Assert.Equal(3, result.Data.Value.GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task GetAlertRule_Known_GivesItsExpression()
    {
        var result = await AskAsync("get_alert_rule", new { alertname = "HighErrorRate" });

        var rule = Assert.Single(result.Data!.Value.GetProperty("rules").EnumerateArray());
        Assert.Equal("job:errors:ratio > 0.05", rule.GetProperty("expression").GetString());
        Assert.Equal(120, rule.GetProperty("for_seconds").GetDouble());
        Assert.Equal("shop", rule.GetProperty("group").GetString());
        Assert.Equal(ToolStatus.NoData, (await AskAsync("get_alert_rule", new { alertname = "Unknown" })).Status);
    }

    [Fact]
    public async Task FindChanges_VersionRollout_IsOneDeploymentAtItsTime()
    {
        var changes = await ChangesAsync(5, 15, "{service=\"orders\"}");

        var deployment = Assert.Single(changes, c => c.GetProperty("kind").GetString() == "deployment");
        Assert.Equal("orders changed from version 1.4.2 to 1.5.0", deployment.GetProperty("summary").GetString());
        Assert.Equal("orders", deployment.GetProperty("subject").GetString());
        Assert.InRange(deployment.GetProperty("at").GetDateTimeOffset(), KnownData.Noon.AddMinutes(10), KnownData.Noon.AddMinutes(10.5));
        Assert.Equal("{__name__=~\".+_build_info\",service=\"orders\"}", deployment.GetProperty("invocation").GetString());
        Assert.Contains("/graph?", deployment.GetProperty("link").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FindChanges_BackToWhatRanBefore_IsARollback()
    {
        var changes = await ChangesAsync(38, 50, "{service=\"orders\"}");

        var rollback = Assert.Single(changes);
        Assert.Equal(("rollback", "orders went back from version 1.5.0 to 1.4.2"), (rollback.GetProperty("kind").GetString(), rollback.GetProperty("summary").GetString()));
    }

    [Fact]
    public async Task FindChanges_GapInScraping_IsNoChange()
    {
        var result = await AskAsync("find_changes", new { start = KnownData.Noon.AddMinutes(1), end = KnownData.Noon.AddMinutes(55), selector = "{service=\"payment\"}" });

        Assert.Equal(ToolStatus.NoData, result.Status);
    }

    [Fact]
    public async Task FindChanges_ProcessRestart_IsARestartAtTheProcessOwnTime()
    {
        var changes = await ChangesAsync(5, 15, null);

        var restart = Assert.Single(changes, c => c.GetProperty("kind").GetString() == "restart");
        Assert.Equal("orders (orders-1) restarted at 12:10:00 UTC", restart.GetProperty("summary").GetString());
        Assert.Equal(KnownData.Noon.AddSeconds(600.25), restart.GetProperty("at").GetDateTimeOffset());
    }

    [Fact]
    public async Task FindChanges_NewThings_AreCreations()
    {
        var changes = await ChangesAsync(15, 35, null);

        Assert.Equal(
            ["cache (cache-1) started at 12:30:00 UTC", "database appeared with version 15"],
            changes.Select(c => c.GetProperty("summary").GetString()));
        Assert.All(changes, c => Assert.Equal("creation", c.GetProperty("kind").GetString()));
    }

    [Fact]
    public async Task FindChanges_KubernetesObjects_AreFoundByTheirCreation()
    {
        var changes = await ChangesAsync(5, 15, "{namespace=\"shop\"}");

        Assert.Equal(
            [("creation", "pod shop/orders-abc was created"), ("deployment", "replicaset shop/orders-5f was created")],
            changes.Select(c => (c.GetProperty("kind").GetString()!, c.GetProperty("summary").GetString()!)));
    }

    [Fact]
    public async Task FindChanges_WhereAllDataBegins_NothingIsNew()
    {
        var result = await AskAsync("find_changes", new { start = KnownData.Noon.AddMinutes(-90), end = KnownData.Noon.AddMinutes(5), selector = "{service=~\"orders|payment\"}" });

        Assert.Equal(ToolStatus.NoData, result.Status);
    }

    private async Task<List<JsonElement>> ChangesAsync(double fromMinute, double toMinute, string? selector)
    {
        var window = (start: KnownData.Noon.AddMinutes(fromMinute), end: KnownData.Noon.AddMinutes(toMinute));
        var result = await (selector is null
            ? AskAsync("find_changes", new { window.start, window.end })
            : AskAsync("find_changes", new { window.start, window.end, selector }));
        Assert.True(result.Status == ToolStatus.Success, result.Message);
        Assert.Null(result.Message);
        return [.. result.Data!.Value.GetProperty("changes").EnumerateArray()];
    }

    private Task<ToolResult> AskAsync(string name, object arguments) => catalog.InvokeAsync(
        new ToolRequest
        {
            Name = name,
            Caller = Callers.Everything(),
            Arguments = JsonSerializer.Serialize(arguments),
        },
        TestContext.Current.CancellationToken);
}
