using Microsoft.DurableTask.Client;

namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>Takes instances with work from the queue and plays their turns; the commit of one does not hold up the next.</summary>
internal sealed class TurnRunner(EngineState state, ActivityRunner activities, EntityPlayer entities)
{
    private const int InboxLimit = 2_000;

    private readonly TurnPlayer player = new(state);
    private readonly TurnRecovery recovery = new(state);
    private readonly List<Task> loops = [];
    private int inFlight;

    public int InFlight => Volatile.Read(ref inFlight);

    public void Start()
    {
        for (var i = 0; i < state.Options.MaxConcurrentOrchestrators; i++)
        {
            loops.Add(Task.Run(LoopAsync));
        }
    }

    public Task StoppedAsync() => Task.WhenAll(loops);

    private async Task LoopAsync()
    {
        try
        {
            await foreach (var slot in state.Slots.Ready.ReadAllAsync(state.Stopping.Token).ConfigureAwait(false))
            {
                _ = TakeUpAsync(slot);
            }
        }
        catch (OperationCanceledException)
        {
            // The engine stops.
        }
    }

    /// <summary>Plays one turn, when an instance waits for it; a simulation calls it in place of the loops. False when none waits.</summary>
    public async Task<bool> StepAsync()
    {
        if (!state.Slots.Ready.TryRead(out var slot))
        {
            return false;
        }

        await TakeUpAsync(slot).ConfigureAwait(false);
        return true;
    }

    private Task TakeUpAsync(InstanceSlot slot)
    {
        state.Slots.TakenUp();
        Interlocked.Increment(ref inFlight);
        return RunAsync(slot);
    }

    private async Task RunAsync(InstanceSlot slot)
    {
        var answers = slot.TakeMail();
        var more = false;
        try
        {
            more = await TurnAsync(slot, answers).ConfigureAwait(false);
            slot.Failures = 0;
        }
        catch (TurnConflictException conflict)
        {
            EngineLog.TurnConflict(state.Log, slot.Key, conflict.Message);
            state.Slots.Keep(slot, null);
            more = await recovery.PostAsync(slot, answers).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            more = await recovery.RecoverAsync(slot, answers, failure).ConfigureAwait(false);
        }
        finally
        {
            Finish(slot, more);
            Interlocked.Decrement(ref inFlight);
        }
    }

    private void Finish(InstanceSlot slot, bool more)
    {
        if (slot.Rest(more, Environment.TickCount64))
        {
            state.Slots.Enqueue(slot);
        }
        else if (slot.Cache is null)
        {
            state.Slots.Remove(slot);
        }
    }

    /// <summary>One turn. True when more work waits already.</summary>
    private async Task<bool> TurnAsync(InstanceSlot slot, List<ActivityAnswer> answers)
    {
        var record = slot.Cache?.Record ?? state.Store.Load(slot.Key);
        if (record is { IsEntity: true })
        {
            return await entities.TurnAsync(slot.Key).ConfigureAwait(false);
        }

        var cache = slot.Cache ?? Load(slot, record);
        if (cache is null || cache.Record.Completed is not null)
        {
            return false;
        }

        if (state.Versions.Leaves(cache.Record.Version))
        {
            state.Slots.Keep(slot, null);
            await state.Store.LeaveAsync(slot.Key, answers, state.Worker).ConfigureAwait(false);
            EngineLog.Left(state.Log, cache.Record.Id, cache.Record.Version);
            return false;
        }

        var inbox = state.Store.LoadInbox(slot.Key, InboxLimit);
        var turn = TurnInput.Collect(cache, inbox, answers, state, slot.HasIllegalAwait || slot.EndsLate);
        if (turn is null)
        {
            return IsStale(slot, cache);
        }

        var worker = state.Worker;
        var outcome = player.Play(slot, cache, turn);
        var commit = new TurnCommit
        {
            Before = cache.Record,
            Outcome = outcome,
            Taken = turn.Taken,
            Answers = answers,
            Now = turn.Ticks,
            KeepActivities = activities.Room,
        };
        var result = await state.Store.CommitTurnAsync(commit, worker).ConfigureAwait(false);
        Remember(slot, cache, commit, result);
        activities.Add(result.Kept, result.LeftActivities);
        state.Dispatch(result.Woken);
        state.Signals.Changed(cache.Record.Id);
        return result.MoreInbox;
    }

    // A wake without a reason may come of a turn that another process played: what is remembered here is then out of date.
    private bool IsStale(InstanceSlot slot, CachedInstance cache)
    {
        if (state.Store.Load(slot.Key) is not { } record || record.Turn == cache.Record.Turn)
        {
            return false;
        }

        state.Slots.Keep(slot, null);
        return record.Completed is null;
    }

    private CachedInstance? Load(InstanceSlot slot, InstanceRecord? record)
    {
        if (record is null || record.Completed is not null)
        {
            return null;
        }

        if (record.Tries > state.Options.MaxTakeovers)
        {
            throw new HistoryUnreadableException($"{record.Tries} processes died with this instance in hand.");
        }

        if (state.Versions.Leaves(record.Version))
        {
            return new CachedInstance(record, []);
        }

        var cache = new CachedInstance(record, state.Store.LoadHistory(record.Key, record.Rows));
        state.Slots.Keep(slot, cache);
        return cache;
    }

    private void Remember(InstanceSlot slot, CachedInstance cache, TurnCommit commit, TurnResult result)
    {
        if (commit.Outcome.End is not { } end)
        {
            cache.Record = result.After;
            state.Slots.Grow(cache.Add(result.Lines));
            return;
        }

        state.Slots.Keep(slot, null);
        var record = result.After;
        if (end.Status == OrchestrationRuntimeStatus.Failed)
        {
            EngineLog.Failed(state.Log, record.Name, record.Id, end.Failure?.ToString() ?? "");
        }
        else
        {
            EngineLog.Ended(state.Log, record.Name, record.Id, end.Status.ToString());
        }
    }
}
