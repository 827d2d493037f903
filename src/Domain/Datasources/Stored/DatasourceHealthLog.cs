using System.Collections.Concurrent;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Datasources.Stored;

/// <summary>
/// Keeps the state of every source. Use alone keeps it up to date: a change of state is written at once, the same state again only now and then, so that a
/// source that is asked a thousand times a minute costs no more writes than one that is asked rarely. Losing a write loses nothing that matters.
/// </summary>
public sealed class DatasourceHealthLog(IDocuments<DatasourceHealth> documents, IMasker masker, TimeProvider time) : IObserveSources
{
    /// <summary>The same failure again is written after this time.</summary>
    public static readonly TimeSpan FailuresEvery = TimeSpan.FromSeconds(30);

    /// <summary>That all is still well is written after this time.</summary>
    public static readonly TimeSpan SuccessEvery = TimeSpan.FromMinutes(5);

    private readonly TimeProvider time = time;
    private readonly ConcurrentDictionary<(string Tenant, string Id), Observer> observers = new();

    public IObserveSource For(string tenant, string id) => observers.GetOrAdd((tenant, id), static (key, log) => new Observer(log, key.Tenant, key.Id), this);

    public async Task<DatasourceHealth> ReadAsync(string tenant, string id, CancellationToken cancellationToken) =>
        (await documents.ReadAsync(tenant, id, cancellationToken).ConfigureAwait(false))?.Value ?? DatasourceHealth.Unknown;

    public async Task<IReadOnlyDictionary<string, DatasourceHealth>> ReadManyAsync(string tenant, IReadOnlyCollection<string> ids, CancellationToken cancellationToken) =>
        (await documents.ReadManyAsync(tenant, ids, cancellationToken).ConfigureAwait(false)).ToDictionary(d => d.Key, d => d.Value.Value, StringComparer.Ordinal);

    /// <summary>After a connection test.</summary>
    public async Task<DatasourceHealth> KeepAsync(string tenant, string id, DatasourceHealth seen, CancellationToken cancellationToken)
    {
        var before = await ReadAsync(tenant, id, cancellationToken).ConfigureAwait(false);
        var kept = seen.State == DatasourceState.Unhealthy ? seen : seen with { LastFailure = before.LastFailure, LastFailureAt = before.LastFailureAt };
        await documents.WriteAsync(tenant, DocumentWrite<DatasourceHealth>.Upsert(id, kept), cancellationToken).ConfigureAwait(false);
        if (observers.TryGetValue((tenant, id), out var observer))
        {
            observer.Set(kept.State);
        }

        return kept;
    }

    public async Task RemoveAsync(string tenant, string id, CancellationToken cancellationToken)
    {
        observers.TryRemove((tenant, id), out _);
        await documents.DeleteAsync(tenant, id, etag: null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What a source said of its failure, as it may be shown.</summary>
    public string Shown(SourceException failure) => masker.Mask(failure.Message);

    private async Task WriteAsync(string tenant, string id, SourceException? failure)
    {
        try
        {
            var before = await ReadAsync(tenant, id, CancellationToken.None).ConfigureAwait(false);
            var now = time.GetUtcNow();
            var after = failure is null
                ? before with { State = DatasourceState.Healthy, Message = null, CheckedAt = now }
                : before with { State = DatasourceState.Unhealthy, Message = Shown(failure), CheckedAt = now, LastFailure = Shown(failure), LastFailureAt = now };
            await documents.WriteAsync(tenant, DocumentWrite<DatasourceHealth>.Upsert(id, after), CancellationToken.None).ConfigureAwait(false);
        }
        catch (StoreUnavailableException)
        {
            // The question that was asked matters more than the state of what it asked.
        }
    }

    private sealed class Observer(DatasourceHealthLog log, string tenant, string id) : IObserveSource
    {
        private readonly Lock gate = new();
        private DatasourceState state;
        private DateTimeOffset writtenAt;

        public ValueTask UsedAsync(SourceException? failure)
        {
            // A source that refuses a query is well; an answer that is too large or of another form may be the question's fault.
            if (failure?.Failure == SourceFailure.BadAnswer)
            {
                return ValueTask.CompletedTask;
            }

            var seen = failure is null or { Failure: SourceFailure.BadRequest } ? DatasourceState.Healthy : DatasourceState.Unhealthy;
            var now = log.time.GetUtcNow();
            lock (gate)
            {
                if (seen == state && now - writtenAt < (seen == DatasourceState.Healthy ? SuccessEvery : FailuresEvery))
                {
                    return ValueTask.CompletedTask;
                }

                (state, writtenAt) = (seen, now);
            }

            return new ValueTask(log.WriteAsync(tenant, id, seen == DatasourceState.Healthy ? null : failure));
        }

        /// <summary>Somebody else wrote the state.</summary>
        public void Set(DatasourceState written)
        {
            lock (gate)
            {
                (state, writtenAt) = (written, log.time.GetUtcNow());
            }
        }
    }
}
