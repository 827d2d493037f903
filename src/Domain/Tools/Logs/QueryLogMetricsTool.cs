using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Queries;
using Nightwatch.Domain.Queries.Guard;

namespace Nightwatch.Domain.Tools.Logs;

public sealed record QueryLogMetricsArguments
{
    [Description("LogQL that gives numbers, such as sum by (level) (count_over_time({service=\"orders\"}[1h])).")]
    [Length(1, 8192)]
    public required string Query { get; init; }

    [Description("RFC 3339; with start and end the query is evaluated at every step, with end alone at that time. Now when left out.")]
    public DateTimeOffset? End { get; init; }

    [Description("RFC 3339; at most 168 hours before end.")]
    public DateTimeOffset? Start { get; init; }

    [Description("Seconds between points; chosen for at most 300 points when left out. Counts only with start.")]
    [Range(1, 86_400)]
    public int? StepSeconds { get; init; }

    [Description("Name of the log source; the default one when left out.")]
    [Length(1, 64)]
    public string? Source { get; init; }
}

/// <summary>query_log_metrics: lines of logs counted or measured, at one time or over time. Data as of query_metrics and query_metrics_range.</summary>
internal sealed class QueryLogMetricsTool(IDatasources sources, IQueryGuard guard, QueryLimits limits, TimeProvider time) : Tool<QueryLogMetricsArguments>(
    "query_log_metrics",
    "Counts or measures log lines with LogQL. Data without start: {samples: [{labels, value (null for NaN or infinite), at}], total}; with start: "
        + "{series: [{labels, points: [[unix_seconds, value]]}], step_seconds, total}.",
    Permission.ReadLogs,
    ToolEffects.Reads)
{
    public override bool Available => sources.MayHave<ILogSource>();

    public override async ValueTask<bool> IsAvailableForAsync(string tenant, CancellationToken cancellationToken) =>
        (await sources.ListAsync<ILogSource>(tenant, cancellationToken).ConfigureAwait(false)).Count > 0;

    protected override async Task<ToolResult> RunAsync(Caller caller, QueryLogMetricsArguments arguments, CancellationToken cancellationToken)
    {
        var (source, failure) = await sources.ForQueryAsync<ILogSource>(
            caller, Permission.ReadLogs, arguments.Source, "logs", "LOKI_URL", cancellationToken).ConfigureAwait(false);
        var end = arguments.End?.ToUniversalTime() ?? time.GetUtcNow();
        var (window, wrong) = limits.Window(arguments.Start ?? end, end);
        if (source is null || window is null)
        {
            return (failure ?? Outcome.Wrong("start", wrong!)) with { Invocation = arguments.Query };
        }

        var step = arguments.StepSeconds ?? ToolLimits.Step(window.Length);
        if (window.Length.TotalSeconds / step >= ToolLimits.MaxPoints)
        {
            return Outcome.Wrong("step_seconds", $"step_seconds {step} gives more than {ToolLimits.MaxPoints} points; ask for a longer step or a shorter time.") with
            {
                Invocation = arguments.Query,
            };
        }

        var range = arguments.Start is null ? (QueryRange?)null : new QueryRange(window.Length, TimeSpan.FromSeconds(step));
        var checkedQuery = guard.Check(QueryLanguage.LogQl, arguments.Query, range, source, caller);
        return checkedQuery.Refusal is { } refusal
            ? Outcome.Wrong("query", refusal) with { Invocation = arguments.Query, Source = source.Name }
            : await AskAsync(source, checkedQuery.Query, window, arguments.Start is null ? null : step, cancellationToken).ConfigureAwait(false) with { Source = source.Name };
    }

    private Task<ToolResult> AskAsync(ILogSource source, string query, TimeWindow window, int? step, CancellationToken cancellationToken)
    {
        var shown = step is null ? new TimeWindow(window.End.AddHours(-1), window.End) : window;
        return AskAsync(query, source.LinkTo(query, shown).AbsoluteUri, async () =>
        {
            if (step is not { } seconds)
            {
                return MetricData.Of(await source.QuerySamplesAsync(query, window.End, cancellationToken).ConfigureAwait(false), limits);
            }

            var answer = await source.QuerySeriesAsync(query, window, TimeSpan.FromSeconds(seconds), cancellationToken).ConfigureAwait(false);
            return MetricData.Of(answer, seconds, limits);
        });
    }
}
