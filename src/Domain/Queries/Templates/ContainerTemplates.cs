using static Nightwatch.Domain.Queries.Templates.TemplateList;

namespace Nightwatch.Domain.Queries.Templates;

/// <summary>Containers and Kubernetes, as cAdvisor, the kubelet and kube-state-metrics show them.</summary>
internal static class ContainerTemplates
{
    private const string Real = "container!=\"\",container!=\"POD\"";

    public static IReadOnlyList<MeasureTemplate> All { get; } =
    [
        Of("container.cpu", "CPU in use", "cores", "cpu", $"sum$by (rate(container_cpu_usage_seconds_total{{{Real},$m}}[$w]))", "usage pod container kubernetes service app namespace", "throttle iowait steal host ratio", priority: 0.4),
        Of("container.cpu.limit", "share of the CPU limit in use", "ratio", "cpu ratio|saturation pod|container|capacity", $"sum$by (rate(container_cpu_usage_seconds_total{{{Real},$m}}[$w])) / sum$by (kube_pod_container_resource_limits{{resource=\"cpu\",$m}})", "usage pod container", "throttle iowait host", priority: 0.4),
        Of("container.cpu.requested", "CPU requested", "cores", "cpu reservation", "sum$by (kube_pod_container_resource_requests{resource=\"cpu\",$m})", "pod container service app request", "usage limit", priority: 1),
        Of("container.memory.requested", "memory requested", "bytes", "memory reservation", "sum$by (kube_pod_container_resource_requests{resource=\"memory\",$m})", "pod container service app request", "usage limit", priority: 1),
        Of("kubernetes.allocatable.cpu", "CPU that can be given to pods", "cores", "cpu allocatable", "sum$by(node) (kube_node_status_allocatable{resource=\"cpu\",$m})", "host kubernetes count", priority: 1),
        Of("kubernetes.allocatable.memory", "memory that can be given to pods", "bytes", "memory allocatable", "sum$by(node) (kube_node_status_allocatable{resource=\"memory\",$m})", "host kubernetes count", priority: 1),
        Of("container.throttle", "share of periods in which the CPU was throttled", "ratio", "throttle", $"sum$by (rate(container_cpu_cfs_throttled_periods_total{{{Real},$m}}[$w])) / sum$by (rate(container_cpu_cfs_periods_total{{{Real},$m}}[$w]))", "cpu pod container ratio", by: "pod"),
        Of("container.memory", "memory in use", "bytes", "memory", $"sum$by (~container_memory_working_set_bytes{{{Real},$m}})", "usage pod container kubernetes service app namespace", "host heap oom ratio swap free", priority: 0.4),
        Of("container.memory.limit", "share of the memory limit in use", "ratio", "memory ratio|saturation|full pod|container|capacity", $"sum$by (~container_memory_working_set_bytes{{{Real},$m}}) / sum$by (~kube_pod_container_resource_limits{{resource=\"memory\",$m}})", "usage pod container capacity", "host heap", priority: 0.4),
        Of("container.memory.bound", "memory limit", "bytes", "memory capacity", "sum$by (kube_pod_container_resource_limits{resource=\"memory\",$m})", "pod container service app", "host heap usage ratio free", by: "pod", priority: 0.3),
        Of("container.cpu.bound", "CPU limit", "cores", "cpu capacity", "sum$by (kube_pod_container_resource_limits{resource=\"cpu\",$m})", "pod container service app", "host usage ratio free count", by: "pod", priority: 0.3),
        Of("container.network.receive", "bytes received", "bytes_per_second", "network|bytes|pod|container receive", "sum$by (rate(container_network_receive_bytes_total{$m}[$w]))", "network pod container usage rate request", "transmit message", count: "sum$by (increase(container_network_receive_bytes_total{$m}[$w]))"),
        Of("container.network.transmit", "bytes sent", "bytes_per_second", "network|bytes|pod|container transmit", "sum$by (rate(container_network_transmit_bytes_total{$m}[$w]))", "network pod container usage rate request", "receive message", count: "sum$by (increase(container_network_transmit_bytes_total{$m}[$w]))"),
        Of("container.network", "bytes received and sent", "bytes_per_second", "network", "sum$by (rate(container_network_receive_bytes_total{$m}[$w])) + sum$by (rate(container_network_transmit_bytes_total{$m}[$w]))", "pod container usage rate request", "error drop"),
        Of("container.disk", "disk space in use", "bytes", "disk usage", $"sum$by (~container_fs_usage_bytes{{{Real},$m}})", "pod container", "pvc"),
        Of("kubernetes.restart", "restarts of containers", "count", "restart", "sum$by (increase(kube_pod_container_status_restarts_total{$m}[$w]))", "pod container kubernetes count service app crashloop", "oom", count: "sum$by (increase(kube_pod_container_status_restarts_total{$m}[$w]))", by: "pod", priority: 0.8),
        Of("kubernetes.crashloop", "containers that crash again and again", "count", "crashloop", "kube_pod_container_status_waiting_reason{reason=\"CrashLoopBackOff\",$m} > 0", "pod container kubernetes restart", "count", priority: 1.2),
        Of("kubernetes.oom", "containers last killed for want of memory", "count", "oom", "kube_pod_container_status_last_terminated_reason{reason=\"OOMKilled\",$m} > 0", "pod container memory restart count kubernetes error", priority: 0.2),
        Of("kubernetes.pods", "pods by phase", "count", "pod", "sum$by(phase) (kube_pod_status_phase{$m})", "count kubernetes", "cpu memory restart pending running ready error oom network disk lag request latency replica", priority: -1),
        Of("kubernetes.pods.info", "pods", "count", "pod count|per", "count$by (kube_pod_info{$m})", "kubernetes namespace host", "cpu memory restart pending running notrunning ready error oom network disk lag request latency replica down crashloop", priority: -0.6),
        Of("kubernetes.nodes", "nodes of the cluster", "count", "host count", "count(kube_node_info{$m})", "kubernetes capacity", "cpu memory pod", priority: -0.5),
        Of("kubernetes.pending.count", "how many pods wait for a place", "count", "pending count", "sum$by (kube_pod_status_phase{phase=\"Pending\",$m})", "pod kubernetes", priority: 0.5),
        Of("kubernetes.failed.count", "how many pods failed", "count", "pod error count", "sum$by (kube_pod_status_phase{phase=\"Failed\",$m})", "kubernetes", "restart request latency ratio", priority: 0.5),
        Of("kubernetes.pods.count", "pods", "count", "pod count", "sum$by (kube_pod_status_phase{$m})", "kubernetes namespace", "cpu memory restart pending running notrunning ready error oom network disk lag request latency replica down", priority: -0.5),
        Of("kubernetes.notrunning", "pods that do not run", "count", "notrunning pod", "sum$by(namespace,pod) (kube_pod_status_phase{phase!~\"Running|Succeeded\",$m}) > 0", "kubernetes running down availability health"),
        Of("kubernetes.pending", "pods that wait for a place", "count", "pending", "sum$by(namespace,pod) (kube_pod_status_phase{phase=\"Pending\",$m}) > 0", "pod kubernetes count"),
        Of("kubernetes.failed", "pods that failed", "count", "pod error", "sum$by(namespace,pod) (kube_pod_status_phase{phase=\"Failed\",$m}) > 0", "kubernetes count", "restart request latency ratio"),
        Of("kubernetes.running", "pods that run", "count", "running|availability pod", "sum$by (kube_pod_status_phase{phase=\"Running\",$m})", "kubernetes count replica", "restart notrunning"),
        Of("kubernetes.notready", "pods that are not ready", "count", "ready pod", "sum$by(namespace,pod) (kube_pod_status_ready{condition=\"false\",$m}) > 0", "kubernetes count error"),
        Of("kubernetes.nodeready", "nodes that are not ready", "count", "ready host", "kube_node_status_condition{condition=\"Ready\",status=\"true\",$m} == 0", "kubernetes count error"),
        Of("kubernetes.nodememory", "nodes under memory pressure", "count", "memory pressure", "kube_node_status_condition{condition=\"MemoryPressure\",status=\"true\",$m} == 1", "host kubernetes", "usage", priority: 0.5),
        Of("kubernetes.replicas", "replicas missing from deployments", "count", "replica", "kube_deployment_spec_replicas{$m} - kube_deployment_status_replicas_available{$m}", "kubernetes error ready pending availability", "count"),
        Of("kubernetes.replicas.missing", "deployments that miss replicas", "count", "replica|kubernetes unavailable", "kube_deployment_spec_replicas{$m} - kube_deployment_status_replicas_available{$m} > 0", "kubernetes replica which", "count"),
        Of("kubernetes.replicas.missing.count", "how many deployments miss replicas", "count", "kubernetes unavailable count", "count(kube_deployment_spec_replicas{$m} - kube_deployment_status_replicas_available{$m} > 0) or vector(0)", "kubernetes replica", priority: 0.5),
        Of("kubernetes.replicas.missing.sum", "replicas that are missing", "count", "replica unavailable count", "sum$by (kube_deployment_spec_replicas{$m} - kube_deployment_status_replicas_available{$m})", "", "kubernetes", priority: 0.4),
        Of("kubernetes.statefulset", "replicas missing from stateful sets", "count", "statefulset replica|unavailable|ready|availability", "kube_statefulset_replicas{$m} - kube_statefulset_status_replicas_ready{$m} > 0", "kubernetes replica unavailable ready availability error", priority: 1.5),
        Of("kubernetes.daemonset", "pods missing from daemon sets", "count", "daemonset replica|unavailable|ready|availability", "kube_daemonset_status_number_unavailable{$m} > 0", "kubernetes replica unavailable ready availability error pod", priority: 1.5),
        Of("kubernetes.hpa.current", "replicas that the autoscaler runs", "count", "autoscaler", "kube_horizontalpodautoscaler_status_current_replicas{$m}", "kubernetes replica count running", "saturation capacity maximum", priority: 1.5),
        Of("kubernetes.cronjob", "seconds since the job was last scheduled", "seconds", "job age", "time() - kube_cronjob_status_last_schedule_time{$m}", "kubernetes running latency", priority: 1),
        Of("kubernetes.replicas.count", "replicas available", "count", "replica count|availability", "sum$by(deployment) (~kube_deployment_status_replicas_available{$m})", "kubernetes running ready pod"),
        Of("kubernetes.jobs", "jobs that failed", "count", "job", "kube_job_status_failed{$m} > 0", "kubernetes error count"),
        Of("kubernetes.pvc", "share of the volume in use", "ratio", "pvc|disk", "1 - ~kubelet_volume_stats_available_bytes{$m} / ~kubelet_volume_stats_capacity_bytes{$m}", "usage ratio kubernetes full disk pvc pod", "forecast host inode", priority: -0.3),
        Of("kubernetes.pvc.forecast", "seconds until the volume is full", "seconds", "pvc|disk forecast", "kubelet_volume_stats_available_bytes{$m} / (-deriv(kubelet_volume_stats_available_bytes{$m}[6h]) > 0)", "kubernetes disk pvc", "host inode", priority: -0.3),
        Of("kubernetes.hpa", "autoscalers at their maximum", "count", "saturation|capacity|maximum|full autoscaler", "kube_horizontalpodautoscaler_status_desired_replicas{$m} >= kube_horizontalpodautoscaler_spec_max_replicas{$m}", "replica pod kubernetes which maximum capacity", priority: 1.5),
    ];
}
