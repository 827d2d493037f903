using Nightwatch.Domain.Investigations;
using Nightwatch.Domain.Investigations.Planning;
using Nightwatch.Domain.Investigations.Queries;

namespace Nightwatch.Domain.Queries.History;

/// <summary>Processor, disk and network of containers (cAdvisor) and machines (node exporter), where an application's labels stand on them.</summary>
internal static class ContainerSignals
{
    private static readonly LabelCondition Files = new("fstype", "!~", "tmpfs|overlay|squashfs|ramfs|devtmpfs");
    private static readonly LabelCondition Cards = new("device", "!~", "lo|veth.*|docker.*|br-.*|cali.*");

    public static IEnumerable<SignalQuery> For(IReadOnlyList<KnownMetric> metrics, QueryScope scope)
    {
        var known = metrics.ToDictionary(m => m.Name, StringComparer.Ordinal);
        return new[]
        {
            Rate("container_cpu_usage_seconds_total", null, "container.cpu", "Processor time of the containers", "cores"),
            Rate("container_network_receive_bytes_total", "container_network_transmit_bytes_total", "container.network", "Bytes received and sent by the containers", "bytes_per_second"),
            Rate("container_fs_reads_bytes_total", "container_fs_writes_bytes_total", "container.disk", "Bytes read and written by the containers", "bytes_per_second"),
            Of("node_cpu_seconds_total", Topics.HostCpu, "Processor of the host in use", "ratio", m => $"1 - avg by ({By(m)}) (rate({scope.Select(m, LabelCondition.Is("mode", "idle"))}[{scope.Window}]))"),
            Pair("node_memory_MemAvailable_bytes", "node_memory_MemTotal_bytes", Topics.HostMemory, "Memory of the host in use", []),
            Pair("node_filesystem_avail_bytes", "node_filesystem_size_bytes", Topics.HostDisk, "Fullest file system of the host", [Files]),
            Rate("node_network_receive_bytes_total", "node_network_transmit_bytes_total", Topics.HostNetwork, "Bytes received and sent by the host", "bytes_per_second", Cards),
        }.OfType<SignalQuery>();

        string By(KnownMetric metric) => metric.Name.StartsWith("node_", StringComparison.Ordinal) && metric.Labels.ContainsKey("instance") ? "instance" : scope.GroupOf(metric);

        SignalQuery? Of(string name, string topic, string title, string unit, Func<KnownMetric, string> query) =>
            known.TryGetValue(name, out var metric) ? new SignalQuery(topic, $"{title} ({name})", query(metric), unit) : null;

        SignalQuery? Rate(string name, string? other, string topic, string title, string unit, params LabelCondition[] further) => Of(name, topic, title, unit, m =>
        {
            string Sum(KnownMetric of) => $"sum by ({By(m)}) (rate({scope.Select(of, further)}[{scope.Window}]))";
            return other is not null && known.TryGetValue(other, out var second) ? $"{Sum(m)} + {Sum(second)}" : Sum(m);
        });

        SignalQuery? Pair(string free, string all, string topic, string title, LabelCondition[] further) => known.TryGetValue(all, out var whole)
            ? Of(free, topic, title, "ratio", m => $"max by ({By(m)}) (1 - {scope.Select(m, further)} / {scope.Select(whole, further)})")
            : null;
    }
}
