namespace Nightwatch.Domain.Investigations.Planning;

/// <summary>Labels by which conventional exporters name things, most telling first.</summary>
internal static class ServiceLabels
{
    public static readonly string[] Service =
    [
        "service", "service_name", "app", "app_kubernetes_io_name", "application", "component", "deployment", "statefulset", "destination_workload",
        "workload", "container", "job",
    ];

    public static readonly string[] Peer =
    [
        "peer_service", "peer", "destination_service_name", "destination_workload", "destination_service", "server_address", "net_peer_name", "upstream",
        "upstream_cluster",
        "envoy_cluster_name", "target_service", "target", "dependency", "remote", "db", "db_name", "database", "datname",
    ];

    public static readonly string[] Status =
    [
        "code", "status", "status_code", "http_status_code", "http_response_status_code", "response_code", "grpc_code", "grpc_status",
        "rpc_grpc_status_code", "grpc_response_status",
        "outcome", "result", "status_class",
    ];

    /// <summary>Labels that say where a service lives; conditions on them narrow every query that has them.</summary>
    public static readonly string[] Scope = ["namespace", "cluster", "environment", "env", "tenant"];

    /// <summary>Labels that name the component a series belongs to, for reading answers.</summary>
    public static string? ComponentOf(IReadOnlyDictionary<string, string> labels, string? preferred = null) =>
        preferred is not null && labels.TryGetValue(preferred, out var own) && own.Length > 0
            ? own
            : Array.Find(Service, l => labels.TryGetValue(l, out var value) && value.Length > 0) is { } label ? labels[label] : null;

    public static string? PeerOf(IReadOnlyDictionary<string, string> labels) =>
        Array.Find(Peer, l => labels.TryGetValue(l, out var value) && value.Length > 0) is { } label ? labels[label] : null;
}
