using Microsoft.Azure.Functions.Worker;
using Nightwatch.Domain.Alerts;

namespace Nightwatch.Functions.Alerts;

/// <summary>Asks Alertmanager what it knows: a refused or truncated webhook is never sent again, and a silenced alert resolves without a word.</summary>
public sealed class AlertSourceTimer(ReconcileAlerts reconcile)
{
    [Function("ReconcileAlertSources")]
    [ServiceBusOutput(Queues.Alerts, Connection = Queues.Connection)]
    public async Task<string[]?> RunAsync([TimerTrigger("*/30 * * * * *")] TimerInfo timer, CancellationToken cancellationToken)
    {
        var outcome = await reconcile.ReconcileAsync(Tenants.Default, cancellationToken);
        return AlertsMessage.For(Tenants.Default, outcome.ChangedEpisodeIds);
    }
}
