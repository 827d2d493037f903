using Microsoft.Azure.Functions.Worker;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Functions.Health;

/// <summary>Removes what has expired, in stores that do not do so by themselves.</summary>
public sealed class StoreUpkeepTimer(IStoreMaintenance store)
{
    [Function("RemoveExpiredDocuments")]
    public Task RunAsync([TimerTrigger("0 7 * * * *")] TimerInfo timer, CancellationToken cancellationToken) => store.RemoveExpiredAsync(cancellationToken);
}
