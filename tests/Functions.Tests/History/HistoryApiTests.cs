using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Nightwatch.Adapters.Tests.Queries.History;

namespace Nightwatch.Functions.Tests.History;

/// <summary>The routes of an application's past over HTTP. The numbers themselves are tested in Adapters.Tests/Queries/History.</summary>
public sealed class HistoryApiTests(HistoryFixture history) : IClassFixture<HistoryFixture>
{
    private static readonly string LastHours = Window(3, 0);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Metrics_DefaultMetricsAndOneByName_HaveQueryLinkAndSeries()
    {
        using var owner = history.Owner();

        var all = await JsonAsync(owner, $"api/grafana/metrics/shop?{LastHours}&step=60");
        var one = await JsonAsync(owner, $"api/grafana/metrics/shop?{LastHours}&metric=process_resident_memory_bytes&component=orders&maxPoints=10");
        var average = await JsonAsync(owner, $"api/grafana/metrics/shop?{Window(190, 0)}&metric=Request%20rate&statistic=avg&step=300");

        Assert.Equal(("success", "prometheus"), (Text(all, "status"), Text(all, "source")));
        var metrics = all.GetProperty("data").GetProperty("metrics");
        Assert.Equal(["Request rate", "Neighbours"], metrics.EnumerateArray().Select(m => Text(m, "name")));
        Assert.Equal(181, metrics[0].GetProperty("series")[0].GetProperty("points").GetArrayLength());
        Assert.Contains("/graph?", Text(metrics[0], "link"), StringComparison.Ordinal);
        var memory = one.GetProperty("data").GetProperty("metrics")[0];
        Assert.Equal("process_resident_memory_bytes{application=\"shop\",service=\"orders\"}", Text(memory, "query"));
        Assert.InRange(memory.GetProperty("series")[0].GetProperty("points").GetArrayLength(), 2, 10);
        Assert.Equal(2, average.GetProperty("data").GetProperty("metrics")[0].GetProperty("series").GetArrayLength());
    }

    [Fact]
    public async Task Metrics_PageByPage_TheTokenLeadsOn()
    {
        using var owner = history.Owner();

        var first = await JsonAsync(owner, $"api/grafana/metrics/shop?{LastHours}&pageSize=2");
        var second = await JsonAsync(owner, $"api/grafana/metrics/shop?pageSize=2&continuationToken={Text(first, "continuationToken")}");

        Assert.Equal("Request rate", Text(Assert.Single(first.GetProperty("data").GetProperty("metrics").EnumerateArray()), "name"));
        Assert.Equal("Neighbours", Text(Assert.Single(second.GetProperty("data").GetProperty("metrics").EnumerateArray()), "name"));
        Assert.Equal(Text(first.GetProperty("data"), "start"), Text(second.GetProperty("data"), "start"));
        Assert.Null(Text(second, "continuationToken"));
    }

    [Fact]
    public async Task Logs_FilteredAndPaged_AreMaskedAndEachGivenOnce()
    {
        using var owner = history.Owner();

        var seen = new List<string>();
        var path = $"api/grafana/logs/shop?{LastHours}&level=error&limit=5&direction=forward";
        for (string? token = ""; token is not null;)
        {
            var page = await JsonAsync(owner, path + (token.Length > 0 ? $"&continuationToken={token}" : ""));
            seen.AddRange(page.GetProperty("data").GetProperty("lines").EnumerateArray().Select(l => Text(l, "line")!));
            token = Text(page, "continuationToken");
            Assert.True(seen.Count < 50);
        }

        Assert.Equal(Enumerable.Range(1, 12).Select(m => m * 10).Reverse().Select(m => $"level=error msg=\"login failed {m}\" password=[masked]"), seen);
    }

    [Fact]
    public async Task HealthEventsAndImpact_AnswerWithTheirNumbers()
    {
        using var owner = history.Owner();

        var health = (await JsonAsync(owner, $"api/applications/shop/health?{Window(12, 0)}&environment=production")).GetProperty("data");
        var events = (await JsonAsync(owner, $"api/applications/shop/events?{LastHours}&bucket=3600")).GetProperty("data");
        var impact = (await JsonAsync(owner, $"api/applications/shop/impact?{Window(2, 5 / 3d)}&baseline=hour-before&environment=production")).GetProperty("data");

        Assert.Equal("unhealthy", Text(health, "verdict"));
        Assert.Equal(2, health.GetProperty("objectives").GetArrayLength());
        Assert.Equal((120, 12), (events.GetProperty("total").GetInt32(), events.GetProperty("levels").GetProperty("error").GetInt32()));
        Assert.InRange(impact.GetProperty("estimated_failed_requests").GetDouble(), 5600, 6100);
        Assert.Equal("orders", Assert.Single(impact.GetProperty("affected_components").EnumerateArray()).GetString());
    }

    [Fact]
    public async Task LimitedCaller_GetsTheApplicationAndNothingElse()
    {
        using var limited = await history.TokenAsync(["read:metrics", "read:logs"], "shop");
        using var stranger = await history.TokenAsync(["read:metrics", "read:logs"], "else");

        var metrics = await JsonAsync(limited, $"api/grafana/metrics/shop?{LastHours}&environment=production");
        var logs = await JsonAsync(limited, $"api/grafana/logs/shop?{LastHours}");
        var health = await JsonAsync(limited, $"api/applications/shop/health?{LastHours}");
        var events = await JsonAsync(limited, $"api/applications/shop/events?{LastHours}");
        var impact = await JsonAsync(limited, $"api/applications/shop/impact?{LastHours}");
        using var free = await limited.PostAsJsonAsync("api/grafana/query/prometheus", new { query = "up" }, Stop);

        Assert.Contains("may only be", Text(metrics.GetProperty("data").GetProperty("metrics")[1], "error"), StringComparison.Ordinal);
        Assert.DoesNotContain("of others", logs.ToString(), StringComparison.Ordinal);
        Assert.All([health, events, impact], answer => Assert.Equal("success", Text(answer, "status")));
        Assert.Equal(HttpStatusCode.Forbidden, free.StatusCode);
        foreach (var path in Routes("shop"))
        {
            using var hidden = await stranger.GetAsync(path, Stop);
            using var absent = await stranger.GetAsync(path.Replace("shop", "none", StringComparison.Ordinal), Stop);
            Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (hidden.StatusCode, absent.StatusCode));
            Assert.Equal(await absent.Content.ReadAsStringAsync(Stop), (await hidden.Content.ReadAsStringAsync(Stop)).Replace("shop", "none", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task LimitedManager_CannotPointTheLabelsElsewhere()
    {
        using var owner = history.Owner();
        using var manager = await history.TokenAsync(["read:metrics", "read:logs", "manage:datasources"], "narrow");
        object Profile(object metrics, object? environments = null) => new { id = "narrow", name = "Narrow", metrics, environments = environments ?? Array.Empty<object>() };
        (await owner.PostAsJsonAsync("api/applications", Profile(new { labels = new { @namespace = "shop-staging" } }), Stop)).EnsureSuccessStatusCode();

        using var elsewhere = await manager.PutAsJsonAsync("api/applications/narrow", Profile(new { labels = new { @namespace = "other-prod" } }), Stop);
        using var named = await manager.PutAsJsonAsync("api/applications/narrow", Profile(new { labels = new { application = "other" } }), Stop);
        using var environment = await manager.PutAsJsonAsync("api/applications/narrow", Profile(new { labels = new { @namespace = "shop-staging" } }, new[] { new { name = "x", labels = new { @namespace = "other-prod" } } }), Stop);
        using var same = await manager.PutAsJsonAsync("api/applications/narrow", Profile(new { labels = new { @namespace = "shop-staging" } }), Stop);
        var seen = await JsonAsync(manager, $"api/grafana/metrics/narrow?{LastHours}&metric=http_requests_total");

        Assert.Equal([HttpStatusCode.Forbidden, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden, HttpStatusCode.OK], new[] { elsewhere, named, environment, same }.Select(a => a.StatusCode));
        var series = Assert.Single(seen.GetProperty("data").GetProperty("metrics")[0].GetProperty("series").EnumerateArray());
        Assert.Equal("shop-staging", series.GetProperty("labels").GetProperty("namespace").GetString());
    }

    [Fact]
    public async Task OtherTenant_FindsNoneOfThem()
    {
        using var other = history.Owner("two");
        foreach (var path in Routes("shop"))
        {
            using var answer = await other.GetAsync(path, Stop);

            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
    }

    [Theory]
    [InlineData("api/grafana/metrics/shop?start=yesterday", "start")]
    [InlineData("api/grafana/metrics/shop?step=0", "step")]
    [InlineData("api/grafana/metrics/shop?step=1&start=2026-11-01T00:00:00Z&end=2026-11-18T00:00:00Z", "step")]
    [InlineData("api/grafana/metrics/shop?maxPoints=1", "maxPoints")]
    [InlineData("api/grafana/metrics/shop?statistic=mode", "statistic")]
    [InlineData("api/grafana/metrics/shop?statistic=p95&start=2026-11-01T00:00:00Z&end=2026-11-18T00:00:00Z", "statistic")]
    [InlineData("api/grafana/metrics/shop?environment=nowhere", "environment")]
    [InlineData("api/grafana/metrics/shop?component=nobody", "component")]
    [InlineData("api/grafana/metrics/shop?pageSize=1001", "pageSize")]
    [InlineData("api/grafana/metrics/shop?continuationToken=x", "continuationToken")]
    [InlineData("api/grafana/logs/shop?limit=501", "limit")]
    [InlineData("api/grafana/logs/shop?direction=sideways", "direction")]
    [InlineData("api/applications/shop/events?bucket=1", "bucket")]
    [InlineData("api/applications/shop/events?bucket=60&start=2026-11-01T00:00:00Z&end=2026-11-18T00:00:00Z", "bucket")]
    [InlineData("api/applications/shop/health?start=2026-11-18T00:00:00Z&end=2026-11-17T00:00:00Z", "start")]
    [InlineData("api/applications/shop/impact?baseline=never", "baseline")]
    public async Task WrongParameter_IsRefusedByName(string path, string field)
    {
        using var owner = history.Owner();

        using var answer = await owner.GetAsync(path, Stop);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(Stop);

        Assert.Equal((HttpStatusCode.BadRequest, field), (answer.StatusCode, Text(problem, "field")));
        Assert.NotEqual("", Text(problem, "detail"));
    }

    [Theory]
    [InlineData("api/grafana/metrics/shop?datasource=none", HttpStatusCode.NotFound)]
    [InlineData("api/applications/shop/impact?incident=none", HttpStatusCode.NotFound)]
    [InlineData("api/applications/Not%20an%20id/health", HttpStatusCode.NotFound)]
    public async Task WhatIsNotThere_Is404(string path, HttpStatusCode expected)
    {
        using var owner = history.Owner();

        using var answer = await owner.GetAsync(path, Stop);

        Assert.Equal(expected, answer.StatusCode);
    }

    private static IEnumerable<string> Routes(string id) =>
        [$"api/grafana/metrics/{id}", $"api/grafana/logs/{id}", $"api/applications/{id}/health", $"api/applications/{id}/events", $"api/applications/{id}/impact"];

    private static string Window(double from, double to) => $"start={ShopPast.Ago(from):yyyy-MM-ddTHH:mm:ssZ}&end={ShopPast.Ago(to):yyyy-MM-ddTHH:mm:ssZ}";

    private static string? Text(JsonElement of, string name) => of.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static async Task<JsonElement> JsonAsync(HttpClient client, string path)
    {
        using var answer = await client.GetAsync(path, Stop);
        var json = await answer.Content.ReadFromJsonAsync<JsonElement>(Stop);
        Assert.True(answer.IsSuccessStatusCode, json.ToString());
        return json;
    }
}
