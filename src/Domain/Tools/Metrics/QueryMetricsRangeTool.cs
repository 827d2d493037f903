using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Access;

namespace Nightwatch.Domain.Tools.Metrics;

public sealed record QueryMetricsRangeArguments
{
    [Description("PromQL, evaluated at every step from start to end.")]
    [Length(1, 8192)]
    public required string Query { get; init; }

    [Description("RFC 3339.")]
    public required DateTimeOffset Start { get; init; }

    [Description("RFC 3339; at most 168 hours after start.")]
    public required DateTimeOffset End { get; init; }

    [Description("Seconds between points; chosen for at most 300 points when left out.")]
    [Range(1, 86_400)]
    public int? StepSeconds { get; init; }

    [Description("Name of the metric source; the default one when left out.")]
    [Length(1, 64)]
    public string? Source { get; init; }
}

/// <summary>query_metrics_range: a PromQL expression over time.</summary>
internal sealed class QueryMetricsRangeTool(IEnumerable<IMetricSource> sources) : Tool<QueryMetricsRangeArguments>(
    "query_metrics_range",
    "Evaluates PromQL over time. Data: {series: [{labels, points: [[unix_seconds, value (null for NaN or infinite)]]}], step_seconds, total}.",
    Permission.ReadMetrics,
    ToolEffects.Reads)
{
    private readonly List<IMetricSource> sources = [.. sources];

    protected override async Task<ToolResult> RunAsync(Caller caller, QueryMetricsRangeArguments arguments, CancellationToken cancellationToken)
    {
        var (source, failure) = SourceChoice.ForQuery(sources, caller, Permission.ReadMetrics, arguments.Source, "metrics", "PROMETHEUS_URL");
        var (window, wrong) = ToolLimits.Window(arguments.Start, arguments.End);
        if (source is null || window is null)
        {
            return (failure ?? Outcome.Error(wrong!)) with { Invocation = arguments.Query };
        }

        var step = arguments.StepSeconds ?? ToolLimits.Step(window.Length);
        if (window.Length.TotalSeconds / step >= ToolLimits.MaxPoints)
        {
            return Outcome.Error(
                $"step_seconds {step} gives more than {ToolLimits.MaxPoints} points; ask for a longer step or a shorter time.") with
            { Invocation = arguments.Query };
        }

        return await AskAsync(arguments.Query, source.LinkTo(arguments.Query, window).AbsoluteUri, async () =>
        {
            var answer = await source.QueryRangeAsync(arguments.Query, window, TimeSpan.FromSeconds(step), cancellationToken).ConfigureAwait(false);
            return answer.Items.Count == 0
                ? Outcome.NoData(Outcome.Notes(["No series matches in that time.", .. answer.Notes])!)
                : Outcome.Success(new RangeData([.. answer.Items.Select(Series.Of)], step, answer.Items.Count), Outcome.Notes(answer.Notes));
        }).ConfigureAwait(false);
    }

    private sealed record RangeData(IReadOnlyList<Series> Series, int StepSeconds, int Total);

    private sealed record Series(IReadOnlyDictionary<string, string> Labels, IReadOnlyList<double?[]> Points)
    {
        public static Series Of(MetricSeries series) =>
            new(series.Labels, [.. series.Points.Select(p => new[] { p.At.ToUnixTimeMilliseconds() / 1000d, ToolJson.Number(p.Value) })]);
    }
}
