using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Datasources.Caching;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Queries;

namespace Nightwatch.Domain.Tools.Metrics;

public sealed record ListMetricsArguments
{
    [Description("Only metrics with a series that this selector matches, such as {service=\"orders\"}.")]
    [Length(1, 2048)]
    public string? Selector { get; init; }

    [Description("Only metrics whose name or help contains this.")]
    [Length(1, 128)]
    public string? Search { get; init; }

    [Description("RFC 3339; an hour before end when left out. Counts only with a selector.")]
    public DateTimeOffset? Start { get; init; }

    [Description("RFC 3339; now when left out.")]
    public DateTimeOffset? End { get; init; }

    [Description("Most metrics to give; 100 when left out.")]
    [Range(1, 500)]
    public int? Limit { get; init; }

    [Description("Name of the metric source; the default one when left out.")]
    [Length(1, 64)]
    public string? Source { get; init; }
}

/// <summary>list_metrics: which metrics there are, of what type, with which labels.</summary>
internal sealed class ListMetricsTool(IDatasources sources, QueryLimits limits, TimeProvider time) : Tool<ListMetricsArguments>(
    "list_metrics",
    "Lists metrics by name. Data: {metrics: [{name, type, help, unit, labels: {label: [up to 20 values]}}], total}. Labels are given with a selector only.",
    Permission.ReadMetrics,
    ToolEffects.Reads)
{
    private const int MaxSeries = 20_000;

    protected override async Task<ToolResult> RunAsync(Caller caller, ListMetricsArguments arguments, CancellationToken cancellationToken)
    {
        var end = arguments.End ?? time.GetUtcNow();
        var (window, wrong) = limits.Window(arguments.Start ?? end.AddHours(-1), end);
        var (source, failure) = await sources.ForQueryAsync<IMetricSource>(
            caller, Permission.ReadMetrics, arguments.Source, "metrics", "PROMETHEUS_URL", cancellationToken).ConfigureAwait(false);
        var invocation = arguments.Selector ?? "GET /api/v1/metadata";
        if (source is null || window is null)
        {
            return (failure ?? Outcome.Error(wrong!)) with { Invocation = invocation };
        }

        var link = arguments.Selector is { } selector ? source.LinkTo(selector, window).AbsoluteUri : null;
        return await AskAsync(invocation, link, () => ListAsync(source, arguments, window, cancellationToken)).ConfigureAwait(false);
    }

    private static async Task<ToolResult> ListAsync(
        IMetricSource source, ListMetricsArguments arguments, TimeWindow window, CancellationToken cancellationToken)
    {
        var listed = await source.ListMetadataAsync(cancellationToken).ConfigureAwait(false);
        var metadata = listed.ToDictionary(m => m.Name, StringComparer.Ordinal);
        var mark = CacheMark.Of(listed);
        IReadOnlyList<string> notes = mark is null ? [] : [mark];
        IEnumerable<Metric> found;
        if (arguments.Selector is { } selector)
        {
            var series = await source.FindSeriesAsync([selector], window, MaxSeries, cancellationToken).ConfigureAwait(false);
            notes = [.. notes, .. series.Notes.Where(n => n != mark)];
            found = series.Items
                .GroupBy(s => s.GetValueOrDefault("__name__", ""), StringComparer.Ordinal)
                .Select(g => Metric.Of(FoundSeries.Describe(metadata, g.Key), FoundSeries.LabelsOf(g)));
        }
        else
        {
            found = metadata.Values.Select(m => Metric.Of(m, new SortedDictionary<string, IReadOnlyList<string>>()));
        }

        var all = found.Where(m => Matches(m, arguments.Search)).OrderBy(m => m.Name, StringComparer.Ordinal).ToList();
        var limit = arguments.Limit ?? 100;
        return all.Count == 0
            ? Outcome.NoData(Outcome.Notes(["No metric matches.", .. notes])!)
            : Outcome.Success(
                new MetricsData(all.Count <= limit ? all : all[..limit], all.Count),
                Outcome.Notes([.. notes, all.Count > limit ? $"only the first {limit} of {all.Count} metrics are shown" : null]));
    }

    private static bool Matches(Metric metric, string? search) => search is null
        || metric.Name.Contains(search, StringComparison.OrdinalIgnoreCase)
        || metric.Help.Contains(search, StringComparison.OrdinalIgnoreCase);

    private sealed record MetricsData(IReadOnlyList<Metric> Metrics, int Total);

    private sealed record Metric(string Name, string Type, string Help, string Unit, SortedDictionary<string, IReadOnlyList<string>> Labels)
    {
        public static Metric Of(MetricMetadata metadata, SortedDictionary<string, IReadOnlyList<string>> labels) =>
            new(metadata.Name, metadata.Type, metadata.Help, metadata.Unit, labels);
    }
}
