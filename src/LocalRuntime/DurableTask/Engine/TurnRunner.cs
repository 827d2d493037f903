using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>Takes instances with work from the queue and plays their turns; the commit of one does not hold up the next.</summary>
internal sealed class TurnRunner(EngineState state, ActivityRunner activities)
{
    private const int InboxLimit = 2_000;

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

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
                state.Slots.TakenUp();
                Interlocked.Increment(ref inFlight);
                _ = RunAsync(slot);
            }
        }
        catch (OperationCanceledException)
        {
            // The engine stops.
        }
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
            more = await PostAsync(slot, answers).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            more = await RecoverAsync(slot, answers, failure).ConfigureAwait(false);
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
        var cache = slot.Cache ?? Load(slot);
        if (cache is null || cache.Record.Completed is not null)
        {
            return false;
        }

        var inbox = state.Store.LoadInbox(slot.Key, InboxLimit);
        var turn = TurnInput.Collect(cache, inbox, answers, state, slot.HasIllegalAwait);
        if (turn is null)
        {
            return IsStale(slot, cache);
        }

        var worker = state.Worker;
        var outcome = Play(slot, cache, turn);
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

    private CachedInstance? Load(InstanceSlot slot)
    {
        var record = state.Store.Load(slot.Key);
        if (record is null || record.Completed is not null)
        {
            return null;
        }

        if (record.Tries > state.Options.MaxTakeovers)
        {
            throw new HistoryUnreadableException($"{record.Tries} processes died with this instance in hand.");
        }

        var cache = new CachedInstance(record, state.Store.LoadHistory(record.Key, record.Rows));
        state.Slots.Keep(slot, cache);
        return cache;
    }

    private TurnOutcome Play(InstanceSlot slot, CachedInstance cache, TurnInput turn)
    {
        if (turn.NeverStarts is { } end)
        {
            return new TurnOutcome { Lines = turn.Lines, Actions = [], CancelledTimers = [], Suspended = false, End = end };
        }

        if (slot.HasIllegalAwait)
        {
            return OrchestrationExecutor.Refuse(turn.Lines, new InvalidOperationException(IllegalAwait.Message(cache.Record.Name)));
        }

        try
        {
            return PlayCode(slot, cache, turn);
        }
        catch (NonDeterministicOrchestrationException failure)
        {
            return OrchestrationExecutor.Refuse(turn.Lines, failure);
        }
    }

    private TurnOutcome PlayCode(InstanceSlot slot, CachedInstance cache, TurnInput turn)
    {
        var executor = cache.Live;
        cache.Live = null;
        if (executor is null)
        {
            executor = new OrchestrationExecutor(cache.Record.Identity, state.Replay, () =>
            {
                slot.HasIllegalAwait = true;
                state.Slots.Wake(slot.Key);
            });
            executor.Replay(cache.Lines);
        }

        var outcome = executor.Advance(turn.Lines);
        if (outcome.End is null && cache.Lines.Count + outcome.Lines.Count > state.Options.MaxHistoryEvents)
        {
            return OrchestrationExecutor.Refuse(turn.Lines, new InvalidOperationException(
                $"The history has more than {state.Options.MaxHistoryEvents} lines. Use ContinueAsNew or smaller sub-orchestrations."));
        }

        cache.Live = state.Options.ExtendedSessions && outcome.End is null ? executor : null;
        return outcome;
    }

    private void Remember(InstanceSlot slot, CachedInstance cache, TurnCommit commit, TurnResult result)
    {
        if (commit.Outcome.End is not { } end)
        {
            cache.Record = result.After;
            cache.Lines.AddRange(commit.Outcome.Lines);
            state.Slots.Grow(commit.Outcome.Lines.Count);
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

    /// <summary>Leaves answers in the inbox, for whichever worker plays the next turn.</summary>
    private async Task<bool> PostAsync(InstanceSlot slot, List<ActivityAnswer> answers)
    {
        try
        {
            if (answers.Count > 0)
            {
                state.Dispatch(await state.Store.PostAnswersAsync(answers, state.Worker).ConfigureAwait(false));
                return false;
            }

            return state.Store.Load(slot.Key) is { Completed: null, Pending: true };
        }
        catch (Exception failure)
        {
            return await RecoverAsync(slot, answers, failure).ConfigureAwait(false);
        }
    }

    private async Task<bool> RecoverAsync(InstanceSlot slot, List<ActivityAnswer> answers, Exception failure)
    {
        if (state.Stopping.IsCancellationRequested)
        {
            return false;
        }

        state.Slots.Keep(slot, null);
        slot.ReturnMail(answers);
        slot.Failures++;
        if (failure is Microsoft.Data.Sqlite.SqliteException)
        {
            EngineLog.TurnNotStored(state.Log, failure, slot.Key.ToString(System.Globalization.CultureInfo.InvariantCulture));
            state.AskForAudit();
        }
        else
        {
            EngineLog.TurnFailed(state.Log, failure, slot.Key);
            if (slot.Failures >= state.Options.MaxTurnTries && await SetAsideAsync(slot, failure).ConfigureAwait(false))
            {
                return false;
            }
        }

        await PauseAsync(slot.Failures).ConfigureAwait(false);
        return true;
    }

    private async Task<bool> SetAsideAsync(InstanceSlot slot, Exception failure)
    {
        try
        {
            if (state.Store.Load(slot.Key) is not { } record)
            {
                return true;
            }

            var details = TaskFailureDetails.FromException(failure);
            var end = new TurnEnd(OrchestrationRuntimeStatus.Failed) { Output = failure.Message, Failure = details };
            var reason = $"The engine could not play it ({state.Options.MaxTurnTries} tries): {failure.Message}";
            state.Dispatch(await state.Store.SetAsideAsync(
                record, reason, HistoryCodec.WriteFailure(details), end, state.Now, state.Worker).ConfigureAwait(false));
            EngineLog.SetAside(state.Log, record.Id, record.Name, reason);
            state.Signals.Changed(record.Id);
            slot.TakeMail();
            return true;
        }
        catch (Microsoft.Data.Sqlite.SqliteException refused)
        {
            EngineLog.WriteFailed(state.Log, refused);
            return false;
        }
    }

    private async Task PauseAsync(int failures)
    {
        var pause = TimeSpan.FromMilliseconds(Math.Min(LongestPause.TotalMilliseconds, 20 * Math.Pow(2, Math.Min(failures, 10))));
        try
        {
            await Task.Delay(pause, state.Stopping.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The engine stops; the file still says that the instance has work.
        }
    }
}
