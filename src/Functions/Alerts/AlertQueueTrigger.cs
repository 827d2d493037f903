using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Nightwatch.Domain.Incidents;
using Nightwatch.Functions.Incidents;

namespace Nightwatch.Functions.Alerts;

/// <summary>Takes stored alerts to their incidents and starts what the incidents need.</summary>
public sealed class AlertQueueTrigger(CorrelateAlerts correlate, IncidentFollowUp followUp)
{
    [Function(nameof(AlertQueueTrigger))]
    public async Task RunAsync(
        [ServiceBusTrigger(Queues.Alerts, Connection = Queues.Connection)] string message, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken)
    {
        var work = AlertsMessage.Parse(message);
        var outcome = await correlate.CorrelateAsync(work.Tenant, work.EpisodeIds, cancellationToken);
        foreach (var change in outcome.Incidents)
        {
            await followUp.FollowAsync(client, work.Tenant, change, cancellationToken);
        }
    }
}
