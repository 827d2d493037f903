using Microsoft.DurableTask;
using Microsoft.DurableTask.Entities;

namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>
/// Plays entities' turns: takes what waits, runs it through the entity function and commits the outcome. The code of an entity may wait for anything, so it
/// runs on the pool, a bounded number at once. What is not committed runs again; what is committed never does.
/// </summary>
internal sealed class EntityPlayer(EngineState state) : IDisposable
{
    private readonly SemaphoreSlim room = new(state.Options.MaxConcurrentEntities);
    private int running;

    /// <summary>Turns that run user code now.</summary>
    public int Running => Volatile.Read(ref running);

    /// <summary>One turn. True when more can run already.</summary>
    /// <exception cref="TurnConflictException">Another worker was first; nothing was stored.</exception>
    /// <exception cref="HistoryUnreadableException">Too many processes have died with the entity in hand.</exception>
    public async Task<bool> TurnAsync(long key)
    {
        if (!await EnterAsync().ConfigureAwait(false))
        {
            return false;
        }

        try
        {
            Interlocked.Increment(ref running);
            return await PlayAsync(key).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref running);
            room.Release();
        }
    }

    public void Dispose() => room.Dispose();

    /// <summary>Waits for room. False when the engine stops; the file still says that the entity has work.</summary>
    private async Task<bool> EnterAsync()
    {
        // Counted as waiting all the while, so that this process does not claim what others have room for.
        state.Slots.Waits();
        try
        {
            await room.WaitAsync(state.Draining.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        finally
        {
            state.Slots.TakenUp();
        }
    }

    private async Task<bool> PlayAsync(long key)
    {
        var (worker, now) = (state.Worker, state.Now);
        var work = state.Store.Read(session => EntityReader.Load(session, key, worker, now, state.Options.MaxEntityBatch));
        if (work is null)
        {
            return false;
        }

        if (work.Record.Tries > state.Options.MaxTakeovers)
        {
            throw new HistoryUnreadableException($"{work.Record.Tries} processes died with this entity in hand.");
        }

        var commit = work.Operations.Count == 0 ? Commit(work, null, now) : await RunAsync(work, now).ConfigureAwait(false);
        if (commit is null)
        {
            return false;
        }

        var (more, woken) = await state.Store.WriteAsync(session => EntityWriter.Commit(session, commit, worker)).ConfigureAwait(false);
        state.Dispatch(woken);
        return more;
    }

    /// <summary>Null when the engine stops before the operations have ended.</summary>
    private async Task<EntityCommit?> RunAsync(EntityWork work, long now)
    {
        var id = EntityInstanceId.FromString(work.Record.Id);
        var batch = new EntityBatch(id, work.Operations, work.State, state.Replay, state.Options.Time, state.Aborting.Token);
        try
        {
            await InvokeAsync(id, batch).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            if (state.Aborting.IsCancellationRequested)
            {
                return null;
            }

            // The function itself failed, or a middleware: whatever its operations did is void.
            EntityLog.FunctionFailed(state.Log, failure, work.Record.Id, work.Operations.Count);
            batch.Fail(TaskFailureDetails.FromException(failure));
        }

        foreach (var outcome in batch.Outcomes.Where(outcome => outcome.Failure is not null))
        {
            EntityLog.OperationFailed(state.Log, outcome.Message.Name, work.Record.Id, outcome.Failure!.ToString());
        }

        return Commit(work, batch, now);
    }

    private async Task InvokeAsync(EntityInstanceId id, EntityBatch batch)
    {
        if (!state.Invoker.HasEntity(id.Name))
        {
            batch.Fail(new TaskFailureDetails("EntityTaskNotFound", $"There is no entity function named '{id.Name}'.", null, null, null));
            return;
        }

        await Task.Run(() => state.Invoker.RunEntityAsync(id.Name, batch, state.Aborting.Token)).ConfigureAwait(false);
        if (batch.Outcomes.Count == 0)
        {
            throw new InvalidOperationException($"The entity function '{id.Name}' returned before its operations had run. Await TaskEntityDispatcher.DispatchAsync.");
        }
    }

    private static EntityCommit Commit(EntityWork work, EntityBatch? batch, long now) => new()
    {
        Before = work.Record,
        State = batch is null ? work.State : batch.State,
        Outcomes = batch?.Outcomes ?? [],
        Effects = batch?.Effects ?? [],

        // A batch that was cut short leaves operations that come before the lock request.
        Lock = batch is null || batch.Outcomes.Count == work.Operations.Count ? work.Lock : null,
        Now = now,
    };
}
