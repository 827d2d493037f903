using System.Globalization;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Client.Entities;
using Microsoft.DurableTask.Entities;

namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>The client's part for entities, over the engine's file.</summary>
internal sealed class LocalEntityClient(EngineState state, Func<Task> created, string name) : DurableEntityClient(name)
{
    private const int MaxPage = 1_000;

    /// <exception cref="ArgumentException">The app has no entity function of that name.</exception>
    /// <exception cref="InvalidOperationException">The entity is set aside.</exception>
    public override async Task SignalEntityAsync(
        EntityInstanceId id, string operationName, object? input = null, SignalEntityOptions? options = null, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        ArgumentException.ThrowIfNullOrEmpty(operationName);
        if (!state.Invoker.HasEntity(EntityIds.Require(id).Name))
        {
            throw new ArgumentException($"There is no entity function named '{id.Name}'.", nameof(id));
        }

        var data = state.Replay.Serialize(input, $"The input of operation '{operationName}'");
        await created().ConfigureAwait(false);
        var (worker, now) = (state.WorkerOrNone, state.Now);
        var message = new EntityMessage(EntityMessageKind.Signal, operationName, data) { Due = RunningOperation.DueTime(options, now) };
        var woken = await state.Store.WriteAsync(session =>
        {
            var woken = new Woken();
            return EntityInbox.Post(session, id.ToString(), message, now, worker, woken) is { } reason
                ? throw new InvalidOperationException($"Entity '{id}' is set aside and takes no signal; purge it to begin anew. {reason}")
                : woken;
        }).ConfigureAwait(false);
        state.Dispatch(woken);
    }

    public override async Task<EntityMetadata?> GetEntityAsync(EntityInstanceId id, bool includeState = true, CancellationToken cancellation = default) =>
        await FindAsync(id, includeState, cancellation).ConfigureAwait(false) is { } found ? Raw(found) : null;

    public override async Task<EntityMetadata<T>?> GetEntityAsync<T>(EntityInstanceId id, bool includeState = true, CancellationToken cancellation = default) =>
        await FindAsync(id, includeState, cancellation).ConfigureAwait(false) is { } found ? Typed<T>(found) : null;

    public override AsyncPageable<EntityMetadata> GetAllEntitiesAsync(EntityQuery? filter = null) => Pages(filter, Raw);

    public override AsyncPageable<EntityMetadata<T>> GetAllEntitiesAsync<T>(EntityQuery? filter = null) => Pages(filter, Typed<T>);

    public override async Task<CleanEntityStorageResult> CleanEntityStorageAsync(
        CleanEntityStorageRequest? request = null, bool continueUntilComplete = true, CancellationToken cancellation = default)
    {
        await created().ConfigureAwait(false);
        var wanted = request ?? CleanEntityStorageRequest.Default;
        var (removed, released, after) = (0, 0, ParseToken(wanted.ContinuationToken));
        do
        {
            cancellation.ThrowIfCancellationRequested();
            var (from, worker, now, woken) = (after, state.WorkerOrNone, state.Now, new Woken());
            var some = await state.Store.WriteAsync(session =>
                EntityCleaning.Some(session, from, wanted.RemoveEmptyEntities, wanted.ReleaseOrphanedLocks, now, worker, woken)).ConfigureAwait(false);
            state.Dispatch(woken);
            (removed, released, after) = (removed + some.Removed, released + some.Released, some.Last);
        }
        while (continueUntilComplete && after != 0);

        return new CleanEntityStorageResult
        {
            EmptyEntitiesRemoved = removed,
            OrphanedLocksReleased = released,
            ContinuationToken = after == 0 ? null : after.ToString(CultureInfo.InvariantCulture),
        };
    }

    private static long ParseToken(string? token) => token is null
        ? 0
        : long.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out var key)
            ? key
            : throw new ArgumentException("The continuation token is not one of this client's.", nameof(token));

    private async Task<StoredEntity?> FindAsync(EntityInstanceId id, bool withState, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var text = EntityIds.Require(id).ToString();
        await created().ConfigureAwait(false);
        return state.Store.Read(session => EntityQueries.Get(session, text, withState));
    }

    private AsyncPageable<TMetadata> Pages<TMetadata>(EntityQuery? filter, Func<StoredEntity, TMetadata> make)
        where TMetadata : notnull => Pageable.Create<TMetadata>(async (token, pageSize, cancellation) =>
        {
            cancellation.ThrowIfCancellationRequested();
            await created().ConfigureAwait(false);
            var query = filter ?? new EntityQuery();
            var size = Math.Clamp(pageSize ?? query.PageSize ?? EntityQuery.DefaultPageSize, 1, MaxPage);
            var found = state.Store.Read(session => EntityQueries.List(session, query, token ?? query.ContinuationToken, size));
            return new Page<TMetadata>([.. found.Select(make)], found.Count == size ? found[^1].Id.ToString() : null);
        });

    private EntityMetadata Raw(StoredEntity found) => new(found.Id, found.State is null ? null : new SerializedData(found.State, state.Options.Converter))
    {
        LastModifiedTime = new DateTimeOffset(found.Updated, TimeSpan.Zero),
        BacklogQueueSize = found.Backlog,
        LockedBy = found.LockedBy,
    };

    private EntityMetadata<T> Typed<T>(StoredEntity found) => found.State is null
        ? new EntityMetadata<T>(found.Id)
        {
            LastModifiedTime = new DateTimeOffset(found.Updated, TimeSpan.Zero),
            BacklogQueueSize = found.Backlog,
            LockedBy = found.LockedBy,
        }
        : new EntityMetadata<T>(found.Id, state.Options.Converter.Deserialize<T>(found.State))
        {
            LastModifiedTime = new DateTimeOffset(found.Updated, TimeSpan.Zero),
            BacklogQueueSize = found.Backlog,
            LockedBy = found.LockedBy,
        };
}
