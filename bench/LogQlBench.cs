using System.Diagnostics;
using System.Globalization;
using Nightwatch.Domain.Queries.Guard;
using Nightwatch.Domain.Queries.LogQl;

namespace Nightwatch.Bench;

/// <summary>Reading, guarding and writing a LogQL query, for queries as people and dashboards have them.</summary>
internal static class LogQlBench
{
    private const int WarmUp = 200;
    private const int Rounds = 2000;
    private const int Batch = 20;

    private static readonly string[] Queries =
    [
        "{app=\"shop\"} |= \"database timeout\"",
        "{app=\"shop\", level=~\"error|warn\"} | json | status >= 500 | line_format \"{{.method}} {{.path}}\"",
        "sum by (level) (count_over_time({app=\"shop\"} | logfmt [24h]))",
        "sum(rate({app=\"shop\"} |~ \"(?i)error\" [5m])) / sum(rate({app=\"shop\"}[5m])) * 100 > 1",
        "topk(5, sum by (pod) (rate({app=\"shop\", env=\"prod\"} |= \"timeout\" != \"debug\" [1h])))",
        "quantile_over_time(0.95, {app=\"shop\"} | json | unwrap duration(latency) | __error__=\"\" [5m]) by (path)",
        "sum(count_over_time({application=\"hdfs-us-east\"} |~ \"BLOCK\\\\* NameSystem\\\\.allocateBlock:\" [1m]))",
        "{app=\"ssh\"} |= \"PAM service(sshd) ignoring max retries;\" | regexp \"ignoring max retries; (?P<actual>\\\\d+) > (?P<max>\\\\d+)\" | actual > 3 or max < 2",
    ];

    public static Task RunAsync(CancellationToken cancellationToken)
    {
        var policy = new QueryPolicy
        {
            ForcedLabels = new Dictionary<string, IReadOnlyList<string>> { ["tenant"] = ["default"], ["cluster"] = ["eu-1", "eu-2"] },
            LargeLabels = new HashSet<string> { "trace_id" },
        };
        var range = new QueryRange(TimeSpan.FromHours(6), TimeSpan.FromMinutes(1));
        var all = new Samples();
        foreach (var query in Queries)
        {
            var (times, allocated) = Measure(query, policy, range, all, cancellationToken);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"  median {times.Percentile(.5),6:0.0} us, p99 {times.Percentile(.99),6:0.0} us, {allocated,6} bytes: {query[..Math.Min(query.Length, 80)]}"));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  parse + guard + print of {Queries.Length} typical queries: median {all.Percentile(.5):0.0} us, p99 {all.Percentile(.99):0.0} us"));
        return Task.CompletedTask;
    }

    private static (Samples Times, long Allocated) Measure(string query, QueryPolicy policy, QueryRange range, Samples all, CancellationToken cancellationToken)
    {
        var times = new Samples();
        var allocated = 0L;
        for (var round = -WarmUp; round < Rounds; round++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var before = GC.GetAllocatedBytesForCurrentThread();
            var began = Stopwatch.GetTimestamp();
            for (var i = 0; i < Batch; i++)
            {
                // The guard writes the query that it allows.
                if (!LogQlGuard.Check(LogQlParser.Parse(query), policy, range).IsAllowed)
                {
                    throw new InvalidOperationException($"{query} is refused");
                }
            }

            var took = Stopwatch.GetElapsedTime(began).TotalMicroseconds / Batch;
            allocated = (GC.GetAllocatedBytesForCurrentThread() - before) / Batch;
            if (round >= 0)
            {
                times.Add(took);
                all.Add(took);
            }
        }

        return (times, allocated);
    }
}
