using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Queries;
using Nightwatch.Domain.Queries.History;

namespace Nightwatch.Domain.Tools.Applications;

public sealed record QueryApplicationMetricsArguments : ApplicationArguments
{
    [Description("Name of one of the profile's default metrics, or of a metric; all default metrics, or the golden signals, when left out.")]
    [Length(1, 300)]
    public string? Metric { get; init; }

    [Description("Seconds between points; grows with the window when left out.")]
    [Range(1, 86_400)]
    public int? StepSeconds { get; init; }

    [Description("Most points of a series; of each stretch of time the lowest and the highest value are kept.")]
    [Range(Downsampling.MinPoints, 11_000)]
    public int? MaxPoints { get; init; }

    [Description("One number for each series over the whole window instead of points.")]
    public WindowStatistic? Statistic { get; init; }

    [Description("Most series of one page; 50 when left out.")]
    [Range(1, 1_000)]
    public int? PageSize { get; init; }

    [Description("continuation_token of the page before.")]
    [Length(1, 512)]
    public string? ContinuationToken { get; init; }
}

/// <summary>query_application_metrics: the metrics of an application over time.</summary>
internal sealed class QueryApplicationMetricsTool(FindReach find, HistoryTimes times, QueryLimits limits) : Tool<QueryApplicationMetricsArguments>(
    "query_application_metrics",
    "Gives the default metrics of an application, or its golden signals where its profile has none. Data: {metrics: [{name, origin, query, link, unit, series: [{labels, points: [[unix_seconds, value]]}], total, warnings, error}], step_seconds, start, end, continuation_token}.",
    Permission.ReadMetrics,
    ToolEffects.Reads)
{
    protected override async Task<ToolResult> RunAsync(Caller caller, QueryApplicationMetricsArguments arguments, CancellationToken cancellationToken)
    {
        var invocation = arguments.Invocation(Descriptor.Name, ("metric", arguments.Metric));
        return await AskAsync(invocation, null, async () =>
        {
            var (reach, failure) = await find.FindAsync<IMetricSource>(caller, Permission.ReadMetrics, arguments.Question(), cancellationToken).ConfigureAwait(false);
            var token = arguments.ContinuationToken is { } text ? PageToken.Read(text) : null;
            if (arguments.ContinuationToken is not null && token is null)
            {
                return Outcome.Wrong("continuation_token", "continuation_token is none that a page has given.");
            }

            var (window, wrong) = token is null ? times.Window(arguments.Start, arguments.End, TimeSpan.FromHours(1)) : times.Window(token.Window.Start, token.Window.End, TimeSpan.Zero);
            return reach is null || window is null
                ? failure ?? wrong!
                : await ReadAsync(reach, caller, arguments, window, token, cancellationToken).ConfigureAwait(false) with { Source = reach.Source.Name };
        }).ConfigureAwait(false);
    }

    private async Task<ToolResult> ReadAsync(
        ApplicationReach<IMetricSource> reach, Caller caller, QueryApplicationMetricsArguments arguments, TimeWindow window, PageToken? token, CancellationToken cancellationToken)
    {
        var wish = new MetricsWish
        {
            Metric = arguments.Metric,
            Window = window,
            Step = arguments.StepSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            MaxPoints = arguments.MaxPoints,
            Statistic = arguments.Statistic,
            PageSize = Math.Min(arguments.PageSize ?? 50, limits.MaxResults),
            Skip = (token?.Skip ?? 0, token?.Inner ?? 0),
        };
        using var ask = new AskSource(times, limits);
        var (answer, notes, failure) = await new ReadApplicationMetrics(ask, limits).ReadAsync(reach, caller, wish, cancellationToken).ConfigureAwait(false);
        return failure ?? Outcome.Success(answer!, Outcome.Notes([.. notes, answer!.Metrics.All(m => m.Series.Count == 0) ? "no metric has data in that time" : null]));
    }
}
