using Microsoft.Azure.Functions.Worker;
using Nightwatch.Domain.Datasources.Stored;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Governance.Secrets;

namespace Nightwatch.Functions.Secrets;

/// <summary>Moves stored secrets to the current key, so that changing a key takes two settings and a look at the log.</summary>
public sealed class RewrapSecretsTimer(ISecretProtector protector, RewrapSecrets<StoredSecret> rewrap, RewrapSecrets<Datasource> datasources, IAccessPolicy policy)
{
    [Function("RewrapSecrets")]
    public async Task RunAsync([TimerTrigger("0 23 * * * *")] TimerInfo timer, CancellationToken cancellationToken)
    {
        if (protector.CurrentKeyId is null)
        {
            return;
        }

        foreach (var tenant in policy.Current.Tenants)
        {
            await rewrap.RunAsync(tenant.Id, cancellationToken);
            await datasources.RunAsync(tenant.Id, cancellationToken);
        }
    }
}
