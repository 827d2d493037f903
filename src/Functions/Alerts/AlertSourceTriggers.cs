using Microsoft.Azure.Functions.Worker;
using Nightwatch.Domain.Alerts;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Functions.Alerts;

/// <summary>Asks Alertmanager what it knows: a refused or truncated webhook is never sent again, and a silenced alert resolves without a word.</summary>
public sealed class AlertSourceTriggers(ReconcileAlerts reconcile, IAccessPolicy policy)
{
    [Function("ReconcileOnSchedule")]
    [ServiceBusOutput(Queues.Alerts, Connection = Queues.Connection)]
    public async Task<string[]?> OnScheduleAsync([TimerTrigger("*/30 * * * * *")] TimerInfo timer, CancellationToken cancellationToken)
    {
        var messages = new List<string>();
        foreach (var tenant in policy.Current.Tenants)
        {
            messages.AddRange(await ReconcileAsync(tenant.Id, cancellationToken) ?? []);
        }

        return messages.Count == 0 ? null : [.. messages];
    }

    [Function("ReconcileOnRequest")]
    [ServiceBusOutput(Queues.Alerts, Connection = Queues.Connection)]
    public async Task<string[]?> OnRequestAsync(
        [ServiceBusTrigger(Queues.Reconcile, Connection = Queues.Connection)] string tenant, CancellationToken cancellationToken)
    {
        try
        {
            return await ReconcileAsync(tenant, cancellationToken);
        }
        catch (StoreUnavailableException)
        {
            // The schedule asks again within half a minute, and logs it; this message has nothing to add.
            return null;
        }
    }

    private async Task<string[]?> ReconcileAsync(string tenant, CancellationToken cancellationToken)
    {
        var outcome = await reconcile.ReconcileAsync(tenant, cancellationToken);
        return AlertsMessage.For(tenant, outcome.ChangedEpisodeIds);
    }
}
