using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Governance.Audit;
using Nightwatch.Domain.Investigations;

namespace Nightwatch.Functions.Investigations;

/// <summary>Claims an incident's investigation and starts its orchestration, once: both are keyed by the investigation's id.</summary>
public sealed class InvestigationStarter(ClaimInvestigation claim, IAuditTrail audit)
{
    public async Task StartAsync(DurableTaskClient client, string tenant, string incidentId, CancellationToken cancellationToken)
    {
        var claimed = await claim.ClaimAsync(tenant, incidentId, cancellationToken);
        if (claimed.InvestigationId is not { } id)
        {
            return;
        }

        var instanceId = InvestigationInput.InstanceIdOf(tenant, id);
        var running = await client.GetInstanceAsync(instanceId, getInputsAndOutputs: false, cancellationToken);
        if (running is { IsCompleted: false })
        {
            return;
        }

        // An orchestration that ended without a conclusion was terminated or failed; its evidence is stored, and it goes on from there.
        var options = new StartOrchestrationOptions(instanceId).WithDedupeStatuses(
            OrchestrationRuntimeStatus.Pending, OrchestrationRuntimeStatus.Running, OrchestrationRuntimeStatus.Suspended);
        await audit.RecordAsync(
            Caller.ForSystem(tenant, [], id).Did(AuditActions.InvestigationClaimed, id) with { Details = new Dictionary<string, string> { ["incident"] = incidentId } },
            cancellationToken);
        try
        {
            await client.ScheduleNewOrchestrationInstanceAsync(
                nameof(InvestigationOrchestration), new InvestigationInput { Tenant = tenant, InvestigationId = id }, options, cancellationToken);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Two messages of one incident may get here together; each runtime says in its own way that the other was quicker.
            if (await client.GetInstanceAsync(instanceId, getInputsAndOutputs: false, cancellationToken) is not { IsCompleted: false })
            {
                throw;
            }
        }
    }
}
