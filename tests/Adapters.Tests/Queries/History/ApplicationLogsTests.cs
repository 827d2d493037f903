using System.Text.Json;
using Nightwatch.Domain.Tools;

namespace Nightwatch.Adapters.Tests.Queries.History;

public sealed class ApplicationLogsTests(ShopHistory shop) : IClassFixture<ShopHistory>
{
    private const string Tool = "query_application_logs";

    [Theory]
    [InlineData("backward", 7)]
    [InlineData("forward", 7)]
    [InlineData("backward", 1)]
    [InlineData("forward", 60)]
    [InlineData("backward", 25)]
    public async Task Pages_WhereManyLinesShareOneTime_GiveEachLineOnce(string direction, int limit)
    {
        var seen = new List<string>();
        string? token = null;
        do
        {
            var data = await shop.DataAsync(Tool, new { application = "shop", start = ShopPast.Ago(40), end = ShopPast.Ago(23.5), limit, direction, continuation_token = token ?? "" }.Without(token is null));
            var lines = data.GetProperty("lines").EnumerateArray().Select(l => l.GetProperty("line").GetString()!).ToList();
            Assert.InRange(lines.Count, 0, limit);
            seen.AddRange(lines);
            token = data.GetProperty("continuation_token").GetString();
        }
        while (token is not null && seen.Count < 200);

        // 25 at one time and one each minute from 24 to 23.5 hours ago.
        Assert.Equal(56, seen.Count);
        Assert.Equal(56, seen.Distinct().Count());
        Assert.Equal(25, seen.Count(l => l.StartsWith("crowd", StringComparison.Ordinal)));
        Assert.Equal(direction == "forward", seen[0].StartsWith("crowd", StringComparison.Ordinal));
    }

    [Fact]
    public async Task LevelAndText_AreFiltersOfTheTree()
    {
        var level = await shop.DataAsync(Tool, new { application = "shop", level = "error", start = ShopPast.Ago(2), end = ShopPast.Ago(1), limit = 500 });
        var text = await shop.DataAsync(Tool, new { application = "shop", contains = "refused 5", start = ShopPast.Ago(3), end = ShopPast.Ago(1) });
        var escape = await shop.DataAsync(Tool, new { application = "shop", contains = "x\" or {app=\"other\"} |= `", start = ShopPast.Ago(3), end = ShopPast.End });

        Assert.Equal(67, level.GetProperty("lines").GetArrayLength());
        Assert.Contains("| json level=\"level\" | level =~", level.GetProperty("query").GetString(), StringComparison.Ordinal);
        Assert.Equal(11, text.GetProperty("lines").GetArrayLength());
        Assert.Equal("{app=\"shop\"} |= \"x\\\" or {app=\\\"other\\\"} |= `\"", escape.GetProperty("query").GetString());
        Assert.Equal(0, escape.GetProperty("lines").GetArrayLength());
    }

    [Fact]
    public async Task LimitedCaller_ReadsTheLinesOfTheApplicationOnly()
    {
        var own = await shop.DataAsync(Tool, new { application = "shop", start = ShopPast.Ago(2), end = ShopPast.End, limit = 5000 }, ShopHistory.Limited);
        var other = await shop.AskAsync(Tool, new { application = "lost" }, ShopHistory.Limited);
        var environment = await shop.DataAsync(Tool, new { application = "shop", environment = "production", start = ShopPast.Ago(2), end = ShopPast.End }, ShopHistory.Limited);

        Assert.True(own.GetProperty("lines").GetArrayLength() > 100);
        Assert.DoesNotContain("a secret of others", own.ToString(), StringComparison.Ordinal);
        Assert.Equal(ToolFaultKind.NotFound, other.Fault!.Kind);
        Assert.Equal("{app=\"shop\", namespace=\"shop-prod\"}", environment.GetProperty("query").GetString());
        Assert.Equal(0, environment.GetProperty("lines").GetArrayLength());
    }

    [Fact]
    public async Task Limits_AreNamed()
    {
        var limit = await shop.AskAsync(Tool, new { application = "shop", limit = 10_001 });
        var token = await shop.AskAsync(Tool, new { application = "shop", continuation_token = "e30" });

        Assert.Equal(("limit", "continuation_token"), (limit.Fault!.Argument, token.Fault!.Argument));
        Assert.Contains("MAX_QUERY_RESULTS", limit.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_KnownLines_AreCountedByLevelWithThePeakHour()
    {
        var data = await shop.DataAsync("count_log_events", new { application = "shop", start = ShopPast.Ago(24), end = ShopPast.End });

        // The line at the very start is before the first bucket, which is open at its start: 1439 lines, every tenth an error, and 60 more; 5 of plain text.
        var levels = data.GetProperty("levels").EnumerateObject().ToDictionary(l => l.Name, l => l.Value.GetInt32());
        Assert.Equal(new Dictionary<string, int> { ["error"] = 143 + 60, ["info"] = 1439 - 143, ["unknown"] = 5 }, levels);
        Assert.Equal(1439 + 65, data.GetProperty("total").GetInt32());
        Assert.Equal(24, data.GetProperty("buckets").GetArrayLength());
        var peak = data.GetProperty("peak_hour");
        Assert.Equal((ShopPast.Ago(2), 120), (peak.GetProperty("start").GetDateTimeOffset(), peak.GetProperty("count").GetInt32()));
        Assert.Equal("sum by (level) (count_over_time({app=\"shop\"} | json level=\"level\" | __error__ = \"\" [1h]))", data.GetProperty("queries")[1].GetProperty("query").GetString());
    }

    [Fact]
    public async Task Events_WindowThatIsNoWholeNumberOfBuckets_CountsTheRestToo()
    {
        var odd = await shop.DataAsync("count_log_events", new { application = "shop", start = ShopPast.Ago(2.25), end = ShopPast.Ago(0.5), bucket_seconds = 3600 });
        var lost = await shop.AskAsync("count_log_events", new { application = "lost", start = ShopPast.Ago(2), end = ShopPast.End });
        var bucket = await shop.AskAsync("count_log_events", new { application = "shop", start = ShopPast.Ago(100), end = ShopPast.End, bucket_seconds = 60 });

        Assert.Equal([45 + 60, 60], odd.GetProperty("buckets").EnumerateArray().Select(b => b.GetProperty("total").GetInt32()));
        Assert.Equal((0, JsonValueKind.Null), (lost.Data!.Value.GetProperty("total").GetInt32(), lost.Data.Value.GetProperty("peak_hour").ValueKind));
        Assert.Contains("no line was logged", lost.Message, StringComparison.Ordinal);
        Assert.Equal("bucket_seconds", bucket.Fault!.Argument);
    }

    [Fact]
    public async Task QueryLogs_MetricQuery_GivesSeries()
    {
        var data = await shop.DataAsync("query_logs", new { query = "sum by (service) (count_over_time({app=\"shop\"}[1h]))", start = ShopPast.Ago(2), end = ShopPast.End, step_seconds = 3600 });
        var wrong = await shop.AskAsync("query_logs", new { query = "{app=\"shop\"}", start = ShopPast.Ago(2), end = ShopPast.End, step_seconds = 3600 });
        var failing = await shop.AskAsync("query_logs", new { query = "sum(count_over_time({app=\"shop\"} | json [12h]))", start = ShopPast.Ago(2), end = ShopPast.End });

        var series = Assert.Single(data.GetProperty("series").EnumerateArray());
        Assert.Equal("orders", series.GetProperty("labels").GetProperty("service").GetString());
        Assert.Equal([60, 120, 59], series.GetProperty("points").EnumerateArray().Select(p => p[1].GetInt32()));
        Assert.Equal("step_seconds", wrong.Fault!.Argument);
        Assert.Equal(ToolFaultKind.Refused, failing.Fault!.Kind);
        Assert.Contains("JSONParserErr", failing.Message, StringComparison.Ordinal);
    }
}
