using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>What happens to an instance and the answers it got when its turn was not stored.</summary>
internal sealed class TurnRecovery(EngineState state)
{
    // SQLite's primary result codes for what is wrong with the turn itself: no later try will store it. With any other the file may recover.
    private const int TooBig = 18;
    private const int Constraint = 19;
    private const int Mismatch = 20;

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    /// <summary>Leaves answers in the inbox, for whichever worker plays the next turn.</summary>
    public async Task<bool> PostAsync(InstanceSlot slot, List<ActivityAnswer> answers)
    {
        try
        {
            if (answers.Count > 0)
            {
                state.Dispatch(await state.Store.PostAnswersAsync(answers, state.Worker).ConfigureAwait(false));
            }

            // Whatever else has woken the instance counted for the turn that met the conflict.
            // What another worker has is for that one to play; trying again here would only meet the same conflict.
            return state.Store.Load(slot.Key) is { Completed: null, Pending: true, Owner: { } owner } && owner == state.Worker;
        }
        catch (Exception failure)
        {
            return await RecoverAsync(slot, answers, failure).ConfigureAwait(false);
        }
    }

    /// <summary>Gives the answers back and waits before the next try; an instance that the engine cannot play is set aside. True when it is to be tried again.</summary>
    public async Task<bool> RecoverAsync(InstanceSlot slot, List<ActivityAnswer> answers, Exception failure)
    {
        if (state.Stopping.IsCancellationRequested)
        {
            return false;
        }

        state.Slots.Keep(slot, null);
        slot.ReturnMail(answers);
        slot.Failures++;
        if (failure is SqliteException { SqliteErrorCode: not (TooBig or Constraint or Mismatch) })
        {
            EngineLog.TurnNotStored(state.Log, failure, slot.Key.ToString(CultureInfo.InvariantCulture));
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

            var details = FailureText.Bound(TaskFailureDetails.FromException(failure));
            var end = new TurnEnd(OrchestrationRuntimeStatus.Failed) { Output = details.ErrorMessage, Failure = details };
            var reason = $"The engine could not play it ({state.Options.MaxTurnTries} tries): {details.ErrorMessage}";
            state.Dispatch(await state.Store.SetAsideAsync(
                record, reason, HistoryCodec.WriteFailure(details), end, state.Now, state.Worker).ConfigureAwait(false));
            EngineLog.SetAside(state.Log, record.Id, record.Name, reason);
            state.Signals.Changed(record.Id);
            slot.TakeMail();
            return true;
        }
        catch (SqliteException refused)
        {
            EngineLog.WriteFailed(state.Log, refused);
            return false;
        }
    }

    private async Task PauseAsync(int failures)
    {
        var pause = TimeSpan.FromMilliseconds(Math.Min(LongestPause.TotalMilliseconds, state.Options.RetryPause.TotalMilliseconds * Math.Pow(2, Math.Min(failures, 10))));
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
