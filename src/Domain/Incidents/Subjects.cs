using System.Buffers;
using System.Net;

namespace Nightwatch.Domain.Incidents;

/// <summary>
/// Reads from labels what an alert is about. Knows the conventions of Prometheus, Kubernetes and OpenTelemetry, and the exporters that speak for others.
/// </summary>
internal static class Subjects
{
    private const int MaxLength = 128;

    private static readonly string[] ServiceLabels = ["service", "service_name", "app", "app_kubernetes_io_name", "label_app", "application", "job"];
    private static readonly string[] WorkloadLabels =
    [
        "deployment", "statefulset", "daemonset", "workload", "rollout", "job_name", "cronjob", "persistentvolumeclaim", "destination_workload",
        "component",
    ];
    private static readonly string[] PodLabels = ["exported_pod", "pod", "pod_name", "k8s_pod_name", "kubernetes_pod_name"];
    private static readonly string[] PeerLabels =
    [
        "upstream", "dependency", "depends_on", "peer_service", "destination_service", "destination_service_name", "target_service", "downstream", "server",
        "source_workload", "client",
    ];
    private static readonly string[] HostLabels = ["node", "nodename", "host", "hostname", "kubernetes_node", "k8s_node_name", "instance", "target"];

    // Scraped programs that report on many others: their own job, service and instance are not what the alert is about.
    private static readonly HashSet<string> Reporters = new(StringComparer.Ordinal)
    {
        "kube-state-metrics", "pushgateway", "kubelet", "cadvisor", "kubernetes-pods", "kubernetes-service-endpoints", "kubernetes-cadvisor",
        "kubernetes-nodes", "otel-collector", "opentelemetry-collector", "istio-mesh", "federate",
    };

    private static readonly HashSet<string> HostReporters = new(StringComparer.Ordinal)
    {
        "node", "node-exporter", "node_exporter", "windows-exporter", "windows_exporter", "blackbox", "blackbox-exporter", "blackbox_exporter", "snmp",
        "cadvisor", "kubelet",
    };

    private static readonly HashSet<string> Meaningless = new(StringComparer.Ordinal)
    {
        "", "unknown", "none", "null", "default", "app", "main", "service", "all", "n/a", "-",
    };

    // Kubernetes' own alphabet for generated suffixes has neither vowels nor easily mistaken characters.
    private static readonly SearchValues<char> SuffixAlphabet = SearchValues.Create("bcdfghjklmnpqrstvwxz2456789");

    public static List<string> Services(IReadOnlyDictionary<string, string> labels)
    {
        var services = new List<string>();
        foreach (var label in ServiceLabels)
        {
            if (labels.TryGetValue(label, out var value) && !IsReporter(value))
            {
                Add(services, ServiceName(value));
                break;
            }
        }

        foreach (var label in WorkloadLabels)
        {
            Add(services, ServiceName(labels.GetValueOrDefault(label, "")));
        }

        Add(services, WorkloadOfPod(First(labels, PodLabels) ?? ""));
        return services;
    }

    public static List<string> Peers(IReadOnlyDictionary<string, string> labels)
    {
        var peers = new List<string>();
        foreach (var label in PeerLabels)
        {
            Add(peers, ServiceName(HostOf(labels.GetValueOrDefault(label, "")).Split('.')[0]));
        }

        return peers;
    }

    public static List<string> Hosts(IReadOnlyDictionary<string, string> labels)
    {
        var hosts = new List<string>();
        var job = labels.GetValueOrDefault("job", "");
        var speaksForOthers = Reporters.Contains(job)
            || (IsReporter(job) && !HostReporters.Contains(job))
            || Reporters.Contains(labels.GetValueOrDefault("service", ""));
        foreach (var label in HostLabels)
        {
            if (labels.TryGetValue(label, out var value) && !(label == "instance" && speaksForOthers))
            {
                Add(hosts, HostOf(value));
            }
        }

        return hosts;
    }

    public static string? Namespace(IReadOnlyDictionary<string, string> labels) =>
        First(
            labels,
            "exported_namespace",
            "namespace",
            "kubernetes_namespace",
            "k8s_namespace_name",
            "destination_service_namespace",
            "system",
            "product",
            "project");

    public static string? First(IReadOnlyDictionary<string, string> labels, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (labels.TryGetValue(name, out var value) && value.Length is > 0 and <= MaxLength)
            {
                return value;
            }
        }

        return null;
    }

    /// <summary>A pod's name without what its controller appended: payment-7d9f8b6c5d-x2x4z and payment-0 are payment.</summary>
    public static string WorkloadOfPod(string pod)
    {
        var parts = pod.ToLowerInvariant().Split('-');
        var end = parts.Length;
        if (end > 1 && (parts[end - 1].All(char.IsAsciiDigit) || IsGenerated(parts[end - 1], 5, 5)))
        {
            var wasGenerated = !parts[end - 1].All(char.IsAsciiDigit);
            end--;
            if (wasGenerated && end > 1 && IsGenerated(parts[end - 1], 6, 10))
            {
                end--;
            }
        }

        return ServiceName(string.Join('-', parts.Take(end)));
    }

    internal static string HostOf(string instance)
    {
        var host = instance.ToLowerInvariant();
        var scheme = host.IndexOf("://", StringComparison.Ordinal);
        host = scheme >= 0 ? host[(scheme + 3)..] : host;
        var path = host.IndexOfAny(['/', '?']);
        host = path >= 0 ? host[..path] : host;
        var withPort = host;
        var colon = host.LastIndexOf(':');
        if (colon > 0 && (host.IndexOf(':', StringComparison.Ordinal) == colon || host[colon - 1] == ']'))
        {
            host = host[..colon];
        }

        host = host.Trim('[', ']');
        // Many programs share the loopback address; only with its port it names one.
        return host is "localhost" || (IPAddress.TryParse(host, out var address) && (IPAddress.IsLoopback(address) || address.Equals(IPAddress.Any)))
            ? withPort
            : host;
    }

    private static bool IsGenerated(string part, int min, int max) =>
        part.Length >= min && part.Length <= max && part.AsSpan().IndexOfAnyExcept(SuffixAlphabet) < 0;

    private static bool IsReporter(string value)
    {
        var name = value[(value.LastIndexOf('/') + 1)..];
        return Reporters.Contains(name)
            || HostReporters.Contains(name)
            || name.EndsWith("-exporter", StringComparison.Ordinal)
            || name.EndsWith("_exporter", StringComparison.Ordinal);
    }

    private static string ServiceName(string value)
    {
        var name = value.ToLowerInvariant();
        name = name[(name.LastIndexOf('/') + 1)..];
        foreach (var suffix in (ReadOnlySpan<string>)["-service", "_service", "-svc"])
        {
            if (name.Length > suffix.Length && name.EndsWith(suffix, StringComparison.Ordinal))
            {
                return name[..^suffix.Length];
            }
        }

        return name;
    }

    private static void Add(List<string> tokens, string token)
    {
        if (token.Length <= MaxLength && tokens.Count < 8 && !Meaningless.Contains(token) && !tokens.Contains(token))
        {
            tokens.Add(token);
        }
    }
}
