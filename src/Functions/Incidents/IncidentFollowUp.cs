using Microsoft.DurableTask.Client;
using Nightwatch.Domain.Incidents;
using Nightwatch.Domain.Investigations;
using Nightwatch.Functions.Investigations;

namespace Nightwatch.Functions.Incidents;

/// <summary>What a change of an incident asks for: an investigation when one is wanted, its outcome when the incident is over.</summary>
public sealed class IncidentFollowUp(InvestigationStarter starter, CloseInvestigation close)
{
    public async Task FollowAsync(DurableTaskClient client, string tenant, CorrelatedIncident change, CancellationToken cancellationToken)
    {
        if (change.WantsInvestigation)
        {
            await starter.StartAsync(client, tenant, change.IncidentId, cancellationToken);
        }

        if (change.Resolved)
        {
            await close.CloseAsync(tenant, change.IncidentId, cancellationToken);
        }
    }
}
