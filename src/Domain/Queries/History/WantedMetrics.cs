using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Investigations.Planning;
using Nightwatch.Domain.Queries.PromQl;
using Nightwatch.Domain.Tools;
using Nightwatch.Domain.Tools.Metrics;

namespace Nightwatch.Domain.Queries.History;

/// <summary>A query of an application, before it is asked.</summary>
/// <param name="Origin">default (the profile's), golden (derived from what the source exposes) or metric (the one that was named).</param>
internal sealed record WantedMetric(string Name, string Query, string Unit, string Description, string Origin);

/// <summary>Which queries answer a question for an application's metrics.</summary>
internal static class WantedMetrics
{
    /// <summary>What the golden signals are derived for; there may be several of each.</summary>
    private const int MaxSignals = 24;

    /// <exception cref="SourceException">The source failed.</exception>
    public static async Task<(IReadOnlyList<WantedMetric> Wanted, IReadOnlyList<string> Notes, ToolResult? Failure)> FindAsync(
        ApplicationReach<IMetricSource> reach, string? metric, TimeWindow window, TimeSpan step, CancellationToken cancellationToken)
    {
        var defaults = reach.Profile.DefaultMetrics;
        if (metric is not null)
        {
            return defaults.FirstOrDefault(m => string.Equals(m.Name, metric, StringComparison.OrdinalIgnoreCase)) is { } named
                ? ([new WantedMetric(named.Name, named.Query, named.Unit, named.Description, "default")], [], null)
                : await OfNameAsync(reach, metric, step, cancellationToken).ConfigureAwait(false);
        }

        if (defaults.Count > 0)
        {
            return ([.. defaults.Select(m => new WantedMetric(m.Name, m.Query, m.Unit, m.Description, "default"))], [], null);
        }

        var (signals, notes) = await ApplicationSignals.FindAsync(reach, window, RateWindow(step), cancellationToken).ConfigureAwait(false);
        var all = signals.All();
        return ([.. all.Take(MaxSignals).Select(s => new WantedMetric(s.Topic, s.Query, s.Unit, s.Title, "golden"))], Noted(notes, all), null);
    }

    /// <summary>Long enough for four scrapes a minute apart and more, and for no request to fall between two points.</summary>
    public static TimeSpan RateWindow(TimeSpan step) => step > TimeSpan.FromMinutes(5) ? step : TimeSpan.FromMinutes(5);

    private static IReadOnlyList<string> Noted(IReadOnlyList<string> notes, IReadOnlyList<SignalQuery> all) =>
        all.Count > MaxSignals ? [.. notes, $"only the first {MaxSignals} of {all.Count} signals are asked"]
        : all.Count == 0 ? [.. notes, "no metric that is known to tell requests, errors, durations or resources carries the application's labels"]
        : notes;

    /// <summary>A metric by its own name: counters as rates, histograms as their 95th percentile, everything else as it is.</summary>
    private static async Task<(IReadOnlyList<WantedMetric>, IReadOnlyList<string>, ToolResult?)> OfNameAsync(
        ApplicationReach<IMetricSource> reach, string metric, TimeSpan step, CancellationToken cancellationToken)
    {
        if (!reach.IsMapped)
        {
            return ([], [], Outcome.Wrong("metric", $"The profile of {reach.Profile.Id} has no default metric of that name, and no labels by which a metric of that name could be told to be its own."));
        }

        var metadata = (await reach.Source.ListMetadataAsync(cancellationToken).ConfigureAwait(false)).GroupBy(m => m.Name, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);
        var known = FoundSeries.Describe(metadata, metric);
        var window = RateWindow(step);
        if (known.Type == "histogram" && !metric.EndsWith("_bucket", StringComparison.Ordinal) && !metric.EndsWith("_sum", StringComparison.Ordinal) && !metric.EndsWith("_count", StringComparison.Ordinal))
        {
            var buckets = PromQlBuild.Rate(PromQlBuild.Selector(metric + "_bucket", [.. reach.Matchers]), window);
            return ([Of(PromQlBuild.HistogramQuantile(0.95, PromQlBuild.Sum(buckets, "le")), metric, known, "95th percentile: ")], [], null);
        }

        var selector = PromQlBuild.Selector(metric, [.. reach.Matchers]);
        var isCounter = known.Type is "counter" || metric.EndsWith("_total", StringComparison.Ordinal) || (known.Type is "histogram" or "summary" && metric != BareName(metric));
        return isCounter
            ? ([Of(PromQlBuild.Rate(selector, window), metric, known with { Unit = "per_second" }, "per second: ")], [], null)
            : ([Of(selector, metric, known, "")], [], null);
    }

    private static string BareName(string metric) => metric.EndsWith("_bucket", StringComparison.Ordinal) || metric.EndsWith("_sum", StringComparison.Ordinal) || metric.EndsWith("_count", StringComparison.Ordinal)
        ? metric[..metric.LastIndexOf('_')]
        : metric;

    private static WantedMetric Of(PromQlExpr query, string metric, MetricMetadata known, string how) =>
        new(metric, query.ToString(), known.Unit, known.Help.Length > 0 || how.Length > 0 ? $"{how}{(known.Help.Length > 0 ? known.Help : metric)}" : "", "metric");
}
