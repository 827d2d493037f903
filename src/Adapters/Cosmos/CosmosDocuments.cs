using System.Text.Json;
using Microsoft.Azure.Cosmos;
using Nightwatch.Adapters.Storage;
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
        await FindAsync(partitionKey, id, cancellationToken).ConfigureAwait(false) is not { } item ? null : TryRead(partitionKey, item, out var failure)
            ?? throw new DocumentUnreadableException($"Document '{id}' of {type.Name} is stored and cannot be read: {failure!.Message}", failure);

    public async Task<IReadOnlyDictionary<string, Document<T>>> ReadManyAsync(string partitionKey, IReadOnlyCollection<string> ids, CancellationToken cancellationToken)
    {
        var distinct = ids.Distinct(StringComparer.Ordinal).ToList();
        var items = distinct.Count <= MaxSingleReads
            ? (await Task.WhenAll(distinct.Select(id => FindAsync(partitionKey, id, cancellationToken))).ConfigureAwait(false)).OfType<JsonElement>()
            : (await Task.WhenAll(distinct.Chunk(MaxIds).Select(chunk => FindChunkAsync(partitionKey, chunk, cancellationToken))).ConfigureAwait(false)).SelectMany(d => d);
        return items.Select(i => TryRead(partitionKey, i, out _)).OfType<Document<T>>().ToDictionary(d => d.Id, StringComparer.Ordinal);
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
        var (documents, unreadable) = (new List<Document<T>>(), new List<string>());
        while (true)
        {
            var missing = query.PageSize - documents.Count;
            var definition = CosmosQuery.Build(index, query with { PageSize = missing }, after, store.Time.GetUtcNow());
            var items = await RunAsync("query", partition, definition, missing + 1, cancellationToken).ConfigureAwait(false);
            foreach (var item in items.Take(missing))
            {
                if (TryRead(partitionKey, item, out _) is { } document)
                {
                    documents.Add(document);
                }
                else
                {
                    unreadable.Add(CosmosItem.IdOf(item));
                }
            }

            // More are read in the place of those that could not be read.
            after = items.Count > missing ? TokenAfter(items[missing - 1], query) : null;
            if (after is null || documents.Count == query.PageSize)
            {
                return new DocumentPage<T>(documents, after?.Encode(walk)) { Unreadable = unreadable };
            }
        }
    }

    /// <summary>Null when the item's value is no <typeparamref name="T"/>, which the store logs.</summary>
    private Document<T>? TryRead(string partitionKey, JsonElement item, out Exception? failure)
    {
        try
        {
            failure = null;
            return CosmosItem.ToDocument<T>(partitionKey, item);
        }
        catch (Exception unreadable) when (UnreadableDocuments.IsOfTheDocument(unreadable))
        {
            failure = unreadable;
            store.Report(type.Name, partitionKey, CosmosItem.IdOf(item), unreadable);
            return null;
        }
    }

    private static CosmosPageToken TokenAfter(JsonElement last, DocumentQuery query) =>
        new(query.OrderBy is { } field ? CosmosItem.FieldOf(last, field) : "", last.GetProperty("id").GetString()!);

    private async Task<JsonElement?> FindAsync(string partitionKey, string id, CancellationToken cancellationToken) =>
        await writer.FindAsync(Partition(partitionKey), CosmosKey.EscapeBounded(id, CosmosKey.MaxId), cancellationToken).ConfigureAwait(false) is { } item && IsAlive(item)
            ? item
            : null;

    private async Task<IEnumerable<JsonElement>> FindChunkAsync(string partitionKey, string[] ids, CancellationToken cancellationToken)
    {
        var names = string.Join(", ", ids.Select((_, i) => $"@i{i}"));
        var definition = new QueryDefinition($"SELECT {CosmosQuery.Columns} FROM c WHERE c.id IN ({names}) AND {CosmosQuery.Alive}")
            .WithParameter("@now", CosmosKey.Moment(store.Time.GetUtcNow()));
        for (var i = 0; i < ids.Length; i++)
        {
            definition = definition.WithParameter($"@i{i}", CosmosKey.EscapeBounded(ids[i], CosmosKey.MaxId));
        }

        return await RunAsync("read many", Partition(partitionKey), definition, ids.Length, cancellationToken).ConfigureAwait(false);
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
