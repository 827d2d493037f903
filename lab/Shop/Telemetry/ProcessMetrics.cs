using System.Diagnostics;
using System.Globalization;

namespace Nightwatch.Shop.Telemetry;

/// <summary>What the process costs, under the names that Prometheus' own clients use.</summary>
internal static class ProcessMetrics
{
    public static void Add(MetricRegistry metrics, string version)
    {
        var process = Process.GetCurrentProcess();
        var start = new DateTimeOffset(process.StartTime).ToUnixTimeMilliseconds() / 1000.0;
        metrics.Gauge("process_start_time_seconds", "Start time since the epoch.", () => start);
        metrics.Gauge("process_cpu_seconds_total", "User and system time.", () =>
        {
            process.Refresh();
            return process.TotalProcessorTime.TotalSeconds;
        }, "counter");
        metrics.Gauge("process_resident_memory_bytes", "Resident memory.", ResidentBytes);
        metrics.Gauge("process_open_fds", "Open file descriptors.", () => Directory.EnumerateFileSystemEntries("/proc/self/fd").Count());
        metrics.Gauge("dotnet_gc_heap_size_bytes", "Managed heap in use.", () => GC.GetTotalMemory(false));
        metrics.Gauge("dotnet_gc_collections_total", "Collections of any generation.", () => GC.CollectionCount(0), "counter");
        metrics.Gauge("dotnet_gc_pause_seconds_total", "Time spent paused.", () => GC.GetTotalPauseDuration().TotalSeconds, "counter");
        metrics.Gauge("dotnet_threadpool_threads", "Threads of the pool.", () => ThreadPool.ThreadCount);
        metrics.Info("shop_build_info", "Always 1; the release is in the labels.", ("version", version), ("revision", Revision(version)));
    }

    private static string Revision(string version) => version == "1.4.2" ? "9c1e4f7" : "e07b52d";

    private static double ResidentBytes()
    {
        var pages = File.ReadAllText("/proc/self/statm").Split(' ')[1];
        return long.Parse(pages, CultureInfo.InvariantCulture) * (double)Environment.SystemPageSize;
    }
}
