using Microsoft.DurableTask.Client;

namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>Calls the orchestrator for one turn: on top of what an extended session kept, or from the start of its history.</summary>
internal sealed class TurnPlayer(EngineState state)
{
    public TurnOutcome Play(InstanceSlot slot, CachedInstance cache, TurnInput turn)
    {
        if (turn.NeverStarts is { } end)
        {
            return TurnOutcome.Ended(turn.Lines, end);
        }

        if (state.Versions.Refusal(cache.Record.Version) is { } mismatch)
        {
            return TurnOutcome.Ended(
                turn.Lines, new TurnEnd(OrchestrationRuntimeStatus.Failed) { Output = mismatch.ErrorMessage, Failure = mismatch, IsFinal = true });
        }

        if (slot.HasIllegalAwait)
        {
            return TurnOutcome.Refused(turn.Lines, new InvalidOperationException(IllegalAwait.Message(cache.Record.Name)));
        }

        try
        {
            return PlayCode(slot, cache, turn);
        }
        catch (NonDeterministicOrchestrationException failure)
        {
            return TurnOutcome.Refused(turn.Lines, failure);
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
            },
            () =>
            {
                slot.EndsLate = true;
                state.Slots.Wake(slot.Key);
            });
            executor.Replay(cache.Lines);
        }

        executor.IsReturning = slot.EndsLate;
        slot.EndsLate = false;

        var outcome = executor.Advance(turn.Lines);
        if (outcome.End is null && cache.Lines.Count + outcome.Lines.Count > state.Options.MaxHistoryEvents)
        {
            return TurnOutcome.Refused(turn.Lines, new InvalidOperationException(
                $"The history has more than {state.Options.MaxHistoryEvents} lines. Use ContinueAsNew or smaller sub-orchestrations."));
        }

        cache.Live = state.Options.ExtendedSessions && outcome.End is null ? executor : null;
        return outcome;
    }
}
