using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Queries;
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
        return question is null ? refusal! : DirectAnswers.Of(await ask.PrometheusAsync(request.Caller(), question, cancellationToken));
    }

    [Function("QueryLoki")]
    [Requires(Permission.ReadLogs)]
    public async Task<IResult> LokiAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/grafana/query/loki")] HttpRequest request, CancellationToken cancellationToken)
    {
        var (question, refusal) = await JsonBody.ReadAsync<LokiQuestion>(request, cancellationToken);
        return question is null ? refusal! : DirectAnswers.Of(await ask.LokiAsync(request.Caller(), question, cancellationToken));
    }
}
