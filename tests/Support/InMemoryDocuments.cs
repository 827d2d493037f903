using System.Globalization;
using System.Text.Json;
using Nightwatch.Domain.Serialization;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Support;

/// <summary>
/// The store port in memory, for tests of use cases: it keeps every promise of <see cref="IDocuments{T}"/> except durability. Values live as JSON, so what
/// is read back is what a real store would give. Thread-safe.
/// </summary>
/// <param name="type">As given to a real store; a query on a field that it does not declare is an <see cref="ArgumentException"/>.</param>
/// <param name="faults">What goes wrong and when; shared among stores when given.</param>
/// <param name="time">With a clock, documents past <see cref="DocumentType{T}.ExpiresAt"/> are gone.</param>
public sealed class InMemoryDocuments<T>(DocumentType<T> type, StoreFaults? faults = null, TimeProvider? time = null) : IDocuments<T>
    where T : class
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, SortedDictionary<string, Stored>> partitions = new(StringComparer.Ordinal);
    private long version;

    private sealed record Stored(string Id, string ETag, string Json, IReadOnlyDictionary<string, object?> Fields, DateTimeOffset? ExpiresAt);

    public StoreFaults Faults { get; } = faults ?? new StoreFaults();

    /// <summary>Everything in a partition, in the order of ids; for assertions.</summary>
    public IReadOnlyList<T> All(string partitionKey)
    {
        lock (gate)
        {
            return [.. Partition(partitionKey).Values.Select(s => Open(partitionKey, s)?.Value).OfType<T>()];
        }
    }

    public async Task<Document<T>?> ReadAsync(string partitionKey, string id, CancellationToken cancellationToken)
    {
        await BeginReadAsync(cancellationToken);
        lock (gate)
        {
            return !Partition(partitionKey).TryGetValue(id, out var stored) ? null
                : Open(partitionKey, stored) ?? throw new DocumentUnreadableException($"Document '{id}' of {type.Name} is stored and cannot be read.");
        }
    }

    public async Task<IReadOnlyDictionary<string, Document<T>>> ReadManyAsync(string partitionKey, IReadOnlyCollection<string> ids, CancellationToken cancellationToken)
    {
        await BeginReadAsync(cancellationToken);
        lock (gate)
        {
            var partition = Partition(partitionKey);
            var found = new Dictionary<string, Document<T>>(StringComparer.Ordinal);
            foreach (var id in ids)
            {
                if (partition.TryGetValue(id, out var stored) && Open(partitionKey, stored) is { } document)
                {
                    found[id] = document;
                }
            }

            return found;
        }
    }

    public async Task<WriteResult> WriteAsync(string partitionKey, DocumentWrite<T> write, CancellationToken cancellationToken) =>
        (await WriteManyAsync(partitionKey, [write], cancellationToken))[0];

    public async Task<IReadOnlyList<WriteResult>> WriteManyAsync(string partitionKey, IReadOnlyList<DocumentWrite<T>> writes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await Faults.BeforeWriteAsync();
        var results = new WriteResult[writes.Count];
        lock (gate)
        {
            var partition = Partition(partitionKey);
            for (var i = 0; i < writes.Count; i++)
            {
                results[i] = Write(partition, writes[i]);
            }
        }

        return results;
    }

    public async Task<bool> DeleteAsync(string partitionKey, string id, string? etag, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await Faults.BeforeWriteAsync();
        lock (gate)
        {
            var partition = Partition(partitionKey);
            if (!partition.TryGetValue(id, out var stored) || (etag is not null && stored.ETag != etag))
            {
                return false;
            }

            Faults.Apply(() => partition.Remove(id));
            return true;
        }
    }

    public async Task<DocumentPage<T>> QueryAsync(string partitionKey, DocumentQuery query, CancellationToken cancellationToken)
    {
        await BeginReadAsync(cancellationToken);
        var paging = new KeysetPaging(query, [.. type.Fields.Select(f => f.Name)]);
        lock (gate)
        {
            var (page, unreadable) = (new List<(Document<T> Document, Func<string> Token)>(), new List<string>());
            foreach (var row in Partition(partitionKey).Values
                .Where(s => query.Where.All(f => KeysetPaging.Matches(f, s.Fields[f.Field])))
                .Select(s => (Stored: s, Key: paging.KeyOf(s.Id, s.Fields)))
                .Where(r => paging.IsAfterToken(r.Key))
                .OrderBy(r => r.Key, paging))
            {
                if (page.Count == query.PageSize)
                {
                    return new DocumentPage<T>([.. page.Select(p => p.Document)], page[^1].Token()) { Unreadable = unreadable };
                }

                if (Open(partitionKey, row.Stored) is { } document)
                {
                    page.Add((document, () => paging.TokenOf(row.Key)));
                }
                else
                {
                    unreadable.Add(row.Stored.Id);
                }
            }

            return new DocumentPage<T>([.. page.Select(p => p.Document)], null) { Unreadable = unreadable };
        }
    }

    private async Task BeginReadAsync(CancellationToken cancellationToken)
    {
        await Task.Yield();
        cancellationToken.ThrowIfCancellationRequested();
        Faults.CountRead();
    }

    /// <summary>Null when it does not read as what its kind is.</summary>
    private static Document<T>? Open(string partitionKey, Stored stored)
    {
        try
        {
            return new(partitionKey, stored.Id, stored.ETag, JsonSerializer.Deserialize<T>(stored.Json, NightwatchJson.Options)!);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private WriteResult Write(SortedDictionary<string, Stored> partition, DocumentWrite<T> write)
    {
        partition.TryGetValue(write.Id, out var current);
        var holds = (!write.Condition.RequiresAbsence || current is null) && (write.Condition.ETag is null || write.Condition.ETag == current?.ETag);
        if (!holds || (write.Condition != WriteCondition.Always && Faults.TakeConflict()))
        {
            return WriteResult.Conflict;
        }

        var etag = (++version).ToString(CultureInfo.InvariantCulture);
        var fields = type.Fields.ToDictionary(f => f.Name, f => f.Value(write.Value));
        var stored = new Stored(write.Id, etag, JsonSerializer.Serialize(write.Value, NightwatchJson.Options), fields, type.ExpiresAt(write.Value));
        Faults.Apply(() => partition[write.Id] = stored);
        return new WriteResult(true, etag);
    }

    private SortedDictionary<string, Stored> Partition(string partitionKey)
    {
        if (!partitions.TryGetValue(partitionKey, out var partition))
        {
            partitions[partitionKey] = partition = new SortedDictionary<string, Stored>(StringComparer.Ordinal);
        }

        if (time is not null)
        {
            var now = time.GetUtcNow();
            foreach (var expired in partition.Values.Where(s => s.ExpiresAt <= now).ToList())
            {
                partition.Remove(expired.Id);
            }
        }

        return partition;
    }
}
