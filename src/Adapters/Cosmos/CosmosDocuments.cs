using System.Text.Json;
using Microsoft.Azure.Cosmos;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Adapters.Cosmos;

/// <summary>Documents of one kind. Each partition of the port is a logical partition of its own, {kind}:{partition key}: a call never leaves it.</summary>
internal sealed class CosmosDocuments<T>(CosmosStore store, DocumentType<T> type) : IDocuments<T>
    where T : class
{
    /// <summary>Up to here single reads (1 RU each) cost less than a query for all.</summary>
    private const int MaxSingleReads = 4;

    /// <summary>Ids of one query.</summary>
    private const int MaxIds = 100;

    /// <summary>Writes of one call that are under way at once.</summary>
    private const int MaxParallel = 8;

    private readonly CosmosIndex<T> index = new(type);
    private readonly CosmosWriter<T> writer = new(store, type);

    public async Task<Document<T>?> ReadAsync(string partitionKey, string id, CancellationToken cancellationToken) =>
        await writer.FindAsync(Partition(partitionKey), CosmosKey.EscapeBounded(id, CosmosKey.MaxId), cancellationToken).ConfigureAwait(false) is { } item && IsAlive(item)
            ? CosmosItem.ToDocument<T>(partitionKey, item)
            : null;

    public async Task<IReadOnlyDictionary<string, Document<T>>> ReadManyAsync(string partitionKey, IReadOnlyCollection<string> ids, CancellationToken cancellationToken)
    {
        var distinct = ids.Distinct(StringComparer.Ordinal).ToList();
        var documents = distinct.Count <= MaxSingleReads
            ? (await Task.WhenAll(distinct.Select(id => ReadAsync(partitionKey, id, cancellationToken))).ConfigureAwait(false)).OfType<Document<T>>()
            : (await Task.WhenAll(distinct.Chunk(MaxIds).Select(chunk => ReadChunkAsync(partitionKey, chunk, cancellationToken))).ConfigureAwait(false)).SelectMany(d => d);
        return documents.ToDictionary(d => d.Id, StringComparer.Ordinal);
    }

    public async Task<WriteResult> WriteAsync(string partitionKey, DocumentWrite<T> write, CancellationToken cancellationToken)
    {
        var partition = Partition(partitionKey);
        return await writer.WriteAsync(partition, writer.Prepare(partition, write), write.Condition, cancellationToken).ConfigureAwait(false);
    }

    public async Task<IReadOnlyList<WriteResult>> WriteManyAsync(string partitionKey, IReadOnlyList<DocumentWrite<T>> writes, CancellationToken cancellationToken)
    {
        var partition = Partition(partitionKey);
        // All of them first: one that is too large must not leave a part of the others written.
        var items = writes.Select(w => writer.Prepare(partition, w)).ToList();
        var results = new WriteResult[writes.Count];
        // Writes of one document keep their order. No new one begins after one failed, and none is under way any more when the call returns.
        await Parallel.ForEachAsync(
            Enumerable.Range(0, writes.Count).GroupBy(i => writes[i].Id, StringComparer.Ordinal),
            new ParallelOptions { MaxDegreeOfParallelism = MaxParallel, CancellationToken = cancellationToken },
            async (places, stop) =>
            {
                foreach (var i in places)
                {
                    results[i] = await writer.WriteAsync(partition, items[i], writes[i].Condition, cancellationToken).ConfigureAwait(false);
                }
            }).ConfigureAwait(false);
        return results;
    }

    public Task<bool> DeleteAsync(string partitionKey, string id, string? etag, CancellationToken cancellationToken) =>
        writer.DeleteAsync(Partition(partitionKey), CosmosKey.EscapeBounded(id, CosmosKey.MaxId), etag, cancellationToken);

    public async Task<DocumentPage<T>> QueryAsync(string partitionKey, DocumentQuery query, CancellationToken cancellationToken)
    {
        var partition = Partition(partitionKey);
        var walk = CosmosPageToken.WalkOf(partition, query);
        var after = query.ContinuationToken is { } token ? CosmosPageToken.Decode(token, walk) : null;
        var definition = CosmosQuery.Build(index, query, after, store.Time.GetUtcNow());
        var items = await RunAsync("query", partition, definition, query.PageSize + 1, cancellationToken).ConfigureAwait(false);
        var documents = items.Take(query.PageSize).Select(i => CosmosItem.ToDocument<T>(partitionKey, i)).ToList();
        return new DocumentPage<T>(documents, items.Count > query.PageSize ? TokenAfter(documents[^1], query).Encode(walk) : null);
    }

    private CosmosPageToken TokenAfter(Document<T> last, DocumentQuery query) => new(
        query.OrderBy is { } field ? index.PartsOf(last.Value)[field] : "", CosmosKey.EscapeBounded(last.Id, CosmosKey.MaxId));

    private async Task<IEnumerable<Document<T>>> ReadChunkAsync(string partitionKey, string[] ids, CancellationToken cancellationToken)
    {
        var names = string.Join(", ", ids.Select((_, i) => $"@i{i}"));
        var definition = new QueryDefinition($"SELECT {CosmosQuery.Columns} FROM c WHERE c.id IN ({names}) AND {CosmosQuery.Alive}")
            .WithParameter("@now", CosmosKey.Moment(store.Time.GetUtcNow()));
        for (var i = 0; i < ids.Length; i++)
        {
            definition = definition.WithParameter($"@i{i}", CosmosKey.EscapeBounded(ids[i], CosmosKey.MaxId));
        }

        var items = await RunAsync("read many", Partition(partitionKey), definition, ids.Length, cancellationToken).ConfigureAwait(false);
        return items.Select(i => CosmosItem.ToDocument<T>(partitionKey, i));
    }

    private async Task<List<JsonElement>> RunAsync(string operation, string partition, QueryDefinition definition, int most, CancellationToken cancellationToken)
    {
        var items = new List<JsonElement>();
        await store.SendAsync(
            operation,
            async (container, stop) =>
            {
                items.Clear();
                // Straight to the partition: without it the SDK asks for a plan of the query first, one more round trip each time.
                var options = new QueryRequestOptions { PartitionKey = new PartitionKey(partition), MaxItemCount = most, EnableOptimisticDirectExecution = true };
                using var pages = container.GetItemQueryStreamIterator(definition, requestOptions: options);
                CosmosAnswer answer;
                do
                {
                    using var response = await pages.ReadNextAsync(stop).ConfigureAwait(false);
                    answer = await CosmosStore.ReadAsync(operation, response, stop).ConfigureAwait(false);
                    if (answer.IsSuccess)
                    {
                        items.AddRange(answer.Json().GetProperty("Documents").EnumerateArray());
                    }
                }
                while (answer.IsSuccess && pages.HasMoreResults && items.Count < most);
                // Absent is an outcome for an item; a query that finds no container is not answered.
                return answer.IsAbsent ? answer with { SubStatus = CosmosWriter.OwnerMissing } : answer;
            },
            cancellationToken).ConfigureAwait(false);
        // The service keeps partitions apart; should it ever not, nobody is shown what belongs to another tenant.
        return items.TrueForAll(i => i.GetProperty("pk").GetString() == partition)
            ? items
            : throw new StoreUnavailableException("Cosmos DB answered a query with documents of another partition.");
    }

    private bool IsAlive(JsonElement item) => !(CosmosItem.ExpiresOf(item) <= store.Time.GetUtcNow());

    private string Partition(string partitionKey) => CosmosWriter.PartitionOf(type.Name, partitionKey);
}
