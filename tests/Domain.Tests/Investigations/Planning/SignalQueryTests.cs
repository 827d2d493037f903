using Nightwatch.Domain.Investigations;
using Nightwatch.Domain.Investigations.Planning;

namespace Nightwatch.Domain.Tests.Investigations.Planning;

public sealed class SignalQueryTests
{
    private static readonly QueryScope Scope = new(Boards.Subject(), TimeSpan.FromSeconds(30));

    [Fact]
    public void For_RequestsWithCode_AsksRateErrorsAndDuration()
    {
        var signals = RequestSignals.For(
        [
            Metric("http_requests_total", "counter", ("code", ["200", "500"])), Metric("http_request_duration_seconds_bucket", "histogram", ("le", ["1"])),
            Metric("http_request_duration_seconds_sum", "histogram"), Metric("http_request_duration_seconds_count", "histogram"),
        ], Scope).ToList();

        Assert.Equal([Topics.Rate, Topics.Errors, Topics.Latency, Topics.LatencyMean], signals.Select(s => s.Topic));
        Assert.Equal("sum by (service) (rate(http_requests_total{namespace=\"shop\"}[30s]))", signals[0].Query);
        Assert.Contains("code=~\"5..", signals[1].Query, StringComparison.Ordinal);
        Assert.Contains(" * 0) / ", signals[1].Query, StringComparison.Ordinal);
        Assert.Equal("histogram_quantile(0.95, sum by (le, service) (rate(http_request_duration_seconds_bucket{namespace=\"shop\"}[30s])))", signals[2].Query);
    }

    [Theory]
    [InlineData("http_server_request_duration_seconds_count", "histogram", "http_response_status_code", "200", Topics.Errors, "5..")]
    [InlineData("grpc_server_handled_total", "counter", "grpc_code", "OK", Topics.Errors, "Unavailable")]
    [InlineData("rpc_server_duration_milliseconds_count", "histogram", "rpc_grpc_status_code", "0", Topics.Errors, "14")]
    [InlineData("http_client_requests_total", "counter", "code", "200", Topics.ClientErrors, "refused")]
    [InlineData("db_queries_total", "counter", "outcome", "ok", Topics.DatabaseErrors, "error")]
    [InlineData("istio_requests_total", "counter", "response_code", "200", Topics.Errors, "5..")]
    [InlineData("app_requests_total", "counter", "status", "2xx", Topics.Errors, "5xx")]
    public void For_ConventionalCounters_FindsTheErrors(string name, string type, string label, string value, string topic, string pattern)
    {
        var signals = RequestSignals.For([Metric(name, type, (label, [value]))], Scope).ToList();

        var errors = Assert.Single(signals, s => s.Topic == topic);
        Assert.Contains($"{label}=~", errors.Query, StringComparison.Ordinal);
        Assert.Contains(pattern, errors.Query, StringComparison.Ordinal);
        Assert.Equal("ratio", errors.Unit);
    }

    [Fact]
    public void For_CallsToOthers_AreGroupedByPeer()
    {
        var signals = RequestSignals.For([Metric("http_client_request_duration_seconds_bucket", "histogram", ("le", ["1"]), ("server_address", ["payment"]))], Scope).ToList();

        Assert.Equal("histogram_quantile(0.95, sum by (le, service, server_address) (rate(http_client_request_duration_seconds_bucket{namespace=\"shop\"}[30s])))", Assert.Single(signals).Query);
    }

    [Theory]
    [InlineData("process_resident_memory_bytes", Topics.Memory)]
    [InlineData("dotnet_gc_heap_size_bytes", Topics.Heap)]
    [InlineData("go_goroutines", Topics.Threads)]
    [InlineData("jvm_gc_collection_seconds_sum", Topics.Collection)]
    [InlineData("container_memory_working_set_bytes", Topics.ContainerMemory)]
    [InlineData("kube_pod_container_status_restarts_total", Topics.Restarts)]
    [InlineData("http_requests_in_flight", Topics.InFlight)]
    [InlineData("process_cpu_seconds_total", Topics.Cpu)]
    public void For_ProcessMetrics_AreKnown(string name, string topic) =>
        Assert.Contains(ResourceSignals.For([Metric(name, name.EndsWith("_total", StringComparison.Ordinal) ? "counter" : "gauge")], Scope), s => s.Topic == topic);

    [Theory]
    [InlineData("db_connections_active", "db_connections_max", Topics.Pool)]
    [InlineData("pool_connections_in_use", "pool_connections_max", Topics.Pool)]
    [InlineData("process_open_fds", "process_max_fds", Topics.Descriptors)]
    [InlineData("container_cpu_cfs_throttled_periods_total", "container_cpu_cfs_periods_total", Topics.Throttling)]
    public void For_UseAndSize_IsAShare(string used, string size, string topic)
    {
        var signal = Assert.Single(ResourceSignals.For([Metric(used, "gauge"), Metric(size, "gauge")], Scope), s => s.Topic == topic);

        Assert.Contains(size, signal.Query, StringComparison.Ordinal);
        Assert.Equal("ratio", signal.Unit);
    }

    [Fact]
    public void For_Hosts_OnlyTheSubjectsOwnOrFew()
    {
        var subject = Boards.Subject() with { Instance = "10.0.0.7:8080" };
        KnownMetric Probe(params string[] hosts) => new(HostSignals.Probe, "gauge", new Dictionary<string, IReadOnlyList<string>> { ["instance"] = hosts });

        Assert.All(HostSignals.For(subject, Probe("10.0.0.7:9100", "10.0.0.8:9100"), "30s"), s => Assert.Contains("instance=~\"10\\\\.0\\\\.0\\\\.7(:[0-9]+)?\"", s.Query, StringComparison.Ordinal));
        Assert.Equal(4, HostSignals.For(subject, Probe("a:9100"), "30s").Count());
        Assert.Empty(HostSignals.For(subject, Probe("a:9100", "b:9100", "c:9100", "d:9100"), "30s"));
        Assert.Empty(HostSignals.For(subject, null, "30s"));
    }

    [Theory]
    [InlineData(2d, 20)]
    [InlineData(5d, 20)]
    [InlineData(15d, 60)]
    [InlineData(60d, 240)]
    [InlineData(null, 60)]
    public void Choose_ScrapeInterval_SetsTheRateWindow(double? scrape, int seconds)
    {
        var scale = TimeScale.Choose(scrape, null, Boards.Start, Boards.Start.AddSeconds(10));

        Assert.Equal(seconds, scale.RateWindow.TotalSeconds);
        Assert.True((scale.To - scale.From).TotalSeconds / scale.StepSeconds <= 151);
    }

    [Fact]
    public void Choose_YoungData_BeginsWithIt()
    {
        var scale = TimeScale.Choose(2, Boards.Start.AddSeconds(-80), Boards.Start, Boards.Start.AddSeconds(10));

        Assert.Equal(Boards.Start.AddSeconds(-60), scale.From);
        Assert.Equal(Boards.Start.AddSeconds(-40), TimeScale.Choose(2, Boards.Start.AddSeconds(-40), Boards.Start, Boards.Start.AddSeconds(10)).From);
        Assert.Equal(2, scale.StepSeconds);
    }

    [Theory]
    [InlineData("http://p:9090/graph?g0.expr=up+%3D%3D+0&g0.tab=1", "up == 0")]
    [InlineData("http://p:9090/graph?g0.tab=1", null)]
    [InlineData("no address", null)]
    [InlineData(null, null)]
    public void ExpressionOf_GeneratorLink_IsItsFirstExpression(string? link, string? expression) => Assert.Equal(expression, SubjectReader.ExpressionOf(link));

    private static KnownMetric Metric(string name, string type, params (string Label, string[] Values)[] labels) => new(
        name,
        type,
        labels.Append(("service", ["orders"])).Append(("namespace", ["shop"])).ToDictionary(l => l.Item1, l => (IReadOnlyList<string>)l.Item2));
}
