using Microsoft.DurableTask.Client;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Governance.Audit;
using Nightwatch.Domain.Incidents;
using Nightwatch.Domain.Investigations;
using Nightwatch.Functions.Investigations;

namespace Nightwatch.Functions.Incidents;

/// <summary>What a change of an incident asks for: an investigation when one is wanted, its outcome when the incident is over.</summary>
public sealed class IncidentFollowUp(InvestigationStarter starter, CloseInvestigation close, IAuditTrail audit)
{
    public async Task FollowAsync(DurableTaskClient client, string tenant, CorrelatedIncident change, CancellationToken cancellationToken)
    {
        if (change.Opened)
        {
            var details = new Dictionary<string, string> { ["investigate"] = change.WantsInvestigation ? "yes" : "no" };
            await audit.RecordAsync(
                Caller.ForSystem(tenant, [], change.IncidentId).Did(AuditActions.IncidentDecided, change.IncidentId) with { Details = details }, cancellationToken);
        }

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
