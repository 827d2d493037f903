using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Nightwatch.Domain.Alerts;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Investigations;
using Nightwatch.Functions.Investigations;

namespace Nightwatch.Functions.Alerts;

/// <summary>Queues lose and repeat; the store does not. What it says is undone is queued or started again.</summary>
public sealed class UndoneWorkTimer(FindUnqueuedEpisodes unqueued, FindStalledInvestigations stalled, InvestigationStarter starter, IAccessPolicy policy)
{
    /// <summary>Longer than a message normally takes, so that work on its way is not queued twice.</summary>
    private static readonly TimeSpan EpisodeGrace = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan InvestigationGrace = TimeSpan.FromSeconds(45);

    [Function("RequeueUndoneAlerts")]
    [ServiceBusOutput(Queues.Alerts, Connection = Queues.Connection)]
    public async Task<string[]?> RequeueAsync([TimerTrigger("*/10 * * * * *", RunOnStartup = true)] TimerInfo timer, CancellationToken cancellationToken)
    {
        var messages = new List<string>();
        foreach (var tenant in policy.Current.Tenants)
        {
            messages.AddRange(AlertsMessage.For(tenant.Id, await unqueued.ListAsync(tenant.Id, EpisodeGrace, 1000, cancellationToken)) ?? []);
        }

        return messages.Count == 0 ? null : [.. messages];
    }

    [Function("RestartStalledInvestigations")]
    public async Task RestartAsync(
        [TimerTrigger("*/20 * * * * *", RunOnStartup = true)] TimerInfo timer, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken)
    {
        foreach (var tenant in policy.Current.Tenants)
        {
            foreach (var incidentId in await stalled.ListAsync(tenant.Id, InvestigationGrace, 100, cancellationToken))
            {
                await starter.StartAsync(client, tenant.Id, incidentId, cancellationToken);
            }
        }
    }
}
