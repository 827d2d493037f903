using System.Diagnostics;
using System.Reflection;
using System.Text;

namespace Nightwatch.Adapters.MetricsEndpoint;

/// <summary>The numbers of this process that Prometheus' own client libraries give, under the same names, and some of .NET's.</summary>
internal static class ProcessMetrics
{
    private static readonly string Version = (Assembly.GetEntryAssembly() ?? typeof(ProcessMetrics).Assembly).GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    public static void Write(StringBuilder text)
    {
        using var process = Process.GetCurrentProcess();
        var memory = GC.GetGCMemoryInfo();
        Metric(text, "dotnet_gc_allocated_bytes_total", "counter", "Bytes allocated since the process started.", GC.GetTotalAllocatedBytes());
        Head(text, "dotnet_gc_collections_total", "counter", "Garbage collections by generation.");
        for (var generation = 0; generation <= GC.MaxGeneration; generation++)
        {
            Line(text, "dotnet_gc_collections_total", $"{{generation=\"{generation}\"}}", GC.CollectionCount(generation));
        }

        Metric(text, "dotnet_gc_heap_bytes", "gauge", "Size of the managed heap after the last collection.", memory.HeapSizeBytes);
        Metric(text, "dotnet_gc_pause_seconds_total", "counter", "Time that collections stopped the process.", GC.GetTotalPauseDuration().TotalSeconds);
        Metric(text, "dotnet_threadpool_queue_length", "gauge", "Work items that wait for a thread.", ThreadPool.PendingWorkItemCount);
        Metric(text, "dotnet_threadpool_threads", "gauge", "Threads of the pool.", ThreadPool.ThreadCount);
        Head(text, "nightwatch_build_info", "gauge", "Always 1; the version is in the label.");
        Line(text, "nightwatch_build_info", $"{{version=\"{MetricName.EscapeLabel(Version)}\"}}", 1);
        Metric(text, "process_cpu_seconds_total", "counter", "Processor time used, user and system.", process.TotalProcessorTime.TotalSeconds);
        Metric(text, "process_resident_memory_bytes", "gauge", "Memory in use.", process.WorkingSet64);
        Metric(
            text,
            "process_start_time_seconds",
            "gauge",
            "When the process started, in Unix seconds.",
            new DateTimeOffset(process.StartTime).ToUnixTimeMilliseconds() / 1000d);
    }

    private static void Metric(StringBuilder text, string name, string type, string help, double value)
    {
        Head(text, name, type, help);
        Line(text, name, "", value);
    }

    private static void Head(StringBuilder text, string name, string type, string help) =>
        text.Append("# HELP ").Append(name).Append(' ').Append(help).Append("\n# TYPE ").Append(name).Append(' ').Append(type).Append('\n');

    private static void Line(StringBuilder text, string name, string labels, double value) =>
        text.Append(name).Append(labels).Append(' ').Append(MetricName.Number(value)).Append('\n');
}
