namespace Nightwatch.Domain.Investigations.Planning;

/// <summary>What a service consumes: memory, processor, descriptors, threads, collections, pools, restarts, and its containers' limits.</summary>
internal static class ResourceSignals
{
    private static readonly string[] Heap =
    [
        "dotnet_gc_heap_size_bytes", "dotnet_gc_last_collection_heap_size_bytes", "dotnet_total_memory_bytes", "go_memstats_heap_inuse_bytes",
        "nodejs_heap_size_used_bytes", "jvm_memory_used_bytes", "jvm_memory_bytes_used",
    ];
    private static readonly string[] Threads =
    [
        "dotnet_thread_pool_queue_length", "dotnet_threadpool_queue_length", "jvm_threads_live_threads", "jvm_threads_current", "go_goroutines",
        "process_num_threads", "dotnet_thread_pool_thread_count",
    ];
    private static readonly string[] Collections =
    [
        "dotnet_gc_pause_seconds_total", "dotnet_gc_pause_time_seconds_total", "jvm_gc_pause_seconds_sum", "jvm_gc_collection_seconds_sum",
        "go_gc_duration_seconds_sum", "nodejs_gc_duration_seconds_sum",
    ];

    public static IEnumerable<SignalQuery> For(IReadOnlyList<KnownMetric> metrics, QueryScope scope)
    {
        var byName = metrics.ToDictionary(m => m.Name, StringComparer.Ordinal);
        return Fixed(byName, scope).Concat(InFlight(metrics, scope)).Concat(Pools(metrics, byName, scope)).OfType<SignalQuery>();
    }

    private static IEnumerable<SignalQuery?> Fixed(Dictionary<string, KnownMetric> metrics, QueryScope scope)
    {
        KnownMetric? First(params string[] names) => names.Select(metrics.GetValueOrDefault).FirstOrDefault(m => m is not null);

        yield return Gauge(
            First("process_resident_memory_bytes", "process_working_set_bytes", "dotnet_process_memory_working_set_bytes", "process_memory_usage_bytes"),
            Topics.Memory,
            "Memory of the process",
            "bytes");
        yield return Gauge(First(Heap), Topics.Heap, "Managed heap", "bytes", aggregate: "sum");
        yield return Counter(First("process_cpu_seconds_total", "dotnet_process_cpu_time_seconds_total"), Topics.Cpu, "Processor time", "cores");
        yield return Gauge(First(Threads), Topics.Threads, "Threads and their queue", "count");
        yield return Counter(First(Collections), Topics.Collection, "Time in garbage collection", "ratio");
        yield return Counter(
            First("container_cpu_cfs_throttled_periods_total"), Topics.Throttling, "Throttled periods", "ratio", over: "container_cpu_cfs_periods_total");
        yield return Gauge(First("container_memory_working_set_bytes"), Topics.ContainerMemory, "Memory of the container", "bytes");
        yield return First("kube_pod_container_status_restarts_total") is { } restarts
            ? new SignalQuery(Topics.Restarts, "Container restarts", $"sum by ({scope.GroupOf(restarts)}) ({scope.Select(restarts)})", "count")
            : null;
        yield return First("process_open_fds") is { } open && metrics.TryGetValue("process_max_fds", out var most)
            ? new SignalQuery(
                Topics.Descriptors,
                "Share of file descriptors in use",
                $"max by ({scope.GroupOf(open)}) ({scope.Select(open)} / {scope.Select(most)})",
                "ratio")
            : null;

        SignalQuery? Gauge(KnownMetric? metric, string topic, string title, string unit, string aggregate = "max") => metric is null
            ? null
            : new SignalQuery(topic, $"{title} ({metric.Name})", $"{aggregate} by ({scope.GroupOf(metric)}) ({scope.Select(metric)})", unit);

        SignalQuery? Counter(KnownMetric? metric, string topic, string title, string unit, string? over = null)
        {
            if (metric is null || (over is not null && !metrics.ContainsKey(over)))
            {
                return null;
            }

            string Sum(KnownMetric m) => $"sum by ({scope.GroupOf(metric)}) (rate({scope.Select(m)}[{scope.Window}]))";
            return new SignalQuery(topic, $"{title} ({metric.Name})", over is null ? Sum(metric) : $"{Sum(metric)} / {Sum(metrics[over])}", unit);
        }
    }

    private static IEnumerable<SignalQuery?> InFlight(IReadOnlyList<KnownMetric> metrics, QueryScope scope) => metrics
        .Where(m => !m.IsCounter && !m.IsBucket && !MetricFamilies.IsPool(m.Name) && scope.LabelOf(m) is not null
            && (m.Name.Contains("in_flight", StringComparison.Ordinal)
                || m.Name.Contains("inflight", StringComparison.Ordinal)
                || m.Name.Contains("active_requests", StringComparison.Ordinal)
                || m.Name.EndsWith("requests_in_progress", StringComparison.Ordinal)))
        .Take(2)
        .Select(m => new SignalQuery(Topics.InFlight, $"Requests in flight ({m.Name})", $"sum by ({scope.GroupOf(m)}) ({scope.Select(m)})", "count"));

    /// <summary>Use over size where both are known by the usual pairs of names.</summary>
    private static IEnumerable<SignalQuery?> Pools(IReadOnlyList<KnownMetric> metrics, Dictionary<string, KnownMetric> byName, QueryScope scope)
    {
        (string Used, string Size)[] pairs =
        [
            ("_in_use", "_max"), ("_used", "_max"), ("_active", "_max"), ("_in_use", "_size"), ("_used", "_size"), ("_usage", "_max"), ("_in_use_connections", "_max_open_connections"), ("_in_use_connections", "_max_connections"),
        ];
        foreach (var used in metrics.Where(m => MetricFamilies.IsPool(m.Name) && !m.IsCounter && scope.LabelOf(m) is not null))
        {
            var size = pairs.Where(p => used.Name.EndsWith(p.Used, StringComparison.Ordinal))
                .Select(p => byName.GetValueOrDefault(used.Name[..^p.Used.Length] + p.Size)).FirstOrDefault(m => m is not null);
            if (size is not null)
            {
                var by = scope.GroupOf(used);
                yield return new SignalQuery(
                    Topics.Pool,
                    $"Share of the pool in use ({used.Name})",
                    $"sum by ({by}) ({scope.Select(used)}) / sum by ({by}) ({scope.Select(size)})",
                    "ratio");
            }
        }
    }
}
