using System.Diagnostics;
using System.Diagnostics.Metrics;
using Nightwatch.Adapters.MetricsEndpoint;
using Nightwatch.Adapters.Tests.Fakes;
using Nightwatch.Domain.Datasources;
using Nightwatch.Support;

namespace Nightwatch.Adapters.Tests.MetricsEndpoint;

public sealed class MetricsTextTests : IDisposable
{
    // Each test listens to a meter of its own, so that tests side by side do not meet.
    private readonly string meterName = $"Nightwatch.Test{Guid.NewGuid():N}";
    private readonly Meter meter;
    private readonly MetricsText metrics;

    public MetricsTextTests()
    {
        meter = new Meter(meterName);
        metrics = new MetricsText(meterName);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        metrics.Dispose();
        meter.Dispose();
    }

    [Fact]
    public void Render_Counter_AddsUpByLabelsWhateverTheirOrder()
    {
        var counter = meter.CreateCounter<long>("nightwatch.alerts.received", "{alert}", "Alerts\nreceived.");
        counter.Add(2, new("source", "grafana"), new("ok", true));
        counter.Add(3, new("ok", true), new KeyValuePair<string, object?>("source", "grafana"));
        counter.Add(1, new KeyValuePair<string, object?>("source", "a\"b\\c\nd"));

        var text = metrics.Render();

        Assert.Contains("# HELP nightwatch_alerts_received_total Alerts\\nreceived.\n# TYPE nightwatch_alerts_received_total counter\n", text, StringComparison.Ordinal);
        Assert.Contains("nightwatch_alerts_received_total{ok=\"true\",source=\"grafana\"} 5\n", text, StringComparison.Ordinal);
        Assert.Contains("nightwatch_alerts_received_total{source=\"a\\\"b\\\\c\\nd\"} 1\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_Histogram_IsCumulativeWithItsOwnBoundaries()
    {
        var histogram = meter.CreateHistogram("nightwatch.step.duration", "s", "Steps.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.5, 1] });
        foreach (var value in new[] { 0.5, 0.75, 2 })
        {
            histogram.Record(value, new KeyValuePair<string, object?>("step", "a"));
        }

        Assert.Contains(
            """
            nightwatch_step_duration_seconds_bucket{step="a",le="0.5"} 1
            nightwatch_step_duration_seconds_bucket{step="a",le="1"} 2
            nightwatch_step_duration_seconds_bucket{step="a",le="+Inf"} 3
            nightwatch_step_duration_seconds_sum{step="a"} 3.25
            nightwatch_step_duration_seconds_count{step="a"} 3
            """,
            metrics.Render(),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Render_UpDownAndGauges_HaveTheirLastState()
    {
        var open = meter.CreateUpDownCounter<int>("nightwatch.streams.open");
        open.Add(5);
        open.Add(-2);
        var last = meter.CreateGauge<double>("nightwatch.queue.age", "s");
        last.Record(7);
        last.Record(double.NaN);

        var text = metrics.Render();

        Assert.Contains("# TYPE nightwatch_streams_open gauge\nnightwatch_streams_open 3\n", text, StringComparison.Ordinal);
        Assert.Contains("nightwatch_queue_age_seconds NaN\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_Observables_ShowWhatTheyReportNow()
    {
        var seen = new List<Measurement<long>> { new(1, new KeyValuePair<string, object?>("state", "open")), new(4, new KeyValuePair<string, object?>("state", "closed")) };
        meter.CreateObservableGauge("nightwatch.incidents", () => seen, description: "Incidents.");
        long total = 10;
        meter.CreateObservableCounter("nightwatch.reads", () => total);

        var before = metrics.Render();
        seen.RemoveAt(0);
        total = 12;
        var after = metrics.Render();

        Assert.Contains("nightwatch_incidents{state=\"open\"} 1\n", before, StringComparison.Ordinal);
        Assert.Contains("nightwatch_reads_total 10\n", before, StringComparison.Ordinal);
        Assert.DoesNotContain("state=\"open\"", after, StringComparison.Ordinal);
        Assert.Contains("nightwatch_incidents{state=\"closed\"} 4\n", after, StringComparison.Ordinal);
        Assert.Contains("nightwatch_reads_total 12\n", after, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_ObservableThatThrows_LeavesTheOthersIn()
    {
        meter.CreateObservableGauge<int>("nightwatch.broken", int () => throw new InvalidOperationException("no"));
        meter.CreateObservableGauge("nightwatch.sound", () => 1);

        Assert.Contains("nightwatch_sound 1\n", metrics.Render(), StringComparison.Ordinal);
    }

    [Fact]
    public void Render_MoreSeriesThanAllowed_GathersTheRest()
    {
        var counter = meter.CreateCounter<long>("nightwatch.wild");
        for (var i = 0; i < 2000; i++)
        {
            counter.Add(1, new KeyValuePair<string, object?>("id", i));
        }

        var lines = metrics.Render().Split('\n').Where(l => l.StartsWith("nightwatch_wild_total{", StringComparison.Ordinal)).ToList();

        Assert.Equal(501, lines.Count);
        Assert.Contains("nightwatch_wild_total{overflow=\"true\"} 1500", lines);
    }

    [Fact]
    public void Record_FromManyThreads_LosesNothing()
    {
        var counter = meter.CreateCounter<long>("nightwatch.busy");
        Parallel.For(0, 100_000, i => counter.Add(1, new KeyValuePair<string, object?>("slot", i % 7)));

        var sum = metrics.Render().Split('\n').Where(l => l.StartsWith("nightwatch_busy_total{", StringComparison.Ordinal)).Sum(l => long.Parse(l.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture));

        Assert.Equal(100_000, sum);
    }

    [Fact]
    public void Render_MetersOfOthers_AreLeftOut()
    {
        using var other = new Meter("Somebody.Else");
        other.CreateCounter<int>("somebody.else").Add(1);

        Assert.DoesNotContain("somebody", metrics.Render(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Render_Everything_IsAcceptedByPromtool()
    {
        MeasureSomething();
        using var promtool = Process.Start(new ProcessStartInfo(Repository.Tool("usr/bin/promtool"), ["check", "metrics"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        await promtool.StandardInput.WriteAsync(metrics.Render());
        promtool.StandardInput.Close();
        var said = await promtool.StandardError.ReadToEndAsync(Cancel) + await promtool.StandardOutput.ReadToEndAsync(Cancel);
        await promtool.WaitForExitAsync(Cancel);

        Assert.True(promtool.ExitCode == 0, said);
        Assert.Equal("", said);
    }

    [Fact]
    public async Task Render_ScrapedByPrometheus_CanBeQueried()
    {
        MeasureSomething();
        await using var target = await FakeServer.StartAsync(context => FakeServer.Text(metrics.Render(), MetricsText.ContentType)(context), Cancel);
        var configuration = $$"""
            global: {scrape_interval: 1s}
            scrape_configs: [{job_name: nightwatch, static_configs: [{targets: ["{{target.Url.Authority}}"]}]}]
            """;
        await using var server = await PrometheusServer.StartAsync(configuration, null, Cancel);
        var source = Sources.Get<IMetricSource>(("PROMETHEUS_URL", server.Url.AbsoluteUri));

        var quantile = await Eventually.GetAsync(
            () => source.QueryAsync("histogram_quantile(0.5, nightwatch_step_duration_seconds_bucket)", TimeProvider.System.GetUtcNow(), Cancel),
            a => a.Items.Count > 0);
        var count = await source.QueryAsync("nightwatch_alerts_received_total{source=~\"(?s).*quoted.*\"}", TimeProvider.System.GetUtcNow(), Cancel);
        var started = await source.QueryAsync("process_start_time_seconds", TimeProvider.System.GetUtcNow(), Cancel);

        Assert.InRange(Assert.Single(quantile.Items).Value, 0.1, 0.25);
        Assert.Equal((3, "a \"quoted\"\nvalue\\"), (Assert.Single(count.Items).Value, count.Items[0].Labels["source"]));
        using var self = Process.GetCurrentProcess();
        Assert.Equal(new DateTimeOffset(self.StartTime).ToUnixTimeSeconds(), Assert.Single(started.Items).Value, 1.0);
    }

    private void MeasureSomething()
    {
        meter.CreateCounter<long>("nightwatch.alerts.received", "{alert}", "Alerts \\ received.").Add(3, new KeyValuePair<string, object?>("source", "a \"quoted\"\nvalue\\"));
        meter.CreateHistogram<double>("nightwatch.step.duration", "s", "Steps.").Record(0.2);
        meter.CreateUpDownCounter<long>("nightwatch.streams.open", null, "Streams.").Add(2);
        meter.CreateObservableGauge("nightwatch.store.size", () => 3L, "By", "Size of the store.");
    }
}
