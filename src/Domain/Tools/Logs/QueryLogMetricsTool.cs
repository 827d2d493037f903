using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Queries;

namespace Nightwatch.Domain.Tools.Logs;

public sealed record QueryLogMetricsArguments
{
    [Description("LogQL that gives numbers, such as sum by (level) (count_over_time({service=\"orders\"}[1h])), evaluated at one time.")]
    [Length(1, 8192)]
    public required string Query { get; init; }

    [Description("When, as RFC 3339; now when left out.")]
    public DateTimeOffset? Time { get; init; }

    [Description("Name of the log source; the default one when left out.")]
    [Length(1, 64)]
    public string? Source { get; init; }
}

/// <summary>query_log_metrics: lines of logs counted or measured, at one time. Over time it is query_logs.</summary>
internal sealed class QueryLogMetricsTool(IDatasources sources, IQueryGuard guard, QueryLimits limits, TimeProvider time) : Tool<QueryLogMetricsArguments>(
    "query_log_metrics",
    "Counts or measures log lines with LogQL at one time. Data: {samples: [{labels, value (null for NaN or infinite), at}], total}.",
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
        if (source is null)
        {
            return failure! with { Invocation = arguments.Query };
        }

        var at = arguments.Time?.ToUniversalTime() ?? time.GetUtcNow();
        var checkedQuery = guard.Check(QueryLanguage.LogQl, arguments.Query, null, source, caller);
        return checkedQuery.Refusal is { } refusal
            ? Outcome.Wrong("query", refusal) with { Invocation = arguments.Query, Source = source.Name }
            : await RunAsync(source, checkedQuery.Query, at, cancellationToken).ConfigureAwait(false) with { Source = source.Name };
    }

    private Task<ToolResult> RunAsync(ILogSource source, string query, DateTimeOffset at, CancellationToken cancellationToken) =>
        AskAsync(query, source.LinkTo(query, new TimeWindow(at.AddHours(-1), at)).AbsoluteUri, async () =>
        {
            var answer = await source.QuerySamplesAsync(query, at, cancellationToken).ConfigureAwait(false);
            var (kept, note) = limits.Keep(answer.Items, "samples");
            return answer.Items.Count == 0
                ? Outcome.NoData(Outcome.Notes(["No line matches at that time.", .. answer.Notes])!)
                : Outcome.Success(new SamplesData([.. kept.Select(Sample.Of)], answer.Items.Count), Outcome.Notes([.. answer.Notes, note]));
        });

    private sealed record SamplesData(IReadOnlyList<Sample> Samples, int Total);

    private sealed record Sample(IReadOnlyDictionary<string, string> Labels, double? Value, DateTimeOffset At)
    {
        public static Sample Of(MetricSample sample) => new(sample.Labels, ToolJson.Number(sample.Value), sample.At);
    }
}
