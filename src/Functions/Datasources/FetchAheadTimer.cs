using Microsoft.Azure.Functions.Worker;
using Nightwatch.Domain.Datasources.Caching;

namespace Nightwatch.Functions.Datasources;

/// <summary>Loads anew what is asked for often, before it ends. Only this process' cache is looked after: others have their own, and fill by being asked.</summary>
public sealed class FetchAheadTimer(FetchAhead ahead)
{
    [Function("FetchAhead")]
    public Task RunAsync([TimerTrigger("30 * * * * *")] TimerInfo timer, CancellationToken cancellationToken) => ahead.RunAsync(cancellationToken);
}
