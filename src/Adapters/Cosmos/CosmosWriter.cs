using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.Azure.Cosmos;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Adapters.Cosmos;

/// <summary>
/// Single documents: found, written on a condition, deleted. Every item carries the mark of the write that made it, so that a write whose answer was lost
/// is known again when the try after it meets a conflict with itself.
/// </summary>
internal sealed class CosmosWriter<T>(CosmosStore store, DocumentType<T> type)
    where T : class
{
    /// <summary>How often others may come between when an expired document makes room for a new one.</summary>
    private const int MaxRounds = 8;

    private readonly CosmosIndex<T> index = new(type);

    /// <summary>The item as it is stored, expired or not; null when there is none.</summary>
    public async Task<JsonElement?> FindAsync(string partition, string id, CancellationToken cancellationToken)
    {
        var answer = await SendAsync("read", (container, stop) => container.ReadItemStreamAsync(id, new PartitionKey(partition), null, stop), cancellationToken)
            .ConfigureAwait(false);
        return answer.IsSuccess ? answer.Json() : null;
    }

    /// <summary>The item to be written.</summary>
    /// <exception cref="DocumentTooLargeException">Cosmos DB would not take it.</exception>
    public CosmosItem Prepare(string partition, DocumentWrite<T> write)
    {
        var item = CosmosItem.Of(index, partition, write, type.ExpiresAt(write.Value), store.Time.GetUtcNow());
        return item.Json.Length <= CosmosItem.MaxBytes ? item : throw new DocumentTooLargeException(string.Create(
            CultureInfo.InvariantCulture,
            $"A document of {type.Name} has {item.Json.Length} bytes as JSON; the store, Cosmos DB, takes at most 2 MB ({CosmosItem.MaxBytes} bytes). Store less in one document."));
    }

    public async Task<WriteResult> WriteAsync(string partition, CosmosItem item, WriteCondition condition, CancellationToken cancellationToken)
    {
        if (condition.RequiresAbsence)
        {
            return await CreateAsync(partition, item, cancellationToken).ConfigureAwait(false);
        }

        if (condition.ETag is { } etag)
        {
            var expected = CosmosETag.Parse(etag);
            return !expected.IsPossible || expected.IsOver(store.Time.GetUtcNow()) ? WriteResult.Conflict : await ReplaceAsync(partition, item, expected, cancellationToken).ConfigureAwait(false);
        }

        var answer = await SendBodyAsync("upsert", item, (container, body, stop) => container.UpsertItemStreamAsync(body, new PartitionKey(partition), CosmosStore.NoContent, stop), cancellationToken)
            .ConfigureAwait(false);
        return answer.IsSuccess ? Written(item, answer) : throw CosmosWriter.Contended("upsert");
    }

    public async Task<bool> DeleteAsync(string partition, string id, string? etag, CancellationToken cancellationToken)
    {
        var expected = etag is null ? (CosmosETag?)null : CosmosETag.Parse(etag);
        if (expected is null && await FindAsync(partition, id, cancellationToken).ConfigureAwait(false) is var found
            && (found is not { } item || CosmosItem.ExpiresOf(item) <= store.Time.GetUtcNow()))
        {
            return false;
        }

        if (expected is { } version && (!version.IsPossible || version.IsOver(store.Time.GetUtcNow())))
        {
            return false;
        }

        // When the answer of a try that deleted is lost, the next one finds nothing and says so: who deletes to claim must not be told yes twice.
        var options = new ItemRequestOptions { EnableContentResponseOnWrite = false, IfMatchEtag = expected?.Header };
        var answer = await SendAsync("delete", (container, stop) => container.DeleteItemStreamAsync(id, new PartitionKey(partition), options, stop), cancellationToken)
            .ConfigureAwait(false);
        return answer.IsSuccess;
    }

    private async Task<WriteResult> CreateAsync(string partition, CosmosItem item, CancellationToken cancellationToken)
    {
        for (var round = 0; round < MaxRounds; round++)
        {
            var answer = await SendBodyAsync("create", item, (container, body, stop) => container.CreateItemStreamAsync(body, new PartitionKey(partition), CosmosStore.NoContent, stop), cancellationToken)
                .ConfigureAwait(false);
            if (answer.IsSuccess)
            {
                return Written(item, answer);
            }

            if (await FindAsync(partition, item.Id, cancellationToken).ConfigureAwait(false) is not { } there)
            {
                continue;
            }

            if (CosmosItem.WriteOf(there) == item.Write)
            {
                return new WriteResult(true, CosmosItem.ETagOf(there).ToString());
            }

            if (!(CosmosItem.ExpiresOf(there) <= store.Time.GetUtcNow()))
            {
                return WriteResult.Conflict;
            }

            // Over, but not yet removed: to the port it does not exist.
            var taken = await ReplaceAsync(partition, item, CosmosItem.ETagOf(there), cancellationToken).ConfigureAwait(false);
            if (taken.Written)
            {
                return taken;
            }
        }

        throw CosmosWriter.Contended("create");
    }

    private async Task<WriteResult> ReplaceAsync(string partition, CosmosItem item, CosmosETag expected, CancellationToken cancellationToken)
    {
        var options = new ItemRequestOptions { EnableContentResponseOnWrite = false, IfMatchEtag = expected.Header };
        var answer = await SendBodyAsync("replace", item, (container, body, stop) => container.ReplaceItemStreamAsync(body, item.Id, new PartitionKey(partition), options, stop), cancellationToken)
            .ConfigureAwait(false);
        if (answer.IsSuccess)
        {
            return Written(item, answer);
        }

        return answer.Status == HttpStatusCode.PreconditionFailed
            && await FindAsync(partition, item.Id, cancellationToken).ConfigureAwait(false) is { } there && CosmosItem.WriteOf(there) == item.Write
            ? new WriteResult(true, CosmosItem.ETagOf(there).ToString())
            : WriteResult.Conflict;
    }

    private Task<CosmosAnswer> SendBodyAsync(
        string operation, CosmosItem item, Func<Container, Stream, CancellationToken, Task<ResponseMessage>> send, CancellationToken cancellationToken) =>
        SendAsync(
            operation,
            async (container, stop) =>
            {
                using var body = new MemoryStream(item.Json, writable: false);
                return await send(container, body, stop).ConfigureAwait(false);
            },
            cancellationToken);

    private Task<CosmosAnswer> SendAsync(string operation, Func<Container, CancellationToken, Task<ResponseMessage>> send, CancellationToken cancellationToken) =>
        store.SendAsync(
            operation,
            async (container, stop) =>
            {
                using var response = await send(container, stop).ConfigureAwait(false);
                return await CosmosStore.ReadAsync(operation, response, stop).ConfigureAwait(false);
            },
            cancellationToken);

    private static WriteResult Written(CosmosItem item, CosmosAnswer answer) => new(true, CosmosETag.OfHeader(answer.ETag!, item.Expires).ToString());
}

internal static class CosmosWriter
{
    /// <summary>The sub-status of a 404 that speaks of the container.</summary>
    public const int OwnerMissing = 1003;

    /// <summary>Longest escaped partition key; Cosmos DB takes 2,048 bytes.</summary>
    private const int MaxPartition = 900;

    /// <summary>Type names are letters and underscores, so that no two pairs give the same.</summary>
    public static string PartitionOf(string type, string partitionKey) => $"{type}:{CosmosKey.EscapeBounded(partitionKey, MaxPartition)}";

    public static StoreUnavailableException Contended(string operation) => new($"Others kept writing the same document in Cosmos DB; the {operation} was given up.");
}
