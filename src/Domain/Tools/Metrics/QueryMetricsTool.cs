using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Queries;
using Nightwatch.Domain.Queries.Cardinality;

namespace Nightwatch.Domain.Tools.Metrics;

public sealed record QueryMetricsArguments
{
    [Description("PromQL, evaluated at one time.")]
    [Length(1, 8192)]
    public required string Query { get; init; }

    [Description("When, as RFC 3339; now when left out.")]
    public DateTimeOffset? Time { get; init; }

    [Description("Name of the metric source; the default one when left out.")]
    [Length(1, 64)]
    public string? Source { get; init; }
}

/// <summary>query_metrics: a PromQL expression at one time.</summary>
internal sealed class QueryMetricsTool(
    IDatasources sources, IQueryGuard guard, EstimateQuery estimate, QueryLimits limits, TimeProvider time) : Tool<QueryMetricsArguments>(
    "query_metrics",
    "Evaluates PromQL at one time. Data: {samples: [{labels, value (null for NaN or infinite), at}], total}.",
    Permission.ReadMetrics,
    ToolEffects.Reads)
{
    protected override async Task<ToolResult> RunAsync(Caller caller, QueryMetricsArguments arguments, CancellationToken cancellationToken)
    {
        var (source, failure) = await sources.ForQueryAsync<IMetricSource>(
            caller, Permission.ReadMetrics, arguments.Source, "metrics", "PROMETHEUS_URL", cancellationToken).ConfigureAwait(false);
        if (source is null)
        {
            return failure! with { Invocation = arguments.Query };
        }

        var asked = arguments.Time?.ToUniversalTime() ?? time.GetUtcNow();
        var at = caller.Kind == CallerKind.System ? asked : QueryLimits.Align(asked);
        var checkedQuery = guard.Check(QueryLanguage.PromQl, arguments.Query, null, source, caller);
        var cost = checkedQuery.Refusal is null
            ? await estimate.CheckAsync(source, checkedQuery.Query, new TimeWindow(at, at), null, caller, cancellationToken).ConfigureAwait(false)
            : QueryCost.Unremarkable;
        return (checkedQuery.Refusal ?? cost.Refusal) is { } refusal
            ? Outcome.Wrong("query", refusal) with { Invocation = arguments.Query, Source = source.Name }
            : await RunAsync(source, checkedQuery.Query, at, cost.Note, cancellationToken).ConfigureAwait(false) with { Source = source.Name };
    }

    private Task<ToolResult> RunAsync(IMetricSource source, string query, DateTimeOffset at, string? costs, CancellationToken cancellationToken) =>
        AskAsync(query, source.LinkTo(query, new TimeWindow(at.AddHours(-1), at)).AbsoluteUri, async () =>
        {
            var answer = await source.QueryAsync(query, at, cancellationToken).ConfigureAwait(false);
            var (kept, note) = limits.Keep(answer.Items, "samples");
            return answer.Items.Count == 0
                ? Outcome.NoData(Outcome.Notes(["No series matches at that time.", .. answer.Notes])!)
                : Outcome.Success(new SamplesData([.. kept.Select(Sample.Of)], answer.Items.Count), Outcome.Notes([.. answer.Notes, note, costs]));
        });

    private sealed record SamplesData(IReadOnlyList<Sample> Samples, int Total);

    private sealed record Sample(IReadOnlyDictionary<string, string> Labels, double? Value, DateTimeOffset At)
    {
        public static Sample Of(MetricSample sample) => new(sample.Labels, ToolJson.Number(sample.Value), sample.At);
    }
}
