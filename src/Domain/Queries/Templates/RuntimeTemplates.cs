using static Nightwatch.Domain.Queries.Templates.TemplateList;

namespace Nightwatch.Domain.Queries.Templates;

/// <summary>Processes and the runtimes JVM, .NET and Go.</summary>
internal static class RuntimeTemplates
{
    public static IReadOnlyList<MeasureTemplate> All { get; } =
    [
        Of("process.cpu", "CPU in use", "cores", "cpu", "sum$by(self) (rate(process_cpu_seconds_total{$m}[$w]))", "usage process service app", "throttle iowait steal host ratio", priority: 0.2),
        Of("process.memory", "resident memory", "bytes", "memory", "sum$by(self) (~process_resident_memory_bytes{$m})", "usage process service app", "heap oom swap free ratio host", priority: 0.2),
        Of("process.fd", "open file descriptors", "count", "fd", "sum$by(self) (~process_open_fds{$m})", "process service count usage app", "ratio"),
        Of("process.fd.ratio", "share of file descriptors in use", "ratio", "fd ratio|capacity|saturation", "~process_open_fds{$m} / ~process_max_fds{$m}", "process service usage app"),
        Of("process.restart", "restarts of the process", "count", "restart", "sum$by(self) (changes(process_start_time_seconds{$m}[$w]))", "process service app count", "pod container oom", count: "sum$by(self) (changes(process_start_time_seconds{$m}[$w]))"),
        Of("process.age", "seconds since the process started", "seconds", "age|availability process|age", "time() - process_start_time_seconds{$m}", "latency service app restart availability running host", priority: -0.5),
        Of("jvm.heap", "heap in use", "bytes", "heap", "sum$by(self) (~$jvmused{area=\"heap\",$m})", "memory usage jvm service app", "ratio free", priority: 0.2),
        Of("jvm.heap.ratio", "share of the heap in use", "ratio", "heap|memory ratio|full|capacity|usage", "sum$by(self) (~$jvmused{area=\"heap\",$m}) / sum$by(self) (~$jvmmax{area=\"heap\",$m})", "memory usage jvm service app", "", priority: 0.1),
        Of("jvm.memory", "memory of the JVM in use", "bytes", "memory jvm", "sum$by(self) (~$jvmused{$m})", "usage service app", "heap"),
        Of("jvm.gc", "share of time in garbage collection", "ratio", "gc|pause", "sum$by(self) (rate(jvm_gc_pause_seconds_sum{$m}[$w]))", "jvm pause latency service app ratio", "count"),
        Of("jvm.gc.mean", "average time of a garbage collection", "seconds", "gc|pause average", "sum$by(self) (rate(jvm_gc_pause_seconds_sum{$m}[$w])) / sum$by(self) (rate(jvm_gc_pause_seconds_count{$m}[$w]))", "jvm gc pause latency service app", "ratio count", priority: 0.5),
        Of("jvm.gc.count", "garbage collections", "per_second", "gc", "sum$by(self) (rate(jvm_gc_pause_seconds_count{$m}[$w]))", "jvm rate service app count", "pause latency", count: "sum$by(self) (increase(jvm_gc_pause_seconds_count{$m}[$w]))", priority: -0.1),
        Of("jvm.threads", "live threads", "count", "thread", "sum$by(self) (~$jvmthreads{$m})", "jvm count service app"),
        Of("dotnet.heap", "managed heap in use", "bytes", "heap", "sum$by(self) (~$dotnetheap{$m})", "memory usage dotnet service app gc", "ratio"),
        Of("dotnet.gc", "garbage collections", "per_second", "gc", "sum$by(self) (rate($dotnetgc{$m}[$w]))", "dotnet rate service app count", "pause latency", count: "sum$by(self) (increase($dotnetgc{$m}[$w]))"),
        Of("dotnet.pause", "share of time paused for garbage collection", "ratio", "pause|latency gc", "sum$by(self) (rate(dotnet_gc_pause_seconds_total{$m}[$w]))", "gc dotnet latency service app ratio pause", "count", priority: 0.2),
        Of("dotnet.threads", "threads of the pool", "count", "thread", "sum$by(self) (~$workerthreads{$m})", "dotnet count service app pool"),
        Of("go.goroutines", "goroutines", "count", "goroutine", "sum$by(self) (~go_goroutines{$m})", "go count service app thread"),
        Of("go.heap", "heap in use", "bytes", "heap", "sum$by(self) (~go_memstats_heap_alloc_bytes{$m})", "memory usage go service app", priority: -0.1),
        Of("go.memory", "heap in use", "bytes", "memory go", "sum$by(self) (~go_memstats_heap_alloc_bytes{$m})", "usage service app heap", priority: 0.1),
        Of("go.gc", "share of time in garbage collection", "seconds", "gc", "sum$by(self) (rate(go_gc_duration_seconds_sum{$m}[$w]))", "go pause latency service app", priority: -0.2),
        Of("go.threads", "threads of the operating system", "count", "thread go", "sum$by(self) (~go_threads{$m})", "count service app"),
    ];
}
