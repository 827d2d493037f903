using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Queries;
using Nightwatch.Domain.Queries.Cardinality;
using Nightwatch.Domain.Queries.Guard;

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
internal sealed class QueryMetricsRangeTool(
    IDatasources sources, IQueryGuard guard, EstimateQuery estimate, QueryLimits limits, TimeProvider time) : Tool<QueryMetricsRangeArguments>(
    "query_metrics_range",
    "Evaluates PromQL over time. Data: {series: [{labels, points: [[unix_seconds, value (null for NaN or infinite)]]}], step_seconds, total}.",
    Permission.ReadMetrics,
    ToolEffects.Reads)
{
    protected override async Task<ToolResult> RunAsync(Caller caller, QueryMetricsRangeArguments arguments, CancellationToken cancellationToken)
    {
        var (source, failure) = await sources.ForQueryAsync<IMetricSource>(
            caller, Permission.ReadMetrics, arguments.Source, "metrics", "PROMETHEUS_URL", cancellationToken).ConfigureAwait(false);
        var (window, wrong) = limits.Window(arguments.Start, arguments.End);
        if (source is null || window is null)
        {
            return (failure ?? Outcome.Wrong("start", wrong!)) with { Invocation = arguments.Query };
        }

        var step = arguments.StepSeconds ?? ToolLimits.Step(window.Length);
        if (window.Length.TotalSeconds / step >= ToolLimits.MaxPoints)
        {
            return Outcome.Wrong(
                "step_seconds", $"step_seconds {step} gives more than {ToolLimits.MaxPoints} points; ask for a longer step or a shorter time.") with
            { Invocation = arguments.Query };
        }

        var range = new QueryRange(window.Length, TimeSpan.FromSeconds(step));
        var checkedQuery = guard.Check(QueryLanguage.PromQl, arguments.Query, range, source, caller);
        var cost = checkedQuery.Refusal is null
            ? await estimate.CheckAsync(source, checkedQuery.Query, window, range, caller, cancellationToken).ConfigureAwait(false)
            : QueryCost.Unremarkable;
        return (checkedQuery.Refusal ?? cost.Refusal) is { } refusal
            ? Outcome.Wrong("query", refusal) with { Invocation = arguments.Query, Source = source.Name }
            : await RunAsync(source, checkedQuery.Query, Exact(caller, window, step), step, cost.Note, cancellationToken).ConfigureAwait(false) with { Source = source.Name };
    }

    /// <summary>Evidence keeps its exact times; people who ask the same within a step share an answer.</summary>
    private TimeWindow Exact(Caller caller, TimeWindow window, int step) =>
        caller.Kind == CallerKind.System ? window : QueryLimits.Align(window, TimeSpan.FromSeconds(step), time.GetUtcNow());

    private Task<ToolResult> RunAsync(IMetricSource source, string query, TimeWindow window, int step, string? costs, CancellationToken cancellationToken) =>
        AskAsync(query, source.LinkTo(query, window).AbsoluteUri, async () =>
        {
            var answer = await source.QueryRangeAsync(query, window, TimeSpan.FromSeconds(step), cancellationToken).ConfigureAwait(false);
            var (kept, note) = limits.Keep(answer.Items, "series");
            return answer.Items.Count == 0
                ? Outcome.NoData(Outcome.Notes(["No series matches in that time.", .. answer.Notes])!)
                : Outcome.Success(new SeriesData([.. kept.Select(SeriesView.Of)], step, answer.Items.Count), Outcome.Notes([.. answer.Notes, note, costs]));
        });
}
