using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Nightwatch.Domain.Applications;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Queries;
using Nightwatch.Domain.Queries.History;
using Nightwatch.Domain.Tools.Applications;
using Nightwatch.Domain.Tools.Logs;
using Nightwatch.Functions.Datasources;
using Nightwatch.Functions.Http;

namespace Nightwatch.Functions.History;

/// <summary>The past of an application, through the tools that the agent uses.</summary>
public sealed class HistoryApi(AskTool ask, QueryLimits limits)
{
    private const int MaxName = 120;

    /// <summary>Arguments of the tools by their names in the address.</summary>
    private static readonly Dictionary<string, string> Fields = new(StringComparer.Ordinal)
    {
        ["application"] = "app",
        ["source"] = "datasource",
        ["step_seconds"] = "step",
        ["bucket_seconds"] = "bucket",
        ["max_points"] = "maxPoints",
        ["page_size"] = "pageSize",
        ["continuation_token"] = "continuationToken",
    };

    [Function("ApplicationMetrics")]
    [Requires(Permission.ReadMetrics)]
    public Task<IResult> MetricsAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/grafana/metrics/{app}")] HttpRequest request, string app, CancellationToken cancellationToken) =>
        AnswerAsync(request, app, "query_application_metrics", query => Within(query, new QueryApplicationMetricsArguments
        {
            Application = app,
            Metric = query.Text("metric", 300),
            StepSeconds = query.Number("step", 1, 86_400),
            MaxPoints = query.Number("maxPoints", Downsampling.MinPoints, 11_000),
            Statistic = query.Choice<WindowStatistic>("statistic"),
            PageSize = query.Number("pageSize", 1, 1_000),
            ContinuationToken = query.Text("continuationToken", 512),
        }), cancellationToken);

    [Function("ApplicationLogs")]
    [Requires(Permission.ReadLogs)]
    public Task<IResult> LogsAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/grafana/logs/{app}")] HttpRequest request, string app, CancellationToken cancellationToken) =>
        AnswerAsync(request, app, "query_application_logs", query => Within(query, new QueryApplicationLogsArguments
        {
            Application = app,
            Level = query.Text("level", 40),
            Contains = query.Text("contains", 1_000),
            Limit = query.Number("limit", 1, limits.MaxResults),
            Direction = query.Choice<LogDirection>("direction"),
            ContinuationToken = query.Text("continuationToken", 512),
        }), cancellationToken);

    [Function("ApplicationHealth")]
    [Requires(Permission.ReadMetrics)]
    public Task<IResult> HealthAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/applications/{id}/health")] HttpRequest request, string id, CancellationToken cancellationToken) =>
        AnswerAsync(request, id, "get_application_health", query => Within(query, new GetApplicationHealthArguments { Application = id }), cancellationToken);

    [Function("ApplicationEvents")]
    [Requires(Permission.ReadLogs)]
    public Task<IResult> EventsAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/applications/{id}/events")] HttpRequest request, string id, CancellationToken cancellationToken) =>
        AnswerAsync(request, id, "count_log_events", query => Within(query, new CountLogEventsArguments
        {
            Application = id,
            BucketSeconds = query.Number("bucket", CountLogEventsArguments.MinBucket, 86_400),
            Contains = query.Text("contains", 1_000),
        }), cancellationToken);

    [Function("ApplicationImpact")]
    [Requires(Permission.ReadMetrics)]
    public Task<IResult> ImpactAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/applications/{id}/impact")] HttpRequest request, string id, CancellationToken cancellationToken) =>
        AnswerAsync(request, id, "analyze_impact", query => Within(query, new AnalyzeImpactArguments
        {
            Application = id,
            Incident = query.Text("incident", 200),
            Baseline = query.Text("baseline", 100),
        }), cancellationToken);

    private static T Within<T>(ListQuery query, T arguments)
        where T : ApplicationArguments => (T)((ApplicationArguments)arguments with
        {
            Environment = query.Text("environment", MaxName),
            Component = query.Text("component", MaxName),
            Start = query.Time("start"),
            End = query.Time("end"),
            Source = query.Text("datasource", 64),
        });

    private async Task<IResult> AnswerAsync<T>(HttpRequest request, string application, string tool, Func<ListQuery, T> read, CancellationToken cancellationToken)
    {
        if (!ApplicationRules.IsId(application))
        {
            return Answers.NotFound("application of that id");
        }

        T arguments;
        try
        {
            arguments = read(new ListQuery(request.Query));
        }
        catch (ArgumentException wrong)
        {
            return ListQuery.Refused(wrong);
        }

        return DirectAnswers.Of(await ask.AskAsync(tool, request.Caller(), arguments, Fields, null, cancellationToken));
    }
}
