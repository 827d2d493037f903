using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Nightwatch.Domain.Alerts;
using Nightwatch.Domain.DeadLetters;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Storage;
using Nightwatch.Functions.Http;

namespace Nightwatch.Functions.Health;

/// <summary>
/// How the caller's tenant is served: whether alerts wait for the queue, and what the queue gave up on. Read from the store, so that it is true while the
/// queue is away; each check reads a page at most, however much is stored.
/// </summary>
public sealed class HealthReportApi(StoreCheck store, FindUnqueuedEpisodes unqueued, ListDeadLetters letters)
{
    /// <summary>A minute is four times what the reconciler gives a message.</summary>
    private static readonly TimeSpan Late = TimeSpan.FromMinutes(1);

    private const int CountedUpTo = 100;

    [Function("Health")]
    [Requires(Permission.ReadIncidents)]
    public async Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/health")] HttpRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return Answers.Json(await ReportAsync(request.Caller().Tenant, cancellationToken));
        }
        catch (StoreUnavailableException)
        {
            // The log of whoever meets it says why; the address of a store is not for everybody.
            return Answers.Json(
                new HealthReport("unavailable", [new("store", "unavailable", null, "The store cannot be read or written: nothing is taken in. Senders send again; what was stored is worked on when it is back.")]),
                StatusCodes.Status503ServiceUnavailable);
        }
    }

    private async Task<HealthReport> ReportAsync(string tenant, CancellationToken cancellationToken)
    {
        await store.RunAsync(cancellationToken);
        var late = (await unqueued.ListAsync(tenant, Late, CountedUpTo, cancellationToken)).Count;
        var dead = await letters.CountUndecidedAsync(tenant, CountedUpTo, cancellationToken);
        return new HealthReport(
            late + dead == 0 ? "ok" : "attention",
            [
                new("store", "ok", null, null),
                new("alerts", late == 0 ? "ok" : "late", late, late == 0 ? null : "Stored alerts wait for more than a minute: the queue or the store is away or slow. They are taken when it is back."),
                new("dead_letters", dead == 0 ? "ok" : "waiting", dead, dead == 0 ? null : "Messages failed until their queue gave up: see api/dead-letters?state=waiting."),
            ]);
    }
}

/// <param name="Status">ok, attention, or unavailable (with 503).</param>
public sealed record HealthReport(string Status, IReadOnlyList<HealthReportCheck> Checks);

/// <param name="Count">Up to 100; null where nothing is counted.</param>
public sealed record HealthReportCheck(string Name, string Status, int? Count, string? Detail);
