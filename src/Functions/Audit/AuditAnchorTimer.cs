using Microsoft.Azure.Functions.Worker;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Governance.Audit;

namespace Nightwatch.Functions.Audit;

/// <summary>Every five minutes the heads of all chains are anchored, also those of processes that have stopped.</summary>
public sealed class AuditAnchorTimer(AnchorAudit anchors, AuditHeads own, IAccessPolicy policy)
{
    [Function("AnchorAuditTrail")]
    public async Task RunAsync([TimerTrigger("0 */5 * * * *")] TimerInfo timer, CancellationToken cancellationToken)
    {
        foreach (var tenant in own.Tenants().Union(policy.Current.Tenants.Select(t => t.Id)))
        {
            await anchors.AnchorAllAsync(tenant, cancellationToken);
        }
    }
}
