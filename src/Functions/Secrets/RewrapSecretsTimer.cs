using Microsoft.Azure.Functions.Worker;
using Nightwatch.Domain.Governance.Secrets;

namespace Nightwatch.Functions.Secrets;

/// <summary>Moves stored secrets to the current key, so that changing a key takes two settings and a look at the log.</summary>
public sealed class RewrapSecretsTimer(ISecretProtector protector, RewrapSecrets<StoredSecret> rewrap)
{
    [Function("RewrapSecrets")]
    public Task RunAsync([TimerTrigger("0 23 * * * *")] TimerInfo timer, CancellationToken cancellationToken) =>
        protector.CurrentKeyId is null ? Task.CompletedTask : rewrap.RunAsync(Tenants.Default, cancellationToken);
}
