using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Nightwatch.Domain.Storage;
using Nightwatch.Functions.Http;

namespace Nightwatch.Functions.Health;

/// <summary>live: the process answers. ready: the store can be read and written. Neither shows data.</summary>
public sealed class HealthApi(StoreCheck store)
{
    [Function("Live")]
    [Public]
    public static IResult Live([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/health/live")] HttpRequest request) =>
        Answers.Json(new HealthAnswer("live", []));

    [Function("Ready")]
    [Public]
    public async Task<IResult> ReadyAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/health/ready")] HttpRequest request, CancellationToken cancellationToken)
    {
        try
        {
            await store.RunAsync(cancellationToken);
            return Answers.Json(new HealthAnswer("ready", [new HealthCheck("store", "ok")]));
        }
        catch (StoreUnavailableException)
        {
            return Answers.Json(new HealthAnswer("not_ready", [new HealthCheck("store", "unavailable")]), StatusCodes.Status503ServiceUnavailable);
        }
    }
}

public sealed record HealthAnswer(string Status, IReadOnlyList<HealthCheck> Checks);

public sealed record HealthCheck(string Name, string Status);
