using System.Collections.ObjectModel;
using System.Net;
using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Logging;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Adapters.Cosmos;

/// <summary>What the container must be like: docs/cosmos.md has the same as JSON, and the Bicep template makes it.</summary>
internal sealed partial class CosmosContainer(CosmosStoreOptions options, ILogger logger)
{
    public const string PartitionKeyPath = "/pk";

    /// <summary>TTL on, and nothing expires that does not say so itself.</summary>
    public const int OnWithoutDefault = -1;

    /// <summary>The keys that queries walk, and the partition key. Bodies are not indexed: a write costs the same whatever is in it.</summary>
    public static IReadOnlyList<string> IndexedPaths { get; } = ["/keys/*", "/pk/?"];

    /// <exception cref="StoreUnavailableException">There is no such container, or it is not ours.</exception>
    public async Task<Container> OpenAsync(CosmosClient client, CancellationToken cancellationToken)
    {
        if (options.Create)
        {
            var database = await client.CreateDatabaseIfNotExistsAsync(options.Database, cancellationToken: cancellationToken).ConfigureAwait(false);
            await database.Database.CreateContainerIfNotExistsAsync(Properties(), cancellationToken: cancellationToken).ConfigureAwait(false);
        }

        var container = client.GetContainer(options.Database, options.Container);
        Check(await ReadAsync(container, cancellationToken).ConfigureAwait(false));
        var account = await client.ReadAccountAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        if (account.Consistency.DefaultConsistencyLevel is not (ConsistencyLevel.Strong or ConsistencyLevel.BoundedStaleness))
        {
            LogWeak(logger, options.Endpoint.Authority, account.Consistency.DefaultConsistencyLevel);
        }

        return container;
    }

    private async Task<ContainerProperties> ReadAsync(Container container, CancellationToken cancellationToken)
    {
        try
        {
            return await container.ReadContainerAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        catch (CosmosException missing) when (missing.StatusCode == HttpStatusCode.NotFound)
        {
            throw new StoreUnavailableException($"There is no container {options} (COSMOS_DATABASE, COSMOS_CONTAINER); COSMOS_CREATE=true would create it.", missing);
        }
    }

    private void Check(ContainerProperties found)
    {
        if (found.PartitionKeyPaths is not [PartitionKeyPath])
        {
            throw new StoreUnavailableException($"The container {options} has the partition key {string.Join(", ", found.PartitionKeyPaths)}; Nightwatch needs one with {PartitionKeyPath}.");
        }

        // What says nothing of its end is kept for ever; such a container would remove it.
        if (found.DefaultTimeToLive > 0)
        {
            throw new StoreUnavailableException($"The container {options} removes everything after {found.DefaultTimeToLive} seconds (defaultTtl); Nightwatch needs -1, which removes only what says so itself.");
        }

        if (!IndexesKeys(found.IndexingPolicy))
        {
            throw new StoreUnavailableException($"The container {options} does not index {IndexedPaths[0]} (indexingPolicy), without which no list can be ordered; see docs/cosmos.md.");
        }

        if (found.DefaultTimeToLive is null)
        {
            LogNoTimeToLive(logger, options.ToString());
        }
    }

    /// <summary>By the path that ours has, or by everything. A service that tells of no paths is not doubted.</summary>
    private static bool IndexesKeys(IndexingPolicy policy) =>
        policy.IndexingMode == IndexingMode.Consistent
        && (policy.IncludedPaths.Count == 0
            || policy.IncludedPaths.Any(p => p.Path == IndexedPaths[0])
            || (policy.IncludedPaths.Any(p => p.Path == "/*") && !policy.ExcludedPaths.Any(p => p.Path.StartsWith("/keys", StringComparison.Ordinal))));

    private ContainerProperties Properties()
    {
        var properties = new ContainerProperties(options.Container, PartitionKeyPath) { DefaultTimeToLive = OnWithoutDefault };
        properties.IndexingPolicy.IndexingMode = IndexingMode.Consistent;
        Add(properties.IndexingPolicy.IncludedPaths, IndexedPaths);
        properties.IndexingPolicy.ExcludedPaths.Add(new ExcludedPath { Path = "/*" });
        return properties;
    }

    private static void Add(Collection<IncludedPath> to, IEnumerable<string> paths)
    {
        foreach (var path in paths)
        {
            to.Add(new IncludedPath { Path = path });
        }
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Cosmos DB at {Account} has {Level} consistency: processes may not see at once what another one wrote. Set Strong (one region) or BoundedStaleness; see docs/cosmos.md")]
    private static partial void LogWeak(ILogger logger, string account, ConsistencyLevel level);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The container {Container} has no time-to-live: what expires stays stored (and unseen). Set defaultTtl to -1")]
    private static partial void LogNoTimeToLive(ILogger logger, string container);
}
