using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Nightwatch.Domain.Incidents;
using Nightwatch.Domain.Storage;
using Nightwatch.Functions.Incidents;

namespace Nightwatch.Functions.Alerts;

/// <summary>
/// Takes stored alerts to their incidents and starts what the incidents need. One alert that always fails ends as a dead letter alone: a message of several
/// that comes a second time is cut in two.
/// </summary>
public sealed partial class AlertQueueTrigger(CorrelateAlerts correlate, IncidentFollowUp followUp, TimeProvider time, ILogger<AlertQueueTrigger> log)
{
    /// <summary>Shorter than the lock of a message.</summary>
    private static readonly TimeSpan StorePause = TimeSpan.FromSeconds(2);

    [Function(nameof(AlertQueueTrigger))]
    [ServiceBusOutput(Queues.Alerts, Connection = Queues.Connection)]
    public async Task<string[]?> RunAsync(
        [ServiceBusTrigger(Queues.Alerts, Connection = Queues.Connection)] string message,
        int deliveryCount,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken)
    {
        var work = AlertsMessage.Parse(message);
        if (deliveryCount > 1 && work.EpisodeIds.Count > 1)
        {
            return work.Halves();
        }

        try
        {
            await WorkAsync(work, client, cancellationToken);
            return null;
        }
        catch (StoreUnavailableException down)
        {
            // Not the message's fault, and not to be counted as one: it goes to the end of the queue instead of towards the dead letters.
            StoreIsAway(down.Message);
            await Task.Delay(StorePause, time, cancellationToken);
            return [message];
        }
    }

    private async Task WorkAsync(AlertsMessage work, DurableTaskClient client, CancellationToken cancellationToken)
    {
        var outcome = await correlate.CorrelateAsync(work.Tenant, work.EpisodeIds, cancellationToken);
        foreach (var change in outcome.Incidents)
        {
            await followUp.FollowAsync(client, work.Tenant, change, cancellationToken);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Alerts wait for the store: {Reason}")]
    private partial void StoreIsAway(string reason);
}
