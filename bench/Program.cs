using Nightwatch.Bench;

// Medians and percentiles of real runs; nothing here passes or fails. One bench by name, or all.
var benches = new Dictionary<string, Func<CancellationToken, Task>>
{
    ["startup"] = StartupBench.RunAsync,
    ["intake"] = IntakeBench.RunAsync,
    ["history"] = HistoryBench.RunAsync,
    ["limits"] = LimitsBench.RunAsync,
    ["masking"] = MaskingBench.RunAsync,
    ["promql"] = PromQlBench.RunAsync,
    ["logql"] = LogQlBench.RunAsync,
    ["audit"] = AuditBench.RunAsync,
    ["translate"] = TranslateBench.RunAsync,
    ["cache"] = CacheBench.RunAsync,
    ["investigation"] = InvestigationBench.RunAsync,
    ["durable"] = DurableBench.RunAsync,
};
using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, key) =>
{
    key.Cancel = true;
    stop.Cancel();
};
var wanted = args.Length > 0 ? args : [.. benches.Keys];
if (wanted.FirstOrDefault(name => !benches.ContainsKey(name)) is { } unknown)
{
    Console.Error.WriteLine($"There is no bench {unknown}; there are {string.Join(", ", benches.Keys)}.");
    return 2;
}

Console.WriteLine($"{Environment.ProcessorCount} cores, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30} GiB, .NET {Environment.Version}");
foreach (var name in wanted)
{
    Console.WriteLine($"\n{name}");
    await benches[name](stop.Token);
}

return 0;
