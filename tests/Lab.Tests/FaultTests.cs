using System.Globalization;
using System.Text.Json;

namespace Nightwatch.Lab.Tests;

/// <summary>Each fault moves what it is meant to move, in the component that is broken, and the rule that a person would expect takes notice.</summary>
[Collection("shop")]
public sealed class FaultTests(ShopFixture shop)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Healthy_CustomersAreServed()
    {
        await shop.UntilAsync("sum(rate(orders_created_total[10s]))", v => v > 1, Cancel);
        await shop.UntilAsync("sum(rate(http_client_requests_total{service=\"payment\", peer_service=\"database\", code=\"200\"}[10s]))", v => v > 1, Cancel);
        await shop.UntilAsync("max(shop_build_info{service=\"orders\", version=\"1.4.2\"})", v => v == 1, Cancel);
    }

    [Fact]
    public async Task Latency_OfPayment_ItsOwnTimeRises()
    {
        await shop.BreakAsync("payment", "latency", Cancel);

        await shop.UntilAsync("histogram_quantile(0.5, sum by (le) (rate(http_request_duration_seconds_bucket{service=\"payment\"}[20s])))", v => v > 0.9, Cancel);
        await AlertsAsync("ShopHighLatency", "payment");

        await shop.MendAsync("payment", Cancel);
    }

    [Fact]
    public async Task Errors_OfPayment_ItAnswers500AndOrders502()
    {
        await shop.BreakAsync("payment", "errors", Cancel);

        await shop.UntilAsync("sum(rate(http_requests_total{service=\"payment\", code=\"500\"}[10s]))", v => v > 0.5, Cancel);
        await shop.UntilAsync("sum(rate(http_requests_total{service=\"orders\", code=\"502\"}[10s]))", v => v > 0.5, Cancel);
        await AlertsAsync("ShopHighErrorRatio", "payment");
        Assert.Contains("basket_limit", await ErrorLogsAsync("payment"), StringComparison.Ordinal);

        await shop.MendAsync("payment", Cancel);
    }

    [Fact]
    public async Task Leak_OfOrders_MemoryGrowsAndComesBack()
    {
        await shop.UntilAsync("sum(rate(orders_created_total[10s]))", v => v > 1, Cancel);
        await shop.BreakAsync("orders", "leak", Cancel);

        await shop.UntilAsync("process_resident_memory_bytes{service=\"orders\"}", v => v > 170e6, Cancel);
        await AlertsAsync("ShopMemoryGrowing", "orders");

        await shop.MendAsync("orders", Cancel);
        await shop.UntilAsync("process_resident_memory_bytes{service=\"orders\"}", v => v < 160e6, Cancel);
    }

    [Fact]
    public async Task Dependency_TheDatabaseRefusesAndItsCallersSuffer()
    {
        await shop.BreakAsync("database", "dependency", Cancel);

        await shop.UntilAsync("sum(rate(db_queries_total{outcome=\"refused\"}[10s]))", v => v > 0.5, Cancel);
        await shop.UntilAsync("sum(rate(http_client_requests_total{service=\"orders\", peer_service=\"database\", code=\"503\"}[10s]))", v => v > 0.5, Cancel);
        await AlertsAsync("ShopHighErrorRatio", "database");
        await AlertsAsync("ShopDependencyErrors", "payment");

        await shop.MendAsync("database", Cancel);
    }

    [Fact]
    public async Task Deployment_OfOrders_TheNewReleaseFailsAndTheOldOneIsWell()
    {
        var before = await shop.UntilAsync("process_start_time_seconds{service=\"orders\"}", _ => true, Cancel);
        await shop.ReleaseAsync("orders", "1.5.0", Cancel);

        await shop.UntilAsync("shop_build_info{service=\"orders\", version=\"1.5.0\"}", v => v == 1, Cancel);
        await shop.UntilAsync("process_start_time_seconds{service=\"orders\"}", v => v > before, Cancel);
        await shop.UntilAsync("sum(rate(http_requests_total{service=\"orders\", code=\"500\"}[10s]))", v => v > 0.5, Cancel);
        await AlertsAsync("ShopHighErrorRatio", "orders");
        Assert.Contains("LoyaltyDiscount", await ErrorLogsAsync("orders"), StringComparison.Ordinal);

        await shop.ReleaseAsync("orders", "1.4.2", Cancel);
        await shop.HealthyAsync(Cancel);
    }

    [Theory]
    [InlineData("{service=\"orders\"", 400)]
    [InlineData("{}", 400)]
    [InlineData("sum(rate({service=\"orders\"}[1m]))", 200)]
    [InlineData("sum by (level) (count_over_time({service=\"orders\"} |= `a` [1h30m]))", 200)]
    [InlineData("avg_over_time({service=\"orders\"} | unwrap x [1m])", 400)]
    [InlineData("count_over_time({service=\"orders\"}[1m]", 400)]
    [InlineData("{service=\"orders\"} | json", 400)]
    [InlineData("{service=~\"(\"}", 400)]
    [InlineData("{service=~\"orders|payment\", level!=\"debug\"} |= `started` !~ \"[0-9]{9}\"", 200)]
    public async Task Logs_Query_AnsweredOrRefusedAsLokiWould(string query, int status) =>
        Assert.Equal(status, await shop.StatusAsync("logs", $"loki/api/v1/query_range?query={Uri.EscapeDataString(query)}", Cancel));

    [Fact]
    public async Task Logs_CountOfStarts_IsThatOfTheLines()
    {
        const string Lines = "{service=\"orders\"} |= `started`";

        var lines = await shop.GetAsync("logs", $"loki/api/v1/query_range?limit=5000&query={Uri.EscapeDataString(Lines)}", Cancel);
        var counted = await shop.GetAsync("logs", $"loki/api/v1/query?query={Uri.EscapeDataString($"sum by (service) (count_over_time({Lines} [1h]))")}", Cancel);

        using var read = JsonDocument.Parse(lines);
        using var count = JsonDocument.Parse(counted);
        var expected = read.RootElement.GetProperty("data").GetProperty("result").EnumerateArray().Sum(s => s.GetProperty("values").GetArrayLength());
        var sample = count.RootElement.GetProperty("data").GetProperty("result")[0];
        Assert.True(expected > 0);
        Assert.Equal("orders", sample.GetProperty("metric").GetProperty("service").GetString());
        Assert.True(int.Parse(sample.GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture) >= expected);
    }

    [Fact]
    public async Task Logs_LabelsAndFilters_SelectLines()
    {
        const string Query = "{service=~\"orders|payment\", level!=\"debug\"} |= `started` != \"payment\"";

        var answer = await shop.GetAsync("logs", $"loki/api/v1/query_range?direction=forward&limit=1&query={Uri.EscapeDataString(Query)}", Cancel);

        Assert.Contains("\"service\":\"orders\"", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("\"service\":\"payment\"", answer, StringComparison.Ordinal);
        Assert.Contains("database", await shop.GetAsync("logs", "loki/api/v1/label/service/values", Cancel), StringComparison.Ordinal);
    }

    private async Task AlertsAsync(string name, string service) =>
        await shop.UntilAsync($"ALERTS{{alertname=\"{name}\", service=\"{service}\"}}", v => v == 1, Cancel);

    private async Task<string> ErrorLogsAsync(string service) =>
        await shop.GetAsync("logs", $"loki/api/v1/query_range?query={Uri.EscapeDataString($"{{service=\"{service}\", level=\"error\"}}")}", Cancel);
}
