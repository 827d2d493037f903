using Nightwatch.Domain.Queries.Catalogue;

namespace Nightwatch.Domain.Queries.Templates;

/// <summary>Measures that the world calls by several names, the clearest first; _bucket, _sum and _count are added where a template asks for them.</summary>
internal static class MetricSlots
{
    private static readonly Dictionary<string, string[]> Names = new(StringComparer.Ordinal)
    {
        ["requests"] =
        [
            "http_requests_total", "http_server_requests_total", "http_server_requests_seconds_count", "http_server_request_duration_seconds_count", "http_server_duration_milliseconds_count",
            "http_request_duration_seconds_count", "istio_requests_total", "nginx_ingress_controller_requests", "traefik_service_requests_total", "caddy_http_requests_total", "gin_requests_total",
            "flask_http_request_total", "django_http_responses_total_by_status_total", "http_request_total", "api_requests_total", "requests_total", "nginx_http_requests_total", "apache_accesses_total", "apiserver_request_total",
        ],
        ["latency"] =
        [
            "http_request_duration_seconds", "http_server_request_duration_seconds", "http_server_requests_seconds", "http_server_duration_milliseconds", "http_request_duration_milliseconds",
            "istio_request_duration_milliseconds", "nginx_ingress_controller_request_duration_seconds", "traefik_service_request_duration_seconds", "caddy_http_request_duration_seconds",
            "flask_http_request_duration_seconds", "http_response_time_seconds", "request_duration_seconds", "response_time_seconds", "apiserver_request_duration_seconds",
        ],
        ["grpc"] = ["grpc_server_handled_total", "rpc_server_duration_milliseconds_count", "rpc_server_duration_seconds_count"],
        ["grpclatency"] = ["grpc_server_handling_seconds", "rpc_server_duration_milliseconds", "rpc_server_duration_seconds"],
        ["client"] = ["http_client_requests_total", "http_client_request_duration_seconds_count", "http_client_requests_seconds_count"],
        ["clientlatency"] = ["http_client_request_duration_seconds", "http_client_requests_seconds"],
        ["inflight"] = ["http_requests_in_flight", "http_server_active_requests", "http_requests_inflight", "in_flight_requests"],
        ["dbduration"] = ["db_query_duration_seconds", "db_client_operation_duration_seconds"],
        ["pgconnections"] = ["pg_stat_activity_count", "pg_stat_database_numbackends"],
        ["pods"] = ["container_memory_working_set_bytes", "container_memory_usage_bytes"],
        ["workerthreads"] = ["dotnet_threadpool_threads", "dotnet_thread_pool_thread_count", "process_runtime_dotnet_thread_pool_threads_count"],
        ["dotnetgc"] = ["dotnet_gc_collections_total", "dotnet_collection_count_total", "process_runtime_dotnet_gc_collections_count_total"],
        ["dotnetheap"] = ["dotnet_gc_heap_size_bytes", "dotnet_total_memory_bytes", "process_runtime_dotnet_gc_heap_size_bytes"],
        ["jvmused"] = ["jvm_memory_used_bytes", "jvm_memory_bytes_used"],
        ["jvmmax"] = ["jvm_memory_max_bytes", "jvm_memory_bytes_max"],
        ["jvmthreads"] = ["jvm_threads_live_threads", "jvm_threads_current", "jvm_threads_live"],
        ["queueready"] = ["rabbitmq_queue_messages_ready", "rabbitmq_queue_messages", "rabbitmq_queues_messages_ready"],
        ["buildinfo"] = ["shop_build_info", "app_build_info", "build_info", "target_info"],
    };

    private static readonly string[] CodeLabels = ["code", "status", "status_code", "http_response_status_code", "http_status_code", "response_code", "http_code", "grpc_code", "rpc_grpc_status_code", "grpc_status"];

    /// <summary>The names that a template's metric may have: itself, or those of its slot.</summary>
    public static IReadOnlyList<string> Candidates(string metric)
    {
        if (metric[0] != '$')
        {
            return [metric];
        }

        foreach (var suffix in new[] { "_bucket", "_sum", "_count" })
        {
            if (metric.EndsWith(suffix, StringComparison.Ordinal) && Names.TryGetValue(metric[1..^suffix.Length], out var bases))
            {
                return [.. bases.Select(b => b + suffix)];
            }
        }

        return Names.TryGetValue(metric[1..], out var names) ? names : [];
    }

    /// <summary>The matcher of failed requests for a metric that counts requests; null when it has no label for the outcome.</summary>
    public static (string Label, string Operator, string Pattern)? Errors(MetricEntry entry, string name)
    {
        var label = entry.HasLabels ? Array.Find(CodeLabels, l => entry.Values(l).Count > 0) : name.StartsWith("grpc_", StringComparison.Ordinal) ? "grpc_code" : name.Contains("_seconds_count", StringComparison.Ordinal) ? "status" : "code";
        return label switch
        {
            null => null,
            "grpc_code" or "grpc_status" => (label, "=~", "Unknown|Internal|Unavailable|DataLoss|DeadlineExceeded|Unimplemented|ResourceExhausted"),
            "rpc_grpc_status_code" => (label, "=~", "2|4|8|12|13|14|15"),
            _ when name.Contains("client", StringComparison.Ordinal) && entry.Values(label).Any(v => v.Length > 0 && !char.IsAsciiDigit(v[0])) => (label, "!~", "[1-4].."),
            _ => (label, "=~", "5.."),
        };
    }

    public static bool HasCode(MetricEntry entry) => Array.Exists(CodeLabels, l => entry.Values(l).Count > 0);

    public static IReadOnlyList<string> Codes => CodeLabels;
}
