using Nightwatch.Domain.Investigations.Queries;

namespace Nightwatch.Domain.Investigations.Planning;

/// <summary>Saturation of the machine that the subject runs on, from the node exporter (and of every machine when there are few).</summary>
internal static class HostSignals
{
    /// <summary>One metric that every node exporter has; its instances say which hosts there are.</summary>
    public const string Probe = "node_memory_MemAvailable_bytes";

    public static IEnumerable<SignalQuery> For(InvestigationSubject subject, KnownMetric? probe, string window)
    {
        if (probe is null || HostConditions(subject, probe.Values("instance")) is not { } host)
        {
            return [];
        }

        string Of(string metric, params LabelCondition[] further) => PromQl.Selector(metric, [.. host, .. further]);
        var filesystem = new LabelCondition("fstype", "!~", "tmpfs|overlay|squashfs|ramfs|devtmpfs");
        var network = new LabelCondition("device", "!~", "lo|veth.*|docker.*|br-.*|cali.*");
        return
        [
            new(
                Topics.HostCpu,
                "Processor of the host in use",
                $"1 - avg by (instance) (rate({Of("node_cpu_seconds_total", LabelCondition.Is("mode", "idle"))}[{window}]))",
                "ratio"),
            new(
                Topics.HostMemory,
                "Memory of the host in use",
                $"1 - max by (instance) ({Of(Probe)}) / max by (instance) ({Of("node_memory_MemTotal_bytes")})",
                "ratio"),
            new(
                Topics.HostDisk,
                "Fullest file system of the host",
                $"max by (instance) (1 - {Of("node_filesystem_avail_bytes", filesystem)} / {Of("node_filesystem_size_bytes", filesystem)})",
                "ratio"),
            new(
                Topics.HostNetwork,
                "Bytes received and sent by the host per second",
                $"sum by (instance) (rate({Of("node_network_receive_bytes_total", network)}[{window}]) + rate({Of("node_network_transmit_bytes_total", network)}[{window}]))",
                "bytes_per_second"),
        ];
    }

    /// <summary>The host of the subject's instance; every host when there are up to three; null when it cannot be told which.</summary>
    private static LabelCondition[]? HostConditions(InvestigationSubject subject, IReadOnlyList<string> hosts)
    {
        var own = new[] { subject.Labels.GetValueOrDefault("node"), subject.Labels.GetValueOrDefault("host"), subject.Instance }
            .OfType<string>().Select(HostOf).FirstOrDefault(h => h.Length > 0 && hosts.Any(i => HostOf(i) == h));
        return own is not null
            ? [LabelCondition.Matches("instance", PromQl.EscapePattern(own) + "(:[0-9]+)?")]
            : hosts.Count is > 0 and <= 3 ? [] : null;
    }

    private static string HostOf(string instance) =>
        instance.LastIndexOf(':') is var colon and > 0 && instance[(colon + 1)..].All(char.IsAsciiDigit) ? instance[..colon] : instance;
}
