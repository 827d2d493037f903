using static Nightwatch.Domain.Queries.Templates.TemplateList;

namespace Nightwatch.Domain.Queries.Templates;

/// <summary>Hosts, as node exporter shows them.</summary>
internal static class HostTemplates
{
    private const string Real = "fstype!~\"tmpfs|overlay|squashfs|ramfs|devtmpfs|rootfs\"";

    public static IReadOnlyList<MeasureTemplate> All { get; } =
    [
        Of("host.cpu", "share of the CPU in use", "ratio", "cpu", "1 - avg$by(instance) (rate(node_cpu_seconds_total{mode=\"idle\",$m}[$w]))", "usage ratio host load", "iowait steal throttle process count", priority: 0.6),
        Of("host.cpu.cores", "CPU cores", "count", "cpu count", "count$by(instance) (node_cpu_seconds_total{mode=\"idle\",$m})", "host capacity"),
        Of("host.iowait", "share of the CPU that waits for storage", "ratio", "iowait", "avg$by(instance) (rate(node_cpu_seconds_total{mode=\"iowait\",$m}[$w]))", "cpu host disk diskio ratio"),
        Of("host.steal", "share of the CPU that the hypervisor took", "ratio", "steal", "avg$by(instance) (rate(node_cpu_seconds_total{mode=\"steal\",$m}[$w]))", "cpu host ratio"),
        Of("host.load", "load average of a minute", "count", "load", "~node_load1{$m}", "host cpu average", "request"),
        Of("host.load5", "load average of five minutes", "count", "load5", "~node_load5{$m}", "host cpu average load"),
        Of("host.load15", "load average of fifteen minutes", "count", "load15", "~node_load15{$m}", "host cpu average load"),
        Of("host.load.cores", "load average per core", "ratio", "load cpu|saturation", "~node_load1{$m} / on (instance) group_left () count by (instance) (node_cpu_seconds_total{mode=\"idle\",$m})", "host average saturation", "usage"),
        Of("host.memory", "share of memory in use", "ratio", "memory", "1 - ~node_memory_MemAvailable_bytes{$m} / ~node_memory_MemTotal_bytes{$m}", "usage ratio host full", "swap oom heap forecast", priority: 0.6),
        Of("host.memory.free", "memory available", "bytes", "memory free", "~node_memory_MemAvailable_bytes{$m}", "host", "swap heap ratio", priority: 0.6),
        Of("host.memory.free.ratio", "share of memory available", "ratio", "memory free ratio", "~node_memory_MemAvailable_bytes{$m} / ~node_memory_MemTotal_bytes{$m}", "host", "swap heap", priority: 0.6),
        Of("host.memory.used", "memory in use", "bytes", "memory bytes", "~node_memory_MemTotal_bytes{$m} - ~node_memory_MemAvailable_bytes{$m}", "usage host", "swap heap ratio free capacity service app pod container", priority: 0.3),
        Of("host.memory.size", "memory there is", "bytes", "memory capacity", "node_memory_MemTotal_bytes{$m}", "host", "usage free swap"),
        Of("host.memory.forecast", "seconds until no memory is available, at the pace of the last six hours", "seconds", "memory forecast", "node_memory_MemAvailable_bytes{$m} / (-deriv(node_memory_MemAvailable_bytes{$m}[6h]) > 0)", "host usage capacity free", "swap heap disk"),
        Of("host.swap", "share of swap in use", "ratio", "swap", "1 - ~node_memory_SwapFree_bytes{$m} / (~node_memory_SwapTotal_bytes{$m} > 0)", "usage memory host full ratio"),
        Of("host.faults", "major page faults", "per_second", "memory error", "rate(node_vmstat_pgmajfault{$m}[$w])", "host"),
        Of("host.oom", "processes killed for want of memory", "count", "oom", "increase(node_vmstat_oom_kill{$m}[$w])", "memory host count restart error", "pod container", count: "increase(node_vmstat_oom_kill{$m}[$w])", priority: -0.3),
        Of("host.disk", "share of the filesystem in use", "ratio", "disk", $"1 - ~node_filesystem_avail_bytes{{{Real},$m}} / ~node_filesystem_size_bytes{{{Real},$m}}", "usage ratio host full", "diskio latency inode read write forecast iowait pvc dbsize", priority: 0.6),
        Of("host.disk.free", "space left on the filesystem", "bytes", "disk free", $"~node_filesystem_avail_bytes{{{Real},$m}}", "host", "ratio diskio inode read write forecast pvc dbsize", priority: 0.6),
        Of("host.disk.free.ratio", "share of the filesystem that is left", "ratio", "disk free ratio", $"~node_filesystem_avail_bytes{{{Real},$m}} / ~node_filesystem_size_bytes{{{Real},$m}}", "host", "diskio inode read write forecast pvc dbsize", priority: 0.6),
        Of("host.disk.used", "space in use on the filesystem", "bytes", "disk bytes", $"~node_filesystem_size_bytes{{{Real},$m}} - ~node_filesystem_avail_bytes{{{Real},$m}}", "usage host", "diskio inode read write forecast pvc dbsize ratio free capacity", priority: 0.3),
        Of("host.disk.pace", "bytes a second by which the space left shrinks, over the last six hours", "bytes_per_second", "disk pace", $"-deriv(node_filesystem_avail_bytes{{{Real},$m}}[6h])", "host usage forecast full", "inode pvc"),
        Of("host.disk.size", "size of the filesystem", "bytes", "disk capacity", $"node_filesystem_size_bytes{{{Real},$m}}", "host", "usage free diskio ratio"),
        Of("host.disk.forecast", "seconds until the filesystem is full, at the pace of the last six hours", "seconds", "disk forecast", $"node_filesystem_avail_bytes{{{Real},$m}} / (-deriv(node_filesystem_avail_bytes{{{Real},$m}}[6h]) > 0)", "host usage capacity free", "inode memory pvc"),
        Of("host.disk.within", "space left by then, at the pace of the last six hours (below 0: full)", "bytes", "disk forecast|full|free|usage|disk horizon", $"predict_linear(node_filesystem_avail_bytes{{{Real},$m}}[6h], $h)", "host usage capacity free", "inode memory pvc", priority: 1),
        Of("host.inode", "share of inodes in use", "ratio", "inode", $"1 - ~node_filesystem_files_free{{{Real},$m}} / ~node_filesystem_files{{{Real},$m}}", "usage ratio host full disk", "free pvc"),
        Of("host.inode.free", "inodes left", "count", "inode free", $"~node_filesystem_files_free{{{Real},$m}}", "host disk full count", "pvc"),
        Of("host.disk.readonly", "filesystems that are read-only", "count", "disk read", $"node_filesystem_readonly{{{Real},$m}} == 1", "only host", "latency diskio request write", priority: -2),
        Of("host.diskio", "share of time that the disk was busy", "ratio", "diskio", "rate(node_disk_io_time_seconds_total{$m}[$w])", "disk host usage ratio saturation", "read write latency iowait"),
        Of("host.diskio.busy", "share of time that the disk was busy", "ratio", "disk saturation|load", "rate(node_disk_io_time_seconds_total{$m}[$w])", "host usage ratio", "read write latency"),
        Of("host.disk.read", "bytes read from disk", "bytes_per_second", "disk|diskio read", "sum$by(instance) (rate(node_disk_read_bytes_total{$m}[$w]))", "host rate request", "latency write", count: "sum$by(instance) (increase(node_disk_read_bytes_total{$m}[$w]))"),
        Of("host.disk.write", "bytes written to disk", "bytes_per_second", "disk|diskio write", "sum$by(instance) (rate(node_disk_written_bytes_total{$m}[$w]))", "host rate request", "latency read", count: "sum$by(instance) (increase(node_disk_written_bytes_total{$m}[$w]))"),
        Of("host.disk.throughput", "bytes read from and written to disk", "bytes_per_second", "diskflow", "sum$by(instance) (rate(node_disk_read_bytes_total{$m}[$w])) + sum$by(instance) (rate(node_disk_written_bytes_total{$m}[$w]))", "disk host rate", priority: 1),
        Of("host.iops", "reads and writes of the disk", "per_second", "diskio|iops request|rate|count|iops", "sum$by(instance) (rate(node_disk_reads_completed_total{$m}[$w])) + sum$by(instance) (rate(node_disk_writes_completed_total{$m}[$w]))", "disk host diskio", "latency", priority: 0.5),
        Of("host.disk.readlatency", "time of a read", "seconds", "disk|diskio latency read", "rate(node_disk_read_time_seconds_total{$m}[$w]) / rate(node_disk_reads_completed_total{$m}[$w])", "host average"),
        Of("host.disk.writelatency", "time of a write", "seconds", "disk|diskio latency write", "rate(node_disk_write_time_seconds_total{$m}[$w]) / rate(node_disk_writes_completed_total{$m}[$w])", "host average"),
        Of("host.disk.latency", "time of a read", "seconds", "disk|diskio latency", "rate(node_disk_read_time_seconds_total{$m}[$w]) / rate(node_disk_reads_completed_total{$m}[$w])", "host average", "write"),
        Of("host.network.receive", "bytes received", "bytes_per_second", "network|bytes|host receive", "sum$by(instance) (rate(node_network_receive_bytes_total{device!=\"lo\",$m}[$w]))", "network host usage rate request", "error drop packet transmit message", count: "sum$by(instance) (increase(node_network_receive_bytes_total{device!=\"lo\",$m}[$w]))", priority: 0.3),
        Of("host.network.transmit", "bytes sent", "bytes_per_second", "network|bytes|host transmit", "sum$by(instance) (rate(node_network_transmit_bytes_total{device!=\"lo\",$m}[$w]))", "network host usage rate request", "error drop packet receive message", count: "sum$by(instance) (increase(node_network_transmit_bytes_total{device!=\"lo\",$m}[$w]))", priority: 0.3),
        Of("host.network", "bytes received and sent", "bytes_per_second", "network", "sum$by(instance) (rate(node_network_receive_bytes_total{device!=\"lo\",$m}[$w])) + sum$by(instance) (rate(node_network_transmit_bytes_total{device!=\"lo\",$m}[$w]))", "host usage rate request", "error drop packet latency", priority: 0.3),
        Of("host.network.errors", "network errors", "per_second", "network error", "sum$by(instance) (rate(node_network_receive_errs_total{$m}[$w])) + sum$by(instance) (rate(node_network_transmit_errs_total{$m}[$w]))", "host rate packet", "drop", count: "sum$by(instance) (increase(node_network_receive_errs_total{$m}[$w])) + sum$by(instance) (increase(node_network_transmit_errs_total{$m}[$w]))"),
        Of("host.network.errors.in", "receive errors", "per_second", "network error receive", "sum$by(instance) (rate(node_network_receive_errs_total{$m}[$w]))", "host rate packet", "drop transmit", count: "sum$by(instance) (increase(node_network_receive_errs_total{$m}[$w]))"),
        Of("host.network.errors.out", "transmit errors", "per_second", "network error transmit", "sum$by(instance) (rate(node_network_transmit_errs_total{$m}[$w]))", "host rate packet", "drop receive", count: "sum$by(instance) (increase(node_network_transmit_errs_total{$m}[$w]))"),
        Of("host.network.drops", "packets dropped", "per_second", "drop packet|network|host", "sum$by(instance) (rate(node_network_receive_drop_total{$m}[$w])) + sum$by(instance) (rate(node_network_transmit_drop_total{$m}[$w]))", "host network packet rate count", "", count: "sum$by(instance) (increase(node_network_receive_drop_total{$m}[$w])) + sum$by(instance) (increase(node_network_transmit_drop_total{$m}[$w]))"),
        Of("host.fd", "share of file descriptors in use", "ratio", "fd", "~node_filefd_allocated{$m} / ~node_filefd_maximum{$m}", "host usage ratio", "process count", priority: -0.3),
        Of("host.fd.count", "open file descriptors of the host", "count", "fd count", "~node_filefd_allocated{$m}", "host usage", "process ratio service", priority: -0.2),
        Of("host.conntrack", "share of tracked connections in use", "ratio", "conntrack", "~node_nf_conntrack_entries{$m} / ~node_nf_conntrack_entries_limit{$m}", "host usage connection capacity ratio"),
        Of("host.uptime", "seconds since the host started", "seconds", "age|availability host|age", "node_time_seconds{$m} - node_boot_time_seconds{$m}", "latency", "ratio health", priority: -0.8),
        Of("host.temperature", "temperature", "celsius", "temperature", "~node_hwmon_temp_celsius{$m}", "host cpu"),
        Of("host.clock", "how far the clock is off", "seconds", "clock", "~node_timex_offset_seconds{$m}", "host"),
        Of("host.unit", "systemd units that failed", "count", "unit", "node_systemd_unit_state{state=\"failed\",$m} == 1", "error host service restart"),
        Of("host.raid", "failed disks of RAID arrays", "count", "raid", "node_md_disks{state=\"failed\",$m}", "disk error host"),
        Of("host.context", "context switches", "per_second", "cpu host", "rate(node_context_switches_total{$m}[$w])", "", "usage", priority: -3),
    ];
}
