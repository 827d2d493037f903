using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Nightwatch.Domain.Alerts;
using Nightwatch.Domain.Governance;
using Nightwatch.Functions.Http;

namespace Nightwatch.Functions.Alerts;

/// <summary>Takes alerts in. The answer is 202 only after they are stored; what follows is queued.</summary>
public sealed class AlertWebhook(IngestAlerts ingest)
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
        // Read one byte past the bound, so that the use case sees, refuses and records a body that is too large.
        var body = await RequestBody.ReadAsync(request, IngestAlerts.MaxBodyBytes, cancellationToken);
        var outcome = body is { } bytes
            ? await ingest.IngestAsync(Tenants.Default, format, bytes, cancellationToken)
            : await ingest.RefuseTooLargeAsync(Tenants.Default, format, cancellationToken);
        return new AlertWebhookResult { Response = AlertAnswers.For(outcome), Messages = AlertsMessage.For(Tenants.Default, outcome.ChangedEpisodeIds) };
    }
}

/// <summary>The answer to the sender and the hints to the queue.</summary>
public sealed class AlertWebhookResult
{
    [HttpResult]
    public required IResult Response { get; init; }

    [ServiceBusOutput(Queues.Alerts, Connection = Queues.Connection)]
    public string[]? Messages { get; init; }
}
