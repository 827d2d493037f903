using System.Diagnostics;
using System.Globalization;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Queries.Catalogue;
using Nightwatch.Domain.Queries.Translation;

namespace Nightwatch.Bench;

/// <summary>Questions into queries with a catalogue of 50,000 metric names: building its index, and one translation.</summary>
internal static class TranslateBench
{
    private const int Names = 50_000;
    private static readonly string[] Questions =
    [
        "what is the error rate of service-7 yesterday", "95th percentile response time of service-12 in the last 24 hours", "top 5 pods by memory", "when will the disk be full",
        "how many widgets were rejected by component 17 in the past hour", "find all errors containing 'database timeout'", "memroy usgae of servce-31",
    ];

    public static Task RunAsync(CancellationToken cancellationToken)
    {
        var (metadata, series) = Source();
        MetricCatalogue.Build(metadata, series);
        var built = Enumerable.Range(0, 5).Select(_ => Time(() => MetricCatalogue.Build(metadata, series))).Order().ToArray();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  index of {metadata.Count} names and {series.Count} series: {built[2]:0} ms (best {built[0]:0})"));
        var context = new TranslationContext { Now = new DateTimeOffset(2026, 11, 18, 14, 30, 0, TimeSpan.Zero), Metrics = MetricCatalogue.Build(metadata, series) };
        foreach (var question in Questions)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var times = Enumerable.Range(0, 60).Select(_ => Time(() => QueryTranslator.Translate(question, context))).Skip(10).Order().ToArray();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {question}: {times[times.Length / 2]:0.00} ms, p95 {times[(int)(times.Length * 0.95)]:0.00}"));
        }

        return Task.CompletedTask;
    }

    private static double Time(Action work)
    {
        var started = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }

    private static (List<MetricMetadata> Metadata, List<IReadOnlyDictionary<string, string>> Series) Source()
    {
        string[] things = ["http", "queue", "cache", "widget", "order", "disk", "pool", "session", "batch", "index", "lease", "shard", "page", "token", "mail", "job"];
        string[] parts = ["requests", "errors", "duration", "size", "latency", "rejected", "accepted", "retries", "lag", "depth"];
        string[] ends = ["total", "seconds", "bytes", "ratio", "count"];
        var metadata = new List<MetricMetadata>(Names) { new("http_requests_total", "counter", "Requests answered.", ""), new("http_request_duration_seconds", "histogram", "Time to answer.", "") };
        var series = new List<IReadOnlyDictionary<string, string>>();
        for (var i = 0; metadata.Count < Names; i++)
        {
            var name = $"app{i / 800}_{things[i % things.Length]}_{parts[i / 16 % parts.Length]}_m{i}_{ends[i / 160 % ends.Length]}";
            metadata.Add(new MetricMetadata(name, ends[i / 160 % ends.Length] == "total" ? "counter" : "gauge", $"Number of {things[i % things.Length]} {parts[i / 16 % parts.Length]} seen by component {i % 100}.", ""));
        }

        for (var i = 0; i < 5000; i++)
        {
            series.Add(new Dictionary<string, string> { ["__name__"] = i % 2 == 0 ? "http_requests_total" : "http_request_duration_seconds_bucket", ["service"] = $"service-{i % 400}", ["pod"] = $"service-{i % 400}-{i}", ["code"] = "500" });
        }

        return (metadata, series);
    }
}
