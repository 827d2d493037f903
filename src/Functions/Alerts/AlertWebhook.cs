using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Options;
using Nightwatch.Domain.Alerts;
using Nightwatch.Domain.Governance;
using Nightwatch.Functions.Http;

namespace Nightwatch.Functions.Alerts;

/// <summary>Takes alerts in. The answer is 202 only after they are stored; what follows is queued.</summary>
public sealed class AlertWebhook(IngestAlerts ingest, AlertHints hints, IOptions<IntakeOptions> options)
{
    [Function("AlertmanagerWebhook")]
    [Requires(Permission.IngestAlerts)]
    public Task<AlertWebhookResult> AlertmanagerAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/alerts/alertmanager")] HttpRequest request, CancellationToken cancellationToken) =>
        IngestAsync(request, AlertFormat.Alertmanager, cancellationToken);

    [Function("GrafanaWebhook")]
    [Requires(Permission.IngestAlerts)]
    public Task<AlertWebhookResult> GrafanaAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/alerts/grafana")] HttpRequest request, CancellationToken cancellationToken) =>
        IngestAsync(request, AlertFormat.Grafana, cancellationToken);

    [Function("GenericWebhook")]
    [Requires(Permission.IngestAlerts)]
    public Task<AlertWebhookResult> GenericAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/alerts")] HttpRequest request, CancellationToken cancellationToken) =>
        IngestAsync(request, AlertFormat.Generic, cancellationToken);

    private async Task<AlertWebhookResult> IngestAsync(HttpRequest request, AlertFormat format, CancellationToken cancellationToken)
    {
        using var visit = hints.Enter();
        var body = await RequestBody.ReadAsync(request, options.Value.MaxBodyBytes, cancellationToken);
        var tenant = request.Caller().Tenant;
        var outcome = await ingest.IngestAsync(tenant, format, body, cancellationToken);
        return new AlertWebhookResult
        {
            Response = AlertAnswers.For(outcome),
            Alerts = AlertsMessage.For(tenant, await hints.TakeAsync(tenant, outcome.ChangedEpisodeIds)),
            Reconcile = outcome.WantsReconciliation ? tenant : null,
        };
    }
}

/// <summary>The answer to the sender and the hints to the queues.</summary>
public sealed class AlertWebhookResult
{
    [HttpResult]
    public required IResult Response { get; init; }

    [ServiceBusOutput(Queues.Alerts, Connection = Queues.Connection)]
    public string[]? Alerts { get; init; }

    /// <summary>The tenant whose alert sources are to be asked, because something was refused or left out and will not be sent again.</summary>
    [ServiceBusOutput(Queues.Reconcile, Connection = Queues.Connection)]
    public string? Reconcile { get; init; }
}
