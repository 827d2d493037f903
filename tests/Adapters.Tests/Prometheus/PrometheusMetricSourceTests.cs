using Nightwatch.Adapters.Tests.Fakes;
using Nightwatch.Domain.Datasources;
using Nightwatch.Support;

namespace Nightwatch.Adapters.Tests.Prometheus;

[Collection(KnownDataSet.Name)]
public sealed class PrometheusMetricSourceTests(KnownData data)
{
    private static readonly TimeWindow LastHour = new(KnownData.Noon.AddHours(-1), KnownData.Noon);

    private readonly IMetricSource source = Sources.Get<IMetricSource>(("PROMETHEUS_URL", data.Url.AbsoluteUri), ("PROMETHEUS_EXTERNAL_URL", "https://prometheus.example/base"));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Query_Vector_GivesEachSeriesItsValue()
    {
        var answer = await source.QueryAsync("cpu", KnownData.Noon, Cancel);

        Assert.Equal([0.25, 0.75], answer.Items.OrderBy(s => s.Labels["instance"], StringComparer.Ordinal).Select(s => s.Value));
        Assert.All(answer.Items, s => Assert.Equal("orders", s.Labels["service"]));
        Assert.All(answer.Items, s => Assert.Equal(KnownData.Noon, s.At));
    }

    [Fact]
    public async Task Query_NanAndInfinities_AreKept()
    {
        var answer = await source.QueryAsync("odd", KnownData.Noon, Cancel);

        var byKind = answer.Items.ToDictionary(s => s.Labels["kind"], s => s.Value);
        Assert.Equal(double.NaN, byKind["nan"]);
        Assert.Equal(double.PositiveInfinity, byKind["plus"]);
        Assert.Equal(double.NegativeInfinity, byKind["minus"]);
    }

    [Fact]
    public async Task Query_Scalar_IsOneSampleWithoutLabels()
    {
        var sample = Assert.Single((await source.QueryAsync("1 + 1.5", KnownData.Noon, Cancel)).Items);

        Assert.Equal(2.5, sample.Value);
        Assert.Empty(sample.Labels);
    }

    [Fact]
    public async Task Query_RangeSelector_GivesEverySampleInIt()
    {
        var answer = await source.QueryAsync("cpu{instance=\"a\"}[1m]", KnownData.Noon, Cancel);

        Assert.Equal([-60, -45, -30, -15, 0], answer.Items.Select(s => (s.At - KnownData.Noon).TotalSeconds));
    }

    [Fact]
    public async Task Query_NothingMatches_IsEmpty() => Assert.Empty((await source.QueryAsync("nothing_here", KnownData.Noon, Cancel)).Items);

    [Fact]
    public async Task Query_Text_IsBadRequest()
    {
        var failure = await Assert.ThrowsAsync<SourceException>(() => source.QueryAsync("\"text\"", KnownData.Noon, Cancel));

        Assert.Equal(SourceFailure.BadRequest, failure.Failure);
    }

    [Fact]
    public async Task Query_SyntaxError_IsBadRequestInPrometheusWords()
    {
        var failure = await Assert.ThrowsAsync<SourceException>(() => source.QueryAsync("sum(", KnownData.Noon, Cancel));

        Assert.Equal(SourceFailure.BadRequest, failure.Failure);
        Assert.Contains("parse error", failure.Message, StringComparison.Ordinal);
        Assert.Equal("prometheus", failure.SourceName);
    }

    [Fact]
    public async Task Query_ManyToManyMatch_IsBadRequest()
    {
        var failure = await Assert.ThrowsAsync<SourceException>(() => source.QueryAsync("cpu * on (service) cpu", KnownData.Noon, Cancel));

        Assert.Equal(SourceFailure.BadRequest, failure.Failure);
        Assert.Contains("many-to-many", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Query_LongerThanAnAddressMayBe_IsAnswered()
    {
        var query = string.Join(" or ", Enumerable.Range(0, 400).Select(i => $"cpu{{instance=\"none{i}\"}}")) + " or cpu";

        Assert.Equal(2, (await source.QueryAsync(query, KnownData.Noon, Cancel)).Items.Count);
    }

    [Fact]
    public async Task QueryRange_Gap_HasNoPointsInIt()
    {
        var series = Assert.Single((await source.QueryRangeAsync("sparse", LastHour, TimeSpan.FromSeconds(60), Cancel)).Items);

        Assert.Equal(LastHour.Start, series.Points[0].At);
        Assert.Equal(LastHour.End, series.Points[^1].At);
        // Ten minutes without samples, of which Prometheus bridges five.
        Assert.DoesNotContain(series.Points, p => p.At > KnownData.Noon.AddMinutes(-4) && p.At < KnownData.Noon);
        Assert.All(series.Points, p => Assert.Equal(1, p.Value));
    }

    [Fact]
    public async Task QueryRange_TooManyPoints_IsBadRequest()
    {
        var failure = await Assert.ThrowsAsync<SourceException>(() => source.QueryRangeAsync("cpu", LastHour, TimeSpan.FromSeconds(0.1), Cancel));

        Assert.Equal(SourceFailure.BadRequest, failure.Failure);
        Assert.Contains("11,000", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FindSeries_SeveralSelectors_GivesLabelSetsUpToTheLimit()
    {
        var all = await source.FindSeriesAsync(["cpu", "odd"], LastHour, 100, Cancel);
        var some = await source.FindSeriesAsync(["cpu", "odd"], LastHour, 3, Cancel);

        Assert.Equal(5, all.Items.Count);
        Assert.Empty(all.Notes);
        Assert.Equal(3, some.Items.Count);
        Assert.Contains("3 of 5", Assert.Single(some.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ListAlertingRules_LeavesRecordingRulesOut()
    {
        var rule = Assert.Single(await source.ListAlertingRulesAsync(Cancel));

        Assert.Equal(("HighErrorRate", "job:errors:ratio > 0.05", TimeSpan.FromMinutes(2), "shop"), (rule.Name, rule.Expression, rule.Duration, rule.Group));
        Assert.Equal("critical", rule.Labels["severity"]);
    }

    [Fact]
    public void LinkTo_IsTheGraphPageOverTheWindow()
    {
        var link = source.LinkTo("rate(errors_total{a=\"b&c\"}[5m])", LastHour);

        Assert.Equal(
            "https://prometheus.example/base/graph?g0.expr=rate%28errors_total%7Ba%3D%22b%26c%22%7D%5B5m%5D%29&g0.tab=0&g0.range_input=3600s&g0.end_input=2026-11-18%2012%3A00%3A00",
            link.AbsoluteUri);
    }

    [Fact]
    public async Task ListMetadata_OfAScrapedTarget_GivesTypeAndHelp()
    {
        await using var target = await FakeServer.StartAsync(
            FakeServer.Text("# HELP orders_total Orders taken.\n# TYPE orders_total counter\norders_total 7\n", "text/plain; version=0.0.4"),
            Cancel);
        var configuration = $$"""
            global: {scrape_interval: 1s}
            scrape_configs: [{job_name: shop, static_configs: [{targets: ["{{target.Url.Authority}}"]}]}]
            """;
        await using var server = await PrometheusServer.StartAsync(configuration, null, Cancel);
        var live = Sources.Get<IMetricSource>(("PROMETHEUS_URL", server.Url.AbsoluteUri));

        var metadata = await Eventually.GetAsync(() => live.ListMetadataAsync(Cancel), m => m.Any(x => x.Name == "orders_total"));

        Assert.Equal(new MetricMetadata("orders_total", "counter", "Orders taken.", ""), metadata.Single(m => m.Name == "orders_total"));
    }
}
