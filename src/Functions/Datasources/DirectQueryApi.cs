using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Queries;
using Nightwatch.Domain.Tools;
using Nightwatch.Functions.Http;

namespace Nightwatch.Functions.Datasources;

/// <summary>Queries in the caller's own words, through the tool catalogue: the same guard, limits, masking and audit as everybody's.</summary>
public sealed class DirectQueryApi(AskDirectly ask)
{
    [Function("QueryPrometheus")]
    [Requires(Permission.ReadMetrics)]
    public async Task<IResult> PrometheusAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/grafana/query/prometheus")] HttpRequest request, CancellationToken cancellationToken)
    {
        var (question, refusal) = await JsonBody.ReadAsync<PrometheusQuestion>(request, cancellationToken);
        return question is null ? refusal! : Answer(await ask.PrometheusAsync(request.Caller(), question, cancellationToken));
    }

    [Function("QueryLoki")]
    [Requires(Permission.ReadLogs)]
    public async Task<IResult> LokiAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/grafana/query/loki")] HttpRequest request, CancellationToken cancellationToken)
    {
        var (question, refusal) = await JsonBody.ReadAsync<LokiQuestion>(request, cancellationToken);
        return question is null ? refusal! : Answer(await ask.LokiAsync(request.Caller(), question, cancellationToken));
    }

    private static IResult Answer(DirectAnswer answer)
    {
        if (answer.Fault is not { } fault)
        {
            return Answers.Json(answer);
        }

        var (status, title) = fault.Kind switch
        {
            ToolFaultKind.NoSource => (StatusCodes.Status404NotFound, "No such source"),
            ToolFaultKind.NotOpen => (StatusCodes.Status403Forbidden, "Not open to you"),
            ToolFaultKind.Refused => (StatusCodes.Status400BadRequest, "The source refused the query"),
            ToolFaultKind.Failed => (StatusCodes.Status502BadGateway, "The source failed"),
            ToolFaultKind.TimedOut => (StatusCodes.Status504GatewayTimeout, "No answer in time"),
            ToolFaultKind.Unavailable => (StatusCodes.Status503ServiceUnavailable, "Not answered"),
            _ => (StatusCodes.Status400BadRequest, "The question is not acceptable"),
        };
        return Answers.Problem(status, title, answer.Problem ?? "", fault.Argument);
    }
}
