using System.Diagnostics;
using System.Globalization;
using Nightwatch.Domain.Queries.Guard;
using Nightwatch.Domain.Queries.PromQl;

namespace Nightwatch.Bench;

/// <summary>Reading, guarding and writing a PromQL query, for queries as dashboards and alerts have them.</summary>
internal static class PromQlBench
{
    private const int WarmUp = 200;
    private const int Rounds = 2000;
    private const int Batch = 20;

    private static readonly string[] Queries =
    [
        "up{job=\"api\"}",
        "sum by (job) (rate(http_requests_total{job=\"api\",code=~\"5..\"}[5m]))",
        "sum(rate(http_requests_total{job=\"api\",code=~\"5..\"}[5m])) / sum(rate(http_requests_total{job=\"api\"}[5m])) * 100 > 1",
        "histogram_quantile(0.95, sum by (le, service) (rate(http_request_duration_seconds_bucket{env=\"prod\"}[5m])))",
        "100 - (avg by (instance) (rate(node_cpu_seconds_total{mode=\"idle\"}[5m])) * 100)",
        "(node_filesystem_avail_bytes{fstype!~\"tmpfs|overlay\"} / node_filesystem_size_bytes < 0.1) and on (instance, device, mountpoint) node_filesystem_readonly == 0",
        "max_over_time(deriv(rate(distance_covered_total{job=\"api\"}[5s])[30s:5s])[10m:])",
        "label_replace(kube_pod_status_phase{namespace=~\"shop-.*\"} == 1, \"app\", \"$1\", \"pod\", \"(.*)-[a-z0-9]+-[a-z0-9]+\") * on (namespace, pod) group_left (node) kube_pod_info",
    ];

    public static Task RunAsync(CancellationToken cancellationToken)
    {
        var policy = new QueryPolicy
        {
            ForcedLabels = new Dictionary<string, IReadOnlyList<string>> { ["tenant"] = ["default"], ["cluster"] = ["eu-1", "eu-2"] },
            LargeMetrics = new HashSet<string> { "container_cpu_usage_seconds_total" },
            LargeLabels = new HashSet<string> { "pod_uid" },
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
                if (!PromQlGuard.Check(PromQlQuery.Parse(query, PromQlDialect.V242), policy, range).IsAllowed)
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
