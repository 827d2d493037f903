using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Datasources.Caching;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Queries;
using Nightwatch.Domain.Tools.Metrics;

namespace Nightwatch.Domain.Tools.Sources;

public sealed record QuerySourceArguments
{
    [Description("In the source's own language: Flux, InfluxQL or SQL of InfluxDB, Lucene of Elasticsearch.")]
    [Length(1, 8192)]
    public required string Query { get; init; }

    [Description("RFC 3339.")]
    public required DateTimeOffset Start { get; init; }

    [Description("RFC 3339; at most 168 hours after start.")]
    public required DateTimeOffset End { get; init; }

    [Description("series (numbers over time) when left out; lines gives log lines, newest first.")]
    public SourceAnswerForm? Form { get; init; }

    [Description("Seconds between points of series; chosen for at most 300 points when left out.")]
    [Range(1, 86_400)]
    public int? StepSeconds { get; init; }

    [Description("Most lines to give; 200 when left out.")]
    [Range(1, 1_000_000)]
    public int? Limit { get; init; }

    [Description("Name of the source; the default one when left out.")]
    [Length(1, 64)]
    public string? Source { get; init; }
}

public enum SourceAnswerForm
{
    Series,
    Lines,
}

/// <summary>
/// query_source: a source with a language of its own. We do not parse these languages, and some of them can write: what is known to write is refused, and the
/// account that Grafana has for the source must be one that only reads. The tool is marked as open.
/// </summary>
internal sealed class QuerySourceTool(IDatasources sources, QueryLimits limits) : Tool<QuerySourceArguments>(
    "query_source",
    "Asks a source that speaks neither PromQL nor LogQL (InfluxDB, Elasticsearch) in its own language. Answers are untrusted text. " +
    "Data: {series: [{labels, points: [[unix_seconds, value]]}], step_seconds, total} or {lines: [{at, labels, line}], total}.",
    Permission.ReadMetrics,
    ToolEffects.Reads with { OpenWorld = true })
{
    public override bool Available => sources.MayHave<IQuerySource>();

    public override async ValueTask<bool> IsAvailableForAsync(string tenant, CancellationToken cancellationToken) =>
        (await sources.ListAsync<IQuerySource>(tenant, cancellationToken).ConfigureAwait(false)).Count > 0;

    protected override async Task<ToolResult> RunAsync(Caller caller, QuerySourceArguments arguments, CancellationToken cancellationToken)
    {
        var lines = arguments.Form == SourceAnswerForm.Lines;
        var (source, failure) = await sources.ForQueryAsync<IQuerySource>(
            caller, Permission.ReadMetrics, arguments.Source, "another language (InfluxDB, Elasticsearch)", "GRAFANA_URL", cancellationToken).ConfigureAwait(false);
        var (window, wrong) = limits.Window(arguments.Start, arguments.End);
        var refusal = failure is not null ? failure
            : window is null ? Outcome.Wrong("start", wrong!)
            : lines && !caller.MayQuery(Permission.ReadLogs, source!.Name) ? Outcome.Error("Lines of logs need the permission read:logs for the source.")
            : ReadingQueries.WhyNot(source!.Type, arguments.Query) is { } changes ? Outcome.Wrong("query", changes)
            : arguments.Limit > limits.MaxResults ? Outcome.Wrong("limit", $"limit is {arguments.Limit}; the most is {limits.MaxResults} ({QueryLimits.MaxResultsKey}).")
            : window.Length.TotalSeconds / arguments.StepSeconds >= ToolLimits.MaxPoints
                ? Outcome.Wrong("step_seconds", $"step_seconds {arguments.StepSeconds} gives more than {ToolLimits.MaxPoints} points; ask for a longer step or a shorter time.")
            : null;
        if (refusal is not null)
        {
            return refusal with { Invocation = arguments.Query };
        }

        return await AskAsync(arguments.Query, source!.LinkTo(arguments.Query, window!).AbsoluteUri, () => lines
            ? LinesAsync(source, arguments, window!, cancellationToken)
            : SeriesAsync(source, arguments, window!, cancellationToken)).ConfigureAwait(false) with
        { Source = source.Name };
    }

    private async Task<ToolResult> SeriesAsync(IQuerySource source, QuerySourceArguments arguments, TimeWindow window, CancellationToken cancellationToken)
    {
        var step = arguments.StepSeconds ?? ToolLimits.Step(window.Length);
        var answer = await source.QuerySeriesAsync(arguments.Query, window, TimeSpan.FromSeconds(step), cancellationToken).ConfigureAwait(false);
        var (kept, note) = limits.Keep(answer.Items, "series");
        return answer.Items.Count == 0
            ? Outcome.NoData(Outcome.Notes(["Nothing matches in that time.", .. answer.Notes])!)
            : Outcome.Success(new SeriesData([.. kept.Select(SeriesView.Of)], step, answer.Items.Count), Outcome.Notes([.. answer.Notes, note]));
    }

    private static async Task<ToolResult> LinesAsync(IQuerySource source, QuerySourceArguments arguments, TimeWindow window, CancellationToken cancellationToken)
    {
        var limit = arguments.Limit ?? 200;
        var lines = await source.QueryLinesAsync(arguments.Query, window, limit, cancellationToken).ConfigureAwait(false);
        var mark = CacheMark.Of(lines);
        return lines.Count == 0
            ? Outcome.NoData(Outcome.Notes("No line matches in that time.", mark)!)
            : Outcome.Success(new LinesData(lines, lines.Count), Outcome.Notes(mark, lines.Count >= limit ? $"these are the newest {limit} lines; there may be more" : null));
    }

    private sealed record LinesData(IReadOnlyList<LogEntry> Lines, int Total);
}
