using Microsoft.DurableTask.Client;

namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>
/// Plays an orchestrator against its history: first what is past, then what is new, on the calling thread. Not for two threads at once.
/// An execution ends when its function has returned and no call of it is open any more.
/// </summary>
internal sealed class OrchestrationExecutor
{
    private static readonly TimeSpan HopLimit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan SuspicionLimit = TimeSpan.FromMilliseconds(5);

    private readonly Action endsLate;
    private readonly OrchestrationIdentity identity;
    private readonly ReplayServices services;
    private readonly OrchestratorPump pump;
    private readonly OrchestratorContext context;
    private readonly ExecutionEndings endings;
    private readonly RewoundCalls rewinds = new();
    private readonly List<HistoryEvent> beforeFirstTurn = [];
    private readonly Queue<HistoryEvent> whileSuspended = new();
    private Task<object?>? run;
    private HistoryEvent? terminated;
    private bool suspended;
    private bool isWatched;
    private int askedBefore;

    /// <param name="identity">Whose orchestrator it is.</param>
    /// <param name="services">What replay needs of the engine.</param>
    /// <param name="illegalAwait">Called, from any thread, when something that is not durable continues the code after a turn has ended.</param>
    /// <param name="endsLate">Called, from any thread, when the function returns after its turn has ended without it.</param>
    public OrchestrationExecutor(OrchestrationIdentity identity, ReplayServices services, Action illegalAwait, Action endsLate)
    {
        this.endsLate = endsLate;
        pump = new OrchestratorPump(() =>
        {
            if (run?.IsCompleted != true)
            {
                illegalAwait();
            }
        });
        this.identity = identity;
        this.services = services;
        context = new OrchestratorContext(identity, services, pump);
        endings = new ExecutionEndings(identity, services, context);
    }

    /// <summary>Set when the function is known to be on its way back through the pool: then it is worth waiting for.</summary>
    public bool IsReturning { get; set; }

    /// <summary>Plays lines that are in the file already.</summary>
    /// <exception cref="NonDeterministicOrchestrationException">The code asks for something else than history has.</exception>
    public void Replay(IReadOnlyList<HistoryEvent> past)
    {
        rewinds.Expect(past);
        pump.Enter(() =>
        {
            context.Replaying = true;
            Play(past);
        });
        context.ThrowIfUnreadable();
    }

    /// <summary>Plays new lines and says what the code asked for.</summary>
    public TurnOutcome Advance(IReadOnlyList<HistoryEvent> fresh)
    {
        TurnEnd? end = null;
        try
        {
            pump.Enter(() =>
            {
                context.CancelledTimers.Clear();
                context.Replaying = false;
                Play(fresh);
                SettleHops();
            });
            context.ThrowIfUnreadable();
            end = endings.Of(run, terminated, suspended ? [new HistoryEvent(HistoryKind.Suspended), .. whileSuspended] : []);
        }
        catch (NonDeterministicOrchestrationException failure)
        {
            context.Unmatched.Clear();
            end = TurnEnd.Failed(failure);
        }

        return Outcome(fresh, end);
    }

    private TurnOutcome Outcome(IReadOnlyList<HistoryEvent> fresh, TurnEnd? end)
    {
        string? status = null;
        try
        {
            status = context.SerializeCustomStatus();
        }
        catch (Exception failure) when (end?.Status != OrchestrationRuntimeStatus.Terminated)
        {
            end = TurnEnd.Failed(failure);
        }

        var actions = end is { Status: OrchestrationRuntimeStatus.Terminated } ? [] : context.Unmatched.Values.ToList();
        context.Unmatched.Clear();
        return new TurnOutcome
        {
            Lines = [.. CancelledTimers.Note(fresh, context.CancelledTimers), .. actions.Select(action => action.Line)],
            Actions = actions,
            CancelledTimers = [.. context.CancelledTimers],
            Suspended = suspended,
            SetsCustomStatus = context.HasSetCustomStatus,
            CustomStatus = status,
            End = end,
        };
    }

    private void Play(IReadOnlyList<HistoryEvent> lines)
    {
        for (var i = 0; i < lines.Count && terminated is null; i++)
        {
            PlayLine(lines[i]);
            pump.Drain();
        }
    }

    private void PlayLine(HistoryEvent line)
    {
        switch (line.Kind)
        {
            case not HistoryKind.TurnStarted when context.Ticks == 0:
                beforeFirstTurn.Add(line);
                break;
            case HistoryKind.TurnStarted:
                StartTurn(line);
                break;
            case HistoryKind.TaskScheduled or HistoryKind.SubScheduled or HistoryKind.TimerCreated or HistoryKind.EventSent:
            case HistoryKind.EntityCalled or HistoryKind.EntitySignaled or HistoryKind.EntityLockAsked or HistoryKind.EntityUnlocked:
                ReplayGuard.Confirm(context.Unmatched, line);
                break;
            case HistoryKind.Rewound:
                rewinds.Defer(context.Unmatched.Keys);
                break;
            case HistoryKind.FailedBy:
                break;
            case HistoryKind.Terminated:
                terminated = line;
                break;
            case HistoryKind.Suspended:
                suspended = true;
                break;
            case HistoryKind.Resumed:
                Resume();
                break;
            default:
                Receive(line);
                break;
        }
    }

    private void StartTurn(HistoryEvent line)
    {
        ReplayGuard.RequireAllConfirmed(context.Unmatched, rewinds);
        context.Ticks = line.Ticks;
        if (beforeFirstTurn.Count > 0)
        {
            // What stands before the first turn (the start, events carried over) happens at that turn's time.
            var first = beforeFirstTurn.ToList();
            beforeFirstTurn.Clear();
            first.ForEach(PlayLine);
        }
    }

    private void Receive(HistoryEvent line)
    {
        if (suspended)
        {
            whileSuspended.Enqueue(line);
        }
        else
        {
            Deliver(line);
        }
    }

    private void Resume()
    {
        suspended = false;
        while (!suspended && whileSuspended.TryDequeue(out var line))
        {
            Deliver(line);
            pump.Drain();
        }
    }

    private void Deliver(HistoryEvent line)
    {
        askedBefore = context.Asked;
        switch (line.Kind)
        {
            case HistoryKind.ExecutionStarted:
                context.Started = line;
                run = Start();
                break;
            case HistoryKind.TaskCompleted or HistoryKind.SubCompleted or HistoryKind.TimerFired or HistoryKind.EntityCompleted or HistoryKind.EntityLocked:
                if (context.Close(line.Task) is { } call)
                {
                    call.Answer.TrySetResult(call.IsUnread ? null : services.Data(line));
                }

                break;
            case HistoryKind.TaskFailed or HistoryKind.SubFailed or HistoryKind.EntityFailed:
                context.Close(line.Task)?.Answer.TrySetException(new TaskAttemptFailedException(line.Task, line.Failure!, !line.Flag));
                break;
            case HistoryKind.EventRaised:
                context.Events.Raise(line);
                break;
            default:
                throw new HistoryUnreadableException($"The history has a line of unknown kind {(int)line.Kind}.");
        }

        pump.Drain();
    }

    private Task<object?> Start()
    {
        if (!services.Invoker.HasOrchestrator(identity.Name))
        {
            return Task.FromException<object?>(new OrchestratorMissingException(identity.Name));
        }

        try
        {
            return services.Invoker.RunOrchestratorAsync(identity.Name, context);
        }
        catch (Exception failure)
        {
            return Task.FromException<object?>(failure);
        }
    }

    // A function that is neither done nor waiting for anything durable is waiting for something else: a middleware's hop through the pool, which ends
    // by itself in microseconds, or a forbidden await.
    private void SettleHops()
    {
        if (run is null || run.IsCompleted || context.HasOpenCalls || suspended || terminated is not null)
        {
            return;
        }

        if (context.Events.HasWaiters && !IsReturning)
        {
            if (context.Asked == askedBefore)
            {
                pump.WaitFor(run, SuspicionLimit);
            }

            Watch(run);
        }
        else if (!pump.WaitFor(run, HopLimit) && !context.HasOpenCalls)
        {
            run = Task.FromException<object?>(new InvalidOperationException(IllegalAwait.Message(identity.Name)));
        }
    }

    // It may wait for its event, or hop through a pool that is busy: in that case nothing else would play its end.
    private void Watch(Task<object?> running)
    {
        if (!running.IsCompleted && !isWatched)
        {
            isWatched = true;
            _ = running.ContinueWith(_ => ReturnedLate(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    // Within a turn the executor sees the end itself.
    private void ReturnedLate()
    {
        if (!pump.IsPlaying)
        {
            endsLate();
        }
    }
}
