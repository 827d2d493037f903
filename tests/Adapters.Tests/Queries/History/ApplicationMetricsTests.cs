using System.Globalization;
using System.Text.Json;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Tools;

namespace Nightwatch.Adapters.Tests.Queries.History;

public sealed class ApplicationMetricsTests(ShopHistory shop) : IClassFixture<ShopHistory>
{
    private const string Tool = "query_application_metrics";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task DefaultMetrics_OneOfThemBroken_TheOthersGoOn()
    {
        var data = await shop.DataAsync(Tool, new { application = "shop", start = ShopPast.Ago(5), end = ShopPast.Ago(4), step_seconds = 60 });

        var metrics = Named(data);
        Assert.Equal(["Broken", "Everybody", "Neighbours", "Request rate"], metrics.Keys.Order());
        Assert.Contains("cannot be read", metrics["Broken"].GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal([11, 5], Values(metrics["Request rate"]).Select(v => Math.Round(v[30], 6)));
        Assert.Equal(100, Math.Round(Values(metrics["Neighbours"])[0][0], 6));
        Assert.Equal("sum by (service) (rate(http_requests_total{application=\"shop\"}[5m]))", metrics["Request rate"].GetProperty("query").GetString());
        Assert.Contains("/graph?g0.expr=sum", metrics["Request rate"].GetProperty("link").GetString(), StringComparison.Ordinal);
        Assert.Equal(61, metrics["Request rate"].GetProperty("series")[0].GetProperty("points").GetArrayLength());
    }

    [Fact]
    public async Task LimitedCaller_QueriesOfOthers_GiveNothingOfThem()
    {
        var data = await shop.DataAsync(Tool, new { application = "shop", environment = "production", start = ShopPast.Ago(5), end = ShopPast.Ago(4) }, ShopHistory.Limited);
        var whole = await shop.DataAsync(Tool, new { application = "shop", start = ShopPast.Ago(5), end = ShopPast.Ago(4) }, ShopHistory.Limited);

        var metrics = Named(data);
        Assert.Contains("'namespace' may only be \"shop-prod\"", metrics["Neighbours"].GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal([10, 5], Values(metrics["Request rate"]).Select(v => Math.Round(v[30], 6)));
        Assert.Equal("shop", Assert.Single(metrics["Everybody"].GetProperty("series").EnumerateArray()).GetProperty("labels").GetProperty("application").GetString());
        Assert.Contains("application=\"shop\",namespace=\"shop-prod\"", metrics["Everybody"].GetProperty("query").GetString(), StringComparison.Ordinal);
        Assert.Empty(Named(whole)["Neighbours"].GetProperty("series").EnumerateArray());
        Assert.DoesNotContain("other-prod\"}", whole.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("\"application\":\"other\"", whole.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task LimitedCaller_OtherApplicationsAndProfilesWithoutLabels_AreClosed()
    {
        var other = await shop.AskAsync(Tool, new { application = "bare" }, ShopHistory.Limited);
        var absent = await shop.AskAsync(Tool, new { application = "no-such" }, ShopHistory.Limited);
        var unmapped = await shop.AskAsync(Tool, new { application = "unmapped" }, new Scope { Applications = ["unmapped"] });
        var environment = await shop.AskAsync(Tool, new { application = "shop" }, new Scope { Environments = ["staging"] });
        var closed = await shop.AskAsync(Tool, new { application = "shop", environment = "production" }, new Scope { Environments = ["staging"] });
        var open = await shop.DataAsync(Tool, new { application = "shop", environment = "staging", metric = "Everybody", start = ShopPast.Ago(5), end = ShopPast.Ago(4) }, new Scope { Environments = ["staging"] });

        Assert.Equal(("There is no application bare.", ToolFaultKind.NotFound), (other.Message, other.Fault!.Kind));
        Assert.Equal("There is no application no-such.", absent.Message);
        Assert.Equal(ToolFaultKind.NotOpen, unmapped.Fault!.Kind);
        Assert.Contains("name one of staging", environment.Message, StringComparison.Ordinal);
        Assert.Equal("environment", closed.Fault!.Argument);
        Assert.Equal(1, Math.Round(Values(Named(open)["Everybody"])[0][0], 6));
    }

    [Theory]
    [InlineData("half_gauge", "half_gauge{application=\"shop\",service=\"orders\"}")]
    [InlineData("http_requests_total", "rate(http_requests_total{application=\"shop\",service=\"orders\"}[5m])")]
    [InlineData("x\"} or vector(1) #", "{__name__=\"x\\\"} or vector(1) #\",application=\"shop\",service=\"orders\"}")]
    public async Task Metric_ByItsOwnName_IsSelectedWithTheLabelsThroughTheTree(string metric, string expected)
    {
        var data = await shop.DataAsync(Tool, new { application = "bare", component = "orders", metric, start = ShopPast.Ago(10), end = ShopPast.Ago(9) });

        var asked = Assert.Single(Named(data)).Value;
        Assert.Equal((expected, "metric"), (asked.GetProperty("query").GetString(), asked.GetProperty("origin").GetString()));
        Assert.Equal(metric.Contains(' ', StringComparison.Ordinal) ? 0 : metric[0] == 'h' && metric[1] == 'a' ? 1 : 3, asked.GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task NoDefaultMetrics_GoldenSignals_AreDerivedFromTheSource()
    {
        var data = await shop.DataAsync(Tool, new { application = "bare", environment = "production", start = ShopPast.Ago(5), end = ShopPast.Ago(4) });

        var metrics = data.GetProperty("metrics").EnumerateArray().ToList();
        Assert.All(metrics, m => Assert.True(m.GetProperty("error").ValueKind == JsonValueKind.Null && m.GetProperty("total").GetInt32() > 0, m.ToString()));
        Assert.Equal(["golden.errors", "golden.latency", "golden.rate", "process.cpu", "process.memory"], metrics.Select(m => m.GetProperty("name").GetString()).Order());
        Assert.Equal(0.01, Math.Round(Values(metrics.Single(m => m.GetProperty("name").GetString() == "golden.errors"))[0][5], 6));
        Assert.Equal(0.5, Math.Round(Values(metrics.Single(m => m.GetProperty("name").GetString() == "process.cpu"))[0][5], 6));
    }

    [Fact]
    public async Task LongWindow_IsAskedInPartsAndGivesWhatOneQueryWouldGive()
    {
        var window = new TimeWindow(ShopPast.Start.AddMinutes(10), ShopPast.End);
        var data = await shop.DataAsync(Tool, new { application = "shop", metric = "Request rate", start = window.Start, end = window.End, step_seconds = 1800 });

        var asked = Named(data)["Request rate"];
        var whole = (await shop.Metrics.QueryRangeAsync(asked.GetProperty("query").GetString()!, window, TimeSpan.FromMinutes(30), Stop)).Items.OrderBy(s => s.Labels["service"]).ToList();
        Assert.Contains("2 parts", asked.GetProperty("warnings")[0].GetString(), StringComparison.Ordinal);
        Assert.Equal(2, whole.Count);
        for (var i = 0; i < 2; i++)
        {
            var points = asked.GetProperty("series")[i].GetProperty("points").EnumerateArray().ToList();
            Assert.Equal(whole[i].Points.Select(p => (double)p.At.ToUnixTimeSeconds()), points.Select(p => p[0].GetDouble()));
            Assert.Equal(whole[i].Points.Select(p => p.Value), points.Select(p => p[1].GetDouble()));
        }
    }

    [Theory]
    [InlineData("avg")]
    [InlineData("min")]
    [InlineData("max")]
    [InlineData("sum")]
    [InlineData("count")]
    public async Task Statistic_OverALongWindow_IsThatOfTheUndividedWindow(string statistic)
    {
        var data = await shop.DataAsync(Tool, new { application = "shop", metric = "Request rate", statistic, start = ShopPast.Ago(190.5), end = ShopPast.End, step_seconds = 300 });

        var asked = Named(data)["Request rate"];
        var whole = (await shop.Metrics.QueryAsync($"{statistic}_over_time(sum by (service) (rate(http_requests_total{{application=\"shop\"}}[5m]))[685799s:5m])", ShopPast.End, Stop)).Items;
        Assert.Contains("2 parts", asked.GetProperty("warnings")[0].GetString(), StringComparison.Ordinal);
        Assert.Equal(whole.OrderBy(s => s.Labels["service"]).Select(s => Rounded(s.Value)), Values(asked).Select(v => Rounded(v[0])));
    }

    [Fact]
    public async Task Statistic_ThatIsNotMadeOfParts_IsRefusedBeyondTheLongestRangeOnly()
    {
        var refused = await shop.AskAsync(Tool, new { application = "shop", statistic = "p95", start = ShopPast.Ago(190), end = ShopPast.End });
        var short1 = await shop.DataAsync(Tool, new { application = "shop", metric = "Request rate", statistic = "p95", start = ShopPast.Ago(24), end = ShopPast.Ago(3) });

        Assert.Equal("statistic", refused.Fault!.Argument);
        Assert.Contains("MAX_QUERY_RANGE_HOURS", refused.Message, StringComparison.Ordinal);
        Assert.Equal([11, 5], Values(Named(short1)["Request rate"]).Select(v => Math.Round(v[0], 3)));
    }

    [Fact]
    public async Task MaxPoints_PeakOfMinutesInADay_IsKept()
    {
        var data = await shop.DataAsync(Tool, new { application = "shop", component = "orders", metric = "process_resident_memory_bytes", start = ShopPast.Ago(24), end = ShopPast.End, max_points = 20, step_seconds = 60 });

        var asked = Assert.Single(Named(data)).Value;
        var values = Assert.Single(Values(asked));
        Assert.True(values.Count <= 20, $"{values.Count} points");
        Assert.Equal((200e6, 99e6), (values.Max(), values.Min()));
        Assert.Contains("down-sampled", asked.GetProperty("warnings")[0].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_OneSeriesEach_GiveEverySeriesOnce()
    {
        var seen = new List<string>();
        string? token = null;
        for (var page = 0; page < 10; page++)
        {
            var data = await shop.DataAsync(Tool, new { application = "shop", start = ShopPast.Ago(5), end = ShopPast.Ago(4), page_size = 1, continuation_token = token ?? "" }.Without(token is null));
            seen.AddRange(data.GetProperty("metrics").EnumerateArray().SelectMany(m => m.GetProperty("series").EnumerateArray().Select(s => m.GetProperty("name").GetString() + s.GetProperty("labels"))));
            token = data.GetProperty("continuation_token").GetString();
            if (token is null)
            {
                break;
            }
        }

        Assert.Null(token);
        Assert.Equal(5, seen.Count);
        Assert.Equal(5, seen.Distinct().Count());
    }

    [Theory]
    [InlineData("metric", "no such metric here", "unmapped")]
    [InlineData("continuation_token", "nonsense", "shop")]
    [InlineData("environment", "nowhere", "shop")]
    [InlineData("component", "nobody", "shop")]
    [InlineData("source", "elsewhere", "shop")]
    public async Task WrongArgument_IsNamed(string argument, string value, string application)
    {
        var result = await shop.AskAsync(Tool, new Dictionary<string, string> { ["application"] = application, [argument] = value });

        Assert.Equal((ToolStatus.Error, argument), (result.Status, result.Fault?.Argument));
    }

    [Fact]
    public async Task LongStepsAndWindows_OutOfBounds_AreRefusedByName()
    {
        var points = await shop.AskAsync(Tool, new { application = "shop", start = ShopPast.Start, end = ShopPast.End, step_seconds = 1 });
        var order = await shop.AskAsync(Tool, new { application = "shop", start = ShopPast.End, end = ShopPast.Start });
        var far = await shop.AskAsync(Tool, new { application = "shop", start = "1990-01-01T00:00:00Z", end = ShopPast.Start });
        var permission = await shop.AskAsync(Tool, new { application = "shop" }, null, Permission.ReadLogs);

        Assert.Equal(["step_seconds", "start", "start"], new[] { points, order, far }.Select(r => r.Fault!.Argument));
        Assert.Contains("read:metrics", permission.Message, StringComparison.Ordinal);
    }

    internal static Dictionary<string, JsonElement> Named(JsonElement data) => data.GetProperty("metrics").EnumerateArray().ToDictionary(m => m.GetProperty("name").GetString()!);

    internal static List<List<double>> Values(JsonElement metric) =>
        [.. metric.GetProperty("series").EnumerateArray().Select(s => s.GetProperty("points").EnumerateArray().Select(p => p[1].GetDouble()).ToList())];

    private static string Rounded(double value) => value.ToString("G9", CultureInfo.InvariantCulture);
}

internal static class Arguments
{
    /// <summary>Without the continuation token, when so.</summary>
    public static Dictionary<string, object?> Without(this object arguments, bool isFirst) => arguments.GetType().GetProperties()
        .Where(p => !isFirst || p.Name != "continuation_token").ToDictionary(p => p.Name, p => p.GetValue(arguments));
}
