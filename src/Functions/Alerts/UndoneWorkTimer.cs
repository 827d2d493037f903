using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Nightwatch.Domain.Alerts;
using Nightwatch.Domain.Investigations;
using Nightwatch.Functions.Investigations;

namespace Nightwatch.Functions.Alerts;

/// <summary>Queues lose and repeat; the store does not. What it says is undone is queued or started again.</summary>
public sealed class UndoneWorkTimer(FindUnqueuedEpisodes unqueued, FindStalledInvestigations stalled, InvestigationStarter starter)
{
    /// <summary>Longer than a message normally takes, so that work on its way is not queued twice.</summary>
    private static readonly TimeSpan EpisodeGrace = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan InvestigationGrace = TimeSpan.FromSeconds(45);

    [Function("RequeueUndoneAlerts")]
    [ServiceBusOutput(Queues.Alerts, Connection = Queues.Connection)]
    public async Task<string[]?> RequeueAsync([TimerTrigger("*/10 * * * * *", RunOnStartup = true)] TimerInfo timer, CancellationToken cancellationToken) =>
        AlertsMessage.For(Tenants.Default, await unqueued.ListAsync(Tenants.Default, EpisodeGrace, 1000, cancellationToken));

    [Function("RestartStalledInvestigations")]
    public async Task RestartAsync(
        [TimerTrigger("*/20 * * * * *", RunOnStartup = true)] TimerInfo timer, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken)
    {
        foreach (var incidentId in await stalled.ListAsync(Tenants.Default, InvestigationGrace, 100, cancellationToken))
        {
            await starter.StartAsync(client, Tenants.Default, incidentId, cancellationToken);
        }
    }
}
